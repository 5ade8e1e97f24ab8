import Diagnostics
import Postgres
import TestSupport
import Testing

@Suite("Errors say what, where and what to do, and no secret")
struct ErrorTests {
    private static func error(_ connection: Connection, _ statement: Statement) -> PostgresError? {
        #expect(throws: PostgresError.self) { try connection.execute(statement) }
    }

    @Test("SQLSTATE, constraint, table, column, position and statement name come along; catch matches by ~=")
    func fields() throws {
        try TestDatabase.withDatabase { connection in
            try connection.script("CREATE TABLE t (a int NOT NULL CONSTRAINT positive CHECK (a > 0) PRIMARY KEY)")
            let check = Self.error(connection, Statement("INSERT INTO t VALUES (-1)", name: "insert t"))
            #expect(check?.sqlState == .checkViolation)
            #expect(check?.constraint == "positive")
            #expect(check?.table == "t")
            #expect(check?.statementName == "insert t")
            let null = Self.error(connection, "INSERT INTO t VALUES (NULL)")
            #expect(null?.sqlState == .notNullViolation)
            #expect(null?.column == "a")
            let syntax = Self.error(connection, "SELECT 1 FORM t")
            #expect(syntax?.sqlState == .syntaxError)
            #expect(syntax?.position == 15)
            do {
                try connection.execute("INSERT INTO t VALUES (1), (1)")
                Issue.record("the key was not unique")
            } catch SQLState.uniqueViolation {
                // As it should be.
            }
        }
    }

    @Test(
        "values never show, wherever the server puts them",
        arguments: [
            "INSERT INTO person VALUES ('ayesha@example.com', 1, '2026-01-01')",
            "INSERT INTO child VALUES ('sara@example.com')",
            "INSERT INTO person VALUES ('secret@example.com', -5, NULL)",
            "INSERT INTO person (email, n) VALUES ('secret@example.com', NULL)",
            "SELECT email::int FROM person",
            "SELECT email::date FROM person",
            "SELECT (email || '{')::jsonb FROM person",
            "INSERT INTO person (email, n) VALUES ('secret@example.com', 99999999999999999)",
            "SELECT '12345678901234567890@example.com'::int8 FROM person",
        ])
    func redaction(sql: String) throws {
        try TestDatabase.withDatabase { connection in
            try connection.script(
                """
                CREATE TABLE person (email text PRIMARY KEY, n int NOT NULL CHECK (n > 0), day date);
                CREATE TABLE child (email text REFERENCES person); INSERT INTO person VALUES ('ayesha@example.com', 1)
                """)
            let error = try #require(Self.error(connection, Statement(sql, name: "probe")))
            for text in [error.description, error.failure.description, "\(error.failure)", error.message] {
                #expect(!text.contains("@"), "\(text)")
                #expect(!text.contains("example.com"), "\(text)")
            }
        }
    }

    @Test("a COPY's error keeps the line and column, and drops the value")
    func copyContext() throws {
        try TestDatabase.withDatabase { connection in
            try connection.script("CREATE TABLE t (a int, b date)")
            let error = #expect(throws: PostgresError.self) {
                try connection.copyIn("COPY t (a, b) FROM STDIN") { writer in
                    try writer.append(field: 1)
                    try writer.append(field: "2026-06-30")
                    try writer.endRow()
                    try writer.append(field: 2)
                    try writer.append(field: "ayesha@example.com")
                    try writer.endRow()
                }
            }
            #expect(error?.sqlState == SQLState(rawValue: "22007"))
            #expect(error?.context == "COPY t, line 2, column b")
            #expect(error?.description.contains("ayesha") == false)
        }
    }

    @Test("an error in a template leads to its file and line")
    func location() throws {
        try TestDatabase.withDatabase { connection in
            let library = try SQLLibrary(
                "-- name: good\nSELECT 1;\n\n-- name: bad\nSELECT\n    :'day'::date,\n    nonsense\n", source: "x.sql")
            let statement = try library["bad"].bind(["day": "2026-06-30"])
            let error = try #require(Self.error(connection, statement))
            #expect(error.location == .file("x.sql", line: 7))
            #expect(error.failure.location == .file("x.sql", line: 7))
            #expect(error.statementName == "x.sql: bad")
            let copy = try library["bad"].copyOut(["day": "2026-06-30"])
            let copyError = #expect(throws: PostgresError.self) { try connection.copyRows(copy) { _ in } }
            #expect(copyError?.location == .file("x.sql", line: 7))
        }
    }

    @Test("failures have the documented codes")
    func codes() throws {
        let cases: [(SQLState, Bool, ErrorCode)] = [
            (.connectionFailure, false, .databaseLost), (.adminShutdown, false, .databaseLost),
            (.crashShutdown, false, .databaseLost), (.cannotConnect, true, .databaseUnreachable),
            (.cannotConnectNow, true, .databaseUnreachable), (.adminShutdown, true, .databaseUnreachable),
            (.tooManyConnections, true, .databaseUnreachable), (.invalidPassword, true, .databaseRefused),
            (.invalidAuthorization, true, .databaseRefused), (.unknownDatabase, true, .databaseRefused),
            (.diskFull, false, .databaseFull), (.insufficientPrivilege, false, .databasePermission),
            (.uniqueViolation, false, .databaseStatement), (.queryCanceled, false, .databaseStatement),
            (.deadlockDetected, false, .databaseStatement),
        ]
        for (state, connecting, code) in cases {
            let error = PostgresError(state, "said so", whileConnecting: connecting)
            #expect(error.failure.code == code, "\(state)")
            #expect(Failure(error) == error.failure)
        }
        #expect(PostgresError(.deadlockDetected, "x").sqlState.isTransient)
        #expect(!PostgresError(.uniqueViolation, "x").sqlState.isTransient)
    }

    @Test("a right that is missing names the object and the role")
    func permission() throws {
        try TestDatabase.withDatabase { connection, target in
            try connection.script("CREATE TABLE users (password_hash text)")
            let role = "reader_\(connection.backendPID)"
            try connection.script("CREATE ROLE \(role); GRANT \(role) TO CURRENT_USER")
            defer { try? connection.script("DROP ROLE \(role)") }
            let reader = try Connection(target, role: role)
            defer { reader.close() }
            let error = try #require(Self.error(reader, Statement("SELECT password_hash FROM users", name: "probe")))
            #expect(error.failure.code == .databasePermission)
            #expect(error.failure.message.hasPrefix("role \(role): permission denied for table users"))
            #expect(error.failure.advice?.contains("doctor") == true)
        }
    }

    @Test("a role that may not be taken on fails the connection, by name")
    func roleRefused() throws {
        try TestDatabase.withDatabase { _, target in
            let error = #expect(throws: PostgresError.self) { try Connection(target, role: "pg_monitor") }
            #expect(error?.failure.code == .databasePermission)
            #expect(error?.failure.message.contains("pg_monitor") == true)
            let unknown = #expect(throws: PostgresError.self) { try Connection(target, role: "no \"such") }
            #expect(unknown?.message.contains("does not exist") == true)
        }
    }
}
