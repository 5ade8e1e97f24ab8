import Diagnostics
import Foundation
import Reporting
import Testing

@Suite("docs/finance.md explains every sheet and every column")
struct FinancePageTests {
    private static func catalogue() throws -> ReportCatalogue {
        try ReportCatalogue.load(folder: "\(Page.root)/reports")
    }

    @Test("every report of reports/ has a section that names each of its columns")
    func reports() throws {
        let page = try Page("docs/finance.md")
        let reports = try Self.catalogue().reports
        #expect(reports.count > 8)
        for report in reports {
            let named = Page.code(in: try page.section(report.name))
            for column in report.columns { #expect(named.contains(column.name), "\(report.name): \(column.name)") }
        }
    }

    @Test("every sheet of the finance pack stands among the sheets, in the workbook's order")
    func sheets() throws {
        let section = try Page("docs/finance.md").section("The sheets")
        let written = section.split(separator: "\n").filter { $0.hasPrefix("### ") }.map { String($0.dropFirst(4)) }
        let pack = try #require(try Self.catalogue().workbooks.first { $0.name == "finance-pack" })
        #expect(written == pack.sheets.map(\.report))
    }
}
