package import Diagnostics
package import Money
package import Postgres
import Schema

/// The generated marketplace (docs/demo.md): two years of a shop that never was, the statements of its gateways, its
/// courier and its bank, and the truth about what is wrong with them.
package enum DemoMarket {
    /// Fewer orders leave too few payments to plant every break among.
    package static let leastOrders = 500
    /// order ids are SERIAL; a marketplace beyond this would be a benchmark of something else.
    package static let mostOrders = 10_000_000

    /// The last business date of every generated marketplace, whatever the clock says.
    package static func anchor() throws(Failure) -> BusinessDate { try BusinessDate("2026-06-30") }

    /// Fills the shop, in one transaction, and the inbox: all of it, or nothing.
    ///
    /// The same seed and number of orders give the same rows, ids included, and the same bytes in the same files. An
    /// earlier marketplace is replaced, with the pipeline's work on it and its files, also those in `imported/`.
    ///
    /// - Parameters:
    ///   - orders: how many; everything else grows with them.
    ///   - connection: of a login that owns the database, outside a transaction; migrated.
    ///   - inbox: the folder of statements; a folder for each of them and `truth.csv` come to lie in it.
    /// - Throws: `demo.refused` for a database that holds rows which no demo made; `parameter.invalid`;
    ///   `schema.behind`; `file.unwritable`, `disk.full`.
    package static func generate(
        orders: Int = 10_000, seed: Int = 1, on connection: Connection, inbox: String,
        progress: (DemoProgress) -> Void = { _ in }
    ) throws -> DemoSummary {
        guard (leastOrders...mostOrders).contains(orders) else {
            throw Failure(
                .parameterInvalid, "A marketplace has \(leastOrders) to \(mostOrders) orders, not \(orders).")
        }
        guard (0...Int(Int32.max)).contains(seed) else {
            throw Failure(.parameterInvalid, "A seed is a number from 0 to \(Int32.max), not \(seed).")
        }
        try Migrator.requireCurrent(connection)
        let anchor = try anchor()
        let staging = try DemoInbox(inbox)
        defer { staging.discard() }
        let values: [String: SQLValue] = [
            "seed": .int(Int64(seed)), "orders": .int(Int64(orders)), "anchor": .date(anchor.description),
        ]
        let stages = DemoStages.before
        let count = stages.count + 3
        var summary = DemoSummary(
            seed: seed, orders: orders, anchor: anchor, tables: [], planted: [], statements: [],
            truth: .init(path: "", rows: 0, bytes: 0, sha256: ""))
        try connection.transaction {
            try requireOwnRows(connection)
            for (index, stage) in stages.enumerated() {
                progress(DemoProgress(stage: stage.title, number: index + 1, count: count))
                try connection.script(try stage.template().literal(values), name: stage.file)
            }
            progress(DemoProgress(stage: "Writes the statements", number: stages.count + 1, count: count))
            let files = try DemoFiles(connection: connection, inbox: staging)
            summary.statements = try files.writeStatements()
            summary.truth = try files.writeTruth()
            summary.planted = try files.planted()
            summary.tables = try files.tables()
            progress(DemoProgress(stage: DemoStages.after.title, number: stages.count + 2, count: count))
            try connection.script(try DemoStages.after.template().literal(values), name: DemoStages.after.file)
        }
        try staging.publish()
        // Outside the transaction: VACUUM also marks pages all-visible, without which the first night reads the heap.
        progress(DemoProgress(stage: "Gathers statistics", number: count, count: count))
        for table in Shop.tables { try connection.execute(Statement("VACUUM (ANALYZE) public.\(table)")) }
        return summary
    }

    /// Refuses a shop: rows without a mark, or rows beyond it.
    private static func requireOwnRows(_ connection: Connection) throws {
        let queries = try DemoStages.guardQueries()
        let filled = try connection.query(try queries["filled"].bind()).map { row in try row.text("name") }
        guard !filled.isEmpty else { return }
        let place = Location.named("database \(connection.database)")
        let advice = "Give the demo a database of its own: --database URL names another one."
        guard let mark = try connection.query(try queries["strangers"].bind()).first else {
            throw Failure(
                .demoRefused,
                "The database holds a shop that no demo made: there are rows in \(filled.joined(separator: ", ")).",
                at: place, advice: advice)
        }
        let strangers = try mark.int("strangers")
        guard strangers == 0 else {
            throw Failure(
                .demoRefused,
                "The database holds a demo and \(strangers) users, stores, products, orders or payments that came later.",
                at: place, advice: advice)
        }
    }
}
