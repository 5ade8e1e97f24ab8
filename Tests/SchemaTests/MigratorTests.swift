import Diagnostics
import Postgres
import Schema
import TestSupport
import Testing

/// A migration is there whole or not at all, once, and for good.
@Suite("Migrator")
struct MigratorTests {
    private static let journal = "SELECT count(*) FROM mainspring.schema_migrations"

    @Test("an empty database gets every migration, each with its row in the journal; a second time gets nothing")
    func twice() throws {
        try TestDatabase.withDatabase { connection in
            #expect(try Migrator.check(connection) == .unmigrated)
            let first = try Migrator.migrate(connection)
            #expect(first.applied == Migration.all.map(\.fileName))
            #expect(first.adopted.isEmpty && first.before == 0 && !first.isUnchanged)
            #expect(first.summary == "Applied \(Migration.all.count) migrations; \(Migration.all.count) in all.")

            let rows = try values(
                "SELECT number || ' ' || name FROM mainspring.schema_migrations ORDER BY number", on: connection)
            #expect(rows == Migration.all.map { "\($0.number) \($0.name)" })

            let second = try Migrator.migrate(connection)
            #expect(second.isUnchanged && second.before == Migration.all.count)
            #expect(second.summary == "The database is up to date: \(Migration.all.count) migrations.")
            #expect(try Migrator.check(connection) == .current)
            try Migrator.requireCurrent(connection)
        }
    }

    @Test("the checksum in the journal is the SHA-256 of the file")
    func checksum() throws {
        try TestDatabase.withShop { connection, _ in
            for migration in Migration.all {
                let same = try connection.query(
                    Statement(
                        """
                        SELECT checksum = encode(sha256(convert_to($1, 'UTF8')), 'hex') FROM mainspring.schema_migrations
                        WHERE number = \(migration.number)
                        """, [.text(migration.text)]))
                #expect(same.first?.optionalText(at: 0) == "t", "\(migration.fileName)")
            }
        }
    }

    @Test("migrators that start together share the work: each migration is applied once")
    func together() async throws {
        try await TestDatabase.withDatabase { connection, target in
            let reports = try await withThrowingTaskGroup(of: MigrationReport.self) { group in
                for _ in 0..<4 {
                    group.addTask {
                        try await onDedicatedThread {
                            let connection = try Connection(target)
                            defer { connection.close() }
                            return try Migrator.migrate(connection)
                        }
                    }
                }
                return try await group.reduce(into: [MigrationReport]()) { $0.append($1) }
            }
            #expect(reports.flatMap(\.applied).sorted() == Migration.all.map(\.fileName))
            #expect(try value(Self.journal, on: connection) == String(Migration.all.count))
        }
    }

    @Test("two databases of one server may be migrated at the same moment, though they share the roles")
    func twoDatabases() async throws {
        try await TestDatabase.withDatabase { first, firstTarget in
            try await TestDatabase.withDatabase { second, secondTarget in
                async let one = onDedicatedThread { try Migrator.migrate(Connection(firstTarget)) }
                async let two = onDedicatedThread { try Migrator.migrate(Connection(secondTarget)) }
                let applied = try await [one.applied.count, two.applied.count]
                #expect(applied == [Migration.all.count, Migration.all.count])
                #expect(try Migrator.check(first) == .current)
                #expect(try Migrator.check(second) == .current)
            }
        }
    }

    @Test(
        "a migration that fails in the middle leaves nothing of itself; those before it stay, and the next run goes on")
    func failure() throws {
        try TestDatabase.withDatabase { connection in
            var broken = Array(Migration.all.prefix(2))
            broken.append(
                Migration(3, "catalog", .shop, text: "CREATE TABLE public.half (id integer);\nSELECT 1 / 0;"))
            let failure = try #require(throws: Failure.self) {
                try Migrator.migrate(connection, migrations: broken)
            }
            #expect(failure.code == .databaseStatement)
            #expect(failure.message.contains("m003_catalog.sql failed, and nothing of it was kept"))
            #expect(failure.message.contains("division by zero"))
            #expect(try value("SELECT to_regclass('public.half') IS NULL", on: connection) == "t")
            #expect(try value(Self.journal, on: connection) == "2")
            #expect(connection.transactionStatus == .idle)
            #expect(try value("SELECT current_user = session_user", on: connection) == "t")

            #expect(try Migrator.check(connection) == .behind(Migration.all.dropFirst(2).map(\.fileName)))
            let rest = try Migrator.migrate(connection)
            #expect(rest.applied == Migration.all.dropFirst(2).map(\.fileName))
            #expect(rest.before == 2)
        }
    }

    @Test("a database that a newer program migrated is refused, by check and by migrate")
    func newer() throws {
        try TestDatabase.withShop { connection, _ in
            try connection.script(
                "INSERT INTO mainspring.schema_migrations VALUES (900, 'future', repeat('a', 64), FALSE, now())")
            for attempt in [
                { _ = try Migrator.check(connection) }, { try Migrator.migrate(connection) },
                { try Migrator.requireCurrent(connection) },
            ] {
                let failure = try #require(throws: Failure.self) { try attempt() }
                #expect(failure.code == .schemaNewer)
                #expect(failure.message.contains("migration 900 (future)"))
            }
        }
    }

    @Test("a migration whose text changed after it was applied is refused")
    func changed() throws {
        try TestDatabase.withShop { connection, _ in
            var edited = Migration.all
            let old = edited[3]
            edited[3] = Migration(old.number, old.name, old.area, text: old.text + "\n-- a word more\n")
            let failure = try #require(throws: Failure.self) {
                try Migrator.migrate(connection, migrations: edited)
            }
            #expect(failure.code == .schemaChanged)
            #expect(failure.message.contains("m004_orders.sql"))
            #expect(throws: Failure.self) { try Migrator.check(connection, migrations: edited) }
        }
    }

    @Test("a database that was never migrated, or is behind, is named so")
    func behind() throws {
        try TestDatabase.withDatabase { connection in
            let never = try #require(throws: Failure.self) { try Migrator.requireCurrent(connection) }
            #expect(never.code == .schemaBehind && never.message.contains("never migrated"))
            try Migrator.migrate(connection, migrations: Array(Migration.all.dropLast()))
            let behind = try #require(throws: Failure.self) { try Migrator.requireCurrent(connection) }
            let last = try #require(Migration.all.last)
            #expect(behind.code == .schemaBehind && behind.message.contains(last.fileName))
            #expect(behind.advice == "Run `mainspring migrate`.")
        }
    }

    @Test("a part of a shop is neither adopted nor completed")
    func part() throws {
        try TestDatabase.withDatabase { connection in
            try connection.script("CREATE TABLE users (user_id integer); CREATE TABLE orders (order_id integer)")
            let failure = try #require(throws: Failure.self) { try Migrator.migrate(connection) }
            #expect(failure.code == .schemaBlocked)
            #expect(failure.message.contains("holds orders, users of the shop's tables, but not customers"))
            #expect(try value("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'", on: connection) == "2")
        }
    }
}
