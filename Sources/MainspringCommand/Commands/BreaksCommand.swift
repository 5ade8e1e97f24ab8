import ArgumentParser
import Configuration
import Jobs
import Postgres

struct BreaksCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "breaks", abstract: "Work through the list of breaks.", subcommands: [List.self],
        defaultSubcommand: List.self)

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List breaks: open ones, or all there ever were.",
            discussion: """
                EXAMPLES
                  mainspring breaks list
                  mainspring breaks list --code settlement.missing --json
                  mainspring breaks list --all --limit 1000

                \(ExitStatus.section(ExitStatus.reading))
                """)

        @Option(help: ArgumentHelp("Only breaks of this code; may be given more than once.", valueName: "code"))
        var code: [String] = []

        @Flag(help: "Also those that are resolved.")
        var all = false

        @Option(help: "How many to print; all by default with --json.")
        var limit: Int?

        @Flag(help: "Print one JSON document a line.")
        var json = false

        @OptionGroup var placing: PlaceOptions

        func validate() throws {
            if let limit, limit < 1 { throw ValidationError("--limit is at least 1.") }
        }

        func run() throws {
            let place = try placing.place()
            let connection = try place.connect(role: place.settings.reportRole)
            defer { connection.close() }
            let list = BreakList(codes: code, includesResolved: all)
            if json {
                try list.forEach(limit: limit, on: connection) { Console.out(try JSON.text($0)) }
            } else {
                Console.out(try list.text(limit: limit ?? 50, Console.outStyle, on: connection))
            }
        }
    }
}
