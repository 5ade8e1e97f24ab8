import Configuration
import Diagnostics

/// How an answer is read: for each canonical field where it stands and how it is written, and for the status the rules.
///
/// It compiles to SQL in which a length-bounded pattern stands before every cast, so that no answer, whatever JSON it
/// is, can raise an error and stop a night. What no rule or pattern covers becomes NULL: unreadable, never a default.
///
/// The SQL has four levels, each evaluated once a row: the paths' values, their texts, each field's hit, the hit's text
/// with the currency, and at last the canonical columns.
struct AnswerReading {
    private let paths = AnswerPaths()
    private let columns: [(name: String, sql: String)]
    private let hits: [(name: String, sql: String)]
    private let currency: String
    private let status: String

    init(fields node: YAMLNode, status: YAMLNode) throws(Failure) {
        let fields = try node.mapping(allowed: [
            "transaction_id", "other_transaction_id", "currency", "amount", "refunded_amount", "captured_at",
            "refunded_at", "merchant_reference",
        ])
        var hits: [(name: String, sql: String)] = []
        func field(_ key: String, _ allowed: [String], _ paths: AnswerPaths) throws(Failure) -> AnswerField? {
            guard let node = fields.optional(key) else { return nil }
            let field = try AnswerField(key, node, allowed: allowed, in: paths)
            if let hit = field.hit { hits.append((key, hit)) }
            return field
        }
        _ = try fields.required("currency")
        currency = try field("currency", ["constant", "absent"], paths)?.currency() ?? ""
        _ = try fields.required("amount")
        let amountField = try field("amount", AnswerField.amountKeys + ["absent"], paths)
        let amount = try amountField?.amount() ?? ""
        let isAbsent = try amountField?.isAbsent() ?? "FALSE"
        let refunded = try field("refunded_amount", AnswerField.amountKeys, paths)?.amount() ?? "NULL::numeric"
        let transaction = try field("transaction_id", [], paths)?.text() ?? "NULL::text"
        let other = try field("other_transaction_id", [], paths)?.text() ?? "NULL::text"
        let reference = try field("merchant_reference", [], paths)?.text() ?? "NULL::text"
        let captured = try field("captured_at", ["format", "zone"], paths)?.moment() ?? "NULL::timestamptz"
        let back = try field("refunded_at", ["format", "zone"], paths)?.moment() ?? "NULL::timestamptz"
        self.status = try AnswerStatus(status, in: paths).compiled
        self.hits = hits
        columns = [
            ("transaction_id", transaction), ("status", "status"), ("amount", amount), ("refunded", refunded),
            ("currency", "currency"), ("captured_at", captured), ("refunded_at", back),
            ("merchant_reference", reference), ("other_transaction_id", other), ("amount_absent", isAbsent),
        ]
    }

    /// The SELECT of all canonical columns.
    var compiled: String {
        let last = columns.map { $0.name == $0.sql ? $0.name : "\($0.sql) AS \($0.name)" }
        let texts = hits.flatMap { hit in
            ["jsonb_typeof(h_\(hit.name)) AS k_\(hit.name)", "h_\(hit.name) #>> '{}' AS x_\(hit.name)"]
        }
        let found = hits.map { "\($0.sql) AS h_\($0.name)" } + ["\(status) AS status"]
        let levels: [[String]] = [
            paths.values, paths.texts, found, ["status"] + texts,
            ["status"] + hits.flatMap { ["k_\($0.name)", "x_\($0.name)"] } + ["\(currency) AS currency"], last,
        ]
        var sql = "answers"
        for (level, list) in levels.enumerated() {
            let source = level == 0 ? sql : "(\n\(sql)\n    OFFSET 0\n) AS level_\(level)"
            sql = "SELECT\n    " + (["payment_id"] + list).joined(separator: ",\n    ") + "\nFROM \(source)"
        }
        return sql
    }
}

/// Where one canonical field stands: a list of paths, of which the first that is there and not null is read.
struct AnswerField {
    static let amountKeys = ["unit", "json", "exponents", "constant"]

    /// The value that is read, as jsonb; nil for a constant.
    let hit: String?
    private let name: String
    private let keys: YAMLMapping
    private var kind: String { "k_\(name)" }
    private var read: String { "x_\(name)" }

    init(_ name: String, _ node: YAMLNode, allowed: [String], in registry: AnswerPaths) throws(Failure) {
        self.name = name
        keys = try node.mapping(allowed: ["paths"] + allowed)
        if allowed.contains("constant"), keys.optional("constant") != nil {
            hit = nil
            return
        }
        let paths = try keys.required("paths")
        var hits: [String] = []
        for path in try paths.list() {
            guard path.isMapping else {
                let value = try JSONPath(try path.string(), at: path.location, in: registry).value
                hits.append("nullif(\(value), 'null'::jsonb)")
                continue
            }
            let guarded = try path.mapping(allowed: ["path", "when"])
            let node = try guarded.required("path")
            let value = try JSONPath(try node.string(), at: node.location, in: registry).value
            let condition = try AnswerCondition(guarded.required("when"), in: registry).compiled
            hits.append("CASE WHEN \(condition) THEN nullif(\(value), 'null'::jsonb) END")
        }
        guard !hits.isEmpty else {
            throw Failure(.configInvalid, "The list of paths is empty.", at: paths.location)
        }
        hit = hits.count == 1 ? hits[0] : "coalesce(\(hits.joined(separator: ", ")))"
    }

