import Diagnostics
import Foundation
import Testing

@testable import Tabular

@Suite("Rows that are kept for a second reading")
struct RowSpoolTests {
    private let columns = [Column("a", kind: .text), Column("b", kind: .text), Column("c", kind: .text)]

    @Test("come back as they went in: NULL, the empty text, line ends, and texts longer than any buffer")
    func replays() throws {
        let path = NSTemporaryDirectory() + "rows-\(UUID().uuidString)"
        defer { for end in ["", ".sums"] { try? FileManager.default.removeItem(atPath: path + end) } }
        let long = String(repeating: "گھڑی\n", count: 100_000)
        let rows: [[String?]] = [
            ["1", nil, ""], ["", "", ""], [nil, nil, nil], ["a\u{0}b", "\t\r\n\"", long],
            ["x", long, "y"], ["", nil, "z"],
        ]
        let spool = try RowSpool(path: path, columns: columns)
        for row in rows { try spool.write(row) }
        #expect(try spool.finish() == WrittenTable(rows: rows.count, sums: []))
        #expect(try RowSpool.written(path) == WrittenTable(rows: rows.count, sums: []))
        var seen: [[String?]] = []
        try RowSpool.replay(path, columns: 3) { fields in
            seen.append(fields.map { $0.map { String(decoding: $0, as: UTF8.self) } })
        }
        #expect(seen == rows)
    }

    @Test("a spool that is cut off or gone is an error, never fewer rows")
    func refuses() throws {
        let path = NSTemporaryDirectory() + "rows-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: path) }
        #expect(throws: (any Error).self) { try RowSpool.replay(path, columns: 3) { _ in } }
        let spool = try RowSpool(path: path, columns: columns)
        try spool.write(["first", "row", "whole"])
        try spool.write(["second", "row", "cut"])
        _ = try spool.finish()
        let whole = try Data(contentsOf: URL(fileURLWithPath: path))
        for missing in [1, 3, 5, 10] {
            try whole.dropLast(missing).write(to: URL(fileURLWithPath: path))
            var rows = 0
            #expect(throws: (any Error).self) { try RowSpool.replay(path, columns: 3) { _ in rows += 1 } }
            #expect(rows == 1)
        }
    }

    @Test("the sums of the rows stand beside them, exact and per currency")
    func sums() throws {
        let path = NSTemporaryDirectory() + "rows-\(UUID().uuidString)"
        defer { for end in ["", ".sums"] { try? FileManager.default.removeItem(atPath: path + end) } }
        let columns = [Column("currency", isCurrency: true), Column("amount", kind: .money, total: .sum)]
        let spool = try RowSpool(path: path, columns: columns)
        for row in [["PKR", "0.10"], ["USD", "1.00"], ["PKR", "0.20"]] { try spool.write(row) }
        let table = try spool.finish()
        #expect(table.sums.map(\.byCurrency) == [["PKR": "0.30", "USD": "1.00"]])
        #expect(try RowSpool.written(path) == table)
        try FileManager.default.removeItem(atPath: path + ".sums")
        #expect(throws: Failure.self) { try RowSpool.written(path) }
    }
}
