import Configuration
import Diagnostics
import Foundation
import Money
import Postgres
import Reporting
import Tabular

/// The reading steps of a run, done together after the last writing step.
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
        let written = try OutputFolder.write(to: environment.home.resolve(folder)) { staging in
            guard let work = try work() else { return [ReadingWork.Written]() }
            let written = try work.fill(staging)
            try Manifest(
                job: ticket.job, businessDate: ticket.calendar.businessDate, run: ticket.runID,
                files: written.flatMap(\.files).sorted { $0.path < $1.path }
            ).write(toFolder: staging)
            try FaultPoint.pass("before-publish")
            return written
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

    /// nil for a job that has no reports.
    private func work() throws -> ReadingWork? {
        guard let catalogue = plan.reports else { return nil }
        let context = try context()
        var publishers: [Int: ReportPublisher] = [:]
        var bounds: [Int: StepBounds] = [:]
        for (number, step) in steps {
            var context = context
            context.values = plan.texts[number] ?? [:]
            publishers[number] = ReportPublisher(
                catalogue: catalogue, runner: ReportRunner(context: context), text: TextFiles(environment.settings.text)
            )
            bounds[number] = StepBounds(step.options, environment.settings)
        }
        return ReadingWork(
            environment: environment, job: ticket.job, catalogue: catalogue, readings: readings, publishers: publishers,
            bounds: bounds)
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
