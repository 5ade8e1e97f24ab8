import Money
import Postgres
import Tabular
import TestSupport
import Testing

@testable import Reporting

@Suite("The bridge and the roll-forward over the shop on paper")
struct BridgeTests {
    /// The rows of a report for one window, each as column → text.
    private func rows(_ name: String, on reader: Connection, from: String, to: String) throws -> [[String: String]] {
        let report = try ReportFiles.catalogue().report(name)
        let values: [String: SQLValue] = [
            "from": .date(from), "to": .date(to), "cut_off": .timestamptz("2026-06-30T19:00:00Z"),
            "time_zone": .text("Asia/Karachi"),
        ]
        let declared = Set(report.parameters.map(\.name))
        let statement = try report.query.template.bind(values.filter { declared.contains($0.key) })
        return try reader.query(statement).map { row in
            try Dictionary(
                uniqueKeysWithValues: report.columns.map { ($0.name, try row.optionalText($0.name) ?? "") })
        }
    }

    private func residuals(on reader: Connection, from: String, to: String) throws -> [String] {
        try rows("bridge", on: reader, from: from, to: to).filter { $0["step"] == "Residual" }
            .compactMap { $0["amount"] }
    }

    /// Every day on which something happened, and some on which nothing did.
    private static let days =
        ["2026-03-15", "2026-05-10", "2026-05-14", "2026-05-20", "2026-05-28"]
        + (1...30).map { "2026-06-\($0 < 10 ? "0" : "")\($0)" }

    @Test func closes_to_zero_for_any_window() throws {
        try PaperShop.withShop { (reader, _) throws in
            for day in Self.days {
                let residuals = try residuals(on: reader, from: day, to: day)
                #expect(!residuals.isEmpty && residuals.allSatisfy { $0 == "0.00" }, "\(day)")
            }
            let whole = try residuals(on: reader, from: "2026-01-01", to: "2026-06-30")
            #expect(whole == Array(repeating: "0.00", count: 6))
        }
    }

    @Test func opens_as_the_day_before_closed() throws {
        try PaperShop.withShop { (reader, _) throws in
            func positions(_ day: String, _ column: String) throws -> [String: String] {
                let rows = try rows("clearing-rollforward", on: reader, from: day, to: day)
                return Dictionary(
                    uniqueKeysWithValues: rows.map {
                        ("\($0["channel"] ?? "") \($0["currency"] ?? "") \($0["position"] ?? "")", $0[column] ?? "")
                    })
            }
            let june = Self.days.filter { $0.hasPrefix("2026-06") }
            for (day, next) in zip(june, june.dropFirst()) {
                let closing = try positions(day, "closing").filter { $0.value != "0.00" }
                let opening = try positions(next, "opening").filter { $0.value != "0.00" }
                #expect(closing == opening && !opening.isEmpty, "\(next)")
            }
        }
    }

    /// Whatever is changed behind the reconciliation's back, in an event or in its part, is a residual.
    @Test(
        arguments: [
            "UPDATE mainspring.money_events SET amount = amount + 0.01 WHERE kind = 'fee' AND payout_id = 'po_1'",
            "UPDATE mainspring.money_events SET amount = 1077.32 WHERE kind = 'bank_credit' AND payout_id = 'po_1'",
            """
            UPDATE mainspring.allocations SET bucket = 'break', reason = 'settlement.amount'
            WHERE event_id = (
                SELECT event_id FROM mainspring.money_events WHERE kind = 'fee' AND payout_id = 'po_0' AND amount = -20)
            """,
        ])
    func is_off_when_something_was_tampered_with(sql: String) throws {
        try PaperShop.withShop { (reader, owner) throws in
            try owner.script(sql)
            try PaperShop.recount(on: owner)
            let residuals = try residuals(on: reader, from: "2026-05-01", to: "2026-06-30")
            #expect(residuals.filter { $0 != "0.00" }.count == 1, "\(residuals)")
        }
    }

    @Test func says_which_ties_do_not_hold() throws {
        try PaperShop.withShop { (reader, owner) throws in
            try owner.script(
                """
                UPDATE mainspring.closings SET amount = 1000.01
                WHERE business_date = '2026-06-30' AND channel = 'tcs' AND position = 'at_gateway';
                UPDATE mainspring.payouts SET bank_amount = 0.01 WHERE payout_id = 'RM-1';
                DELETE FROM mainspring.break_events WHERE break_id = '0000000000000008';
                DELETE FROM mainspring.breaks WHERE break_id = '0000000000000008';
                """)
            let failing = try PaperShop.csv(ReportFiles.catalogue().report("control"), on: reader).text
                .split(separator: "\n").filter { $0.contains(",fail,") }
            #expect(failing.count == 3, "\(failing)")
            #expect(failing.contains { $0.contains("The next day opens as the last one closed, tcs") })
            #expect(failing.contains { $0.contains("Payouts at the bank are its credits, tcs") })
            #expect(failing.contains { $0.contains("The bridge of orders closes") })
        }
    }
}
