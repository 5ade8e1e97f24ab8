import ArgumentParser
import Jobs
import Postgres
import Schema

struct MigrateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate",
        abstract: "Bring the database up to date: the shop's tables where they are missing, and the pipeline's own.",
        discussion: """
            Each migration is one transaction, and none is ever run twice. A database that holds the shop's 22 tables \
            already is taken as it is; `mainspring doctor` then says in what it differs.

            EXAMPLES
              mainspring migrate
              mainspring migrate --database postgresql://owner@db.example.com/shop

            \(ExitStatus.section(ExitStatus.reading))
            """)

    @Flag(help: "Print one JSON document.")
    var json = false

    @OptionGroup var placing: PlaceOptions

    private struct Document: Encodable {
        var before: Int
        var applied: [String]
        var adopted: [String]
    }

    func run() throws {
        let connection = try Connection(
            try placing.place().access.target().with(applicationName: "mainspring migrate"),
            notice: { Console.serverSays($0) })
        defer { connection.close() }
        let report = try Migrator.migrate(connection)
        if json {
            try Console.json(Document(before: report.before, applied: report.applied, adopted: report.adopted))
        } else {
            Console.out(report.summary)
        }
    }
}
