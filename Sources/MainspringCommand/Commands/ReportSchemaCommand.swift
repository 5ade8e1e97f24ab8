import ArgumentParser
import Reporting

extension ReportCommand {
    struct Schema: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print a JSON Schema of the reports' headers, for an editor.",
            discussion: """
                It says which keys and words a header may have. What depends on the SELECT and on other files only \
                `mainspring report check` knows.

                EXAMPLES
                  mainspring report schema >report.schema.json

                \(ExitStatus.section(ExitStatus.reading))
                """)

        func run() throws { Console.out(ReportSchema.text) }
    }
}
