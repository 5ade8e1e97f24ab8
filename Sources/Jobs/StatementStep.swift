import Diagnostics
import Foundation
import Postgres

/// Runs the statements of a step: lock, then in the next statement the difference, then apply, batch by batch.
///
/// The difference is read through a cursor: its rows are as they were when it was opened, however many batches apply has
/// written since, and no more than one batch of them is in memory.
struct StatementStep {
    let file: StatementFile
    let values: [String: SQLValue]

    static let batchRows = 2_000

    /// Does the step in the caller's transaction.
    func run(on connection: Connection) throws -> StepOutcome {
        if let lock = file.lock {
            try connection.forEach(try lock.bind(values)) { _ in }
        }
        var outcome = StepOutcome()
        var declare = try file.difference.bind(values)
        declare.sql = "DECLARE step_difference NO SCROLL CURSOR FOR " + declare.sql
        try connection.execute(declare)
        while true {
            let rows = try connection.query(
                Statement("FETCH FORWARD \(Self.batchRows) FROM step_difference", name: "\(file.name), difference"))
            try take(rows, &outcome, on: connection)
            if rows.count < Self.batchRows { break }
        }
        try connection.execute("CLOSE step_difference")
        outcome.rejected = outcome.read - outcome.written
        outcome.changed = outcome.written
        return outcome
    }

    /// Only looks: the difference, in a read-only transaction, without a lock.
    func differences(on connection: Connection, _ body: (StepDetail.Change) throws -> Void) throws {
        try connection.transaction(.readCommitted, readOnly: true) {
            try look(on: connection) { change, _ in try body(change) }
        }
    }

    /// The same in the caller's transaction; also told is whether a run would write the row.
    func look(on connection: Connection, _ body: (StepDetail.Change, _ applies: Bool) throws -> Void) throws {
        try connection.forEach(try file.difference.bind(values)) { row in
            var change = try Self.change(row)
            let applies = change.applied && file.apply != nil
            change.applied = false
            try body(change, applies)
        }
    }

    private func take(_ rows: [Row], _ outcome: inout StepOutcome, on connection: Connection) throws {
        var arrays: [String: [String?]] = [:]
        let columns = file.applied
        var taken = 0
        for row in rows {
            let applies = try file.apply != nil && row.bool("applies")
            outcome.read += 1
            outcome.detail.findings[try row.text("finding"), default: 0] += 1
            if outcome.detail.changes.count < StepDetail.changesKept {
                var change = try Self.change(row)
                change.applied = applies
                outcome.detail.changes.append(change)
            }
            guard applies else { continue }
            taken += 1
            for column in columns { arrays[column, default: []].append(try row.optionalText(column)) }
        }
        guard taken > 0, let apply = file.apply else { return }
        let bound = values.merging(arrays.mapValues { .textArray($0) }) { $1 }
        outcome.written += Int64(try connection.execute(try apply.bind(bound)))
    }

    private static func change(_ row: Row) throws -> StepDetail.Change {
        StepDetail.Change(
            entity: try row.text("entity"), finding: try row.text("finding"), applied: try row.bool("applies"),
            before: try object(row, "before"), after: try object(row, "after"))
    }

    private static func object(_ row: Row, _ column: String) throws -> [String: String?] {
        let text = try row.text(column)
        do {
            return try JSONDecoder().decode([String: String?].self, from: Data(text.utf8))
        } catch {
            throw Failure(
                .jobInvalid, "The column “\(column)” of a difference is no object of texts.",
                at: .named(try row.text("entity")), advice: "Build it with jsonb_build_object and cast values to text.")
        }
    }
}
