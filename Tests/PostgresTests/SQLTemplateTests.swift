import Diagnostics
import Foundation
import Postgres
import TestSupport
import Testing

@Suite("SQL templates")
struct SQLTemplateTests {
    private static func template(_ sql: String) throws -> SQLTemplate { try SQLTemplate(sql, source: "probe.sql") }

    @Test("parameters become $n, one number a name, and everything else stays as it is")
    func bind() throws {
        let template = try Self.template("SELECT :'from'::date, :limit, :'from', a::text FROM t -- :'no'\n")
        #expect(template.parameters == ["from", "limit"])
        let statement = try template.bind(["from": .date("2026-06-01"), "limit": 5, "unused": 1])
        #expect(statement.sql == "SELECT $1::date, $2, $1, a::text FROM t")
        #expect(statement.values == [.date("2026-06-01"), 5])
        #expect(statement.name == "probe.sql")
    }

    @Test(
        "no parameter inside strings, names, comments, dollar quotes, casts, slices",
        arguments: [
            "SELECT ':a', ':''a', '\\', ':b'", "SELECT E'\\':a', e'x\\\\'", "SELECT \":a\", \"x\"\":a\"",
            "SELECT 1 /* :a /* :'b' */ :c */", "SELECT 1 -- :a :'b'\n, 2", "SELECT $$ :a :'b' $$",
            "SELECT $tag$ :a $$ $ta$ :'b' $tag$", "SELECT a::int, b :: text, c::\"char\"", "SELECT a[1:2], a[lo:hi]",
            "SELECT a[b(1):c], a[b[1]:c], a[1 :n]", "SELECT foo$bar, a$1$b", "SELECT U&':a', B'01', N':x'", "a := 5",
            "SELECT '12:30'::time, 1.5e3, 0x1f", "SELECT a :",
        ])
    func untouched(sql: String) throws {
        let template = try Self.template(sql)
        #expect(template.parameters == [])
        // Comments after the last token are dropped.
        #expect(sql.hasPrefix(try template.bind().sql))
    }

