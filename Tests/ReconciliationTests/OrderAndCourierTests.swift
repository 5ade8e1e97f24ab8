import Postgres
import Reconciliation
import Testing

@Suite("Orders and couriers")
struct OrderAndCourierTests {
    @Test("order.arithmetic: items, subtotal and total must agree")
    func arithmetic() throws {
        try Bench.with { bench in
            for id in 1...4 { try bench.card(id) }
            try bench.run(
                """
                UPDATE order_items SET product_price = 900, subtotal = 900 WHERE order_id = 1;
                UPDATE order_items SET subtotal = 1000, product_price = 500 WHERE order_id = 2;
                UPDATE orders SET total_amount = 1100 WHERE order_id = 3;
                DELETE FROM order_items WHERE order_id = 4;
                """)
            try bench.importStripe((1...4).map { try Bench.stripe("txn_\($0)", charge: "ch_\($0)") })
            try bench.reconcile()
            #expect(
                try bench.openBreaks() == [
                    "order.arithmetic order:1 root 100.00", "order.arithmetic order:2 root 500.00",
                    "order.arithmetic order:3 root 100.00", "order.arithmetic order:4 root 1000.00",
                    "order.underpaid order:3 consequence 0.00",
                ])
        }
    }

    @Test("order.underpaid: what is due follows the order's status, the door and the advance")
    func underpaid() throws {
        try Bench.with { bench in
            // Prepaid: the total from CONFIRMED on.
            for (id, status) in [(1, "PENDING"), (2, "CONFIRMED"), (3, "SHIPPED"), (4, "CANCELLED"), (5, "DELIVERED")] {
                try bench.order(id, status, total: "1000.00")
                try bench.payment(
                    id, order: id, amount: "800.00", transaction: "ch_\(id)", answer: Bench.charge("ch_\(id)", "800.00")
                )
            }
            // At the door: the advance first, the rest on delivery.
            for (id, status, advance) in [
                (6, "CONFIRMED", "200.00"), (7, "CONFIRMED", nil), (8, "DELIVERED", "200.00"),
            ] {
                try bench.order(id, status, tracking: "TN-\(id)", delivered: nil, advance: advance)
                try bench.payment(
                    id, order: id, "PENDING", method: "CASH_ON_DELIVERY", gateway: nil, amount: "800.00")
            }
            try bench.importStripe(
                (1...5).map { try Bench.stripe("txn_\($0)", gross: "800.00", charge: "ch_\($0)") })
            try bench.reconcile()
            #expect(
                try bench.openBreaks() == [
                    "order.advance_missing order:6 root -200.00", "order.paid_but_cancelled order:4 root 800.00",
                    "order.underpaid order:2 root -200.00", "order.underpaid order:3 root -200.00",
                    "order.underpaid order:5 root -200.00", "order.underpaid order:8 root -1000.00",
                ])
        }
    }

    @Test("an order counts what was captured in its own currency")
    func otherCurrency() throws {
        try Bench.with { bench in
            try bench.order(1, total: "1000.00", currency: "USD")
            try bench.payment(1, order: 1, transaction: "ch_1", answer: Bench.charge("ch_1", "1000.00"))
            try bench.importStripe([Bench.stripe("txn_1", charge: "ch_1")])
            try bench.reconcile()
            #expect(
                try bench.openBreaks() == [
                    "order.currency order:1 root -1000.00", "order.underpaid order:1 consequence 0.00",
                ])
        }
    }

    @Test("a courier's remittance: agreed, short, over, missing, unknown, not due; cod.*, never settlement.*")
    func remittance() throws {
        try Bench.with { bench in
            for id in 1...4 { try bench.door(id) }
            try bench.door(5, delivered: "2026-06-25")
            let path = try bench.write(
                "tcs.csv",
                Bench.tcs([
                    ("TN-1", "ORD-1", "1000.00"), ("TN-2", "", "900.00"), ("TN-3", "ORD-3", "1100.00"),
                    ("TN-77", "", "450.00"),
                ]))
            try bench.importFile(path, as: "tcs")
            try bench.reconcile()
            let digest = try #require(try bench.text("SELECT left(sha256, 16) FROM mainspring.files"))
            #expect(
                try bench.openBreaks() == [
                    "cod.remittance_missing payment:4 root -1000.00", "cod.remittance_over payment:3 root 100.00",
                    "cod.remittance_short payment:2 root -100.00",
                    "cod.unknown_tracking line:\(digest):5 root 450.00",
                ])
            #expect(
                try bench.text("SELECT string_agg(DISTINCT plane || ' ' || channel, ',') FROM mainspring.breaks")
                    == "courier tcs")
            #expect(try bench.text("SELECT matched_by FROM mainspring.lines WHERE line_no = 2") == "merchant_reference")
            #expect(try bench.text("SELECT matched_by FROM mainspring.lines WHERE line_no = 3") == "tracking_number")
            #expect(try bench.buckets().contains("ledger capture PKR in_transit_gateway not due 1 1000.00"))
        }
    }

    @Test("each carrier is a channel of its own, its name folded")
    func carriers() throws {
        try Bench.with { bench in
            try bench.order(1, carrier: "M & P", tracking: "MP-1")
            try bench.payment(1, order: 1, method: "CASH_ON_DELIVERY", gateway: nil)
            try bench.order(2, carrier: nil)
            try bench.payment(2, order: 2, method: "CASH_ON_DELIVERY", gateway: nil)
            try bench.reconcile()
            #expect(
                try bench.text("SELECT string_agg(channel, ' ' ORDER BY channel) FROM mainspring.breaks")
                    == "courier mp")
        }
    }

    @Test("what is refunded for a payment at the door does not come through the courier")
    func doorRefund() throws {
        try Bench.with { bench in
            try bench.door(1, "REFUNDED", orderStatus: "REFUNDED")
            try bench.importFile(try bench.write("tcs.csv", Bench.tcs([("TN-1", "ORD-1", "1000.00")])), as: "tcs")
            try bench.reconcile()
            #expect(try bench.openBreaks() == [])
            #expect(
                try bench.buckets() == [
                    "ledger capture PKR agreed matched 1 1000.00",
                    "ledger refund PKR excluded refunded elsewhere 1 -1000.00",
                    "statement gross PKR agreed matched 1 1000.00",
                ])
        }
    }

    @Test("an order number matches only where one captured payment can be meant")
    func ambiguous() throws {
        try Bench.with { bench in
            try bench.order(1, total: "2000.00")
            for id in 1...2 {
                try bench.payment(id, order: 1, transaction: "ch_\(id)", answer: Bench.charge("ch_\(id)", "1000.00"))
            }
            try bench.card(3)
            try bench.importStripe([
                Bench.stripe("txn_1", order: "ORD-1"), Bench.stripe("txn_3", charge: "ch_other", order: "ORD-3"),
            ])
            try bench.reconcile()
            let breaks = try bench.openBreaks()
            #expect(breaks.filter { $0.hasPrefix("settlement.missing") }.count == 2)
            #expect(breaks.filter { $0.hasPrefix("settlement.orphan") }.count == 1)
            #expect(breaks.count == 3)
        }
    }
}
