import Diagnostics
import Glibc
import Postgres
import TestSupport
import Testing

@Suite("Interruptions")
struct InterruptionTests {
    /// Runs `body` on a thread of its own while `interrupt` is called after a moment.
    private static func interrupted(
        _ target: ConnectionTarget, by interrupt: @escaping @Sendable (Canceller, Int) throws -> Void,
        _ body: @escaping @Sendable (Connection) throws -> Void
    ) async throws -> PostgresError? {
        let (ready, signal) = AsyncStream<(Canceller, Int)>.makeStream()
        async let outcome: PostgresError? = onDedicatedThread {
            let connection = try Connection(target)
            signal.yield((connection.canceller, connection.backendPID))
            do {
                try body(connection)
                return nil
            } catch let error as PostgresError {
                // Cancelled is not dead; killed is.
                if connection.isOpen { #expect(try connection.query("SELECT 1").count == 1) }
                return error
            }
        }
        for await (canceller, pid) in ready {
            try await onDedicatedThread {
                try Self.waitUntilBusy(target, pid)
                try interrupt(canceller, pid)
            }
            break
        }
        return try await outcome
    }

    private static func waitUntilBusy(_ target: ConnectionTarget, _ pid: Int) throws {
        let watcher = try Connection(target)
        defer { watcher.close() }
        for _ in 0..<200 {
            let rows = try watcher.query(
                Statement("SELECT 1 FROM pg_stat_activity WHERE pid = $1 AND state = 'active'", [.int(pid)]))
            if !rows.isEmpty { return }
            usleep(20_000)
        }
    }

    @Test("a statement is cancelled from another thread")
    func cancel() async throws {
        try await TestDatabase.withDatabase { _, target in
            let error = try await Self.interrupted(target, by: { canceller, _ in #expect(canceller.cancel()) }) {
                try $0.script("SELECT pg_sleep(600)")
            }
            #expect(error?.sqlState == .queryCanceled)
            #expect(error?.message == "canceling statement due to user request")
        }
    }

    @Test("so is a COPY out that streams")
    func cancelCopy() async throws {
        try await TestDatabase.withDatabase { _, target in
            let error = try await Self.interrupted(target, by: { canceller, _ in canceller.cancel() }) { connection in
                try connection.copyRows(
                    "COPY (SELECT pg_sleep(0.005) FROM generate_series(1, 100000)) TO STDOUT"
                ) { _ in }
            }
            #expect(error?.sqlState == .queryCanceled)
        }
    }

    @Test("cancelling where nothing runs does nothing")
    func cancelIdle() throws {
        try TestDatabase.withDatabase { connection in
            #expect(connection.canceller.cancel())
            let after = try connection.query("SELECT 1")
            #expect(after.count == 1)
        }
    }

    @Test("a session that is killed in the middle of a query is database.lost")
    func killed() async throws {
        try await TestDatabase.withDatabase { _, target in
            let error = try await Self.interrupted(
                target,
                by: { _, pid in
                    let killer = try Connection(target)
                    defer { killer.close() }
                    try killer.execute(Statement("SELECT pg_terminate_backend($1::int)", [.int(pid)]))
                }
            ) { try $0.script("SELECT pg_sleep(600)") }
            #expect(error?.sqlState == .adminShutdown)
            #expect(error?.failure.code == .databaseLost)
            #expect(error?.isConnectionLost == true)
        }
    }

    @Test("a statement timeout is the statement's failure")
    func timeout() throws {
        try TestDatabase.withDatabase { connection in
            try connection.script("SET statement_timeout = 50")
            let error = #expect(throws: PostgresError.self) { try connection.script("SELECT pg_sleep(5)") }
            #expect(error?.sqlState == .queryCanceled)
            #expect(error?.message == "canceling statement due to statement timeout")
            #expect(error?.failure.code == .databaseStatement)
        }
    }

    @Test("many blocked connections do not starve the cooperative pool")
    func cooperativePool() async throws {
        try await TestDatabase.withDatabase { connection, target in
            // All of them wait for one lock. The pool has a thread a core: if they blocked it, this task could not
            // go on to see them all wait, and to let them go.
            let blocked = 24
            #expect(try connection.tryAdvisoryLock(1))
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<blocked {
                    group.addTask {
                        try await onDedicatedThread {
                            let waiter = try Connection(target)
                            defer { waiter.close() }
                            try waiter.script("SELECT pg_advisory_lock(1); SELECT pg_advisory_unlock(1)")
                        }
                    }
                }
                var waiting = 0
                while waiting < blocked {
                    try await Task.sleep(for: .milliseconds(50))
                    let rows = try connection.query(
                        """
                        SELECT count(*) AS n FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database
                        WHERE locktype = 'advisory' AND NOT granted AND datname = current_database()
                        """)
                    waiting = try rows.first?.int("n") ?? 0
                }
                #expect(waiting == blocked)
                try connection.advisoryUnlock(1)
                try await group.waitForAll()
            }
        }
    }

    @Test("what the body on the thread throws reaches the caller")
    func threadThrows() async throws {
        await #expect(throws: Failure.self) {
            try await onDedicatedThread { throw Failure(.usage, "on purpose") }
        }
    }
}
