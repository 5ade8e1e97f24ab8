import ArgumentParser
import Configuration
import Diagnostics
import Foundation
import Jobs
import Postgres
import Reconciliation

struct SettlementsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "settlements", abstract: "List, show or check how statements are read.",
        subcommands: [List.self, Show.self, Check.self], defaultSubcommand: List.self)

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the statement profiles of config/settlements.",
            discussion: """
                EXAMPLES
                  mainspring settlements list

                \(ExitStatus.section(ExitStatus.reading))
                """)

        @Flag(help: "Print one JSON document.")
        var json = false

        @OptionGroup var placing: PlaceOptions

        func run() throws {
            let pages = try ChannelCatalogue.load(home: try placing.place().home).settlements.map(SettlementPage.init)
            if json { return try Console.json(["settlements": pages]) }
            var table = TextTable([("statement", .left), ("channel", .left), ("from", .left), ("title", .left)])
            for page in pages { table.add([page.statement, page.channel, page.counterparty, page.title]) }
            Console.out(table.text(Console.outStyle))
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show a profile: its channel and the columns that it reads.",
            discussion: """
                EXAMPLES
                  mainspring settlements show stripe

                \(ExitStatus.section(ExitStatus.reading))
                """)

        @Argument(help: "The statement's name.")
        var name: String

        @OptionGroup var placing: PlaceOptions

        func run() throws {
            let catalogue = try ChannelCatalogue.load(home: try placing.place().home)
            Console.out(SettlementPage(try catalogue.settlement(name)).text(Console.outStyle))
        }
    }

    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Check the profiles, and files against one: read as an import would, and nothing kept.",
            discussion: """
                EXAMPLES
                  mainspring settlements check
                  mainspring settlements check stripe-2026-06.csv --as stripe

                \(ExitStatus.section(ExitStatus.reading + [.inputRefused]))
                """)

        @Argument(help: "Statement files.", completion: .file(extensions: ["csv"]))
        var files: [String] = []

        @Option(name: .customLong("as"), help: "What the files are: a statement of config/settlements.")
        var statement: String?

        @OptionGroup var placing: PlaceOptions

        func validate() throws {
            if !files.isEmpty, statement == nil { throw ValidationError("Say with --as what the files are.") }
        }

        func run() throws {
            let place = try placing.place()
            let catalogue = try ChannelCatalogue.load(home: place.home)
            guard let statement, !files.isEmpty else {
                for profile in catalogue.settlements { Console.out("\(profile.name): in order") }
                return
            }
            _ = try catalogue.settlement(statement)
            let connection = try place.connect(role: place.settings.jobRole)
            defer { connection.close() }
            let check = StatementCheck(catalogue: catalogue, timeZone: place.settings.businessTimeZone)
            for file in files {
                let path = URL(fileURLWithPath: file).standardizedFileURL.path
                Console.out("\(file): \(try check.check(path, as: statement, on: connection).text)")
            }
        }
    }
}
