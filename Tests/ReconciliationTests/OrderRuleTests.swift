import Postgres
import Reconciliation
import Testing

/// docs/reconciliation.md, “Break codes”, of an order: one difference of money an order, one root.
@Suite("What an order says against what was paid")
struct OrderRuleTests {
    /// An order of 1,000.00 PKR and what was paid for it; amounts in rupees.
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let status: String
        var advance: String?
        var currency = "PKR"
        /// Card payments that statement and gateway confirm: amount, refunded, currency.
        var paid: [(amount: String, refunded: String, currency: String)] = []
        /// A payment at the door that waits.
        var door = false
        /// SQL that changes the shop before the night.
        var change = ""
        let breaks: [String]
        var testDescription: String { name }
    }

    static let cases = [
        Case(name: "nothing is due before it is confirmed", status: "PENDING", breaks: []),
        Case(
            name: "underpaid", status: "CONFIRMED", paid: [("800.00", "0", "PKR")],
            breaks: ["order.underpaid order:1 root -200.00"]),
        Case(name: "nothing paid", status: "DELIVERED", breaks: ["order.underpaid order:1 root -1000.00"]),
        Case(
            name: "a partial refund of a delivered order", status: "DELIVERED", paid: [("1000.00", "100.00", "PKR")],
            breaks: []),
        Case(
            name: "overpaid", status: "DELIVERED", paid: [("1200.00", "0", "PKR")],
            breaks: ["order.overpaid order:1 root 200.00"]),
        Case(
            name: "overpaid, and the rest given back", status: "DELIVERED", paid: [("1200.00", "200.00", "PKR")],
            breaks: []),
        Case(
            name: "two payments that are both needed, and too much in all", status: "DELIVERED",
            paid: [("800.00", "0", "PKR"), ("400.00", "0", "PKR")],
            breaks: ["order.overpaid order:1 root 200.00"]),
        Case(
            name: "paid twice", status: "DELIVERED", paid: [("1000.00", "0", "PKR"), ("1000.00", "0", "PKR")],
            breaks: ["order.overpaid order:1 consequence 0.00", "payment.duplicate payment:2 root 1000.00"]),
        Case(
            name: "paid twice before it is confirmed", status: "PENDING",
            paid: [("1000.00", "0", "PKR"), ("1000.00", "0", "PKR")],
            breaks: ["order.overpaid order:1 consequence 0.00", "payment.duplicate payment:2 root 1000.00"]),
        Case(
            name: "the advance is paid, the rest waits at the door", status: "SHIPPED", advance: "200.00",
            paid: [("200.00", "0", "PKR")], door: true, breaks: []),
        Case(
            name: "no advance", status: "SHIPPED", advance: "200.00", door: true,
            breaks: ["order.advance_missing order:1 root -200.00"]),
        Case(
            name: "delivered, and nothing collected", status: "DELIVERED", advance: "200.00",
            paid: [("200.00", "0", "PKR")], door: true, breaks: ["order.underpaid order:1 root -800.00"]),
        Case(
            name: "cancelled and paid", status: "CANCELLED", paid: [("1000.00", "0", "PKR")],
            breaks: ["order.paid_but_cancelled order:1 root 1000.00"]),
        Case(
            name: "cancelled and a part given back", status: "CANCELLED", paid: [("1000.00", "400.00", "PKR")],
            breaks: ["order.paid_but_cancelled order:1 root 600.00"]),
        Case(name: "cancelled and given back", status: "CANCELLED", paid: [("1000.00", "1000.00", "PKR")], breaks: []),
        Case(name: "refunded", status: "REFUNDED", paid: [("1000.00", "1000.00", "PKR")], breaks: []),
        Case(
            name: "refunded, and nothing went back", status: "REFUNDED", paid: [("1000.00", "0", "PKR")],
            breaks: ["order.refund_missing order:1 root 1000.00"]),
        Case(
            name: "refunded, and a part went back", status: "REFUNDED", paid: [("1000.00", "400.00", "PKR")],
            breaks: ["order.refund_partial order:1 root 600.00"]),
        Case(
            name: "refunded, and never captured", status: "REFUNDED",
            breaks: ["order.refunded_unpaid order:1 root 0.00"]),
        Case(
            name: "all went back, and the order doesn't say so", status: "DELIVERED",
            paid: [("1000.00", "1000.00", "PKR")], breaks: ["order.refund_unrecorded order:1 root -1000.00"]),
        Case(
            name: "paid in another currency", status: "DELIVERED", currency: "USD", paid: [("1000.00", "0", "PKR")],
            breaks: ["order.currency order:1 root -1000.00", "order.underpaid order:1 consequence 0.00"]),
        Case(
            name: "paid in another currency, and nothing is due", status: "PENDING", currency: "USD",
            paid: [("1000.00", "0", "PKR")], breaks: ["order.currency order:1 root 0.00"]),
        Case(
            name: "an item added after it was paid", status: "DELIVERED", paid: [("1000.00", "0", "PKR")],
            change: """
                INSERT INTO order_items (order_id, product_name, product_price, quantity, subtotal, created_at)
                    VALUES (1, 'Strap', 300, 1, 300, '2026-06-02 08:00:00');
                UPDATE orders SET subtotal = 1300, total_amount = 1300
                """,
            breaks: [
                "order.edited_after_capture order:1 root -300.00", "order.underpaid order:1 consequence 0.00",
            ]),
        Case(
            name: "an item added within a minute of paying is the same sitting", status: "DELIVERED",
            paid: [("900.00", "0", "PKR")],
            change: "UPDATE order_items SET created_at = '2026-06-01 08:06:00'",
            breaks: ["order.underpaid order:1 root -100.00"]),
        Case(
            name: "an item exchanged and all of it paid", status: "DELIVERED", paid: [("1000.00", "0", "PKR")],
            change: "UPDATE order_items SET created_at = '2026-06-02 08:06:00'", breaks: []),
        Case(
            name: "items exchanged for more after paying twice: the edit is the cause", status: "DELIVERED",
            paid: [("1000.00", "0", "PKR"), ("1000.00", "0", "PKR")],
            change: "UPDATE order_items SET created_at = '2026-06-02 08:06:00'",
            breaks: [
                "order.edited_after_capture order:1 root 1000.00", "order.overpaid order:1 consequence 0.00",
                "payment.duplicate payment:2 consequence 0.00",
            ]),
        Case(
            name: "a total that its items don't come to, where just these were paid", status: "DELIVERED",
            paid: [("1000.00", "0", "PKR")], change: "UPDATE orders SET total_amount = 1100",
            breaks: ["order.arithmetic order:1 root 100.00", "order.underpaid order:1 consequence 0.00"]),
        Case(
            name: "wrong sums and an underpayment that they don't explain", status: "DELIVERED",
            paid: [("900.00", "0", "PKR")], change: "UPDATE orders SET total_amount = 1100",
            breaks: ["order.arithmetic order:1 root 100.00", "order.underpaid order:1 root -200.00"]),
        Case(
            name: "cancelled, its second payment failed at the gateway", status: "DELIVERED",
            paid: [("1000.00", "0", "PKR"), ("1000.00", "0", "PKR")],
            change: """
                UPDATE payments SET gateway_response = gateway_response || '{"status": "failed", "captured": false}'
                WHERE payment_id = 2;
                DELETE FROM mainspring.lines WHERE transaction_id = 'ch_2'
                """,
            breaks: [
                "order.overpaid order:1 consequence 0.00", "payment.duplicate payment:2 consequence 0.00",
                "settlement.missing payment:2 consequence 0.00", "status.mismatch payment:2 root -1000.00",
            ]),
    ]

    @Test("each rule, and what follows from what", arguments: cases)
    func rule(_ rule: Case) throws {
        try Bench.with { bench in
            try bench.order(1, rule.status, currency: rule.currency, tracking: "TN-1", advance: rule.advance)
            var rows: [String] = []
            for (index, paid) in rule.paid.enumerated() {
                let id = index + 1
                let all = paid.refunded == paid.amount
                try bench.payment(
                    id, order: 1, all ? "REFUNDED" : "COMPLETED", amount: paid.amount, currency: paid.currency,
                    transaction: "ch_\(id)",
                    answer: Bench.charge("ch_\(id)", paid.amount, refunded: paid.refunded),
                    at: "2026-06-01 08:05:0\(id)")
                rows.append(try Bench.stripe("txn_\(id)", gross: paid.amount, charge: "ch_\(id)"))
                if paid.refunded != "0" {
                    rows.append(
                        try Bench.stripe(
                            "txn_r\(id)", "refund", gross: "-\(paid.refunded)", fee: "0.00", charge: "ch_\(id)"))
                }
            }
            if rule.door {
                try bench.payment(
                    9, order: 1, "PENDING", method: "CASH_ON_DELIVERY", gateway: nil, amount: "800.00")
            }
            if !rows.isEmpty { try bench.importStripe(rows) }
            try bench.run(rule.change)
            let outcome = try bench.reconcile()
            #expect(try bench.openBreaks() == rule.breaks)
            #expect(outcome.isComplete)
            #expect(try bench.reconcile().rowsChanged == 0)
            let strays = try bench.text(
                """
                SELECT string_agg(b.code, ', ') FROM mainspring.breaks AS b
                LEFT JOIN mainspring.breaks AS r ON r.break_id = b.root_break_id AND r.role = 'root'
                WHERE b.role = 'consequence' AND r.break_id IS NULL
                """)
            #expect(strays == nil, "a consequence names a root that is open")
        }
    }

    /// What the gateway or its statement says of the payment of an order, which explains the order's difference.
    @Test(
        "an order's difference follows from the payment whose record is wrong",
        arguments: [
            // The gateway took what the shop still awaits.
            ("CONFIRMED", "PENDING", "1000.00", "", "order.underpaid", "status.mismatch"),
            // The gateway never captured what a cancelled order is said to hold.
            (
                "CANCELLED", "COMPLETED", "1000.00", #"{"status": "failed", "captured": false}"#,
                "order.paid_but_cancelled", "status.mismatch"
            ),
            (
                "REFUNDED", "PENDING", "1000.00", #"{"refunded": true, "amount_refunded": 100000}"#,
                "order.refunded_unpaid", "status.mismatch"
            ),
            (
                "DELIVERED", "REFUNDED", "1000.00", #"{"refunded": false, "amount_refunded": 0}"#,
                "order.refund_unrecorded", "status.mismatch"
            ),
            // The gateway captured the whole, the shop wrote down less.
            ("DELIVERED", "COMPLETED", "900.00", "", "order.underpaid", "amount.mismatch"),
            ("DELIVERED", "COMPLETED", "1100.00", "", "order.overpaid", "amount.mismatch"),
        ])
    func follows(
        order: String, payment: String, amount: String, answer: String, code: String, root: String
    ) throws {
        try Bench.with { bench in
            try bench.order(1, order)
            try bench.payment(
                1, order: 1, payment, amount: amount, transaction: "ch_1", answer: Bench.charge("ch_1", "1000.00"),
                at: "2026-06-29 08:00:00")
            if !answer.isEmpty {
                try bench.run("UPDATE payments SET gateway_response = gateway_response || '\(answer)'")
            }
            let outcome = try bench.reconcile()
            let found = try bench.openBreaks()
            #expect(found.contains("\(code) order:1 consequence 0.00"), "\(found)")
            #expect(found.filter { $0.contains(" root ") }.map { $0.prefix(while: { $0 != " " }) } == [root[...]])
            #expect(
                try bench.text(
                    """
                    SELECT r.code FROM mainspring.breaks AS b
                    JOIN mainspring.breaks AS r ON r.break_id = b.root_break_id WHERE b.code = '\(code)'
                    """) == root)
            #expect(outcome.isComplete)
        }
    }

    /// What only the statement says of an order's payment.
    struct Settled: Sendable {
        let order: String
        let payment: String
        var amount = "1000.00"
        var refunded = "0"
        let lines: [(type: String, gross: String)]
        let breaks: [String]
    }

    static let settled = [
        // Refunded at the gateway; the shop wrote it on the order and not on the payment.
        Settled(
            order: "REFUNDED", payment: "COMPLETED", lines: [("charge", "1000.00"), ("refund", "-1000.00")],
            breaks: [
                "order.refund_missing order:1 consequence 0.00",
                "settlement.refund_unrecorded payment:1 root -1000.00",
            ]),
        Settled(
            order: "CANCELLED", payment: "COMPLETED", lines: [("charge", "1000.00"), ("refund", "-1000.00")],
            breaks: [
                "order.paid_but_cancelled order:1 consequence 0.00",
                "settlement.refund_unrecorded payment:1 root -1000.00",
            ]),
        // The rest of a refund that the shop knows a part of.
        Settled(
            order: "REFUNDED", payment: "COMPLETED", refunded: "400.00",
            lines: [("charge", "1000.00"), ("refund", "-1000.00")],
            breaks: [
                "order.refund_partial order:1 consequence 0.00", "settlement.refund_amount payment:1 root -600.00",
            ]),
        // A refund of which neither the order nor the statement knows.
        Settled(
            order: "DELIVERED", payment: "COMPLETED", refunded: "1000.00", lines: [("charge", "1000.00")],
            breaks: [
                "order.refund_unrecorded order:1 consequence 0.00",
                "settlement.refund_missing payment:1 consequence 0.00", "status.mismatch payment:1 root 1000.00",
            ]),
        // Settled, while the shop awaits it and the gateway never said.
        Settled(
            order: "CONFIRMED", payment: "PENDING", lines: [("charge", "1000.00")],
            breaks: [
                "order.underpaid order:1 consequence 0.00", "settlement.amount payment:1 consequence 0.00",
                "settlement.status payment:1 root 1000.00",
            ]),
        // The shop wrote down rupees as paisa.
        Settled(
            order: "DELIVERED", payment: "COMPLETED", amount: "10.00", lines: [("charge", "1000.00")],
            breaks: [
                "amount.unit payment:1 root 990.00", "order.underpaid order:1 consequence 0.00",
                "settlement.amount payment:1 consequence 0.00",
            ]),
        // The shop wrote down less than was charged, or more.
        Settled(
            order: "DELIVERED", payment: "COMPLETED", amount: "900.00", lines: [("charge", "1000.00")],
            breaks: ["order.underpaid order:1 consequence 0.00", "settlement.amount payment:1 root 100.00"]),
        Settled(
            order: "DELIVERED", payment: "COMPLETED", amount: "1100.00", lines: [("charge", "1000.00")],
            breaks: ["order.overpaid order:1 consequence 0.00", "settlement.amount payment:1 root -100.00"]),
        // The statement's difference is not the order's: two roots.
        Settled(
            order: "DELIVERED", payment: "COMPLETED", amount: "900.00", lines: [("charge", "800.00")],
            breaks: ["order.underpaid order:1 root -100.00", "settlement.amount payment:1 root -100.00"]),
    ]

    @Test("an order's difference follows from what only the statement says", arguments: settled.indices)
    func followsStatement(index: Int) throws {
        let rule = Self.settled[index]
        try Bench.with { bench in
            try bench.order(1, rule.order)
            // An answer that says nothing of the status, so that the statement alone speaks; refunds need one that does.
            let silent = rule.payment == "PENDING" || rule.amount == "10.00"
            try bench.payment(
                1, order: 1, rule.payment, amount: rule.amount, transaction: "ch_1",
                answer: silent ? nil : Bench.charge("ch_1", rule.amount, refunded: rule.refunded))
            try bench.importStripe(
                try rule.lines.enumerated().map {
                    try Bench.stripe("txn_\($0)", $1.type, gross: $1.gross, fee: "0.00", charge: "ch_1")
                })
            let outcome = try bench.reconcile()
            #expect(outcome.isComplete)
            #expect(try bench.openBreaks().filter { !$0.hasPrefix("response.missing") } == rule.breaks)
        }
    }

    @Test("order.currency follows from a payment that the shop keeps in a currency in which the gateway never charged")
    func currencyFollows() throws {
        try Bench.with { bench in
            try bench.order(1, total: "1000.00", currency: "USD")
            try bench.payment(
                1, order: 1, transaction: "ch_1", answer: Bench.charge("ch_1", "1000.00", currency: "usd"))
            try bench.importStripe([Bench.stripe("txn_1", charge: "ch_1", currency: "usd")])
            try bench.reconcile()
            #expect(
                try bench.openBreaks() == [
                    "currency.mismatch payment:1 root -1000.00", "order.currency order:1 consequence 0.00",
                    "order.underpaid order:1 consequence 0.00", "settlement.amount payment:1 consequence 0.00",
                ])
        }
    }
}
