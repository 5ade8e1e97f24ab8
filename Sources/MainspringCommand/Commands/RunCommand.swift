import ArgumentParser
import Jobs

struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Run a job: import, reconcile, bring figures in line, write reports.",
        discussion: """
            The job is a file jobs/JOB.yml. Without a date it runs for the last business date that is over. One run at \
            a time writes; a second start ends at once, or waits for --lock-wait. A run for a date that was finished \
            before says so: on unchanged data it changes no row and writes the same bytes.

            EXAMPLES
              mainspring run nightly
              mainspring run nightly --date 2026-06-30
              mainspring run nightly --from 2026-06-01 --to 2026-06-30 --json

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

    @OptionGroup var window: WindowOptions
    @OptionGroup var running: RunningOptions
    @OptionGroup var placing: PlaceOptions

    func validate() throws {
        if date != nil, window.from != nil { throw ValidationError("Give either --date, or --from and --to.") }
    }

    func run() throws {
        let place = try placing.place()
        let job = try JobCatalogue(home: place.home).job(job)
        var options = RunOptions()
        options.date = date?.text
        options.from = window.from?.text
        options.to = window.to?.text
        options.parameters = try NamedValues.read(values)
        try running.run(job, place, options)
    }
}
