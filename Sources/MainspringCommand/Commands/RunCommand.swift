import ArgumentParser
import Diagnostics
import Jobs

struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Run a job: import, reconcile, bring figures in line, write reports.",
        discussion: """
            The job is a file jobs/JOB.yml. Without a date it runs for the last business date that is over. One run at \
            a time writes; a second start ends at once, or waits for --lock-wait. A run for a date that was finished \
            before says so: on unchanged data it changes no row and writes the same bytes.

            A run that failed or was killed is taken up again with --resume: steps that were done stay done, and the \
            database and the files end as if nothing had happened. --from and --to run each business date of a range, \
            in order; those that are done are left out, and the first that fails is the last. --catch-up runs what was \
            missed since the last date that is done. Both print a summary a run: with --json, one a line.

            --dry-run tells what a run would do and writes nothing; a login that can only read is enough. It ends with 0 \
            whatever it finds. --rehearse does the writing steps in one transaction and takes all of it back: it tells \
            the breaks that a run would open and resolve, step upon step, and ends as the run would.

            EXAMPLES
              mainspring run nightly
              mainspring run nightly --date 2026-06-30
              mainspring run nightly --resume
              mainspring run nightly --resume 17
              mainspring run nightly --step store-metrics
              mainspring run nightly --from-step reconcile
              mainspring run nightly --from 2026-06-01 --to 2026-06-30 --json
              mainspring run nightly --catch-up
              mainspring run nightly --dry-run
              mainspring run nightly --rehearse

            \(ExitStatus.section(ExitStatus.all))
            """)

    @Argument(help: "The job's name; `mainspring jobs list` shows them.")
    var job: String

    @Option(help: ArgumentHelp("The business date.", valueName: "date"))
    var date: DateArgument?

    @Option(
        name: .customLong("set"),
        help: ArgumentHelp("A parameter of the job's own; `mainspring jobs show` lists them.", valueName: "name=value"))
    var values: [String] = []

    @Option(help: ArgumentHelp("The first business date of several.", valueName: "date"))
    var from: DateArgument?

    @Option(help: ArgumentHelp("The last business date of several.", valueName: "date"))
    var to: DateArgument?

    @Flag(help: "Run the business dates that were missed first.")
    var catchUp = false

    @Option(
        defaultAsFlag: ResumeArgument(value: .newest),
        help: ArgumentHelp("Go on with a run that stopped: the newest, or that number.", valueName: "run"))
    var resume: ResumeArgument? = nil

    @Option(help: ArgumentHelp("Only this step, by its title or kind.", valueName: "name"))
    var step: String?

    @Option(help: ArgumentHelp("This step and all that follow.", valueName: "name"))
    var fromStep: String?

    @Flag(help: "Look at everything again, whatever changed since the steps were last done.")
    var full = false

    @Flag(help: "Tell what would be done, and do nothing.")
    var dryRun = false

    @Flag(help: "Do the writing steps and take all of it back: tell what would change.")
    var rehearse = false

    @OptionGroup var running: RunningOptions
    @OptionGroup var placing: PlaceOptions

    func validate() throws {
        guard (from == nil) == (to == nil) else { throw ValidationError("Give --from and --to together.") }
        if let from, let to, from.text > to.text { throw ValidationError("--from lies after --to.") }
        if date != nil, from != nil { throw ValidationError("Give either --date, or --from and --to.") }
        if step != nil, fromStep != nil { throw ValidationError("Give either --step or --from-step.") }
        if catchUp, from != nil { throw ValidationError("Give either --catch-up, or --from and --to.") }
        if catchUp, step != nil || fromStep != nil { throw ValidationError("--catch-up runs whole dates.") }
        if resume != nil, catchUp || from != nil || step != nil || fromStep != nil {
            throw ValidationError("--resume goes on with a run as it was begun; give only --date beside it.")
        }
        if resume != nil, !values.isEmpty { throw ValidationError("--resume keeps the values that the run had.") }
        if dryRun, rehearse { throw ValidationError("Give either --dry-run or --rehearse.") }
        if resume != nil, rehearse { throw ValidationError("Give either --resume or --rehearse.") }
        if resume != nil, dryRun { throw ValidationError("Give either --resume or --dry-run.") }
    }

    func run() throws {
        let place = try placing.place()
        let name = job
        let observing = running.observing(name, place, isNamed: !dryRun && !rehearse)
        let job = try observing.guarding { try JobCatalogue(home: place.home).job(name) }
        var options = RunOptions()
        options.isNamedJob = true
        options.isFull = full
        options.date = date?.text
        options.parameters = try NamedValues.read(values)
        options.resume = resume?.value
        options.steps = step.map { .only($0) } ?? fromStep.map { .from($0) }
        var range: DateRange? = catchUp ? .missed : nil
        if let from, let to { range = .dates(from: from.text, to: to.text) }
        if dryRun {
            try look(job, place, options, range)
        } else if rehearse {
            try takeBack(job, place, options, range)
        } else if let range {
            try running.run(job, place, options, range, observing)
        } else {
            try running.run(job, place, options, observing)
        }
    }

    /// What would be done, for one date or several.
    private func look(_ job: JobDefinition, _ place: Place, _ options: RunOptions, _ range: DateRange?) throws {
        let environment = try place.environment(json: running.json)
        for date in try dates(job, options, range, environment) {
            var options = options
            options.date = date
            let report = try DryRun(environment).report(job, options)
            try print(report, report.text(Console.outStyle), isOneOfSeveral: range != nil)
        }
    }

    /// What was done and rolled back, for one date or several.
    private func takeBack(_ job: JobDefinition, _ place: Place, _ options: RunOptions, _ range: DateRange?) throws {
        let environment = try place.environment(json: running.json)
        let summaries = try Rehearsal(environment).run(
            job, options, dates: try dates(job, options, range, environment))
        for summary in summaries {
            try print(summary, SummaryText(summary, style: Console.outStyle).text, isOneOfSeveral: range != nil)
        }
        try Ending.end(with: Diagnostics.ExitCode(rawValue: summaries.map(\.exitCode).max() ?? 0))
    }

    private func dates(
        _ job: JobDefinition, _ options: RunOptions, _ range: DateRange?, _ environment: RunEnvironment
    ) throws -> [String?] {
        try range.map { try DateSeries(environment).dates($0, of: job, options) } ?? [options.date]
    }

    private func print(_ value: some Encodable, _ text: String, isOneOfSeveral: Bool) throws {
        if !running.json {
            Console.out(text + (isOneOfSeveral ? "\n\n" : ""))
        } else if isOneOfSeveral {
            Console.out(try JSON.text(value))
        } else {
            try Console.json(value)
        }
    }
}

/// A run to resume on the command line: a number, or none.
struct ResumeArgument: ExpressibleByArgument, CustomStringConvertible {
    let value: Resume

    init(value: Resume) { self.value = value }

    init?(argument: String) {
        guard let number = Int64(argument), number > 0 else { return nil }
        value = .run(number)
    }

    var description: String {
        switch value {
        case .newest: "the newest"
        case .run(let number): "\(number)"
        }
    }
}
