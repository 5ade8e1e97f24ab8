import Diagnostics
import Money
import Postgres
import Reconciliation
import Testing

/// docs/reconciliation.md, “Breaks: their life”, “Scope”, “Proof”.
@Suite("Over nights")
struct NightsTests {
    @Test("a break opens, stays, changes, resolves and opens again; each is an event")
    func life() throws {
        try Bench.with { bench in
            try bench.card(1)
            try bench.importStripe([Bench.stripe("txn_1", gross: "990.00", charge: "ch_1")])
            try bench.reconcile(try Bench.night("2026-06-26", run: 1))
            try bench.run("UPDATE mainspring.breaks SET status = 'ACKNOWLEDGED', owner = 'sana', note = 'asked'")
            try bench.reconcile(try Bench.night("2026-06-27", run: 2))
            #expect(
                try bench.text("SELECT concat_ws(' ', status, first_seen, last_seen, owner) FROM mainspring.breaks")
                    == "ACKNOWLEDGED 2026-06-26 2026-06-27 sana")
            // The shop corrects the amount half of the way: other facts, and the acknowledgement falls.
            try bench.run(
                "UPDATE payments SET amount = 995, gateway_response = jsonb_set(jsonb_set(gateway_response, '{amount}', '99500'), '{amount_captured}', '99500')"
            )
            let changed = try bench.reconcile(try Bench.night("2026-06-28", run: 3))
            #expect(changed.count(.changed) == 1)
            #expect(
                try bench.text(
                    "SELECT concat_ws(' ', status, money_effect) FROM mainspring.breaks WHERE code = 'settlement.amount'"
                )
                    == "OPEN -5.00")
            try bench.run(
                "UPDATE payments SET amount = 990, gateway_response = jsonb_set(jsonb_set(gateway_response, '{amount}', '99000'), '{amount_captured}', '99000')"
            )
            try bench.run(
                "UPDATE orders SET subtotal = 990, total_amount = 990; UPDATE order_items SET product_price = 990, subtotal = 990"
            )
            let mended = try bench.reconcile(try Bench.night("2026-06-29", run: 4))
            #expect(try bench.openBreaks() == [])
            #expect(mended.isComplete)
            #expect(
                try bench.text(
                    "SELECT concat_ws(' ', status, resolved_on) FROM mainspring.breaks WHERE code = 'settlement.amount'"
                )
                    == "RESOLVED 2026-06-29")
            try bench.run(
                "UPDATE payments SET amount = 1000, gateway_response = jsonb_set(jsonb_set(gateway_response, '{amount}', '100000'), '{amount_captured}', '100000')"
            )
            try bench.reconcile(try Bench.night("2026-06-30", run: 5))
            #expect(
                try bench.text(
                    "SELECT string_agg(e.event, ' ' ORDER BY e.break_event_id) FROM mainspring.break_events AS e JOIN mainspring.breaks AS b ON b.break_id = e.break_id WHERE b.code = 'settlement.amount'"
                )
                    == "opened changed resolved reopened")
            #expect(
                try bench.text("SELECT first_seen FROM mainspring.breaks WHERE code = 'settlement.amount'")
                    == "2026-06-26")
        }
    }

    @Test("a back-fill opens breaks and never resolves one; what it leaves open carries no money")
    func backfill() throws {
        try Bench.with { bench in
            try bench.card(1)
            try bench.reconcile(try Bench.night("2026-06-20", run: 1, resolves: false))
            #expect(try bench.openBreaks() == ["settlement.missing payment:1 root -1000.00"])
            try bench.importStripe([Bench.stripe("txn_1", charge: "ch_1")], run: try Bench.night("2026-06-21", run: 2))
            let second = try bench.reconcile(try Bench.night("2026-06-21", run: 2, resolves: false))
            #expect(second.isComplete)
            #expect(try bench.openBreaks() == ["settlement.missing payment:1 root -1000.00"])
            #expect(try bench.text("SELECT event_effect FROM mainspring.breaks") == "0.00")
            try bench.reconcile(try Bench.night("2026-06-22", run: 3))
            #expect(try bench.openBreaks() == [])
        }
    }

    @Test("in transit tonight, agreed tomorrow: the old allocation is superseded, none is changed")
    func inTransit() throws {
        try Bench.with { bench in
            try bench.card(1, at: "2026-06-29 08:00:00")
            try bench.reconcile(try Bench.night("2026-06-29", run: 1))
            #expect(try bench.buckets() == ["ledger capture PKR in_transit_gateway not due 1 1000.00"])
            try bench.importStripe(
                [Bench.stripe("txn_1", charge: "ch_1", at: "2026-06-30 08:00:00")],
                run: try Bench.night("2026-06-30", run: 2))
            let outcome = try bench.reconcile(try Bench.night("2026-06-30", run: 2))
            #expect(outcome.orders == 1)
            #expect(outcome.superseded == 1)
            #expect(try bench.buckets().contains("ledger capture PKR agreed matched 1 1000.00"))
            #expect(
                try bench.text(
                    "SELECT string_agg(concat_ws(' ', bucket, superseded_by), ', ' ORDER BY allocation_id) FROM mainspring.allocations WHERE event_id = 1"
                )
                    == "in_transit_gateway 2, agreed")
        }
    }

    @Test("a refund is its own event, waits for its line, and a second one is only the increase")
    func refunds() throws {
        try Bench.with { bench in
            try bench.card(1, answer: Bench.charge("ch_1", "1000.00", refunded: "200.00"))
            try bench.run("UPDATE payments SET updated_at = '2026-06-29 08:00'")
            try bench.run("UPDATE orders SET order_status = 'PENDING'")
            try bench.importStripe([Bench.stripe("txn_1", charge: "ch_1")])
            // The trigger has set updated_at to the present: the refund is dated then, and not due for long.
            try bench.reconcile(try Bench.night("2026-06-29", run: 1))
            #expect(try bench.openBreaks() == [])
            #expect(try bench.buckets().contains("ledger refund PKR in_transit_gateway not due 1 -200.00"))
            try bench.importStripe(
                [
                    Bench.stripe(
                        "txn_2", "refund", gross: "-200.00", fee: "0.00", charge: "ch_1", at: "2026-06-30 01:00:00")
                ],
                name: "b.csv", run: try Bench.night("2026-06-30", run: 2))
            try bench.run(
                "UPDATE payments SET gateway_response = jsonb_set(gateway_response, '{amount_refunded}', '50000')")
            let outcome = try bench.reconcile(try Bench.night("2026-06-30", run: 2))
            #expect(outcome.isComplete)
            #expect(try bench.openBreaks() == [])
            #expect(
                try bench.buckets() == [
                    "ledger capture PKR agreed matched 1 1000.00", "ledger refund PKR agreed matched 1 -200.00",
                    "ledger refund PKR in_transit_gateway not due 1 -300.00",
                    "statement fee PKR excluded deduction 1 -29.00", "statement gross PKR agreed matched 1 1000.00",
                    "statement refund PKR agreed matched 1 -200.00",
                ])
        }
    }

    @Test("a payment that fails after all is voided; a change of gateway moves its money to the other channel")
    func voids() throws {
        try Bench.with { bench in
            try bench.card(1, orderStatus: "PENDING")
            try bench.card(2, orderStatus: "PENDING")
            try bench.reconcile(try Bench.night("2026-06-02", run: 1))
            try bench.run(
                """
                UPDATE payments SET payment_status = 'FAILED', gateway_response = jsonb_set(gateway_response, '{status}', '"failed"') WHERE payment_id = 1;
                UPDATE payments SET payment_gateway = 'PayFast' WHERE payment_id = 2;
                """)
            let outcome = try bench.reconcile(try Bench.night("2026-06-30", run: 2))
            #expect(outcome.isComplete)
            #expect(try bench.openBreaks() == ["gateway.unknown payment:2 root -1000.00"])
            #expect(
                try bench.text(
                    "SELECT string_agg(concat_ws(' ', payment_id, channel, kind, amount), ', ' ORDER BY payment_id, revision) FROM mainspring.money_events"
                )
                    == "1 stripe capture 1000.00, 1 stripe void -1000.00, 2 stripe capture 1000.00, 2 stripe void -1000.00, 2 unknown capture 1000.00"
            )
        }
    }

    @Test("nothing at or after the cut-off is seen: no order, no capture, no line")
    func cutOff() throws {
        try Bench.with { bench in
            try bench.card(1, at: "2026-06-30 18:59:59")
            try bench.card(2, at: "2026-06-30 19:00:00")
            try bench.card(3, at: "2026-06-01 08:00:00")
            try bench.run("UPDATE payments SET payment_completed_at = '2026-06-30 19:00:00' WHERE payment_id = 3")
            try bench.run("UPDATE orders SET order_status = 'PENDING'")
            try bench.importStripe([Bench.stripe("txn_1", charge: "ch_1", at: "2026-06-30 19:00:00")])
            let outcome = try bench.reconcile()
            #expect(outcome.lines == 0)
            #expect(outcome.orders == 2)
            #expect(try bench.buckets() == ["ledger capture PKR in_transit_gateway not due 1 1000.00"])
            #expect(try bench.openBreaks() == [])
            let next = try bench.reconcile(try Bench.night("2026-07-01", run: 2))
            #expect(next.isComplete)
            #expect(next.lines == 1)
            #expect(try bench.buckets().contains("statement gross PKR agreed matched 1 1000.00"))
        }
    }

    @Test("a run on unchanged data changes no row")
    func rerun() throws {
        try Bench.with { bench in
            try Bench.fill(bench)
            try bench.reconcile()
            let before = try bench.fingerprint()
            let again = try bench.reconcile()
            #expect(again.rowsChanged == 0)
            #expect(try bench.fingerprint() == before)
            let later = try bench.reconcile(try Bench.night("2026-06-30", run: 9))
            #expect(later.rowsChanged == 0)
            #expect(try bench.fingerprint() == before)
        }
    }

    @Test("an older run after a newer one sees what that one saw, and turns nothing back")
    func older() throws {
        try Bench.with { bench in
            try Bench.fill(bench)
            try bench.reconcile()
            let before = try bench.fingerprint()
            let outcome = try bench.reconcile(try Bench.night("2026-06-10", run: 2))
            #expect(outcome.rowsChanged == 0)
            #expect(outcome.businessDate == (try .init("2026-06-30")))
            #expect(try bench.fingerprint() == before)
        }
    }

    @Test("read committed is refused: the sides would be of different moments")
    func isolation() throws {
        try Bench.with { bench in
            let run = try Bench.night("2026-06-30")
            #expect(throws: Failure.self) {
                try bench.job.transaction { try Reconciler(catalogue: bench.catalogue).reconcile(run, on: bench.job) }
            }
        }
    }

    @Test(
        "the proof fails when somebody tampers",
        arguments: [
            "DELETE FROM mainspring.allocations WHERE event_id = 1",
            "UPDATE mainspring.allocations SET amount = amount + 0.01 WHERE event_id = 1",
            "UPDATE mainspring.money_events SET amount = amount + 0.01 WHERE event_id = 1",
            "UPDATE mainspring.lines SET gross = gross + 0.01 WHERE line_id = 1",
            "ALTER TABLE payments DISABLE TRIGGER payments_touch_updated_at; UPDATE payments SET amount = 1 WHERE payment_id = 1; ALTER TABLE payments ENABLE TRIGGER payments_touch_updated_at",
        ])
    func tampered(sql: String) throws {
        try Bench.with { bench in
            try Bench.fill(bench)
            try bench.reconcile()
            // The shop was quiet: what is settled is out of scope from now on.
            try bench.run("UPDATE mainspring.watermarks SET moment = '2026-07-30T19:00:00Z', run_id = 2")
            try bench.run(sql)
            #expect {
                try bench.reconcile(try Bench.night("2026-07-30", run: 3))
            } throws: { error in
                (error as? Failure)?.code == .proofFailed
            }
        }
    }
}