    /// Text of at most 255 characters, or a number's digits.
    func text() -> String {
        "CASE WHEN \(kind) IN ('string', 'number') AND length(\(read)) <= 255 THEN nullif(btrim(\(read)), '') END"
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
        let isCode =
            "\(kind) = 'string' AND length(\(read)) = 3"
            + " AND upper(\(read)) IN \(SQLLiteral.list(CurrencyCodes.all.map(\.code)))"
        guard let absent = keys.optional("absent") else { return "CASE WHEN \(isCode) THEN upper(\(read)) END" }
        return
            "CASE WHEN \(nothing) THEN \(SQLLiteral.text(try absent.keptCurrency())) WHEN \(isCode) THEN upper(\(read)) END"
    }

    /// Whether an answer says no amount and need not; an amount that cannot be read is another thing.
    func isAbsent() throws(Failure) -> String {
        guard let absent = keys.optional("absent"), hit != nil else { return "FALSE" }
        _ = try absent.name(among: ["unknown"])
        return nothing
    }

    /// Absent, null or an empty text.
    private var nothing: String { "(\(kind) IS NULL OR (\(kind) = 'string' AND \(read) ~ '^ *$'))" }

    /// An amount of at least zero in major units, exact to two decimals and below 10^12; `currency` is the column with
    /// the currency's code. A currency whose decimals do not fit is read only where the rest of them is zero.
    func amount() throws(Failure) -> String {
        let json = try keys.name("json", among: ["number", "text", "any"], otherwise: "any")
        let types = ["number": "= 'number'", "text": "= 'string'"][json] ?? "IN ('number', 'string')"
        let guarded = "\(kind) \(types) AND \(read)"
        switch try keys.required("unit").name(among: ["minor", "hundredths", "decimal"]) {
        case "decimal":
            return "CASE WHEN \(guarded) ~ '^[0-9]{1,12}(\\.[0-9]{1,2}0{0,6})?$' THEN round(\(read)::numeric, 2) END"
        case "hundredths":
            return "CASE WHEN \(guarded) ~ '^[0-9]{1,14}$' THEN \(read)::numeric * 0.01 END"
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
                return "WHEN currency IN \(SQLLiteral.list(codes)) AND \(read) ~ '\(pattern)'"
                    + " THEN round(\(read)::numeric * \(factor), 2)"
            }
            return "CASE WHEN \(kind) \(types) THEN CASE \(branches.joined(separator: " ")) END END"
        }
    }

    /// A moment as timestamptz. A template's zone is UTC unless the file says business time.
    func moment() throws(Failure) -> String {
        let format = try MomentFormat(format: keys.required("format"), zone: keys.optional("zone"))
        let zone = "(SELECT time_zone FROM recon_run)"
        return "CASE WHEN \(kind) IN ('string', 'number') AND \(format.matches(read))"
            + " THEN \(format.moment(read, businessZone: zone)) END"
    }
}

/// The paths that a mapping looks at: each is read from an answer once, whatever many rules and fields speak of it.
final class AnswerPaths {
    private var columns: [(keys: [String], place: Int)] = []

    /// The number of a path's columns: `pN` is its value as jsonb, `tN` as text; NULL where there is none.
    func place(of keys: [String]) -> Int {
        if let known = columns.first(where: { $0.keys == keys }) { return known.place }
        columns.append((keys, columns.count))
        return columns.count - 1
    }

    /// The values, read out of `response`.
    var values: [String] {
        columns.map { keys, place in
            keys.count == 1
                ? "(response -> \(SQLLiteral.text(keys[0]))) AS p\(place)"
                : "(response #> \(SQLLiteral.path(keys))) AS p\(place)"
        }
    }

    /// Values and their texts.
    var texts: [String] { columns.flatMap { ["p\($0.place)", "p\($0.place) #>> '{}' AS t\($0.place)"] } }
}

/// A dotted path into an answer: `metadata.order_number`, `refunds.data.0.created`.
struct JSONPath {
    private let place: Int

    init(_ text: String, at location: Location, in paths: AnswerPaths) throws(Failure) {
        let keys = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard !keys.contains(""), keys.count <= 20 else {
            throw Failure(
                .configInvalid, "“\(text)” isn't a path.", at: location,
                advice: "Write keys with dots between them, such as metadata.order_number.")
        }
        place = paths.place(of: keys)
    }

    /// The column that holds the value as jsonb; NULL where there is none.
    var value: String { "p\(place)" }

    /// The column that holds the value as text; NULL where there is none, or a JSON null.
    var text: String { "t\(place)" }
}
