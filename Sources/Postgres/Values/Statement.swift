import Diagnostics

/// One SQL statement with its parameters (`$1` …) and the name under which errors and logs know it.
package struct Statement: Sendable, Equatable {
    package var sql: String
    package var values: [SQLValue]
    package var name: String
    /// The .sql file it comes from and the line of that file on which `sql` begins.
    package var source: (file: String, line: Int)? {
        guard let sourceFile else { return nil }
        return (sourceFile, sourceLine)
    }
    var sourceFile: String?
    var sourceLine = 1

    /// - Parameter name: by default the first words of the SQL.
    package init(_ sql: String, _ values: [SQLValue] = [], name: String? = nil) {
        self.sql = sql
        self.values = values
        self.name = name ?? Self.firstWords(of: sql)
    }

    /// Up to the first constant: what stands in quotes may be a value, and names are logged.
    private static func firstWords(of sql: String) -> String {
        let words = sql.prefix { $0 != "'" }.split(maxSplits: 8, whereSeparator: \.isWhitespace)
        let text = words.prefix(7).joined(separator: " ")
        return words.count > 7 ? text + " …" : text
    }

    /// The file and line of a character position (from 1) of `sql`.
    func location(of position: Int?) -> Location? {
        guard let sourceFile else { return nil }
        guard let position else { return .file(sourceFile, line: sourceLine) }
        let lines = sql.unicodeScalars.prefix(position - 1).count { $0 == "\n" }
        return .file(sourceFile, line: sourceLine + lines)
    }
}

extension Statement: ExpressibleByStringLiteral {
    package init(stringLiteral value: String) { self.init(value) }
}
