/// A value that goes to the server as a parameter (`$n`), never as a part of the SQL.
///
/// It is sent as text without a type, so that the server infers the type where it stands (`$1::date`).
package enum SQLValue: Sendable, Equatable {
    case null
    case bool(Bool)
    case int(Int64)
    /// Decimal digits as `numeric` reads them: `1234.50`.
    case numeric(String)
    case text(String)
    /// ISO: `2026-06-30`.
    case date(String)
    /// ISO with an offset: `2026-06-30T19:00:00Z`.
    case timestamptz(String)
    case json(String)
    case intArray([Int64])
    case textArray([String?])
    case numericArray([String?])

    /// The same from an Int.
    package static func int(_ value: Int) -> SQLValue { .int(Int64(value)) }
    /// The same from Ints.
    package static func intArray(_ values: [Int]) -> SQLValue { .intArray(values.map(Int64.init)) }
    /// The value, or NULL.
    package static func optional(_ text: String?) -> SQLValue { text.map { .text($0) } ?? .null }
    /// The value, or NULL.
    package static func optional(_ number: Int64?) -> SQLValue { number.map { .int($0) } ?? .null }

    /// PostgreSQL's text form; nil is NULL.
    package var wireText: String? {
        switch self {
        case .null: nil
        case .bool(let value): value ? "t" : "f"
        case .int(let value): String(value)
        case .numeric(let text), .text(let text), .date(let text), .timestamptz(let text), .json(let text): text
        case .intArray(let values): "{" + values.lazy.map { String($0) }.joined(separator: ",") + "}"
        case .textArray(let values), .numericArray(let values): Self.arrayText(values)
        }
    }

    /// The type that a literal is cast to, where the SQL itself is built (COPY takes no parameters).
    package var typeName: String {
        switch self {
        case .null, .text: "text"
        case .bool: "boolean"
        case .int: "bigint"
        case .numeric: "numeric"
        case .date: "date"
        case .timestamptz: "timestamptz"
        case .json: "jsonb"
        case .intArray: "bigint[]"
        case .textArray: "text[]"
        case .numericArray: "numeric[]"
        }
    }

    /// `{"a","b\"c",NULL}`: every element quoted, so that commas, braces, blanks and the word NULL stay data.
    private static func arrayText(_ values: [String?]) -> String {
        var text = "{"
        for (index, value) in values.enumerated() {
            if index > 0 { text += "," }
            guard let value else {
                text += "NULL"
                continue
            }
            text += "\""
            for scalar in value.unicodeScalars {
                if scalar == "\"" || scalar == "\\" { text += "\\" }
                text.unicodeScalars.append(scalar)
            }
            text += "\""
        }
        return text + "}"
    }
}

extension SQLValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByNilLiteral
{
    package init(stringLiteral value: String) { self = .text(value) }
    package init(integerLiteral value: Int64) { self = .int(value) }
    package init(booleanLiteral value: Bool) { self = .bool(value) }
    package init(nilLiteral: ()) { self = .null }
}
