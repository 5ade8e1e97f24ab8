import Diagnostics
import Money
import Postgres
import Tabular
import TestSupport
import Testing

@testable import Reporting

/// The shop of `Tests/Fixtures/reports/shop.sql`, `chain.sql` and `shelf.sql`, read as the reports' role reads it.
enum PaperShop {
    /// Runs `body` with a connection that has the rights of reports only, and one that may change the shop.
    static func withShop<T>(_ body: (_ reader: Connection, _ owner: Connection) throws -> T) throws -> T {
        try TestDatabase.withShop { owner, target in
            for part in ["shop", "chain", "shelf"] {
                try owner.script(ReportFiles.text("\(ReportFiles.fixtures)/\(part).sql"))
            }
            try recount(on: owner)
            let reader = try Connection(target, role: "mainspring_report")
            defer { reader.close() }
            return try body(reader, owner)
        }
    }

    /// Counts the running balances afresh from events and parts, as a full reconciliation does.
    static func recount(on owner: Connection) throws {
        try owner.script(
            """
            DELETE FROM mainspring.balance_zone;
            INSERT INTO mainspring.balance_zone VALUES ('Asia/Karachi');
            DELETE FROM mainspring.movements;
            INSERT INTO mainspring.movements SELECT * FROM mainspring.counted_movements;
            DELETE FROM mainspring.balances;
            INSERT INTO mainspring.balances SELECT * FROM mainspring.counted_balances;
            DELETE FROM mainspring.order_positions;
            INSERT INTO mainspring.order_positions
            SELECT p.* FROM mainspring.counted_positions AS p JOIN orders AS o ON o.order_id = p.order_id
            WHERE o.created_at < '2026-06-30T19:00:00Z'::timestamptz;
            DELETE FROM mainspring.order_balances;
            INSERT INTO mainspring.order_balances SELECT * FROM mainspring.counted_order_balances;
            """)
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
