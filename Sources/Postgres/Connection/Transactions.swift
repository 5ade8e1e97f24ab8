/// How much of other transactions a transaction sees.
package enum Isolation: String, Sendable {
    case readCommitted = "READ COMMITTED"
    case repeatableRead = "REPEATABLE READ"
    case serializable = "SERIALIZABLE"
}

/// An exported snapshot, to be imported by other sessions while the exporting transaction is open.
package struct SnapshotID: RawRepresentable, Hashable, Sendable {
    package let rawValue: String
    package init(rawValue: String) { self.rawValue = rawValue }
}

extension Connection {
    /// Runs `body` in a transaction: commits when it returns, rolls back and throws on when it throws.
    ///
    /// - Parameter snapshot: what the transaction sees, from `exportSnapshot`; it needs at least `.repeatableRead`.
    /// - Throws: what `body` throws; 25001 inside another transaction; 25P02 when `body` swallowed an error of a
    ///   statement, since PostgreSQL answers such a COMMIT with a ROLLBACK.
    @discardableResult package func transaction<T>(
        _ isolation: Isolation = .readCommitted, readOnly: Bool = false, snapshot: SnapshotID? = nil,
        _ body: () throws -> T
    ) throws -> T {
        guard transactionStatus != .inTransaction && transactionStatus != .failed else {
            throw PostgresError(.activeTransaction, "a transaction is already open; use savepoint")
        }
        try script("BEGIN ISOLATION LEVEL \(isolation.rawValue), READ \(readOnly ? "ONLY" : "WRITE")")
        let value: T
        do {
            if let snapshot { try script("SET TRANSACTION SNAPSHOT \(SQLText.literal(snapshot.rawValue))") }
            value = try body()
        } catch {
            rollBack()
            throw error
        }
        try commit()
        return value
    }

    private func commit() throws(PostgresError) {
        do throws(PostgresError) {
            let result = try run("COMMIT")
            guard result.commandTag == "COMMIT" else {
                throw PostgresError(
                    .failedTransaction, "the transaction was rolled back, because a statement in it had failed",
                    statementName: "COMMIT")
            }
        } catch {
            rollBack()
            throw error
        }
    }

    /// Best effort: when the connection is gone, the server rolls back by itself.
    private func rollBack() {
        guard transactionStatus == .inTransaction || transactionStatus == .failed else { return }
        _ = try? script("ROLLBACK")
    }

    /// Runs `body` in a savepoint of the open transaction: when it throws, only its own effects are undone.
    @discardableResult package func savepoint<T>(_ body: () throws -> T) throws -> T {
        savepointDepth += 1
        defer { savepointDepth -= 1 }
        let name = "mainspring_\(savepointDepth)"
        try script("SAVEPOINT \(name)")
        let value: T
        do {
            value = try body()
        } catch {
            _ = try? script("ROLLBACK TO SAVEPOINT \(name); RELEASE SAVEPOINT \(name)")
            throw error
        }
        try script("RELEASE SAVEPOINT \(name)")
        return value
    }

    /// Makes the snapshot of the open transaction importable, until that transaction ends.
    package func exportSnapshot() throws(PostgresError) -> SnapshotID {
        let rows = try query("SELECT pg_export_snapshot()")
        guard let id = rows.first?.optionalText(at: 0) else {
            throw PostgresError(.internalError, "the server exported no snapshot")
        }
        return SnapshotID(rawValue: id)
    }

    /// Takes a session-level advisory lock if no other session has it; it is held until unlocked or the session ends.
    package func tryAdvisoryLock(_ key: Int64) throws(PostgresError) -> Bool {
        let rows = try query(Statement("SELECT pg_try_advisory_lock($1::bigint)", [.int(key)]))
        return rows.first?.optionalText(at: 0) == "t"
    }

    /// - Returns: whether this session held it.
    @discardableResult package func advisoryUnlock(_ key: Int64) throws(PostgresError) -> Bool {
        let rows = try query(Statement("SELECT pg_advisory_unlock($1::bigint)", [.int(key)]))
        return rows.first?.optionalText(at: 0) == "t"
    }
}
