import Configuration
import Diagnostics
import Foundation
import Money
import Postgres
import Reporting
import Tabular

/// The reading steps of a run: after the last writing step one snapshot is exported, and workers share it, each on a
/// thread and a connection of its own, so that all files of a night agree with each other.
///
/// The output folder appears whole or not at all. If the snapshot's connection dies, everything starts again on a new one.
struct ReadingPhase {
    let plan: RunPlan
    let ticket: RunTicket
    let environment: RunEnvironment
    /// The reading steps that are done, by number.
    let steps: [(number: Int, step: JobStep)]

    private var readings: [RunPlan.Reading] {
        plan.readings.filter { reading in steps.contains { $0.number == reading.step } }
    }

    private struct Written: Sendable {
        var files: [Manifest.File]
        var seconds: Double
    }

    /// Where a run's files lie, from the home or absolute as the config says.
    private var folder: String {
        "\(environment.settings.outputDirectory)/\(ticket.job)/\(ticket.calendar.businessDate)"
    }

    func run(_ summary: inout RunSummary) throws {
        var attempt = 0
        while true {
            do {
                try publish(&summary)
                return
            } catch  where Transient.isTransient(error) && attempt < environment.settings.retries {
                attempt += 1
                environment.progress.retry(
                    step: "The writing of the reports", attempt: attempt, reason: Failure.of(error).message)
                try Transient.pause(attempt, environment.interruption)
            }
        }
    }

    private func publish(_ summary: inout RunSummary) throws {
        let count = plan.job.steps.count
        for (number, step) in steps { environment.progress.began(step: step.title, number: number, of: count) }
        let written = try withSnapshot { snapshot in
            try OutputFolder.write(to: environment.home.resolve(folder)) { staging in
                let written = try readAll(snapshot, into: staging)
                try Manifest(
                    job: ticket.job, businessDate: ticket.calendar.businessDate, run: ticket.runID,
                    files: written.flatMap(\.files).sorted { $0.path < $1.path }
                ).write(toFolder: staging)
                try FaultPoint.pass("before-publish")
                return written
            }
        }
        try FaultPoint.pass("after-publish")
        summary.folder = folder
        summary.files = written.flatMap(\.files).sorted { $0.path < $1.path }
        for (number, step) in steps {
            let mine = zip(readings, written).filter { $0.0.step == number }.map(\.1)
            var outcome = StepOutcome()
            outcome.read = Int64(mine.flatMap(\.files).reduce(0) { $0 + $1.rows })
            outcome.written = outcome.read
            let done = RunSummary.Step(step, number, outcome, seconds: mine.map(\.seconds).reduce(0, +))
            summary.steps.append(done)
            environment.progress.ended(step: done, of: count)
        }
    }

    /// Holds the exporting transaction open while the workers read: their snapshot lives as long as it does.
    private func withSnapshot<T>(_ body: (SnapshotID) throws -> T) throws -> T {
        let keeper = try connect("snapshot")
        defer { keeper.close() }
        return try keeper.transaction(.repeatableRead, readOnly: true) {
            let snapshot = try keeper.exportSnapshot()
            do { return try body(snapshot) } catch {
                // Without its keeper the snapshot is gone, and what a reader says of that is only the echo.
                try keeper.execute("SELECT 1")
                throw error
            }
        }
    }

    private func connect(_ purpose: String) throws -> Connection {
        try Connection(
            environment.target.with(applicationName: "mainspring \(ticket.job), \(purpose)"),
            role: environment.settings.reportRole)
    }

    private func readAll(_ snapshot: SnapshotID, into staging: String) throws -> [Written] {
        guard let catalogue = plan.reports else { return [] }
        let context = try context()
        let readings = readings
        for folder in Set(readings.map(\.folder)) where !folder.isEmpty {
            try FileManager.default.createDirectory(
                atPath: "\(staging)/\(folder)", withIntermediateDirectories: true)
        }
        let environment = environment
        let bounds = Dictionary(
            uniqueKeysWithValues: steps.map { ($0.number, StepBounds($0.step.options, environment.settings)) })
        return try Workers.run(
            readings, count: environment.settings.readers, makeState: { try connect("reader") }
        ) { connection, reading in
            let began = ContinuousClock.now
            var context = context
            context.values = plan.texts[reading.step] ?? [:]
            let publisher = ReportPublisher(
                catalogue: catalogue, runner: ReportRunner(context: context),
                csv: CSVWriterOptions(profile: .spreadsheet))
            let into = reading.folder.isEmpty ? staging : "\(staging)/\(reading.folder)"
            var files: [Manifest.File]
            do {
                files = try environment.interruption.watching(connection) {
                    try connection.transaction(.repeatableRead, readOnly: true, snapshot: snapshot) {
                        try bounds[reading.step]?.apply(on: connection, environment.progress)
                        try FaultPoint.pass("in-reading")
                        return try publisher.publish(
                            reading.name, formats: nil, into: into, on: connection)
                    }
                }
            } catch let failure as Failure where failure.location == nil {
                throw Failure(
                    failure.code, failure.message, at: .step(job: ticket.job, step: reading.name),
                    advice: failure.advice)
            }
            for index in files.indices where !reading.folder.isEmpty {
                files[index].path = "\(reading.folder)/\(files[index].path)"
            }
            return Written(files: files, seconds: (ContinuousClock.now - began).seconds)
        }
    }

    private func context() throws -> ReportContext {
        let calendar = ticket.calendar
        var context = ReportContext(
            window: try Window(from: try BusinessDate(calendar.windowFrom), to: try BusinessDate(calendar.windowTo)),
            windowIsNamed: ticket.windowIsNamed, businessDate: try BusinessDate(calendar.businessDate),
            cutOff: calendar.cutOff, timeZone: calendar.timeZone,
            businessCurrency: environment.settings.businessCurrency)
        context.passesOverOthers = true
        return context
    }
}
