package import Diagnostics

/// The part `sales_tax` of `config/taxes.yml`: the rate that orders should have been taxed at, by category, from a day on.
/// It judges nothing: the tax on an order is what the order says.
package struct SalesTaxRates: Sendable, Equatable {
    /// Whether prices hold the tax.
    package enum Price: String, Sendable, CaseIterable, Encodable { case exclusive, inclusive }

    /// A rate of one category, or of all that have none of their own.
    package struct Rate: Sendable, Equatable, Encodable {
        /// The first business date on which orders are placed under it.
        package let from: String
        /// A category's name; nil: every category that has no rate of its own.
        package let category: String?
        package let percent: String
        package let price: Price
        /// Whether the tax of an order is on its shipping too.
        package let taxesShipping: Bool

        private enum CodingKeys: String, CodingKey {
            case from, category, percent, price
            case taxesShipping = "taxes_shipping"
        }
    }

    /// In the order of the file.
    package let rates: [Rate]

    /// Every other part of `config/taxes.yml`, which the reconciliation reads.
    package static let otherKeys = ["fee_tax", "income_tax_withheld", "sales_tax_withheld"]

    /// Reads the part out of the whole file.
    package init(file node: YAMLNode) throws(Failure) {
        try self.init(node.mapping(allowed: ["sales_tax"] + Self.otherKeys).optional("sales_tax"))
    }

    /// Reads the part itself, which a file may leave out.
    /// - Throws: `config.*`: two rates of a category from one day on, a key that is none.
    package init(_ node: YAMLNode?) throws(Failure) {
        var rates: [Rate] = []
        for item in try node?.list() ?? [] {
            let keys = try item.mapping(allowed: ["category", "from", "percent", "price", "taxes_shipping"])
            let name = try keys.required("category").string()
            let price = try keys.required("price").name(among: Price.allCases.map(\.rawValue))
            let rate = Rate(
                from: try keys.required("from").day(), category: name == "all" ? nil : name,
                percent: try keys.required("percent").percent(), price: Price(rawValue: price) ?? .exclusive,
                taxesShipping: try keys.optional("taxes_shipping")?.boolean() ?? false)
            guard !rates.contains(where: { ($0.from, $0.category) == (rate.from, rate.category) }) else {
                throw Failure(
                    .configInvalid, "The sales tax of \(name) from \(rate.from) on stands twice.", at: item.location,
                    advice: "Keep one of them.")
            }
            rates.append(rate)
        }
        self.rates = rates
    }
}
