import Diagnostics
import Marketplace
import Postgres
import TestSupport
import Testing

/// The audit row of an administrator, written under the role of the jobs.
@Suite("The audit trail of administrators")
struct AdministratorTests {
    private static let people = """
        INSERT INTO users (user_id, email, password_hash, first_name, last_name, role, is_active) VALUES
            (1, 'a@example.com', '!x', 'Sana', 'Malik', 'ADMIN', TRUE),
            (2, 'b@example.com', '!x', 'Omar', 'Khan', 'ADMIN', FALSE),
            (3, 'c@example.com', '!x', 'Hina', 'Raza', 'SELLER', TRUE);
        INSERT INTO administrators (admin_id, user_id, access_level) VALUES
            (11, 1, 'SUPER'), (12, 2, 'STANDARD'), (13, 3, 'STANDARD');
        """

    private func withPeople(_ body: (Connection) throws -> Void) throws {
        try TestDatabase.withShop { connection, _ in
            try connection.script(Self.people)
            try connection.script("SET ROLE mainspring_job")
            try body(connection)
        }
    }

    @Test("an active administrator is found, with the level of access")
    func found() throws {
        try withPeople { connection in
            let administrator = try Administrator.find(11, on: connection)
            #expect(administrator.id == 11)
            #expect(administrator.accessLevel == .super)
        }
    }

    @Test(
        "one who is not there, was deactivated, or is no ADMIN any more may not act",
        arguments: [1, 0, -4, 12, 13, 9_000_000_000])
    func refused(id: Int64) throws {
        try withPeople { connection in
            let failure = try #require(throws: Failure.self) { _ = try Administrator.find(id, on: connection) }
            #expect(failure.code == .adminUnknown)
            #expect(failure.exitCode == .usage)
            #expect(failure.message.contains(String(id)))
        }
    }

    @Test("an action is recorded with all that is known of it, at the moment given")
    func recorded() throws {
        try withPeople { connection in
            let administrator = try Administrator.find(11, on: connection)
            let first = try administrator.record(
                AdminAction(
                    "RECOMPUTE_METRICS", entityType: "STORE", entityID: 42, description: "total_orders 3 → 4",
                    ipAddress: "203.0.113.7", userAgent: "mainspring"),
                at: "2026-06-30T19:00:00+05:00", on: connection)
            let second = try administrator.record(
                AdminAction("RECOMPUTE_METRICS", entityType: "STORE"), at: "2026-06-30T19:00:00Z", on: connection)
            #expect(second > first)
            let rows = try connection.query(
                """
                SELECT concat_ws('|', admin_id, action_type, entity_type, entity_id, description, ip_address, user_agent,
                    created_at) AS row
                FROM admin_activity_log ORDER BY log_id
                """
            ).map { row in try row.text("row") }
            #expect(
                rows == [
                    "11|RECOMPUTE_METRICS|STORE|42|total_orders 3 → 4|203.0.113.7|mainspring|2026-06-30 14:00:00",
                    "11|RECOMPUTE_METRICS|STORE|2026-06-30 19:00:00",
                ])
        }
    }

    @Test("the row goes with the transaction of the action")
    func together() throws {
        struct Undo: Error {}
        try withPeople { connection in
            let administrator = try Administrator.find(11, on: connection)
            #expect(throws: Undo.self) {
                try connection.transaction {
                    try administrator.record(
                        AdminAction("X", entityType: "STORE"), at: "2026-06-30T19:00:00Z", on: connection)
                    throw Undo()
                }
            }
            let rows = try connection.query("SELECT count(*) AS n FROM admin_activity_log")
            #expect(try rows.first?.int("n") == 0)
        }
    }
}
