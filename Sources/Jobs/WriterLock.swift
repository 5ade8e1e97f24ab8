package import Postgres

/// The writer's lock for work that is no run: nothing may be written beside it.
package enum WriterLock {
    /// Does `body` while the session holds the lock that runs take.
    /// - Throws: `run.locked` when a run holds it.
    package static func holding<T>(_ connection: Connection, timeZone: String, _ body: () throws -> T) throws -> T {
        try RunLock.take(
            on: connection, wait: 0, timeZone: timeZone, interruption: Interruption(), waiting: { _ in })
        defer { _ = try? connection.advisoryUnlock(RunLock.key) }
        return try body()
    }
}
