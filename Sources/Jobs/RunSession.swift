import Configuration
import Diagnostics
import Foundation
import Money
import Postgres

/// A run under way: the writer's lock on its connection, the journal, and the connection on which steps write.
final class RunSession {
    let plan: RunPlan
    let options: RunOptions
    let environment: RunEnvironment
    let ticket: RunTicket
    /// Holds the lock, and nothing but the journal's own short statements; a signal never cancels it.
    var lockConnection: Connection
    var work: Connection?
    var stepUnderWay: (number: Int, step: JobStep, began: ContinuousClock.Instant)?

    init(
        _ plan: RunPlan, _ options: RunOptions, _ environment: RunEnvironment, _ ticket: RunTicket,
        _ lockConnection: Connection
    ) {
        self.plan = plan
        self.options = options
        self.environment = environment
        self.ticket = ticket
        self.lockConnection = lockConnection
    }

    static func connect(_ environment: RunEnvironment, purpose: String) throws -> Connection {
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

    /// The steps, in order: those that write one after the other, those that read together at the end.
    func run(_ summary: inout RunSummary) throws {
        let count = plan.job.steps.count
        for (number, step) in numberedSteps where step.writes {
            if let kept = ticket.kept[number] {
                summary.steps.append(kept)
            } else if try !holds(step, summary) {
                summary.steps.append(try skip(step, number: number))
            } else {
                environment.progress.began(step: step.title, number: number, of: count)
                let done = try perform(step, number: number)
                summary.steps.append(done)
                environment.progress.ended(step: done, of: count)
            }
        }
        try read(&summary)
    }

    private var numberedSteps: [(Int, JobStep)] { plan.job.steps.enumerated().map { ($0.offset + 1, $0.element) } }

    private func read(_ summary: inout RunSummary) throws {
        let reading = numberedSteps.filter { !$0.1.writes }
        let wanted = try reading.filter { try ticket.kept[$0.0] == nil && holds($0.1, summary) }
        if let first = wanted.first {
            stepUnderWay = (first.0, first.1, ContinuousClock.now)
            try ReadingPhase(plan: plan, ticket: ticket, environment: environment, steps: wanted).run(&summary)
            stepUnderWay = nil
        }
        for (number, step) in reading where !wanted.contains(where: { $0.0 == number }) {
            if let kept = ticket.kept[number] {
                summary.steps.append(kept)
            } else {
                tellSkipped(step)
                summary.steps.append(RunSummary.Step(step, number, .skipped, seconds: 0))
            }
        }
        summary.steps.sort { $0.number < $1.number }
    }

    // MARK: Conditions

    /// Whether the step's `only_if` lets it be done.
    func holds(_ step: JobStep, _ summary: RunSummary) throws -> Bool {
        guard let condition = step.options.onlyIf else { return true }
        return condition.holds(
            businessDate: try BusinessDate(ticket.calendar.businessDate),
            changed: summary.steps.filter { $0.changed > 0 }.map(\.step))
    }

    private func skip(_ step: JobStep, number: Int) throws -> RunSummary.Step {
        tellSkipped(step)
        try retrying(step.title, environment.settings.retries) {
            let journal = try Journal(lockConnection)
            try lockConnection.transaction(.readCommitted) {
                try journal.fence(ticket)
                if try journal.steps(of: ticket.runID)[number] == nil {
                    try journal.record(step: number, step, .skipped, seconds: 0, ticket)
                }
            }
        }
        return RunSummary.Step(step, number, .skipped, seconds: 0)
    }

    private func tellSkipped(_ step: JobStep) {
        let condition = step.options.onlyIf.map { "\($0)" } ?? ""
        environment.progress.notice("\(step.title) is skipped: its condition “\(condition)” doesn't hold.")
    }

    // MARK: Writing

    /// One writing step; what may pass by itself (a deadlock, a lost connection) is tried again.
    private func perform(_ step: JobStep, number: Int) throws -> RunSummary.Step {
        let began = ContinuousClock.now
        stepUnderWay = (number, step, began)
        let done = try retrying(step.title, step.options.retries ?? environment.settings.retries) {
            try Journal(lockConnection).heartbeat(ticket)
            let connection = try workConnection()
            return try environment.interruption.watching(connection) {
                try once(step, number: number, began: began, on: connection)
            }
        }
        stepUnderWay = nil
        return done
    }

    /// The effects of a step and its row in the journal, in one transaction behind the fence.
    private func once(
        _ step: JobStep, number: Int, began: ContinuousClock.Instant, on connection: Connection
    ) throws -> RunSummary.Step {
        let journal = try Journal(connection)
        let bounds = StepBounds(step.options, environment.settings)
        let (done, outcome) = try connection.transaction(step.isolation) {
            try journal.fence(ticket)
            // The answer to an earlier commit may have been lost with its connection: what is journalled is done.
            if let done = try journal.steps(of: ticket.runID)[number] { return (done, StepOutcome?.none) }
            try bounds.apply(on: connection, environment.progress)
            let outcome = try work(step, on: connection)
            let done = RunSummary.Step(step, number, outcome, seconds: (ContinuousClock.now - began).seconds)
            try journal.record(step: number, step, outcome, seconds: done.seconds, ticket)
            try FaultPoint.pass("after-record:\(step.title)")
            return (done, outcome)
        }
        try FaultPoint.pass("after-commit:\(step.title)")
        if let outcome { finish(outcome) } else { try tidyInbox([done], on: connection) }
        return done
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
        work = connection
        return connection
    }

    // MARK: Trying again

    /// Does `body`, again after what may pass by itself, on connections that live.
    func retrying<T>(_ what: String, _ retries: Int, _ body: () throws -> T) throws -> T {
        var attempt = 0
        while true {
            do {
                try environment.interruption.check()
                if attempt > 0 { try recover() }
                return try body()
            } catch  where Transient.isTransient(error) && attempt < retries {
                attempt += 1
                environment.progress.retry(step: what, attempt: attempt, reason: Failure.of(error).message)
                try Transient.pause(attempt, environment.interruption)
            }
        }
    }

    /// After an error: a lost work connection is opened anew when next asked for; a lost lock is taken again, which the
    /// run survives only if nobody has taken over meanwhile.
    private func recover() throws {
        if let work, work.transactionStatus != .idle || (try? work.execute("SELECT 1")) == nil {
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
}
