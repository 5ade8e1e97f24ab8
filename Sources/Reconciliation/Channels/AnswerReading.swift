import Configuration
import Diagnostics

/// How an answer is read: for each canonical field where it stands and how it is written, and for the status the rules.
///
/// It compiles to SQL in which a length-bounded pattern stands before every cast, so that no answer, whatever JSON it
/// is, can raise an error and stop a night. What no rule or pattern covers becomes NULL: unreadable, never a default.
struct AnswerReading {
    private let compiledColumns: [(name: String, sql: String)]
    private let currency: String
    private let refunded: String

    init(fields node: YAMLNode, status: YAMLNode) throws(Failure) {
        let fields = try node.mapping(allowed: [
            "transaction_id", "currency", "amount", "refunded_amount", "captured_at", "refunded_at",
            "merchant_reference",
        ])
        currency = try AnswerField(fields.required("currency"), allowed: ["constant"]).currency()
        let amount = try AnswerField(fields.required("amount"), allowed: AnswerField.amountKeys).amount("currency")
        refunded =
            try fields.optional("refunded_amount").map { (node) throws(Failure) in
                try AnswerField(node, allowed: AnswerField.amountKeys).amount("currency")
            } ?? "NULL::numeric"
        func text(_ key: String) throws(Failure) -> String {
            guard let node = fields.optional(key) else { return "NULL::text" }
            return try AnswerField(node, allowed: []).text()
        }
        func moment(_ key: String) throws(Failure) -> String {
            guard let node = fields.optional(key) else { return "NULL::timestamptz" }
            return try AnswerField(node, allowed: ["format", "zone"]).moment()
        }
        compiledColumns = [
            ("transaction_id", try text("transaction_id")),
            ("status", try AnswerStatus(status).compiled),
            ("amount", amount),
            ("refunded", refunded),
            ("currency", "currency"),
            ("captured_at", try moment("captured_at")),
            ("refunded_at", try moment("refunded_at")),
            ("merchant_reference", try text("merchant_reference")),
        ]
    }

    /// The currency is read first and once: the amounts' units depend on it.
    var compiled: String { select(compiledColumns) }

    var compiledRefund: String { select([("refunded", refunded), ("currency", "currency")]) }

    private func select(_ columns: [(name: String, sql: String)]) -> String {
        let list = columns.map { $0.name == $0.sql ? "    \($0.name)" : "    \($0.sql) AS \($0.name)" }
        return [
            "SELECT", "    payment_id,", list.joined(separator: ",\n"), "FROM (",
            "    SELECT payment_id, response,", "        \(currency) AS currency", "    FROM answers", "    OFFSET 0",
            ") AS answer",
        ].joined(separator: "\n")
    }
}

/// Where one canonical field stands: a list of paths, of which the first that is there and not null is read.
struct AnswerField {
    static let amountKeys = ["unit", "json", "exponents", "constant"]

    private let keys: YAMLMapping
    private let hit: String?

    init(_ node: YAMLNode, allowed: [String]) throws(Failure) {
        keys = try node.mapping(allowed: ["paths"] + allowed)
        guard let paths = keys.optional("paths") else {
            guard allowed.contains("constant"), keys.optional("constant") != nil else {
                _ = try keys.required("paths")
                hit = nil
                return
            }
            hit = nil
            return
        }
        var hits: [String] = []
        for path in try paths.list() {
            guard path.isMapping else {
                let value = try JSONPath(try path.string(), at: path.location).value
                hits.append("nullif(\(value), 'null'::jsonb)")
                continue
            }
            let guarded = try path.mapping(allowed: ["path", "when"])
            let node = try guarded.required("path")
            let value = try JSONPath(try node.string(), at: node.location).value
            let condition = try AnswerCondition(guarded.required("when")).compiled
            hits.append("CASE WHEN \(condition) THEN nullif(\(value), 'null'::jsonb) END")
        }
        guard !hits.isEmpty else {
            throw Failure(.configInvalid, "The list of paths is empty.", at: paths.location)
        }
        hit = hits.count == 1 ? hits[0] : "coalesce(\(hits.joined(separator: ", ")))"
    }

    private func found() throws(Failure) -> String {
        if let hit { return hit }
        _ = try keys.required("paths")
        return "NULL::jsonb"
    }

    /// Text of at most 255 characters, or a number's digits.
    func text() throws(Failure) -> String {
        let hit = try found()
        let text = "(\(hit) #>> '{}')"
        return "CASE WHEN jsonb_typeof(\(hit)) IN ('string', 'number') AND length(\(text)) <= 255"
            + " THEN nullif(btrim(\(text)), '') END"
    }

