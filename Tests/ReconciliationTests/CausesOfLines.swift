import Reconciliation

/// Facts about lines, payouts and the bank; and those that only an amount would connect.
extension OneCauseTests {
    static let aboutLines: [Fact] = [
        Fact("the net of nobody's line is wrong", "settlement.line_arithmetic 1010.00", then: ["settlement.orphan"]) {
            scene in
            try scene.stripe([.init(net: "946.00")])
        },
        Fact(
            "the net of nobody's converted line is wrong", "settlement.line_arithmetic 27960.00",
            then: ["settlement.orphan"]
        ) { scene in
            try scene.stripe([.init(gross: "27950.00", fee: "980.30", net: "26979.70", shown: ("100.00", "usd"))])
        },
        Fact(
            "the net of an unknown consignment's line is wrong", "settlement.line_arithmetic 1010.00",
            then: ["cod.unknown_tracking"]
        ) { scene in try scene.tcs([.init(net: "688.22")]) },
        Fact("a net that adds up to nothing, and its fee with it", "settlement.line_arithmetic 10.00") { scene in
            try scene.bench.card(scene.id())
            try scene.stripe([.init(fee: "70.00", net: "940.00")])
        },
        Fact("a net that is wrong; the payout is right", "settlement.line_arithmetic 0.00", then: ["payout.total"]) {
            scene in
            try scene.bench.card(scene.id())
            try scene.stripe([.init(net: "946.00")], paid: [0: "936.00"])
        },
        Fact(
            "a courier's net that is wrong; the bank is right", "settlement.line_arithmetic 0.00",
            then: ["bank.payout_amount"]
        ) { scene in
            try scene.bench.door(scene.id())
            try scene.tcs([.init(net: "688.22")], banked: "678.22")
        },
        Fact(
            "a line twice in one file, and twice in the payout", "settlement.duplicate 1000.00", then: ["payout.total"]
        ) {
            scene in
            try scene.bench.card(scene.id())
            try scene.stripe([.init(id: "a"), .init(id: "a")])
        },
        Fact("twice in one file, the second with another fee", "settlement.duplicate 1000.00") { scene in
            try scene.bench.card(scene.id())
            try scene.stripe([.init(id: "a"), .init(fee: "70.00", id: "a")], paid: [0: "936.00"])
        },
        Fact(
            "a fee that was put right, with the payout", "settlement.line_changed 0.00",
            then: ["payout.total", "settlement.fee"]
        ) { scene in
            try scene.bench.card(scene.id())
            try scene.stripe([.init(fee: "76.00", id: "a")], paid: [0: "936.00"])
            try scene.again(.init(id: "a"))
        },
        Fact(
            "a net that was put right", "settlement.line_changed 0.00",
            then: ["payout.total", "settlement.line_arithmetic"]
        ) {
            scene in
            try scene.bench.card(scene.id())
            try scene.stripe([.init(net: "946.00", id: "a")], paid: [0: "936.00"])
            try scene.again(.init(id: "a"))
        },
        Fact("an amount that was put right", "settlement.line_changed -100.00", then: ["settlement.amount"]) { scene in
            try scene.bench.card(scene.id())
            try scene.stripe([.init(gross: "900.00", id: "a")])
            try scene.again(.init(id: "a"))
        },
        Fact(
            "a line without its charge, which came again with it", "settlement.line_changed 0.00",
            then: ["settlement.missing", "settlement.orphan"]
        ) { scene in
            try scene.bench.card(scene.id())
            try scene.stripe([.init(charge: "ch_x", id: "a")])
            try scene.again(.init(id: "a"))
        },
        Fact(
            "a line that went over to another payout", "settlement.line_changed 0.00",
            then: ["payout.missing", "payout.unitemised"]
        ) { scene in
            try scene.bench.card(scene.id())
            try scene.stripe([.init(id: "a")], paid: [0: "", 1: "936.00"])
            try scene.again(.init(payout: 1, id: "a"))
        },
        Fact("the rate is wrong, and the fee is of the right one", "settlement.fx -2950.00", then: ["settlement.fee"]) {
            scene in
            try scene.dollars()
            try scene.stripe([.init(gross: "25000.00", fee: "980.30", shown: ("100.00", "usd"))])
        },
        Fact("the rate is wrong, and the fee is of no rate", "settlement.fx -2970.00", then: ["settlement.fee"]) {
            scene in
            try scene.dollars()
            try scene.stripe([.init(gross: "25000.00", fee: "900.00", shown: ("100.00", "usd"))])
        },
        Fact("the fee is wrong, and its tax is of the agreed one", "settlement.fee -5.00", then: ["settlement.fee_tax"])
        { scene in
            try scene.jazzCash(fee: "25.00", tax: "3.20", withheld: "10.00")
        },
    ]

