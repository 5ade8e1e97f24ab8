package import Money
package import Postgres

/// Reconciles the shop's records with what gateways and couriers say they moved, in sets, inside the database.
package struct Reconciler {
    /// How long a transaction may have been open when the last run looked, in seconds: changes are sought that much
    /// before the watermark.
    package static let overlapSeconds = 3600

    let catalogue: ChannelCatalogue
    let holidays: [BusinessDate]
    let weekend: [Int]

    /// - Parameters:
    ///   - holidays: days on which nothing is due, beside the weekend; the catalogue's own when left out.
    ///   - weekend: days of the week on which nothing is due; 1 is Monday, 7 is Sunday.
    package init(catalogue: ChannelCatalogue, holidays: [BusinessDate]? = nil, weekend: [Int] = [6, 7]) {
        self.catalogue = catalogue
        self.holidays = holidays ?? catalogue.holidays
        self.weekend = weekend
    }

    /// Reconciles all that is in scope, in the caller's transaction.
    ///
    /// The transaction must be `repeatableRead` (or stricter): orders, payments and lines are read one after the other
    /// and must be of one moment, or a sale that commits in between would look like a break.
    ///
    /// - Throws: `proof.failed` when the completeness proof fails: the caller's transaction must then roll back.
    ///   `internal` when the transaction's isolation is too weak. Errors of PostgreSQL.
    package func reconcile(_ run: ReconciliationRun, on connection: Connection) throws -> ReconciliationOutcome {
        var reconciliation = try Reconciliation(reconciler: self, run: run, connection: connection)
        try reconciliation.scope()
        try reconciliation.canonical()
        try reconciliation.match()
        try reconciliation.events()
        try reconciliation.judge()
        try reconciliation.allocate()
        try reconciliation.breaks()
        try reconciliation.balance()
        try reconciliation.close()
        try reconciliation.prove()
        return reconciliation.outcome
    }
}
