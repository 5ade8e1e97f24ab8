import CLibPQ

/// What the server says of a statement without running it.
package struct StatementDescription: Sendable, Equatable {
    /// The inferred type of `$1`, `$2`, …
    package let parameters: [SQLType]
    /// Empty for a statement that returns no rows.
    package let columns: [ResultColumn]
}

/// A statement that the server has parsed once, to be run many times. Lives as long as its connection, or until
/// `close()`.
package final class PreparedStatement {
    /// What the server inferred.
    package let description: StatementDescription
    /// The inferred type of `$1`, `$2`, …
    package var parameters: [SQLType] { description.parameters }
    /// Empty for a statement that returns no rows.
    package var columns: [ResultColumn] { description.columns }
    private let connection: Connection
    private let serverName: String
    private let statement: Statement

    init(_ connection: Connection, _ serverName: String, _ statement: Statement, _ description: StatementDescription) {
        self.connection = connection
        self.serverName = serverName
        self.statement = statement
        self.description = description
    }

    /// - Returns: the number of rows that it wrote.
    @discardableResult package func execute(_ values: [SQLValue]) throws(PostgresError) -> Int {
        Int(try run(values).affectedRows)
    }

    /// All rows at once.
    package func query(_ values: [SQLValue]) throws(PostgresError) -> [Row] {
        connection.rows(of: try run(values), statement)
    }

    /// Each row as it comes; see `Connection.forEach`.
    package func forEach(_ values: [SQLValue], _ body: (Row) throws -> Void) throws {
        let handle = try connection.ready(for: statement)
        let parameters = try WireParameters(bound(values))
        let sent = parameters.withPointers { count, pointers in
            PQsendQueryPrepared(handle, serverName, count, pointers, nil, nil, 0)
        }
        guard sent == 1 else { throw connection.lostOrRefused(statement) }
        try connection.stream(statement, body)
    }

    /// Frees it at the server.
    package func close() throws(PostgresError) { try connection.script("DEALLOCATE \(serverName)") }

    private func run(_ values: [SQLValue]) throws(PostgresError) -> ResultSet {
        let handle = try connection.ready(for: statement)
        let parameters = try WireParameters(bound(values))
        let sent = parameters.withPointers { count, pointers in
            PQsendQueryPrepared(handle, serverName, count, pointers, nil, nil, 0)
        }
        return try connection.outcome(of: sent, statement)
    }

    private func bound(_ values: [SQLValue]) -> Statement {
        var copy = statement
        copy.values = values
        return copy
    }
}

extension Connection {
    /// Parses a statement at the server, without running it: its parameters' types and its columns.
    package func prepare(_ statement: Statement) throws(PostgresError) -> PreparedStatement {
        preparedCount += 1
        let name = "mainspring_\(preparedCount)"
        let description = try prepare(statement, as: name)
        return PreparedStatement(self, name, statement, description)
    }

    /// The same, when only the description is wanted: nothing stays behind at the server.
    package func describe(_ statement: Statement) throws(PostgresError) -> StatementDescription {
        try prepare(statement, as: "")
    }

    private func prepare(_ statement: Statement, as name: String) throws(PostgresError) -> StatementDescription {
        let handle = try ready(for: statement)
        _ = try outcome(of: PQsendPrepare(handle, name, statement.sql, 0, nil), statement)
        let result = try outcome(of: PQsendDescribePrepared(handle, name), statement)
        let parameters = (0..<PQnparams(result.pointer)).map { SQLType(rawValue: PQparamtype(result.pointer, $0)) }
        return StatementDescription(parameters: parameters, columns: result.columns)
    }
}
