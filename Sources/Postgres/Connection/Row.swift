package import Diagnostics

/// One row of a result; it keeps the result alive, so it may outlive the query.
///
/// Accessors read a column by name and throw a `Failure` that names the statement and the column when there is no
/// such column, when it is NULL where a value was asked for, or when its text is not what was asked for.
package struct Row: Sendable {
    let result: ResultSet
    let index: Int
    let header: RowHeader

    /// The names of the columns, in order.
    package var columnNames: [String] { header.names }
    /// The number of columns.
    package var count: Int { header.names.count }

    /// Whether the column is NULL.
    package func isNull(_ column: String) throws(Failure) -> Bool {
        result.bytes(row: index, column: try header.index(of: column)) == nil
    }

    /// The column's text form, whatever its type.
    package func text(_ column: String) throws(Failure) -> String { try required(optionalText(column), column) }

    /// The same, nil for NULL.
    package func optionalText(_ column: String) throws(Failure) -> String? {
        optionalText(at: try header.index(of: column))
    }

    /// The column at a position from 0, nil for NULL.
    package func optionalText(at column: Int) -> String? {
        result.bytes(row: index, column: column).map { String(decoding: $0, as: UTF8.self) }
    }

    /// smallint, integer or bigint.
    package func int(_ column: String) throws(Failure) -> Int { try required(optionalInt(column), column) }

    /// The same, nil for NULL.
    package func optionalInt(_ column: String) throws(Failure) -> Int? {
        guard let text = try optionalText(column) else { return nil }
        guard let value = Int(text) else { throw header.unreadable(column, "an integer") }
        return value
    }

    /// The same as `int`, as the type that ids and minor units have.
    package func int64(_ column: String) throws(Failure) -> Int64 { Int64(try int(column)) }

    /// The same, nil for NULL.
    package func optionalInt64(_ column: String) throws(Failure) -> Int64? {
        try optionalInt(column).map { Int64($0) }
    }

    /// boolean.
    package func bool(_ column: String) throws(Failure) -> Bool { try required(optionalBool(column), column) }

    /// The same, nil for NULL.
    package func optionalBool(_ column: String) throws(Failure) -> Bool? {
        switch try optionalText(column) {
        case nil: nil
        case "t": true
        case "f": false
        default: throw header.unreadable(column, "a boolean")
        }
    }

    /// Calls `body` with the field's bytes in PostgreSQL's text form, without a copy; nil is NULL.
    package func withBytes<T>(_ column: Int, _ body: (UnsafeRawBufferPointer?) throws -> T) rethrows -> T {
        try body(result.bytes(row: index, column: column))
    }

    private func required<T>(_ value: T?, _ column: String) throws(Failure) -> T {
        guard let value else {
            throw Failure(.internalError, "Statement \(header.statement): column \(column) is NULL.")
        }
        return value
    }
}

/// The columns' names, read once a statement.
final class RowHeader: Sendable {
    let statement: String
    let names: [String]

    init(statement: String, names: [String]) {
        self.statement = statement
        self.names = names
    }

    func index(of column: String) throws(Failure) -> Int {
        guard let index = names.firstIndex(of: column) else {
            throw Failure(
                .internalError,
                "Statement \(statement) has no column \(column); it has \(names.joined(separator: ", ")).")
        }
        return index
    }

    func unreadable(_ column: String, _ expected: String) -> Failure {
        Failure(.internalError, "Statement \(statement): column \(column) is not \(expected).")
    }
}