extension Bench {
    /// A little of everything.
    static func fill(_ bench: Bench) throws {
        for id in 1...3 { try bench.card(id) }
        try bench.card(4, answer: charge("ch_4", "900.00"))
        try bench.card(5, "PENDING", orderStatus: "PENDING")
        try bench.card(6, at: "2026-06-29 10:00:00")
        for id in 11...13 { try bench.door(id) }
        try bench.importStripe([
            stripe("txn_1", charge: "ch_1"), stripe("txn_2", charge: "ch_2", currency: "usd"),
            stripe("txn_4", gross: "900.00", charge: "ch_4"), stripe("txn_5", charge: "ch_5"),
            stripe("po_1", "payout", gross: "-2700.00", fee: "0.00"),
        ])
        try bench.importFile(
            bench.write("tcs.csv", tcs([("TN-11", "ORD-11", "1000.00"), ("TN-12", "", "900.00")])), as: "tcs")
    }

    /// Every row of the pipeline's tables with the transaction that wrote it.
    func fingerprint() throws -> [String] {
        try ["watermarks", "files", "lines", "money_events", "allocations", "payouts", "breaks", "break_events"].map {
            table in
            let sql =
                "SELECT md5(string_agg(t.xmin::text || t::text, '|' ORDER BY t::text)) FROM mainspring.\(table) AS t"
            return "\(table) \(try text(sql) ?? "-")"
        }
    }
}
