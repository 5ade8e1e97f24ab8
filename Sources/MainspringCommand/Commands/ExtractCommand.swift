import ArgumentParser
import Jobs
import Reporting
import Tabular

struct ExtractCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "extract",
        abstract: "Extract orders, payments or reviews: one row an entity.",
        discussion: """
            Plain CSV for machines by default: no guard against formulas, numbers as the database prints them. One \
            extract without --out is printed; with --out, all files appear in that folder at once, with a manifest.

            EXAMPLES
              mainspring extract orders --from 2026-06-01 --to 2026-06-30
              mainspring extract orders payments reviews --out extracts

            \(ExitStatus.section(ExitStatus.reading))
            """)

    @Argument(help: "The extracts: orders, payments, reviews.")
    var names: [String]

    @OptionGroup var reading: ReadingOptions
    @OptionGroup var placing: PlaceOptions

    func run() throws {
        try reading.run(try placing.place(), names: names) { request in
            request.profile = reading.profile?.value ?? .machine
            request.formats = request.formats ?? [.csv]
        }
    }
}
