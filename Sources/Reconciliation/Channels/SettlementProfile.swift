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
        "payout_id", "currency", "gross", "fee", "fee_tax", "income_tax", "sales_tax", "net", "captured_at",
        "settled_at",
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
        for key in ["type", "currency", "gross", "net", "settled_at"] { _ = try keys.required(key) }
        var fields: [StatementField] = []
        for key in Self.keys {
            guard let node = keys.optional(key) else { continue }
            fields.append(try StatementField(key, node))
        }
        self.fields = fields
        footer = try keys.optional("footer").map { (node) throws(Failure) in try StatementFooter(node, fields: fields) }
    }

    /// The columns that must be in the file's header, and those that may be, each once, in the order of the profile.
    package var columns: [(name: String, optional: Bool)] {
        var columns: [(name: String, optional: Bool)] = []
        for field in fields {
            guard case .column(let name, _) = field.source, !columns.contains(where: { $0.name == name }) else {
                continue
            }
            columns.append((name, field.optionalColumn))
        }
        for name in footer.map({ [$0.column, $0.count] }) ?? [] where !columns.contains(where: { $0.name == name }) {
            columns.append((name, false))
        }
        return columns
    }
}

/// How the file is written.
struct StatementFormat: Sendable, Equatable {
    var delimiter: UInt8 = UInt8(ascii: ",")
    var quote: UInt8 = UInt8(ascii: "\"")
    var encoding = "utf-8"

    init(_ node: YAMLNode?) throws(Failure) {
        guard let node else { return }
        let keys = try node.mapping(allowed: ["delimiter", "quote", "encoding"])
        if let node = keys.optional("delimiter") { delimiter = try Self.sign(node) }
        if let node = keys.optional("quote") { quote = try Self.sign(node) }
        if let node = keys.optional("encoding") {
            encoding = try node.name(among: ["utf-8", "windows-1252", "utf-16"])
        }
    }

    private static func sign(_ node: YAMLNode) throws(Failure) -> UInt8 {
        let text = try node.string()
        let signs = Array((text == "tab" ? "\t" : text).utf8)
        guard signs.count == 1, signs[0] < 0x80, signs[0] != 0x0A, signs[0] != 0x0D else {
            throw Failure(
                .configInvalid, "“\(text)” isn't one sign.", at: node.location, advice: "Write one ASCII sign, or tab.")
        }
        return signs[0]
    }
}

/// One column of the canonical line, and where it comes from.
struct StatementField: Sendable {
    enum Source: Sendable, Equatable {
        case column(String, required: Bool)
        case constant(String)
    }
    enum Kind: Sendable, Equatable {
        case text
        case type([String: String])
        case currency
        case amount
        case moment(MomentFormat)
    }

    let name: String
    let source: Source
    let kind: Kind
    /// Whether the header may lack the column.
    let optionalColumn: Bool

    static let lineTypes = [
        "charge", "partial_capture_reversal", "charge_failure", "refund", "refund_failure", "chargeback",
        "chargeback_reversal", "dispute_fee", "fee", "fee_refund", "fee_tax", "withholding", "reserve_hold",
        "reserve_release", "conversion", "adjustment", "transfer", "payout", "payout_reversal", "opening_balance",
        "closing_balance",
    ]

    init(_ name: String, _ node: YAMLNode) throws(Failure) {
        self.name = name
        switch name {
        case "type":
            let keys = try node.mapping(allowed: ["column", "values"])
            source = .column(try keys.required("column").string(), required: true)
            let values = try keys.required("values").anyMapping()
            var types: [String: String] = [:]
            for key in values.keys { types[key] = try values.required(key).name(among: Self.lineTypes) }
            guard !types.isEmpty else {
                throw Failure(.configInvalid, "No line type is mapped.", at: values.location)
            }
            kind = .type(types)
            optionalColumn = false
        case "currency":
            let keys = try node.mapping(allowed: ["column", "constant"])
            if let constant = keys.optional("constant") {
                let code = try constant.string()
                guard CurrencyCodes.kept.contains(code) else {
                    throw Failure(
                        .configInvalid, "“\(code)” isn't a currency that amounts are kept in.", at: constant.location)
                }
                source = .constant(code)
            } else {
                source = .column(try keys.required("column").string(), required: true)
            }
            kind = .currency
            optionalColumn = false
        case "gross", "fee", "fee_tax", "income_tax", "sales_tax", "net":
            let keys = try node.mapping(allowed: ["column", "optional"])
            source = .column(try keys.required("column").string(), required: true)
            optionalColumn = try keys.boolean("optional", otherwise: false)
            kind = .amount
        case "captured_at", "settled_at":
            let keys = try node.mapping(allowed: ["column", "format", "zone", "required", "optional"])
            let required = try keys.boolean("required", otherwise: name == "settled_at")
            source = .column(try keys.required("column").string(), required: required)
            optionalColumn = try keys.boolean("optional", otherwise: false)
            kind = .moment(try MomentFormat(format: keys.required("format"), zone: keys.optional("zone")))
        default:
            let keys = try node.mapping(allowed: ["column", "required", "optional"])
            source = .column(
                try keys.required("column").string(), required: try keys.boolean("required", otherwise: false))
            optionalColumn = try keys.boolean("optional", otherwise: false)
            kind = .text
        }
    }
}

/// The last row of a file: its control totals.
struct StatementFooter: Sendable, Equatable {
    /// The column in which `value` marks the row.
    let column: String
    let value: String
    /// The column that holds the number of lines.
    let count: String
    /// The amount fields whose columns hold their sums.
    let totals: [String]

    init(_ node: YAMLNode, fields: [StatementField]) throws(Failure) {
        let keys = try node.mapping(allowed: ["column", "value", "count", "totals"])
        column = try keys.required("column").string()
        value = try keys.required("value").string()
        count = try keys.required("count").string()
        let amounts = fields.filter { $0.kind == .amount }.map(\.name)
        var totals: [String] = []
        for item in try keys.required("totals").list() { totals.append(try item.name(among: amounts)) }
        self.totals = totals
    }
}
