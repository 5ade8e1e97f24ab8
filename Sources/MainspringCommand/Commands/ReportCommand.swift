import ArgumentParser
import Configuration
import Diagnostics
import Foundation
import Jobs
import Postgres
import Reporting

struct ReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report", abstract: "List, show, check or run reports.",
        subcommands: [List.self, Show.self, Check.self, Run.self, Config.self, Schema.self])

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the reports, workbooks and pages of this home.",
            discussion: """
                EXAMPLES
                  mainspring report list

                \(ExitStatus.section(ExitStatus.reading))
                """)

        @Flag(help: "Print one JSON document.")
        var json = false

        @OptionGroup var placing: PlaceOptions

        func run() throws {
            let list = ReportList(try ReportCatalogue.load(home: try placing.place().home))
            if json { try Console.json(list) } else { Console.out(list.text(Console.outStyle)) }
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show what a report answers: parameters and columns.",
            discussion: """
                EXAMPLES
                  mainspring report show breaks

                \(ExitStatus.section(ExitStatus.reading))
                """)

        @Argument(help: "The report's name.")
        var name: String

        @Flag(help: "Print one JSON document.")
        var json = false

        @OptionGroup var placing: PlaceOptions

        func run() throws {
            let catalogue = try ReportCatalogue.load(home: try placing.place().home)
            let page = ReportPage(try catalogue.item(name))
            if json { try Console.json(page) } else { Console.out(page.text(Console.outStyle)) }
        }
    }

    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Hold each report's header against its SELECT, as the database reads it.",
            discussion: """
                EXAMPLES
                  mainspring report check
                  mainspring report check breaks

                \(ExitStatus.section(ExitStatus.reading))
                """)

        @Argument(help: "The reports to check; all by default.")
        var names: [String] = []

        @OptionGroup var placing: PlaceOptions

        func run() throws {
            let place = try placing.place()
            let catalogue = try ReportCatalogue.load(home: place.home)
            let reports = try names.isEmpty ? catalogue.reports : names.map { try catalogue.report($0) }
            let connection = try place.connect(role: place.settings.reportRole)
            defer { connection.close() }
            for report in reports {
                try report.check(on: connection)
                Console.out("\(report.name): in order")
            }
        }
    }

    struct Run: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Run reports, workbooks or pages now.",
            discussion: """
                One report without --out is printed, as CSV or with --format json as an object a line. With --out, all files appear in that folder at once, with \
                a manifest; what was there before is replaced. The same data and window give the same bytes. A report whose \
                header splits it, such as seller-statement, becomes a folder: a file a store, and an index.

                EXAMPLES
                  mainspring report run breaks
                  mainspring report run finance-pack --date 2026-06-30 --out pack
                  mainspring report run night breaks --as-of 2026-06-30 --format csv,html --out morning
                  mainspring report run orders --format csv,json --profile machine --compress zst --out data
                  mainspring report run revenue-by-month --from 2026-01-01 --to 2026-06-30 --format csv --out q

                \(ExitStatus.section(ExitStatus.reading))
                """)

        @Argument(help: "The reports, workbooks or pages; `mainspring report list` shows them.")
        var names: [String]

        @Option(
            name: .customLong("set"), help: ArgumentHelp("A parameter of the report's own.", valueName: "name=value"))
        var values: [String] = []

        @Flag(help: "Allow a report that shows personal data.")
        var personalData = false

        @OptionGroup var reading: ReadingOptions
        @OptionGroup var placing: PlaceOptions

        func run() throws {
            try reading.run(try placing.place(), names: names) { request in
                request.values = try NamedValues.read(values)
                request.allowsPersonalData = personalData
            }
        }
    }
}
