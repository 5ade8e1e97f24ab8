import Diagnostics
import Foundation
import Postgres
import Tabular
import Testing

@testable import Reporting

/// What two sheets of a workbook must agree on, and what its file may not say.
@Suite("Ties between sheets")
struct TieTests {
    private static func report(_ title: String, _ rows: String) -> String {
        """
        /*
        title: \(title)
        description: Figures for ties.
        owner: finance
        columns:
          id: { heading: Id, kind: integer }
          currency: { heading: Currency, kind: text }
          amount: { heading: Amount, kind: money, total: sum }
          pieces: { heading: Pieces, kind: integer }
        currency: currency
        sort: [id]
        */
        SELECT v.id, v.currency, v.amount, 1 AS pieces FROM (VALUES \(rows)) AS v (id, currency, amount) ORDER BY v.id;
        """
    }

    private static let right = "title: T\ndescription: D\nowner: O\nsheets: [left, right]\n"

    /// A folder of reports with a workbook over two of them.
    private func withReports<T>(
        _ workbook: String, left: String = "(1, 'PKR', 1.50), (2, 'PKR', 2.00), (3, 'USD', 1.00)",
        right: String = "(1, 'PKR', 3.50), (2, 'USD', 1.00)", titles: (String, String) = ("Left", "Right"),
        _ body: (String) throws -> T
    ) throws -> T {
        try ReportFiles.withFolder { folder in
            try FileManager.default.createDirectory(
                atPath: folder + "/workbooks", withIntermediateDirectories: true)
            for (path, text) in [
                ("left.sql", Self.report(titles.0, left)), ("right.sql", Self.report(titles.1, right)),
                ("workbooks/pack.yml", workbook),
            ] { try Data(text.utf8).write(to: URL(filePath: "\(folder)/\(path)")) }
            return try body(folder)
        }
    }

    /// The cover of the workbook.
    private func cover(left: String, right: String, with more: String = "") throws -> String {
        try withReports(
            Self.right + "ties:\n  - { left: left.amount, right: right.amount\(more) }\n", left: left, right: right
        ) { folder in
            let catalogue = try ReportCatalogue.load(folder: folder)
            return try PaperShop.withShop { (reader, _) throws in
                let publisher = ReportPublisher(catalogue: catalogue, runner: try PaperShop.runner())
                _ = try publisher.publish("pack", into: folder, on: reader)
                return try PackageText(folder + "/pack.xlsx").sheet(1)
            }
        }
    }

    @Test func pass_when_every_currency_agrees() throws {
        let cover = try cover(
            left: "(1, 'PKR', 1234001.50), (2, 'PKR', 2.00), (3, 'USD', -100.00)",
            right: "(1, 'PKR', 1234003.50), (2, 'USD', -100.0)")
        #expect(cover.contains("<t>Ties between sheets</t>"))
        #expect(cover.contains("<t>Left = Right</t>") && cover.contains("<t>pass</t>"))
        #expect(cover.contains("<t>Amount = Amount: PKR 1,234,003.50, USD -100.00</t>"))
        #expect(cover.contains("<t>all 1 pass</t>") && cover.contains("location=\"'Left'!A1\""))
    }

    @Test func fail_when_one_currency_differs_by_a_paisa() throws {
        let cover = try cover(left: "(1, 'PKR', 3.51), (2, 'USD', 1.00)", right: "(1, 'PKR', 3.50), (2, 'AED', 1.00)")
        #expect(cover.contains("<t>fail</t>"))
        #expect(
            cover.contains(
                "<t>Amount = Amount: AED: 0 and 1.00, PKR: 3.51 and 3.50, USD: 1.00 and 0</t>"), "\(cover)")
        #expect(cover.contains("<t>1 of 1 fail</t>"))
    }

    @Test func the_right_side_may_have_the_other_sign() throws {
        let (left, right) = ("(1, 'PKR', -3.50)", "(1, 'PKR', 3.50)")
        let cover = try cover(left: left, right: right, with: ", opposite: true")
        #expect(cover.contains("<t>pass</t>") && cover.contains("<t>Amount = −Amount: PKR -3.50</t>"))
        #expect(try self.cover(left: left, right: left, with: ", opposite: true").contains("<t>fail</t>"))
        #expect(try self.cover(left: left, right: right, with: ", opposite: false").contains("<t>fail</t>"))
    }

    @Test func sheets_are_held_against_the_files() throws {
        let catalogue = try ReportFiles.catalogue()
        let report = try catalogue.report("breaks")
        let file = WrittenTable(
            rows: 2,
            sums: [WrittenTable.ColumnSums(column: "money_effect", isTotalled: true, byCurrency: ["PKR": "1.00"])])
        guard case .workbook(let pack) = try catalogue.item("finance-pack") else { throw Missing() }
        func last(_ sheet: WrittenTable) -> TieResult? {
            var ties = SheetTies()
            ties.add(report, sheet, first: file)
            return ties.results(pack, [report]).last
        }
        #expect(last(file)?.pass == true)
        var other = file
        other.rows = 3
        #expect(last(other)?.note == "Breaks: 2 rows in the file, 3 in the sheet")
        other = file
        other.sums[0].byCurrency["PKR"] = "1.01"
        let found = try #require(last(other))
        #expect(!found.pass && found.report == "breaks")
        #expect(found.note == "Breaks: other sums in the file than in the sheet")
    }

    /// What is wrong, the line that must be named, and a word of what must be said or advised.
    @Test(
        arguments: [
            ("ties: [{ left: left.amount, right: rigth.amount }]", 5, "Did you mean “right”?"),
            ("ties: [{ left: left.amuont, right: right.amount }]", 5, "Did you mean “amount”?"),
            ("ties: [{ left: left.pieces, right: right.amount }]", 5, "integer, not money"),
            ("ties: [{ left: left, right: right.amount }]", 5, "a report and one of its columns"),
            ("ties: [{ left: left.amount, right: left.amount }]", 5, "nothing new"),
            ("ties: [{ left: left.amount }]", 5, "right"),
            ("ties: [{ left: left.amount, right: right.amount, by: x }]", 5, "by"),
        ])
    func a_wrong_tie_is_refused(ties: String, line: Int, words: String) throws {
        try withReports(Self.right + ties + "\n") { folder in
            let error = try failure { _ = try ReportCatalogue.load(folder: folder) }
            #expect(error.code == .reportInvalid)
            #expect("\(error)".contains("pack.yml:\(line):"), "\(error)")
            #expect("\(error.message) \(error.advice ?? "")".contains(words), "\(error)")
        }
    }

    @Test(
        arguments: [
            ("Left", "LEFT", "so is that of “left”"), ("Left", "Charts", "every workbook"), ("cover", "R", "every"),
        ])
    func a_sheet_name_taken_twice_is_refused(left: String, right: String, words: String) throws {
        try withReports(Self.right, titles: (left, right)) { folder in
            let error = try failure { _ = try ReportCatalogue.load(folder: folder) }
            #expect(error.code == .reportInvalid)
            #expect("\(error)".contains("pack.yml:4:"), "\(error)")
            #expect(error.message.contains(words), "\(error)")
        }
    }
}
