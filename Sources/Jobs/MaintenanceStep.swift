import Configuration
import Postgres

/// Does a step of the kind `maintain`, in the caller's transaction.
struct MaintenanceStep {
    private let work: Maintenance
    private let environment: RunEnvironment

    init(_ work: Maintenance, _ environment: RunEnvironment) {
        self.work = work
        self.environment = environment
    }

    /// What it did: statistics change no row; of what expires, the rows are the journal's runs.
    func run(on connection: Connection) throws -> StepOutcome {
        var outcome = StepOutcome()
        switch work {
        case .statistics: try connection.forEach(Statement("SELECT mainspring.refresh_statistics()")) { _ in }
        case .expire:
            let expiry = Expiry(home: environment.home, settings: environment.settings)
            let old = try expiry.forgetRuns(on: connection)
            outcome.read = Int64(old.runs.count)
            outcome.written = outcome.read
            outcome.changed = outcome.read
            // A folder can't come back with a transaction: it goes once the rows are gone for good.
            outcome.afterCommit = [{ try expiry.remove(old) }]
        }
        return outcome
    }
}
