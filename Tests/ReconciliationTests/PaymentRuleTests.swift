import Foundation
import Postgres
import Reconciliation
import Testing

/// docs/reconciliation.md, “Break codes”, of a payment: each rule, and for what one fact raises twice, one root.
@Suite("What a payment says against its gateway and its statement")
struct PaymentRuleTests {
    /// One card payment over 1,000.00 PKR of a delivered order, long due unless the case says otherwise.
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        var payment = "COMPLETED"
        var order = "DELIVERED"
        var transaction = "ch_1"
        /// What the answer says; nil: there is none.
        var answer: String? = Bench.charge("ch_1", "1000.00")
        /// Lines of the statement, in its own words: type, gross, currency.
        var lines: [(type: String, gross: String, currency: String)] = []
        var at = "2026-06-01 08:05:00"
        let breaks: [String]
        var testDescription: String { name }
    }

    static let charge: (type: String, gross: String, currency: String) = ("charge", "1000.00", "pkr")

    static let whole: [Case] = [
        Case(
            name: "transaction.mismatch: the answer is of another transaction", transaction: "ch_other",
            lines: [],
            breaks: [
                "settlement.missing payment:1 consequence 0.00", "transaction.mismatch payment:1 root -1000.00",
            ]),
        Case(
            name: "transaction.mismatch before a line is due moves nothing", transaction: "ch_other",
            at: "2026-06-29 08:00:00", breaks: ["transaction.mismatch payment:1 root 0.00"]),
        Case(
            name: "the intent of a charge is no other transaction", transaction: "pi_1",
            answer: Bench.charge("ch_1", "1000.00").replacing(
                "\"object\"", with: "\"payment_intent\": \"pi_1\", \"object\""),
            at: "2026-06-29 08:00:00", breaks: []),
        Case(
            name: "amount.unit: the answer is a hundred times the payment", answer: Bench.charge("ch_1", "100000.00"),
            lines: [charge], breaks: ["amount.unit payment:1 root 0.00"]),
        Case(
            name: "amount.unit: the line is a hundredth of the payment", lines: [("charge", "10.00", "pkr")],
            breaks: ["amount.unit payment:1 root -990.00", "settlement.amount payment:1 consequence 0.00"]),
        Case(
            name: "amount.unit: answer and line are a thousand times the payment",
            answer: Bench.charge("ch_1", "1000000.00"), lines: [("charge", "1000000.00", "pkr")],
            breaks: ["amount.unit payment:1 root 999000.00", "settlement.amount payment:1 consequence 0.00"]),
        Case(
            name: "ten times is another amount, not another unit", answer: Bench.charge("ch_1", "10000.00"),
            lines: [charge], breaks: ["amount.mismatch payment:1 root 0.00"]),
        Case(
            name: "currency.mismatch explains the line in that currency and the refund that is missing",
            payment: "REFUNDED", order: "REFUNDED",
            answer: Bench.charge("ch_1", "1000.00", refunded: "1000.00", currency: "usd"),
            lines: [("charge", "1000.00", "usd")],
            breaks: [
                "currency.mismatch payment:1 root 0.00", "settlement.amount payment:1 consequence 0.00",
                "settlement.refund_missing payment:1 consequence 0.00",
            ]),
        Case(
            name: "settlement.currency: a refund in another currency alone", payment: "REFUNDED", order: "REFUNDED",
            answer: Bench.charge("ch_1", "1000.00", refunded: "1000.00"),
            lines: [charge, ("refund", "-1000.00", "usd")],
            breaks: [
                "settlement.amount payment:1 consequence 0.00", "settlement.currency payment:1 root 1000.00",
                "settlement.refund_amount payment:1 consequence 0.00",
            ]),
        Case(
            name: "status.mismatch: the gateway refunded all of it, and so does the statement",
            payment: "PENDING", order: "PENDING", answer: Bench.charge("ch_1", "1000.00", refunded: "1000.00"),
            lines: [charge, ("refund", "-1000.00", "pkr")],
            breaks: [
                "settlement.amount payment:1 consequence 0.00",
                "settlement.refund_unrecorded payment:1 consequence 0.00", "status.mismatch payment:1 root 0.00",
            ]),
        Case(
            name: "settlement.status: a line comes, the shop awaits the payment, and the answer decides nothing",
            payment: "PENDING", order: "PENDING", answer: #"{"object": "charge", "id": "ch_1"}"#, lines: [charge],
            breaks: [
                "response.unreadable payment:1 consequence 0.00", "settlement.amount payment:1 consequence 0.00",
                "settlement.status payment:1 root 1000.00",
            ]),
        Case(
            name: "settlement.status: a line comes for a payment that failed, and there is no answer",
            payment: "FAILED", order: "PENDING", answer: nil, lines: [charge],
            breaks: [
                "response.missing payment:1 consequence 0.00", "settlement.amount payment:1 consequence 0.00",
                "settlement.status payment:1 root 1000.00",
            ]),
        Case(
            name: "settlement.missing explains the refund that is missing too", payment: "REFUNDED", order: "REFUNDED",
            answer: nil,
            breaks: [
                "response.missing payment:1 consequence 0.00", "settlement.missing payment:1 root 0.00",
            ]),
        Case(
            name: "settlement.missing, and the answer names another amount", answer: Bench.charge("ch_1", "900.00"),
            breaks: [
                "amount.mismatch payment:1 consequence 0.00", "settlement.missing payment:1 root -1000.00",
            ]),
    ]

    static let families: [Case] = [
        Case(
            name: "settlement.refund_unrecorded: refunded at the gateway, unknown to the shop",
            lines: [charge, ("refund", "-300.00", "pkr")],
            breaks: ["settlement.refund_unrecorded payment:1 root -300.00"]),
        Case(
            name: "settlement.refund_missing: refunded, due, and not in the statement",
            answer: Bench.charge("ch_1", "1000.00", refunded: "300.00"), lines: [charge],
            breaks: ["settlement.refund_missing payment:1 root 300.00"]),
        Case(
            name: "settlement.refund_amount: less went back than was refunded",
            answer: Bench.charge("ch_1", "1000.00", refunded: "300.00"), lines: [charge, ("refund", "-250.00", "pkr")],
            breaks: ["settlement.refund_amount payment:1 root 50.00"]),
        Case(
            name: "a refund that failed and came back was not sent",
            answer: Bench.charge("ch_1", "1000.00"),
            lines: [charge, ("refund", "-300.00", "pkr"), ("refund_failure", "300.00", "pkr")], breaks: []),
        Case(
            name: "captures and refunds each have their own root",
            answer: Bench.charge("ch_1", "1000.00", refunded: "300.00"), lines: [("charge", "990.00", "pkr")],
            breaks: ["settlement.amount payment:1 root -10.00", "settlement.refund_missing payment:1 root 300.00"]),
        Case(
            name: "another amount at the gateway and a wrong refund are two things",
            answer: Bench.charge("ch_1", "900.00", refunded: "300.00"),
            lines: [("charge", "900.00", "pkr"), ("refund", "-200.00", "pkr")],
            breaks: [
                "amount.mismatch payment:1 root -100.00", "settlement.amount payment:1 consequence 0.00",
                "settlement.refund_amount payment:1 root 100.00",
            ]),
        Case(
            name: "no answer, and the settlement differs", answer: nil, lines: [("charge", "990.00", "pkr")],
            breaks: ["response.missing payment:1 consequence 0.00", "settlement.amount payment:1 root -10.00"]),
        Case(
            name: "no answer, and a refund that the shop doesn't know", answer: nil,
            lines: [charge, ("refund", "-300.00", "pkr")],
            breaks: [
                "response.missing payment:1 consequence 0.00", "settlement.refund_unrecorded payment:1 root -300.00",
            ]),
    ]

    static let disputes: [Case] = [
        Case(
            name: "settlement.chargeback: the money is no part of what the capture comes to",
            lines: [charge, ("dispute", "-1000.00", "pkr")], breaks: ["settlement.chargeback payment:1 control 0.00"]),
        Case(
            name: "a chargeback that was won back is closed",
            lines: [charge, ("dispute", "-1000.00", "pkr"), ("dispute_reversal", "1000.00", "pkr")], breaks: []),
        Case(
            name: "settlement.double_loss: refunded and charged back", payment: "REFUNDED", order: "REFUNDED",
            answer: Bench.charge("ch_1", "1000.00", refunded: "1000.00"),
            lines: [charge, ("refund", "-1000.00", "pkr"), ("dispute", "-1000.00", "pkr")],
            breaks: [
                "settlement.chargeback payment:1 control 0.00", "settlement.double_loss payment:1 root -1000.00",
            ]),
        Case(
            name: "a part refunded and a part charged back is no double loss",
            answer: Bench.charge("ch_1", "1000.00", refunded: "300.00"),
            lines: [charge, ("refund", "-300.00", "pkr"), ("dispute", "-700.00", "pkr")],
            breaks: ["settlement.chargeback payment:1 control 0.00"]),
        Case(
            name: "charged back, and the capture is in no statement", lines: [("dispute", "-1000.00", "pkr")],
            breaks: [
                "settlement.chargeback payment:1 control 0.00", "settlement.missing payment:1 root -1000.00",
            ]),
    ]

    @Test("each rule, and what follows from what", arguments: whole + families + disputes)
    func rule(_ rule: Case) throws {
        try Bench.with { bench in
            try bench.order(1, rule.order, at: rule.at)
            try bench.payment(
                1, order: 1, rule.payment, transaction: rule.transaction, answer: rule.answer, at: rule.at)
            let rows = try rule.lines.enumerated().map { index, line in
                try Bench.stripe(
                    "txn_\(index)", line.type, gross: line.gross, fee: "0.00",
                    charge: rule.transaction, currency: line.currency)
            }
            if !rows.isEmpty { try bench.importStripe(rows) }
            let outcome = try bench.reconcile()
            #expect(try bench.openBreaks() == rule.breaks)
            #expect(outcome.isComplete)
            #expect(try bench.reconcile().rowsChanged == 0)
        }
    }

    @Test("a wrong refund leaves its capture agreed, and the other way round")
    func apart() throws {
        try Bench.with { bench in
            try bench.card(1, answer: Bench.charge("ch_1", "1000.00", refunded: "300.00"))
            try bench.card(2, answer: Bench.charge("ch_2", "1000.00", refunded: "300.00"))
            try bench.importStripe([
                Bench.stripe("txn_1", fee: "0.00", charge: "ch_1"),
                Bench.stripe("txn_2", gross: "990.00", fee: "0.00", charge: "ch_2"),
                Bench.stripe("txn_3", "refund", gross: "-300.00", fee: "0.00", charge: "ch_2"),
            ])
            try bench.reconcile()
            #expect(
                try bench.buckets() == [
                    "ledger capture PKR agreed matched 1 1000.00",
                    "ledger capture PKR break settlement.amount 1 1000.00",
                    "ledger refund PKR agreed matched 1 -300.00",
                    "ledger refund PKR break settlement.refund_missing 1 -300.00",
                    "statement gross PKR agreed matched 1 1000.00",
                    "statement gross PKR break settlement.amount 1 990.00",
                    "statement refund PKR agreed matched 1 -300.00",
                ])
        }
    }

    @Test("cod.status: the courier remitted for a parcel that isn't delivered")
    func remittedUndelivered() throws {
        try Bench.with { bench in
            try bench.door(1, orderStatus: "SHIPPED")
            try bench.door(2, "PENDING", orderStatus: "SHIPPED")
            try bench.door(3, orderStatus: "CANCELLED")
            try bench.importFile(
                try bench.write(
                    "tcs.csv",
                    Bench.tcs([
                        ("TN-1", "ORD-1", "1000.00"), ("TN-2", "", "1000.00"), ("TN-3", "ORD-3", "900.00"),
                    ])), as: "tcs")
            let outcome = try bench.reconcile()
            #expect(outcome.isComplete)
            #expect(
                try bench.openBreaks() == [
                    "cod.remittance_over payment:2 consequence 0.00",
                    "cod.remittance_short payment:3 consequence 0.00", "cod.status payment:1 root 0.00",
                    "cod.status payment:2 root 1000.00", "cod.status payment:3 root -100.00",
                    "order.paid_but_cancelled order:3 consequence 0.00",
                ])
        }
    }

    @Test(
        "a difference within the tolerance is agreed as rounding; one beyond it is a break, the whole of it",
        arguments: [("999.01", ""), ("1000.99", ""), ("999.00", "cod.remittance_short payment:1 root -1.00")])
    func tolerance(remitted: String, found: String) throws {
        try Bench.with(terms: true) { bench in
            try bench.door(1)
            try bench.importFile(
                try bench.write("tcs.csv", Bench.tcs([("TN-1", "ORD-1", remitted)])), as: "tcs")
            let outcome = try bench.reconcile()
            #expect(outcome.isComplete)
            #expect(try bench.openBreaks().filter { $0.contains("payment:") } == (found.isEmpty ? [] : [found]))
            let buckets = try bench.buckets().filter { $0.contains(" gross ") }
            let rounding = try #require(Decimal(string: remitted)) - 1000
            #expect(
                buckets
                    == (found.isEmpty
                        ? [
                            "statement gross PKR agreed matched 1 1000.00",
                            "statement gross PKR agreed rounding 1 \(rounding)",
                        ] : ["statement gross PKR break cod.remittance_short 1 \(remitted)"]))
        }
    }

    @Test("a payment smaller than the tolerance, remitted a hundredfold: another unit, and the night goes on")
    func belowTheTolerance() throws {
        try Bench.with(terms: true) { bench in
            try bench.door(1, amount: "0.01")
            try bench.importFile(try bench.write("tcs.csv", Bench.tcs([("TN-1", "ORD-1", "1.00")])), as: "tcs")
            let outcome = try bench.reconcile()
            #expect(outcome.isComplete)
            #expect(try bench.openBreaks().filter { $0.contains("payment:") } == ["amount.unit payment:1 root 0.00"])
        }
    }

    @Test("a chargeback in another currency is a control in that currency")
    func foreignChargeback() throws {
        try Bench.with { bench in
            try bench.card(1)
            try bench.importStripe([
                Bench.stripe("txn_1", charge: "ch_1"),
                Bench.stripe("txn_2", "dispute", gross: "-4.00", fee: "0.00", charge: "ch_1", currency: "usd"),
            ])
            let outcome = try bench.reconcile()
            #expect(outcome.isComplete)
            #expect(try bench.openBreaks() == ["settlement.chargeback payment:1 control 0.00"])
            #expect(
                try bench.text("SELECT concat_ws(' ', currency, actual) FROM mainspring.breaks") == "USD -4.00")
        }
    }

    @Test("a line that was settled in another currency counts with what the customer was charged")
    func converted() throws {
        try Bench.with { bench in
            try bench.order(1, currency: "USD")
            try bench.payment(
                1, order: 1, currency: "USD", transaction: "ch_1",
                answer: Bench.charge("ch_1", "1000.00", currency: "usd"))
            let row = try Bench.stripe("txn_1", gross: "279500.00", fee: "0.00", charge: "ch_1")
            var cells = row.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
            cells[12] = "1000.00"
            cells[13] = "usd"
            try bench.importStripe([cells.joined(separator: ",")])
            let outcome = try bench.reconcile()
            #expect(try bench.openBreaks() == [])
            #expect(outcome.isComplete)
            #expect(try bench.buckets().contains("statement gross USD agreed matched 1 1000.00"))
        }
    }
}
