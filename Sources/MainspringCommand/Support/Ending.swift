import ArgumentParser
import Diagnostics
import Foundation
import Jobs

/// How the process ends: an error told to a person on stderr, and the exit code that the help promises.
enum Ending {
    /// Ends the process for an error of any kind; argument-parser's own 64 becomes 2.
    static func end(with error: any Error) -> Never {
        if let code = error as? ArgumentParser.ExitCode { Foundation.exit(code.rawValue) }
        if let failure = asFailure(error) {
            Console.tell(failure)
            Foundation.exit(failure.exitCode.rawValue)
        }
        let code = Mainspring.exitCode(for: error)
        let message = Mainspring.fullMessage(for: error)
        if code.isSuccess {
            Console.out(message)
            Foundation.exit(0)
        }
        Console.err(message)
        Foundation.exit(code == .validationFailure ? Diagnostics.ExitCode.usage.rawValue : code.rawValue)
    }

    /// nil for what argument-parser throws: a usage error, or a request for help.
    private static func asFailure(_ error: any Error) -> Failure? {
        let failure = Failure.of(error)
        guard failure.code == .internalError, !(error is Failure) else { return failure }
        let code = Mainspring.exitCode(for: error)
        return code.isSuccess || code == .validationFailure ? nil : failure
    }

    /// Ends with a code that is no error of ours: breaks over the limit, a failed run whose summary told why.
    static func end(with code: Diagnostics.ExitCode) throws {
        if code != .done { throw ArgumentParser.ExitCode(code.rawValue) }
    }
}
