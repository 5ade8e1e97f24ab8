import Diagnostics
import Postgres
import Tabular
import TestSupport
import Testing

@testable import Reporting

@Suite("The reports as shipped")
struct CheckTests {
    /// Under the role that runs them: one that reads a column it may not read fails here.
    @Test func agree_with_the_server() throws {
        let catalogue = try ReportFiles.catalogue()
        #expect(catalogue.reports.count >= 16)
        try PaperShop.withShop { (reader, _) throws in
            for report in catalogue.reports { try report.check(on: reader) }
        }
    }

    @Test func are_bound_by_the_finance_pack() throws {
        let catalogue = try ReportFiles.catalogue()
        guard case .workbook(let pack) = try catalogue.item("finance-pack") else {
            Issue.record("finance-pack is no workbook")
            return
        }
        #expect(pack.sheets.map(\.report).contains("control"))
        #expect(pack.verdict == "control")
        let names = try pack.sheets.map { try catalogue.report($0.report).header.sheet }
        #expect(Set(names).count == names.count)
    }

    @Test func are_found_by_name_or_the_nearest_is_advised() throws {
        let catalogue = try ReportFiles.catalogue()
        #expect(try catalogue.report("breaks").title == "Breaks")
        let error = try failure { _ = try catalogue.item("braeks") }
        #expect(error.code == .reportUnknown)
        #expect(error.advice == "Did you mean “breaks”?")
    }

    /// The columns that finance was promised, in their order.
    @Test(
        arguments: [
            ("control", "tie, left_source, left_amount, right_source, right_amount, currency, difference, pass, link"),
            (
                "completeness",
                "channel, currency, side, kind, bucket, reason, count, ledger_amount, statement_amount, difference, share_of_input"
            ),
            (
                "breaks",
                """
                break_id, code, plane, role, root_break_id, severity, status, disposition, channel, store_id, \
                order_number, payment_id, transaction_id, tracking_number, payout_id, line_id, business_date, \
                due_date, first_seen, last_seen, age_days, overdue_days, currency, expected, actual, difference, \
                money_effect, evidence_file, evidence_line, owner, approver, note, next_action
                """
            ),
            (
                "bridge",
                "channel, currency, step_no, step, count, amount, running_total, source_report, explanation"
            ),
            (
                "breaks-ageing",
                """
                plane, code, channel, currency, d0_1_count, d0_1_over_amount, d0_1_under_amount, d2_7_count, \
                d2_7_over_amount, d2_7_under_amount, d8_30_count, d8_30_over_amount, d8_30_under_amount, \
                d31_90_count, d31_90_over_amount, d31_90_under_amount, d91_plus_count, d91_plus_over_amount, \
                d91_plus_under_amount, total_count, total_over, total_under, net_amount, acknowledged_amount, \
                oldest_due_date
                """
            ),
            (
                "payouts",
                """
                channel, payout_id, currency, payout_date, status, period_from, period_to, lines, charges_gross, \
                refunds, chargebacks, reversals, fees, fee_tax, income_tax_withheld, sales_tax_withheld, adjustments, \
                reserve_held, reserve_released, fx_in, fx_out, rounding, net_of_lines, payout_amount, \
                line_difference, bank_reference, bank_date, bank_amount, bank_difference, days_to_bank, agreed, file
                """
            ),
            (
                "seller-statement",
                """
                store_id, store_name, seller_id, statement_no, period, currency, commission_basis, line_no, posted_date, \
                event, order_number, payment_id, order_delivered_on, gross_goods, shipping, tax_collected, order_total, \
                refund, chargeback, commission, commission_tax, gateway_fee, fee_tax, income_tax_withheld, \
                sales_tax_withheld, courier_charges, adjustment, net, running_balance, break_id, bank_reference, \
                opening_balance, earned, deductions, paid_out, on_hold, closing_balance
                """
            ),
            (
                "tax",
                """
                tax_month, province, store_id, currency, category, rate_configured, effective_rate, orders, \
                taxable_value, tax_charged, refunded_value, tax_refunded, net_taxable, net_tax, shipping_value, \
                shipping_tax, income_tax_withheld, sales_tax_withheld, fee_tax_paid, commission_tax_charged, \
                rate_exception_count
                """
            ),
            (
                "receivables",
                """
                counterparty_type, counterparty, store_id, order_number, payment_id, tracking_number, delivered_on, \
                currency, order_total, advance_captured, due, remitted, deductions, outstanding, due_date, \
                overdue_days, not_due, d1_30, d31_60, d61_90, d91_180, d181_plus, break_id
                """
            ),
        ])
    func keep_the_columns_that_people_sign(name: String, columns: String) throws {
        #expect(try ReportFiles.catalogue().report(name).columns.map(\.name).joined(separator: ", ") == columns)
    }

    /// No report of ours may name a column that tells who a person is, but for the one whose header says so.
    @Test func hold_nothing_personal() throws {
        let personal: Set = [
            "email", "first_name", "last_name", "contact_number", "password_hash", "address_line1", "address_line2",
            "postal_code", "cnic", "store_email", "store_contact", "gateway_response", "customer_notes", "admin_notes",
        ]
        for report in try ReportFiles.catalogue().reports {
            #expect(report.header.showsPersonalData == (report.name == "pending-approvals"), "\(report.name)")
            #expect(personal.isDisjoint(with: report.columns.map(\.name)), "\(report.name)")
        }
    }
}

