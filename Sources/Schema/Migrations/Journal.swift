import Diagnostics
import Postgres

/// What `mainspring.schema_migrations` says was done to a database.
struct Journal {
    struct Entry {
        let name: String
        let checksum: String
        let adopted: Bool
    }

    /// False before the first migration.
    let exists: Bool
    let entries: [Int: Entry]

    static func read(_ connection: Connection) throws -> Journal {
        guard try connection.query(try Migrator.sql("has-journal").bind()).first?.bool("present") == true else {
            return Journal(exists: false, entries: [:])
        }
        var entries: [Int: Entry] = [:]
        for row in try connection.query(try Migrator.sql("journal").bind()) {
            entries[try row.int("number")] = Entry(
                name: try row.text("name"), checksum: try row.text("checksum"), adopted: try row.bool("adopted"))
        }
        return Journal(exists: true, entries: entries)
    }

    /// Throws unless every migration that was done is known here, and is still what it was.
    func verify(against migrations: [Migration], _ checksums: [String], database: String) throws(Failure) {
        let known = Set(migrations.map(\.number))
        if let newest = entries.keys.filter({ !known.contains($0) }).max(), let entry = entries[newest] {
            throw Failure(
                .schemaNewer,
                "Database \(database) was migrated by a newer Mainspring: it has migration \(newest) (\(entry.name)), "
                    + "this program knows none beyond \(known.max() ?? 0).")
        }
        for (migration, checksum) in zip(migrations, checksums) {
            guard let entry = entries[migration.number] else { continue }
            guard entry.name == migration.name && entry.checksum == checksum else {
                throw Failure(
                    .schemaChanged,
                    "Migration \(migration.fileName) is not the one that was applied to database \(database).",
                    advice: "Install the Mainspring that migrated this database; a migration never changes, "
                        + "what is wrong in one is mended by the next.")
            }
        }
    }
}
