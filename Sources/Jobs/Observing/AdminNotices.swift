import Diagnostics
package import Postgres

/// Tells the shop's administrators, by rows in `notifications`, that a run of a job failed whose file says
/// `on_failure: notify-admins`; and of runs that died, once the next run has found them dead. Once for each run.
///
/// The rows hold the run's number, its error code and advice: no message of the error, which may name a row.
package struct AdminNotices: RunObserver {
    private let jobs: JobCatalogue
    private let connect: @Sendable () throws -> Connection
    private let notice: @Sendable (String) -> Void

    /// - Parameter connect: a session under the job's role, which may write notifications.
    package init(
        jobs: JobCatalogue, connect: @escaping @Sendable () throws -> Connection,
        notice: @escaping @Sendable (String) -> Void
    ) {
        self.jobs = jobs
        self.connect = connect
        self.notice = notice
    }

    /// Looks for runs that died: whoever has just taken the lock knows that nobody else runs.
    package func began(_ summary: RunSummary) {
        attempt {
            try onConnection { connection in
                let moment = try Journal(connection).moment()
                let dead = try ObserverStatements.query(
                    "deaths", ["moment": moment, "run_id": .int(summary.run)], on: connection)
                for row in dead where try wants(try row.text("job")) {
                    let run = Subject(
                        run: try row.int64("run_id"), job: try row.text("job"), date: try row.text("business_date"))
                    try tell(run, code: ErrorCode.runDied.rawValue, exitCode: nil, moment, on: connection)
                }
            }
        }
    }

    package func ended(_ summary: RunSummary) {
        guard let failure = summary.failure, failure.code != ErrorCode.runInterrupted.rawValue else { return }
        attempt {
            guard try wants(summary.job) else { return }
            let run = Subject(run: summary.run, job: summary.job, date: summary.businessDate)
            try onConnection { connection in
                let moment = try Journal(connection).moment()
                try tell(run, code: failure.code, exitCode: summary.exitCode, moment, on: connection)
            }
        }
    }

    private struct Subject {
        var run: Int64
        var job: String
        var date: String
    }

    /// Whether the job's file asks for it; a job that has no file any more, or a wrong one, doesn't.
    private func wants(_ job: String) throws -> Bool {
        (try? jobs.job(job).onFailure.contains(.notifyAdmins)) ?? false
    }

    private func tell(
        _ run: Subject, code: String, exitCode: Int32?, _ moment: SQLValue, on connection: Connection
    ) throws {
        let how = exitCode.map { "with the error \(code) (exit code \($0))" } ?? "without a word (\(code))"
        let advice = ErrorCode(rawValue: code)?.advice.map { "\($0) " } ?? ""
        let message = """
            Run \(run.run) of \(run.job) for \(run.date) ended \(how). \(advice)The operator finds more by \
            `mainspring history \(run.run)`.
            """
        let statement = try ObserverStatements.library()["notify-admins"].bind([
            "title": .text("Run \(run.run) of \(run.job) for \(run.date) failed"), "message": .text(message),
            "moment": moment,
        ])
        try connection.transaction(.readCommitted) { _ = try connection.execute(statement) }
    }

    private func onConnection(_ body: (Connection) throws -> Void) throws {
        let connection = try connect()
        defer { connection.close() }
        try body(connection)
    }

    private func attempt(_ body: () throws -> Void) {
        do { try body() } catch {
            notice("The administrators could not be told: \(Failure.of(error).message)")
        }
    }
}
