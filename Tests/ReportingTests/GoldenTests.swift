import Diagnostics
import FoundationEssentials
import Money
import Postgres
import Tabular
import TestSupport
import Testing

@testable import Reporting

/// The CSV bytes of every report over the shop that was worked out on paper (Tests/Fixtures/reports/README.md).
///
/// `MAINSPRING_RECORD=1 swift test --filter GoldenTests` writes the files anew; read the difference before you keep it.
@Suite("Reports over the shop on paper")
struct GoldenTests {
    @Test func give_the_worked_out_bytes() throws {
        let catalogue = try ReportFiles.catalogue()
        try PaperShop.withShop { reader, _ in
            for report in catalogue.reports {
                let path = "\(ReportFiles.fixtures)/golden/\(report.name).csv"
                var context = try PaperShop.context()
                context.allowsPersonalData = report.header.showsPersonalData
                let (text, table) = try PaperShop.csv(report, on: reader, context: context)
                if ProcessInfo.processInfo.environment["MAINSPRING_RECORD"] != nil {
                    try Data(text.utf8).write(to: URL(filePath: path))
                }
                #expect(try text == ReportFiles.text(path), "\(report.name)")
                #expect(table.rows > 0, "\(report.name)")
                #expect(
                    try PaperShop.csv(report, on: reader, context: context).text == text, "\(report.name), again")
            }
        }
    }

    /// Figures from the paper, apart from the files.
    @Test func sum_to_the_paisa() throws {
        let catalogue = try ReportFiles.catalogue()
        try PaperShop.withShop { (reader, _) throws in
            func sums(_ report: String, _ column: String) throws -> [String: String] {
                let table = try PaperShop.csv(catalogue.report(report), on: reader).table
                return try #require(table.sums.first { $0.column == column }).byCurrency
            }
            // 300.00 + 1180.00 + 2360.50 + 1000.00 + 2000.00, without order 6, which lies after the window.
            #expect(try sums("revenue-by-month", "value") == ["PKR": "6840.50", "USD": "500.00"])
            // The same and order 6: the stores know no window.
            #expect(try sums("store-analytics", "total_sales") == ["PKR": "6850.51"])
            // 2360.50 + 10000.00 + 700.00 + 1000.00: the month so far, without what May captured.
            #expect(try sums("payments-by-method", "captured") == ["PKR": "14060.50", "USD": "600.00"])
            // 880.00, a refund that the order doesn't know of, 50.00 not paid, and 1, 9 and 10 on the way to the bank.
            #expect(try sums("breaks", "money_effect") == ["PKR": "6226.50", "USD": "0.00"])
            #expect(try sums("breaks-ageing", "net_amount") == ["PKR": "6226.50", "USD": "0.00"])
            #expect(try sums("receivables", "outstanding") == ["PKR": "1050.00"])
            #expect(try sums("clearing-rollforward", "closing") == ["PKR": "5700.00", "USD": "485.20"])
            #expect(try sums("payouts", "bank_amount")["PKR"] == "37479.88")
            #expect(try sums("settlement-summary", "net") == ["PKR": "37698.88", "USD": "485.20"])
            #expect(try sums("orders", "total_amount") == ["PKR": "4478.49", "USD": "500.00"])
        }
    }

    /// What is on its way, missing or withheld between the customer and the bank.
    @Test func sum_to_the_paisa_on_the_way() throws {
        let catalogue = try ReportFiles.catalogue()
        try PaperShop.withShop { (reader, _) throws in
            func sums(_ report: String, _ column: String, from: String = "2026-06-01", to: String = "2026-06-30") throws
                -> [String: String]
            {
                let context = try PaperShop.context(from: from, to: to, named: true)
                let table = try PaperShop.csv(catalogue.report(report), on: reader, context: context).table
                return try #require(table.sums.first { $0.column == column }).byCurrency
            }
            #expect(try sums("reserves", "opening") == ["PKR": "480.00"])
            #expect(try sums("reserves", "closing") == ["PKR": "0.00"])
            #expect(try sums("chargebacks", "lost") == ["PKR": "0.00"])
            #expect(try sums("withholding-register", "income_tax_withheld") == ["PKR": "-3.75"])
            #expect(try sums("withholding-register", "sales_tax_withheld") == ["PKR": "-30.00"])
            #expect(try sums("fx-gain-loss", "gain") == ["PKR": "0.00"])
            #expect(try sums("fx-gain-loss", "loss") == ["PKR": "-50.00"])
            #expect(try sums("unidentified-receipts", "amount") == ["PKR": "7777.00"])
            #expect(try sums("customer-advances", "held") == ["PKR": "14700.00", "USD": "100.00"])
            #expect(try sums("cut-off", "paid_not_delivered") == ["PKR": "14700.00", "USD": "100.00"])
            #expect(try sums("cut-off", "on_its_way") == ["PKR": "5000.00", "USD": "0.00"])
            // Three days into June order 2 is on its way, order 9 too, and neither 10 nor 13 nor 11 is paid.
            #expect(try sums("cut-off", "paid_not_delivered", to: "2026-06-03") == ["PKR": "5000.00"])
            #expect(try sums("cut-off", "on_its_way", to: "2026-06-03") == ["PKR": "7360.50"])
            // 0.50 of order 12's cash, and order 4's, which isn't due yet.
            #expect(try sums("cod-performance", "not_remitted", from: "2026-05-01") == ["PKR": "1000.50"])
            #expect(try sums("file-register", "missing_in") == ["PKR": "300.00", "USD": "0.00"])
            // What is open is what the run before left, and what has changed since.
            #expect(try sums("breaks-new", "effect_now") == ["PKR": "6226.50", "USD": "0.00"])
            #expect(try sums("breaks-new", "effect_before") == ["PKR": "-249.00", "USD": "0.00"])
        }
    }

    @Test func windows_neither_overlap_nor_gap() throws {
        let report = try ReportFiles.catalogue().report("orders")
        try PaperShop.withShop { (reader, _) throws in
            func ids(_ from: String, _ to: String) throws -> [Substring] {
                let context = try PaperShop.context(from: from, to: to)
                return try PaperShop.csv(report, on: reader, context: context).text.split(separator: "\n").dropFirst()
                    .map { $0.prefix { $0 != "," } }
            }
            #expect(try ids("2026-05-01", "2026-05-31") == ["1", "9", "10", "11", "12", "13"])
            #expect(try ids("2026-06-01", "2026-06-01") == ["2"])
            #expect(try ids("2026-06-30", "2026-06-30") == ["4", "5"])
            #expect(try ids("2026-07-01", "2026-07-01") == ["6"])
            #expect(try ids("2026-01-01", "2026-12-31") == (1...13).map { "\($0)" }.map { Substring($0) })
        }
    }

    @Test func a_named_window_holds_for_history_too() throws {
        let report = try ReportFiles.catalogue().report("revenue-by-month")
        try PaperShop.withShop { (reader, _) throws in
            let context = try PaperShop.context(from: "2026-06-01", to: "2026-06-30", named: true)
            // June still compares with May, which lies before the window.
            #expect(
                try PaperShop.csv(report, on: reader, context: context).text == """
                    month,currency,orders,value,average_order_value,change,change_percent
                    2026-06-01,PKR,2,3360.50,1680.25,180.50,5.68
                    2026-06-01,USD,1,500.00,500.00,,

                    """)
            // A month that begins before the window shows the window's days only.
            let late = try PaperShop.context(from: "2026-06-02", to: "2026-07-01", named: true)
            #expect(
                try PaperShop.csv(report, on: reader, context: late).text == """
                    month,currency,orders,value,average_order_value,change,change_percent
                    2026-07-01,PKR,1,10.01,10.01,-989.99,-99.00
                    2026-06-01,PKR,1,1000.00,1000.00,-2180.00,-68.55
                    2026-06-01,USD,1,500.00,500.00,,

                    """)
        }
    }

    /// The document's own query (section 17.3) against ours: business months in UTC are its months.
    @Test func revenue_is_the_documents_query() throws {
        let report = try ReportFiles.catalogue().report("revenue-by-month")
        try PaperShop.withShop { (reader, _) throws in
            var context = try PaperShop.context(from: "2026-01-01", to: "2026-12-31", named: true)
            context.timeZone = "UTC"
            let ours = try PaperShop.csv(report, on: reader, context: context).text.split(separator: "\n").dropFirst()
                .map { $0.split(separator: ",").prefix(4).joined(separator: ",") }
            let theirs = try reader.query(
                Statement(
                    """
                    SELECT date_trunc('month', o.created_at)::date AS month, o.currency, count(*) AS order_count,
                        sum(o.total_amount) AS revenue
                    FROM orders o WHERE o.order_status = 'DELIVERED' GROUP BY 1, 2 ORDER BY 1 DESC, 2
                    """))
            let rows = try theirs.map { row in
                try ["month", "currency", "order_count", "revenue"].map { try row.text($0) }.joined(separator: ",")
            }
            #expect(ours == rows)
            #expect(rows.count == 4)
        }
    }
}
