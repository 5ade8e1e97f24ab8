import Money
import Postgres
import Reconciliation
import Testing

/// docs/reconciliation.md, “Breaks”: each rule alone, with its money effect and where its money stands.
@Suite("Each break has one rule")
struct BreakRuleTests {
    @Test("a captured payment whose line agrees is no break; its money is agreed, the fee a deduction")
    func agreed() throws {
        try Bench.with { bench in
            try bench.card(1)
            try bench.importStripe([Bench.stripe("txn_1", charge: "ch_1")])
            let outcome = try bench.reconcile()
            #expect(try bench.openBreaks() == [])
            #expect(outcome.isComplete)
            #expect(
                try bench.buckets() == [
                    "ledger capture PKR agreed matched 1 1000.00", "statement fee PKR excluded deduction 1 -29.00",
                    "statement gross PKR agreed matched 1 1000.00",
                ])
        }
    }

    @Test("status.mismatch: the ledger has it, the gateway says failed, no line came: one root, one consequence")
    func failedAtGateway() throws {
        try Bench.with { bench in
            try bench.card(1, answer: Bench.charge("ch_1", "1000.00", status: "failed", captured: false))
            try bench.reconcile()
            #expect(
                try bench.openBreaks() == [
                    "settlement.missing payment:1 consequence 0.00", "status.mismatch payment:1 root -1000.00",
                ])
            #expect(try bench.buckets() == ["ledger capture PKR break status.mismatch 1 1000.00"])
        }
    }

    @Test("status.mismatch: the gateway took what the ledger still awaits; a confirmed order is underpaid for it")
    func capturedAtGateway() throws {
        try Bench.with { bench in
            try bench.card(1, "PENDING", orderStatus: "PENDING")
            try bench.card(2, "PROCESSING", orderStatus: "CONFIRMED")
            try bench.importStripe([Bench.stripe("txn_1", charge: "ch_1"), Bench.stripe("txn_2", charge: "ch_2")])
            try bench.reconcile()
            #expect(
                try bench.openBreaks() == [
                    "order.underpaid order:2 consequence 0.00",
                    "settlement.amount payment:1 consequence 0.00", "settlement.amount payment:2 consequence 0.00",
                    "status.mismatch payment:1 root 1000.00", "status.mismatch payment:2 root 1000.00",
                ])
            let root = try bench.text(
                """
                SELECT r.entity FROM mainspring.breaks AS b JOIN mainspring.breaks AS r ON r.break_id = b.root_break_id
                WHERE b.code = 'order.underpaid'
                """)
            #expect(root == "payment:2")
        }
    }

    @Test("an underpaid order follows a status.mismatch only when that covers the whole shortfall")
    func underpaidBeyondTheRoot() throws {
        try Bench.with { bench in
            try bench.order(1, "CONFIRMED", total: "1500.00")
            try bench.payment(
                1, order: 1, "PENDING", transaction: "ch_1", answer: Bench.charge("ch_1", "1000.00"))
            try bench.importStripe([Bench.stripe("txn_1", charge: "ch_1")])
            try bench.reconcile()
            #expect(try bench.openBreaks().contains("order.underpaid order:1 root -1500.00"))
        }
    }

    @Test("amount.mismatch: answer and line are lower than the ledger; the settlement is its consequence")
    func amount() throws {
        try Bench.with { bench in
            try bench.card(1, answer: Bench.charge("ch_1", "900.00"))
            try bench.importStripe([Bench.stripe("txn_1", gross: "900.00", charge: "ch_1")])
            try bench.reconcile()
            #expect(
                try bench.openBreaks() == [
                    "amount.mismatch payment:1 root -100.00", "settlement.amount payment:1 consequence 0.00",
                ])
        }
    }

    @Test("amount.mismatch before the line is due stands on the gateway's word alone")
    func amountByWord() throws {
        try Bench.with { bench in
            try bench.card(1, answer: Bench.charge("ch_1", "900.00"), at: "2026-06-29 08:00:00")
            try bench.reconcile()
            #expect(try bench.openBreaks() == ["amount.mismatch payment:1 root -100.00"])
            #expect(try bench.buckets() == ["ledger capture PKR in_transit_gateway not due 1 1000.00"])
            #expect(try bench.text("SELECT event_effect FROM mainspring.breaks") == "0.00")
        }
    }

    @Test("currency.mismatch: rupees in the ledger, dollars at the gateway; each currency's money is counted once")
    func currency() throws {
        try Bench.with { bench in
            try bench.card(1, answer: Bench.charge("ch_1", "1000.00", currency: "usd"))
            try bench.importStripe([Bench.stripe("txn_1", charge: "ch_1", currency: "usd")])
            try bench.reconcile()
            #expect(
                try bench.openBreaks() == [
                    "currency.mismatch payment:1 root -1000.00", "settlement.amount payment:1 consequence 0.00",
                ])
            #expect(
                try bench.text(
                    "SELECT concat_ws(' ', currency, expected, actual_currency, actual) FROM mainspring.breaks WHERE role = 'root'"
                )
                    == "PKR 1000.00 USD 1000.00")
        }
    }

    @Test("settlement.currency: the line is in a currency that the gateway never answered in")
    func foreignLine() throws {
        try Bench.with { bench in
            try bench.card(1)
            try bench.importStripe([Bench.stripe("txn_1", charge: "ch_1", currency: "usd")])
            let outcome = try bench.reconcile()
            #expect(
                try bench.openBreaks() == [
                    "settlement.amount payment:1 consequence 0.00", "settlement.currency payment:1 root -1000.00",
                ])
            #expect(
                try bench.text(
                    """
                    SELECT string_agg(concat_ws(' ', currency, event_effect), ', ' ORDER BY currency)
                    FROM mainspring.breaks
                    """) == "PKR -1000.00, USD 1000.00")
            #expect(outcome.isComplete)
        }
    }

    @Test("money in a third currency is nobody's: an orphan, and the night goes on")
    func thirdCurrency() throws {
        try Bench.with { bench in
            try bench.card(1)
            try bench.importStripe([
                Bench.stripe("txn_1", charge: "ch_1", currency: "usd"),
                Bench.stripe("txn_2", gross: "50.00", charge: "ch_1", currency: "aed"),
            ])
            let outcome = try bench.reconcile()
            #expect(outcome.isComplete)
            // AED comes before USD by name.
            let breaks = try bench.openBreaks()
            #expect(breaks.contains("settlement.currency payment:1 root -1000.00"))
            #expect(breaks.contains { $0.hasPrefix("settlement.orphan line:") && $0.hasSuffix("root 1000.00") })
        }
    }

    @Test(
        "nobody's line names the one payment that waits for its amount, and books nothing",
        arguments: [
            ("700.00", "2026-06-01 08:05:00", true), ("700.01", "2026-06-01 08:05:00", false),
            ("700.00", "2026-05-20 08:05:00", false),
        ])
    func suggestion(amount: String, at: String, told: Bool) throws {
        try Bench.with { bench in
            try bench.order(1, total: amount)
            try bench.payment(1, order: 1, amount: amount, transaction: "ch_1", at: at)
            try bench.importStripe([Bench.stripe("txn_1", gross: "700.00", charge: "ch_garbled")])
            #expect(try bench.reconcile().isComplete)
            let explanation = try #require(
                try bench.text("SELECT explanation FROM mainspring.breaks WHERE code = 'settlement.orphan'"))
            #expect(explanation.contains("Payment 1 waits for this very amount") == told)
            #expect(try bench.text("SELECT payment_id FROM mainspring.lines WHERE payment_id IS NOT NULL") == nil)
        }
    }

    @Test("two payments that wait for the amount are no suggestion")
    func noSuggestion() throws {
        try Bench.with { bench in
            for id in 1...2 {
                try bench.order(id, total: "700.00")
                try bench.payment(id, order: id, amount: "700.00", transaction: "ch_\(id)")
            }
            try bench.importStripe([Bench.stripe("txn_1", gross: "700.00", charge: "ch_garbled")])
            try bench.reconcile()
            #expect(
                try bench.text("SELECT explanation FROM mainspring.breaks WHERE code = 'settlement.orphan'")
                    == "No payment of ours stands behind this line.")
        }
    }

    @Test("the reference may be the payment's own id", arguments: [("1", true), ("2", false), ("999999999999", false)])
    func paymentID(reference: String, matches: Bool) throws {
        try Bench.with { bench in
            try bench.order(1)
            try bench.payment(1, order: 1)
            // The other one is USD: a reference names a payment only in its own currency.
            try bench.order(2, currency: "USD")
            try bench.payment(2, order: 2, currency: "USD")
            try bench.reconcile(try Bench.night("2026-06-02"))
            try bench.importStripe([Bench.stripe("txn_1", charge: "ch_other", order: reference)])
            #expect(try bench.reconcile().isComplete)
            #expect(
                try bench.text("SELECT concat_ws(' ', payment_id, matched_by) FROM mainspring.lines")
                    == (matches ? "1 merchant_reference" : ""))
        }
    }

    @Test("settlement.missing: captured, due, and no line", arguments: [("2026-06-22", 0), ("2026-06-23", 1)])
    func missing(night: String, breaks: Int) throws {
        // 2026-06-15 is a Monday: five business days later is Monday the 22nd, and only after it the line is missing.
        try Bench.with { bench in
            try bench.card(1, at: "2026-06-15 08:00:00")
            try bench.reconcile(try Bench.night(night))
            #expect(
                try bench.openBreaks() == (breaks == 0 ? [] : ["settlement.missing payment:1 root -1000.00"]))
            #expect(
                try bench.text("SELECT bucket FROM mainspring.allocations WHERE superseded_by IS NULL")
                    == (breaks == 0 ? "in_transit_gateway" : "break"))
        }
    }

    @Test("a holiday moves the due date")
    func holiday() throws {
        try Bench.with { bench in
            try bench.card(1, at: "2026-06-15 08:00:00")
            let run = try Bench.night("2026-06-23")
            try bench.job.transaction(.repeatableRead) {
                _ = try Reconciler(catalogue: bench.catalogue, holidays: [try .init("2026-06-17")])
                    .reconcile(run, on: bench.job)
            }
            #expect(try bench.openBreaks() == [])
        }
    }

    @Test("settlement.amount: the line differs, the answer agrees")
    func settlementAmount() throws {
        try Bench.with { bench in
            try bench.card(1)
            try bench.importStripe([Bench.stripe("txn_1", gross: "990.00", charge: "ch_1")])
            try bench.reconcile()
            #expect(try bench.openBreaks() == ["settlement.amount payment:1 root -10.00"])
        }
    }

    @Test("several lines of one payment add up before they are judged")
    func addsUp() throws {
        try Bench.with { bench in
            try bench.card(1)
            try bench.importStripe([
                Bench.stripe("txn_1", gross: "1200.00", charge: "ch_1"),
                Bench.stripe("txn_2", "partial_capture_reversal", gross: "-200.00", fee: "0.00", charge: "ch_1"),
            ])
            try bench.reconcile()
            #expect(try bench.openBreaks() == [])
        }
    }

    @Test("settlement.orphan, settlement.duplicate and payout.total")
    func lines() throws {
        try Bench.with { bench in
            try bench.card(1)
            try bench.importStripe([
                Bench.stripe("txn_1", charge: "ch_1"),
                Bench.stripe("txn_1", charge: "ch_1"),
                Bench.stripe("txn_2", gross: "500.00", fee: "10.00", charge: "ch_nobody"),
                Bench.stripe("po_1", "payout", gross: "-1400.00", fee: "0.00"),
            ])
            let digest = try #require(try bench.text("SELECT left(sha256, 16) FROM mainspring.files"))
            try bench.reconcile()
            #expect(
                try bench.openBreaks() == [
                    // 971.00 + 490.00 is what the lines come to; the second txn_1 does not count.
                    "payout.total payout:po_1 root -61.00",
                    "settlement.duplicate line:\(digest):3 root 1000.00",
                    "settlement.orphan line:\(digest):4 root 500.00",
                ])
            #expect(
                try bench.buckets() == [
                    "ledger capture PKR agreed matched 1 1000.00",
                    "statement fee PKR excluded deduction 2 -39.00", "statement fee PKR excluded duplicate 1 -29.00",
                    "statement gross PKR agreed matched 1 1000.00",
                    "statement gross PKR break settlement.orphan 1 500.00",
                    "statement gross PKR excluded duplicate 1 1000.00",
                    "statement payout PKR break payout.total 1 -61.00",
                    "statement payout PKR in_transit_paid_out paid out 1 1461.00",
                ])
        }
    }

    @Test("response.missing and response.unreadable have no money effect; the line agrees")
    func answers() throws {
        try Bench.with { bench in
            try bench.order(1)
            try bench.payment(1, order: 1, transaction: "ch_1")
            try bench.order(2)
            try bench.payment(
                2, order: 2, transaction: "ch_2",
                answer: Bench.charge("ch_2", "1000.00").replacing("100000", with: "1000.005"))
            try bench.order(3)
            try bench.payment(3, order: 3, transaction: "ch_3", answer: "null")
            try bench.importStripe((1...3).map { try Bench.stripe("txn_\($0)", charge: "ch_\($0)") })
            try bench.reconcile()
            #expect(
                try bench.openBreaks() == [
                    "response.missing payment:1 root 0.00", "response.missing payment:3 root 0.00",
                    "response.unreadable payment:2 root 0.00",
                ])
            #expect(
                try bench.text("SELECT explanation FROM mainspring.breaks WHERE code = 'response.unreadable'")
                    == "The gateway's answer has no readable amount.")
        }
    }

    @Test("gateway.unknown: no mapping reads it, all of its money is a break of channel unknown")
    func unknownGateway() throws {
        try Bench.with { bench in
            try bench.order(1)
            try bench.payment(1, order: 1, gateway: "PayFast", transaction: "pf-1", answer: #"{"ok": 1}"#)
            try bench.order(2)
            try bench.payment(2, order: 2, method: "DIGITAL_WALLET", gateway: nil)
            try bench.reconcile()
            #expect(
                try bench.openBreaks() == [
                    "gateway.unknown payment:1 root -1000.00", "gateway.unknown payment:2 root -1000.00",
                ])
            #expect(try bench.buckets() == ["ledger capture PKR break gateway.unknown 2 2000.00"])
        }
    }

    @Test("a gateway's name is folded: case, blanks and signs do not matter")
    func folded() throws {
        try Bench.with { bench in
            try bench.card(1)
            try bench.run("UPDATE payments SET payment_gateway = ' S-T.r I pe'")
            try bench.importStripe([Bench.stripe("txn_1", charge: "ch_1")])
            try bench.reconcile()
            #expect(try bench.openBreaks() == [])
        }
    }

    @Test("a bank transfer has no statement: its money is excluded, and no break")
    func bankTransfer() throws {
        try Bench.with { bench in
            try bench.order(1)
            try bench.payment(1, order: 1, method: "BANK_TRANSFER", gateway: nil)
            try bench.reconcile()
            #expect(try bench.openBreaks() == [])
            #expect(try bench.buckets() == ["ledger capture PKR excluded no statement 1 1000.00"])
        }
    }

    @Test("payment.stuck: under way for more than two days, and nothing else is wrong")
    func stuck() throws {
        try Bench.with { bench in
            // Authorized and never captured; still processing; the same for an hour; and one that the shop calls failed.
            try bench.card(
                1, "PENDING", answer: Bench.charge("ch_1", "1000.00", captured: false), orderStatus: "PENDING")
            try bench.card(
                2, "PROCESSING", answer: Bench.charge("ch_2", "1000.00", status: "pending"), orderStatus: "PENDING")
            try bench.card(
                3, "PROCESSING", answer: Bench.charge("ch_3", "1000.00", captured: false), orderStatus: "PENDING",
                at: "2026-06-29 08:00:00")
            try bench.card(
                4, "FAILED", answer: Bench.charge("ch_4", "1000.00", captured: false), orderStatus: "PENDING")
            try bench.reconcile()
            #expect(
                try bench.openBreaks() == [
                    "payment.stuck payment:1 root 0.00", "payment.stuck payment:2 root 0.00",
                    "status.mismatch payment:4 root 0.00",
                ])
        }
    }
}
