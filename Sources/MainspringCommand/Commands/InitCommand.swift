import ArgumentParser
import Foundation
import Jobs

struct InitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Make a home: a folder with the jobs, reports and config that you read and change.",
        discussion: """
            Copies what Mainspring ships; a file that is there already is left as it is.

            EXAMPLES
              mainspring init /srv/mainspring

            \(ExitStatus.section(ExitStatus.reading))
            """)

    @Argument(help: "The folder; the current one by default.", completion: .directory)
    var folder = "."

    @Option(
        help: ArgumentHelp(
            "The home to copy from; by default the one this program came with.", valueName: "folder"))
    var home: String?

    func run() throws {
        let folder = URL(fileURLWithPath: folder).standardizedFileURL.path
        let made = try HomeMaker(source: home).make(folder)
        Console.out("\(folder): \(made.copied) files copied, \(made.kept) left as they were.")
        Console.err(
            "Next: set database.url in \(folder)/config/mainspring.yml, or leave it for the private PostgreSQL;")
        Console.err("then `mainspring migrate` and `mainspring run nightly`, from that folder.")
    }
}
