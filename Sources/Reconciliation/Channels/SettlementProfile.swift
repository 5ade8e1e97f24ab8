package import Configuration
package import Diagnostics

/// A file of `config/settlements`: how a gateway's or courier's statement is written, and what its columns mean
/// (docs/adding-a-gateway.md). It compiles to the SQL that checks and converts a staged file.
package struct SettlementProfile: Sendable {
    /// Who sends the statement: couriers raise `cod.*` breaks, gateways `settlement.*`, and a bank says which payouts
    /// arrived.
    package enum Counterparty: String, Sendable, CaseIterable { case gateway, courier, bank }

    /// The name that `--as` takes, and that of the inbox folder.
    package let name: String
    package let title: String
    package let channel: String
    package let counterparty: Counterparty
    package let location: Location
    /// Whether a payout is what its lines come to; else the statement has a row for each.
    package var payoutsByLines: Bool { terms.payoutsByLines }
    /// Business days after settlement within which a payout's row must be there; nil: never judged.
    package var paidDays: Int? { terms.paidDays }
    /// Business days within which a payout must be at the bank; nil: not awaited there.
    package var bankedDays: Int? { terms.bankedDays }
    /// By currency: up to how much a payment's lines may differ and count as rounding, exact.
    package var tolerances: [String: String] { terms.tolerances }
    /// What charges are expected to cost; empty: never judged.
    package var fees: [FeeRule] { terms.fees }
    /// What a courier takes for a parcel that comes back, exact; nil: never judged.
    package var returnedFee: String? { terms.returnedFee }
    /// Whether taxes on fees and withheld taxes are compared with `config/taxes.yml`.
    package var judgesTaxes: Bool { terms.judgesTaxes }
    let terms: SettlementTerms
    let file: StatementFormat
    let fields: [StatementField]
    let footer: StatementFooter?

    static let keys = [
        "line_id", "type", "transaction_id", "other_transaction_id", "merchant_reference", "tracking_number",
        "payout_id", "currency", "gross", "fee", "fee_tax", "income_tax", "sales_tax", "net", "presented_amount",
        "presented_currency", "captured_at", "settled_at",
    ]

    /// Reads one profile.
    /// - Throws: `config.*`, naming file, line and column.
    package static func load(file: String) throws(Failure) -> SettlementProfile {
        try SettlementProfile(YAMLNode.parse(file: file))
    }

    /// Reads a profile from YAML that has been parsed.
    package init(_ node: YAMLNode) throws(Failure) {
        let keys = try node.mapping(
            allowed: ["statement", "title", "channel", "counterparty", "file", "footer"] + SettlementTerms.keys
                + Self.keys)
        location = keys.location
        name = try keys.required("statement").string()
        guard !name.isEmpty, name.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || "-_".contains($0)) }) else {
            throw Failure(
                .configInvalid, "“\(name)” can't name a statement.", at: try keys.required("statement").location,
                advice: "Use letters, digits, - and _: the inbox has a folder of that name.")
        }
        title = try keys.required("title").string()
        channel = try GatewayMapping.channelName(keys.required("channel"))
        let counterparty = try keys.required("counterparty").name(among: Counterparty.allCases.map(\.rawValue))
        self.counterparty = Counterparty(rawValue: counterparty) ?? .gateway
        terms = try SettlementTerms(keys, of: self.counterparty)
        file = try StatementFormat(keys.optional("file"))
        for key in ["type", "currency", "gross", "settled_at"] { _ = try keys.required(key) }
        // A bank takes nothing off what it books: a movement's net is its amount.
        if self.counterparty != .bank { _ = try keys.required("net") }
        for (key, other) in [("presented_amount", "presented_currency"), ("presented_currency", "presented_amount")]
        where keys.optional(key) != nil { _ = try keys.required(other) }
        var fields: [StatementField] = []
        for key in Self.keys {
            guard let node = keys.optional(key) else { continue }
            fields.append(try StatementField(key, node, of: self.counterparty))
        }
        self.fields = fields
        footer = try keys.optional("footer").map { (node) throws(Failure) in try StatementFooter(node, fields: fields) }
    }

    /// The columns that must be in the file's header, and those that may be, each once, in the order of the profile.
    package var columns: [(name: String, optional: Bool)] {
        var columns: [(name: String, optional: Bool)] = []
        for column in fields.flatMap(\.columns) where !columns.contains(where: { $0.name == column.name }) {
            columns.append(column)
        }
        for name in footer.map({ [$0.column, $0.count] }) ?? [] where !columns.contains(where: { $0.name == name }) {
            columns.append((name, false))
        }
        return columns
    }
}
