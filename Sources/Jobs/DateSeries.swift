import Configuration
package import Diagnostics
import Money
import Postgres

/// Business dates that a command asks for at once: a back-fill, or what an outage left out.
package enum DateRange: Sendable, Equatable {
    case dates(from: String, to: String)
    /// What was missed since the last date that is done, then the date that the options ask for.
    case missed
}

/// Runs a job for several business dates, one after the other, each a run of its own; the first that fails is the last.
package struct DateSeries: Sendable {
    private let environment: RunEnvironment

    package init(_ environment: RunEnvironment) { self.environment = environment }

    /// The dates that are to be run, in order; those that are done already are told and left out.
    /// - Throws: `parameter.invalid` for dates that aren't over, or none for which the job is due.
    package func dates(_ range: DateRange, of job: JobDefinition, _ options: RunOptions) throws -> [String] {
        let settings = environment.settings
        let connection = try DatabaseAccess.connectToLook(environment, purpose: "\(job.name), dates")
        defer { connection.close() }
        let journal = try Journal(connection)
        guard case .dates(let from, let to) = range else {
            let calendar = try journal.calendar(options, job, settings)
            return try journal.missedDates(before: calendar.businessDate, of: job).dates.map { "\($0)" }
                + [calendar.businessDate]
        }
        var last = RunOptions()
        last.date = to
        _ = try journal.calendar(last, job, settings)
        let (first, end) = (try BusinessDate(from), try BusinessDate(to))
        let due = DueDates(job).dates(from: first, to: end)
        guard !due.isEmpty else {
            throw Failure(
                .parameterInvalid, "By its schedule, \(job.name) is due for no date from \(from) to \(to).",
                at: .named("--from"), advice: "Name a single date with --date to run it all the same.")
        }
        guard options.steps == nil else { return due.map { "\($0)" } }
        let done = try journal.doneDates(from: first, to: end, of: job.name)
        for date in due {
            if let run = done[date] { environment.progress.notice("\(job.name) for \(date) is done by run \(run).") }
        }
        return due.filter { done[$0] == nil }.map { "\($0)" }
    }

    /// Runs the dates in order.
    ///
    /// - Parameter each: gets the summary of each run as it ends.
    /// - Returns: how the whole ends: as the run that failed, else as the done run that weighs most.
    /// - Throws: the failure of a run that did not even begin; `each`'s own.
    package func run(
        _ job: JobDefinition, _ options: RunOptions, dates: [String], each: (RunSummary) throws -> Void
    ) throws -> ExitCode {
        var code = ExitCode.done
        for (index, date) in dates.enumerated() {
            var options = options
            options.date = date
            options.isOneOfMany = true
            let summary = try Runner(environment).run(job, options)
            try each(summary)
            guard summary.status == "done" else {
                let left = dates.count - index - 1
                let rest = left == 0 ? "" : " \(left == 1 ? "1 date" : "\(left) dates") after it were not run."
                environment.progress.notice(
                    "\(job.name) for \(date) \(summary.status == "failed" ? "failed" : "was interrupted")."
                        + rest + " The same command goes on with it.")
                return ExitCode(rawValue: summary.exitCode)
            }
            // A refused file weighs more than breaks over the limit.
            if summary.exitCode > code.rawValue { code = ExitCode(rawValue: summary.exitCode) }
        }
        return code
    }
}
