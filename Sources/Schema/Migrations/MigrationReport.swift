/// What a migrator did to a database.
package struct MigrationReport: Sendable, Equatable {
    /// The migrations that were run now, in order: `m004_orders.sql`.
    package var applied: [String] = []
    /// Those that were taken as done, because the shop's tables were there already.
    package var adopted: [String] = []
    /// How many were there before.
    package var before = 0

    /// Whether nothing was to be done.
    package var isUnchanged: Bool { applied.isEmpty && adopted.isEmpty }

    /// For people: one sentence.
    package var summary: String {
        guard !isUnchanged else { return "The database is up to date: \(before) migrations." }
        var text = "Applied \(applied.count) migrations"
        if !adopted.isEmpty { text += ", adopted the shop's tables as they are (see `mainspring doctor`)" }
        return text + "; \(before + applied.count + adopted.count) in all."
    }
}

/// How a database stands to this program's migrations.
package enum SchemaStanding: Sendable, Equatable {
    /// No migration was ever run.
    case unmigrated
    /// These are still to be run, in order: `m030_grants.sql`.
    case behind([String])
    case current
}
