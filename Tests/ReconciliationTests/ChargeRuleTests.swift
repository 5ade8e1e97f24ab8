import Postgres
import Reconciliation
import Testing

/// docs/reconciliation.md, “Of a statement line”: each rule alone, and each two that one line could raise.
@Suite("What a line says and costs")
struct ChargeRuleTests {
    /// Lines of Stripe's statement about payment 1 (1000.00 PKR, agreed fee 64.00), and what is found. `paid`: what the
    /// lines come to, so that the payout is no matter.
    struct Lines: CustomTestStringConvertible, Sendable {
        let name: String
        let rows: [(type: String, line: String, gross: String, fee: String, net: String, charge: String)]
        let paid: String
        let breaks: [String]
        var testDescription: String { name }
    }

    private static let stripe: [Lines] = [
        Lines(
            name: "the agreed fee", rows: [("charge", "txn_1", "1000.00", "64.00", "936.00", "ch_1")], paid: "936.00",
            breaks: []),
        Lines(
            name: "a paisa is rounding", rows: [("charge", "txn_1", "1000.00", "63.99", "936.01", "ch_1")],
            paid: "936.01", breaks: []),
        Lines(
            name: "two are not", rows: [("charge", "txn_1", "1000.00", "63.98", "936.02", "ch_1")], paid: "936.02",
            breaks: ["settlement.fee line:2 root 0.02"]),
        Lines(
            name: "too much was taken", rows: [("charge", "txn_1", "1000.00", "70.00", "930.00", "ch_1")],
            paid: "930.00", breaks: ["settlement.fee line:2 root -6.00"]),
        Lines(
            name: "a net that does not add up: what the line costs is unknown, and not judged",
            rows: [("charge", "txn_1", "1000.00", "70.00", "940.00", "ch_1")], paid: "940.00",
            breaks: ["settlement.line_arithmetic line:2 root 10.00"]),
        Lines(
            name: "twice in one file: the second counts nowhere, its fee neither",
            rows: [
                ("charge", "txn_1", "1000.00", "64.00", "936.00", "ch_1"),
                ("charge", "txn_1", "1000.00", "70.00", "940.00", "ch_1"),
            ], paid: "936.00", breaks: ["settlement.duplicate line:3 root 1000.00"]),
        Lines(
            name: "no payment behind it: the fee is not judged",
            rows: [
                ("charge", "txn_1", "1000.00", "64.00", "936.00", "ch_1"),
                ("charge", "txn_2", "500.00", "470.00", "30.00", "ch_none"),
            ], paid: "966.00", breaks: ["settlement.orphan line:3 root 500.00"]),
        Lines(
            name: "another amount than the payment: the fee is of what was settled",
            rows: [("charge", "txn_1", "900.00", "60.60", "839.40", "ch_1")], paid: "839.40",
            breaks: ["settlement.amount payment:1 root -100.00"]),
        Lines(
            name: "the fee of a dispute is not a charge's",
            rows: [
                ("charge", "txn_1", "1000.00", "64.00", "936.00", "ch_1"),
                ("dispute", "txn_2", "-1000.00", "15.00", "-1015.00", "ch_1"),
                ("dispute_reversal", "txn_3", "1000.00", "0.00", "1000.00", "ch_1"),
            ], paid: "921.00", breaks: []),
    ]

    @Test("Stripe's lines", arguments: stripe)
    func lines(_ lines: Lines) throws {
        try Bench.with(terms: true) { bench in
            try bench.card(1)
            try bench.importStripe(
                try lines.rows.map {
                    try Bench.stripe($0.line, $0.type, gross: $0.gross, fee: $0.fee, net: $0.net, charge: $0.charge)
                } + [Bench.payout("po_1", lines.paid)])
            #expect(try bench.reconcile().isComplete)
            #expect(try bench.found() == lines.breaks)
            #expect(try bench.openBridges() == [])
            #expect(try bench.leftovers() == [])
            #expect(try bench.reconcile().rowsChanged == 0)
        }
    }

    @Test("a line that came again with other content: the first stands, what the second costs is not judged")
    func changed() throws {
        try Bench.with(terms: true) { bench in
            try bench.card(1)
            try bench.importStripe([
                Bench.stripe("txn_1", fee: "64.00", charge: "ch_1"), Bench.payout("po_1", "936.00"),
            ])
            try bench.importStripe([Bench.stripe("txn_1", fee: "70.00", charge: "ch_1")], name: "b.csv")
            #expect(try bench.reconcile().isComplete)
            #expect(try bench.found() == ["settlement.line_changed line:2 root 0.00"])
            #expect(try bench.openBridges() == [])
        }
    }

