import ArgumentParser
import Configuration
import Diagnostics
import Jobs
import Money

/// A date on the command line: `2026-06-30`.
struct DateArgument: ExpressibleByArgument {
    let text: String

    init?(argument: String) {
        guard let date = try? BusinessDate(argument) else { return nil }
        text = "\(date)"
    }
}

/// A length of time on the command line: `90`, `90s`, `5m` or `1h`.
struct TimeArgument: ExpressibleByArgument {
    let seconds: Double

    init?(argument: String) {
        let units: [Character: Double] = ["s": 1, "m": 60, "h": 3600]
        let factor = argument.last.flatMap { units[$0] }
        let digits = factor == nil ? argument[...] : argument.dropLast()
        guard let value = Double(digits), value >= 0, value.isFinite else { return nil }
        seconds = value * (factor ?? 1)
    }
}

/// `--set name=value`, as often as it is given.
enum NamedValues {
    static func read(_ pairs: [String]) throws -> [String: String] {
        var values: [String: String] = [:]
        for pair in pairs {
            guard let equals = pair.firstIndex(of: "="), equals > pair.startIndex else {
                throw ValidationError("--set takes name=value, not “\(pair)”.")
            }
            let name = String(pair[..<equals])
            guard values.updateValue(String(pair[pair.index(after: equals)...]), forKey: name) == nil else {
                throw ValidationError("--set gives “\(name)” twice.")
            }
        }
        return values
    }
}

/// A window on the command line.
struct WindowOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The first day, inclusive.", valueName: "date"))
    var from: DateArgument?

    @Option(help: ArgumentHelp("The last day, inclusive; it is the business date.", valueName: "date"))
    var to: DateArgument?

    func validate() throws {
        guard (from == nil) == (to == nil) else { throw ValidationError("Give --from and --to together.") }
        if let from, let to, from.text > to.text { throw ValidationError("--from lies after --to.") }
    }
}

extension LogFormat: ExpressibleByArgument {}

/// How a run starts and what it prints.
struct RunningOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("How long to wait for another run's lock: 90, 90s, 5m.", valueName: "time"))
    var lockWait: TimeArgument?

    @Flag(help: "Print the summary as one JSON document.")
    var json = false

    @Option(
        help: ArgumentHelp(
            "Tell on stderr what happens, a line an event: text or json.",
            discussion: "By default a terminal shows the progress, and else log.format of the config says.",
            valueName: "format"))
    var log: LogFormat?

    /// Who is told of the runs of a job.
    func observing(_ job: String, _ place: Place, isNamed: Bool) -> Observing {
        Observing(job, place, log: log, isNamed: isNamed)
    }

    /// Runs a job, prints its summary, and ends with its exit code.
    ///
    /// - Parameter observing: by default only the log: metrics, hooks and notifications are for the home's own jobs.
    func run(_ job: JobDefinition, _ place: Place, _ options: RunOptions, _ observing: Observing? = nil) throws {
        var options = options
        options.lockWaitSeconds = lockWait?.seconds ?? 0
        let observing = observing ?? self.observing(job.name, place, isNamed: false)
        let summary = try observing.guarding { try Runner(try place.environment(observing)).run(job, options) }
        if json {
            try Console.json(summary)
        } else {
            Console.out(SummaryText(summary, style: Console.outStyle).text)
        }
        if let failure = summary.failure, !observing.logsJSON { Console.tell(failure) }
        try Ending.end(with: Diagnostics.ExitCode(rawValue: summary.exitCode))
    }

    /// Runs a job for several business dates; with `--json`, a summary a line.
    func run(
        _ job: JobDefinition, _ place: Place, _ options: RunOptions, _ range: DateRange, _ observing: Observing
    ) throws {
        var options = options
        options.lockWaitSeconds = lockWait?.seconds ?? 0
        let code = try observing.guarding {
            let series = DateSeries(try place.environment(observing))
            let dates = try series.dates(range, of: job, options)
            if dates.isEmpty, !json { Console.out("Nothing to do: each of these business dates is done.") }
            return try series.run(job, options, dates: dates) { summary in
                Console.out(
                    json ? try JSON.text(summary) : SummaryText(summary, style: Console.outStyle).text + "\n\n")
                if let failure = summary.failure, !observing.logsJSON { Console.tell(failure) }
            }
        }
        try Ending.end(with: code)
    }
}

extension Console {
    static func tell(_ failure: RunSummary.Failed) {
        var lines = ["\(errStyle.bad("error")) [\(failure.code)] \(failure.message)"]
        if let location = failure.location { lines.append("  where: \(location)") }
        if let advice = failure.advice { lines.append("  next:  \(advice)") }
        err(lines.joined(separator: "\n"))
    }
}
