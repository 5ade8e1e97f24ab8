import Diagnostics
import FoundationEssentials
import Postgres
import Tabular
import TestSupport
import Testing

@testable import Reporting

/// Cases between customer and bank that the shop on paper doesn't have: each is added to it, and worked out here.
@Suite("Reports of what is on the way")
struct OnTheWayTests {
    /// Releases are set against the oldest holds; what is released beyond all of them stands below zero.
    @Test func reserves_are_released_oldest_first() throws {
        try PaperShop.withShop { (reader, owner) throws in
            try owner.script(
                lines(
                    [
                        ("reserve_hold", "2026-05-30", -100), ("reserve_hold", "2026-06-02", -50),
                        ("reserve_release", "2026-06-10", 120),
                    ], currency: "USD"))
            let columns = ["held_on", "opening", "held", "released", "closing", "released_on", "days_held"]
            #expect(
                try rows("reserves", columns, of: "USD", on: reader) == [
                    "2026-05-30|100.00|0.00|-100.00|0.00|2026-06-10|11", "2026-06-02|0.00|50.00|-20.00|30.00||28",
                ])
            try owner.script(lines([("reserve_release", "2026-06-20", 100)], currency: "USD"))
            #expect(
                try rows("reserves", columns, of: "USD", on: reader) == [
                    "2026-05-30|100.00|0.00|-100.00|0.00|2026-06-10|11",
                    "2026-06-02|0.00|50.00|-50.00|0.00|2026-06-20|18", "|0.00|0.00|-70.00|-70.00||",
                ])
            // From the eleventh on the first hold is over, and the second opens with what was left of it.
            #expect(
                try rows("reserves", columns, of: "USD", on: reader, from: "2026-06-11") == [
                    "2026-06-02|30.00|0.00|-30.00|0.00|2026-06-20|18", "|0.00|0.00|-70.00|-70.00||",
                ])
        }
    }

    @Test func a_dispute_is_open_won_in_part_or_lost() throws {
        try PaperShop.withShop { (reader, owner) throws in
            let columns = [
                "state", "charged", "charged_back", "reversed", "lost", "dispute_fees", "age_days", "break_id",
            ]
            try owner.script(lines([("chargeback", "2026-06-22", -10000)], payment: 12, fee: 1500))
            #expect(
                try rows("chargebacks", columns, on: reader).last
                    == "open|10000.00|-10000.00|0.00|-10000.00|-1500.00|8|")
            try owner.script(lines([("chargeback_reversal", "2026-06-25", 4000)], payment: 12, fee: -500))
            #expect(
                try rows("chargebacks", columns, on: reader).last
                    == "won in part|10000.00|-10000.00|4000.00|-6000.00|-1000.00|8|")
            // Its loss was recorded: the break is over, the money is gone.
            try owner.script(
                """
                INSERT INTO mainspring.breaks (
                    break_id, code, entity, plane, role, severity, status, channel, payment_id, currency,
                    actual_currency, money_effect, event_effect, explanation, business_date, due_date, first_seen,
                    last_seen, resolved_on, opened_run, last_run)
                VALUES ('0000000000000099', 'settlement.chargeback', 'payment:12', 'gateway', 'control', 'medium',
                    'RESOLVED', 'stripe', 12, 'PKR', 'PKR', 0, 0, 'x', '2026-06-22', '2026-06-22', '2026-06-29',
                    '2026-06-29', '2026-06-30', 1, 1)
                """)
            #expect(
                try rows("chargebacks", ["state", "break_id"], on: reader).last == "loss recorded|0000000000000099")
            // What isn't won stays, whatever the window; that of payment 11 was won a day later.
            let day = try rows("chargebacks", ["state"], on: reader, from: "2026-06-29", to: "2026-06-29")
            #expect(day == ["open", "loss recorded"])
        }
    }

    @Test func breaks_that_come_back_or_come_and_go() throws {
        let columns = ["change", "since", "effect_before", "effect_now", "change_over", "change_under"]
        try PaperShop.withShop { (reader, owner) throws in
            func event(_ number: Int, _ event: String, _ effects: String) throws {
                try owner.script(
                    """
                    INSERT INTO mainspring.break_events (
                        break_id, event, business_date, happened_at, run_id, os_user, detail)
                    VALUES ('\(String(repeating: "0", count: 14))\(number)', '\(event)', '2026-06-30',
                        '2026-06-30 20:00:00Z', 2, 'test', '{"currency": "PKR", "money_effect": \(effects)}')
                    """)
            }
            func row(_ number: Int) throws -> String? {
                try rows("breaks-new", ["break_id"] + columns, on: reader)
                    .first { $0.hasPrefix("\(String(repeating: "0", count: 14))\(number)|") }
                    .map { $0.split(separator: "|", maxSplits: 1)[1] }.map(String.init)
            }
            // Under turns over: both move, and neither hides the other.
            try event(10, "changed", "[-9.00, 4.00]")
            #expect(try row(10) == "new|2026-06-29|0.00|4.00|4.00|0.00")
            try owner.script("DELETE FROM mainspring.break_events WHERE break_id LIKE '%10' AND event = 'opened'")
            #expect(try row(10) == "changed|2026-06-29|-9.00|4.00|4.00|9.00")
            // Resolved, and wrong again before the window is over: one change, from the first to the last.
            try event(10, "resolved", "[4.00, null]")
            #expect(try row(10) == "resolved|2026-06-29|-9.00|0.00|0.00|9.00")
            try event(10, "reopened", "[4.00, -2.00]")
            #expect(try row(10) == "changed|2026-06-29|-9.00|-2.00|0.00|7.00")
            try event(11, "resolved", "[-10.00, null]")
            #expect(try row(11) == "came and went|2026-06-29|0.00|0.00|0.00|0.00")
            try owner.script("DELETE FROM mainspring.break_events WHERE break_id LIKE '%12'")
            try event(12, "reopened", "[1.00, 7777.00]")
            #expect(try row(12) == "came back|2026-06-29|0.00|7777.00|7777.00|0.00")
            // Nothing is compared with a run of another job, one that failed, or one that left steps out.
            for change in ["job = 'hourly'", "job = 'nightly', status = 'failed'", "status = 'done', partial = TRUE"] {
                try owner.script("UPDATE mainspring.runs SET \(change) WHERE business_date = '2026-06-29'")
                #expect(try row(12) == "came back||0.00|7777.00|7777.00|0.00", "\(change)")
            }
        }
    }

    /// A file that covers the days in which an item had to appear makes it a missing line, not a missing file.
    @Test func a_file_that_covers_the_days_is_not_missing() throws {
        let columns = ["channel", "business_date", "status", "missing_items", "missing_in", "expected_from"]
        try PaperShop.withShop { (reader, owner) throws in
            func status() throws -> String? {
                try rows("file-register", columns, on: reader).first { $0.contains("300.00") }
            }
            #expect(try status() == "stripe|2026-03-20|missing|1|300.00|2026-03-15")
            let file = """
                INSERT INTO mainspring.files (
                    sha256, statement, channel, file_name, bytes, lines, control_totals, imported_at, run_id)
                VALUES (repeat('9', 64), 'stripe', 'stripe', 'stripe-2026-03.csv', 10, 2, '{}', '2026-06-30 20:00Z', 1);
                """
            try owner.script(file + lines([("adjustment", "2026-03-21", 1)], file: "9"))
            #expect(try status() == "stripe|2026-03-20|missing|1|300.00|2026-03-15")
            try owner.script(lines([("adjustment", "2026-03-20", 1)], file: "9"))
            #expect(try status() == "stripe|2026-03-20|incomplete|1|300.00|2026-03-15")
            // It came in the end, and the day is done.
            try owner.script(
                """
                UPDATE mainspring.breaks SET status = 'RESOLVED', resolved_on = '2026-06-30'
                WHERE code = 'settlement.missing'
                """)
            #expect(try status() == nil)
        }
    }

    @Test func one_payout_that_fits_is_suggested_and_two_are_not() throws {
        let columns = ["currency", "amount", "candidates", "suggested_channel", "suggested_payout"]
        try PaperShop.withShop { (reader, owner) throws in
            try owner.script(lines([("bank_credit", "2026-06-30", 485.2)], file: "f", currency: "USD", channel: "bank"))
            #expect(
                try rows("unidentified-receipts", columns, on: reader) == [
                    "PKR|7777.00|0||", "USD|485.20|1|stripe|po_2",
                ])
            try owner.script(
                """
                INSERT INTO mainspring.payouts (
                    channel, payout_id, currency, paid_at, payout_amount, lines, lines_net, run_id)
                VALUES ('stripe', 'po_5', 'USD', '2026-06-28 00:00Z', 485.20, 1, 485.20, 1)
                """)
            #expect(try rows("unidentified-receipts", columns, of: "USD", on: reader) == ["USD|485.20|2||"])
        }
    }

    /// A rate in one direction is one in the other; without a rate nothing is won or lost.
    @Test func a_conversion_is_held_against_the_rate_of_its_day() throws {
        let columns = [
            "charged_amount", "settled_amount", "applied_rate", "expected_amount", "gain", "loss", "verdict",
        ]
        try PaperShop.withShop { (reader, owner) throws in
            try owner.script(
                lines([("charge", "2026-06-21", 101)], currency: "USD", presented: "27950.00, 'PKR'")
                    + lines([("refund", "2026-06-22", -28000)], presented: "100.00, 'USD'")
                    + lines([("charge", "2026-06-23", 100)], presented: "1.00, 'EUR'")
                    + lines([("charge", "2023-12-31", 100)], presented: "1.00, 'USD'"))
            #expect(
                try rows("fx-gain-loss", columns, on: reader, from: "2023-12-01").sorted() == [
                    "-100.00|-28000.00|280.000000|-27950.00|0.00|-50.00|tolerated",
                    "1.00|100.00|100.000000||||no reference rate", "1.00|100.00|100.000000||||no reference rate",
                    "100.00|27900.00|279.000000|27950.00|0.00|-50.00|tolerated",
                    "27950.00|101.00|0.003614|100.00|1.00|0.00|tolerated",
                ])
        }
    }

    @Test func what_was_given_up_after_the_month_was_held_at_its_end() throws {
        let columns = ["position", "order_status", "captured", "refunded", "paid_not_delivered", "on_its_way"]
        try PaperShop.withShop { (reader, owner) throws in
            // Order 9 was paid on 20 May. It is cancelled and refunded on 10 June: at the end of May it was held.
            try owner.script(
                """
                UPDATE orders SET order_status = 'CANCELLED' WHERE order_id = 9;
                INSERT INTO mainspring.money_events (
                    side, channel, kind, amount, currency, effective_at, recorded_at, payment_id, order_id, revision,
                    run_id)
                VALUES ('ledger', 'stripe', 'refund', -5000, 'PKR', '2026-06-10 08:00Z', '2026-06-10 08:00Z', 11, 9, 2,
                    1)
                """)
            #expect(
                try rows("cut-off", columns, on: reader, from: "2026-05-01", to: "2026-05-31").contains(
                    "paid, and given up|CANCELLED|5000.00|0.00|5000.00|0.00"))
            #expect(try rows("cut-off", columns, on: reader).allSatisfy { !$0.contains("CANCELLED") })
        }
    }

    /// The columns of a report's rows, of one currency or of all, each row as one text.
    private func rows(
        _ report: String, _ columns: [String], of currency: String? = nil, on reader: Connection,
        from: String = "2026-06-01", to: String = "2026-06-30"
    ) throws -> [String] {
        let context = try PaperShop.context(from: from, to: to, named: true)
        let text = try PaperShop.csv(ReportFiles.catalogue().report(report), on: reader, context: context).text
        return try ReportFiles.withFolder { folder in
            try text.write(toFile: folder + "/x.csv", atomically: true, encoding: .utf8)
            let csv = try CSVReader(path: folder + "/x.csv")
            var found: [[String]] = []
            while let record = try csv.next() {
                found.append(
                    (0..<record.count).map { i in record[i].map { String(decoding: $0, as: UTF8.self) } ?? "" })
            }
            let names = try #require(found.first)
            let places = try columns.map { try #require(names.firstIndex(of: $0), "\($0)") }
            let place = try #require(names.firstIndex(of: "currency"))
            return found.dropFirst().filter { currency == nil || $0[place] == currency }
                .map { row in places.map { row[$0] }.joined(separator: "|") }
        }
    }

    /// Lines of a statement, each a type, a day and an amount, as an INSERT.
    private func lines(
        _ lines: [(type: String, day: String, gross: Double)], file: String = "d", payment: Int? = nil, fee: Int = 0,
        currency: String = "PKR", channel: String = "stripe", presented: String = "NULL::numeric, NULL::text"
    ) -> String {
        lines.map { line in
            // A day has one such line in a test.
            let number = line.day.replacing("-", with: "")
            return """
                INSERT INTO mainspring.lines (
                    file_id, line_no, line_key, entity, channel, standing, line_type, currency, gross, fee, fee_tax,
                    income_tax, sales_tax, net, settled_at, payment_id, presented_amount, presented_currency)
                SELECT
                    f.file_id, \(number), 'test \(number)', 'line:test:\(number)', '\(channel)', 'live', '\(line.type)',
                    '\(currency)', \(line.gross), \(fee), 0, 0, 0, \(line.gross) - \(fee), '\(line.day) 06:00:00Z',
                    \(payment.map { "\($0)" } ?? "NULL"), \(presented)
                FROM mainspring.files AS f
                WHERE f.sha256 = repeat('\(file)', 64);
                """
        }.joined(separator: "\n")
    }
}
