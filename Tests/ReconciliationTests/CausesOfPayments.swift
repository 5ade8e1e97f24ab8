import Reconciliation

/// Facts about payments: what was taken, in which currency, in which unit, and by whom.
extension OneCauseTests {
    static let aboutPayments: [Fact] = [
        Fact("the gateway's name is misspelt", "gateway.unknown 0.00", then: ["settlement.orphan"]) { scene in
            let id = scene.id()
            try scene.bench.order(id)
            try scene.bench.payment(id, order: id, gateway: "Strype", transaction: "ch_\(id)", answer: scene.answer())
            try scene.stripe([.init()])
        },
        Fact(
            "the payment is kept under another gateway", "settlement.missing 0.00",
            then: ["response.unreadable", "settlement.orphan"]
        ) { scene in
            let id = scene.id()
            try scene.bench.order(id)
            try scene.bench.payment(id, order: id, gateway: "JazzCash", transaction: "ch_\(id)", answer: scene.answer())
            try scene.stripe([.init()])
        },
        Fact(
            "the shop's transaction id is mistyped", "transaction.mismatch 0.00",
            then: ["settlement.missing", "settlement.orphan"]
        ) { scene in
            let id = scene.id()
            try scene.bench.order(id)
            try scene.bench.payment(id, order: id, transaction: "ch_x\(id)", answer: scene.answer())
            try scene.stripe([.init()])
        },
        Fact(
            "the answer of another transaction, which failed", "transaction.mismatch -1000.00",
            then: ["settlement.missing", "status.mismatch"]
        ) { scene in
            try scene.bench.card(scene.id(), answer: scene.answer("1000.00", "ch_x\(scene.id())", failed: true))
        },
        Fact(
            "the answer of another transaction, a hundred times larger", "transaction.mismatch 0.00",
            then: ["amount.unit"]
        ) { scene in
            try scene.bench.card(scene.id(), answer: scene.answer("100000.00", "ch_x\(scene.id())"))
            try scene.stripe([.init()])
        },
        Fact("the answer of another transaction, in dollars", "transaction.mismatch 0.00", then: ["currency.mismatch"])
        {
            scene in
            try scene.bench.card(scene.id(), answer: scene.answer("900.00", "ch_x\(scene.id())", currency: "usd"))
            try scene.stripe([.init()])
        },
        Fact("the answer of another transaction, a smaller one", "transaction.mismatch 0.00", then: ["amount.mismatch"])
        {
            scene in
            try scene.bench.card(scene.id(), answer: scene.answer("900.00", "ch_x\(scene.id())"))
            try scene.stripe([.init()])
        },
        Fact(
            "the payment bears the id of another customer's charge in dollars", "transaction.mismatch -1000.00",
            then: ["settlement.amount", "settlement.currency"]
        ) { scene in
            try scene.bench.card(scene.id(), answer: scene.answer("1000.00", "ch_x\(scene.id())"))
            try scene.stripe([.init(gross: "40.00", currency: "usd")])
        },
        Fact(
            "the shop wrote down paisa", "amount.unit 990.00", then: ["order.underpaid", "settlement.amount"]
        ) { scene in
            let id = scene.id()
            try scene.bench.order(id)
            try scene.bench.payment(
                id, order: id, amount: "10.00", transaction: "ch_\(id)", answer: scene.answer())
            try scene.stripe([.init()])
        },
        Fact("the answer is in paisa: no amount.mismatch beside it", "amount.unit 0.00") { scene in
            try scene.bench.card(scene.id(), answer: scene.answer("100000.00"))
            try scene.stripe([.init()])
        },
        Fact(
            "the statement gives the charge in hundreds, its fee as it was", "amount.unit -990.00",
            then: ["settlement.amount", "settlement.fee"]
        ) { scene in
            try scene.bench.card(scene.id())
            // Something else in the payout, so that there is one.
            try scene.stripe([
                .init(gross: "10.00", fee: "64.00"), .init(type: "other_adjustment", gross: "100.00", charge: ""),
            ])
        },
        Fact(
            "the remittance gives the cash in hundreds, its costs as they were", "amount.unit -990.00",
            then: ["cod.charges", "cod.remittance_short"]
        ) { scene in
            let other = scene.id(1)
            try scene.bench.door(scene.id())
            try scene.bench.door(other)
            try scene.tcs([.init(cash: "10.00"), .init(consignment: "TN-\(other)")])
        },
        Fact(
            "the shop keeps paisa of a payment that it still awaits", "amount.unit 1000.00",
            then: ["order.underpaid", "response.unreadable", "settlement.amount", "settlement.status"]
        ) { scene in
            let id = scene.id()
            try scene.bench.order(id, "CONFIRMED")
            try scene.bench.payment(
                id, order: id, "PENDING", amount: "10.00", transaction: "ch_\(id)", answer: #"{"object": "charge"}"#)
            try scene.stripe([.init()])
        },
        Fact(
            "the shop keeps paisa of a parcel under way that the courier has delivered", "amount.unit 1000.00",
            then: ["cod.remittance_over", "cod.status"]
        ) { scene in
            let id = scene.id()
            try scene.bench.order(id, "SHIPPED", tracking: "TN-\(id)")
            try scene.bench.payment(
                id, order: id, "PENDING", method: "CASH_ON_DELIVERY", gateway: nil, amount: "10.00",
                at: "2026-06-04 09:00:00")
            try scene.tcs([.init()])
        },
        Fact(
            "charged in dollars, with the fee of rupees", "currency.mismatch -1000.00",
            then: ["settlement.amount", "settlement.fee"]
        ) { scene in
            try scene.bench.card(scene.id(), answer: scene.answer(currency: "usd"))
            try scene.stripe([.init(fee: "64.00", currency: "usd")])
        },
        Fact(
            "charged and refunded in dollars", "currency.mismatch 0.00",
            then: ["settlement.amount", "settlement.refund_missing"]
        ) { scene in
            let id = scene.id()
            try scene.bench.card(
                id, "REFUNDED", answer: scene.answer(refunded: "1000.00", currency: "usd"), orderStatus: "REFUNDED")
            try scene.stripe([.init(currency: "usd")])
        },
        Fact(
            "tried in dollars, and failed", "currency.mismatch -1000.00",
            then: ["settlement.missing", "status.mismatch"]
        ) { scene in
            try scene.bench.card(scene.id(), answer: scene.answer(failed: true, currency: "usd"))
        },
        Fact(
            "the shop keeps rupees of an order in dollars", "currency.mismatch -1000.00",
            then: ["order.currency", "order.underpaid", "settlement.amount"]
        ) { scene in
            let id = scene.id()
            try scene.bench.order(id, currency: "USD")
            try scene.bench.payment(id, order: id, transaction: "ch_\(id)", answer: scene.answer(currency: "usd"))
            try scene.stripe([.init(currency: "usd")])
        },
        Fact(
            "the line bears another currency, with the fee of the right one", "settlement.currency -1000.00",
            then: ["settlement.amount", "settlement.fee"]
        ) { scene in
            try scene.bench.card(scene.id())
            try scene.stripe([.init(fee: "64.00", currency: "usd")])
        },
        Fact(
            "the refund's line bears another currency", "settlement.currency 1000.00",
            then: ["settlement.amount", "settlement.refund_amount"]
        ) { scene in
            try scene.bench.card(
                scene.id(), "REFUNDED", answer: scene.answer(refunded: "1000.00"), orderStatus: "REFUNDED")
            try scene.stripe([
                .init(), .init(type: "refund", gross: "-1000.00", currency: "usd", payout: 1),
                .init(type: "other_adjustment", gross: "1000.00", charge: "", currency: "usd", payout: 1),
            ])
        },
        Fact(
            "the line bears another currency, and names the order only", "settlement.missing -1000.00",
            then: ["settlement.orphan"]
        ) { scene in
            try scene.bench.card(scene.id())
            try scene.stripe([.init(charge: "", order: "ORD-\(scene.id())", currency: "usd")])
        },
        Fact(
            "captured and settled by another amount", "amount.mismatch -100.00",
            then: ["order.overpaid", "settlement.amount"]
        ) { scene in
            let id = scene.id()
            try scene.bench.order(id)
            try scene.bench.payment(id, order: id, amount: "1100.00", transaction: "ch_\(id)", answer: scene.answer())
            try scene.stripe([.init()])
        },
        Fact(
            "a wrong total, which the payment's row repeats", "amount.mismatch -100.00",
            then: ["order.arithmetic", "settlement.amount"]
        ) { scene in
            try scene.bench.card(scene.id(), amount: "1100.00", answer: scene.answer())
            try scene.bench.run(
                "UPDATE order_items SET product_price = 1000, subtotal = 1000 WHERE order_id = \(scene.id())")
            try scene.stripe([.init()])
        },
        Fact("settled short, with the fee of the whole", "settlement.amount -100.00", then: ["settlement.fee"]) {
            scene in
            try scene.bench.card(scene.id())
            try scene.stripe([.init(gross: "900.00", fee: "64.00")])
        },
        Fact(
            "settled short, with the fee and the tax withheld of the whole", "settlement.amount -100.00",
            then: ["settlement.fee", "settlement.withholding"]
        ) { scene in try scene.jazzCash(gross: "900.00", fee: "20.00", tax: "3.20", withheld: "10.00") },
        Fact(
            "the shop wrote down less than was taken, and has no answer", "settlement.amount 100.00",
            then: ["order.underpaid", "response.missing"]
        ) { scene in
            let id = scene.id()
            try scene.bench.order(id)
            try scene.bench.payment(id, order: id, amount: "900.00", transaction: "ch_\(id)")
            try scene.stripe([.init()])
        },
        Fact(
            "the converted line shows another amount to the customer", "settlement.amount -10.00",
            then: ["settlement.fx"]
        ) { scene in
            try scene.dollars()
            try scene.stripe([.init(gross: "27950.00", shown: ("90.00", "usd"))])
        },
        Fact("remitted short, with the charges of the whole", "cod.remittance_short -100.00", then: ["cod.charges"]) {
            scene in
            try scene.bench.door(scene.id())
            try scene.tcs([.init(cash: "900.00")])
        },
        Fact("waits for three weeks, and nothing else is wrong", "payment.stuck 0.00") { scene in
            try scene.bench.card(scene.id(), "PROCESSING", answer: #"{"object": "charge"}"#, orderStatus: "PENDING")
            try scene.bench.run("UPDATE payments SET gateway_response = NULL WHERE payment_id = \(scene.id())")
        },
    ]
}
