import ArgumentParser
import Configuration
import Jobs
import Postgres

struct HistoryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history",
        abstract: "Show the journal: which runs there were, and what one of them did.",
        discussion: """
            EXAMPLES
              mainspring history
              mainspring history 7
              mainspring history --job nightly --limit 30 --json

            \(ExitStatus.section(ExitStatus.reading))
            """)

    @Argument(help: ArgumentHelp("A run's number, to see its steps and files.", valueName: "run"))
    var number: Int?

    @Option(help: "Only runs of this job.")
    var job: String?

    @Option(help: "How many runs to show, newest first.")
    var limit = 20

    @Flag(help: "Print one JSON document.")
    var json = false

    @OptionGroup var placing: PlaceOptions

    func validate() throws {
        if limit < 1 { throw ValidationError("--limit is at least 1.") }
    }

    func run() throws {
        let place = try placing.place()
        let connection = try place.connect(role: place.settings.reportRole)
        defer { connection.close() }
        let history = History(timeZone: place.settings.businessTimeZone)
        if let number {
            let detail = try history.run(Int64(number), on: connection)
            if json { try Console.json(detail) } else { Console.out(detail.text(Console.outStyle)) }
        } else {
            let list = try history.list(job: job, limit: limit, on: connection)
            if json { try Console.json(list) } else { Console.out(list.text(Console.outStyle)) }
        }
    }
}
