import Diagnostics
import Money
package import Postgres

/// Finds out how the jobs are, for `mainspring status`.
///
/// A job counts when it has a schedule and has run at least once, or when it was asked for by name. It isn't well when its
/// last run failed or died, when its last success is older than allowed, or, where nothing is said about that, when
/// it was due for a business date before the last one that is over, and that isn't done.
package struct StatusReader: Sendable {
    private let jobs: JobCatalogue
    private let timeZone: String
    /// How old the last success may be, in seconds.
    private let maxAge: Double?

    package init(jobs: JobCatalogue, timeZone: String, maxAge: Double?) {
        self.jobs = jobs
        self.timeZone = timeZone
        self.maxAge = maxAge
    }

    /// - Parameter name: a job to look at alone; nil for all of the home.
    /// - Throws: `job.unknown`; what is wrong with a job's file.
    package func report(job name: String?, on connection: Connection) throws -> StatusReport {
        let journal = try Journal(connection)
        let values: [String: SQLValue] = ["moment": try journal.moment(), "time_zone": .text(timeZone)]
        let clock = try ObserverStatements.query(
            "clock", ["moment": values["moment"] ?? .null, "time_zone": .text(timeZone)], on: connection)[0]
        let lockIsFree = try journal.query("holder", ["lock_key": .int(RunLock.key)]).isEmpty
        var states: [String: Row] = [:]
        for row in try ObserverStatements.query("job-states", values, on: connection) {
            states[try row.text("job")] = row
        }
        let lastDate = try BusinessDate(clock.text("last_date"))
        let chosen = try (name.map { [$0] } ?? jobs.names).map { try jobs.job($0) }
        let described = try chosen.map { definition in
            try job(
                definition, states[definition.name], lastDate, lockIsFree: lockIsFree, isNamed: name != nil)
        }
        var open: [String: Int64] = [:]
        for row in try ObserverStatements.query("open-breaks", [:], on: connection) {
            let count = try row.int64("open")
            if count > 0 { open[try row.text("code")] = count }
        }
        return StatusReport(
            moment: try clock.text("moment"), timeZone: timeZone, lastDate: "\(lastDate)",
            healthy: described.allSatisfy(\.problems.isEmpty), jobs: described, openBreaks: open)
    }

    private func job(
        _ definition: JobDefinition, _ state: Row?, _ lastDate: BusinessDate, lockIsFree: Bool, isNamed: Bool
    ) throws -> StatusReport.Job {
        var job = StatusReport.Job(job: definition.name, schedule: definition.schedule, problems: [])
        guard let state else {
            if isNamed { job.problems.append("it never ran in this database.") }
            return job
        }
        var run = StatusReport.Run(
            run: try state.int64("run_id"), businessDate: try state.text("business_date"),
            status: try state.text("status"), exitCode: try state.optionalInt("exit_code"),
            errorCode: try state.optionalText("error_code"), startedAt: try state.text("started_local"))
        if run.status == "running" {
            let silent = Double(try state.text("silent_seconds")) ?? 0
            job.heartbeatSeconds = silent
            if lockIsFree, silent > Heartbeat.deadAfter { run.status = "died" }
        } else if run.errorCode == ErrorCode.runDied.rawValue {
            run.status = "died"
        }
        job.lastRun = run
        if let done = try state.optionalInt64("done_run") {
            job.lastSuccess = StatusReport.Success(
                run: done, finishedAt: try state.text("done_local"),
                ageSeconds: Double(try state.text("done_seconds")) ?? 0)
        }
        job.businessDate = try state.optionalText("done_date")
        let doneDate = try job.businessDate.map { try BusinessDate($0) }
        job.daysBehind = doneDate.map { max(0, lastDate.dayNumber - $0.dayNumber) }
        guard isNamed || definition.schedule != nil else { return job }
        job.problems = problems(of: job, run) + late(definition, job, doneDate, lastDate)
        return job
    }

    private func problems(of job: StatusReport.Job, _ run: StatusReport.Run) -> [String] {
        let title = "run \(run.run) for \(run.businessDate)"
        switch run.status {
        case "failed", "interrupted":
            let code = run.errorCode.map { " [\($0)]" } ?? ""
            let end = run.status == "failed" ? "failed" : "was interrupted"
            return ["\(title) \(end)\(code); `mainspring run \(job.job) --resume` goes on with it."]
        case "died": return ["\(title) died; `mainspring run \(job.job) --resume` goes on with it."]
        default: return []
        }
    }

    /// Whether the last success is too old, or a date was left out.
    private func late(
        _ definition: JobDefinition, _ job: StatusReport.Job, _ done: BusinessDate?, _ lastDate: BusinessDate
    ) -> [String] {
        guard let success = job.lastSuccess, let done else {
            return job.lastRun?.status == "running" ? [] : ["no run of it was ever done."]
        }
        if let maxAge {
            guard success.ageSeconds > maxAge else { return [] }
            return ["it was last done \(Figures.time(success.ageSeconds)) ago, more than \(Figures.time(maxAge))."]
        }
        // The last date itself may be due later today.
        let missed = DueDates(definition).dates(from: done.adding(days: 1), to: lastDate.adding(days: -1))
        guard let first = missed.first else { return [] }
        let dates = missed.count == 1 ? "\(first) isn't" : "\(missed.count) business dates since \(first) aren't"
        return ["\(dates) done; `mainspring run \(job.job) --catch-up` runs what was missed."]
    }
}
