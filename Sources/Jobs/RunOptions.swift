package import Configuration
package import Postgres

/// What a run is asked for.
package struct RunOptions: Sendable {
    /// The business date, ISO; by default the last one that is over.
    package var date: String?
    /// Days to report, inclusive; by default what the job's window says.
    package var from: String?
    package var to: String?
    /// The run to take up again, if one is.
    package var resume: Resume?
    /// Which steps are done; nil means all.
    package var steps: StepChoice?
    /// Whether the job is one of the home's files, which `mainspring run` knows by name: only then it is told how a run
    /// of it is resumed, and which business dates were missed.
    package var isNamedJob = false
    /// Whether the run is one of several dates in a row: what was missed is then known to the command.
    package var isOneOfMany = false
    /// Whether every step looks at everything again, whatever its watermark says.
    package var isFull = false
    /// How long to wait for the writer's lock.
    package var lockWaitSeconds: Double = 0
    /// Values for parameters of the job's own, by name, as given by `--set`.
    package var parameters: [String: String] = [:]
    /// Stores to which a step of statements is limited; nil means all.
    package var stores: [Int64]?

    /// The administrator in whose name a step of statements runs: an audit row of it is written with its effects.
    package var admin: Int64?

    package init() {}
}

/// Which stopped run is taken up again.
package enum Resume: Sendable, Equatable {
    /// The newest of the job (and date) that nothing has made up for.
    case newest
    case run(Int64)
}

/// Where a run takes place: the home, its settings and the database.
package struct RunEnvironment: Sendable {
    package var home: Home
    package var settings: Settings
    package var target: ConnectionTarget
    package var interruption: Interruption
    package var progress: any RunProgress
    /// Told in this order when a run begins and ends.
    package var observers: [any RunObserver]

    package init(
        home: Home, settings: Settings, target: ConnectionTarget, interruption: Interruption,
        progress: any RunProgress, observers: [any RunObserver] = []
    ) {
        self.home = home
        self.settings = settings
        self.target = target
        self.interruption = interruption
        self.progress = progress
        self.observers = observers
    }
}

/// What is told while a run goes on.
package protocol RunProgress: Sendable {
    /// Something that a person should notice: that this date was finished before, that somebody holds the lock.
    func notice(_ text: String)
    func began(step: String, number: Int, of count: Int)
    func ended(step: RunSummary.Step, of count: Int)
    /// What may pass by itself came in the way of a step, which is tried again.
    func retry(step: String, attempt: Int, reason: String)
}

extension RunProgress {
    package func retry(step: String, attempt: Int, reason: String) {
        notice("\(step) met \(reason) It is tried again (\(attempt)).")
    }
}
