package import Configuration
import Diagnostics
import Foundation
package import Postgres
import Reconciliation
import Reporting

/// A job with all its files read and checked: what a run needs, and nothing that could still turn out to be missing.
package struct RunPlan: Sendable {
    /// One report, workbook or extract of a reading step.
    struct Reading: Sendable {
        /// Which step asks for it, from 1.
        var step: Int
        var name: String
        /// Where its files lie in the output folder: `` for workbooks and pages, `reports` or `extracts`.
        var folder: String
    }

    package let job: JobDefinition
    let settings: Settings
    let files: [String: StatementFile]
    let channels: ChannelCatalogue?
    let reports: ReportCatalogue?
    let readings: [Reading]
    let parameters: StepParameters
    /// The values of the parameters of each step of statements, by its name; empty for a plan that is only checked.
    let values: [String: [String: SQLValue]]
    /// The values of the parameters of each reading step's reports, as text, by the step's number.
    let texts: [Int: [String: String]]

    /// Reads every file that the job names.
    /// - Parameter given: values for parameters, by name; nil for a plan that is only checked, and needs none.
    /// - Throws: `config.*`, `job.*`, `parameter.*`, `report.*`: what is wrong, and where; nothing has been touched yet.
    package static func load(
        _ job: JobDefinition, home: Home, settings: Settings, given: [String: String]? = nil
    ) throws -> RunPlan {
        var files: [String: StatementFile] = [:]
        var channels: ChannelCatalogue?
        var reports: ReportCatalogue?
        var readings: [Reading] = []
        for (index, step) in job.steps.enumerated() {
            switch step.work {
            case .statements(let name):
                files[name] = try statements(name, of: job, at: step.location, home: home)
            case .maintain: break
            case .importInbox, .importFiles, .reconcilePayments:
                let catalogue = try channels ?? ChannelCatalogue.load(home: home)
                channels = catalogue
                if case .importFiles(_, let statement, let options) = step.work {
                    try options.check(for: try catalogue.settlement(statement))
                }
            case .reports(let names), .extracts(let names):
                let catalogue = try reports ?? ReportCatalogue.load(home: home)
                reports = catalogue
                for name in names {
                    readings.append(try reading(name, of: step, number: index + 1, in: catalogue))
                }
            }
        }
        let parameters = try StepParameters(job, files: files, reports: reports)
        if let given { try parameters.check(given: given) }
        return RunPlan(
            job: job, settings: settings, files: files, channels: channels, reports: reports, readings: readings,
            parameters: parameters, values: try given.map { try parameters.values($0) } ?? [:],
            texts: parameters.texts(given ?? [:]))
    }

    private static func statements(
        _ name: String, of job: JobDefinition, at location: Location?, home: Home
    ) throws -> StatementFile {
        let known = JobCatalogue.names(in: home.resolve("jobs"), ending: ".sql")
        guard known.contains(name) else {
            throw Failure(
                .jobInvalid, "There is no step jobs/\(name).sql.", at: location,
                advice: NearestName.advice(for: name, among: known))
        }
        return try StatementFile(
            name: name, file: home.resolve("jobs/\(name).sql"), job: job.parameters.map(\.name))
    }

    private static func reading(
        _ name: String, of step: JobStep, number: Int, in catalogue: ReportCatalogue
    ) throws -> Reading {
        do {
            switch try catalogue.item(name) {
            case .workbook, .page: return Reading(step: number, name: name, folder: "")
            case .report:
                return Reading(step: number, name: name, folder: step.kind == "extract" ? "extracts" : "reports")
            }
        } catch {
            var failure = error
            failure.location = failure.location ?? step.location
            throw failure
        }
    }

    /// A step of statements with the values of a run.
    func statementStep(_ name: String, _ step: JobStep, _ ticket: RunTicket, stores: [Int64]?) throws -> StatementStep {
        guard let file = files[name] else {
            throw Failure(.internalError, "The step “\(step.title)” was not planned.")
        }
        let values = StatementValues(settings: settings).of(ticket, stores: stores, given: values[name])
        return StatementStep(file: file, values: values)
    }

    /// The files that a reading step leaves for a report or workbook, from the output folder.
    func files(of reading: Reading) throws -> [String] {
        guard let reports else { return [] }
        let folder = reading.folder.isEmpty ? "" : "\(reading.folder)/"
        switch try reports.item(reading.name) {
        case .workbook: return ["\(folder)\(reading.name).xlsx"]
        case .page: return ["\(folder)\(reading.name).html"]
        case .report(let report):
            // Of a report that is split, what stands for all of its files.
            let base = report.header.split == nil ? reading.name : "\(reading.name)/index"
            let text = TextFiles(settings.text)
            return report.header.formats.map { "\(folder)\(base).\(text.ending($0))" }
        }
    }

    /// Has the server parse every statement of the job's steps and reports, under the role that will run them.
    /// - Throws: what `StatementFile.check` and the reports' own check throw.
    package func check(on connection: Connection) throws {
        let values = StatementValues(settings: settings).sample
        let samples = parameters.samples
        for file in files.values.sorted(by: { $0.name < $1.name }) {
            try file.check(on: connection, values.merging(samples[file.name] ?? [:]) { $1 })
        }
        for reading in readings {
            if case .report(let report)? = try reports?.item(reading.name) { try report.check(on: connection) }
        }
    }
}
