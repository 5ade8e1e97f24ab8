import CLibPQ

extension Connection {
    /// Runs `COPY … TO STDOUT` and calls `body` with each CopyData message: in the text and CSV formats one row with
    /// its line end. The bytes are valid during the call only.
    ///
    /// - Returns: the number of rows that the server says it sent.
    /// - Throws: what `body` throws; the COPY is cancelled at the server then.
    @discardableResult package func copyOut(
        _ sql: String, _ body: (UnsafeRawBufferPointer) throws -> Void
    ) throws -> Int64 {
        try copyOut(Statement(sql)) { buffer in try body(UnsafeRawBufferPointer(buffer)) }
    }

    /// The same for a statement with a name and a source; it takes no values.
    @discardableResult package func copyOut(
        _ statement: Statement, _ body: (UnsafeMutableRawBufferPointer) throws -> Void
    ) throws -> Int64 {
        let handle = try begin(statement, expecting: PGRES_COPY_OUT)
        streaming = statement.name
        defer { streaming = nil }
        while true {
            var message: UnsafeMutablePointer<CChar>?
            let length = PQgetCopyData(handle, &message, 0)
            guard length > 0 else { break }
            defer { PQfreemem(message) }
            do {
                try body(UnsafeMutableRawBufferPointer(start: message, count: Int(length)))
            } catch {
                canceller.cancel()
                drain(statement)
                throw error
            }
        }
        return try finish(statement)
    }

    /// Runs `COPY … FROM STDIN` in the text format, with the rows that `body` writes.
    ///
    /// - Returns: the number of rows stored.
    /// - Throws: what `body` throws, after the server has undone the COPY; the server's refusal of a row.
    @discardableResult package func copyIn(
        _ sql: String, _ body: (inout CopyWriter) throws -> Void
    ) throws -> Int64 {
        let statement = Statement(sql)
        let handle = try begin(statement, expecting: PGRES_COPY_IN)
        streaming = statement.name
        defer { streaming = nil }
        var writer = CopyWriter(handle, statementName: statement.name, canceller: canceller)
        do {
            try body(&writer)
            try writer.finish()
        } catch let error as CopyInterrupted {
            // The server has given up already; its own word says why.
            throw drain(statement) ?? PostgresError(.connectionFailure, error.message, statementName: statement.name)
        } catch {
            PQputCopyEnd(handle, "the client gave up")
            drain(statement)
            throw error
        }
        guard PQputCopyEnd(handle, nil) == 1 else { throw drain(statement) ?? lostOrRefused(statement) }
        return try finish(statement)
    }

    private func begin(_ statement: Statement, expecting status: ExecStatusType) throws(PostgresError) -> OpaquePointer
    {
        let handle = try ready(for: statement)
        guard PQsendQuery(handle, statement.sql) == 1, let pointer = PQgetResult(handle) else {
            throw lostOrRefused(statement)
        }
        let result = ResultSet(owning: pointer)
        guard result.status != status else { return handle }
        switch result.status {
        case PGRES_COPY_IN, PGRES_COPY_OUT, PGRES_COPY_BOTH: throw abandonCopy(statement)
        case PGRES_FATAL_ERROR, PGRES_BAD_RESPONSE, PGRES_NONFATAL_ERROR:
            let error = error(of: result, statement)
            drain(statement)
            throw error
        default:
            drain(statement)
            throw PostgresError(
                .protocolViolation, "the statement is no COPY in this direction", statementName: statement.name)
        }
    }

    /// Reads the results after the data: the count, or the error.
    private func finish(_ statement: Statement) throws(PostgresError) -> Int64 {
        var rows: Int64 = 0
        var failure: PostgresError?
        while let pointer = PQgetResult(handle) {
            let result = ResultSet(owning: pointer)
            switch result.status {
            case PGRES_COMMAND_OK: rows = result.affectedRows
            case PGRES_COPY_IN, PGRES_COPY_OUT, PGRES_COPY_BOTH: failure = failure ?? abandonCopy(statement)
            default: failure = failure ?? error(of: result, statement)
            }
        }
        if let failure { throw failure }
        return rows
    }
}
