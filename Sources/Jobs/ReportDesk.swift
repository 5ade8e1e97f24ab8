import Configuration
import Diagnostics
package import Foundation
import Money
import Postgres
package import Reporting
package import Tabular

/// Reports and extracts asked for by hand: read-only, from one snapshot, without a run in the journal.
package struct ReportDesk: Sendable {
    /// What is asked for.
    package struct Request: Sendable {
        package var names: [String]
        /// The business date from which ages count; by default the last that is over.
        package var date: String?
        package var from: String?
        package var to: String?
        /// Values for parameters of the reports' own.
        package var values: [String: String] = [:]
        /// nil means all that each report offers.
        package var formats: [ReportHeader.Format]?
        /// As the settings say where nothing is asked.
        package var profile: CSVProfile?
        package var compression: Compression?
        /// Whether CSV for spreadsheets begins with the mark by which Excel knows UTF-8.
        package var marksUTF8 = true
        package var allowsPersonalData = false
        /// Whether a report that its header splits becomes a folder of files and an index.
        package var splits = true

        package init(names: [String]) { self.names = names }
    }

    private let environment: RunEnvironment
    package let catalogue: ReportCatalogue

    /// Reads the reports of a home.
    /// - Throws: `report.invalid`.
    package init(_ environment: RunEnvironment) throws {
        self.environment = environment
        catalogue = try ReportCatalogue.load(home: environment.home)
    }

    /// Writes the files and their manifest as one folder, whole or not at all: side by side, as a run does.
    package func write(_ request: Request, to folder: String) throws -> Manifest {
        for name in request.names { _ = try catalogue.item(name) }
        let context = try context(request)
        var text = TextFiles(
            environment.settings.text, profile: request.profile, compression: request.compression)
        if !request.marksUTF8 { text.csv.byteOrderMark = false }
        var publisher = ReportPublisher(catalogue: catalogue, runner: ReportRunner(context: context), text: text)
        publisher.splits = request.splits
        let work = ReadingWork(
            environment: environment, job: "report", catalogue: catalogue,
            readings: request.names.map { RunPlan.Reading(step: 1, name: $0, folder: "") }, publishers: [1: publisher],
            bounds: [1: StepBounds(StepOptions(), environment.settings)], formats: request.formats)
        return try OutputFolder.write(to: folder) { staging in
            let manifest = Manifest(
                job: "report", businessDate: context.businessDate.description, run: nil,
                files: try work.fill(staging).flatMap(\.files))
            try manifest.write(toFolder: staging)
            return manifest
        }
    }

    /// Gives one report as text to `sink`, once it is complete: in the one format that is asked for, else as CSV.
    package func text(_ request: Request, _ sink: (Data) throws -> Void) throws {
        guard let name = request.names.first else { return }
        let report = try catalogue.report(name)
        var request = request
        request.formats = request.formats ?? [.csv]
        request.splits = false
        // A terminal or a pipe is told by nobody's bytes that it is UTF-8, unless that is asked for.
        request.marksUTF8 = request.profile == .spreadsheet
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("mainspring-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        _ = try write(request, to: folder.path)
        let ending = TextFiles(environment.settings.text, compression: request.compression)
            .ending(request.formats?.first ?? .csv)
        let handle = try FileHandle(forReadingFrom: folder.appendingPathComponent("\(report.name).\(ending)"))
        defer { try? handle.close() }
        while let data = try handle.read(upToCount: 1 << 20), !data.isEmpty { try sink(data) }
    }

    private func context(_ request: Request) throws -> ReportContext {
        let settings = environment.settings
        let connection = try Connection(
            environment.target.with(applicationName: "mainspring report, calendar"), role: settings.reportRole)
        defer { connection.close() }
        let calendar = try Journal(connection).calendar(
            date: request.date, from: request.from, to: request.to, rule: .previousDay,
            timeZone: settings.businessTimeZone)
        var context = ReportContext(
            window: try Window(from: try BusinessDate(calendar.windowFrom), to: try BusinessDate(calendar.windowTo)),
            windowIsNamed: request.from != nil, businessDate: try BusinessDate(calendar.businessDate),
            cutOff: calendar.cutOff, timeZone: calendar.timeZone, businessCurrency: settings.businessCurrency,
            values: request.values, allowsPersonalData: request.allowsPersonalData)
        context.personalRole = settings.jobRole
        return context
    }
}
