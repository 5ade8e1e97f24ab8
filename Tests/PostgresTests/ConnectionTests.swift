import Diagnostics
import Postgres
import Synchronization
import TestSupport
import Testing

@Suite("A connection")
struct ConnectionTests {
    @Test("typed values go out as parameters and come back typed")
    func roundTrip() throws {
        try TestDatabase.withDatabase { connection in
            let rows = try connection.query(
                Statement(
                    """
                    SELECT $1::int AS a, $2::text AS b, $3::boolean AS c, $4::text[] AS d, $5::date AS e, $6::int AS f,
                        $7::numeric(12, 2) AS g, $8::timestamptz AS h, $9::jsonb ->> 'k' AS i, $10::bigint[] AS j,
                        $11::numeric[] AS k
                    """,
                    [
                        7, "it's", true, .textArray(["a\"\\,{}", nil, "", "NULL"]), .date("2026-06-30"), nil,
                        .numeric("1234.5"), .timestamptz("2026-07-01T00:00:00+05:00"), .json(#"{"k": "v"}"#),
                        .intArray([1, -2]), .numericArray(["0.10", nil]),
                    ]))
            let row = try #require(rows.first)
            #expect(try row.int("a") == 7)
            #expect(try row.int64("a") == 7)
            #expect(try row.text("b") == "it's")
            #expect(try row.bool("c"))
            #expect(try row.text("d") == #"{"a\"\\,{}",NULL,"","NULL"}"#)
            #expect(try row.text("e") == "2026-06-30")
            #expect(try row.optionalInt("f") == nil)
            #expect(try row.isNull("f"))
            #expect(try row.text("g") == "1234.50")
            #expect(try row.text("h") == "2026-06-30 19:00:00+00")
            #expect(try row.text("i") == "v")
            #expect(try row.text("j") == "{1,-2}")
            #expect(try row.text("k") == "{0.10,NULL}")
            #expect(row.columnNames == ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k"])
        }
    }

    @Test("every session is pinned to UTC, ISO dates, UTF-8 and the public schema")
    func session() throws {
        try TestDatabase.withDatabase { connection in
            let expected = [
                "TimeZone": "UTC", "DateStyle": "ISO, YMD", "client_encoding": "UTF8", "search_path": "public",
                "standard_conforming_strings": "on", "application_name": "mainspring",
            ]
            for (name, value) in expected {
                let rows = try connection.query(Statement("SELECT current_setting($1) AS value", [.text(name)]))
                #expect(try rows.first?.text("value") == value, "\(name)")
            }
        }
    }

    @Test("a row names the column that is missing, NULL or of another type")
    func rowFailures() throws {
        try TestDatabase.withDatabase { connection in
            let rows = try connection.query(Statement("SELECT NULL AS empty, 'x' AS word", name: "probe"))
            let row = try #require(rows.first)
            let failures = [
                { _ = try row.text("absent") }, { _ = try row.text("empty") }, { _ = try row.int("word") },
                { _ = try row.bool("word") },
            ]
            let texts = failures.map { failing in
                (#expect(throws: Failure.self) { try failing() })?.message ?? ""
            }
            #expect(
                texts == [
                    "Statement probe has no column absent; it has empty, word.",
                    "Statement probe: column empty is NULL.", "Statement probe: column word is not an integer.",
                    "Statement probe: column word is not a boolean.",
                ])
        }
    }

    @Test("execute answers with the rows written")
    func affectedRows() throws {
        try TestDatabase.withDatabase { connection in
            try connection.script("CREATE TABLE t (a int); CREATE TABLE u (a int)")
            #expect(try connection.execute("INSERT INTO t SELECT generate_series(1, 5)") == 5)
            #expect(try connection.execute(Statement("UPDATE t SET a = $1 WHERE a > 3", [9])) == 2)
            #expect(try connection.execute("DELETE FROM t") == 5)
            #expect(try connection.execute("SET work_mem = '8MB'") == 0)
        }
    }

    @Test("a prepared statement tells its parameters and columns before it runs, and runs many times")
    func prepared() throws {
        try TestDatabase.withDatabase { connection in
            let statement = try connection.prepare(
                "SELECT $1::date AS day, 1.5::numeric(12, 2) AS money, $2::int[] AS ids, 'x'::varchar(9) AS word")
            #expect(statement.parameters == [.date, .int4Array])
            #expect(statement.columns.map(\.name) == ["day", "money", "ids", "word"])
            #expect(statement.columns.map(\.type) == [.date, .numeric, .int4Array, .varchar])
            #expect(statement.columns.map(\.numericScale) == [nil, 2, nil, nil])
            for day in 1...3 {
                let rows = try statement.query([.date("2026-06-0\(day)"), .intArray([1, 2])])
                #expect(try rows.first?.text("day") == "2026-06-0\(day)")
            }
            var streamed = 0
            try statement.forEach([.date("2026-06-30"), .intArray([Int64]())]) { _ in streamed += 1 }
            #expect(streamed == 1)
            try statement.close()
            #expect(throws: PostgresError.self) { try statement.query([.date("2026-06-30"), .intArray([1])]) }
        }
    }

    @Test("describe tells the columns and leaves nothing at the server")
    func describe() throws {
        try TestDatabase.withDatabase { connection in
            let description = try connection.describe("SELECT count(*) AS n FROM pg_class WHERE relname = $1")
            #expect(description.columns == [ResultColumn(name: "n", type: .int8)])
            #expect(try connection.query("SELECT 1 FROM pg_prepared_statements").isEmpty)
            let broken = #expect(throws: PostgresError.self) { try connection.describe("SELECT nothing FROM nowhere") }
            #expect(broken?.sqlState == .undefinedTable)
        }
    }

    @Test("forEach streams rows; an error of the body cancels the statement and leaves the connection usable")
    func streaming() throws {
        try TestDatabase.withDatabase { connection in
            var sum = 0
            try connection.forEach(Statement("SELECT g FROM generate_series(1, $1::int) AS g", [1000])) { row in
                sum += try row.int("g")
            }
            #expect(sum == 500_500)
            struct Enough: Error {}
            var seen = 0
            #expect(throws: Enough.self) {
                try connection.forEach("SELECT g FROM generate_series(1, 10000000) AS g") { _ in
                    seen += 1
                    if seen == 10 { throw Enough() }
                }
            }
            #expect(seen == 10)
            #expect(try connection.query("SELECT 1").count == 1)
            // An error in the middle of the rows.
            let late = #expect(throws: PostgresError.self) {
                try connection.forEach("SELECT 1 / (500 - g) FROM generate_series(1, 1000) AS g") { _ in }
            }
            #expect(late?.sqlState == SQLState(rawValue: "22012"))
            #expect(try connection.query("SELECT 1").count == 1)
        }
    }

    @Test("while rows are streaming the connection refuses another statement")
    func busy() throws {
        try TestDatabase.withDatabase { connection in
            let error = #expect(throws: PostgresError.self) {
                try connection.forEach(Statement("SELECT 1", name: "outer")) { _ in try connection.script("SELECT 2") }
            }
            #expect(error?.sqlState == .objectInUse)
            #expect(error?.message == "the connection is still reading the rows of outer")
            let after = try connection.query("SELECT 1")
            #expect(after.count == 1)
        }
    }

    @Test("a text with a NUL is refused by the number of its parameter")
    func nul() throws {
        try TestDatabase.withDatabase { connection in
            let error = #expect(throws: PostgresError.self) {
                try connection.query(Statement("SELECT $1::int, $2::text", [1, "a\0b"], name: "probe"))
            }
            #expect(error?.sqlState == .characterNotInRepertoire)
            #expect(error?.description.contains("parameter $2") == true)
            #expect(error?.statementName == "probe")
        }
    }

    @Test("notices and warnings go to the handler")
    func notices() throws {
        try TestDatabase.withDatabase { _, target in
            let heard = Mutex<[String]>([])
            let connection = try Connection(target) { text in heard.withLock { $0.append(text) } }
            defer { connection.close() }
            try connection.script("DO $$ BEGIN RAISE NOTICE 'half done'; RAISE WARNING 'careful'; END $$")
            #expect(heard.withLock { $0 } == ["NOTICE: half done", "WARNING: careful"])
        }
    }

    @Test("a closed connection says so")
    func closed() throws {
        try TestDatabase.withDatabase { _, target in
            let connection = try Connection(target)
            #expect(connection.isOpen)
            connection.close()
            connection.close()
            #expect(!connection.isOpen)
            let error = #expect(throws: PostgresError.self) { try connection.query("SELECT 1") }
            #expect(error?.sqlState == .connectionDoesNotExist)
            #expect(error?.failure.code == .databaseLost)
        }
    }

    @Test("rows outlive their connection")
    func rowsOutlive() throws {
        let rows = try TestDatabase.withDatabase { connection in
            try connection.query("SELECT g::text AS g FROM generate_series(1, 3) AS g")
        }
        #expect(try rows.map { try $0.text("g") } == ["1", "2", "3"])
    }
}
