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
                environment.progress.notice(
                    "\(Failure.of(error).message) The reports are written again from a new snapshot (\(attempt)).")
                try Transient.pause(attempt, environment.interruption)
            }
        }
    }

    private func publish(_ summary: inout RunSummary) throws {
        let count = plan.job.steps.count
        let first = summary.steps.count + 1
        let steps = plan.job.steps.filter { !$0.writes }
        for (offset, step) in steps.enumerated() {
            environment.progress.began(step: step.title, number: first + offset, of: count)
        }
        let written = try withSnapshot { snapshot in
            try OutputFolder.write(to: environment.home.resolve(folder)) { staging in
                let written = try readAll(snapshot, into: staging)
                try Manifest(
                    job: ticket.job, businessDate: ticket.calendar.businessDate, run: ticket.runID,
                    files: written.flatMap(\.files).sorted { $0.path < $1.path }
                ).write(toFolder: staging)
                return written
            }
        }
        summary.folder = folder
        summary.files = written.flatMap(\.files).sorted { $0.path < $1.path }
        for (offset, step) in steps.enumerated() {
            let number = first + offset
            let mine = zip(plan.readings, written).filter { $0.0.step == number }.map(\.1)
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
            try body(try keeper.exportSnapshot())
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
        for folder in Set(plan.readings.map(\.folder)) where !folder.isEmpty {
            try FileManager.default.createDirectory(
                atPath: "\(staging)/\(folder)", withIntermediateDirectories: true)
        }
        let environment = environment
        return try Workers.run(
            plan.readings, count: environment.settings.readers, makeState: { try connect("reader") }
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
                        try publisher.publish(
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
