import Configuration
import Diagnostics

/// One column of the canonical line, and where it comes from.
struct StatementField: Sendable {
    enum Source: Sendable, Equatable {
        case column(String, required: Bool)
        case constant(String)
    }
    enum Kind: Sendable, Equatable {
        /// Of a cell what matches the pattern, or all of it.
        case text(pattern: String?)
        /// The line type of each value, and that of all others.
        case type([String: String], otherwise: String?)
        /// A code of letters, or ISO 4217's numbers.
        case currency(numeric: Bool)
        case amount(StatementAmount)
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
    /// What a bank's statement says, and no other.
    static let bankTypes = ["bank_credit", "bank_debit", "opening_balance", "closing_balance"]

    var isAmount: Bool { if case .amount = kind { true } else { false } }

    /// The columns that it reads, with whether the header may lack them.
    var columns: [(name: String, optional: Bool)] {
        guard case .column(let name, _) = source else { return [] }
        guard case .amount(let amount) = kind, let sign = amount.sign else { return [(name, optionalColumn)] }
        return [(name, optionalColumn), (sign.column, optionalColumn)]
    }

    init(_ name: String, _ node: YAMLNode, of counterparty: SettlementProfile.Counterparty) throws(Failure) {
        self.name = name
        switch name {
        case "type":
            let keys = try node.mapping(allowed: ["column", "values"])
            source = .column(try keys.required("column").string(), required: true)
            kind = try Self.types(keys.required("values"), of: counterparty)
            optionalColumn = false
        case "currency":
            let keys = try node.mapping(allowed: ["column", "constant", "numeric"])
            if let constant = keys.optional("constant") {
                source = .constant(try constant.keptCurrency())
            } else {
                source = .column(try keys.required("column").string(), required: true)
            }
            kind = .currency(numeric: try keys.boolean("numeric", otherwise: false))
            optionalColumn = false
        case "presented_currency":
            let keys = try node.mapping(allowed: ["column", "numeric", "optional"])
            source = .column(try keys.required("column").string(), required: false)
            kind = .currency(numeric: try keys.boolean("numeric", otherwise: false))
            optionalColumn = try keys.boolean("optional", otherwise: false)
        case "gross", "net", "presented_amount":
            let keys = try node.mapping(allowed: ["column", "optional", "unit", "sign"])
            source = .column(try keys.required("column").string(), required: name != "presented_amount")
            optionalColumn = try keys.boolean("optional", otherwise: false)
            kind = .amount(try StatementAmount(keys))
        case "fee", "fee_tax", "income_tax", "sales_tax":
            let keys = try node.mapping(allowed: ["column", "optional", "unit"])
            source = .column(try keys.required("column").string(), required: true)
            optionalColumn = try keys.boolean("optional", otherwise: false)
            kind = .amount(try StatementAmount(keys))
        case "captured_at", "settled_at":
            let keys = try node.mapping(allowed: ["column", "format", "zone", "required", "optional"])
            let required = try keys.boolean("required", otherwise: name == "settled_at")
            source = .column(try keys.required("column").string(), required: required)
            optionalColumn = try keys.boolean("optional", otherwise: false)
            kind = .moment(try MomentFormat(format: keys.required("format"), zone: keys.optional("zone")))
        default:
            let keys = try node.mapping(allowed: ["column", "pattern", "required", "optional"])
            source = .column(
                try keys.required("column").string(), required: try keys.boolean("required", otherwise: false))
            optionalColumn = try keys.boolean("optional", otherwise: false)
            kind = .text(pattern: try keys.optional("pattern").map(Self.pattern))
        }
    }

    private static func types(
        _ values: YAMLNode, of counterparty: SettlementProfile.Counterparty
    ) throws(Failure) -> Kind {
        let mapping = try values.anyMapping()
        let known = counterparty == .bank ? bankTypes : lineTypes
        var types: [String: String] = [:]
        var otherwise: String?
        for key in mapping.keys {
            let node = try mapping.required(key)
            let type = try node.name(among: known)
            guard key == "*" else {
                types[key] = type
                continue
            }
            guard counterparty == .bank else {
                throw Failure(
                    .configInvalid, "A type that isn't mapped refuses the file; “*” is for banks only.",
                    at: node.location, advice: "Name each type.")
            }
            otherwise = type
        }
        guard !types.isEmpty || otherwise != nil else {
            throw Failure(.configInvalid, "No line type is mapped.", at: values.location)
        }
        return .type(types, otherwise: otherwise)
    }

    /// A pattern that PostgreSQL reads as this check does: what its dialect writes in its own way is refused.
    private static func pattern(_ node: YAMLNode) throws(Failure) -> String {
        let text = try node.string()
        let isPlain = text.utf8.allSatisfy { (0x20...0x7E).contains($0) } && text.utf8.count <= 200
        let own = ["(?", "[[", "[.", "[=", "\\", "{,"].contains { text.contains($0) }
        guard isPlain, !own, !text.hasPrefix("*"), (try? Regex(text)) != nil else {
            throw Failure(
                .configInvalid, "“\(text)” isn't a pattern that is read here.", at: node.location,
                advice: "Use letters, signs, [A-Za-z0-9], ( ), |, ?, *, + and {2,5}; a sign by itself in [ ].")
        }
        return text
    }
}

/// How amounts of a column are written.
struct StatementAmount: Sendable, Equatable {
    /// Another column says whether the amount comes in or goes out; the amount itself has no sign.
    struct Sign: Sendable, Equatable {
        let column: String
        /// Values that turn the amount.
        let negative: [String]
        /// Values that leave it; empty: all others do.
        let positive: [String]
    }

    /// Whole hundredths, without a point.
    let hundredths: Bool
    let sign: Sign?

    init(_ keys: YAMLMapping) throws(Failure) {
        hundredths = try keys.name("unit", among: ["major", "hundredths"], otherwise: "major") == "hundredths"
        guard let node = keys.optional("sign") else {
            sign = nil
            return
        }
        let says = try node.mapping(allowed: ["column", "negative", "positive"])
        sign = Sign(
            column: try says.required("column").string(), negative: try Self.texts(says.required("negative")),
            positive: try says.optional("positive").map(Self.texts) ?? [])
    }

    private static func texts(_ node: YAMLNode) throws(Failure) -> [String] {
        var texts: [String] = []
        for item in try node.list() { texts.append(try item.string()) }
        guard !texts.isEmpty else { throw Failure(.configInvalid, "The list is empty.", at: node.location) }
        return texts
    }
}
