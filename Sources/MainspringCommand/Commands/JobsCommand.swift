import ArgumentParser
import Configuration
import Diagnostics
import Jobs
import Postgres

struct JobsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "jobs", abstract: "List, show or check the jobs of this home, and have them started in time.",
        subcommands: [
            List.self, Show.self, Check.self, JobsCrontabCommand.self, JobsSystemdCommand.self, JobsSchemaCommand.self,
        ], defaultSubcommand: List.self)

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the jobs.",
            discussion: """
                EXAMPLES
                  mainspring jobs list
                  mainspring jobs list --json

                \(ExitStatus.section(ExitStatus.reading))
                """)

        @Flag(help: "Print one JSON document.")
        var json = false

        @OptionGroup var placing: PlaceOptions

        func run() throws {
            let list = try JobCatalogue(home: try placing.place().home).descriptions()
            if json { try Console.json(list) } else { Console.out(list.text(Console.outStyle)) }
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show a job step by step, and the files behind each.",
            discussion: """
                EXAMPLES
                  mainspring jobs show nightly

                \(ExitStatus.section(ExitStatus.reading))
                """)

        @Argument(help: "The job's name.")
        var job: String

        @Flag(help: "Print one JSON document.")
        var json = false

        @OptionGroup var placing: PlaceOptions

        func run() throws {
            let description = try JobCatalogue(home: try placing.place().home).description(of: job)
            if json { try Console.json(description) } else { Console.out(description.text(Console.outStyle)) }
        }
    }

    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Check the jobs' files, the reports they name, and each step's SQL against the database.",
            discussion: """
                EXAMPLES
                  mainspring jobs check
                  mainspring jobs check nightly

                Each job is checked, also after one that is refused.

                \(ExitStatus.section(ExitStatus.reading))
                """)

        @Argument(help: "The jobs to check; all by default.")
        var jobs: [String] = []

        @OptionGroup var placing: PlaceOptions

        func run() throws {
            let place = try placing.place()
            let connection = try place.connect(role: place.settings.jobRole)
            defer { connection.close() }
            let catalogue = JobCatalogue(home: place.home)
            var worst: Failure?
            for name in jobs.isEmpty ? catalogue.names : jobs {
                do {
                    try RunPlan.load(try catalogue.job(name), home: place.home, settings: place.settings)
                        .check(on: connection)
                    Console.out("\(name): in order")
                } catch {
                    let failure = Failure.of(error)
                    Console.out("\(name): refused")
                    Console.tell(failure)
                    worst = worst ?? failure
                }
            }
            if let worst { try Ending.end(with: worst.exitCode) }
        }
    }
}
