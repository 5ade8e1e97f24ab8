import ArgumentParser
import Diagnostics
import Jobs

struct StockCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stock", abstract: "Mark sold-out products, or check which ones should be.",
        subcommands: [Recompute.self, Check.self])

    struct Recompute: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Set products without pieces to SOLD, and report those that were restocked.",
            discussion: """
                ACTIVE and RESERVED products with no pieces become SOLD. SOLD products with pieces are reported; they \
                become ACTIVE again only when approved and stock.reactivate_restocked is on.

                EXAMPLES
                  mainspring stock recompute
                  mainspring stock recompute --admin 1

                \(ExitStatus.section(ExitStatus.writing))
                """)

        @Option(help: ArgumentHelp("The administrator in whose name this is done.", valueName: "id"))
        var admin: Int?

        @OptionGroup var running: RunningOptions
        @OptionGroup var placing: PlaceOptions

        func run() throws {
            var options = RunOptions()
            options.admin = admin.map(Int64.init)
            let job = JobDefinition(name: "stock", steps: [JobStep(.statements("sold-out"))])
            try running.run(job, try placing.place(), options)
        }
    }

    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show which products are sold out or restocked, and change nothing.",
            discussion: """
                EXAMPLES
                  mainspring stock check
                  mainspring stock check --json

                \(ExitStatus.section(ExitStatus.reading))
                """)

        @Flag(help: "Print the differences as one JSON document.")
        var json = false

        @OptionGroup var placing: PlaceOptions

        func run() throws {
            try DifferencePrinter(step: "sold-out", stores: nil, json: json).print(try placing.place())
        }
    }
}
