import Diagnostics
import Money
import Postgres
import Tabular
import TestSupport
import Testing

@testable import Reporting

/// A report of one text, given as a parameter.
private let echo = """
    /*
    title: Echo
    description: Says what it is given.
    owner: finance
    parameters:
      words: { type: text }
      more: { type: text, default: "" }
    columns:
      words: { heading: Words, kind: text }
      more: { heading: More, kind: text }
      nothing: { heading: Nothing, kind: text }
    sort: [words]
    */
    SELECT :'words'::text AS words, :'more'::text AS more, NULL::text AS nothing ORDER BY 1;
    """

@Suite("A value is data")
struct SafetyTests {
    /// Gives a function that runs the report with a value and returns the CSV.
    private func withEcho(_ body: ((_ words: String, _ options: CSVWriterOptions) throws -> String) throws -> Void)
        throws
    {
        let report = try ReportDefinition(name: "echo", text: echo, file: "echo.sql")
        try TestDatabase.withDatabase { (connection: Connection) in
            try body { words, options in
                let context = try PaperShop.context(values: ["words": words])
                return try PaperShop.csv(report, on: connection, context: context, options: options).text
            }
        }
    }

    @Test func and_no_part_of_the_statement() throws {
        let values = [
            "'; DROP TABLE stores; --", "'') TO PROGRAM 'id' --", "\\'; SELECT 1; --", "$$; DROP TABLE x; $$",
            "E'\\\\'", ") TO STDOUT; COPY (SELECT 1", "\\.", "\\N", "a\tb", "line\nbreak", ":'more'", ":more",
            "/* open", "گھڑی 🕰 e\u{301}", "",
        ]
        try withEcho { written in
            for words in values {
                let text = try written(words, .init(profile: .machine))
                let quoted = "\"\(words.replacing("\"", with: "\"\""))\""
                let rows = ["\(words),\"\",", "\(quoted),\"\","].map { "words,more,nothing\n\($0)\n" }
                #expect(rows.contains(text), "\(words)")
            }
        }
    }

    @Test func and_no_formula_for_people() throws {
        let values = [
            "=HYPERLINK(\"http://evil.example\",\"x\")", "+1", "-1", "@x", "\tx", "\rx", "＝1", "＋1", "－1", "＠x",
        ]
        try withEcho { written in
            for words in values {
                let quoted = words.replacing("\"", with: "\"\"")
                #expect(try written(words, .init()) == "words,more,nothing\n\"'\(quoted)\",\"\",\n")
                // A program gets what the shop holds.
                let machine = try written(words, .init(profile: .machine))
                #expect(!machine.contains("'"), "\(words)")
            }
        }
    }

    @Test func and_nothing_is_not_empty() throws {
        try withEcho { (written) throws in
            #expect(try written("", .init(nullText: "NULL")) == "words,more,nothing\n,,NULL\n")
            #expect(try written("NULL", .init(nullText: "NULL")) == "words,more,nothing\n\"NULL\",,NULL\n")
        }
    }

    @Test func with_a_nul_is_refused() throws {
        try withEcho { written in
            let error = try failure { _ = try written("a\0b", .init()) }
            #expect(error.code == .parameterInvalid)
        }
    }
}

@Suite("Rows as JSON")
struct JSONRowsTests {
    @Test func are_an_object_a_line() throws {
        let columns = [
            Column("id", kind: .integer), Column("name"), Column("sum", kind: .money), Column("ok", kind: .boolean),
            Column("day", kind: .date),
        ]
        try ReportFiles.withFolder { folder in
            let writer = try JSONRowsWriter(path: folder + "/rows.jsonl", columns: columns)
            try writer.write(["7", "a \"b\" \\ \n\t\u{1} گھڑی", "1234.50", "t", "2026-06-30"])
            try writer.write(["-1", "", nil, "f", nil])
            let table = try writer.finish()
            #expect(table.rows == 2)
            #expect(table.control?.byCurrency == ["": "1234.50"])
            #expect(
                try ReportFiles.text(folder + "/rows.jsonl") == #"""
                    {"id":7,"name":"a \"b\" \\ \n\t\u0001 گھڑی","sum":"1234.50","ok":true,"day":"2026-06-30"}
                    {"id":-1,"name":"","sum":null,"ok":false,"day":null}

                    """#)
        }
    }
}

@Suite("A run of a report")
struct RunTests {
    @Test func tells_all_writers_the_same() throws {
        let report = try ReportFiles.catalogue().report("orders")
        try PaperShop.withShop { (reader, _) throws in
            try ReportFiles.withFolder { folder in
                let first = try CSVWriter(path: folder + "/a.csv", columns: report.tabularColumns)
                let second = try CSVWriter(path: folder + "/b.csv", columns: report.tabularColumns)
                let table = try PaperShop.runner().run(report, on: reader, into: [first, second])
                #expect(table.rows == 5)
                #expect(table.control?.byCurrency == ["PKR": "3747.45", "USD": "450.00"])
                #expect(try ReportFiles.text(folder + "/a.csv") == ReportFiles.text(folder + "/b.csv"))
            }
        }
    }

    @Test func publishes_files_as_a_manifest_holds_them() throws {
        let catalogue = try ReportFiles.catalogue()
        try PaperShop.withShop { (reader, _) throws in
            try ReportFiles.withFolder { folder in
                let publisher = ReportPublisher(catalogue: catalogue, runner: try PaperShop.runner())
                let files = try publisher.publish("revenue-by-month", formats: [.csv], into: folder, on: reader)
                #expect(files.map(\.path) == ["revenue-by-month.csv"])
                #expect(files.first?.rows == 4)
                #expect(files.first?.sums == ["PKR": "6840.50", "USD": "500.00"])
                #expect(files.first?.sha256 == (try sha256(ofFile: folder + "/revenue-by-month.csv")))
            }
        }
    }

    @Test func whose_select_fails_says_where() throws {
        let text = echo.replacing("NULL::text AS nothing", with: "(1 / 0)::text AS nothing")
        let report = try ReportDefinition(name: "echo", text: text, file: "reports/echo.sql")
        try TestDatabase.withDatabase { (connection: Connection) throws in
            let context = try PaperShop.context(values: ["words": "x"])
            let error = try failure { _ = try PaperShop.csv(report, on: connection, context: context) }
            #expect("\(error)".contains("report echo"))
            #expect(error.message.contains("division by zero"))
        }
    }
}
