import ArgumentParser
import Configuration
import Diagnostics
import Jobs
import Postgres

struct ExpireCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "expire",
        abstract: "Delete what has had its time: old runs of the journal, old output folders.",
        discussion: """
            Runs older than retention.journal_days that no money event, line, break or closing refers to, and output \
            folders of business dates older than retention.reports_days that no closed period covers. The last run that \
            is done stays for each job. Money events, lines, breaks and closings are never deleted.

            EXAMPLES
              mainspring expire --dry-run
              mainspring expire

            \(ExitStatus.section([.done, .failed, .usage, .locked]))
            """)

    @Flag(help: "Tell what would be deleted, and delete nothing.")
    var dryRun = false

    @Flag(help: "Print one JSON document.")
    var json = false

    @OptionGroup var placing: PlaceOptions

    func run() throws {
        let place = try placing.place()
        let connection = try place.connect(role: place.settings.jobRole)
        defer { connection.close() }
        let report = try Expiry(home: place.home, settings: place.settings).run(dryRun: dryRun, on: connection)
        if json { try Console.json(report) } else { Console.out(report.text(Console.outStyle)) }
    }
}
