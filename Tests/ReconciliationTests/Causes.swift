import Money
import Reconciliation

/// What one fact leaves in the shop, the statements and the bank. Every fact has orders, payouts and consignments of its
/// own (ten ids from `number` on), so that many share a database and a night.
///
/// What a fact does not say is right: the fee is the agreed one, a payout what its lines come to, and the bank has it.
struct Scene {
    /// A row of Stripe's statement.
    struct Line {
        var type = "charge"
        var gross = "1000.00"
        var fee: String?
        var net: String?
        var charge: String?
        var order = ""
        var currency = "pkr"
        /// What the customer was charged, where it was settled in another currency.
        var shown: (amount: String, currency: String)?
        /// The last digit of its payout's id.
        var payout = 0
        /// Its id; lines of one id are the same line.
        var id: String?
    }

    /// A row of TCS's remittance: charges, sales tax on them, income tax and sales tax withheld.
    struct Parcel {
        var consignment: String?
        var order = ""
        var status = "DELIVERED"
        var cash = "1000.00"
        var costs = ["258.00", "41.28", "2.50", "20.00"]
        var net: String?
    }

    let bench: Bench
    let number: Int
    /// What the bank credits, by the reference in its description.
    var credits: [String: String] = [:]

    func id(_ index: Int = 0) -> Int { number * 10 + index }
    func payout(_ index: Int = 0) -> String { "po_\(id(index))" }

    // MARK: Stripe

    /// Imports a file of lines and of the rows of their payouts.
    ///
    /// - Parameters:
    ///   - paid: the rows of payouts, where they are not what the lines come to; an empty amount: there is none.
    ///   - banked: likewise for what the bank credits.
    mutating func stripe(
        _ lines: [Line], paid: [Int: String] = [:], banked: [Int: String] = [:], file: String = "first"
    ) throws {
        var rows: [String] = []
        var sums: [Int: [String]] = [:]
        for (index, line) in lines.enumerated() {
            let fee = try line.fee ?? (line.type == "charge" ? Self.agreed(line.gross, line.currency) : "0.00")
            let net = try line.net ?? Bench.difference(line.gross, fee)
            let name = "txn_\(number)_\(line.id ?? "\(index)")"
            let charge = line.charge ?? "ch_\(id())"
            rows.append(
                try line.shown.map {
                    try Bench.converted(
                        name, shown: $0.amount, in: $0.currency, gross: line.gross, fee: fee, net: net, charge: charge,
                        payout: payout(line.payout))
                }
                    ?? Bench.stripe(
                        name, line.type, gross: line.gross, fee: fee, net: net, charge: charge, order: line.order,
                        payout: payout(line.payout), currency: line.currency))
            sums[line.payout, default: []].append(net)
        }
        for (index, amount) in paid where sums[index] == nil && file == "first" { sums[index] = [amount] }
        if file != "first" { sums = paid.mapValues { [$0] } }
        for (index, nets) in sums.sorted(by: { $0.key < $1.key }) {
            let amount = try paid[index] ?? Self.sum(nets)
            let currency = lines.first { $0.payout == index }?.currency ?? "pkr"
            if !amount.isEmpty { rows.append(try Bench.payout(payout(index), amount, currency: currency)) }
            credits["\(payout(index)) \(currency)"] = banked[index] ?? amount
        }
        try bench.importStripe(rows, name: "stripe-\(number)-\(file).csv")
    }

    /// The fee that Stripe's terms agree on for a charge.
    static func agreed(_ gross: String, _ currency: String) throws -> String {
        let money = try Money(parsing: gross, currency: Currency("PKR")).minor
        let (percent, fixed): (Int64, Int64) = currency == "pkr" ? (34, 3000) : (29, 30)
        return try plain((money * percent + 500) / 1000 + fixed)
    }

    static func sum(_ amounts: [String]) throws -> String {
        try amounts.reduce("0.00") { try Bench.difference($0, Bench.difference("0.00", $1)) }
    }

    private static func plain(_ minor: Int64) throws -> String {
        "\(minor / 100).\(minor % 100 < 10 ? "0" : "")\(minor % 100)"
    }

    // MARK: TCS