private let right = """
    /*
    title: Stores
    description: Every store.
    owner: finance
    parameters:
      least: { type: integer, default: "1" }
    columns:
      store_id: { heading: Store, kind: integer }
      store_name: { heading: Name, kind: text }
      total_sales: { heading: Sales, kind: money }
      currency: { heading: Currency, kind: text }
    currency: currency
    sort: [store_id]
    */
    SELECT s.store_id, s.store_name, s.total_sales, 'PKR'::text AS currency
    FROM stores AS s
    WHERE s.store_id >= :'least'::integer
    ORDER BY s.store_id;
    """

@Suite("A report against the server")
struct CheckAgainstServerTests {
    private struct Wrong {
        let old: String
        let new: String
        /// The line that must be named.
        let line: Int
        /// Words that must be said.
        let words: String
        var code = ErrorCode.reportInvalid
    }

    private let wrongs = [
        Wrong(old: "'PKR'::text AS currency", new: "'PKR'::text AS curency", line: 11, words: "“curency”"),
        Wrong(old: ", 'PKR'::text AS currency", new: "", line: 11, words: "“currency”"),
        Wrong(old: "AS currency", new: "AS currency, s.is_active", line: 15, words: "“is_active”"),
        Wrong(old: "s.store_id, s.store_name", new: "s.store_name, s.store_id", line: 8, words: "store_name"),
        Wrong(old: "kind: money", new: "kind: integer", line: 10, words: "numeric"),
        Wrong(old: "s.total_sales,", new: "s.total_sales::float8 AS total_sales,", line: 10, words: "double precision"),
        Wrong(old: "s.store_name,", new: "s.created_at AS store_name,", line: 9, words: "timestamp"),
        Wrong(old: "type: integer", new: "type: text", line: 6, words: "integer"),
        Wrong(
            old: "s.store_name,", new: "s.stor_name AS store_name,", line: 15, words: "stor_name",
            code: .databaseStatement),
        Wrong(
            old: "s.store_name,", new: "s.store_email AS store_name,", line: 15, words: "permission",
            code: .databasePermission),
        Wrong(old: "FROM stores", new: "FRM stores", line: 16, words: "syntax", code: .databaseStatement),
    ]

    @Test func is_refused_with_its_place() throws {
        try PaperShop.withShop { reader, _ in
            try ReportDefinition(name: "stores", text: right, file: "stores.sql").check(on: reader)
            for wrong in wrongs {
                #expect(right.contains(wrong.old))
                let text = right.replacing(wrong.old, with: wrong.new)
                let report = try ReportDefinition(name: "stores", text: text, file: "stores.sql")
                let error = try failure { try report.check(on: reader) }
                #expect(error.code == wrong.code, "\(error)")
                #expect("\(error)".contains(wrong.words), "\(error)")
                #expect("\(error)".contains("stores.sql:\(wrong.line)"), "\(error)")
            }
        }
    }

    @Test func with_personal_data_runs_only_when_allowed() throws {
        let text = right.replacing("sort:", with: "personal_data: true\nsort:")
        let report = try ReportDefinition(name: "stores", text: text, file: "stores.sql")
        try PaperShop.withShop { (reader, _) throws in
            let error = try failure { _ = try PaperShop.csv(report, on: reader) }
            #expect(error.code == .reportInvalid)
            #expect(error.message.contains("personal data"))
            var context = try PaperShop.context()
            context.allowsPersonalData = true
            #expect(try PaperShop.csv(report, on: reader, context: context).table.rows == 3)
        }
    }

    /// The role of reports can't read e-mail addresses, that of jobs can. Such a report leaves the role as it was, whether
    /// it ends well or not; what neither role may read stays closed.
    @Test func with_personal_data_reads_under_a_role_that_may() throws {
        let text = right.replacing("sort:", with: "personal_data: true\nsort:")
            .replacing("WHERE", with: "WHERE EXISTS (SELECT FROM users AS u WHERE u.email <> '') AND")
        var context = try PaperShop.context()
        context.allowsPersonalData = true
        try PaperShop.withShop { (reader, _) throws in
            func role() throws -> String { try reader.query("SELECT current_user AS name")[0].text("name") }
            let report = try ReportDefinition(name: "stores", text: text, file: "stores.sql")
            #expect(try PaperShop.csv(report, on: reader, context: context).table.rows == 3)
            #expect(try role() == "mainspring_report")
            let broken = try ReportDefinition(
                name: "stores", text: text.replacing("u.email <> ''", with: "1 / length(u.email) / 1000 < 1 / 0"),
                file: "stores.sql")
            #expect(throws: (any Error).self) { try PaperShop.csv(broken, on: reader, context: context) }
            #expect(try role() == "mainspring_report")
            let hash = try ReportDefinition(
                name: "stores", text: text.replacing("u.email", with: "u.password_hash"), file: "stores.sql")
            let refused = try failure { _ = try PaperShop.csv(hash, on: reader, context: context) }
            #expect(refused.code == .databasePermission, "\(refused)")
            #expect(try role() == "mainspring_report")
            let error = try failure { _ = try PaperShop.csv(report, on: reader) }
            #expect(error.message.contains("personal data"))
        }
    }
}
