package import Diagnostics

/// What PostgreSQL, or libpq on its behalf, says went wrong with one statement.
///
/// `message` and `description` hold no row values: a value may be personal data, and errors are logged. `detail` is
/// as the server sent it and may hold such values: it is for code to look at, never for a log.
package struct PostgresError: Error, Sendable, Equatable {
    package var sqlState: SQLState
    /// The server's primary message, with row values taken out.
    package var message: String
    /// As the server sent it; may hold row values (`Key (email)=(…)`): never log it, use `description`.
    package var detail: String?
    package var hint: String?
    package var constraint: String?
    package var schema: String?
    package var table: String?
    package var column: String?
    /// Where in a COPY or a function: row values taken out.
    package var context: String?
    /// The position in the statement's text, in characters from 1.
    package var position: Int?
    /// The `name` of the `Statement`, so that an error leads to its SQL.
    package var statementName: String?
    /// The .sql file of the statement and the line of `position` there.
    package var location: Location?
    /// The role under which the statement ran.
    package var role: String?
    /// The connection was being made, no statement ran yet.
    package var whileConnecting: Bool

    package init(
        _ sqlState: SQLState, _ message: String, detail: String? = nil, statementName: String? = nil,
        whileConnecting: Bool = false
    ) {
        self.sqlState = sqlState
        self.message = message
        self.detail = detail
        self.statementName = statementName
        self.whileConnecting = whileConnecting
    }

    /// The server can no longer be talked to over this connection.
    package var isConnectionLost: Bool { sqlState.category == "08" || sqlState.rawValue.hasPrefix("57P0") }
}

extension PostgresError: CustomStringConvertible {
    /// One line with everything that is safe to show.
    package var description: String {
        var text = message
        if let constraint, !message.contains(constraint) { text += ", constraint \(constraint)" }
        if let table, !message.contains(table) { text += ", table \(table)" }
        if let column, !message.contains(column) { text += ", column \(column)" }
        if let detail = safeDetail { text += ": \(detail)" }
        if let context { text += " [\(context)]" }
        text += " (SQLSTATE \(sqlState)"
        if let statementName { text += ", statement \(statementName)" }
        return text + ")"
    }

    /// The detail where it can hold no row values: locks, resources, names, connection.
    package var safeDetail: String? {
        let safe = ["08", "25", "28", "2B", "40", "42", "53", "54", "55", "57", "58"]
        guard let detail, safe.contains(sqlState.category) else { return nil }
        return detail.split(separator: "\n").joined(separator: " ")
    }
}

extension Failure {
    /// Any error as the failure that a person sees: a `Failure` as it is, a `PostgresError` by its `failure`.
    package init(_ error: any Error) {
        switch error {
        case let failure as Failure: self = failure
        case let error as PostgresError: self = error.failure
        default: self.init(.internalError, "\(error)")
        }
    }
}

extension PostgresError {
    /// The failure that a person sees: what, where and what to do.
    package var failure: Failure {
        let code = errorCode
        var text = description
        if code == .databasePermission, let role { text = "role \(role): " + text }
        return Failure(code, text, at: location, advice: advice(for: code))
    }

    private var errorCode: ErrorCode {
        switch sqlState {
        case .diskFull: .databaseFull
        case .insufficientPrivilege: .databasePermission
        case .cannotConnectNow: .databaseUnreachable
        case .adminShutdown, .crashShutdown, .databaseDropped: whileConnecting ? .databaseUnreachable : .databaseLost
        case .tooManyConnections where whileConnecting: .databaseUnreachable
        case .unknownDatabase where whileConnecting: .databaseRefused
        default:
            switch sqlState.category {
            case "08": whileConnecting ? .databaseUnreachable : .databaseLost
            case "28": .databaseRefused
            default: whileConnecting ? .databaseRefused : .databaseStatement
            }
        }
    }

    private func advice(for code: ErrorCode) -> String? {
        switch code {
        case .databaseUnreachable:
            sqlState == .tooManyConnections
                ? "All connections are taken; try again, or raise max_connections."
                : "Check that the server runs and that host and port are right."
        case .databaseRefused:
            "Check the user, the password (~/.pgpass, PGPASSWORD or the URL), the database's name and pg_hba.conf."
        case .databaseLost: "Run the same command again; what was not committed was rolled back."
        case .databasePermission:
            "Grant what is missing, see config/deploy/roles.sql, or run `mainspring doctor`."
        case .databaseFull: code.advice
        default: hint
        }
    }
}

/// Row values out of the server's texts. What is left still names the type, the constraint, the table, the column.
enum Redaction {
    /// `invalid input syntax for type date: "…"`: class 22 messages quote the value itself.
    static func message(_ text: String, _ state: SQLState) -> String {
        guard state.category == "22" || state.category == "23", state != .invalidParameterValue else { return text }
        guard state.category == "22" else { return text }
        var result = ""
        var inQuotes = false
        for character in text {
            if character == "\"" {
                if !inQuotes { result += "\"…\"" }
                inQuotes.toggle()
            } else if !inQuotes {
                result.append(character)
            }
        }
        return result
    }

    /// Keeps the line and column of a COPY and the functions of the call stack; drops quoted data.
    static func context(_ text: String) -> String? {
        var kept: [String] = []
        for line in text.split(separator: "\n") {
            if line.hasPrefix("COPY ") {
                kept.append(String(line.prefix { $0 != ":" && $0 != "\"" }))
            } else if line.hasPrefix("PL/pgSQL function") || line.hasPrefix("SQL function") {
                kept.append(String(line))
            }
        }
        return kept.isEmpty ? nil : kept.joined(separator: "; ")
    }
}
