/// How the process ends; stable, listed in every command's help (docs/errors.md, “Exit codes”).
package struct ExitCode: RawRepresentable, Sendable, Equatable, Hashable {
    package var rawValue: Int32
    package init(rawValue: Int32) { self.rawValue = rawValue }

    package static let done = ExitCode(rawValue: 0)
    package static let failed = ExitCode(rawValue: 1)
    /// Wrong usage or configuration.
    package static let usage = ExitCode(rawValue: 2)
    /// Done, and open breaks exceed the configured limit.
    package static let breaksOverLimit = ExitCode(rawValue: 3)
    /// Done as far as possible, and bad input was refused.
    package static let inputRefused = ExitCode(rawValue: 4)
    /// Another run holds the lock.
    package static let locked = ExitCode(rawValue: 75)
    package static let interrupted = ExitCode(rawValue: 130)
    package static let terminated = ExitCode(rawValue: 143)
}