    /// A code of ISO 4217, in upper case.
    func currency() throws(Failure) -> String {
        if let constant = keys.optional("constant") {
            let code = try constant.string()
            guard CurrencyCodes.all.contains(where: { $0.code == code }) else {
                throw Failure(.configInvalid, "“\(code)” isn't a currency of ISO 4217.", at: constant.location)
            }
            return SQLLiteral.text(code)
        }
        let hit = try found()
        let text = "(\(hit) #>> '{}')"
        return "CASE WHEN jsonb_typeof(\(hit)) = 'string' AND length(\(text)) = 3"
            + " AND upper(\(text)) IN \(SQLLiteral.list(CurrencyCodes.all.map(\.code))) THEN upper(\(text)) END"
    }

    /// An amount of at least zero in major units, exact to two decimals and below 10^12; `currency` is the column with
    /// the currency's code. A currency whose decimals do not fit is read only where the rest of them is zero.
    func amount(_ currency: String) throws(Failure) -> String {
        let hit = try found()
        let text = "(\(hit) #>> '{}')"
        let json = try keys.name("json", among: ["number", "text", "any"], otherwise: "any")
        let types = ["number": "= 'number'", "text": "= 'string'"][json] ?? "IN ('number', 'string')"
        let guarded = "jsonb_typeof(\(hit)) \(types) AND \(text)"
        switch try keys.required("unit").name(among: ["minor", "hundredths", "decimal"]) {
        case "decimal":
            return "CASE WHEN \(guarded) ~ '^[0-9]{1,12}(\\.[0-9]{1,2}0{0,6})?$' THEN round(\(text)::numeric, 2) END"
        case "hundredths":
            return "CASE WHEN \(guarded) ~ '^[0-9]{1,14}$' THEN \(text)::numeric * 0.01 END"
        default:
            var exponents = Dictionary(uniqueKeysWithValues: CurrencyCodes.all.map { ($0.code, $0.exponent) })
            if let own = try keys.optional("exponents")?.anyMapping() {
                for code in own.keys {
                    let node = try own.required(code)
                    let exponent = try node.integer()
                    guard exponents[code] != nil, (0...4).contains(exponent) else {
                        throw Failure(
                            .configInvalid, "“\(code)” with \(exponent) decimals isn't a currency's exponent.",
                            at: node.location, advice: "Name a code of ISO 4217 and 0 to 4 decimals.")
                    }
                    exponents[code] = exponent
                }
            }
            let factors = [0: "1.00", 1: "0.10", 2: "0.01", 3: "0.001", 4: "0.0001"]
            let tails = [0: "^[0-9]{1,12}$", 3: "^[0-9]{0,14}0$", 4: "^[0-9]{0,14}00$"]
            let branches = Set(exponents.values).sorted().map { exponent in
                let codes = exponents.filter { $0.value == exponent }.keys.sorted()
                let factor = factors[exponent] ?? "0.01"
                let pattern = tails[exponent] ?? "^[0-9]{1,14}$"
                return "WHEN \(currency) IN \(SQLLiteral.list(codes)) AND \(text) ~ '\(pattern)'"
                    + " THEN round(\(text)::numeric * \(factor), 2)"
            }
            return "CASE WHEN jsonb_typeof(\(hit)) \(types) THEN CASE \(branches.joined(separator: " ")) END END"
        }
    }

    /// A moment as timestamptz. A template's zone is UTC unless the file says business time.
    func moment() throws(Failure) -> String {
        let hit = try found()
        let format = try MomentFormat(format: keys.required("format"), zone: keys.optional("zone"))
        let text = "(\(hit) #>> '{}')"
        let zone = "(SELECT time_zone FROM recon_run)"
        return "CASE WHEN jsonb_typeof(\(hit)) IN ('string', 'number') AND \(format.matches(text))"
            + " THEN \(format.moment(text, businessZone: zone)) END"
    }
}

/// A dotted path into an answer: `metadata.order_number`, `refunds.data.0.created`.
struct JSONPath {
    private let keys: [String]

    init(_ text: String, at location: Location) throws(Failure) {
        keys = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard !keys.contains(""), keys.count <= 20 else {
            throw Failure(
                .configInvalid, "“\(text)” isn't a path.", at: location,
                advice: "Write keys with dots between them, such as metadata.order_number.")
        }
    }

    /// The value as jsonb; NULL where there is none.
    var value: String {
        keys.count == 1 ? "(response -> \(SQLLiteral.text(keys[0])))" : "(response #> \(SQLLiteral.path(keys)))"
    }

    /// The value as text; NULL where there is none, or a JSON null.
    var text: String {
        keys.count == 1 ? "(response ->> \(SQLLiteral.text(keys[0])))" : "(response #>> \(SQLLiteral.path(keys)))"
    }
}
