import Configuration
import Diagnostics
import Foundation
import Postgres

/// A run under way: the writer's lock on its connection, the journal, and the connection on which steps write.
final class RunSession {
    let plan: RunPlan
    let options: RunOptions
    let environment: RunEnvironment
    let ticket: RunTicket
    /// Holds the lock, and nothing but the journal's own short statements; a signal never cancels it.
    private var lockConnection: Connection
    private var work: Connection?
    private var stepUnderWay: (number: Int, step: JobStep, began: ContinuousClock.Instant)?

    private init(
        _ plan: RunPlan, _ options: RunOptions, _ environment: RunEnvironment, _ ticket: RunTicket,
        _ lockConnection: Connection
    ) {
        self.plan = plan
        self.options = options
        self.environment = environment
        self.ticket = ticket
        self.lockConnection = lockConnection
    }

    /// Connects, takes the lock and records the run.
    static func open(_ plan: RunPlan, _ options: RunOptions, _ environment: RunEnvironment) throws -> RunSession {
        let settings = environment.settings
        let target = environment.target.with(applicationName: "mainspring \(plan.job.name), lock")
        let connection = try DatabaseAccess.connect(target, role: settings.jobRole)
        do {
            let calendar = try Journal(connection).calendar(
                date: options.date, from: options.from, to: options.to, rule: plan.job.window,
                timeZone: settings.businessTimeZone)
            try RunLock.take(
                on: connection, wait: options.lockWaitSeconds, timeZone: settings.businessTimeZone,
                interruption: environment.interruption
            ) { holder in environment.progress.notice("\(holder) Waiting for it.") }
            let ticket = try Journal(connection).open(
                job: plan.job.name, calendar: calendar, windowIsNamed: options.from != nil)
            if plan.job.window.isOncePerDate, let finished = ticket.finishedBefore {
                environment.progress.notice(
                    """
                    \(plan.job.name) for \(calendar.businessDate) was already finished by run \(finished.run) at \
                    \(finished.at). It runs again: on unchanged data it changes no row and writes the same bytes.
                    """)
            }
            return RunSession(plan, options, environment, ticket, connection)
        } catch {
            connection.close()
            throw error
        }
    }

    private static func connect(_ environment: RunEnvironment, purpose: String) throws -> Connection {
        try Connection(
            environment.target.with(applicationName: "mainspring \(purpose)"), role: environment.settings.jobRole)
    }

    func close() {
        work?.close()
        lockConnection.close()
    }

    func emptySummary() -> RunSummary {
        let calendar = ticket.calendar
        return RunSummary(
            run: ticket.runID, job: ticket.job, businessDate: calendar.businessDate, from: calendar.windowFrom,
            to: calendar.windowTo, cutOff: calendar.cutOff, timeZone: calendar.timeZone, status: "done", exitCode: 0,
            finishedBefore: ticket.finishedBefore?.run)
    }

    /// The steps, in order.
    func run(_ summary: inout RunSummary) throws {
        let count = plan.job.steps.count
        for (index, step) in plan.job.steps.enumerated() where step.writes {
            environment.progress.began(step: step.title, number: index + 1, of: count)
            let done = try perform(step, number: index + 1)
            summary.steps.append(done)
            environment.progress.ended(step: done, of: count)
        }
        guard !plan.readings.isEmpty else { return }
        if let index = plan.job.steps.firstIndex(where: { !$0.writes }) {
            stepUnderWay = (index + 1, plan.job.steps[index], ContinuousClock.now)
        }
        try ReadingPhase(plan: plan, ticket: ticket, environment: environment).run(&summary)
        stepUnderWay = nil
    }

    // MARK: Writing

    /// One writing step; what may pass by itself (a deadlock, a lost connection) is tried again.
    private func perform(_ step: JobStep, number: Int) throws -> RunSummary.Step {
        let began = ContinuousClock.now
        stepUnderWay = (number, step, began)
        var attempt = 0
        while true {
            do {
                try environment.interruption.check()
                try Journal(lockConnection).heartbeat(ticket)
                let connection = try workConnection()
                let outcome = try environment.interruption.watching(connection) {
                    try once(step, number: number, on: connection)
                }
                finish(outcome)
                stepUnderWay = nil
                return RunSummary.Step(step, number, outcome, seconds: (ContinuousClock.now - began).seconds)
            } catch  where Transient.isTransient(error) && attempt < environment.settings.retries {
                attempt += 1
                environment.progress.notice(
                    "\(step.title) met \(Failure.of(error).message) It is tried again (\(attempt)).")
                try Transient.pause(attempt, environment.interruption)
                try recover()
            }
        }
    }