    static let aboutPayouts: [Fact] = [
        Fact("the payout's row is wrong; the bank is right", "payout.total 0.00", then: ["bank.payout_amount"]) {
            scene in
            try scene.bench.card(scene.id())
            try scene.stripe([.init()], paid: [0: "900.00"], banked: [0: "936.00"])
        },
        Fact("a payout that was shorted, at the bank too", "payout.total -36.00") { scene in
            try scene.bench.card(scene.id())
            try scene.stripe([.init()], paid: [0: "900.00"])
        },
        Fact("the bank took something", "bank.payout_amount -36.00") { scene in
            try scene.bench.card(scene.id())
            try scene.stripe([.init()], banked: [0: "900.00"])
        },
        Fact("a payout without lines: the bank has it, and no second break", "payout.unitemised 936.00") { scene in
            try scene.stripe([], paid: [0: "936.00"])
        },
        Fact("settled and never paid out: not missing at the bank too", "payout.missing -936.00") { scene in
            try scene.bench.card(scene.id())
            try scene.stripe([.init()], paid: [0: ""])
        },
    ]

    /// Facts whose two ends no name connects, with the second root that they raise. Nothing is tied by its amount alone.
    static let unconnected: [(fact: Fact, second: String)] = [
        (
            Fact("a charge's id is garbled", "settlement.missing -1000.00") { scene in
                try scene.bench.card(scene.id())
                try scene.stripe([.init(charge: "ch_x")])
            }, "settlement.orphan 1000.00"
        ),
        (
            Fact("a consignment is garbled", "cod.remittance_missing -1000.00") { scene in
                try scene.bench.door(scene.id())
                try scene.tcs([.init(consignment: "TN-x\(scene.id())")])
            }, "cod.unknown_tracking 1000.00"
        ),
        (
            Fact("the payout's id is garbled at the bank", "bank.payout_missing -936.00") { scene in
                try scene.bench.card(scene.id())
                try scene.stripe([.init()], banked: [0: ""])
                scene.credits["\(scene.payout())x pkr"] = "936.00"
            }, "bank.unidentified 936.00"
        ),
        (
            Fact("the payout's row names another id", "payout.missing -936.00") { scene in
                try scene.bench.card(scene.id())
                try scene.stripe([.init()], paid: [0: "", 1: "936.00"])
            }, "payout.unitemised 936.00"
        ),
        // What is left is the fee.
        (
            Fact("a line is missing from the statement, not from its payout", "settlement.missing -1000.00") { scene in
                try scene.bench.card(scene.id())
                try scene.bench.card(scene.id(1))
                try scene.stripe([.init(charge: "ch_\(scene.id(1))")], paid: [0: "1872.00"])
            }, "payout.total 936.00"
        ),
    ]
}

extension Scene {
    /// The gateway's second word on a line, in a file of its own.
    fileprivate mutating func again(_ line: Line) throws {
        let before = credits
        try stripe([line], paid: [0: ""], file: "second")
        credits = before
    }
}
