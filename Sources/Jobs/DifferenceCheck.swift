package import Configuration
import Diagnostics
package import Postgres

/// What a step of statements would change, found by its difference alone: nothing is locked, nothing is written.
package struct DifferenceCheck: Sendable {
    private let file: StatementFile
    private let values: [String: SQLValue]
    private let stores: [Int64]?

    /// - Throws: what is wrong with `jobs/STEP.sql`.
    package init(step: String, stores: [Int64]?, home: Home, settings: Settings) throws {
        file = try StatementFile(name: step, file: home.resolve("jobs/\(step).sql"))
        self.stores = stores
        values = try file.ownValues().merging(StatementValues(settings: settings).values(stores: stores)) { $1 }
    }

    /// Calls `body` with each row that would change or is only reported.
    package func forEach(on connection: Connection, _ body: (StepDetail.Change) throws -> Void) throws {
        try NamedStores.requireKnown(stores, on: connection)
        try StatementStep(file: file, values: values).differences(on: connection, body)
    }
}
