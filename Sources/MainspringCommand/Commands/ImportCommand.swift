import ArgumentParser
import Diagnostics
import Foundation
import Jobs

struct ImportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Import settlement statements of a gateway or courier.",
        discussion: """
            A file is known by its content and imported once, whatever its name; all of it or nothing. A file that is \
            refused is named with line, column and reason, and the others go on.

            EXAMPLES
              mainspring import stripe-2026-06.csv --as stripe
              mainspring import statements/*.csv --as tcs --json

            \(ExitStatus.section(ExitStatus.writing + [.inputRefused]))
            """)

    @Argument(help: "The statement files.", completion: .file(extensions: ["csv"]))
    var files: [String]

    @Option(name: .customLong("as"), help: "What they are: a statement of config/settlements.")
    var statement: String

    @OptionGroup var running: RunningOptions
    @OptionGroup var placing: PlaceOptions

    func run() throws {
        let files = files.map { URL(fileURLWithPath: $0).standardizedFileURL.path }
        let job = JobDefinition(name: "import", steps: [JobStep(.importFiles(files, statement: statement))])
        try running.run(job, try placing.place(), RunOptions())
    }
}
