import Diagnostics
import Foundation
import Postgres
import Tabular

/// Which day a run is about, and which days it reports.
struct Calendar: Sendable, Equatable {
    var businessDate: String
    var windowFrom: String
    var windowTo: String
    /// The end of the business date: what happened later is not seen (a timestamptz, in UTC).
    var cutOff: String
    var timeZone: String
}

/// A run in progress: its row in the journal, and the token that only it has.
struct RunTicket: Sendable {
    var runID: Int64
    var ownerToken: String
    var job: String
    var calendar: Calendar
    /// The last finished run of the same job and date, and when it finished (business time).
    var finishedBefore: (run: Int64, at: String)?
    /// Whether somebody named the days to report.
    var windowIsNamed: Bool
    /// Whether a later business date has been reconciled: an earlier one then resolves no break.
    var laterReconciled: Bool
    /// Above 1 for a run that was taken up again.
    var attempt = 1
    /// Steps that are not done (again), by number: those that an earlier attempt did, and those that are left out.
    var kept: [Int: RunSummary.Step] = [:]
    /// The newest run of the same job and date that stopped and was not made up for; not for a run taken up again.
    var stoppedBefore: Int64?
}

/// The journal's statements: the only place that reads and writes `mainspring.runs`, `run_steps` and `run_files`.
struct Journal {
    static func library() throws -> SQLLibrary { try read.get() }

    /// Read once: a run asks for it at every step.
    private static let read = Result {
        try SQLLibrary(embedded: PackageResources.journal_sql, source: "Sources/Jobs/SQL/journal.sql")
    }

    let connection: Connection
    private let library: SQLLibrary

    init(_ connection: Connection) throws {
        self.connection = connection
        library = try Self.library()
    }

    /// The server's clock: one clock for all moments of the journal, whichever machine runs the job.
    func moment() throws -> SQLValue {
        .timestamptz(try connection.query("SELECT clock_timestamp() AS moment")[0].text("moment"))
    }

    func query(_ name: String, _ values: [String: SQLValue]) throws -> [Row] {
        try connection.query(try library[name].bind(values))
    }

    @discardableResult
    func execute(_ name: String, _ values: [String: SQLValue]) throws -> Int {
        try connection.execute(try library[name].bind(values))
    }

    /// The business date asked for, or the last one that is over; for a window of the last hour the one under way.
    /// - Throws: `parameter.invalid` for a date that is not over yet: a run of it could not be repeated. For a window of
    ///   the last hour that doesn't count, and only a date that has not begun is refused.
    func calendar(date: String?, from: String?, to: String?, rule: WindowRule, timeZone: String) throws -> Calendar {
        let row = try query(
            "calendar",
            [
                "business_date": (to ?? date).map { .date($0) } ?? .null, "time_zone": .text(timeZone),
                "window_rule": .text(rule.rawValue), "moment": try moment(),
            ])[0]
        let businessDate = try row.text("business_date")
        guard try row.bool("is_due") else {
            throw Failure(
                .parameterInvalid,
                "The business date \(businessDate) \(rule.isOncePerDate ? "isn't over" : "hasn't begun") yet in \(timeZone).",
                at: .named("--date"), advice: "Ask for an earlier one, or wait until midnight there.")
        }
        return Calendar(
            businessDate: businessDate, windowFrom: try from ?? row.text("window_from"),
            windowTo: try to ?? row.text("window_to"), cutOff: try row.text("cut_off"), timeZone: timeZone)
    }

    /// Marks the runs that died: the caller holds the writer's lock, so nobody runs.
    func bury() throws {
        try execute("bury", ["moment": try moment()])
        try execute("forget-heartbeats", [:])
    }

    /// Records a run before it does anything, and buries those that died: the caller holds the writer's lock.
    ///
    /// - Parameters:
    ///   - partial: some steps are left out: its business date is not done by it.
    ///   - plan: what its steps are, in order; and what the run was given for them.
    func open(
        job: String, calendar: Calendar, windowIsNamed: Bool, partial: Bool = false, plan: [String] = [],
        parameters: [String: String] = [:]
    ) throws -> RunTicket {
        try bury()
        let earlier = try earlier(job: job, calendar)
        let stopped = try query(
            "unfinished", ["run_id": .null, "job": .text(job), "business_date": .date(calendar.businessDate)]
        ).first
        let token = UUID().uuidString
        let values: [String: SQLValue] = [
            "job": .text(job), "business_date": .date(calendar.businessDate),
            "window_from": .date(calendar.windowFrom), "window_to": .date(calendar.windowTo),
            "cut_off": .timestamptz(calendar.cutOff), "partial": .bool(partial), "plan": .json(try JSON.text(plan)),
            "parameters": .json(try JSON.text(parameters)),
        ]
        let row = try query("open", values.merging(Self.owner(token, try moment())) { $1 })[0]
        var finished: (Int64, String)?
        if let run = try earlier.optionalInt64("finished_run"), let at = try earlier.optionalText("finished_local") {
            finished = (run, at)
        }
        return RunTicket(
            runID: try row.int64("run_id"), ownerToken: token, job: job, calendar: calendar, finishedBefore: finished,
            windowIsNamed: windowIsNamed, laterReconciled: try earlier.bool("later_reconciled"),
            stoppedBefore: try stopped?.int64("run_id"))
    }

