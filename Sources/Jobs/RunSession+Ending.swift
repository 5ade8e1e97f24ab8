import Configuration
import Diagnostics
import Foundation
import Postgres

extension RunSession {
    /// Journals the reading steps, the files and the end of the run, in one transaction.
    func finish(_ summary: RunSummary) throws {
        try FaultPoint.pass("before-close")
        try retrying("The end of the run", environment.settings.retries) { try requireJournalled(summary) }
        try retrying("The end of the run", environment.settings.retries) {
            let journal = try Journal(lockConnection)
            // The answer to an earlier commit may have been lost with its connection.
            if try journal.isClosed(ticket) { return }
            try lockConnection.transaction(.readCommitted) {
                try journal.fence(ticket)
                for step in summary.steps where ticket.kept[step.number] == nil {
                    let definition = plan.job.steps[step.number - 1]
                    guard !definition.writes else { continue }
                    try journal.record(step: step.number, definition, StepOutcome(step), seconds: step.seconds, ticket)
                }
                for file in summary.files { try journal.record(file: file, ticket) }
                try journal.close(
                    ticket, status: "done", exitCode: ExitCode(rawValue: summary.exitCode), failure: nil,
                    summary: summary)
            }
            try FaultPoint.pass("after-close")
        }
    }

    /// A server that answers a commit before it is on disk may forget it in a crash: then the run isn't done.
    private func requireJournalled(_ summary: RunSummary) throws {
        let journalled = try Journal(lockConnection).steps(of: ticket.runID)
        let writing = summary.steps.filter { plan.job.steps[$0.number - 1].writes }
        guard let forgotten = writing.first(where: { journalled[$0.number] == nil }) else { return }
        throw Failure(
            .runForgotten, "The server has forgotten the step “\(forgotten.step)”, which it had committed.",
            at: .step(job: ticket.job, step: forgotten.step),
            advice: "Resume the run; and see why synchronous_commit or fsync is off on that server.")
    }

    /// Journals how the run failed, if the server can still be reached; nothing of the step under way remains.
    func fail(_ failure: Failure, _ summary: inout RunSummary) {
        summary.files = []
        summary.folder = nil
        if let stepUnderWay {
            let seconds = (ContinuousClock.now - stepUnderWay.began).seconds
            var outcome = StepOutcome()
            outcome.status = "failed"
            summary.steps.append(.init(stepUnderWay.step, stepUnderWay.number, outcome, seconds: seconds))
        }
        work?.close()
        work = nil
        do {
            if (try? lockConnection.execute("SELECT 1")) == nil {
                lockConnection = try Self.connect(environment, purpose: "\(plan.job.name), last words")
            }
            let journal = try Journal(lockConnection)
            try lockConnection.transaction(.readCommitted) {
                try journal.fence(ticket)
                if let stepUnderWay, let step = summary.steps.last {
                    try journal.record(
                        step: step.number, stepUnderWay.step, StepOutcome(step), seconds: step.seconds, ticket)
                }
                try journal.close(
                    ticket, status: summary.status, exitCode: failure.exitCode, failure: failure, summary: summary)
            }
        } catch {
            environment.progress.notice(
                "The journal could not be told of it: \(Failure.of(error).message) The next run marks this one as dead."
            )
        }
    }
}