    @Test("where psql sees a variable, so do we")
    func found() throws {
        let cases = [
            ("SELECT :a", ["a"]), ("SELECT :'a'", ["a"]), ("SELECT (:a)", ["a"]), ("SELECT x=:a", ["a"]),
            ("SELECT :a::int", ["a"]), ("SELECT ARRAY[:a, :'b']", ["a", "b"]), ("SELECT x[:a]", ["a"]),
            ("SELECT 'x':a", ["a"]), ("SELECT $$x$$ || :a", ["a"]), ("SELECT /* :no */:a/**/", ["a"]),
            ("SELECT x[1:2] + :a", ["a"]), ("SELECT ((:a))[1:2]", ["a"]), ("SELECT :größe", ["größe"]),
            ("SELECT :a_1 + :A", ["a_1", "A"]), ("SELECT E'\\\\' || :a", ["a"]), ("SELECT '\\' || :a", ["a"]),
        ]
        for (sql, names) in cases { #expect(try Self.template(sql).parameters == names, "\(sql)") }
    }

    @Test("a value never grows together with the SQL beside it")
    func gluing() throws {
        #expect(try Self.template("SELECT :'a'1").bind(["a": 7]).sql == "SELECT $1 1")
        #expect(try Self.template("SELECT x:a").bind(["a": 7]).sql == "SELECT x $1")
        #expect(try Self.template("SELECT 'x':'a'").literal(["a": "y"]) == "SELECT 'x' 'y'::text")
        #expect(try Self.template("SELECT :'a''x'").literal(["a": nil]) == "SELECT NULL 'x'")
    }

    @Test("what cannot be a parameter is refused with its line")
    func refused() throws {
        let cases: [(String, Int, String)] = [
            ("SELECT 1,\n :\"name\"", 2, "cannot be a name"), ("SELECT\n\n'open", 3, "string constant is not closed"),
            ("SELECT 'a\n\n' || 'open", 3, "string constant is not closed"), ("SELECT \"open", 1, "not closed"),
            ("/* a\n /* b */", 1, "comment is not closed"), ("SELECT $x$ a $y$", 1, "dollar-quoted"),
            ("SELECT\n$1", 2, "write the parameter by name"), ("\\set a 1", 1, "backslash"),
            ("SELECT :{?a}", 1, "psql"), ("SELECT :'a b'", 1, "letters, digits"), ("SELECT :'", 1, "letters, digits"),
            ("SELECT E'\\'", 1, "not closed"),
        ]
        for (sql, line, words) in cases {
            let failure = #expect(throws: Failure.self) { try Self.template(sql) }
            #expect(failure?.code == .parameterInvalid)
            #expect(failure?.location == .file("probe.sql", line: line), "\(sql)")
            #expect(failure?.message.contains(words) == true, "\(sql): \(failure?.message ?? "")")
        }
    }

    @Test("a missing value is named")
    func missing() throws {
        let template = try Self.template("SELECT :'from'::date")
        for attempt in [{ _ = try template.bind() }, { _ = try template.literal() }, { _ = try template.copyOut() }] {
            let failure = #expect(throws: Failure.self) { try attempt() }
            #expect(failure?.code == .parameterMissing)
            #expect(failure?.message == "Parameter from of probe.sql has no value.")
        }
    }

    @Test("literals are escaped and typed")
    func literals() throws {
        let values: [(SQLValue, String)] = [
            (.null, "NULL"), (.bool(true), "'t'::boolean"), (.int(-5), "'-5'::bigint"),
            (.numeric("1.50"), "'1.50'::numeric"), ("it's", "'it''s'::text"), ("a\\b'", " E'a\\\\b'''::text"),
            (.date("2026-06-30"), "'2026-06-30'::date"), (.json("{}"), "'{}'::jsonb"),
            (.timestamptz("2026-06-30T19:00:00Z"), "'2026-06-30T19:00:00Z'::timestamptz"),
            (.intArray([1, 2]), "'{1,2}'::bigint[]"), (.textArray(["a'"]), "'{\"a''\"}'::text[]"),
            (.numericArray(["1.5", nil]), "'{\"1.5\",NULL}'::numeric[]"),
        ]
        let template = try Self.template("(:v)")
        for (value, text) in values { #expect(try template.literal(["v": value]) == "(\(text))") }
        let failure = #expect(throws: Failure.self) { try template.literal(["v": "a\0"]) }
        #expect(failure?.code == .parameterInvalid)
    }

    @Test("a closing semicolon and what follows it are dropped, so that COPY can hold the text")
    func copy() throws {
        let template = try Self.template("SELECT :'day'::date -- the day\n;\n-- the end\n/* really */ ;")
        #expect(template.isSingleStatement)
        let statement = try template.copyOut(["day": .date("2026-06-30")])
        #expect(statement.sql == "COPY (SELECT '2026-06-30'::date::date\n) TO STDOUT")
        try TestDatabase.withDatabase { connection in
            var texts: [String?] = []
            try connection.copyRows(statement) { row in texts.append(row.text(0)) }
            #expect(texts == ["2026-06-30"])
        }
        let script = try Self.template("SELECT 1; SELECT 2")
        #expect(!script.isSingleStatement)
        #expect(throws: Failure.self) { try script.copyOut() }
    }

    @Test("random values arrive unchanged, as parameters and as literals", arguments: [UInt64.random(in: 0 ... .max)])
    func values(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let alphabet = Array("'\\\"$:;-/*{},\n\té時🕰aN ")
        let template = try Self.template("SELECT :'t'::text AS t, :'l'::text[] AS l")
        try TestDatabase.withDatabase { connection in
            for _ in 0..<200 {
                func word() -> String {
                    let length = Int.random(in: 0...9, using: &random)
                    return String((0..<length).map { _ in alphabet.randomElement(using: &random) ?? "x" })
                }
                let text = word()
                let values: [String: SQLValue] = ["t": .text(text), "l": .textArray([word(), nil, text])]
                let bound = try #require(try connection.query(template.bind(values)).first)
                let literal = try #require(try connection.query(Statement(template.literal(values))).first)
                #expect(try bound.text("t") == text, "seed \(seed)")
                #expect(try literal.text("t") == text, "seed \(seed)")
                #expect(try bound.text("l") == literal.text("l"), "seed \(seed)")
            }
        }
    }

    @Test("random SQL: the pieces in, the same parameters out", arguments: [UInt64.random(in: 0 ... .max)])
    func lexing(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        // Pieces that hold colons and quotes of every kind and no parameter, and what each parameter looks like.
        let inert = [
            "':a'", "'it''s :a'", "E'\\':a'", "\":a\"", "$$:a'$$", "$q$:'a'$q$", "/*:a*/", "--:a\n", "::int", "a[1:2]",
            "x", "42", "(", ")", ",", "=", "<>", "U&':a'", "/* /* ' */ */", "\n", "a[b:c]", "x$y",
        ]
        for _ in 0..<500 {
            var sql = "SELECT "
            var expected: [String] = []
            for _ in 0..<Int.random(in: 1...12, using: &random) {
                if Int.random(in: 0..<4, using: &random) == 0 {
                    let name = ["p", "q_2", "r"].randomElement(using: &random) ?? "p"
                    sql += Bool.random(using: &random) ? ":'\(name)' " : ":\(name) "
                    if !expected.contains(name) { expected.append(name) }
                } else {
                    sql += (inert.randomElement(using: &random) ?? "x") + " "
                }
            }
            #expect(try Self.template(sql).parameters == expected, "seed \(seed): \(sql)")
        }
    }

    @Test("psql, given the same file and the same values, answers the same")
    func psql() throws {
        let sql = """
            SELECT :'word' AS a, ':word' AS b, E'\\':word' AS c, $$:'word'$$ AS d, (:n)::int + 1 AS e,
                (ARRAY[1, 2, 3])[1:2] AS f, /* :'word' /* nested */ */ :'word' || 'x' AS g; -- :'word'

            """
        let values: [String: SQLValue] = ["word": "it's \\ \"so\"", "n": 41]
        let statement = try Self.template(sql).copyOut(values)
        try TestDatabase.withDatabase { connection, target in
            var ours = ""
            try connection.copyOut(statement) { ours += String(decoding: $0, as: UTF8.self) }
            let process = Process()
            process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
            process.arguments = [
                "PGPASSWORD=\(target.parameters["password"] ?? "")", "psql", "-X", "-h", target.host ?? "", "-U",
                target.user ?? "", "-d", target.database ?? "", "-At", "-F", "\t", "-v", "word=it's \\ \"so\"", "-v",
                "n=41",
            ]
            let (input, output) = (Pipe(), Pipe())
            process.standardInput = input
            process.standardOutput = output
            try process.run()
            input.fileHandleForWriting.write(Data(sql.utf8))
            try input.fileHandleForWriting.close()
            let theirs = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
            process.waitUntilExit()
            // COPY doubles backslashes, psql's unaligned form does not.
            #expect(ours.replacingOccurrences(of: "\\\\", with: "\\") == theirs)
        }
    }
}

@Suite("SQL libraries")
struct SQLLibraryTests {
    @Test("each statement by its name, with its own lines")
    func sections() throws {
        let text =
            "-- What this file is for.\n\n-- name: lock\nSELECT 1;\n\n--name: apply-2\nUPDATE t SET a = :'v';\r\n"
        let library = try SQLLibrary(text, source: "steps.sql")
        #expect(library.names == ["lock", "apply-2"])
        #expect(try library["lock"].bind().sql == "SELECT 1")
        #expect(try library["lock"].line == 4)
        #expect(try library["apply-2"].parameters == ["v"])
        #expect(try library["apply-2"].bind(["v": 1]).name == "steps.sql: apply-2")
        #expect(library.contains("lock") && !library.contains("none"))
        let failure = #expect(throws: Failure.self) { try library["none"] }
        #expect(failure?.message == "There is no statement none; there are lock, apply-2.")
    }

    @Test("lines that end in CR LF make the same library")
    func carriageReturns() throws {
        let text = "-- name: a\r\nSELECT 1\r\n-- name: b\r\nSELECT 2"
        let library = try SQLLibrary(embedded: Array(text.utf8), source: "x")
        #expect(library.names == ["a", "b"])
        #expect(try library["b"].bind().sql == "SELECT 2")
        #expect(try library["b"].line == 4)
    }

    @Test("a malformed library is refused with its line")
    func malformed() throws {
        let cases = [
            ("SELECT 1", 1), ("-- only a comment\n", nil), ("SELECT 1;\n-- name: a\nSELECT 1", 1),
            ("-- name: a\nSELECT 1\n-- name: a\nSELECT 2", 4), ("-- name: a\nSELECT\n'open", 3),
            ("-- name: a\n-- nothing\n-- name: b\nSELECT 1", 2),
        ]
        for (text, line) in cases {
            let failure = #expect(throws: Failure.self) { try SQLLibrary(text, source: "x.sql") }
            #expect(failure?.code == .parameterInvalid)
            #expect(failure?.location == .file("x.sql", line: line), "\(text)")
        }
    }
}
