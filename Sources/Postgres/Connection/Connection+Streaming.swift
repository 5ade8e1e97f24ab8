import CLibPQ

extension Connection {
    /// Calls `body` with each row as it comes, in constant memory.
    ///
    /// The connection takes no other statement until this returns. An error of `body` cancels the statement at the
    /// server and is thrown on.
    package func forEach(_ statement: Statement, _ body: (Row) throws -> Void) throws {
        let handle = try ready(for: statement)
        let parameters = try WireParameters(statement)
        let sent = parameters.withPointers { count, values in
            PQsendQueryParams(handle, statement.sql, count, nil, values, nil, nil, 0)
        }
        guard sent == 1 else { throw lostOrRefused(statement) }
        try stream(statement, body)
    }

    /// The rows of the statement that was just sent, one result a row.
    func stream(_ statement: Statement, _ body: (Row) throws -> Void) throws {
        PQsetSingleRowMode(handle)
        streaming = statement.name
        defer { streaming = nil }
        var header: RowHeader?
        var failure: PostgresError?
        while let pointer = PQgetResult(handle) {
            let result = ResultSet(owning: pointer)
            switch result.status {
            case PGRES_SINGLE_TUPLE:
                let names = header ?? RowHeader(statement: statement.name, names: result.columns.map(\.name))
                header = names
                do {
                    try body(Row(result: result, index: 0, header: names))
                } catch {
                    canceller.cancel()
                    drain(statement)
                    throw error
                }
            case PGRES_TUPLES_OK, PGRES_COMMAND_OK, PGRES_EMPTY_QUERY: break
            case PGRES_COPY_IN, PGRES_COPY_OUT, PGRES_COPY_BOTH: throw abandonCopy(statement)
            default: failure = failure ?? error(of: result, statement)
            }
        }
        if let failure { throw failure }
    }
}
