import Diagnostics
import Foundation
import Postgres

/// What may pass by itself: serialization failures, deadlocks, lost connections and restarts of the server.
enum Transient {
    static func isTransient(_ error: any Error) -> Bool {
        switch error {
        case let error as PostgresError: error.sqlState.isTransient || error.isConnectionLost
        case let failure as Failure: failure.code == .databaseLost
        default: false
        }
    }

    /// Waits 0.5 s, 1 s, 2 s … up to 10 s, each time half as much again more or less, so that two that met don't meet
    /// again; unless a signal comes.
    static func pause(_ attempt: Int, _ interruption: Interruption) throws {
        let seconds = min(10, 0.5 * pow(2, Double(attempt - 1))) * Double.random(in: 0.5...1.5)
        let deadline = Date().addingTimeInterval(seconds)
        while Date() < deadline {
            try interruption.check()
            Thread.sleep(forTimeInterval: 0.05)
        }
    }
}
