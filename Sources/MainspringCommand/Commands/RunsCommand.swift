import ArgumentParser
import Configuration
import Jobs
import Postgres

struct RunsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "runs", abstract: "Compare runs of the journal.", subcommands: [Difference.self])

    struct Difference: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "diff",
            abstract: "Show which figures moved between two runs, and which rows moved them.",
            discussion: """
                Steps whose counts differ, the ledger's money by bucket, files that are not the same with their rows and \
                sums, and breaks by code; then the statement files, the payments and the breaks of the runs after the \
                earlier one, up to the later one.

                EXAMPLES
                  mainspring runs diff 16 17
                  mainspring runs diff 16 17 --json

                \(ExitStatus.section(ExitStatus.reading))
                """)

        @Argument(help: ArgumentHelp("A run's number; `mainspring history` lists them.", valueName: "run"))
        var one: Int

        @Argument(help: ArgumentHelp("Another run's number.", valueName: "other"))
        var other: Int

        @Flag(help: "Print one JSON document.")
        var json = false

        @OptionGroup var placing: PlaceOptions

        func run() throws {
            let place = try placing.place()
            let connection = try place.connect(role: place.settings.reportRole)
            defer { connection.close() }
            let difference = try History(timeZone: place.settings.businessTimeZone)
                .difference(Int64(one), Int64(other), on: connection)
            if json { try Console.json(difference) } else { Console.out(difference.text(Console.outStyle)) }
        }
    }
}
