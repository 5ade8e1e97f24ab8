import Diagnostics
package import Postgres

/// Brings a database up to date, or says why it cannot.
///
/// Each migration is one transaction with its row in `mainspring.schema_migrations`: it is there whole or not at all.
/// Migrators that start together wait for each other on an advisory lock that each transaction takes anew, so a
/// transaction-mode pooler does no harm. A migration's text may never change once it was applied: the journal holds its
/// checksum.
package enum Migrator {
    /// The advisory lock of migrators in one database: `mainspri` in ASCII.
    static let lockKey: Int64 = 0x6d61_696e_7370_7269

    /// Runs what is missing, in order.
    ///
    /// A database that holds all 22 tables of the shop before the first migration (Django made them) is adopted: the
    /// shop's migrations are journalled and not run, and `Doctor` says in what the tables differ.
    ///
    /// - Parameter connection: of the login that owns the database, outside a transaction.
    /// - Throws: `schema.newer`, `schema.changed`, `schema.blocked` (only some of the shop's tables are there),
    ///   `database.permission` with the statement that an administrator has to run.
    @discardableResult
    package static func migrate(
        _ connection: Connection, migrations: [Migration] = Migration.all
    ) throws -> MigrationReport {
        let checksums = try checksums(of: migrations, connection)
        var report = MigrationReport()
        for (index, migration) in migrations.enumerated() {
            try connection.transaction {
                try connection.execute(try sql("lock").bind(["key": .int(lockKey)]))
                let journal = try Journal.read(connection)
                if index == 0 { report.before = journal.entries.count }
                try journal.verify(against: migrations, checksums, database: connection.database)
                guard journal.entries[migration.number] == nil else { return }
                let adopts = try migration.area == .shop && adopts(journal, migrations, connection)
                if !adopts { try run(migration, connection) }
                try connection.execute(
                    try sql("record").bind([
                        "number": .int(migration.number), "name": .text(migration.name),
                        "checksum": .text(checksums[index]), "adopted": .bool(adopts),
                    ]))
                if adopts {
                    report.adopted.append(migration.fileName)
                } else {
                    report.applied.append(migration.fileName)
                }
            }
        }
        return report
    }

    /// How the database stands, without changing it; needs no more right than to read the journal.
    ///
    /// - Throws: `schema.newer`, `schema.changed`.
    package static func check(
        _ connection: Connection, migrations: [Migration] = Migration.all
    ) throws -> SchemaStanding {
        let journal = try Journal.read(connection)
        guard journal.exists else { return .unmigrated }
        try journal.verify(
            against: migrations, try checksums(of: migrations, connection), database: connection.database)
        let missing = migrations.filter { journal.entries[$0.number] == nil }.map(\.fileName)
        return missing.isEmpty ? .current : .behind(missing)
    }

    /// What every command but `migrate` asks first.
    ///
    /// - Throws: `schema.behind` unless the database is up to date; `schema.newer`, `schema.changed`.
    package static func requireCurrent(_ connection: Connection) throws {
        switch try check(connection) {
        case .current: return
        case .unmigrated:
            throw Failure(.schemaBehind, "Database \(connection.database) was never migrated.")
        case .behind(let missing):
            throw Failure(
                .schemaBehind,
                "Database \(connection.database) is behind: \(missing.joined(separator: ", ")) were not run yet.")
        }
    }

    private static func run(_ migration: Migration, _ connection: Connection) throws {
        if migration.area == .foundation { try MigrationRights.require(connection) }
        do {
            if migration.runsAsAdmin { try connection.execute("SET LOCAL ROLE mainspring_admin") }
            try connection.script(migration.text, name: migration.fileName)
            if migration.runsAsAdmin { try connection.execute("RESET ROLE") }
        } catch {
            var failure = error.failure
            failure.message = "Migration \(migration.fileName) failed, and nothing of it was kept: \(failure.message)"
            if error.sqlState == .insufficientPrivilege {
                failure.advice =
                    "Run it as the owner of database \(connection.database) who belongs to mainspring_admin "
                    + "(config/deploy/roles.sql)."
            }
            throw failure
        }
    }

    /// Whether the shop's tables are to be taken as they are.
    private static func adopts(
        _ journal: Journal, _ migrations: [Migration], _ connection: Connection
    ) throws -> Bool {
        let shop = migrations.filter { $0.area == .shop }
        if let first = shop.lazy.compactMap({ journal.entries[$0.number] }).first { return first.adopted }
        let found = try connection.query(
            try sql("shop-tables").bind(["tables": .textArray(Shop.tables)])
        ).map { row in try row.text("name") }
        if found.isEmpty { return false }
        let missing = Shop.tables.filter { !found.contains($0) }
        guard missing.isEmpty else {
            throw Failure(
                .schemaBlocked,
                "Database \(connection.database) holds \(found.joined(separator: ", ")) of the shop's tables, but not "
                    + "\(missing.joined(separator: ", ")).",
                advice: "Let the shop's own migrations make the rest first, or migrate an empty database.")
        }
        return true
    }

    private static func checksums(of migrations: [Migration], _ connection: Connection) throws -> [String] {
        try connection.query(
            try sql("checksums").bind(["bodies": .textArray(migrations.map(\.text))])
        ).map { row in try row.text("checksum") }
    }

    static func sql(_ name: String) throws -> SQLTemplate {
        try SQLLibrary(embedded: PackageResources.migrator_sql, source: "migrator.sql")[name]
    }
}
