/// Every error that Mainspring can end with. The raw value is stable: scripts match on it, docs/errors.md lists it.
package enum ErrorCode: String, Sendable, CaseIterable {
    // Usage and configuration: exit 2.
    case usage = "usage"
    case configUnreadable = "config.unreadable"
    case configSyntax = "config.syntax"
    case configUnknownKey = "config.unknown_key"
    case configWrongType = "config.wrong_type"
    case configMissingKey = "config.missing_key"
    case configInvalid = "config.invalid"
    case homeNotFound = "home.not_found"
    case parameterMissing = "parameter.missing"
    case parameterInvalid = "parameter.invalid"
    case reportUnknown = "report.unknown"
    case reportInvalid = "report.invalid"
    case jobUnknown = "job.unknown"
    case jobInvalid = "job.invalid"
    case stepUnknown = "step.unknown"
    case settlementUnknown = "settlement.unknown"
    case storeUnknown = "store.unknown"
    case adminUnknown = "admin.unknown"
    case demoRefused = "demo.refused"

    // The database: exit 1.
    case databaseUnreachable = "database.unreachable"
    case databaseRefused = "database.refused"
    case databaseMissingBinaries = "database.missing_binaries"
    case databaseStart = "database.start"
    case databaseLost = "database.lost"
    case databaseStatement = "database.statement"
    case databaseFull = "database.full"
    case databasePermission = "database.permission"
    case schemaNewer = "schema.newer"
    case schemaChanged = "schema.changed"
    case schemaBehind = "schema.behind"
    case schemaBlocked = "schema.blocked"

    // Files: exit 1, or 4 where a statement is refused.
    case fileUnreadable = "file.unreadable"
    case fileUnwritable = "file.unwritable"
    case diskFull = "disk.full"
    case csvMalformed = "csv.malformed"
    case csvEncoding = "csv.encoding"
    case statementRefused = "statement.refused"
    case manifestMismatch = "manifest.mismatch"

    // Money and values.
    case moneyInvalid = "money.invalid"
    case moneyOverflow = "money.overflow"
    case currencyUnsupported = "currency.unsupported"
    case currencyMixed = "currency.mixed"
    case dateInvalid = "date.invalid"

    // Running: exit 1, 75, 130, 143.
    case runLocked = "run.locked"
    case runLockLost = "run.lock_lost"
    case runForgotten = "run.forgotten"
    case runDied = "run.died"
    case runNotResumable = "run.not_resumable"
    case runTimedOut = "run.timed_out"
    case runInterrupted = "run.interrupted"
    case runTerminated = "run.terminated"
    case proofFailed = "proof.failed"
    case internalError = "internal"

    package var exitCode: ExitCode {
        switch self {
        case .usage, .configUnreadable, .configSyntax, .configUnknownKey, .configWrongType, .configMissingKey,
            .configInvalid, .homeNotFound, .parameterMissing, .parameterInvalid, .reportUnknown, .reportInvalid,
            .jobUnknown, .jobInvalid, .stepUnknown, .runNotResumable, .settlementUnknown, .storeUnknown, .adminUnknown,
            .demoRefused,
            .databaseMissingBinaries, .dateInvalid:
            .usage
        case .csvMalformed, .csvEncoding, .statementRefused: .inputRefused
        case .runLocked: .locked
        case .runInterrupted: .interrupted
        case .runTerminated: .terminated
        default: .failed
        }
    }

    /// What to do next, where one advice fits every case of the code.
    package var advice: String? {
        switch self {
        case .homeNotFound:
            "Run `mainspring init` in the folder that shall be the home, or name it with --home or MAINSPRING_HOME."
        case .databaseMissingBinaries: "Install the server: apt-get install postgresql."
        case .databaseFull, .diskFull: "Free some space and run the same command again; nothing was half done."
        case .schemaBehind: "Run `mainspring migrate`."
        case .schemaNewer: "Install the Mainspring that migrated this database, or a newer one."
        case .runNotResumable: "See `mainspring history`; without --resume a new run begins."
        case .runLocked: "Wait until it has finished, or see `mainspring history`."
        default: nil
        }
    }
}
