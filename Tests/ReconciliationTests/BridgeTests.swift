import Postgres
import Reconciliation
import Testing

/// docs/reconciliation.md, “The bridge”: for each channel, currency and day it closes to nothing, whatever was said, in
/// whatever order it came.
@Suite("The bridge closes")
struct BridgeTests {
    /// A month in which all that can be said of money is said at least once, as files.
    private struct Month {
        var files: [(name: String, statement: String, text: String)] = []

        init(in bench: Bench) throws {
            for id in 1...9 { try bench.card(id) }
            try bench.order(20, total: "100.00", currency: "USD")
            try bench.payment(
                20, order: 20, amount: "100.00", currency: "USD", transaction: "ch_20",
                answer: Bench.charge("ch_20", "100.00", currency: "usd"))
            for id in 31...34 { try bench.door(id) }
            func charge(_ id: Int, payout: String, at: String) throws -> String {
                try Bench.stripe("txn_\(id)", fee: "64.00", charge: "ch_\(id)", payout: payout, at: at)
            }
            func other(
                _ line: String, _ type: String, _ gross: String, fee: String = "0.00", charge: String = "",
                payout: String, at: String
            ) throws -> String {
                try Bench.stripe(line, type, gross: gross, fee: fee, charge: charge, payout: payout, at: at)
            }
            let (second, ninth, sixteenth) = ("2026-06-02 20:00:00", "2026-06-09 00:00:00", "2026-06-16 18:59:59")
            // Payment 9 never comes.
            try stripe(
                "a",
                [
                    charge(1, payout: "po_a", at: second), charge(2, payout: "po_a", at: second),
                    other("txn_o", "charge", "500.00", fee: "47.00", charge: "ch_none", payout: "po_a", at: second),
                    other("txn_h", "risk_reserved_funds", "-300.00", payout: "po_a", at: second),
                    // 936 + 936 + 453 − 300
                    Bench.payout("po_a", "2025.00", at: second),
                ])
            try stripe(
                "b",
                [
                    charge(3, payout: "po_b", at: ninth), charge(4, payout: "po_b", at: ninth),
                    other("txn_d", "dispute", "-1000.00", fee: "15.00", charge: "ch_1", payout: "po_b", at: ninth),
                    other("txn_f", "fee", "-20.00", payout: "po_b", at: ninth),
                    other("txn_t", "tax", "-3.20", payout: "po_b", at: ninth),
                    // A net that says one rupee more than its parts.
                    Bench.stripe(
                        "txn_5", fee: "64.00", net: "937.00", charge: "ch_5", payout: "po_b", at: ninth),
                    // The same line a second time.
                    charge(3, payout: "po_b", at: ninth),
                    // 936 + 936 − 1015 − 20 − 3.20 + 937 = 1770.80, and 50.00 too little is paid.
                    Bench.payout("po_b", "1720.80", at: ninth),
                ])
            try stripe(
                "c",
                [
                    other("txn_6", "charge", "990.00", fee: "63.66", charge: "ch_6", payout: "po_c", at: sixteenth),
                    charge(7, payout: "po_c", at: sixteenth),
                    other("txn_r7", "refund", "-400.00", charge: "ch_7", payout: "po_c", at: sixteenth),
                    other("txn_w", "dispute_reversal", "1000.00", charge: "ch_1", payout: "po_c", at: sixteenth),
                    other("txn_l", "risk_reserved_funds", "300.00", payout: "po_c", at: sixteenth),
                    other("txn_adj", "other_adjustment", "-7.77", payout: "po_c", at: sixteenth),
                    Bench.converted(
                        "txn_20", shown: "100.00", in: "usd", gross: "27000.00", fee: "948.00", charge: "ch_20",
                        payout: "po_c", at: sixteenth),
                    // The first charge again, as the first file had it.
                    charge(1, payout: "po_a", at: second),
                    // 926.34 + 936 − 400 + 1000 + 300 − 7.77 + 26052 = 28806.57
                    Bench.payout("po_c", "28806.57", at: sixteenth),
                ])
            // Settled and never paid; paid, and no line says for what.
            try stripe(
                "d", [charge(8, payout: "po_d", at: ninth), Bench.payout("po_e", "111.00", at: ninth)])
            // Exact, within tolerance, short, and a return.
            files.append(
                (
                    "tcs.csv", "tcs",
                    try Bench.tcsFile([
                        ("TN-31", "DELIVERED", ["1000.00", "258.00", "41.28", "2.50", "20.00"]),
                        ("TN-32", "DELIVERED", ["999.50", "258.00", "41.28", "2.50", "19.99"]),
                        ("TN-33", "DELIVERED", ["900.00", "257.20", "41.15", "2.25", "18.00"]),
                        ("TN-35", "RETURNED", ["0.00", "220.00", "35.20", "0.00", "0.00"]),
                    ])
                ))
            files.append(
                (
                    "bank.csv", "bank",
                    Bench.bank([
                        ("2026-06-05", "STRIPE po_a", "2025.00"), ("2026-06-11", "STRIPE po_b", "1700.80"),
                        ("2026-06-12", "CASH DEPOSIT", "333.00"), ("2026-06-13", "CARD FEE", "-5.00"),
                        ("2026-06-14", "STRIPE po_e", "111.00"), ("2026-06-17", "STRIPE po_c", "28000.00"),
                        ("2026-06-17", "STRIPE po_c REST", "806.57"),
                    ])
                ))
        }

        private mutating func stripe(_ name: String, _ rows: [String]) throws {
            files.append(
                ("\(name).csv", "stripe", ([Bench.stripeHeader] + rows).joined(separator: "\n") + "\n"))
        }
    }

