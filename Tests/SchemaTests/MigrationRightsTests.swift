import Diagnostics
import Foundation
import Postgres
import Schema
import TestSupport
import Testing

/// A login that may not do what is needed gets the statement that helps.
@Suite("Migrating without the rights", .serialized)
struct MigrationRightsTests {
    /// Runs the migrator as `login`, a member of whom the test's own login is.
    private func failure(as login: String, _ connection: Connection) throws -> Failure {
        try connection.script("SET ROLE \(login)")
        let failure = try #require(throws: Failure.self) { try Migrator.migrate(connection) }
        try connection.script("RESET ROLE")
        return failure
    }

    @Test("a login that may not create a schema, not create tables, not join the admin role")
    func rights() throws {
        try TestDatabase.withShop { _, _ in }
        try TestDatabase.withDatabase { connection in
            let database = connection.database
            let login = "poor_\(database)"
            try connection.script("CREATE ROLE \(login); GRANT \(login) TO CURRENT_USER")
            defer { try? connection.script("DROP OWNED BY \(login); DROP ROLE \(login)") }

            let member = try failure(as: login, connection)
            #expect(member.code == .databasePermission)
            #expect(
                member.advice
                    == "An administrator of the server runs: GRANT mainspring_admin TO \"\(login)\";")

            try connection.script("GRANT mainspring_admin TO \(login)")
            let schema = try failure(as: login, connection)
            #expect(
                schema.advice
                    == "The database's owner runs: GRANT CREATE ON DATABASE \"\(database)\" TO \"\(login)\";")

            try connection.script("GRANT CREATE ON DATABASE \(database) TO \(login)")
            let tables = try failure(as: login, connection)
            #expect(
                tables.advice == "The database's owner runs: GRANT USAGE, CREATE ON SCHEMA public TO \"\(login)\" "
                    + "WITH GRANT OPTION;")

            try connection.script("GRANT USAGE, CREATE ON SCHEMA public TO \(login) WITH GRANT OPTION")
            try connection.script("SET ROLE \(login)")
            #expect(try Migrator.migrate(connection).applied.count == Migration.all.count)
            try connection.script("RESET ROLE")
        }
    }

    @Test("a login that may not create the roles is led to config/deploy/roles.sql; two databases may race for them")
    func roles() async throws {
        // Roles belong to the whole server, and other tests need them: a server of its own.
        let cluster = EmbeddedCluster(dataFolder: "/tmp/mainspring-tests-\(getpid())-roles", durable: false)
        defer { try? cluster.destroy() }
        let target = try cluster.start()
        let connection = try Connection(target)
        defer { connection.close() }
        try connection.script("CREATE ROLE poor; GRANT poor TO CURRENT_USER; SET ROLE poor")
        let failure = try #require(throws: Failure.self) { try Migrator.migrate(connection) }
        #expect(failure.code == .databasePermission)
        #expect(failure.message.contains("may not create the roles mainspring_admin"))
        #expect(
            failure.advice
                == "An administrator of the server runs: psql -v login=poor -f config/deploy/roles.sql")
        #expect(try value("SELECT to_regnamespace('mainspring') IS NULL", on: connection) == "t")
        try connection.script("RESET ROLE")

        // No database has the roles yet, and four of them want them at once.
        for number in 1...4 { try connection.execute(Statement("CREATE DATABASE race_\(number)")) }
        let applied = try await withThrowingTaskGroup(of: Int.self) { group in
            for number in 1...4 {
                group.addTask {
                    try await onDedicatedThread {
                        try Migrator.migrate(Connection(target.with(database: "race_\(number)"))).applied.count
                    }
                }
            }
            return try await group.reduce(into: [Int]()) { $0.append($1) }
        }
        #expect(applied == Array(repeating: Migration.all.count, count: 4))

        // With what the file does, a login migrates without a right to create roles.
        try connection.script(try SchemaFiles.read("config/deploy/roles.sql").replacing(":\"login\"", with: "poor"))
        try connection.script("GRANT CREATE ON DATABASE mainspring TO poor")
        try connection.script("GRANT USAGE, CREATE ON SCHEMA public TO poor WITH GRANT OPTION; SET ROLE poor")
        #expect(try Migrator.migrate(connection).applied.count == Migration.all.count)
    }
}
