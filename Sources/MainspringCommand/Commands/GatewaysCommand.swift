import ArgumentParser
import Configuration
import Diagnostics
import Jobs
import Postgres
import Reconciliation

struct GatewaysCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gateways", abstract: "List, show or check how gateways' answers are read.",
        subcommands: [List.self, Show.self, Check.self], defaultSubcommand: List.self)

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the gateway mappings of config/gateways.",
            discussion: """
                EXAMPLES
                  mainspring gateways list

                \(ExitStatus.section(ExitStatus.reading))
                """)

        @Flag(help: "Print one JSON document.")
        var json = false

        @OptionGroup var placing: PlaceOptions

        func run() throws {
            let pages = try ChannelCatalogue.load(home: try placing.place().home).gateways.map(GatewayPage.init)
            if json { return try Console.json(["gateways": pages]) }
            var table = TextTable([("gateway", .left), ("channel", .left), ("reads", .left), ("title", .left)])
            for page in pages {
                table.add([page.gateway, page.channel, page.reads.joined(separator: ", "), page.title])
            }
            Console.out(table.text(Console.outStyle))
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show a mapping, or the SQL that it compiles to.",
            discussion: """
                EXAMPLES
                  mainspring gateways show stripe
                  mainspring gateways show stripe --sql

                \(ExitStatus.section(ExitStatus.reading))
                """)

        @Argument(help: "The mapping's name.")
        var name: String

        @Flag(help: "Print the SQL that reads the answers.")
        var sql = false

        @OptionGroup var placing: PlaceOptions

        func run() throws {
            let gateways = try ChannelCatalogue.load(home: try placing.place().home).gateways
            guard let gateway = gateways.first(where: { $0.name == name }) else {
                throw Failure(
                    .usage, "There is no gateway mapping “\(name)”.", at: .named("config/gateways"),
                    advice: NearestName.advice(for: name, among: gateways.map(\.name))
                        ?? "See `mainspring gateways list`.")
            }
            guard sql else { return Console.out(GatewayPage(gateway).text(Console.outStyle)) }
            Console.out(gateway.compiledSQL ?? "-- \(gateway.name) has no answers to read.")
        }
    }

    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Check every mapping file; nothing is read from the database.",
            discussion: """
                EXAMPLES
                  mainspring gateways check

                \(ExitStatus.section(ExitStatus.reading))
                """)

        @OptionGroup var placing: PlaceOptions

        func run() throws {
            for gateway in try ChannelCatalogue.load(home: try placing.place().home).gateways {
                Console.out("\(gateway.name): in order")
            }
        }
    }
}