    private static func check(_ bench: Bench, _ place: String) throws {
        #expect(try bench.openBridges() == [], "\(place)")
        #expect(try bench.leftovers() == [], "\(place)")
        let closed = try bench.text(
            """
            SELECT string_agg(concat_ws(' ', c.channel, c.currency, c.position, c.amount, p.amount), ', ')
            FROM mainspring.closings AS c
            LEFT JOIN (
                SELECT p.channel, p.currency, v.position, sum(v.amount) AS amount
                FROM mainspring.clearing_parts AS p
                CROSS JOIN LATERAL (VALUES
                    ('at_gateway', p.at_gateway), ('settled', p.settled), ('paid_out', p.paid_out),
                    ('reserve', p.reserve), ('open_breaks', p.open_breaks)
                ) AS v (position, amount)
                GROUP BY p.channel, p.currency, v.position
            ) AS p ON p.channel = c.channel AND p.currency = c.currency AND p.position = c.position
            WHERE c.business_date = (SELECT max(k.business_date) FROM mainspring.closings AS k)
                AND c.amount IS DISTINCT FROM p.amount
            """)
        #expect(closed == nil, "\(place): the night closes with where money stands")
    }

    /// Worked out by hand from the month above.
    private static let positions = [
        // The deposit that names no payout.
        "bank PKR open_breaks 333.00",
        // The orphan 500, 1 of a net, 10 short of payment 6, the refund of 400, the 1000 of payment 9, 50 and 20 short of
        // po_b, the 111 of po_e: 500 + 1 − 10 − 400 − 1000 − 50 − 20 + 111.
        "stripe PKR open_breaks -868.00",
        // po_d.
        "stripe PKR settled 936.00",
        // Remitted: 678.22 + 677.73 + 581.40 − 255.20.
        "tcs PKR at_gateway 1000.00", "tcs PKR open_breaks -100.00", "tcs PKR paid_out 1682.15",
    ]

    @Test("a month with all that can be said, in one night: where money stands, to the paisa")
    func oneNight() throws {
        try Bench.with(terms: true) { bench in
            for file in try Month(in: bench).files {
                try bench.importFile(try bench.write(file.name, file.text), as: file.statement)
            }
            // The cash of consignment 34 is not due until after the 18th.
            #expect(try bench.reconcile(try Bench.night("2026-06-18")).isComplete)
            try Self.check(bench, "one night")
            #expect(try bench.positions() == Self.positions)
            #expect(
                try bench.found()
                    == [
                        "bank.payout_amount payout:po_b root -20.00", "bank.unidentified line:4 root 333.00",
                        "payout.missing payout:po_d root -936.00", "payout.total payout:po_b root -50.00",
                        "payout.unitemised payout:po_e root 111.00", "settlement.amount payment:6 root -10.00",
                        "settlement.duplicate line:8 root 1000.00", "settlement.fx line:8 root -950.00",
                        "settlement.line_arithmetic line:7 root 1.00", "settlement.missing payment:9 root -1000.00",
                        "settlement.orphan line:4 root 500.00",
                        "settlement.refund_unrecorded payment:7 root -400.00",
                        "cod.remittance_short payment:33 root -100.00",
                    ].sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) })
            #expect(
                try bench.buckets().contains("statement gross PKR agreed rounding 1 -0.50"))
        }
    }

    @Test(
        "the same files in any order, a night after each: every night closes, and the last one alike",
        arguments: [UInt64(3), 59, 20_260_618])
    func anyOrder(seed: UInt64) throws {
        try Bench.with(terms: true) { bench in
            var random = AnyOrderTests.Seeded(state: seed)
            for (index, file) in try Month(in: bench).files.shuffled(using: &random).enumerated() {
                try bench.importFile(try bench.write(file.name, file.text), as: file.statement)
                let night = try Bench.night("2026-06-1\(index + 1)", run: Int64(index + 1))
                #expect(try bench.reconcile(night).isComplete)
                try Self.check(bench, "after \(file.name)")
            }
            #expect(try bench.reconcile(try Bench.night("2026-06-18", run: 9)).isComplete)
            try Self.check(bench, "the last night")
            #expect(try bench.positions() == Self.positions)
        }
    }

    @Test("each night keeps what it closed with; a line that comes late changes the day, not what was kept")
    func closings() throws {
        try Bench.with(terms: true) { bench in
            try bench.card(1)
            try bench.reconcile(try Bench.night("2026-06-02"))
            try bench.reconcile(try Bench.night("2026-06-03", run: 2))
            // Settled on the 2nd, and known on the 4th.
            try bench.importStripe([
                Bench.stripe("txn_1", fee: "64.00", charge: "ch_1", at: "2026-06-02 00:00:00"),
                Bench.payout("po_1", "936.00", at: "2026-06-04 00:00:00"),
            ])
            try bench.reconcile(try Bench.night("2026-06-04", run: 3))
            let kept = try bench.owner.query(
                """
                SELECT concat_ws(' ', business_date, position, amount) AS line FROM mainspring.closings
                WHERE channel = 'stripe' AND amount <> 0 ORDER BY 1
                """
            ).map { try $0.text("line") }
            #expect(
                kept == [
                    "2026-06-02 at_gateway 1000.00", "2026-06-03 at_gateway 1000.00", "2026-06-04 paid_out 936.00",
                ])
            let known = try bench.text(
                """
                SELECT concat_ws(' ', sum(at_gateway), sum(settled)) FROM mainspring.clearing_parts
                WHERE effective_at < '2026-06-03T19:00:00Z'
                """)
            #expect(known == "0.00 936.00", "as known now, the 3rd closed otherwise")
            try Self.check(bench, "the 4th")
        }
    }
}
