import Configuration
import Diagnostics
import Foundation
import Postgres
import Reporting
import Tabular

/// Reads reports side by side from one snapshot, then binds workbooks and pages from what was read: what the reading steps
/// of a run, and reports asked for by hand, have in common. Each worker has a thread and a connection of its own, so that
/// all files agree with each other.
struct ReadingWork: Sendable {
    /// What one report, workbook or page wrote.
    struct Written: Sendable {
        var step: Int
        var files: [Manifest.File]
        var seconds: Double
    }

    let environment: RunEnvironment
    /// Whose work it is, for messages and the server's list of sessions.
    let job: String
    let catalogue: ReportCatalogue
    let readings: [RunPlan.Reading]
    /// By step.
    let publishers: [Int: ReportPublisher]
    let bounds: [Int: StepBounds]
    /// Those asked for; nil is what each report's header names.
    var formats: [ReportHeader.Format]?

    /// Fills an output folder that is being made; its snapshot lives as long as this.
    /// - Throws: the failure of the first report that could not be written, with its name.
    func fill(_ staging: String) throws -> [Written] {
        let list = try ReadingList(readings, in: catalogue, staging: staging)
        for folder in list.folders {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        }
        // Nothing of the spools is published.
        defer { try? FileManager.default.removeItem(atPath: list.spools) }
        return try withSnapshot { snapshot in
            var written = try read(list.reports, snapshot) + bind(list.workbooks)
            // A page leads to the files beside it: they come first.
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
            environment.target.with(applicationName: "mainspring \(job), \(purpose)"),
            role: environment.settings.reportRole)
    }

    private func read(_ tasks: [ReadingList.Report], _ snapshot: SnapshotID) throws -> [Written] {
        try Workers.run(tasks, count: environment.settings.readers, makeState: { try connect("reader") }) {
            connection, task in
            try timed(task.reading) {
                try environment.interruption.watching(connection) {
                    try connection.transaction(.repeatableRead, readOnly: true, snapshot: snapshot) {
                        try bounds[task.reading.step]?.apply(on: connection, environment.progress)
                        try FaultPoint.pass("in-reading")
                        return try publishers[task.reading.step]?.publish(
                            task.report, formats: task.isAsked ? formats ?? task.report.header.formats : [],
                            into: task.folder, spool: task.spool, on: connection)
                    }
                }
            }
        }
    }

    private func bind(_ tasks: [ReadingList.Workbook]) throws -> [Written] {
        try Workers.run(tasks, count: environment.settings.readers, makeState: { environment.interruption }) {
            interruption, task in
            try timed(task.reading) {
                try interruption.check()
                return try publishers[task.reading.step].map {
                    [try $0.publish(task.workbook, spool: task.spool, into: task.folder)]
                }
            }
        }
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
                failure.code, failure.message, at: .step(job: job, step: reading.name), advice: failure.advice)
        }
    }
}