    @Test("a conversion is held against the reference rate, on a line that nothing else is wrong with")
    func conversions() throws {
        for (gross, fee, net, breaks) in [
            ("27950.00", "980.30", nil, []),
            // Two percent is tolerated, and not a paisa more.
            ("27391.00", "961.29", nil, []),
            ("27390.00", "961.26", nil, ["settlement.fx line:2 root -560.00"]),
            // The fee is of what was settled, at whatever rate; the rate is the deeper cause, and carries both.
            (
                "25000.00", "900.00", nil,
                ["settlement.fee line:2 consequence 0.00", "settlement.fx line:2 root -2970.00"]
            ),
            // The first of these that applies.
            ("25000.00", "880.00", "24000.00", ["settlement.line_arithmetic line:2 root -120.00"]),
        ] as [(String, String, String?, [String])] {
            let row = try Bench.converted(
                "txn_1", shown: "100.00", in: "usd", gross: gross, fee: fee, net: net, charge: "ch_1")
            try Bench.with(terms: true) { bench in
                try bench.order(1, total: "100.00", currency: "USD")
                try bench.payment(
                    1, order: 1, amount: "100.00", currency: "USD", transaction: "ch_1",
                    answer: Bench.charge("ch_1", "100.00", currency: "usd"))
                try bench.importStripe([row])
                // The night after, before a payout is due.
                #expect(try bench.reconcile(try Bench.night("2026-06-05")).isComplete)
                #expect(try bench.found() == breaks)
                #expect(try bench.openBridges() == [])
                // The dollars came and went; the rupees are settled.
                let settled = try bench.text("SELECT sum(net)::text FROM mainspring.lines") ?? ""
                #expect(try bench.positions().contains("stripe PKR settled \(settled)"))
                #expect(try !bench.positions().contains { $0.hasPrefix("stripe USD") })
            }
        }
    }

    @Test("a conversion of nobody's charge is an orphan, in what the customer was charged")
    func orphanConversion() throws {
        try Bench.with(terms: true) { bench in
            try bench.importStripe([
                Bench.converted("txn_1", shown: "100.00", in: "usd", gross: "25000.00", fee: "1.00", charge: "ch_none")
            ])
            #expect(try bench.reconcile(try Bench.night("2026-06-05")).isComplete)
            #expect(try bench.found() == ["settlement.orphan line:2 root 100.00"])
            #expect(try bench.text("SELECT currency FROM mainspring.breaks") == "USD")
            #expect(try bench.openBridges() == [])
        }
    }

    // MARK: Taxes

    @Test(
        "fee, its tax and tax withheld are judged apart: the tax on the fee that was really taken",
        arguments: [
            ("20.00", "3.20", "10.00", []),
            ("25.00", "4.00", "10.00", ["settlement.fee line:2 root -5.00"]),
            (
                "25.00", "3.20", "10.00",
                ["settlement.fee line:2 root -5.00", "settlement.fee_tax line:2 consequence 0.00"]
            ),
            ("20.00", "5.20", "10.00", ["settlement.fee_tax line:2 root -2.00"]),
            ("20.00", "3.20", "12.50", ["settlement.withholding line:2 root -2.50"]),
            (
                "25.00", "5.20", "12.50",
                [
                    "settlement.fee line:2 root -5.00", "settlement.fee_tax line:2 root -1.20",
                    "settlement.withholding line:2 root -2.50",
                ]
            ),
        ] as [(String, String, String, [String])])
    func taxes(fee: String, tax: String, withheld: String, breaks: [String]) throws {
        try Bench.with(terms: true) { bench in
            try bench.order(1)
            try bench.payment(
                1, order: 1, gateway: "JazzCash", transaction: "T1",
                answer: """
                    {"pp_PaymentResponseCode": "121", "pp_ResponseCode": "000", "pp_Status": "Completed",
                     "pp_RetrievalReferenceNo": "260105396548"}
                    """)
            let net = try [fee, tax, withheld].reduce("1000.00", Bench.difference)
            let text = """
                Processing Date,Batch Number,Merchant Number,RRN,Txn Ref No,Bill Reference,Currency Code,Transaction Date,\
                Transaction Time,Transaction Type,D/C,Transaction Amount,MDR,FED Amount,WHT Amount,Net Amount
                26/06/05,JC-77,MC1,2601,T1,ORD-1,586,26/06/01,13:05:00,SALE,C,1000.00,\(fee),\(tax),\(withheld),\(net)
                26/06/05,JC-77,MC1,,,,586,26/06/05,13:05:00,SETTLEMENT,D,\(net),0,0,0,\(net)

                """
            try bench.importFile(try bench.write("jc.csv", text), as: "jazzcash")
            #expect(try bench.reconcile().isComplete)
            #expect(try bench.found() == breaks)
            #expect(try bench.text("SELECT sum(event_effect)::text FROM mainspring.breaks") ?? "0.00" == "0.00")
            #expect(try bench.openBridges() == [])
            #expect(try bench.leftovers() == [])
        }
    }

