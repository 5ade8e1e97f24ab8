import Postgres
import Reconciliation

/// Runs a step of statements over what changed since it was last done (docs/operator.md, “What a night looks at”).
///
/// The journal knows when that was: it is the server's clock at the step's beginning. A change is sought by `updated_at`,
/// which is set when a statement runs, and is seen only once its transaction commits: one that was open while the step
/// looked has a moment before the step's, and was not seen. So the step looks back further, by the time that a
/// transaction may take.
struct IncrementalStep {
    private let step: StatementStep
    private let isFull: Bool

    /// - Parameter isFull: everything is looked at, whenever the step was last done.
    init(_ step: StatementStep, isFull: Bool) {
        self.step = step
        self.isFull = isFull
    }

    /// Does the step in the caller's transaction.
    func run(on connection: Connection) throws -> StepOutcome {
        guard step.file.isIncremental, step.values["stores"] == .null else { return try step.run(on: connection) }
        let known = try Journal(connection).query(
            "last_done",
            ["step": .text(step.file.name), "overlap_seconds": .int(Reconciler.overlapSeconds)]
        ).first?.optionalText("since")
        var values = step.values
        values["changed_since"] = known.map { .timestamptz($0) } ?? .null
        values["everything"] = .bool(isFull || known == nil)
        return try StatementStep(file: step.file, values: values).run(on: connection)
    }
}
