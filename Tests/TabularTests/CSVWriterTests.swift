import Diagnostics
import Foundation
import Testing

@testable import Tabular

/// The file that a writer makes of rows.
private func written(
    _ columns: [Column], _ options: CSVWriterOptions = .init(), _ rows: [[String?]]
) throws -> String {
    try withFolder { folder in
        let writer = try CSVWriter(path: "\(folder)/out.csv", columns: columns, options: options)
        for row in rows { try writer.write(row) }
        #expect(try writer.finish().rows == rows.count)
        return try text("\(folder)/out.csv")
    }
}

@Suite("CSV is written")
struct CSVWriterTests {
    private static let two = [Column("a"), Column("b")]

    @Test("quotes stand where RFC 4180 wants them, and around blanks at the ends")
    func quoting() throws {
        let rows: [[String?]] = [
            ["plain", "a,b"], ["say \"hi\"", "two\nlines"], ["cr\rhere", " lead"], ["trail\t", "گھڑی ⌚️"], ["\"", "'"],
        ]
        #expect(
            try written(Self.two, .init(profile: .machine), rows)
                == "a,b\nplain,\"a,b\"\n\"say \"\"hi\"\"\",\"two\nlines\"\n\"cr\rhere\",\" lead\"\n\"trail\t\",گھڑی ⌚️\n\"\"\"\",'\n"
        )
    }

    @Test("NULL and the empty text are told apart")
    func null() throws {
        #expect(try written(Self.two, .init(), [[nil, ""], ["", nil]]) == "a,b\n,\"\"\n\"\",\n")
        let named = CSVWriterOptions(nullText: "NULL")
        #expect(try written(Self.two, named, [[nil, "NULL"], ["", "x"]]) == "a,b\nNULL,\"NULL\"\n,x\n")
    }

    @Test("a table of one column has no empty lines, which readers would pass over")
    func oneColumn() throws {
        #expect(try written([Column("a")], .init(), [[nil], [""], ["x"]]) == "a\n\"\"\n\"\"\nx\n")
    }

    @Test("byte order mark, CR LF, another delimiter")
    func options() throws {
        let options = CSVWriterOptions(delimiter: UInt8(ascii: ";"), lineEnding: .crlf, byteOrderMark: true)
        #expect(try written(Self.two, options, [["1;2", "3,4"]]) == "\u{FEFF}a;b\r\n\"1;2\";3,4\r\n")
    }

    @Test(
        "text that a spreadsheet would run is made inert, for people only",
        arguments: [
            "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "＋1", "－1", "＠x", "=HYPERLINK(\"http://x\")",
        ])
    func formulas(text: String) throws {
        let doubled = text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"")
        #expect(try written([Column("a")], .init(profile: .spreadsheet), [[text]]) == "a\n\"'\(doubled)\"\n")
        let machine = try read(try written([Column("a")], .init(profile: .machine), [[text]]))
        #expect(machine.last?.fields == [text])
    }

    @Test("text that only looks a little like a formula is left alone", arguments: ["1=1", "a@b", "é=", "１", "–1"])
    func noFormulas(text: String) throws {
        #expect(try written([Column("a")], .init(profile: .spreadsheet), [[text]]) == "a\n\(text)\n")
    }

    @Test("a column's name is guarded like any text")
    func header() throws {
        #expect(try written([Column("=cmd"), Column("a,b")], .init(), []) == "\"'=cmd\",\"a,b\"\n")
    }

    @Test("numbers stay numbers as PostgreSQL prints them; what is declared a number and is none is guarded")
    func numbers() throws {
        let columns = [Column("n", kind: .decimal)]
        for number in ["-1234.50", "0.000", "1e-7", "NaN", "-Infinity", "12345678901234567890.12"] {
            #expect(try written(columns, .init(), [[number]]) == "n\n\(number)\n")
        }
        #expect(try written(columns, .init(), [["-cmd|calc"]]) == "n\n\"'-cmd|calc\"\n")
    }

    @Test("booleans, dates and moments")
    func otherKinds() throws {
        let columns = [
            Column("ok", kind: .boolean), Column("day", kind: .date), Column("at", kind: .timestamp),
        ]
        #expect(
            try written(columns, .init(), [["t", "2026-06-30", "2026-06-30 19:00:00+00"], ["f", nil, "infinity"]])
                == "ok,day,at\ntrue,2026-06-30,2026-06-30 19:00:00+00\nfalse,,infinity\n")
    }

    @Test("sums are exact and per currency")
    func sums() throws {
        try withFolder { folder in
            let columns = [
                Column("currency", isCurrency: true), Column("tax", kind: .money),
                Column("amount", kind: .money, total: .sum),
            ]
            let writer = try CSVWriter(path: "\(folder)/out.csv", columns: columns)
            for _ in 0..<1000 { try writer.write(["PKR", "0.10", "0.01"]) }
            try writer.write(["USD", nil, "9999999999.99"])
            try writer.write(["USD", nil, "0.01"])
            try writer.write(["PKR", "-100.00", nil])
            let table = try writer.finish()
            #expect(table.rows == 1003)
            #expect(table.sums.map(\.column) == ["tax", "amount"])
            #expect(table.sums[0].byCurrency == ["PKR": "0.00"])
            #expect(table.sums[1].byCurrency == ["PKR": "10.00", "USD": "10000000000.00"])
            #expect(table.control?.column == "amount")
        }
    }

    @Test("without a currency column sums are in the currency that the table was given")
    func defaultCurrency() throws {
        try withFolder { folder in
            let writer = try CSVWriter(
                path: "\(folder)/out.csv", columns: [Column("amount", kind: .money)], currency: "PKR")
            try writer.write(["1.50"])
            try writer.write(["2.50"])
            #expect(try writer.finish().control?.byCurrency == ["PKR": "4.00"])
        }
    }

    @Test("the file is for owner and group; one that was not finished is taken back")
    func life() throws {
        try withFolder { folder in
            let path = "\(folder)/out.csv"
            do {
                let writer = try CSVWriter(path: path, columns: [Column("a")])
                try writer.write(["x"])
                #expect(FileManager.default.fileExists(atPath: path))
            }
            #expect(!FileManager.default.fileExists(atPath: path))
            _ = try CSVWriter(path: path, columns: [Column("a")]).finish()
            let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
            #expect((mode ?? 0) & 0o137 == 0)
        }
    }

    @Test("a row of the wrong length is refused")
    func wrongLength() throws {
        try withFolder { folder in
            let writer = try CSVWriter(path: "\(folder)/out.csv", columns: Self.two)
            #expect(throws: Failure.self) { try writer.write(["1"]) }
        }
    }

    @Test("a field larger than every buffer")
    func largeField() throws {
        let large = String(repeating: "x\"گ,", count: 300_000)
        let file = try written(Self.two, .init(profile: .machine), [[large, "end"]])
        let records = try read(file, CSVReaderOptions(maxFieldBytes: 4 << 20, maxRecordBytes: 8 << 20))
        #expect(records.last?.fields == [large, "end"])
    }

    @Test("what is written is read back, whatever it is", arguments: [1, 2, UInt64.random(in: 3 ... .max)])
    func roundTrip(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let alphabet = [
            "a", ",", "\"", "\n", "\r", "\r\n", " ", "\t", "=", "'", ";", "é", "گ", "😀", "NULL", "\\", "x y",
        ]
        let columns = (0..<4).map { Column("c\($0)") }
        for lineEnding in [CSVWriterOptions.LineEnding.lf, .crlf] {
            let rows: [[String?]] = (0..<300).map { _ in
                columns.map { _ in
                    guard Int.random(in: 0..<5, using: &generator) > 0 else { return nil }
                    let count = Int.random(in: 0..<6, using: &generator)
                    return (0..<count).map { _ in alphabet.randomElement(using: &generator) ?? "" }.joined()
                }
            }
            let options = CSVWriterOptions(profile: .machine, lineEnding: lineEnding)
            let records = try read(try written(columns, options, rows))
            #expect(records.dropFirst().map(\.fields) == rows, "seed \(seed)")
        }
    }
}
