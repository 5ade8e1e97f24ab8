import ArgumentParser
import Diagnostics
import Foundation
import Jobs
import Postgres

struct DatabaseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "db", abstract: "Start, stop or enter the private PostgreSQL of this home.",
        subcommands: [Start.self, Stop.self, Status.self, Psql.self])

    struct Start: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Start the private PostgreSQL; every command that needs it does so by itself.",
            discussion: """
                EXAMPLES
                  mainspring db start

                \(ExitStatus.section(ExitStatus.reading))
                """)

        @OptionGroup var placing: PlaceOptions

        func run() throws {
            let target = try placing.place().access.cluster.start()
            Console.err("The private PostgreSQL is running.")
            Console.out("\(target)")
        }
    }

    struct Stop: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Stop the private PostgreSQL; its data stays.",
            discussion: """
                EXAMPLES
                  mainspring db stop

                \(ExitStatus.section(ExitStatus.reading))
                """)

        @OptionGroup var placing: PlaceOptions

        func run() throws {
            try placing.place().access.cluster.stop()
            Console.err("The private PostgreSQL is stopped.")
        }
    }

    struct Status: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say which database commands work on, and whether the private one runs.",
            discussion: """
                EXAMPLES
                  mainspring db status

                \(ExitStatus.section(ExitStatus.reading))
                """)

        @OptionGroup var placing: PlaceOptions

        func run() throws {
            let access = try placing.place().access
            if let target = try access.named() {
                Console.out("named: \(target)")
            } else {
                Console.out("embedded: \(access.cluster.status())")
            }
        }
    }

    struct Psql: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Enter the database with psql.",
            discussion: """
                What stands after -- goes to psql.

                EXAMPLES
                  mainspring db psql
                  mainspring db psql -- -c 'SELECT count(*) FROM orders'

                EXIT STATUS
                  that of psql
                """)

        @Argument(parsing: .postTerminator, help: "Arguments for psql.")
        var arguments: [String] = []

        @OptionGroup var placing: PlaceOptions

        func run() throws {
            try PsqlProgram.run(with: arguments, target: try placing.place().access.target())
        }
    }
}
