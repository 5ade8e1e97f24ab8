import Postgres

/// Does a step of the kind `maintain`, in the caller's transaction.
struct MaintenanceStep {
    let work: Maintenance

    init(_ work: Maintenance) { self.work = work }

    /// What it did; statistics change no row.
    func run(on connection: Connection) throws -> StepOutcome {
        switch work {
        case .statistics: try connection.forEach(Statement("SELECT mainspring.refresh_statistics()")) { _ in }
        }
        return StepOutcome()
    }
}
