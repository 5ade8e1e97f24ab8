import ArgumentParser
import Configuration

extension ReportCommand {
    struct Config: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print a file of config/ as the JSON that a report's SELECT is given.",
            discussion: """
                Holds the file against its form, and says where it is wrong. In psql the JSON sets the parameter of a \
                report that takes the file:

                  \\set accounts `mainspring report config accounts`

                EXAMPLES
                  mainspring report config commission
                  mainspring report config config/commission-2027.yml

                \(ExitStatus.section(ExitStatus.reading))
                """)

        @Argument(help: "accounts, commission or taxes, or the path of such a file from the home.")
        var file: String

        @OptionGroup var placing: PlaceOptions

        func run() throws {
            let path = ConfigDocument(rawValue: file).map { "config/\($0.rawValue).yml" } ?? file
            Console.out(try ConfigDocument.json(file: try placing.place().home.resolve(path)))
        }
    }
}
