import Configuration
import Diagnostics
package import Money

/// What a charge is expected to cost from a day on: a share of it, and a fixed amount.
package struct FeeRule: Sendable, Equatable {
    /// The currency of the lines it holds for.
    package let currency: String
    /// The first business date of settlement that it holds on; a later rule of the same currency ends it.
    package let from: BusinessDate
    /// Percent of the gross, exact.
    package let percent: String
    /// Major units of `currency`, exact.
    package let fixed: String
}

/// What was agreed with whom a statement comes from: how and when money is paid out, and what it may cost. All
/// statements of a channel say the same.
struct SettlementTerms: Sendable, Equatable {
    static let keys = ["payouts", "paid", "banked", "tolerance", "fees", "returned", "judge_taxes"]

    let payoutsByLines: Bool
    let paidDays: Int?
    let bankedDays: Int?
    let tolerances: [String: String]
    let fees: [FeeRule]
    let returnedFee: String?
    let judgesTaxes: Bool

    init(_ keys: YAMLMapping, of counterparty: SettlementProfile.Counterparty) throws(Failure) {
        if counterparty == .bank, let key = Self.keys.first(where: { keys.optional($0) != nil }) {
            throw Failure(
                .configInvalid, "“\(key)” says what a gateway or a courier pays out; a bank does not.",
                at: keys.optional(key)?.location, advice: "Leave it out.")
        }
        payoutsByLines = try keys.name("payouts", among: ["row", "lines"], otherwise: "row") == "lines"
        paidDays = try keys.businessDays("paid")
        if payoutsByLines, let paid = keys.optional("paid") {
            throw Failure(
                .configInvalid, "Without a row for each payout none can be missing.", at: paid.location,
                advice: "Leave “paid” out, or say `payouts: row`.")
        }
        bankedDays = try keys.businessDays("banked")
        tolerances = try Self.tolerances(keys.optional("tolerance"))
        fees = try Self.fees(keys.optional("fees"))
        returnedFee = try Self.returnedFee(keys.optional("returned"), of: counterparty)
        judgesTaxes = try keys.boolean("judge_taxes", otherwise: false)
    }

    private static func tolerances(_ node: YAMLNode?) throws(Failure) -> [String: String] {
        var tolerances: [String: String] = [:]
        guard let amounts = try node?.anyMapping() else { return tolerances }
        for code in amounts.keys {
            guard CurrencyCodes.kept.contains(code) else {
                throw Failure(
                    .configInvalid, "“\(code)” isn't a currency that amounts are kept in.", at: amounts.location)
            }
            tolerances[code] = try amounts.required(code).amount()
        }
        return tolerances
    }

    private static func fees(_ node: YAMLNode?) throws(Failure) -> [FeeRule] {
        var fees: [FeeRule] = []
        guard let node else { return fees }
        for item in try node.list() {
            let keys = try item.mapping(allowed: ["currency", "from", "percent", "fixed"])
            let fee = FeeRule(
                currency: try keys.required("currency").keptCurrency(), from: try keys.required("from").date(),
                percent: try keys.required("percent").percent(), fixed: try keys.optional("fixed")?.amount() ?? "0.00")
            guard !fees.contains(where: { $0.currency == fee.currency && $0.from == fee.from }) else {
                throw Failure(
                    .configInvalid, "The fee in \(fee.currency) from \(fee.from) on stands twice.", at: item.location,
                    advice: "Keep one of them.")
            }
            fees.append(fee)
        }
        return fees
    }

    private static func returnedFee(
        _ node: YAMLNode?, of counterparty: SettlementProfile.Counterparty
    ) throws(Failure) -> String? {
        guard let node else { return nil }
        guard counterparty == .courier else {
            throw Failure(.configInvalid, "Only a courier brings parcels back.", at: node.location)
        }
        return try node.mapping(allowed: ["fixed"]).required("fixed").amount()
    }
}