    // MARK: Couriers

    @Test(
        "a courier's charges are one price, its tax and the tax withheld with it",
        arguments: [
            // 0.8 % + 250.00, 16 % on that, 0.25 % and 2 % withheld.
            ("1000.00", "258.00", "41.28", "2.50", "20.00", []),
            ("1000.00", "300.00", "48.00", "2.50", "20.00", ["cod.charges line:2 root -48.72"]),
            ("1000.00", "258.00", "41.28", "2.50", "50.00", ["cod.charges line:2 root -30.00"]),
            ("1000.00", "300.00", "41.28", "5.00", "0.00", ["cod.charges line:2 root -24.50"]),
            // Short by a hundred: the charges are of what was remitted.
            ("900.00", "257.20", "41.15", "2.25", "18.00", ["cod.remittance_short payment:1 root -100.00"]),
            (
                "900.00", "300.00", "41.15", "2.25", "18.00",
                ["cod.charges line:2 root -42.80", "cod.remittance_short payment:1 root -100.00"]
            ),
        ] as [(String, String, String, String, String, [String])])
    func courier(cash: String, fee: String, tax: String, income: String, sales: String, breaks: [String]) throws {
        try Bench.with(terms: true) { bench in
            try bench.door(1)
            let text = try Bench.tcsFile([("TN-1", "DELIVERED", [cash, fee, tax, income, sales])])
            try bench.importFile(try bench.write("tcs.csv", text), as: "tcs")
            #expect(try bench.reconcile().isComplete)
            #expect(try bench.found() == breaks)
            #expect(try bench.openBridges() == [])
        }
    }

    @Test("a consignment that no order bears is unknown; what it cost is not judged")
    func unknown() throws {
        try Bench.with(terms: true) { bench in
            let text = try Bench.tcsFile([("TN-9", "DELIVERED", ["1000.00", "900.00", "0.00", "0.00", "0.00"])])
            try bench.importFile(try bench.write("tcs.csv", text), as: "tcs")
            #expect(try bench.reconcile().isComplete)
            #expect(try bench.found() == ["cod.unknown_tracking line:2 root 1000.00"])
            #expect(try bench.openBridges() == [])
        }
    }

    @Test(
        "a return costs what was agreed, and nothing where the parcel was delivered",
        arguments: [
            ("CANCELLED", "220.00", "35.20", []),
            ("CANCELLED", "250.00", "40.00", ["cod.returned_charge line:2 root -34.80"]),
            ("DELIVERED", "220.00", "35.20", ["cod.returned_charge line:2 root -255.20"]),
            // Delivered, and at another price too: one root, the whole of it.
            ("DELIVERED", "250.00", "40.00", ["cod.returned_charge line:2 root -290.00"]),
        ] as [(String, String, String, [String])])
    func returned(status: String, fee: String, tax: String, breaks: [String]) throws {
        try Bench.with(terms: true) { bench in
            if status == "DELIVERED" {
                try bench.card(1)
                try bench.run("UPDATE orders SET tracking_number = 'TN-1'")
                try bench.importStripe([
                    Bench.stripe("txn_1", fee: "64.00", charge: "ch_1"), Bench.payout("po_1", "936.00"),
                ])
            } else {
                try bench.door(1, "CANCELLED", delivered: nil, orderStatus: status)
            }
            let text = try Bench.tcsFile([("TN-1", "RETURNED", ["0.00", fee, tax, "0.00", "0.00"])])
            try bench.importFile(try bench.write("tcs.csv", text), as: "tcs")
            #expect(try bench.reconcile().isComplete)
            #expect(try bench.found() == breaks)
            #expect(try bench.openBridges() == [])
            let owed = try Bench.difference(Bench.difference("0.00", fee), tax)
            #expect(try bench.positions().contains("tcs PKR paid_out \(owed)"))
        }
    }

    @Test("a return that was right is wrong once the order is delivered after all")
    func deliveredAfterAll() throws {
        try Bench.with(terms: true) { bench in
            try bench.door(1, "CANCELLED", delivered: nil, orderStatus: "CANCELLED")
            let text = try Bench.tcsFile([("TN-1", "RETURNED", ["0.00", "220.00", "35.20", "0.00", "0.00"])])
            try bench.importFile(try bench.write("tcs.csv", text), as: "tcs")
            try bench.reconcile()
            #expect(try bench.found() == [])
            try bench.run("UPDATE orders SET order_status = 'DELIVERED', total_amount = 0, subtotal = 0")
            try bench.run("UPDATE order_items SET product_price = 0, subtotal = 0")
            #expect(try bench.reconcile(try Bench.night("2026-07-01", run: 2)).isComplete)
            #expect(try bench.found() == ["cod.returned_charge line:2 root -255.20"])
        }
    }
}
