import Postgres
import Tabular
import TestSupport
import Testing

@Suite("CSV goes through PostgreSQL's COPY and comes back to the byte")
struct CSVRoundTripTests {
    private static let columns = [Column("n", kind: .integer), Column("a"), Column("b")]

    /// What is hard to carry: every sign that CSV or a spreadsheet knows, NULL beside the empty text, other scripts.
    private static let hard: [String?] = [
        nil, "", "a,b", "\"", "\"\"", "say \"hi\"", "two\nlines", "two\r\nlines", "cr\r", " lead", "trail ", "\t",
        "\\.",
        "\\N", "NULL", "=1+1", "+1", "-1", "@x", "＝1", "گھڑی ⌚️", "\u{FEFF}mark", "'", ";", "0012345678901234567890",
    ]

    @Test(arguments: [CSVWriterOptions.LineEnding.lf, .crlf])
    func throughCopy(lineEnding: CSVWriterOptions.LineEnding) throws {
        let rows = Self.hard.enumerated().flatMap { index, left in
            Self.hard.enumerated().map { ["\(index * Self.hard.count + $0)", left, $1] }
        }
        let options = CSVWriterOptions(profile: .machine, lineEnding: lineEnding)
        try TestDatabase.withDatabase { (connection: Connection, target: ConnectionTarget) in
            try ReportFiles.withFolder { folder in
                let path = folder + "/there.csv"
                let writer = try CSVWriter(path: path, columns: Self.columns, options: options)
                for row in rows { try writer.write(row) }
                _ = try writer.finish()
                try connection.script("CREATE TABLE t (n integer PRIMARY KEY, a text, b text)")
                let place = target.parameters.map { "\($0.key)='\($0.value)'" }.joined(separator: " ")
                try Tool.run(
                    "psql",
                    [
                        place, "-v", "ON_ERROR_STOP=1", "-c",
                        "\\copy t (n, a, b) from '\(path)' with (format csv, header match)",
                    ])
                let back = folder + "/back.csv"
                let again = try CSVWriter(path: back, columns: Self.columns, options: options)
                try connection.copyRows("COPY (SELECT n, a, b FROM t ORDER BY n) TO STDOUT") { row in
                    try again.write(row.fields)
                }
                #expect(try again.finish().rows == rows.count)
                #expect(try ReportFiles.text(back) == ReportFiles.text(path))
                let stored = try connection.query("SELECT a, b FROM t ORDER BY n").map {
                    [try $0.optionalText("a"), try $0.optionalText("b")]
                }
                #expect(stored == rows.map { Array($0.dropFirst()) })
            }
        }
    }
}
