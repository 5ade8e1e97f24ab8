import Foundation
import Postgres

/// Moments at which a test build ends or loses its connection on purpose, so that tests can prove what a run promises.
/// In a release build there are none.
///
/// `MAINSPRING_FAULT` names one: `kill@PLACE` ends the process by SIGKILL, `lose@PLACE` throws what a lost connection
/// throws, the first time that a run comes by. Places: `after-open`, `after-record:STEP` (before the commit),
/// `after-commit:STEP`, `in-reading`, `before-publish`, `after-publish`, `before-close`, `after-close`.
enum FaultPoint {
    #if DEBUG
    private static let wanted = ProcessInfo.processInfo.environment["MAINSPRING_FAULT"]
    private static let used = Once()

    static func pass(_ place: @autoclosure () -> String) throws {
        guard let wanted else { return }
        let place = place()
        switch wanted {
        case "kill@\(place)":
            kill(getpid(), SIGKILL)
            // The signal takes its moment; nothing may happen until then.
            while true { Thread.sleep(forTimeInterval: 1) }
        case "lose@\(place)":
            guard used.take() else { return }
            throw PostgresError(.connectionFailure, "the connection is lost: \(wanted)")
        default: return
        }
    }
    #else
    @inline(__always) static func pass(_ place: @autoclosure () -> String) throws {}
    #endif
}
