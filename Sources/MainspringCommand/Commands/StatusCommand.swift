import ArgumentParser
import Configuration
import Diagnostics
import Jobs
import Postgres

struct StatusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Tell how the jobs are, with an exit code for monitors.",
        discussion: """
            Per job: its last run, the last that was done, the business date that it has got to; what runs now, and \
            whether its process is alive; open breaks by code. Ends with 1 when the last run of a job with a schedule \
            failed or died, or when it is behind: more than --max-age since it was last done, or, without that, a date \
            before the last business date is due and not done. A job that never ran counts only when --job names it.

            EXAMPLES
              mainspring status
              mainspring status --job nightly --max-age 26h
              mainspring status --json

            \(ExitStatus.section(ExitStatus.reading))
            """)

    @Option(help: "Only this job.")
    var job: String?

    @Option(help: ArgumentHelp("How long ago a job may have been done: 90m, 26h.", valueName: "time"))
    var maxAge: TimeArgument?

    @Flag(help: "Print one JSON document.")
    var json = false

    @OptionGroup var placing: PlaceOptions

    func run() throws {
        let place = try placing.place()
        let connection = try place.connect(role: place.settings.reportRole)
        defer { connection.close() }
        let reader = StatusReader(
            jobs: JobCatalogue(home: place.home), timeZone: place.settings.businessTimeZone, maxAge: maxAge?.seconds)
        let report = try reader.report(job: job, on: connection)
        if json { try Console.json(report) } else { Console.out(report.text(Console.outStyle)) }
        try Ending.end(with: report.healthy ? .done : .failed)
    }
}
