import Diagnostics
import Postgres
import TestSupport
import Testing

@Suite("Transactions")
struct TransactionTests {
    private struct Stop: Error {}

    private static func count(_ connection: Connection) throws -> Int {
        try connection.query("SELECT count(*) AS n FROM t").first?.int("n") ?? -1
    }

    @Test("commit on return, roll back on throw")
    func commitAndRollBack() throws {
        try TestDatabase.withDatabase { connection in
            try connection.script("CREATE TABLE t (a int)")
            let answer = try connection.transaction {
                try connection.execute("INSERT INTO t VALUES (1)")
                return "kept"
            }
            #expect(answer == "kept")
            #expect(throws: Stop.self) {
                try connection.transaction {
                    try connection.execute("INSERT INTO t VALUES (2)")
                    throw Stop()
                }
            }
            #expect(try Self.count(connection) == 1)
            #expect(connection.transactionStatus == .idle)
        }
    }

    @Test("a swallowed error is no commit: PostgreSQL rolls back, and the caller hears of it")
    func swallowed() throws {
        try TestDatabase.withDatabase { connection in
            try connection.script("CREATE TABLE t (a int)")
            let error = #expect(throws: PostgresError.self) {
                try connection.transaction {
                    try connection.execute("INSERT INTO t VALUES (1)")
                    _ = try? connection.execute("INSERT INTO nowhere VALUES (1)")
                }
            }
            #expect(error?.sqlState == .failedTransaction)
            #expect(try Self.count(connection) == 0)
        }
    }

    @Test("a deferred constraint that fails at COMMIT is thrown")
    func deferred() throws {
        try TestDatabase.withDatabase { connection in
            try connection.script("CREATE TABLE t (a int, CONSTRAINT u UNIQUE (a) DEFERRABLE INITIALLY DEFERRED)")
            let error = #expect(throws: PostgresError.self) {
                try connection.transaction { try connection.execute("INSERT INTO t VALUES (1), (1)") }
            }
            #expect(error?.sqlState == .uniqueViolation)
            #expect(connection.transactionStatus == .idle)
        }
    }

    @Test("a transaction in a transaction is refused, and the outer one goes on")
    func nested() throws {
        try TestDatabase.withDatabase { connection in
            try connection.script("CREATE TABLE t (a int)")
            try connection.transaction {
                let error = #expect(throws: PostgresError.self) { try connection.transaction {} }
                #expect(error?.sqlState == .activeTransaction)
                try connection.execute("INSERT INTO t VALUES (1)")
            }
            #expect(try Self.count(connection) == 1)
        }
    }

    @Test("read-only and isolation are what was asked for")
    func modes() throws {
        try TestDatabase.withDatabase { connection in
            try connection.script("CREATE TABLE t (a int)")
            let error = #expect(throws: PostgresError.self) {
                try connection.transaction(readOnly: true) { try connection.execute("INSERT INTO t VALUES (1)") }
            }
            #expect(error?.sqlState == .readOnlyTransaction)
            for isolation in [Isolation.readCommitted, .repeatableRead, .serializable] {
                let level = try connection.transaction(isolation) {
                    try connection.query("SELECT current_setting('transaction_isolation') AS v").first?.text("v")
                }
                #expect(level == isolation.rawValue.lowercased())
            }
        }
    }

    @Test("savepoints nest: each undoes its own effects only")
    func savepoints() throws {
        try TestDatabase.withDatabase { connection in
            try connection.script("CREATE TABLE t (a int PRIMARY KEY)")
            // The row, in a savepoint of its own, with what goes on inside; the savepoint's error, if any.
            func row(_ a: Int, _ inside: () throws -> Void = {}) -> (any Error)? {
                do {
                    try connection.savepoint {
                        try connection.execute(Statement("INSERT INTO t VALUES ($1)", [.int(a)]))
                        try inside()
                    }
                    return nil
                } catch {
                    return error
                }
            }
            try connection.transaction {
                #expect(row(1) == nil)
                let second = row(2) {
                    let third = row(3) { if let error = row(1) { throw error } }
                    #expect((third as? PostgresError)?.sqlState == .uniqueViolation)
                    #expect(row(4) == nil)
                }
                #expect(second == nil)
                #expect(row(5) { throw Stop() } is Stop)
            }
            let rows = try connection.query("SELECT a FROM t ORDER BY a")
            #expect(try rows.map { try $0.int("a") } == [1, 2, 4])
        }
    }

    @Test("an exported snapshot shows another session the same moment, though the table changes meanwhile")
    func snapshot() throws {
        try TestDatabase.withDatabase { connection, target in
            try connection.script("CREATE TABLE t (a int); INSERT INTO t VALUES (1)")
            let (exporter, reader) = (try Connection(target), try Connection(target))
            defer {
                exporter.close()
                reader.close()
            }
            try exporter.transaction(.repeatableRead, readOnly: true) {
                let snapshot = try exporter.exportSnapshot()
                try connection.execute("INSERT INTO t VALUES (2)")
                let seen = try reader.transaction(.repeatableRead, readOnly: true, snapshot: snapshot) {
                    try Self.count(reader)
                }
                #expect(seen == 1)
                #expect(try Self.count(reader) == 2)
            }
            let gone = #expect(throws: PostgresError.self) {
                try reader.transaction(.repeatableRead, snapshot: SnapshotID(rawValue: "00000003-0000001B-1")) {}
            }
            #expect(gone?.sqlState.category == "22" || gone?.sqlState == .undefinedObject)
            #expect(reader.transactionStatus == .idle)
        }
    }

    @Test("an advisory lock is one session's, until it unlocks or ends")
    func advisoryLock() throws {
        try TestDatabase.withDatabase { first, target in
            let second = try Connection(target)
            #expect(try first.tryAdvisoryLock(42))
            #expect(try !second.tryAdvisoryLock(42))
            #expect(try second.tryAdvisoryLock(43))
            #expect(try first.advisoryUnlock(42))
            #expect(try second.tryAdvisoryLock(42))
            #expect(try !first.advisoryUnlock(42))
            second.close()
            // The server notices the end of a session a moment later.
            var taken = false
            for _ in 0..<50 where !taken {
                taken = try first.tryAdvisoryLock(42)
                if !taken { try first.script("SELECT pg_sleep(0.1)") }
            }
            #expect(taken)
        }
    }
}
