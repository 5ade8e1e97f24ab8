/// A five-character SQLSTATE (PostgreSQL manual, appendix A). Matches in `catch` by `~=`:
/// `catch let error as PostgresError where error.sqlState ~= .uniqueViolation`.
package struct SQLState: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    package let rawValue: String
    package init(rawValue: String) { self.rawValue = rawValue }

    package var description: String { rawValue }

    /// The first two characters: `23` is every integrity violation.
    package var category: String { String(rawValue.prefix(2)) }

    /// Whether the same transaction, run again from its start, may well succeed: serialization failure, deadlock,
    /// a lost connection, a server that restarts, too many clients.
    package var isTransient: Bool {
        switch self {
        case .serializationFailure, .deadlockDetected, .adminShutdown, .crashShutdown, .cannotConnectNow,
            .tooManyConnections, .lockNotAvailable:
            true
        default: category == "08"
        }
    }

    // Connection.
    package static let cannotConnect = SQLState(rawValue: "08001")
    package static let connectionDoesNotExist = SQLState(rawValue: "08003")
    package static let connectionFailure = SQLState(rawValue: "08006")
    package static let protocolViolation = SQLState(rawValue: "08P01")
    package static let invalidAuthorization = SQLState(rawValue: "28000")
    package static let invalidPassword = SQLState(rawValue: "28P01")
    package static let unknownDatabase = SQLState(rawValue: "3D000")
    // Data.
    package static let numericOutOfRange = SQLState(rawValue: "22003")
    package static let invalidParameterValue = SQLState(rawValue: "22023")
    package static let characterNotInRepertoire = SQLState(rawValue: "22021")
    package static let invalidText = SQLState(rawValue: "22P02")
    package static let badCopyFormat = SQLState(rawValue: "22P04")
    // Integrity.
    package static let restrictViolation = SQLState(rawValue: "23001")
    package static let notNullViolation = SQLState(rawValue: "23502")
    package static let foreignKeyViolation = SQLState(rawValue: "23503")
    package static let uniqueViolation = SQLState(rawValue: "23505")
    package static let checkViolation = SQLState(rawValue: "23514")
    // Transactions.
    package static let activeTransaction = SQLState(rawValue: "25001")
    package static let readOnlyTransaction = SQLState(rawValue: "25006")
    package static let noActiveTransaction = SQLState(rawValue: "25P01")
    package static let failedTransaction = SQLState(rawValue: "25P02")
    package static let serializationFailure = SQLState(rawValue: "40001")
    package static let deadlockDetected = SQLState(rawValue: "40P01")
    // Names and rights.
    package static let insufficientPrivilege = SQLState(rawValue: "42501")
    package static let syntaxError = SQLState(rawValue: "42601")
    package static let undefinedColumn = SQLState(rawValue: "42703")
    package static let undefinedObject = SQLState(rawValue: "42704")
    package static let undefinedTable = SQLState(rawValue: "42P01")
    // Resources and operators.
    package static let diskFull = SQLState(rawValue: "53100")
    package static let tooManyConnections = SQLState(rawValue: "53300")
    package static let objectInUse = SQLState(rawValue: "55006")
    package static let lockNotAvailable = SQLState(rawValue: "55P03")
    package static let queryCanceled = SQLState(rawValue: "57014")
    package static let adminShutdown = SQLState(rawValue: "57P01")
    package static let crashShutdown = SQLState(rawValue: "57P02")
    package static let cannotConnectNow = SQLState(rawValue: "57P03")
    package static let databaseDropped = SQLState(rawValue: "57P04")
    package static let raisedException = SQLState(rawValue: "P0001")
    package static let internalError = SQLState(rawValue: "XX000")

    /// Matches a state in a `switch`.
    package static func ~= (pattern: SQLState, value: SQLState) -> Bool { pattern == value }
    /// Matches an error of any kind: `catch let error where SQLState.uniqueViolation ~= error`.
    package static func ~= (pattern: SQLState, error: any Error) -> Bool {
        (error as? PostgresError)?.sqlState == pattern
    }
}
