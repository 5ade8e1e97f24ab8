import Configuration
import Diagnostics
import Foundation
import Postgres
import Reconciliation

extension RunSession {
    /// Connects, takes the lock, and records the run or takes a stopped one up again.
    static func open(_ plan: RunPlan, _ options: RunOptions, _ environment: RunEnvironment) throws -> RunSession {
        let settings = environment.settings
        let target = environment.target.with(applicationName: "mainspring \(plan.job.name), lock")
        let selection = try StepSelection(options.steps, of: plan.job)
        let connection = try DatabaseAccess.connect(target, role: settings.jobRole)
        do {
            let journal = try Journal(connection)
            // Before the lock is waited for, so that a wrong date is told at once.
            let calendar = try options.resume == nil ? journal.calendar(options, plan.job, settings) : nil
            try RunLock.take(
                on: connection, wait: options.lockWaitSeconds, timeZone: settings.businessTimeZone,
                interruption: environment.interruption
            ) { holder in environment.progress.notice("\(holder) Waiting for it.") }
            let (plan, ticket) =
                if let calendar {
                    (plan, try begin(plan, options, environment, selection, calendar, journal))
                } else {
                    try takeUp(plan, options, environment, journal)
                }
            try FaultPoint.pass("after-open")
            let session = RunSession(plan, options, environment, ticket, connection)
            if ticket.attempt > 1 { try session.tidyInbox(Array(ticket.kept.values), on: connection) }
            return session
        } catch {
            connection.close()
            throw error
        }
    }

    private static func begin(
        _ plan: RunPlan, _ options: RunOptions, _ environment: RunEnvironment, _ selection: StepSelection,
        _ calendar: Calendar, _ journal: Journal
    ) throws -> RunTicket {
        let progress = environment.progress
        var ticket = try journal.open(
            job: plan.job.name, calendar: calendar, windowIsNamed: options.from != nil, partial: selection.isPartial,
            plan: plan.job.steps.map(\.identity), parameters: options.parameters)
        if plan.job.window.isOncePerDate, let finished = ticket.finishedBefore, !selection.isPartial {
            progress.notice(
                """
                \(plan.job.name) for \(calendar.businessDate) was already finished by run \(finished.run) at \
                \(finished.at). It runs again: on unchanged data it changes no row and writes the same bytes.
                """)
        }
        if let stopped = ticket.stoppedBefore, options.isNamedJob {
            progress.notice(
                """
                Run \(stopped) of \(plan.job.name) for \(calendar.businessDate) stopped unfinished; this one begins \
                anew. `mainspring run \(plan.job.name) --resume \(stopped)` would have gone on where it stopped.
                """)
        }
        if options.isNamedJob, plan.job.window.isOncePerDate, !options.isOneOfMany, !selection.isPartial {
            let missed = try journal.missedDates(before: calendar.businessDate, of: plan.job)
            if let notice = missed.notice(job: plan.job.name) { progress.notice(notice) }
        }
        guard selection.isPartial else { return ticket }
        if let notice = selection.notice(of: plan.job) { progress.notice(notice) }
        try journal.connection.transaction(.readCommitted) {
            try journal.fence(ticket)
            for (index, step) in plan.job.steps.enumerated() where !selection.chosen.contains(index + 1) {
                try journal.record(step: index + 1, step, .skipped, seconds: 0, ticket)
                ticket.kept[index + 1] = RunSummary.Step(step, index + 1, .skipped, seconds: 0)
            }
        }
        return ticket
    }

    private static func takeUp(
        _ plan: RunPlan, _ options: RunOptions, _ environment: RunEnvironment, _ journal: Journal
    ) throws -> (RunPlan, RunTicket) {
        guard let resume = options.resume else { throw Failure(.internalError, "No run to resume was named.") }
        try journal.bury()
        let (settings, timeZone) = (environment.settings, environment.settings.businessTimeZone)
        let stopped = try journal.stopped(resume, job: plan.job.name, date: options.date, timeZone: timeZone)
        let plan = try RunPlan.load(
            plan.job, home: environment.home, settings: settings, given: stopped.parameters)
        let ticket = try journal.reopen(stopped, job: plan.job)
        let kept = ticket.kept.values.sorted { $0.number < $1.number }.map(\.step)
        environment.progress.notice(
            """
            Run \(ticket.runID) of \(plan.job.name) for \(ticket.calendar.businessDate) is taken up again, for the \
            \(ordinal(ticket.attempt)) time; kept: \(kept.isEmpty ? "nothing" : kept.joined(separator: ", ")).
            """)
        return (plan, ticket)
    }

    /// The first attempt was no taking up: attempt 2 is the first time that a run is taken up again.
    private static func ordinal(_ attempt: Int) -> String {
        let words = [2: "first", 3: "second", 4: "third"]
        return words[attempt] ?? "\(attempt - 1)th"
    }

    /// A process that died between a commit and the move of the files left imported files in the inbox.
    func tidyInbox(_ kept: [RunSummary.Step], on connection: Connection) throws {
        guard
            plan.job.steps.enumerated().contains(where: { index, step in
                step.work == .importInbox && kept.contains { $0.number == index + 1 && $0.status != "skipped" }
            })
        else { return }
        let statements = plan.channels?.settlements.map(\.name) ?? []
        let folder = environment.home.resolve(environment.settings.inboxDirectory)
        for candidate in try ImportStep.inbox(folder, statements: statements).files {
            guard let known = try? InboxFile(candidate, on: connection), known.importedAs != nil else { continue }
            do { try ImportStep.move(candidate.path) } catch {
                environment.progress.notice(Failure.of(error).description)
            }
        }
    }
}

extension Journal {
    /// The business date that a command asks for, and what it reports.
    func calendar(_ options: RunOptions, _ job: JobDefinition, _ settings: Settings) throws -> Calendar {
        try calendar(
            date: options.date, from: options.from, to: options.to, rule: job.window,
            timeZone: settings.businessTimeZone)
    }
}
