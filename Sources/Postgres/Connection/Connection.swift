import CLibPQ

/// One session with a PostgreSQL server; owns the libpq handle and closes it.
///
/// Synchronous, and for one thread at a time: Mainspring is a batch program, and in async code blocking work belongs
/// into `onDedicatedThread`. Every session is pinned to UTC, ISO dates, UTF-8 and the `public` search path
/// (docs/architecture.md, “Time has one rule”).
package final class Connection {
    /// nil once closed.
    private(set) var handle: OpaquePointer?
    /// Cancels the running statement from any thread.
    package let canceller: Canceller
    /// What it was made for.
    package let target: ConnectionTarget
    /// The role that was set at the start, if any.
    package let role: String?
    /// A statement is streaming rows; the connection takes no other until it ends.
    var streaming: String?
    var savepointDepth = 0
    var preparedCount = 0
    private let notices: NoticeBox?

    /// Connects, pins the session's settings and takes on `role`.
    ///
    /// - Parameter notice: receives the server's notices and warnings; without it they are dropped.
    /// - Throws: `PostgresError` with `whileConnecting` set: unreachable (08001), refused (28…), unknown database
    ///   (3D000), no right to the role (42501).
    package init(
        _ target: ConnectionTarget, role: String? = nil, notice: (@Sendable (String) -> Void)? = nil
    ) throws(PostgresError) {
        let handle = try Connecting.open(target)
        self.handle = handle
        self.target = target
        self.role = role
        canceller = Canceller(handle)
        notices = notice.map { NoticeBox($0) }
        NoticeBox.attach(notices, to: handle)
        try script(Self.sessionSettings)
        if let role {
            do {
                try script("SET ROLE \(quotedIdentifier(role))")
            } catch {
                var error = error
                error.role = role
                error.whileConnecting = true
                throw error
            }
        }
    }

    deinit { PQfinish(handle) }

    /// Ends the session; an open transaction is rolled back. Statements after this throw 08003.
    package func close() {
        PQfinish(handle)
        handle = nil
    }

    /// Compiling a query costs seconds, and no query of a batch is run often enough to earn them back: no JIT.
    private static let sessionSettings = """
        SET TimeZone = 'UTC'; SET DateStyle = 'ISO, YMD'; SET IntervalStyle = 'postgres'; SET search_path = public;
        SET standard_conforming_strings = on; SET bytea_output = hex; SET extra_float_digits = 1;
        SET jit = off;
        SET client_min_messages = notice
        """

    // MARK: What the session is

    /// Where the session stands; `failed` waits for a ROLLBACK.
    package enum TransactionStatus: Sendable { case idle, active, inTransaction, failed, lost }

    /// As libpq knows it, without asking the server.
    package var transactionStatus: TransactionStatus {
        switch PQtransactionStatus(handle) {
        case PQTRANS_IDLE: .idle
        case PQTRANS_ACTIVE: .active
        case PQTRANS_INTRANS: .inTransaction
        case PQTRANS_INERROR: .failed
        default: .lost
        }
    }

    /// Whether libpq still holds the connection to be good; a dead server shows at the next statement only.
    package var isOpen: Bool { handle != nil && PQstatus(handle) == CONNECTION_OK }
    /// `150017` for 15.17.
    package var serverVersion: Int { Int(PQserverVersion(handle)) }
    /// The process id of the session's server process, as pg_stat_activity shows it.
    package var backendPID: Int { Int(PQbackendPID(handle)) }
    /// The database that the session is in.
    package var database: String { PQdb(handle).map { String(cString: $0) } ?? "" }
    /// The login, whatever role was set.
    package var user: String { PQuser(handle).map { String(cString: $0) } ?? "" }

    // MARK: Statements

    /// Runs a statement; its rows, if it has any, are dropped.
    /// - Returns: the number of rows that it wrote (or would have returned).
    @discardableResult package func execute(_ statement: Statement) throws(PostgresError) -> Int {
        Int(try run(statement).affectedRows)
    }

    /// All rows at once: for small results only, the whole result is in memory.
    package func query(_ statement: Statement) throws(PostgresError) -> [Row] {
        rows(of: try run(statement), statement)
    }

    /// Many statements without parameters, in one implicit transaction unless they say otherwise.
    package func script(_ sql: String) throws(PostgresError) { try script(sql, name: nil) }

    /// - Parameter name: how errors name the script; by default the first words.
    package func script(_ sql: String, name: String?) throws(PostgresError) {
        let statement = Statement(sql, name: name)
        let handle = try ready(for: statement)
        _ = try outcome(of: PQsendQuery(handle, sql), statement)
    }

    func rows(of result: ResultSet, _ statement: Statement) -> [Row] {
        let header = RowHeader(statement: statement.name, names: result.columns.map(\.name))
        return (0..<result.rowCount).map { Row(result: result, index: $0, header: header) }
    }

    func run(_ statement: Statement) throws(PostgresError) -> ResultSet {
        let handle = try ready(for: statement)
        let parameters = try WireParameters(statement)
        let sent = parameters.withPointers { count, values in
            PQsendQueryParams(handle, statement.sql, count, nil, values, nil, nil, 0)
        }
        return try outcome(of: sent, statement)
    }

    /// The handle, if the connection can take a statement now.
    func ready(for statement: Statement) throws(PostgresError) -> OpaquePointer {
        guard let handle else {
            throw PostgresError(
                .connectionDoesNotExist, "the connection is closed", statementName: statement.name)
        }
        if let streaming {
            throw PostgresError(
                .objectInUse, "the connection is still reading the rows of \(streaming)",
                statementName: statement.name)
        }
        return handle
    }

    /// The last result of what was just sent, or the first error: a server that is shut down says why (57P01) before
    /// the connection ends, and libpq's own `PQexec` would answer with the end only.
    func outcome(of sent: Int32, _ statement: Statement) throws(PostgresError) -> ResultSet {
        guard sent == 1 else { throw lostOrRefused(statement) }
        var last: ResultSet?
        var failure: PostgresError?
        while let pointer = PQgetResult(handle) {
            let result = ResultSet(owning: pointer)
            switch result.status {
            case PGRES_BAD_RESPONSE, PGRES_FATAL_ERROR, PGRES_NONFATAL_ERROR:
                failure = failure ?? error(of: result, statement)
            case PGRES_COPY_IN, PGRES_COPY_OUT, PGRES_COPY_BOTH: throw abandonCopy(statement)
            default: last = result
            }
        }
        if let failure { throw failure }
        guard let last else { throw lostOrRefused(statement) }
        return last
    }

    /// A name as SQL writes it: `"Odd ""name"""`.
    package func quotedIdentifier(_ name: String) -> String { SQLText.identifier(name) }
}
