import ArgumentParser
import Configuration
import Diagnostics
import Jobs

struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Look whether a run would have what it needs.",
        discussion: """
            Settings and jobs, the connection, a pooler that keeps no session, the clocks, the schema, rights with the \
            GRANT that is missing, disk space, files in the inbox that no run would import. One line a check: ok, warn or \
            fail. Changes nothing; ends with 1 when a check fails.

            EXAMPLES
              mainspring check
              mainspring check --json

            \(ExitStatus.section(ExitStatus.reading))
            """)

    @Flag(help: "Print one JSON document.")
    var json = false

    @OptionGroup var placing: PlaceOptions

    func run() throws {
        let report = HealthCheck(home: try Home.find(named: placing.home), database: placing.database).report()
        if json { try Console.json(report) } else { Console.out(report.text(Console.outStyle)) }
        try Ending.end(with: report.healthy ? .done : .failed)
    }
}
