package import Diagnostics

/// `config/accounts.yml`: on which account of the general ledger each kind of money is posted, for all channels or for one.
package struct ChartOfAccounts: Sendable, Equatable {
    /// What the journal posts: first where money stands, then what happened to it.
    package static let names = [
        "bank", "at_gateway", "settled", "paid_out", "reserve", "no_statement", "open_breaks", "captured", "refunded",
        "chargeback", "chargeback_reversal", "fee", "fee_refund", "dispute_fee", "fee_tax", "income_tax_withheld",
        "sales_tax_withheld", "adjustment", "conversion", "rounding", "commission", "commission_tax",
    ]

    /// An account for a kind of money.
    package struct Line: Sendable, Equatable, Encodable {
        package let posting: String
        /// nil: of every channel that has no line of its own.
        package let channel: String?
        package let account: String
        package let name: String
    }

    /// In the order of `names`.
    package let postings: [Line]

    /// - Throws: `config.*`: a posting without an account, an account of two names, a key that is none.
    package init(_ node: YAMLNode) throws(Failure) {
        let root = try node.mapping(allowed: ["postings"])
        let mapping = try root.required("postings").mapping(allowed: Self.names)
        var lines: [Line] = []
        var known: [String: String] = [:]
        for name in Self.names {
            let keys = try mapping.required(name).mapping(allowed: ["account", "name", "channels"])
            lines.append(try Self.line(name, nil, keys, &known))
            guard let channels = try keys.optional("channels")?.anyMapping() else { continue }
            for channel in channels.keys {
                let own = try channels.required(channel).mapping(allowed: ["account", "name"])
                lines.append(try Self.line(name, channel, own, &known))
            }
        }
        postings = lines
    }

    private static func line(
        _ posting: String, _ channel: String?, _ keys: YAMLMapping, _ known: inout [String: String]
    ) throws(Failure) -> Line {
        let node = try keys.required("account")
        let account = try node.string()
        guard account.wholeMatch(of: /[A-Za-z0-9][A-Za-z0-9.\-]{0,19}/) != nil else {
            throw Failure(
                .configInvalid, "“\(account)” can't be the code of an account.", at: node.location,
                advice: "Write 1 to 20 letters, digits, points or dashes.")
        }
        let name = try keys.required("name").string()
        if let other = known[account], other != name {
            throw Failure(
                .configInvalid, "The account \(account) is “\(name)” here, and “\(other)” above.", at: node.location,
                advice: "Give one account one name.")
        }
        known[account] = name
        return Line(posting: posting, channel: channel, account: account, name: name)
    }
}
