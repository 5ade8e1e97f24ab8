package import Configuration
import Money
package import Postgres
package import Reconciliation

/// Explains with a home's own catalogue, as of what the last reconciliation saw.
package struct ExplanationDesk {
    private let home: Home
    private let settings: Settings

    package init(home: Home, settings: Settings) {
        self.home = home
        self.settings = settings
    }

    /// - Throws: `config.*` of the catalogue; `parameter.invalid` when there is no such thing.
    package func explain(_ subject: Subject, on connection: Connection) throws -> Explanation {
        let calendar = try Journal(connection).calendar(
            date: nil, from: nil, to: nil, rule: .previousDay, timeZone: settings.businessTimeZone)
        let date = try BusinessDate(calendar.businessDate)
        let run = ReconciliationRun(
            runID: 0, businessDate: date, window: .day(date), cutOff: calendar.cutOff, timeZone: calendar.timeZone,
            osUser: Identity.user, resolves: false)
        let reconciler = Reconciler(
            catalogue: try ChannelCatalogue.load(home: home), weekend: settings.weekendNumbers)
        return try Explainer(reconciler: reconciler).explain(subject, run: run, on: connection)
    }
}
