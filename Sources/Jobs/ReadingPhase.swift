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

    /// What one report or workbook wrote.
    private struct Written: Sendable {
        var step: Int
        var files: [Manifest.File]
        var seconds: Double
    }

    private var readings: [RunPlan.Reading] {
        plan.readings.filter { reading in steps.contains { $0.number == reading.step } }
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
            let mine = written.filter { $0.step == number }
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
        let list = try ReadingList(readings, in: catalogue, staging: staging)
        for folder in list.folders {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        }
        // Nothing of the spools is published.
        defer { try? FileManager.default.removeItem(atPath: list.spools) }
        let context = try context()
        let plan = plan
        func publisher(of step: Int) -> ReportPublisher {
            var context = context
            context.values = plan.texts[step] ?? [:]
            return ReportPublisher(
                catalogue: catalogue, runner: ReportRunner(context: context),
                text: TextFiles(environment.settings.text))
        }
        let environment = environment
        let bounds = Dictionary(
            uniqueKeysWithValues: steps.map { ($0.number, StepBounds($0.step.options, environment.settings)) })
        let publishers = Dictionary(uniqueKeysWithValues: steps.map { ($0.number, publisher(of: $0.number)) })
        let reports = try Workers.run(
            list.reports, count: environment.settings.readers, makeState: { try connect("reader") }
        ) { connection, task in
            try timed(task.reading) {
                try environment.interruption.watching(connection) {
                    try connection.transaction(.repeatableRead, readOnly: true, snapshot: snapshot) {
                        try bounds[task.reading.step]?.apply(on: connection, environment.progress)
                        try FaultPoint.pass("in-reading")
                        return try publishers[task.reading.step]?.publish(
                            task.report, formats: task.isAsked ? task.report.header.formats : [], into: task.folder,
                            spool: task.spool, on: connection)
                    }
                }
            }
        }
        let workbooks = try Workers.run(
            list.workbooks, count: environment.settings.readers, makeState: { environment.interruption }
        ) { interruption, task in
            try timed(task.reading) {
                try interruption.check()
                return try publishers[task.reading.step].map {
                    [try $0.publish(task.workbook, spool: task.spool, into: task.folder)]
                }
            }
        }
        // A page leads to the files beside it: they come first.
        var written = reports + workbooks
        for task in list.pages {
            try environment.interruption.check()
            let files = written.flatMap(\.files).sorted { $0.path < $1.path }
            written.append(
                try timed(task.reading) {
                    try publishers[task.reading.step].map {
                        [try $0.publish(task.page, spool: task.spool, into: task.folder, files: files)]
                    }
                })
        }
        return written
    }

    /// What one task wrote, with paths from the output folder, and how long it took. A failure says which report it was.
    private func timed(_ reading: RunPlan.Reading, _ body: () throws -> [Manifest.File]?) throws -> Written {
        let began = ContinuousClock.now
        do {
            var files = try body() ?? []
            for index in files.indices where !reading.folder.isEmpty {
                files[index].path = "\(reading.folder)/\(files[index].path)"
            }
            return Written(step: reading.step, files: files, seconds: (ContinuousClock.now - began).seconds)
        } catch let failure as Failure where failure.location == nil {
            throw Failure(
                failure.code, failure.message, at: .step(job: ticket.job, step: reading.name), advice: failure.advice)
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
