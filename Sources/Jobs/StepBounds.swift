import Configuration
import Postgres

/// How much of the server a step may take: its own options, else the settings'.
struct StepBounds: Sendable {
    private let local: [(setting: String, value: String)]
    private let temporarySpace: String?

    init(_ options: StepOptions, _ settings: Settings) {
        var local = [
            ("statement_timeout", "\(options.timeoutSeconds ?? settings.statementTimeoutSeconds)s"),
            ("lock_timeout", "\(options.lockTimeoutSeconds ?? settings.lockTimeoutSeconds)s"),
        ]
        if let memory = options.workMemory ?? settings.workMemory {
            // The second is ours: a reconciliation, which gives itself more than the server's default, asks for it.
            local += [("work_mem", memory), ("mainspring.work_memory", memory)]
        }
        self.local = local.map { (setting: $0.0, value: $0.1) }
        temporarySpace = settings.temporarySpace
    }

    /// Sets them for the transaction that is open; they fall with it.
    func apply(on connection: Connection, _ progress: any RunProgress) throws {
        let calls = local.indices.map { "set_config($\($0 * 2 + 1)::text, $\($0 * 2 + 2)::text, TRUE)" }
        let values = local.flatMap { [SQLValue.text($0.setting), .text($0.value)] }
        _ = try connection.query(Statement("SELECT \(calls.joined(separator: ", "))", values, name: "bounds"))
        guard let temporarySpace else { return }
        do {
            try connection.savepoint {
                _ = try connection.query(
                    Statement("SELECT set_config('temp_file_limit', $1::text, TRUE)", [.text(temporarySpace)]))
            }
        } catch let error as PostgresError where error.sqlState == .insufficientPrivilege {
            guard Self.told.take() else { return }
            let role = connection.role ?? "the login's role"
            progress.notice(
                """
                limits.temporary_space isn't held: \(role) may not set temp_file_limit. A superuser may allow it: \
                GRANT SET ON PARAMETER temp_file_limit TO \(role).
                """)
        }
    }

    /// It is the same for every step, so it is said once.
    private static let told = Once()
}
