import Diagnostics
import Foundation
import Postgres

/// The one writer's lock: a session-level advisory lock on a connection of its own, taken outside any transaction.
///
/// The server lets go of it when the holder's process dies, so a lock that can be taken proves that nobody runs.
enum RunLock {
    /// “mainjobs” in ASCII: one lock a database for every job that writes.
    static let key: Int64 = 0x6D61_696E_6A6F_6273

    /// Takes the lock, at once or within `wait` seconds.
    /// - Throws: `run.locked`, saying who holds it since when.
    static func take(
        on connection: Connection, wait: Double, timeZone: String, interruption: Interruption,
        waiting: (String) -> Void
    ) throws {
        let deadline = Date().addingTimeInterval(wait)
        var said = false
        while try !connection.tryAdvisoryLock(key) {
            try interruption.check()
            let holder = try describeHolder(on: connection, timeZone: timeZone)
            guard Date() < deadline else {
                let waited = wait > 0 ? " It was waited for during \(Int(wait)) s." : ""
                throw Failure(.runLocked, holder + waited, at: .named("database"))
            }
            if !said { waiting(holder) }
            said = true
            Thread.sleep(forTimeInterval: 0.2)
        }
    }

    /// “Run 7 of nightly for 2026-06-30 has held the writer's lock since …”, as far as it is known.
    private static func describeHolder(on connection: Connection, timeZone: String) throws -> String {
        let journal = try Journal(connection)
        if let run = try journal.query("running", ["time_zone": .text(timeZone)]).first {
            let title = "Run \(try run.int("run_id")) of \(try run.text("job")) for \(try run.text("business_date"))"
            let owner = try "\(run.text("os_user")) on \(run.text("host")), process \(run.int("process_id"))"
            return "\(title) (\(owner)) holds the writer's lock since \(try run.text("started_local")) \(timeZone)."
        }
        if let session = try journal.query("holder", ["lock_key": .int(key)]).first {
            let name = try session.text("application_name")
            return "The session “\(name)” (server process \(try session.int("pid"))) holds the writer's lock."
        }
        return "Another run that has just begun holds the writer's lock."
    }
}
