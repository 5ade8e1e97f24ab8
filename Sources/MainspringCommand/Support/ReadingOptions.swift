import ArgumentParser
import Configuration
import Diagnostics
import Foundation
import Jobs
import Postgres
import Reporting
import Tabular

/// A CSV profile on the command line.
struct ProfileArgument: ExpressibleByArgument {
    let value: CSVProfile

    init?(argument: String) {
        switch argument {
        case "spreadsheet": value = .spreadsheet
        case "machine": value = .machine
        default: return nil
        }
    }

    static let allValueStrings = ["spreadsheet", "machine"]
}

/// A list of formats on the command line: `csv,xlsx`.
struct FormatsArgument: ExpressibleByArgument {
    let formats: [ReportHeader.Format]

    init?(argument: String) {
        let names = argument.split(separator: ",").map(String.init)
        formats = names.compactMap { ReportHeader.Format(rawValue: $0) }
        guard !formats.isEmpty, formats.count == names.count else { return nil }
    }
}

/// What reports and extracts asked for by hand have in common.
struct ReadingOptions: ParsableArguments {
    @OptionGroup var window: WindowOptions

    @Option(help: ArgumentHelp("The business date from which ages count.", valueName: "date"))
    var date: DateArgument?

    @Option(help: ArgumentHelp("Formats, separated by commas: csv, xlsx.", valueName: "formats"))
    var format: FormatsArgument?

    @Option(help: "The kind of CSV: spreadsheet (formulas made inert) or machine.")
    var profile: ProfileArgument?

    @Option(help: ArgumentHelp("The folder to write; it appears whole.", valueName: "folder"))
    var out: String?

    @Flag(help: "Print the manifest as one JSON document.")
    var json = false

    func validate() throws {
        if json, out == nil { throw ValidationError("--json describes the files of --out; give both.") }
    }

    /// Prints one report, or writes a folder.
    func run(_ place: Place, names: [String], _ adjust: (inout ReportDesk.Request) throws -> Void) throws {
        let desk = try ReportDesk(home: place.home, settings: place.settings)
        var request = ReportDesk.Request(names: names)
        request.date = date?.text
        request.from = window.from?.text
        request.to = window.to?.text
        request.formats = format?.formats
        request.profile = profile?.value ?? .spreadsheet
        try adjust(&request)
        let connection = try place.connect(role: place.settings.reportRole)
        defer { connection.close() }
        guard let out else {
            guard names.count == 1, format?.formats ?? [.csv] == [.csv] else {
                throw ValidationError("Only one report, as CSV, can be printed; name a folder with --out.")
            }
            try desk.csv(request, on: connection) { try FileHandle.standardOutput.write(contentsOf: $0) }
            return
        }
        let folder = URL(fileURLWithPath: out).standardizedFileURL.path
        let manifest = try desk.write(request, to: folder, on: connection)
        if json {
            try Console.json(manifest)
        } else {
            for line in FileLine.lines(manifest.files) {
                Console.out("\(folder)/\(line.name)  \(Figures.counted(line.rows, "row", "rows"))")
            }
        }
    }
}
