package import Diagnostics

/// SQL as written for psql, with named parameters: `:'from'` or `:name`. The same file runs in psql with
/// `--set=from=…`, and here with values that never become a part of the SQL.
///
/// A closing `;`, and comments after it, are dropped, so that the text can stand inside `COPY (…)`.
package struct SQLTemplate: Sendable, Equatable {
    /// Each name once, in the order of first use.
    package let parameters: [String]
    /// How errors name the statement.
    package var name: String
    package let source: String
    /// The line of `source` on which the text begins.
    package let line: Int
    /// False when a `;` stands between statements: such a text is a script, not a report.
    package let isSingleStatement: Bool
    /// There is no SQL in it, only blanks and comments.
    let isEmpty: Bool
    private let pieces: [TemplatePiece]

    /// - Throws: `parameter.invalid` with file and line: an unclosed quote or comment, `:"name"`, `$1`, a backslash
    ///   command of psql.
    package init(_ text: String, source: String) throws(Failure) {
        try self.init(text, source: source, line: 1, name: source)
    }

    /// - Parameter line: the line of `source` on which `text` begins.
    package init(_ text: String, source: String, line: Int, name: String) throws(Failure) {
        let result = try SQLLexer.lex(text, source: source, line: line)
        pieces = result.pieces
        isSingleStatement = result.statements <= 1
        isEmpty = result.statements == 0
        var names: [String] = []
        for case .parameter(let name) in pieces where !names.contains(name) { names.append(name) }
        parameters = names
        self.source = source
        self.line = line
        self.name = name
    }

    /// The statement with `$1` … for the parameters. Values that it does not use are ignored.
    /// - Throws: `parameter.missing`.
    package func bind(_ values: [String: SQLValue] = [:]) throws(Failure) -> Statement {
        let sql = try render { name in "$" + String((parameters.firstIndex(of: name) ?? 0) + 1) }
        var bound: [SQLValue] = []
        for parameter in parameters { bound.append(try value(of: parameter, in: values)) }
        var statement = Statement(sql, bound, name: name)
        statement.sourceFile = source
        statement.sourceLine = line
        return statement
    }

    /// The SQL with the values as escaped, typed literals: for COPY and for scripts, which take no parameters.
    /// - Throws: `parameter.missing`; `parameter.invalid` for a text that holds a NUL.
    package func literal(_ values: [String: SQLValue] = [:]) throws(Failure) -> String {
        try render { name throws(Failure) in
            let value = try value(of: name, in: values)
            guard let text = value.wireText else { return "NULL" }
            guard !text.utf8.contains(0) else {
                throw Failure(.parameterInvalid, "The value of parameter \(name) holds a NUL character.")
            }
            return SQLText.literal(text) + "::" + value.typeName
        }
    }

    /// `COPY (the statement) TO STDOUT`, with literals; errors of it lead to the file and line.
    /// - Throws: as `literal`; `parameter.invalid` for more than one statement.
    package func copyOut(_ values: [String: SQLValue] = [:]) throws(Failure) -> Statement {
        guard isSingleStatement else {
            throw Failure(.parameterInvalid, "\(name) holds more than one statement.", at: .file(source, line: line))
        }
        var statement = Statement("COPY (" + (try literal(values)) + "\n) TO STDOUT", name: name)
        statement.sourceFile = source
        statement.sourceLine = line
        return statement
    }

    private func value(of name: String, in values: [String: SQLValue]) throws(Failure) -> SQLValue {
        guard let value = values[name] else {
            throw Failure(
                .parameterMissing, "Parameter \(name) of \(self.name) has no value.", at: .file(source, line: line))
        }
        return value
    }

    private func render(_ parameter: (String) throws(Failure) -> String) throws(Failure) -> String {
        var text = ""
        var afterParameter = false
        for piece in pieces {
            switch piece {
            case .sql(let sql):
                // `:'a'1` must not become `$11`.
                if afterParameter, let first = sql.unicodeScalars.first, Self.gluesToName(first) { text += " " }
                text += sql
                afterParameter = false
            case .parameter(let name):
                if let last = text.unicodeScalars.last, Self.gluesToName(last) { text += " " }
                text += try parameter(name)
                afterParameter = true
            }
        }
        return text
    }

    private static func gluesToName(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value >= 0x80 || scalar == "_" || scalar == "$" || scalar.properties.isAlphabetic
            || ("0"..."9").contains(scalar) || scalar == "'"
    }
}
