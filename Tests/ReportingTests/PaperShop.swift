import Diagnostics
import Money
import Postgres
import Tabular
import TestSupport
import Testing

@testable import Reporting

/// The shop of `Tests/Fixtures/reports/shop.sql` and `chain.sql`, read as the reports' role reads it.
enum PaperShop {
    /// Runs `body` with a connection that has the rights of reports only, and one that may change the shop.
    static func withShop<T>(_ body: (_ reader: Connection, _ owner: Connection) throws -> T) throws -> T {
        try TestDatabase.withShop { owner, target in
            try owner.script(ReportFiles.text(ReportFiles.fixtures + "/shop.sql"))
            try owner.script(ReportFiles.text(ReportFiles.fixtures + "/chain.sql"))
            let reader = try Connection(target, role: "mainspring_report")
            defer { reader.close() }
            return try body(reader, owner)
        }
    }

    static func context(
        from: String = "2026-06-01", to: String = "2026-06-30", named: Bool = false, values: [String: String] = [:]
    ) throws -> ReportContext {
        ReportContext(
            window: try Window(from: BusinessDate(from), to: BusinessDate(to)), windowIsNamed: named,
            businessDate: try BusinessDate("2026-06-30"), cutOff: "2026-06-30T19:00:00Z", timeZone: "Asia/Karachi",
            businessCurrency: "PKR", values: values)
    }

    static func runner(_ context: ReportContext? = nil) throws -> ReportRunner {
        ReportRunner(context: try context ?? self.context())
    }

    /// The CSV of a report, as text.
    static func csv(
        _ report: ReportDefinition, on reader: Connection, context: ReportContext? = nil,
        options: CSVWriterOptions = .init()
    ) throws -> (text: String, table: WrittenTable) {
        try ReportFiles.withFolder { folder in
            let path = folder + "/x.csv"
            let writer = try CSVWriter(path: path, columns: report.tabularColumns, options: options, currency: "PKR")
            let table = try runner(context).run(report, on: reader, into: [writer])
            return (try ReportFiles.text(path), table)
        }
    }
}
