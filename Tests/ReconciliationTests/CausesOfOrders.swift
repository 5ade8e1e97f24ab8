import Reconciliation

/// Facts about statuses and orders: what became of a payment, of a parcel, of the order's own sums.
extension OneCauseTests {
    static let aboutStatuses: [Fact] = [
        Fact(
            "the shop still awaits what was captured", "status.mismatch 1000.00",
            then: ["order.underpaid", "settlement.amount"]
        ) { scene in
            try scene.bench.card(scene.id(), "PENDING", orderStatus: "CONFIRMED")
            try scene.stripe([.init()])
        },
        Fact(
            "a cancelled order's payment failed", "status.mismatch -1000.00",
            then: ["order.paid_but_cancelled", "settlement.missing"]
        ) { scene in
            try scene.bench.card(scene.id(), answer: scene.answer(failed: true), orderStatus: "CANCELLED")
        },
        Fact(
            "the order says refunded, its payment says pending", "status.mismatch 0.00",
            then: ["order.refunded_unpaid", "settlement.amount", "settlement.refund_unrecorded"]
        ) { scene in
            try scene.bench.card(
                scene.id(), "PENDING", answer: scene.answer(refunded: "1000.00"), orderStatus: "REFUNDED")
            try scene.stripe([
                .init(), .init(type: "refund", gross: "-900.00"), .init(type: "refund", gross: "-100.00"),
                .init(type: "other_adjustment", gross: "100.00", charge: ""),
            ])
        },
        Fact(
            "the shop says refunded, and nothing went back", "status.mismatch 1000.00",
            then: ["order.refund_unrecorded", "settlement.refund_missing"]
        ) { scene in
            try scene.bench.card(scene.id(), "REFUNDED", orderStatus: "DELIVERED")
            try scene.stripe([.init()])
        },
        Fact(
            "a chargeback that the shop wrote down as a refund", "status.mismatch 1000.00",
            then: ["settlement.double_loss", "settlement.refund_missing"], controls: ["settlement.chargeback"]
        ) { scene in
            try scene.bench.card(scene.id(), "REFUNDED", orderStatus: "REFUNDED")
            try scene.stripe([
                .init(), .init(type: "dispute", gross: "-1000.00"),
                .init(type: "other_adjustment", gross: "100.00", charge: ""),
            ])
        },
        Fact(
            "paid twice, says the shop; the second one failed", "status.mismatch -1000.00",
            then: ["order.overpaid", "payment.duplicate", "settlement.missing"]
        ) { scene in
            try scene.bench.card(scene.id())
            let second = scene.id(1)
            try scene.bench.payment(
                second, order: scene.id(), transaction: "ch_\(second)",
                answer: scene.answer("1000.00", "ch_\(second)", failed: true), at: "2026-06-01 09:00:00")
            try scene.stripe([.init()])
        },
        Fact(
            "an item was added, and its payment is still awaited", "status.mismatch 300.00",
            then: ["order.edited_after_capture", "order.underpaid", "settlement.amount"]
        ) { scene in
            try scene.bench.card(scene.id())
            try scene.addItem()
            let second = scene.id(1)
            try scene.bench.payment(
                second, order: scene.id(), "PENDING", amount: "300.00", transaction: "ch_\(second)",
                answer: scene.answer("300.00", "ch_\(second)"), at: "2026-06-02 09:00:00")
            try scene.stripe([.init(), .init(gross: "300.00", charge: "ch_\(second)")])
        },
        Fact(
            "the parcel was delivered, and the shop has not seen it", "cod.status 1000.00",
            then: ["cod.remittance_over"]
        ) { scene in
            try scene.bench.door(scene.id(), "PENDING", orderStatus: "SHIPPED")
            try scene.tcs([.init()])
        },
        Fact(
            "the whole was collected at the door before the advance came", "cod.status 1000.00",
            then: ["cod.remittance_over", "order.advance_missing"]
        ) { scene in
            let id = scene.id()
            try scene.bench.order(id, "SHIPPED", tracking: "TN-\(id)", advance: "200.00")
            try scene.bench.payment(id, order: id, "PENDING", method: "CASH_ON_DELIVERY", gateway: nil)
            try scene.tcs([.init()])
        },
        Fact("cancelled after it was delivered and paid", "cod.status 0.00", then: ["order.paid_but_cancelled"]) {
            scene in
            try scene.bench.door(scene.id(), orderStatus: "CANCELLED")
            try scene.tcs([.init()])
        },
        Fact(
            "settled, and the answer decides nothing", "settlement.status 1000.00",
            then: ["order.underpaid", "response.unreadable", "settlement.amount"]
        ) { scene in
            try scene.bench.card(scene.id(), "PENDING", answer: #"{"object": "charge"}"#, orderStatus: "CONFIRMED")
            try scene.stripe([.init()])
        },
        Fact("no trace of the payment at the gateway", "settlement.missing -1000.00", then: ["response.missing"]) {
            scene in
            let id = scene.id()
            try scene.bench.order(id)
            try scene.bench.payment(id, order: id, transaction: "ch_\(id)")
        },
        Fact(
            "refunded at the gateway; the shop wrote it on the order only", "settlement.refund_unrecorded -1000.00",
            then: ["order.refund_missing"]
        ) { scene in
            try scene.bench.card(scene.id(), orderStatus: "REFUNDED")
            try scene.stripe([
                .init(), .init(type: "refund", gross: "-1000.00"),
                .init(type: "other_adjustment", gross: "100.00", charge: ""),
            ])
        },
        Fact(
            "the rest of a refund that the shop knows a part of", "settlement.refund_amount -600.00",
            then: ["order.refund_partial"]
        ) { scene in
            try scene.bench.card(scene.id(), answer: scene.answer(refunded: "400.00"), orderStatus: "REFUNDED")
            try scene.stripe([
                .init(), .init(type: "refund", gross: "-1000.00"),
                .init(type: "other_adjustment", gross: "100.00", charge: ""),
            ])
        },
        Fact(
            "brought back, says the courier; delivered and collected, says the shop", "cod.remittance_missing -1255.20",
            then: ["cod.returned_charge"]
        ) { scene in
            try scene.bench.door(scene.id())
            try scene.returned()
        },
        Fact(
            "brought back, says the courier; delivered and not collected, says the shop",
            "cod.returned_charge -1255.20",
            then: ["order.underpaid"]
        ) { scene in
            try scene.bench.door(scene.id(), "PENDING")
            try scene.returned()
        },
    ]

    static let aboutOrders: [Fact] = [
        Fact("paid in another currency", "order.currency -1000.00", then: ["order.underpaid"]) { scene in
            let id = scene.id()
            try scene.bench.order(id, currency: "USD")
            try scene.bench.payment(id, order: id, transaction: "ch_\(id)", answer: scene.answer())
            try scene.stripe([.init()])
        },
        Fact("a total that its items don't come to", "order.arithmetic 100.00", then: ["order.underpaid"]) { scene in
            try scene.bench.card(scene.id())
            try scene.bench.run("UPDATE orders SET total_amount = 1100 WHERE order_id = \(scene.id())")
            try scene.stripe([.init()])
        },
        Fact("an item added after it was paid", "order.edited_after_capture -300.00", then: ["order.underpaid"]) {
            scene in
            try scene.bench.card(scene.id())
            try scene.addItem()
            try scene.stripe([.init()])
        },
        Fact(
            "an item exchanged, and paid for anew", "order.edited_after_capture 1000.00",
            then: ["order.overpaid", "payment.duplicate"]
        ) { scene in
            try scene.paidTwice()
            try scene.bench.run("UPDATE order_items SET created_at = '2026-06-02' WHERE order_id = \(scene.id())")
        },
        Fact("paid twice", "payment.duplicate 1000.00", then: ["order.overpaid"]) { scene in try scene.paidTwice() },
        Fact("cancelled after it was paid", "order.paid_but_cancelled 1000.00") { scene in
            try scene.bench.card(scene.id(), orderStatus: "CANCELLED")
            try scene.stripe([.init()])
        },
        Fact(
            "a line that names the order, which the shop has no payment of", "settlement.orphan 1000.00",
            then: ["order.underpaid"]
        ) { scene in
            try scene.bench.order(scene.id(), "CONFIRMED")
            try scene.stripe([.init(order: "ORD-\(scene.id())")])
        },
    ]
}

extension Scene {
    /// Two payments of one order, both captured and settled.
    fileprivate mutating func paidTwice() throws {
        let second = id(1)
        try bench.card(id())
        try bench.payment(
            second, order: id(), transaction: "ch_\(second)", answer: answer("1000.00", "ch_\(second)"),
            at: "2026-06-01 09:00:00")
        try stripe([Line(), Line(charge: "ch_\(second)")])
    }

    /// The courier charges the agreed price for bringing the parcel back, and remits another.
    fileprivate mutating func returned() throws {
        let other = id(1)
        try bench.door(other)
        try tcs([
            Parcel(status: "RETURNED", cash: "0.00", costs: ["220.00", "35.20", "0.00", "0.00"]),
            Parcel(consignment: "TN-\(other)"),
        ])
    }
}
