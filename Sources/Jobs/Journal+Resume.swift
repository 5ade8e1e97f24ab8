import Diagnostics
import Foundation
import Postgres

/// A run that stopped before its end, as the journal has it.
struct StoppedRun: Sendable {
    var runID: Int64
    var calendar: Calendar
    /// What its steps were, in order; empty for a run of a program that did not note it.
    var plan: [String]
    /// What it was given, by name.
    var parameters: [String: String]
}

extension Journal {
    /// The run that `--resume` means; the caller holds the writer's lock, and the dead are buried.
    /// - Throws: `run.not_resumable`, saying why there is none.
    func stopped(_ resume: Resume, job: String, date: String?, timeZone: String) throws -> StoppedRun {
        var number: Int64?
        if case .run(let id) = resume { number = id }
        let row = try query(
            "unfinished",
            [
                "run_id": number.map { .int($0) } ?? .null, "job": .text(job),
                "business_date": date.map { .date($0) } ?? .null,
            ]
        ).first
        let forDate = date.map { " for \($0)" } ?? ""
        guard let row else {
            let named = number.map { "There is no run \($0)\(forDate)" }
            let what = named ?? "No run of \(job)\(forDate) stopped unfinished"
            throw Self.notResumable("\(what): there is nothing to resume.")
        }
        let found = try row.int64("run_id")
        guard try row.text("job") == job else {
            throw Self.notResumable("Run \(found) is one of \(try row.text("job")), not of \(job).")
        }
        guard try ["failed", "interrupted"].contains(row.text("status")) else {
            throw Self.notResumable("Run \(found) of \(job) is \(try row.text("status")): there is nothing to resume.")
        }
        if let later = try row.optionalInt64("made_up_by") {
            let businessDate = try row.text("business_date")
            throw Self.notResumable(
                "Run \(found) stopped, but run \(later) has done \(job) for \(businessDate) since.")
        }
        let plan = try JSONDecoder().decode([String].self, from: Data(row.text("plan").utf8))
        return StoppedRun(
            runID: found,
            calendar: Calendar(
                businessDate: try row.text("business_date"), windowFrom: try row.text("window_from"),
                windowTo: try row.text("window_to"), cutOff: try row.text("cut_off"), timeZone: timeZone),
            plan: plan,
            parameters: try JSONDecoder().decode([String: String].self, from: Data(row.text("parameters").utf8)))
    }

    /// Takes a stopped run up again: its row, with a new token; what its last attempt did not finish is forgotten.
    /// - Throws: `run.not_resumable` when the job's steps are not what they were.
    func reopen(_ stopped: StoppedRun, job: JobDefinition) throws -> RunTicket {
        let run: [String: SQLValue] = ["run_id": .int(stopped.runID)]
        let token = UUID().uuidString
        return try connection.transaction(.readCommitted) {
            var values = Self.owner(token, try moment())
            values.merge(run) { $1 }
            guard let row = try query("reopen", values).first else {
                throw Self.notResumable("Run \(stopped.runID) is being taken up by another process.")
            }
            try execute("forget-unfinished-steps", run)
            try execute("forget-files", run)
            let kept = try steps(of: stopped.runID)
            try Self.requireUnchanged(stopped, kept, job)
            let earlier = try earlier(job: job.name, stopped.calendar)
            return RunTicket(
                runID: stopped.runID, ownerToken: token, job: job.name, calendar: stopped.calendar,
                finishedBefore: nil, windowIsNamed: false, laterReconciled: try earlier.bool("later_reconciled"),
                attempt: try row.int("attempt"), kept: kept)
        }
    }

    /// The steps of a run that are journalled, by number.
    func steps(of runID: Int64) throws -> [Int: RunSummary.Step] {
        var steps: [Int: RunSummary.Step] = [:]
        for row in try query("run_steps", ["run_id": .int(runID)]) {
            let number = try row.int("step_no")
            // A detail of another version of the program may lack what this one knows: then only the counts are told.
            let detail = try? JSONDecoder().decode(StepDetail.self, from: Data(try row.text("detail").utf8))
            steps[number] = RunSummary.Step(
                number: number, step: try row.text("step"), kind: try row.text("kind"),
                status: try row.text("status"), read: try row.int64("rows_read"),
                written: try row.int64("rows_written"), rejected: try row.int64("rows_rejected"),
                changed: try row.int64("rows_changed"), seconds: Double(try row.text("seconds")) ?? 0,
                detail: detail ?? StepDetail())
        }
        return steps
    }

    private static func requireUnchanged(
        _ stopped: StoppedRun, _ kept: [Int: RunSummary.Step], _ job: JobDefinition
    ) throws {
        let now = job.steps.map(\.identity)
        let sameSteps = kept.values.allSatisfy { step in
            step.number <= job.steps.count && job.steps[step.number - 1].title == step.step
        }
        guard stopped.plan.isEmpty || stopped.plan == now, sameSteps else {
            let change = zip(stopped.plan, now).enumerated().first { $1.0 != $1.1 }
            let words =
                change.map { "step \($0.offset + 1) was “\($0.element.0)” and is “\($0.element.1)” now" }
                ?? "it had \(stopped.plan.count) steps and has \(now.count) now"
            throw notResumable("The job \(job.name) has changed since run \(stopped.runID): \(words).")
        }
    }

    private static func notResumable(_ message: String) -> Failure {
        Failure(.runNotResumable, message, at: .named("--resume"))
    }
}
