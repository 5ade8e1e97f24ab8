import Configuration
import Diagnostics
package import Money

/// A rate of `config/taxes.yml`: what a channel takes off for the state from a day on. A channel without one takes off
/// nothing.
package struct TaxRule: Sendable, Equatable {
    package enum Kind: String, Sendable, CaseIterable {
        /// Of the fee.
        case feeTax = "fee_tax"
        /// Of the gross of charges.
        case incomeTax = "income_tax_withheld"
        /// Of the gross of charges.
        case salesTax = "sales_tax_withheld"
    }

    package let kind: Kind
    package let channel: String
    /// The first business date of settlement that it holds on; a later rate of the same channel ends it.
    package let from: BusinessDate
    /// Exact.
    package let percent: String

    /// Reads the rates in the order of the file.
    static func rules(_ node: YAMLNode) throws(Failure) -> [TaxRule] {
        let file = try node.mapping(allowed: Kind.allCases.map(\.rawValue) + ["sales_tax"])
        // Reports read it; what is wrong with it shall not wait for them.
        _ = try SalesTaxRates(file.optional("sales_tax"))
        var rules: [TaxRule] = []
        for kind in Kind.allCases {
            guard let list = file.optional(kind.rawValue) else { continue }
            for item in try list.list() {
                let keys = try item.mapping(allowed: ["channel", "from", "percent"])
                let rule = TaxRule(
                    kind: kind, channel: try GatewayMapping.channelName(keys.required("channel")),
                    from: try keys.required("from").date(), percent: try keys.required("percent").percent())
                guard !rules.contains(where: { ($0.kind, $0.channel, $0.from) == (kind, rule.channel, rule.from) })
                else {
                    throw Failure(
                        .configInvalid, "The rate of \(rule.channel) from \(rule.from) on stands twice.",
                        at: item.location, advice: "Keep one of them.")
                }
                rules.append(rule)
            }
        }
        return rules
    }
}
