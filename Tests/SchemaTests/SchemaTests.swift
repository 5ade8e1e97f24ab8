import Postgres
import Schema
import TestSupport
import Testing

@Test func smoke() throws {
    try TestDatabase.withDatabase { connection, target in
        let report = try Migrator.migrate(connection)
        #expect(report.applied.count == Migration.all.count)
        #expect(try Migrator.migrate(connection).isUnchanged)
        #expect(try Migrator.check(connection) == .current)
    }
}
