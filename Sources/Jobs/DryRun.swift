import Configuration
import Diagnostics
import Foundation
import Money
import Postgres
import Reconciliation
import Tabular

/// Says what a run would do, and does nothing: no row in the journal, no lock, no file; read-only transactions, so that a
/// role that can only read is enough.
///
/// Each step is held against the database as it stands: what a step before it would change is not seen.
package struct DryRun: Sendable {
    private let environment: RunEnvironment

    package init(_ environment: RunEnvironment) { self.environment = environment }

    /// - Throws: what is wrong with the job's files; what the server says.
    package func report(_ job: JobDefinition, _ options: RunOptions) throws -> DryRunReport {
        let plan = try RunPlan.load(
            job, home: environment.home, settings: environment.settings, given: options.parameters)
        let selection = try StepSelection(options.steps, of: job)
        let connection = try DatabaseAccess.connectToLook(environment, purpose: "\(job.name), dry run")
        defer { connection.close() }
        let calendar = try Journal(connection).calendar(options, job, environment.settings)
        // No run has this number: what a step writes beside it is only known by running.
        let ticket = RunTicket(
            runID: 0, ownerToken: "", job: job.name, calendar: calendar, finishedBefore: nil,
            windowIsNamed: options.from != nil, laterReconciled: false)
        var report = DryRunReport(
            job: job.name, businessDate: calendar.businessDate, from: calendar.windowFrom, to: calendar.windowTo,
            cutOff: calendar.cutOff, timeZone: calendar.timeZone)
        for (index, step) in job.steps.enumerated() {
            var entry = DryRunReport.Step(
                number: index + 1, step: step.title, kind: step.kind,
                status: try status(step, chosen: selection.chosen.contains(index + 1), calendar))
            if entry.status != "skipped" {
                try environment.interruption.watching(connection) {
                    try connection.transaction(.readCommitted, readOnly: true) {
                        try StepBounds(step.options, environment.settings).apply(on: connection, environment.progress)
                        try look(step, number: index + 1, plan, options, ticket, connection, &entry)
                    }
                }
            }
            report.steps.append(entry)
        }
        return report
    }

    private func status(_ step: JobStep, chosen: Bool, _ calendar: Calendar) throws -> String {
        guard chosen else { return "skipped" }
        switch step.options.onlyIf {
        case nil: return "would run"
        case .changed?: return "depends"
        case let condition?:
            let date = try BusinessDate(calendar.businessDate)
            return condition.holds(businessDate: date, changed: []) ? "would run" : "skipped"
        }
    }

    private func look(
        _ step: JobStep, number: Int, _ plan: RunPlan, _ options: RunOptions, _ ticket: RunTicket,
        _ connection: Connection, _ entry: inout DryRunReport.Step
    ) throws {
        switch step.work {
        case .importInbox: entry.files = try inbox(plan, connection)
        case .reconcilePayments: entry.scope = try scope(ticket.calendar, connection)
        case .statements(let name):
            var found = entry
            try plan.statementStep(name, step, ticket, stores: options.stores).look(on: connection) { change, applies in
                found.findings[change.finding, default: 0] += 1
                if applies { found.wouldChange += 1 }
                if found.changes.count < StepDetail.changesKept { found.changes.append(change) }
            }
            entry = found
        case .reports, .extracts:
            entry.files = try plan.readings.filter { $0.step == number }.flatMap { try plan.files(of: $0) }.map {
                DryRunReport.File(file: $0, state: "would be written")
            }
        case .importFiles, .maintain: break
        }
    }

    private func inbox(_ plan: RunPlan, _ connection: Connection) throws -> [DryRunReport.File] {
        let statements = plan.channels?.settlements.map(\.name) ?? []
        let folder = environment.home.resolve(environment.settings.inboxDirectory)
        let found = try ImportStep.inbox(folder, statements: statements)
        var files = found.unknown.map { path in
            let name = URL(fileURLWithPath: path).lastPathComponent
            let advice = NearestName.advice(for: name, among: statements)
            return DryRunReport.File(file: name, state: "unknown statement", message: advice)
        }
        for candidate in found.files {
            var file = DryRunReport.File(
                file: "\(candidate.statement)/\(URL(fileURLWithPath: candidate.path).lastPathComponent)", state: "new")
            do {
                if let name = try InboxFile(candidate, on: connection).importedAs {
                    (file.state, file.message) = ("already imported", "as \(name)")
                }
            } catch let failure as Failure where failure.code == .fileUnreadable {
                (file.state, file.message) = ("unreadable", failure.message)
            }
            files.append(file)
        }
        return files
    }

    private func scope(_ calendar: Calendar, _ connection: Connection) throws -> DryRunReport.Scope {
        let library = try SQLLibrary(embedded: PackageResources.dry_run_sql, source: "Sources/Jobs/SQL/dry_run.sql")
        let row = try connection.query(
            try library["reconcile-scope"].bind([
                "cut_off": .timestamptz(calendar.cutOff), "overlap_seconds": .int(Reconciler.overlapSeconds),
            ]))[0]
        return DryRunReport.Scope(
            everything: try row.bool("everything"), orders: try row.int64("orders"),
            payments: try row.int64("payments"), lines: try row.int64("lines"),
            openBreaks: try row.int64("open_breaks"))
    }
}

extension DatabaseAccess {
    /// A session that only looks: under the jobs' role where the login may take it, else under the login's own.
    static func connectToLook(_ environment: RunEnvironment, purpose: String) throws -> Connection {
        let target = environment.target.with(applicationName: "mainspring \(purpose)")
        let role = environment.settings.jobRole
        do {
            return try connect(target, role: role)
        } catch let error as PostgresError where error.whileConnecting && error.sqlState == .insufficientPrivilege {
            environment.progress.notice("The login may not become \(role): it looks with rights of its own.")
            return try connect(target, role: nil)
        }
    }
}
