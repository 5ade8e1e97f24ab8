import Postgres
import TestSupport
import Testing

@Suite("Test support")
struct TestSupportTests {
    @Test("each test gets a migrated shop of its own, and may take on a role")
    func shop() throws {
        for role in [nil, "mainspring_job", "mainspring_report", "mainspring_write", "mainspring_admin"] as [String?] {
            try TestDatabase.withShop(role: role) { connection, target in
                let row = try connection.query("SELECT current_user AS me, count(*) AS orders FROM orders").first
                #expect(try row?.text("me") == role ?? target.user)
                #expect(try row?.int("orders") == 0)
                #expect(connection.database == target.database)
            }
        }
    }

    @Test("async tests too")
    func asynchronous() async throws {
        try await TestDatabase.withShop { connection, target in
            let other = try await onDedicatedThread { try Connection(target).query("SELECT 1 AS n").count }
            #expect(other == 1)
            #expect(try connection.query("SELECT 1").count == 1)
        }
    }
}
