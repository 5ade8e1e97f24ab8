import Diagnostics
import FoundationEssentials
import Money
import Postgres
import Tabular
import TestSupport
import Testing

@testable import Reporting

@Suite("The finance pack")
struct WorkbookTests {
    /// Runs `body` with the pack of the shop on paper.
    private func withPack(
        prepare: (Connection) throws -> Void = { _ in },
        _ body: (_ pack: PackageText, _ bytes: Data, _ again: Data) throws -> Void
    ) throws {
        let catalogue = try ReportFiles.catalogue()
        try PaperShop.withShop { reader, owner in
            try prepare(owner)
            try ReportFiles.withFolder { folder in
                let publisher = ReportPublisher(catalogue: catalogue, runner: try PaperShop.runner())
                func publish() throws -> Data {
                    let files = try publisher.publish("finance-pack", into: folder, on: reader)
                    #expect(files.map(\.path) == ["finance-pack.xlsx"])
                    return try #require(FileManager.default.contents(atPath: folder + "/finance-pack.xlsx"))
                }
                let first = try publish()
                try body(PackageText(folder + "/finance-pack.xlsx"), first, publish())
            }
        }
    }

    @Test func holds_a_sheet_a_report_behind_the_cover() throws {
        try withPack { pack, bytes, again in
            #expect(
                try pack.sheetNames() == [
                    "Cover", "Charts", "Control", "Bridge", "Clearing roll-forward", "Settlement summary", "Payouts",
                    "Receivables", "Breaks", "Breaks by age", "Changes since last night", "Completeness",
                    "Revenue by month",
                    "Store analytics", "Payments by method",
                ])
            for number in 3...15 {
                let sheet = try pack.sheet(number)
                #expect(sheet.contains("state=\"frozen\""))
                #expect(sheet.contains("<autoFilter ref=\"A1:"))
            }
            #expect(bytes == again)
            #expect(!bytes.isEmpty)
        }
    }

    @Test func shows_on_its_cover_what_matters() throws {
        try withPack { (pack, _, _) throws in
            let cover = try pack.sheet(1)
            #expect(cover.contains("<t>Finance pack</t>"))
            #expect(cover.contains("<t>all 62 pass</t>"))
            #expect(cover.contains("<t>2026-06-01 to 2026-06-30</t>"))
            #expect(cover.contains("<t>2026-07-01 00:00:00</t>"))
            #expect(cover.contains("<t>Less than expected</t>"))
            #expect(cover.contains("<hyperlink ref="))
            #expect(cover.contains("location=\"'Revenue by month'!A1\""))
        }
    }

    @Test func says_on_its_cover_that_a_tie_fails() throws {
        let spoil: (Connection) throws -> Void = { owner in
            try owner.execute("UPDATE stores SET total_sales = total_sales + 0.01 WHERE store_id = 1")
        }
        try withPack(prepare: spoil) { (pack, _, _) throws in
            #expect(try pack.sheet(1).contains("<t>1 of 62 fail</t>"))
        }
    }

    /// The totals' cached values are the sums that the CSV files and the paper give.
    @Test func caches_the_right_totals() throws {
        try withPack { (pack, _, _) throws in
            let months = try pack.sheet(13)
            let rupees = try PackageText.cached("D6", in: months)
            let dollars = try PackageText.cached("D7", in: months)
            #expect(
                rupees.formula == "SUMIF(B2:B5,\"PKR\",D2:D5)" || rupees.formula == "SUMIF(B2:B5,&quot;PKR&quot;,D2:D5)"
            )
            #expect(rupees.value == "6840.5")
            #expect(dollars.value == "500")
            let stores = try pack.sheet(14)
            let sales = try PackageText.cached("F5", in: stores)
            #expect(sales.formula == "SUBTOTAL(109,F2:F4)")
            #expect(sales.value == "6850.51")
        }
    }

    @Test func keeps_text_text() throws {
        try withPack { (pack, _, _) throws in
            let stores = try pack.sheet(14)
            #expect(
                try PackageText.text("B4", in: stores) == "=HYPERLINK(\"http://evil.example\",\"Click\")"
                    || PackageText.text("B4", in: stores)
                        == "=HYPERLINK(&quot;http://evil.example&quot;,&quot;Click&quot;)"
            )
            #expect(try PackageText.text("B3", in: stores) == "گھڑی گھر")
            for number in 3...15 {
                // Formulas are ours: totals, and nothing else.
                let formulas = try pack.sheet(number).matches(of: /<f>([A-Z]*)/).map { String($0.output.1) }
                #expect(Set(formulas).isSubset(of: ["SUBTOTAL", "SUMIF", "COUNTIFS"]))
            }
        }
    }

    /// Rows that were kept for the workbook give the same bytes as rows straight from the database, beside the report's
    /// own file from the same pass.
    @Test func makes_sheet_and_file_from_one_pass() throws {
        let catalogue = try ReportFiles.catalogue()
        guard case .workbook(let workbook) = try catalogue.item("finance-pack") else { throw Missing() }
        try PaperShop.withShop { (reader, _) throws in
            try ReportFiles.withFolder { folder in
                let runner = try PaperShop.runner()
                let publisher = ReportPublisher(catalogue: catalogue, runner: runner)
                for name in WorkbookRunner.reports(of: workbook) {
                    let files = try publisher.publish(
                        catalogue.report(name), formats: name == "breaks" ? [.csv] : [], into: folder, spool: folder,
                        on: reader)
                    #expect(files.map(\.path) == (name == "breaks" ? ["breaks.csv"] : []))
                }
                let books = WorkbookRunner(catalogue: catalogue, context: runner.context)
                let live = try books.run(
                    workbook, from: LiveRows(runner: runner, connection: reader), to: folder + "/live.xlsx")
                let tables = try books.run(
                    workbook, from: SpooledRows(folder: folder), to: folder + "/spooled.xlsx")
                #expect(tables.map(\.rows) == [61, 86, 12, 6, 6, 5, 11, 10, 18, 39, 4, 3, 6])
                #expect(tables == live)
                let (one, other) = try (PackageText(folder + "/spooled.xlsx"), PackageText(folder + "/live.xlsx"))
                for number in 2...15 { #expect(try one.sheet(number) == other.sheet(number)) }
                // With the report's files at hand, the cover says that the sheets hold what they hold.
                #expect(try one.sheet(1).contains("<t>Rows and sums of 13 sheets.</t>"))
                #expect(try one.sheet(1).contains("<t>all 63 pass</t>"))
                #expect(
                    try ReportFiles.text(folder + "/breaks.csv")
                        == ReportFiles.text(ReportFiles.fixtures + "/golden/breaks.csv"))
            }
        }
    }

    @Test func leaves_nothing_behind_when_a_report_fails() throws {
        let catalogue = try ReportFiles.catalogue()
        try PaperShop.withShop { (reader, owner) throws in
            try owner.execute("REVOKE SELECT ON mainspring.lines FROM mainspring_report")
            try ReportFiles.withFolder { folder in
                let publisher = ReportPublisher(catalogue: catalogue, runner: try PaperShop.runner())
                let error = try failure { _ = try publisher.publish("finance-pack", into: folder, on: reader) }
                #expect(error.code == .databasePermission)
                #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
            }
        }
    }
}

