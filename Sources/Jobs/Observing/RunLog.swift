package import Configuration
package import Diagnostics
import Foundation
import Synchronization

/// Writes a line for each event of a run: where no terminal shows how it gets on, and where a program reads along.
///
/// It holds numbers, names of steps and files and our own messages: nothing personal and no secret.
package final class RunLog: RunProgress, RunObserver {
    private let job: String
    private let format: LogFormat
    private let write: @Sendable (String) -> Void
    private let run = Mutex<(number: Int64, businessDate: String)?>(nil)

    /// - Parameter write: takes a line without its end.
    package init(job: String, format: LogFormat, write: @escaping @Sendable (String) -> Void) {
        self.job = job
        self.format = format
        self.write = write
    }

    private func log(
        _ name: LogEvent.Name, _ level: LogEvent.Level = .info, _ fill: (inout LogEvent) -> Void = { _ in }
    ) {
        var event = LogEvent(name, level)
        let run = run.withLock { $0 }
        event.set(.run, run?.number)
        event.set(.job, job)
        event.set(.businessDate, run?.businessDate)
        fill(&event)
        write(event.line(format, at: Date()))
    }

    // MARK: Progress

    package func notice(_ text: String) { log(.notice, .warning) { $0.set(.message, text) } }

    package func retry(step: String, attempt: Int, reason: String) {
        log(.retry, .warning) { event in
            event.set(.step, step)
            event.set(.attempt, Int64(attempt))
            event.set(.message, reason)
        }
    }

    package func began(step: String, number: Int, of count: Int) {
        log(.stepBegan) { event in
            event.set(.step, step)
            event.set(.number, Int64(number))
            event.set(.of, Int64(count))
        }
    }

    package func ended(step: RunSummary.Step, of count: Int) {
        log(.stepEnded, step.status == "failed" ? .error : step.status == "refused" ? .warning : .info) { event in
            event.set(.step, step.step)
            event.set(.kind, step.kind)
            event.set(.number, Int64(step.number))
            event.set(.of, Int64(count))
            event.set(.status, step.status)
            event.set(.read, step.read)
            event.set(.written, step.written)
            event.set(.rejected, step.rejected)
            event.set(.changed, step.changed)
            event.set(.seconds, seconds: step.seconds)
        }
    }

    // MARK: The run

    package func began(_ summary: RunSummary) {
        run.withLock { $0 = (summary.run, summary.businessDate) }
        log(.runBegan)
    }

    package func ended(_ summary: RunSummary) {
        log(.runEnded, summary.status == "done" ? summary.exitCode == 0 ? .info : .warning : .error) { event in
            event.set(.status, summary.status)
            event.set(.read, summary.rows(\.read))
            event.set(.written, summary.rows(\.written))
            event.set(.rejected, summary.rows(\.rejected))
            event.set(.changed, summary.rows(\.changed))
            event.set(.seconds, seconds: summary.seconds)
            event.set(.exitCode, Int64(summary.exitCode))
            event.set(.openBreaks, summary.openBreaks)
            event.set(.folder, summary.folder)
            event.set(.message, summary.failure?.message)
            event.set(.code, summary.failure?.code)
            event.set(.location, summary.failure?.location)
            event.set(.advice, summary.failure?.advice)
        }
    }

    package func didNotBegin(_ job: String, _ failure: Failure) {
        log(.runRefused, .error) { event in
            event.set(.exitCode, Int64(failure.exitCode.rawValue))
            event.set(.message, failure.message)
            event.set(.code, failure.code.rawValue)
            event.set(.location, failure.location.map { "\($0)" })
            event.set(.advice, failure.advice)
        }
    }
}

extension RunSummary {
    /// The sum of one of its steps' counts.
    func rows(_ count: KeyPath<Step, Int64>) -> Int64 { steps.reduce(0) { $0 + $1[keyPath: count] } }
}
