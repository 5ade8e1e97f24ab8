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

/// A compression on the command line, by the ending of its files.
struct CompressionArgument: ExpressibleByArgument {
    let value: Compression

    init?(argument: String) {
        guard let value = Compression(rawValue: argument) else { return nil }
        self.value = value
    }

    static let allValueStrings = Compression.allCases.map(\.rawValue)
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

    @Option(
        name: [.customLong("date"), .customLong("as-of")],
        help: ArgumentHelp("The business date from which ages count, and up to which history goes.", valueName: "date"))
    var date: DateArgument?

    @Option(help: ArgumentHelp("Formats, separated by commas: csv, xlsx, html, json.", valueName: "formats"))
    var format: FormatsArgument?

    @Option(help: "The kind of CSV: spreadsheet (formulas made inert, UTF-8 marked) or machine (every text as it is).")
    var profile: ProfileArgument?

    @Option(help: "Pack CSV and JSON: gz or zst.")
    var compress: CompressionArgument?

    @Option(help: ArgumentHelp("The folder to write; it appears whole.", valueName: "folder"))
    var out: String?

    @Flag(help: "Print the manifest as one JSON document.")
    var json = false

    func validate() throws {
        if json, out == nil { throw ValidationError("--json describes the files of --out; give both.") }
    }

    /// Prints one report, or writes a folder.
    func run(_ place: Place, names: [String], _ adjust: (inout ReportDesk.Request) throws -> Void) throws {
        let desk = try ReportDesk(try place.environment(json: json))
        var request = ReportDesk.Request(names: names)
        request.date = date?.text
        request.from = window.from?.text
        request.to = window.to?.text
        request.formats = format?.formats
        request.profile = profile?.value
        request.compression = compress?.value
        try adjust(&request)
        guard let out else {
            guard names.count == 1, [[.csv], [.json]].contains(format?.formats ?? [.csv]) else {
                throw ValidationError("Only one report, as CSV or JSON, can be printed; name a folder with --out.")
            }
            try desk.text(request) { try FileHandle.standardOutput.write(contentsOf: $0) }
            return
        }
        let folder = URL(fileURLWithPath: out).standardizedFileURL.path
        let manifest = try desk.write(request, to: folder)
        if json {
            try Console.json(manifest)
        } else {
            for line in FileLine.lines(manifest.files) {
                Console.out("\(folder)/\(line.name)  \(Figures.counted(line.rows, "row", "rows"))")
            }
        }
    }
}