@Suite("A workbook's file")
struct WorkbookFileTests {
    private func load(_ text: String) throws -> WorkbookDefinition {
        try ReportFiles.withFolder { folder in
            let path = folder + "/pack.yml"
            try Data(text.utf8).write(to: URL(filePath: path))
            return try WorkbookDefinition.load(file: path, reports: ["breaks", "control"])
        }
    }

    @Test(
        arguments: [
            ("title: T\ndescription: D\nowner: O\nsheets: [braeks]", 4, "Did you mean “breaks”?"),
            ("title: T\ndescription: D\nowner: O\nsheets: [breaks, breaks]", 4, "twice"),
            ("title: T\ndescription: D\nowner: O\nsheets: []", 1, "at least one"),
            ("title: T\ndescription: D\nowner: O\nsheet: [breaks]", 4, "Did you mean “sheets”?"),
            ("title: T\nowner: O\nsheets: [breaks]", 1, "description"),
            ("title: T\ndescription: D\nowner: O\ncover: {verdict: control}\nsheets: [breaks]", 4, "control"),
            ("title: T\ndescription: D\nowner: O\ncover: {figures: x}\nsheets: [breaks]", 4, "breaks, control"),
        ])
    func is_refused_with_its_place(text: String, line: Int, words: String) throws {
        let error = try failure { _ = try load(text) }
        #expect(error.code == .reportInvalid)
        #expect("\(error)".contains("pack.yml:\(line):"), "\(error)")
        #expect("\(error)".contains(words), "\(error)")
    }

    @Test func a_report_of_figures_needs_its_columns() throws {
        let error = try failure { _ = try CoverFigures.Columns(of: ReportFiles.catalogue().report("control")) }
        #expect(error.code == .reportInvalid)
        #expect(error.message.contains("“section” is missing"))
    }
}
