/// Text of mapping files as literals of SQL, so that nothing in a file can become SQL.
///
/// Sessions pin `standard_conforming_strings`: inside quotes only the quote itself has a meaning.
enum SQLLiteral {
    /// `O'Neil` → `'O''Neil'`. A NUL, which no PostgreSQL text can hold, is dropped: it then matches nothing.
    static func text(_ value: String) -> String {
        "'" + value.replacing("\0", with: "").replacing("'", with: "''") + "'"
    }

    /// A list for `IN`: `('a', 'b')`.
    static func list(_ values: [String]) -> String { "(" + values.map(text).joined(separator: ", ") + ")" }

    /// A path into JSON: `'{"metadata","order_number"}'::text[]`.
    static func path(_ keys: [String]) -> String {
        let elements = keys.map { key in
            "\"" + key.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
        }
        return text("{" + elements.joined(separator: ",") + "}") + "::text[]"
    }
}