    /// The effects of a step and its row in the journal, in one transaction behind the fence.
    private func once(_ step: JobStep, number: Int, on connection: Connection) throws -> StepOutcome {
        let journal = try Journal(connection)
        let began = ContinuousClock.now
        return try connection.transaction(step.isolation) {
            try journal.fence(ticket)
            let outcome = try work(step, on: connection)
            try journal.record(
                step: number, step, outcome, seconds: (ContinuousClock.now - began).seconds, ticket)
            return outcome
        }
    }

    /// What follows a commit cannot undo it: a file that can't be moved is told, and found imported by the next run.
    private func finish(_ outcome: StepOutcome) {
        for action in outcome.afterCommit {
            do { try action() } catch { environment.progress.notice(Failure.of(error).description) }
        }
    }

    private func workConnection() throws -> Connection {
        if let work, work.isOpen { return work }
        let connection = try Self.connect(environment, purpose: "\(plan.job.name), run \(ticket.runID)")
        let limits = environment.settings
        for (setting, seconds) in [
            ("statement_timeout", limits.statementTimeoutSeconds), ("lock_timeout", limits.lockTimeoutSeconds),
        ] {
            try connection.execute(
                Statement("SELECT set_config($1, $2, false)", [.text(setting), .text("\(seconds)s")]))
        }
        work = connection
        return connection
    }

    /// After an error: a lost work connection is opened anew when next asked for; a lost lock is taken again, which the
    /// run survives only if nobody has taken over meanwhile.
    private func recover() throws {
        if let work, work.transactionStatus != .idle {
            work.close()
            self.work = nil
        }
        if (try? lockConnection.execute("SELECT 1")) != nil { return }
        lockConnection.close()
        lockConnection = try Self.connect(environment, purpose: "\(plan.job.name), lock")
        try RunLock.take(
            on: lockConnection, wait: Double(environment.settings.lockTimeoutSeconds),
            timeZone: ticket.calendar.timeZone, interruption: environment.interruption
        ) { environment.progress.notice($0) }
        try Journal(lockConnection).heartbeat(ticket)
    }

    // MARK: The end

    /// Journals the reading steps, the files and the end of the run, in one transaction.
    func finish(_ summary: RunSummary) throws {
        let journal = try Journal(lockConnection)
        try lockConnection.transaction(.readCommitted) {
            try journal.fence(ticket)
            for step in summary.steps {
                guard let definition = plan.job.steps[step.number - 1..<step.number].first, !definition.writes else {
                    continue
                }
                try journal.record(step: step.number, definition, StepOutcome(step), seconds: step.seconds, ticket)
            }
            for file in summary.files { try journal.record(file: file, ticket) }
            try journal.close(
                ticket, status: "done", exitCode: ExitCode(rawValue: summary.exitCode), failure: nil, summary: summary)
        }
    }

    /// Journals how the run failed, if the server can still be reached; nothing of the step under way remains.
    func fail(_ failure: Failure, _ summary: inout RunSummary) {
        if let stepUnderWay {
            let seconds = (ContinuousClock.now - stepUnderWay.began).seconds
            var outcome = StepOutcome()
            outcome.status = "failed"
            summary.steps.append(.init(stepUnderWay.step, stepUnderWay.number, outcome, seconds: seconds))
        }
        work?.close()
        work = nil
        do {
            if (try? lockConnection.execute("SELECT 1")) == nil {
                lockConnection = try Self.connect(environment, purpose: "\(plan.job.name), last words")
            }
            let journal = try Journal(lockConnection)
            try lockConnection.transaction(.readCommitted) {
                try journal.fence(ticket)
                if let stepUnderWay, let step = summary.steps.last {
                    try journal.record(
                        step: step.number, stepUnderWay.step, StepOutcome(step), seconds: step.seconds, ticket)
                }
                try journal.close(
                    ticket, status: summary.status, exitCode: failure.exitCode, failure: failure, summary: summary)
            }
        } catch {
            environment.progress.notice(
                "The journal could not be told of it: \(Failure.of(error).message) The next run marks this one as dead."
            )
        }
    }
}
