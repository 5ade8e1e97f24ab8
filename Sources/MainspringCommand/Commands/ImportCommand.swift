import ArgumentParser
import Diagnostics
import Foundation
import Jobs
import Reconciliation

struct ImportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Import settlement statements of a gateway or courier.",
        discussion: """
            A file is known by its content and imported once, whatever its name; all of it or nothing. A file that is \
            refused is named with line, column and reason, and the others go on.

            Where a line comes again with other content, the earlier one stands and the difference is a break; with \
            --supersede the later one takes its place, in a file that was imported before too. With --max-rejects, \
            rows that can't be read go to NAME.rejects.csv beside the file, and the rest is imported.

            EXAMPLES
              mainspring import stripe-2026-06.csv --as stripe
              mainspring import statements/*.csv --as tcs --json
              mainspring import stripe-2026-06-b.csv --as stripe --supersede --reason "Stripe's letter of 3 July"
              mainspring import tcs-2026-06.csv --as tcs --max-rejects 5

            \(ExitStatus.section(ExitStatus.writing + [.inputRefused]))
            """)

    @Argument(help: "The statement files.", completion: .file(extensions: ["csv"]))
    var files: [String]

    @Option(name: .customLong("as"), help: "What they are: a statement of config/settlements.")
    var statement: String

    @Flag(help: "Let lines with other content take the place of an earlier file's; needs --reason.")
    var supersede = false

    @Option(help: ArgumentHelp("Why they may; kept with the file.", valueName: "text"))
    var reason: String?

    @Option(help: ArgumentHelp("How many rows that can't be read may be left out of each file.", valueName: "count"))
    var maxRejects = 0

    @OptionGroup var running: RunningOptions
    @OptionGroup var placing: PlaceOptions

    func validate() throws {
        let isBlank = reason?.allSatisfy(\.isWhitespace) ?? true
        if supersede, isBlank { throw ValidationError("Say with --reason why lines of earlier files may give way.") }
        if !supersede, reason != nil { throw ValidationError("--reason belongs to --supersede.") }
        if let reason, reason.utf8.count > 1000 { throw ValidationError("--reason takes 1,000 bytes at most.") }
        guard (0...ImportOptions.mostRejects).contains(maxRejects) else {
            throw ValidationError("--max-rejects takes 0 to \(ImportOptions.mostRejects).")
        }
    }

    func run() throws {
        let files = files.map { URL(fileURLWithPath: $0).standardizedFileURL.path }
        let options = ImportOptions(supersedeReason: supersede ? reason : nil, maxRejects: maxRejects)
        let step = JobStep(.importFiles(files, statement: statement, options))
        let job = JobDefinition(name: "import", steps: [step])
        try running.run(job, try placing.place(), RunOptions())
    }
}
