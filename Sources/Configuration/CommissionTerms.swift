package import Diagnostics

/// `config/commission.yml`: what the marketplace takes of a sale, who bears what gateways and couriers take, and when a
/// seller's money is due; from a day on, for all stores or for some.
package struct CommissionTerms: Sendable, Equatable {
    /// Who bears a charge.
    package enum Bearer: String, Sendable, CaseIterable, Encodable { case seller, platform }

    /// What must have happened before the days begin to count.
    package enum Due: String, Sendable, CaseIterable, Encodable {
        /// The order was delivered.
        case delivered
        /// It was, and nothing of it is on its way at a gateway or courier.
        case settled
    }

    /// The terms of one store, or of all that have none of their own.
    package struct Term: Sendable, Equatable, Encodable {
        /// The first business date on which orders are placed under these terms.
        package let from: String
        /// nil: of every store that has no terms of its own.
        package let storeID: Int?
        /// Of the goods of a delivered order: tax and shipping are left out.
        package let percent: String
        /// So much an order beside it, by currency.
        package let fixed: [String: String]
        /// Of the commission.
        package let taxPercent: String
        package let gatewayFees: Bearer
        package let courierCharges: Bearer
        package let payableAfter: Due
        /// Days after the delivery.
        package let payableDays: Int

        private enum CodingKeys: String, CodingKey {
            case from, percent, fixed
            case storeID = "store_id"
            case taxPercent = "tax_percent"
            case gatewayFees = "gateway_fees"
            case courierCharges = "courier_charges"
            case payableAfter = "payable_after"
            case payableDays = "payable_days"
        }
    }

    /// In the order of the file, one a store.
    package let terms: [Term]

    private static let keys = [
        "from", "stores", "percent", "fixed", "tax_percent", "gateway_fees", "courier_charges", "payable",
    ]

    /// - Throws: `config.*`: two terms of a store from one day on, a share above 100 percent, a key that is none.
    package init(_ node: YAMLNode) throws(Failure) {
        var terms: [Term] = []
        for item in try node.mapping(allowed: ["terms"]).required("terms").list() {
            let keys = try item.mapping(allowed: Self.keys)
            for store in try Self.stores(keys.required("stores")) {
                let term = try Self.term(keys, store: store)
                guard !terms.contains(where: { ($0.from, $0.storeID) == (term.from, store) }) else {
                    let whose = store.map { "store \($0)" } ?? "all stores"
                    throw Failure(
                        .configInvalid, "The terms of \(whose) from \(term.from) on stand twice.", at: item.location,
                        advice: "Keep one of them.")
                }
                terms.append(term)
            }
        }
        guard terms.contains(where: { $0.storeID == nil }) else {
            throw Failure(
                .configInvalid, "No terms hold for all stores.", at: node.location,
                advice: "Add terms with `stores: all`; percent: 0 takes nothing.")
        }
        self.terms = terms
    }

    private static func term(_ keys: YAMLMapping, store: Int?) throws(Failure) -> Term {
        let payable = try keys.required("payable").mapping(allowed: ["after", "days"])
        let days = try payable.required("days")
        guard case let count = try days.integer(), (0...365).contains(count) else {
            throw Failure(.configInvalid, "It takes 0 to 365 days until money is payable.", at: days.location)
        }
        return Term(
            from: try keys.required("from").day(), storeID: store, percent: try keys.required("percent").percent(),
            fixed: try fixed(keys.optional("fixed")), taxPercent: try keys.required("tax_percent").percent(),
            gatewayFees: try choice(keys.required("gateway_fees"), Bearer.allCases, .seller),
            courierCharges: try choice(keys.required("courier_charges"), Bearer.allCases, .seller),
            payableAfter: try choice(payable.required("after"), Due.allCases, .settled), payableDays: count)
    }

    /// `all`, or a list of store ids.
    private static func stores(_ node: YAMLNode) throws(Failure) -> [Int?] {
        guard node.isList else {
            _ = try node.name(among: ["all"])
            return [nil]
        }
        var stores: [Int?] = []
        for item in try node.list() { stores.append(try item.count(atLeast: 1)) }
        guard !stores.isEmpty else {
            throw Failure(.configInvalid, "The list of stores is empty.", at: node.location, advice: "Write all.")
        }
        return stores
    }

    private static func fixed(_ node: YAMLNode?) throws(Failure) -> [String: String] {
        guard let mapping = try node?.anyMapping() else { return [:] }
        var amounts: [String: String] = [:]
        for currency in mapping.keys {
            let amount = try mapping.required(currency)
            guard currency.wholeMatch(of: /[A-Z]{3}/) != nil else {
                throw Failure(
                    .configInvalid, "“\(currency)” isn't an ISO 4217 code.", at: amount.location,
                    advice: "Write three upper-case letters, for example PKR.")
            }
            amounts[currency] = try amount.amount()
        }
        return amounts
    }

    private static func choice<T: RawRepresentable<String>>(
        _ node: YAMLNode, _ all: [T], _ otherwise: T
    ) throws(Failure) -> T {
        T(rawValue: try node.name(among: all.map(\.rawValue))) ?? otherwise
    }
}
