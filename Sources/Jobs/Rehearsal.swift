import Configuration
import Diagnostics
import Foundation
import Postgres

/// Does what a run's writing steps would do, and takes all of it back: one transaction, rolled back at its end. So each
/// step sees what the steps and dates before it changed, and a reconciliation tells the breaks that it would open and
/// resolve (docs/operator.md, “Rehearsal”).
///
/// It holds the writer's lock, and the rows that it changes, until it ends. Files stay where they are; nothing is reported.
package struct Rehearsal: Sendable {
    /// Ends the transaction; nothing else may pass for success.
    private struct TakenBack: Error {}

    private let environment: RunEnvironment

    package init(_ environment: RunEnvironment) { self.environment = environment }

    /// What the runs would come to, one a date, in order; nil is the last date that is over.
    /// - Throws: what a run would stop at; `run.locked`.
    package func run(_ job: JobDefinition, _ options: RunOptions, dates: [String?]) throws -> [RunSummary] {
        let plan = try RunPlan.load(
            job, home: environment.home, settings: environment.settings, given: options.parameters)
        let selection = try StepSelection(options.steps, of: job)
        let connection = try DatabaseAccess.connect(
            environment.target.with(applicationName: "mainspring \(job.name), rehearsal"),
            role: environment.settings.jobRole)
        defer { connection.close() }
        let settings = environment.settings
        try RunLock.take(
            on: connection, wait: options.lockWaitSeconds, timeZone: settings.businessTimeZone,
            interruption: environment.interruption
        ) { environment.progress.notice("\($0) Waiting for it.") }
        var summaries: [RunSummary] = []
        do {
            try environment.interruption.watching(connection) {
                // One moment for all: what others commit meanwhile is not seen, and would be no effect of the run.
                try connection.transaction(.repeatableRead) {
                    for date in dates {
                        var options = options
                        options.date = date
                        summaries.append(try rehearse(plan, selection, options, on: connection))
                    }
                    throw TakenBack()
                }
            }
        } catch is TakenBack {}
        return summaries
    }

    private func rehearse(
        _ plan: RunPlan, _ selection: StepSelection, _ options: RunOptions, on connection: Connection
    ) throws -> RunSummary {
        let began = ContinuousClock.now
        let journal = try Journal(connection)
        let ticket = try journal.open(
            job: plan.job.name, calendar: try journal.calendar(options, plan.job, environment.settings),
            windowIsNamed: false, partial: selection.isPartial, plan: plan.job.steps.map(\.identity),
            parameters: options.parameters)
        let session = RunSession(plan, options, environment, ticket, connection)
        var summary = session.emptySummary()
        summary.status = "rehearsed"
        for (index, step) in plan.job.steps.enumerated() {
            let began = ContinuousClock.now
            var outcome = StepOutcome.skipped
            if step.writes, selection.chosen.contains(index + 1), try session.holds(step, summary) {
                environment.progress.began(step: step.title, number: index + 1, of: plan.job.steps.count)
                try StepBounds(step.options, environment.settings).apply(on: connection, environment.progress)
                outcome = try session.work(step, on: connection)
            }
            let seconds = (ContinuousClock.now - began).seconds
            try journal.record(step: index + 1, step, outcome, seconds: seconds, ticket)
            let done = RunSummary.Step(step, index + 1, outcome, seconds: seconds)
            summary.steps.append(done)
            if outcome.status != "skipped" { environment.progress.ended(step: done, of: plan.job.steps.count) }
        }
        summary.openBreaks = summary.breaks?.open
        let code = Runner.exitCode(of: summary, environment.settings)
        summary.exitCode = code.rawValue
        summary.seconds = (ContinuousClock.now - began).seconds
        // For the dates after it this one is done.
        try journal.close(ticket, status: "done", exitCode: code, failure: nil, summary: summary)
        return summary
    }
}
