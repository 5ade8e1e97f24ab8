import ArgumentParser
import Diagnostics
import Jobs

struct MetricsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "metrics", abstract: "Recompute or check the stores' sales, orders, rating and reviews.",
        subcommands: [Recompute.self, Check.self])

    struct Recompute: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Bring the stores' figures in line with delivered orders and approved reviews.",
            discussion: """
                Writes only stores whose figures differ, and shows each before and after. With --admin the change is \
                also written to admin_activity_log, in the same transaction.

                EXAMPLES
                  mainspring metrics recompute
                  mainspring metrics recompute --store 42 --admin 1

                \(ExitStatus.section(ExitStatus.writing))
                """)

        @Option(help: ArgumentHelp("Only this store; may be given more than once.", valueName: "id"))
        var store: [Int] = []

        @Option(help: ArgumentHelp("The administrator in whose name this is done.", valueName: "id"))
        var admin: Int?

        @OptionGroup var running: RunningOptions
        @OptionGroup var placing: PlaceOptions

        func run() throws {
            var options = RunOptions()
            options.stores = store.isEmpty ? nil : store.map(Int64.init)
            options.admin = admin.map(Int64.init)
            options.isFull = true
            let job = JobDefinition(name: "metrics", steps: [JobStep(.statements("store-metrics"))])
            try running.run(job, try placing.place(), options)
        }
    }

    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show which stores' figures differ, and change nothing.",
            discussion: """
                Ends with 0 whether or not a store differs: the list says it.

                EXAMPLES
                  mainspring metrics check
                  mainspring metrics check --store 42 --json

                \(ExitStatus.section(ExitStatus.reading))
                """)

        @Option(help: ArgumentHelp("Only this store; may be given more than once.", valueName: "id"))
        var store: [Int] = []

        @Flag(help: "Print the differences as one JSON document.")
        var json = false

        @OptionGroup var placing: PlaceOptions

        func run() throws {
            let stores = store.isEmpty ? nil : store.map(Int64.init)
            try DifferencePrinter(step: "store-metrics", stores: stores, json: json).print(try placing.place())
        }
    }
}