    /// Who has the run in hand from now on.
    static func owner(_ token: String, _ moment: SQLValue) -> [String: SQLValue] {
        [
            "owner_token": .text(token), "host": .text(Identity.host), "process_id": .int(Identity.processID),
            "os_user": .text(Identity.user), "moment": moment,
        ]
    }

    /// What came before a run of this job and date.
    func earlier(job: String, _ calendar: Calendar) throws -> Row {
        try query(
            "earlier",
            [
                "job": .text(job), "business_date": .date(calendar.businessDate),
                "time_zone": .text(calendar.timeZone),
            ])[0]
    }

    private func identity(_ ticket: RunTicket) -> [String: SQLValue] {
        ["run_id": .int(ticket.runID), "owner_token": .text(ticket.ownerToken)]
    }

    /// Says that the run is alive, and finds out whether it still is the one that may write.
    func heartbeat(_ ticket: RunTicket) throws {
        let count = try execute("heartbeat", identity(ticket).merging(["moment": try moment()]) { $1 })
        guard count == 1 else { throw Self.lost(ticket) }
    }

    /// Locks the run's row in the transaction of a step's effects.
    /// - Throws: `run.lock_lost` when another run has taken over.
    func fence(_ ticket: RunTicket) throws {
        guard try query("fence", identity(ticket)).count == 1 else { throw Self.lost(ticket) }
    }

    /// Whether the run is done: asked when the answer to `close` was lost.
    func isClosed(_ ticket: RunTicket) throws -> Bool {
        try query("own-status", identity(ticket)).first.map { try $0.text("status") } == "done"
    }

    private static func lost(_ ticket: RunTicket) -> Failure {
        Failure(
            .runLockLost,
            "Run \(ticket.runID) lost the writer's lock: another run has taken over, and this one wrote no more.",
            at: .named("run \(ticket.runID)"),
            advice: "See `mainspring history`; start it again when the other has ended.")
    }

    /// Journals a step, in the transaction of its effects.
    func record(
        step number: Int, _ step: JobStep, _ outcome: StepOutcome, seconds: Double, _ ticket: RunTicket
    ) throws {
        try execute(
            "step",
            [
                "run_id": .int(ticket.runID), "step_no": .int(number), "step": .text(step.title),
                "kind": .text(step.kind), "status": .text(outcome.status),
                "seconds": .numeric(String(format: "%.3f", seconds)), "moment": try moment(),
                "rows_read": .int(outcome.read), "rows_written": .int(outcome.written),
                "rows_rejected": .int(outcome.rejected), "rows_changed": .int(outcome.changed),
                "detail": .json(try JSON.text(outcome.detail)),
            ])
    }

    /// Journals a file of the output folder.
    func record(file: Manifest.File, _ ticket: RunTicket) throws {
        try execute(
            "file",
            [
                "run_id": .int(ticket.runID), "path": .text(file.path), "format": .text(file.format),
                "rows": .int(file.rows), "bytes": .int(file.bytes), "sha256": .text(file.sha256),
                "sums": .json(try JSON.text(file.sums)),
            ])
    }

    /// Ends the run: once, by whoever still holds its token.
    func close(_ ticket: RunTicket, status: String, exitCode: ExitCode, failure: Failure?, summary: RunSummary) throws {
        var values = identity(ticket)
        values["status"] = .text(status)
        values["exit_code"] = .int(Int64(exitCode.rawValue))
        values["error_code"] = .optional(failure?.code.rawValue)
        values["error_message"] = .optional(failure?.message)
        values["summary"] = .json(try JSON.text(summary))
        values["moment"] = try moment()
        guard try execute("close", values) == 1 else { throw Self.lost(ticket) }
    }
}

/// Who runs this process, for the journal.
enum Identity {
    static let host = ProcessInfo.processInfo.hostName
    static let processID = Int64(ProcessInfo.processInfo.processIdentifier)
    static let user = NSUserName()
}

/// Our JSON: sorted keys and no escaped slashes, so that the same value is the same text.
package enum JSON {
    /// A value as JSON text, on one line or indented.
    package static func text(_ value: some Encodable, pretty: Bool = false) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        if pretty { encoder.outputFormatting.insert(.prettyPrinted) }
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }
}
