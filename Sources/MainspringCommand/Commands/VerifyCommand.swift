import ArgumentParser
import Diagnostics
import Tabular

struct VerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Prove that a run's folder is as the run wrote it.",
        discussion: """
            Compares every file with manifest.json: presence, size, SHA-256 and rows. Needs neither home nor database.

            EXAMPLES
              mainspring verify out/nightly/2026-06-30

            \(ExitStatus.section(ExitStatus.reading))
            """)

    @Argument(help: "The folder that holds manifest.json.", completion: .directory)
    var folder: String

    @Flag(help: "Print one JSON document.")
    var json = false

    private struct Document: Encodable {
        var folder: String
        var files: Int
        var problems: [String]
    }

    func run() throws {
        let manifest = try Manifest.read(fromFolder: folder)
        let problems = try Manifest.verify(folder: folder).map(\.description)
        if json {
            try Console.json(Document(folder: folder, files: manifest.files.count, problems: problems))
        } else if problems.isEmpty {
            Console.out("\(folder): all \(manifest.files.count) files are as run \(manifest.run ?? 0) wrote them.")
        }
        guard let first = problems.first else { return }
        throw Failure(
            .manifestMismatch,
            problems.count == 1 ? "\(first)." : "\(problems.joined(separator: "; ")).", at: .file(folder),
            advice: "Run the job again for this date: it writes the folder anew.")
    }
}
