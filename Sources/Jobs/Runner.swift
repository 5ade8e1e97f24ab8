import Configuration
package import Diagnostics
import Foundation
import Postgres

/// Runs a job (docs/architecture.md, “What a run promises”).
///
/// In order: the job's files are read and checked; the writer's lock is taken on a connection of its own; the run is
/// recorded; each writing step commits its effects together with its row in the journal; then one snapshot is exported,
/// from which all reading steps write the output folder side by side; the folder is swapped in whole; the run is closed.
package struct Runner: Sendable {
    let environment: RunEnvironment

    package init(_ environment: RunEnvironment) { self.environment = environment }

    /// Runs a job to its end, which the summary tells: done, failed or interrupted.
    /// - Throws: a `Failure` when the run did not even begin: what is wrong with the job's files, an unreachable
    ///   database, a schema that is behind, a lock that another run holds.
    package func run(_ job: JobDefinition, _ options: RunOptions = RunOptions()) throws -> RunSummary {
        let began = ContinuousClock.now
        // Told once the lock is free again and no deadline counts: what an observer starts may be a run.
        var ended: RunSummary?
        defer { if let ended { for observer in environment.observers { observer.ended(ended) } } }
        let plan = try RunPlan.load(
            job, home: environment.home, settings: environment.settings,
            given: options.resume == nil ? options.parameters : nil)
        let session = try RunSession.open(plan, options, environment)
        // Waiting for the lock does not count.
        let deadline = environment.settings.runTimeoutSeconds.map { Deadline(seconds: $0, environment.interruption) }
        defer { deadline?.stop() }
        var summary = session.emptySummary()
        defer { ended = summary }
        defer { session.close() }
        for observer in environment.observers { observer.began(summary) }
        do {
            try session.run(&summary)
            summary.openBreaks = summary.breaks?.open
            summary.exitCode = Self.exitCode(of: summary, environment.settings).rawValue
            summary.seconds = (ContinuousClock.now - began).seconds
            try session.finish(summary)
        } catch {
            let failure = Self.advised(Failure.of(error), summary, options)
            summary.status = [.runInterrupted, .runTerminated].contains(failure.code) ? "interrupted" : "failed"
            summary.exitCode = failure.exitCode.rawValue
            summary.seconds = (ContinuousClock.now - began).seconds
            summary.failure = RunSummary.Failed(
                code: failure.code.rawValue, message: failure.message,
                location: failure.location.map { "\($0)" }, advice: failure.advice)
            session.fail(failure, &summary)
        }
        return summary
    }

    /// A run of one of the home's jobs that stopped says how it goes on, where it has no better advice.
    private static func advised(_ failure: Failure, _ summary: RunSummary, _ options: RunOptions) -> Failure {
        let isCut = [.runInterrupted, .runTerminated, .runTimedOut].contains(failure.code)
        guard failure.advice == nil || isCut else { return failure }
        var failure = failure
        failure.advice =
            options.isNamedJob
            ? "`mainspring run \(summary.job) --resume \(summary.run)` goes on where it stopped."
            : "Run the same command again."
        return failure
    }

    /// Bad input that was refused weighs more than breaks over the limit: what is missing may be what they are about.
    static func exitCode(of summary: RunSummary, _ settings: Settings) -> ExitCode {
        if summary.steps.contains(where: { $0.status == "refused" }) { return .inputRefused }
        if let limit = settings.openBreaksLimit, let open = summary.openBreaks, open > limit {
            return .breaksOverLimit
        }
        return .done
    }
}

extension Failure {
    /// Any error as a failure that a person can be told.
    package static func of(_ error: any Error) -> Failure {
        switch error {
        case let failure as Failure: failure
        case let error as PostgresError: error.failure
        default: Failure(.internalError, "Something failed that should not: \(error).")
        }
    }
}

extension Duration {
    var seconds: Double {
        let (whole, attoseconds) = components
        return Double(whole) + Double(attoseconds) / 1e18
    }
}
