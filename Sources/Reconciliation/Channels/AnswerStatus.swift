import Configuration
import Diagnostics

/// The rules by which an answer's status follows from one or several of its fields; the first that holds decides.
struct AnswerStatus {
    /// The canonical statuses. `unknown` decides nothing: a time-out, an answer to another question.
    static let statuses = [
        "pending", "authorized", "captured", "partially_refunded", "refunded", "disputed", "failed", "cancelled",
        "unknown",
    ]

    let compiled: String

    init(_ node: YAMLNode, in paths: AnswerPaths) throws(Failure) {
        var branches: [String] = []
        for rule in try node.list() {
            let keys = try rule.mapping(allowed: ["is", "when"])
            let status = try keys.required("is").name(among: Self.statuses)
            let condition = try AnswerCondition(keys.required("when"), in: paths).compiled
            branches.append("        WHEN \(condition) THEN \(SQLLiteral.text(status))")
        }
        guard !branches.isEmpty else {
            throw Failure(.configInvalid, "The list of rules is empty.", at: node.location)
        }
        compiled = "CASE\n" + branches.joined(separator: "\n") + "\n    END"
    }
}

/// What must hold of an answer: every key of the mapping.
///
/// A key is a path, or several with `|` between, of which the first that is there is read; its value is a text to be
/// equal to, a list of texts of which one must be equal (`~` in it stands for absent or null), `{above: N}` for a number,
/// or `{present: true}`.
struct AnswerCondition {
    let compiled: String

    init(_ node: YAMLNode, in paths: AnswerPaths) throws(Failure) {
        let keys = try node.anyMapping()
        var conditions: [String] = []
        for key in keys.keys {
            var texts: [String] = []
            for path in key.split(separator: "|", omittingEmptySubsequences: false) {
                texts.append(try JSONPath(String(path), at: keys.location, in: paths).text)
            }
            let text = texts.count == 1 ? texts[0] : "coalesce(\(texts.joined(separator: ", ")))"
            guard let value = keys.optional(key) else {
                conditions.append("\(text) IS NULL")
                continue
            }
            conditions.append(try Self.condition(text, value))
        }
        guard !conditions.isEmpty else {
            throw Failure(.configInvalid, "The condition is empty.", at: node.location)
        }
        compiled = conditions.joined(separator: " AND ")
    }

    private static func condition(_ read: String, _ node: YAMLNode) throws(Failure) -> String {
        if node.isList {
            var texts: [String] = []
            var orAbsent = false
            for item in try node.list() {
                if item.isNull { orAbsent = true } else { texts.append(try item.string()) }
            }
            var alternatives: [String] = []
            if !texts.isEmpty { alternatives.append("\(read) IN \(SQLLiteral.list(texts))") }
            if orAbsent { alternatives.append("\(read) IS NULL") }
            guard !alternatives.isEmpty else {
                throw Failure(.configInvalid, "The list is empty.", at: node.location)
            }
            return "(" + alternatives.joined(separator: " OR ") + ")"
        }
        guard node.isMapping else { return "\(read) = \(SQLLiteral.text(try node.string()))" }
        let test = try node.mapping(allowed: ["above", "present"])
        if let present = test.optional("present") {
            return "\(read) IS \(try present.boolean() ? "NOT NULL" : "NULL")"
        }
        let bound = try test.required("above").integer()
        let isNumber = "\(read) ~ '^-?[0-9]{1,18}(\\.[0-9]{1,9})?$'"
        return "CASE WHEN \(isNumber) THEN \(read)::numeric > \(bound) ELSE FALSE END"
    }
}
