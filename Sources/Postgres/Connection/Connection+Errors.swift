import CLibPQ
import Diagnostics

extension Connection {
    /// The error in a failed result, with all that the server said of it.
    func error(of result: ResultSet, _ statement: Statement) -> PostgresError {
        guard let code = result.diagnostic(Diagnostic.sqlState) else { return lostOrRefused(statement) }
        let state = SQLState(rawValue: code)
        var error = PostgresError(
            state, Redaction.message(result.diagnostic(Diagnostic.message) ?? "unknown error", state),
            detail: result.diagnostic(Diagnostic.detail), statementName: statement.name)
        error.hint = result.diagnostic(Diagnostic.hint)
        error.constraint = result.diagnostic(Diagnostic.constraint)
        error.schema = result.diagnostic(Diagnostic.schema)
        error.table = result.diagnostic(Diagnostic.table)
        error.column = result.diagnostic(Diagnostic.column)
        error.context = result.diagnostic(Diagnostic.context).flatMap(Redaction.context)
        error.position = result.diagnostic(Diagnostic.position).flatMap { Int($0) }
        error.location = statement.location(of: error.position)
        error.role = role ?? user
        return error
    }

    /// The error of a call that gave no SQLSTATE: as a rule the connection is gone.
    func lostOrRefused(_ statement: Statement) -> PostgresError {
        let text = PQerrorMessage(handle).map { String(cString: $0) } ?? ""
        let lines = text.split(separator: "\n").map { $0.drop(while: \.isWhitespace) }.joined(separator: " ")
        let state: SQLState = PQstatus(handle) == CONNECTION_OK ? .internalError : .connectionFailure
        var error = PostgresError(
            state, lines.isEmpty ? "the connection to the server was lost" : lines, statementName: statement.name)
        error.location = statement.location(of: nil)
        error.role = role ?? user
        return error
    }

    /// Reads results until the server is ready for the next statement; the first error among them, if any.
    @discardableResult func drain(_ statement: Statement) -> PostgresError? {
        var first: PostgresError?
        while let pointer = PQgetResult(handle) {
            let result = ResultSet(owning: pointer)
            switch result.status {
            case PGRES_COPY_IN: PQputCopyEnd(handle, "abandoned")
            case PGRES_COPY_OUT, PGRES_COPY_BOTH: discardCopyData()
            case PGRES_FATAL_ERROR, PGRES_BAD_RESPONSE: if first == nil { first = error(of: result, statement) }
            default: break
            }
            if PQstatus(handle) == CONNECTION_BAD { break }
        }
        return first
    }

    /// COPY … FROM STDIN or TO STDOUT where an ordinary statement was expected: ends it.
    func abandonCopy(_ statement: Statement) -> PostgresError {
        canceller.cancel()
        if PQputCopyEnd(handle, "abandoned") != 1 { discardCopyData() }
        drain(statement)
        return PostgresError(
            .protocolViolation, "COPY to or from the client needs copyIn or copyOut", statementName: statement.name)
    }

    private func discardCopyData() {
        var buffer: UnsafeMutablePointer<CChar>?
        while PQgetCopyData(handle, &buffer, 0) > 0 { PQfreemem(buffer) }
    }
}
