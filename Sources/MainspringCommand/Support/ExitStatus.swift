import Diagnostics

/// The exit-status section that every command's help ends with; the codes are stable.
enum ExitStatus {
    static let meanings: [(Diagnostics.ExitCode, String)] = [
        (.done, "done"),
        (.failed, "failed; nothing is half done"),
        (.usage, "wrong usage or configuration"),
        (.breaksOverLimit, "done, and open breaks exceed the configured limit (default: none)"),
        (.inputRefused, "done as far as possible, and bad input was refused"),
        (.locked, "another run holds the writer's lock"),
        (.interrupted, "interrupted (SIGINT)"),
        (.terminated, "ended by SIGTERM"),
    ]

    static let all = meanings.map(\.0)
    /// What a command that only looks may end with.
    static let reading: [Diagnostics.ExitCode] = [.done, .failed, .usage]
    /// What a command that goes through the runner may end with.
    static let writing: [Diagnostics.ExitCode] = [.done, .failed, .usage, .locked, .interrupted, .terminated]

    static func section(_ codes: [Diagnostics.ExitCode]) -> String {
        let lines = meanings.filter { codes.contains($0.0) }.map { code, meaning in
            let number = "\(code.rawValue)"
            return "  " + number + String(repeating: " ", count: 5 - number.count) + meaning
        }
        return (["EXIT STATUS"] + lines).joined(separator: "\n")
    }
}
