import Foundation
import Tabular
import TestSupport
import Testing

/// Reports asked for by hand, in every format, from the built program.
@Suite("Reports by hand")
struct ReportFormatTests {
    private func withDemo(_ body: (TestHome) throws -> Void) throws {
        let home = try TestHome()
        for arguments in [["demo", "--orders", "1000", "--seed", "5"], ["run", "nightly", "--date", "2026-06-30"]] {
            let ending = try Program.run(arguments, in: home.path)
            try #require(ending.code == 0, "\(ending.error)")
        }
        try body(home)
    }

    private func lines(_ data: Data) -> [Data] { data.split(separator: UInt8(ascii: "\n")).map { Data($0) } }

    @Test("all formats of one pass hold the same rows; packed files are the plain ones; a manifest proves them")
    func formats() throws {
        try withDemo { home in
            let window = ["--from", "2026-01-01", "--to", "2026-06-30"]
            func run(_ arguments: String...) throws -> [String: Any] {
                let ending = try Program.run(["report", "run"] + arguments + window + ["--json"], in: home.path)
                try #require(ending.code == 0, "\(ending.error)")
                let document = try JSONSerialization.jsonObject(with: Data(ending.output.utf8))
                return try #require(document as? [String: Any])
            }
            let all = try run("orders", "breaks", "night", "--format", "csv,xlsx,html,json", "--out", "plain")
            let files = try #require(all["files"] as? [[String: Any]])
            #expect(
                files.compactMap { $0["path"] as? String } == [
                    "breaks.csv", "breaks.html", "breaks.jsonl", "breaks.xlsx", "night.html", "orders.csv",
                    "orders.html",
                    "orders.jsonl", "orders.xlsx",
                ])
            for name in ["orders", "breaks"] {
                let counts = Set(
                    files.filter { ($0["path"] as? String)?.hasPrefix(name) == true }.compactMap { $0["rows"] as? Int })
                #expect(counts.count == 1 && counts.first ?? 0 > 10, "\(name)")
            }
            // CSV and JSON, field by field.
            let csv = try home.read("plain/breaks.csv")
            #expect(csv.starts(with: [0xEF, 0xBB, 0xBF]))
            let reader = try CSVReader(path: home.path + "/plain/breaks.csv")
            func next() throws -> [String?]? {
                guard let record = try reader.next() else { return nil }
                return (0..<record.count).map { index in record[index].map { String(decoding: $0, as: UTF8.self) } }
            }
            let columns = try #require(try next()).map { $0 ?? "" }
            for line in lines(try home.read("plain/breaks.jsonl")) {
                let document = try JSONSerialization.jsonObject(with: line)
                let object = try #require(document as? [String: Any])
                let fields = try #require(try next())
                #expect(Set(object.keys) == Set(columns))
                for (column, field) in zip(columns, fields) {
                    switch object[column] {
                    case let text as String: #expect(text == field || "'" + text == field)
                    case let number as NSNumber: #expect("\(number)" == field)
                    default: #expect(field == nil)
                    }
                }
            }
            let rest = try next()
            #expect(rest == nil)
            for (kind, program) in [("gz", "gzip"), ("zst", "zstd")] {
                _ = try run("orders", "--format", "csv,json", "--compress", kind, "--out", kind)
                for name in ["orders.csv", "orders.jsonl"] {
                    let packed = "\(home.path)/\(kind)/\(name).\(kind)"
                    let unpacked = Data(try Tool.run(program, ["-dc", packed]))
                    #expect(try unpacked == home.read("plain/\(name)"))
                }
                let verified = try Program.run(["verify", kind], in: home.path)
                #expect(verified.code == 0, "\(verified.error)")
            }
        }
    }

    @Test("a terminal gets CSV without a mark, or an object a line; what can't be had is said, and nothing is written")
    func printed() throws {
        try withDemo { home in
            func run(_ arguments: String...) throws -> Program.Ending {
                try Program.run(["report", "run"] + arguments + ["--date", "2026-06-30"], in: home.path)
            }
            let csv = try run("breaks")
            #expect(csv.code == 0 && csv.output.hasPrefix("break_id,code,"))
            let json = try run("breaks", "--format", "json")
            #expect(json.code == 0 && json.output.hasPrefix("{\"break_id\":"))
            #expect(json.lines.count == csv.lines.count - 1)
            let unknown = try run("breaks", "--format", "csv,pdf", "--out", "x")
            #expect(unknown.code == 2 && unknown.error.contains("csv,pdf") && unknown.output.isEmpty)
            let typed = try run("breaks", "--set", "business_date=today", "--out", "x")
            #expect(typed.code == 2 && typed.error.contains("business_date") && typed.error.contains("today"))
            #expect(!home.exists("x"))
        }
    }

    @Test("SQL that writes, never ends or fails: one message with the report's name, and the folder stays as it was")
    func hostile() throws {
        try withDemo { home in
            func report(_ name: String, _ select: String) throws {
                try home.write(
                    "reports/\(name).sql",
                    """
                    /*
                    title: \(name)
                    description: A report that should not run.
                    owner: test
                    columns: { n: { heading: N, kind: integer } }
                    sort: [n]
                    */
                    \(select);
                    """)
            }
            try report("endless", "SELECT n FROM (SELECT 1 AS n FROM pg_sleep(3600)) AS s ORDER BY n")
            try report("divides", "SELECT 1 / (o.order_id - 3) AS n FROM orders AS o ORDER BY n")
            try report(
                "writes",
                "WITH w AS (INSERT INTO brands (brand_name) VALUES ('x') RETURNING brand_id AS n) SELECT n FROM w ORDER BY n"
            )
            try report("calls", "SELECT nextval('orders_order_id_seq')::integer AS n ORDER BY n")
            let config = String(decoding: try home.read("config/mainspring.yml"), as: UTF8.self)
            try home.write(
                "config/mainspring.yml",
                config.replacing(#/statement_timeout_seconds: \d+/#, with: "statement_timeout_seconds: 1"))
            let first = try Program.run(
                ["report", "run", "breaks", "--date", "2026-06-30", "--out", "x"], in: home.path)
            #expect(first.code == 0)
            let before = try home.read("x/breaks.csv")
            for name in ["endless", "divides", "writes", "calls"] {
                let ending = try Program.run(["report", "run", "breaks", name, "--out", "x"], in: home.path)
                #expect(ending.code == 1, "\(name): \(ending.error)")
                #expect(ending.error.components(separatedBy: "error [").count == 2, "\(ending.error)")
                #expect(ending.error.contains(name), "\(ending.error)")
                #expect(try home.read("x/breaks.csv") == before)
                let left = try FileManager.default.contentsOfDirectory(atPath: home.path)
                #expect(left.allSatisfy { !$0.contains("staging") }, "\(left)")
            }
        }
    }
}