    /// Imports a remittance, whose payout is what its lines come to.
    mutating func tcs(_ parcels: [Parcel], banked: String? = nil) throws {
        var text = Bench.tcsHeader + "\n"
        var totals = Array(repeating: "0.00", count: 6)
        for parcel in parcels {
            let net = try parcel.net ?? parcel.costs.reduce(parcel.cash, Bench.difference)
            let amounts = [parcel.cash] + parcel.costs + [net]
            for (index, amount) in amounts.enumerated() { totals[index] = try Self.sum([totals[index], amount]) }
            text += "RM-\(id()),15-06-2026,\(parcel.consignment ?? "TN-\(id())"),\(parcel.order),04-06-2026,"
            text += "\(parcel.status),\(amounts.joined(separator: ","))\n"
        }
        text += "TOTAL,,\(parcels.count),,,,\(totals.joined(separator: ","))\n"
        try bench.importFile(bench.write("tcs-\(number).csv", text), as: "tcs")
        credits["RM-\(id()) pkr"] = banked ?? totals[5]
    }

    // MARK: JazzCash

    /// A payment over 1,000.00 by JazzCash, and its line: agreed are a fee of 20.00, 3.20 tax on it, 10.00 withheld.
    mutating func jazzCash(gross: String = "1000.00", fee: String, tax: String, withheld: String) throws {
        try bench.order(id())
        try bench.payment(
            id(), order: id(), gateway: "JazzCash", transaction: "T\(id())",
            answer: """
                {"pp_PaymentResponseCode": "121", "pp_ResponseCode": "000", "pp_Status": "Completed",
                 "pp_RetrievalReferenceNo": "260105396548"}
                """)
        let net = try [fee, tax, withheld].reduce(gross, Bench.difference)
        let head = "26/06/05,JC-\(id()),MC1"
        let text = """
            Processing Date,Batch Number,Merchant Number,RRN,Txn Ref No,Bill Reference,Currency Code,Transaction Date,\
            Transaction Time,Transaction Type,D/C,Transaction Amount,MDR,FED Amount,WHT Amount,Net Amount
            \(head),26\(id()),T\(id()),,586,26/06/01,13:05:00,SALE,C,\(gross),\(fee),\(tax),\(withheld),\(net)
            \(head),,,,586,26/06/05,13:05:00,SETTLEMENT,D,\(net),0,0,0,\(net)

            """
        try bench.importFile(bench.write("jc-\(number).csv", text), as: "jazzcash")
        credits["JC-\(id()) pkr"] = net
    }

    // MARK: The shop

    /// A card payment of dollars.
    func dollars(_ amount: String = "100.00") throws {
        try bench.order(id(), total: amount, currency: "USD")
        try bench.payment(
            id(), order: id(), amount: amount, currency: "USD", transaction: "ch_\(id())",
            answer: answer(amount, currency: "usd"))
    }

    /// What Stripe's API answers about the fact's own charge.
    func answer(
        _ amount: String = "1000.00", _ charge: String? = nil, failed: Bool = false, refunded: String = "0",
        currency: String = "pkr"
    ) -> String {
        Bench.charge(
            charge ?? "ch_\(id())", amount, status: failed ? "failed" : "succeeded", captured: !failed,
            refunded: refunded, currency: currency)
    }

    /// An item worth 300.00 that came to the order the day after.
    func addItem() throws {
        try bench.run(
            """
            INSERT INTO order_items (order_id, product_name, product_price, quantity, subtotal, created_at)
                VALUES (\(id()), 'Strap', 300, 1, 300, '2026-06-02 08:00:00');
            UPDATE orders SET subtotal = subtotal + 300, total_amount = total_amount + 300 WHERE order_id = \(id())
            """)
    }
}

/// One fact of the world, and what the night makes of it.
struct Fact: Sendable {
    let name: String
    /// The code of the root, and its money.
    let root: String
    /// The codes that follow from it.
    let then: [String]
    /// The codes that only remind of something.
    var controls: [String] = []
    let make: @Sendable (inout Scene) throws -> Void

    init(
        _ name: String, _ root: String, then: [String] = [], controls: [String] = [],
        _ make: @escaping @Sendable (inout Scene) throws -> Void
    ) {
        (self.name, self.root, self.then, self.controls, self.make) = (name, root, then, controls, make)
    }
}
