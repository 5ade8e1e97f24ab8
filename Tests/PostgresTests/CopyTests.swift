import Diagnostics
import Foundation
import Postgres
import TestSupport
import Testing

@Suite("COPY")
struct CopyTests {
    /// Texts that COPY has to escape, and the empty text, which is not NULL.
    static let awkward: [String?] = [
        "plain", "", nil, "\\N", "\\", "\\\\", "tab\there", "line\nbreak", "carriage\rreturn", "\u{8}\u{b}\u{c}",
        "trailing\\", "\tstarts", "ends\t", "اردو گھڑی", "🕰️", "\\.", "NULL", "a\\Nb", "\u{1}\u{7f}",
    ]

    @Test("a COPY that is cancelled stops sending, however many rows are left; the connection lives on")
    func cancelled() throws {
        try TestDatabase.withDatabase { connection in
            try connection.script("CREATE TABLE t (a text)")
            let (canceller, began) = (connection.canceller, Date())
            Thread {
                Thread.sleep(forTimeInterval: 0.2)
                _ = canceller.cancel()
            }.start()
            let error = #expect(throws: PostgresError.self) {
                try connection.copyIn("COPY t (a) FROM STDIN") { writer in
                    while Date().timeIntervalSince(began) < 20 {
                        try writer.append(field: "x")
                        try writer.endRow()
                    }
                }
            }
            #expect(error?.sqlState == .queryCanceled)
            #expect(Date().timeIntervalSince(began) < 10)
            // The COPY ends as soon as a cancel is asked for; the request itself may reach the server a little later, and
            // then meets whatever statement comes next.
            _ = try? connection.query("SELECT pg_sleep(0.5)")
            #expect(try connection.query("SELECT count(*) AS n FROM t")[0].int("n") == 0)
        }
    }

    /// A COPY out of the same rows that went in, field by field.
    @Test("what goes in comes out, byte by byte")
    func roundTrip() throws {
        try TestDatabase.withDatabase { connection in
            try connection.script("CREATE TABLE t (n bigint, a text, b text)")
            let stored = try connection.copyIn("COPY t (n, a, b) FROM STDIN") { writer in
                for (index, text) in Self.awkward.enumerated() {
                    try writer.append(field: index)
                    try writer.append(field: text)
                    try writer.append(field: Self.awkward[Self.awkward.count - 1 - index])
                    try writer.endRow()
                }
            }
            #expect(stored == Int64(Self.awkward.count))
            // The server holds what was meant, by the other way out.
            let rows = try connection.query("SELECT a FROM t ORDER BY n")
            #expect(try rows.map { try $0.optionalText("a") } == Self.awkward)
            var read: [[String?]] = []
            let sent = try connection.copyRows("COPY (SELECT n, a, b FROM t ORDER BY n) TO STDOUT") { row in
                read.append((0..<row.count).map { row.text($0) })
            }
            #expect(sent == Int64(Self.awkward.count))
            let expected: [[String?]] = Self.awkward.indices.map {
                ["\($0)", Self.awkward[$0], Self.awkward[Self.awkward.count - 1 - $0]]
            }
            #expect(read == expected)
        }
    }

    @Test("random bytes survive the way there and back", arguments: [UInt64.random(in: 0 ... .max)])
    func randomRoundTrip(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let alphabet = Array("\\\tN.\n\r\u{8}x\"';é時🕰 ")
        let texts: [String?] = (0..<2000).map { _ in
            if Int.random(in: 0..<10, using: &random) == 0 { return nil }
            let length = Int.random(in: 0...12, using: &random)
            return String((0..<length).map { _ in alphabet.randomElement(using: &random) ?? "x" })
        }
        try TestDatabase.withDatabase { connection in
            try connection.script("CREATE TABLE t (n int, a text)")
            try connection.copyIn("COPY t FROM STDIN") { writer in
                for (index, text) in texts.enumerated() {
                    try writer.append(field: index)
                    try writer.append(field: text)
                    try writer.endRow()
                }
            }
            var read: [String?] = []
            try connection.copyRows("COPY (SELECT a FROM t ORDER BY n) TO STDOUT") { row in read.append(row.text(0)) }
            #expect(read == texts, "seed \(seed)")
        }
    }

    @Test("numbers, booleans, bytes and NULL are written as PostgreSQL reads them")
    func kinds() throws {
        try TestDatabase.withDatabase { connection in
            try connection.script("CREATE TABLE t (a bigint, b bigint, c boolean, d text, e text)")
            let numbers: [Int64] = [.min, -1, 0, 7, .max]
            try connection.copyIn("COPY t FROM STDIN") { writer in
                for number in numbers {
                    try writer.append(field: number)
                    try writer.append(field: Int(number))
                    try writer.append(field: number > 0)
                    try Array("by\tte".utf8).withUnsafeBytes { try writer.append(field: $0) }
                    try writer.appendNull()
                    try writer.endRow()
                }
                try Array("5\t5\tt\tx\ty\n".utf8).withUnsafeBytes { try writer.appendRaw($0) }
            }
            let rows = try connection.query("SELECT a, b, c, d, e FROM t")
            #expect(try rows.map { try $0.int64("a") } == numbers + [5])
            #expect(try rows.map { try $0.int64("b") } == numbers + [5])
            #expect(try rows.map { try $0.bool("c") } == [false, false, false, true, true, true])
            #expect(try rows.map { try $0.text("d") } == Array(repeating: "by\tte", count: 5) + ["x"])
            #expect(try rows.map { try $0.optionalText("e") } == Array(repeating: nil, count: 5) + ["y"])
        }
    }

    @Test("fields larger than the buffer go through whole")
    func largeFields() throws {
        try TestDatabase.withDatabase { connection in
            try connection.script("CREATE TABLE t (a text)")
            let large = String(repeating: "gear\t\\wheel\n", count: 50_000)
            try connection.copyIn("COPY t FROM STDIN") { writer in
                for _ in 0..<3 {
                    try writer.append(field: large)
                    try writer.endRow()
                }
                let raw = String(repeating: "x", count: 300_000) + "\n"
                try Array(raw.utf8).withUnsafeBytes { try writer.appendRaw($0) }
            }
            var lengths: [Int] = []
            try connection.copyRows("COPY t TO STDOUT") { row in
                lengths.append(row[0]?.count ?? -1)
                if lengths.count < 4 { #expect(row.text(0) == large) }
            }
            #expect(lengths == [large.utf8.count, large.utf8.count, large.utf8.count, 300_000])
        }
    }

    @Test("more columns than the splitter first has room for")
    func manyColumns() throws {
        try TestDatabase.withDatabase { connection in
            let list = (1...300).map { "g + \($0)" }.joined(separator: ", ")
            var sums: [Int] = []
            try connection.copyRows("COPY (SELECT \(list) FROM generate_series(1, 3) AS g) TO STDOUT") { row in
                #expect(row.count == 300)
                sums.append((0..<row.count).reduce(0) { $0 + (Int(row.text($1) ?? "") ?? 0) })
            }
            #expect(sums == [45_450, 45_750, 46_050])
        }
    }

    @Test("an error of the body aborts the COPY: nothing is stored, the connection goes on")
    func bodyFails() throws {
        struct Stop: Error {}
        try TestDatabase.withDatabase { connection in
            try connection.script("CREATE TABLE t (a int)")
            #expect(throws: Stop.self) {
                try connection.copyIn("COPY t FROM STDIN") { writer in
                    for number in 0..<100_000 {
                        try writer.append(field: number)
                        try writer.endRow()
                    }
                    throw Stop()
                }
            }
            #expect(throws: Stop.self) {
                try connection.copyRows("COPY (SELECT generate_series(1, 10000000)) TO STDOUT") { _ in throw Stop() }
            }
            let row = try connection.query("SELECT count(*) AS n FROM t").first
            #expect(try row?.int("n") == 0)
            #expect(connection.transactionStatus == .idle)
        }
    }

    @Test("a row that the server refuses, a NUL, bad UTF-8, a missing column: an error, and nothing stored")
    func refused() throws {
        try TestDatabase.withDatabase { connection in
            try connection.script("CREATE TABLE t (a int CHECK (a < 50000), b text)")
            let check = #expect(throws: PostgresError.self) {
                try connection.copyIn("COPY t FROM STDIN") { writer in
                    for number in 0..<100_000 {
                        try writer.append(field: number)
                        try writer.append(field: "x")
                        try writer.endRow()
                    }
                }
            }
            #expect(check?.sqlState == .checkViolation)
            let nul = #expect(throws: PostgresError.self) {
                try connection.copyIn("COPY t FROM STDIN") { writer in
                    try writer.append(field: 1)
                    try writer.append(field: "a\0b")
                }
            }
            #expect(nul?.sqlState == .characterNotInRepertoire)
            let encoding = #expect(throws: PostgresError.self) {
                try connection.copyIn("COPY t FROM STDIN") { writer in
                    try writer.append(field: 1)
                    try [0xff as UInt8, 0xfe].withUnsafeBytes { try writer.append(field: $0) }
                    try writer.endRow()
                }
            }
            #expect(encoding?.sqlState == .characterNotInRepertoire)
            let ragged = #expect(throws: PostgresError.self) {
                try connection.copyIn("COPY t FROM STDIN") { writer in
                    try writer.append(field: 1)
                    try writer.endRow()
                }
            }
            #expect(ragged?.sqlState == .badCopyFormat)
            let row = try connection.query("SELECT count(*) AS n FROM t").first
            #expect(try row?.int("n") == 0)
        }
    }

    @Test("a COPY where a statement was expected, or the other way round, is an error and harms nothing")
    func wrongWay() throws {
        try TestDatabase.withDatabase { connection in
            try connection.script("CREATE TABLE t (a int); INSERT INTO t SELECT generate_series(1, 100000)")
            let attempts: [() throws -> Void] = [
                { try connection.script("COPY t TO STDOUT") }, { try connection.script("COPY t FROM STDIN") },
                { try connection.forEach("COPY t TO STDOUT") { _ in } },
                { try connection.copyRows("SELECT 1") { _ in } }, { try connection.copyIn("SELECT 1") { _ in } },
                { try connection.copyRows("COPY t FROM STDIN") { _ in } },
                { try connection.copyIn("COPY t TO STDOUT") { _ in } },
            ]
            for attempt in attempts {
                let error = #expect(throws: PostgresError.self) { try attempt() }
                #expect(error?.sqlState == .protocolViolation)
                #expect(try connection.query("SELECT 1").count == 1)
            }
        }
    }

    @Test("an error in the middle of a COPY out is thrown after the rows before it")
    func lateError() throws {
        try TestDatabase.withDatabase { connection in
            var seen = 0
            let error = #expect(throws: PostgresError.self) {
                try connection.copyRows("COPY (SELECT 1 / (900 - g) FROM generate_series(1, 1000) AS g) TO STDOUT") {
                    _ in seen += 1
                }
            }
            #expect(error?.sqlState == SQLState(rawValue: "22012"))
            #expect(seen == 899)
        }
    }

    @Test("copyOut hands over whole messages in the server's own format")
    func copyOut() throws {
        try TestDatabase.withDatabase { connection in
            var text = ""
            let count = try connection.copyOut("COPY (VALUES (1, 'a,b'), (2, NULL)) TO STDOUT (FORMAT csv, HEADER)") {
                text += String(decoding: $0, as: UTF8.self)
            }
            #expect(text == "column1,column2\n1,\"a,b\"\n2,\n")
            #expect(count == 2)
        }
    }

    @Test("a million rows pass in constant memory, in and out")
    func constantMemory() throws {
        func residentMegabytes() -> Int {
            let pages = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8))?.split(separator: " ")
            return (pages.flatMap { Int($0[1]) } ?? 0) * 4096 / 1_048_576
        }
        try TestDatabase.withDatabase { connection in
            try connection.script("CREATE UNLOGGED TABLE t (n int, a text)")
            let filler = String(repeating: "escapement", count: 8)
            let before = residentMegabytes()
            var peak = before
            try connection.copyIn("COPY t FROM STDIN") { writer in
                for number in 0..<1_000_000 {
                    try writer.append(field: number)
                    try writer.append(field: filler)
                    try writer.endRow()
                    if number % 50_000 == 0 { peak = max(peak, residentMegabytes()) }
                }
            }
            var rows = 0
            var bytes = 0
            let count = try connection.copyRows("COPY t TO STDOUT") { row in
                rows += 1
                bytes += row[1]?.count ?? 0
                if rows % 50_000 == 0 { peak = max(peak, residentMegabytes()) }
            }
            #expect(count == 1_000_000)
            #expect(rows == 1_000_000)
            #expect(bytes == 80_000_000)
            // The rows are 90 MB; other tests run beside this one, hence the allowance.
            #expect(peak - before < 50, "from \(before) MB to \(peak) MB")
        }
    }
}
