import Postgres
import Schema
import TestSupport
import Testing

/// A shop that Django made (Tests/Fixtures/schema/django.sql): adopted, graded, and mendable.
@Suite("A shop that Django made")
struct DjangoTests {
    private func withDjangoShop(_ body: (Connection) throws -> Void) throws {
        try TestDatabase.withDatabase { connection in
            try connection.script(try SchemaFiles.fixture("django.sql"))
            try body(connection)
        }
    }

    @Test("it is graded before the first migration: nothing but the missing pipeline blocks")
    func before() throws {
        try withDjangoShop { connection in
            let findings = try Doctor.grade(connection)
            let blocking = findings.filter { $0.grade == .blocks }
            #expect(blocking.map(\.statement) == ["mainspring migrate"])
            func has(_ grade: Finding.Grade, _ what: String) -> Bool {
                findings.contains { $0.grade == grade && $0.what == what }
            }
            #expect(has(.differs, "The column public.orders.order_id is an identity, not SERIAL."))
            #expect(
                has(
                    .differs,
                    "The column public.orders.created_at is timestamp with time zone, not timestamp without time zone.")
            )
            #expect(
                has(
                    .differs, "The column public.orders.currency has no default, not DEFAULT 'PKR'::character varying.")
            )
            #expect(has(.weakens, "Nothing keeps public.users unique by (lower((email)::text))."))
            #expect(
                has(
                    .weakens,
                    "No trigger keeps public.orders.updated_at, so incremental work would miss changes."))
            #expect(findings.contains { $0.what.contains("says ON DELETE NO ACTION, not RESTRICT and is deferrable") })
            #expect(findings.contains { $0.what.contains("orders_order_status_check") && $0.grade == .weakens })
        }
    }

    @Test("migrate adopts it: the shop's migrations are journalled and not run, its tables stay as they are")
    func adopted() throws {
        try withDjangoShop { connection in
            let columns = "SELECT count(*) FROM information_schema.columns WHERE table_schema = 'public'"
            let before = try value(columns, on: connection)
            let report = try Migrator.migrate(connection)
            #expect(report.adopted == Migration.all.filter { $0.area == .shop }.map(\.fileName))
            #expect(report.applied == Migration.all.filter { $0.area != .shop }.map(\.fileName))
            #expect(report.summary.contains("adopted the shop's tables as they are"))
            #expect(try value(columns, on: connection) == before)
            #expect(
                try value("SELECT count(*) FROM mainspring.schema_migrations WHERE adopted", on: connection)
                    == String(report.adopted.count))
            #expect(try Migrator.check(connection) == .current)
            #expect(try Migrator.migrate(connection).isUnchanged)
            #expect(try Doctor.grade(connection).allSatisfy { $0.grade != .blocks })
        }
    }

    @Test("jobs, reports and views work on it under their roles")
    func roles() throws {
        try withDjangoShop { connection in
            try Migrator.migrate(connection)
            try connection.script(
                """
                INSERT INTO users VALUES (1, 'a@example.com', '!x', 'a', 'b', NULL, 'SELLER', TRUE, TRUE, now(), now());
                SET ROLE mainspring_job;
                INSERT INTO notifications (user_id, notification_type, title, message, is_read, created_at)
                    VALUES (1, 'x', 'x', 'x', FALSE, now());
                SELECT FROM mainspring.store_sales;
                SET ROLE mainspring_report;
                SELECT order_id, order_status FROM orders;
                SELECT FROM mainspring.store_reviews;
                RESET ROLE
                """)
            let error = try refusal(of: "SELECT email FROM users", on: connection, as: "mainspring_report")
            #expect(error?.sqlState == .insufficientPrivilege)
        }
    }

    @Test("the statements of the findings, one after the other, make it the schema document's, rows and all")
    func mended() throws {
        try withDjangoShop { connection in
            try connection.script(
                """
                INSERT INTO users VALUES
                    (7, 'a@example.com', '!x', 'a', 'b', NULL, 'SELLER', TRUE, TRUE, '2026-06-30 19:00+00', now())
                """)
            try Migrator.migrate(connection)
            let findings = try Doctor.grade(connection)
            #expect(findings.count > 150)
            for finding in findings { try connection.script(finding.statement) }
            let rest = try Doctor.grade(connection)
            #expect(rest == [])
            // The moment is the same, and numbers go on behind the rows that were there.
            #expect(try value("SELECT created_at FROM users", on: connection) == "2026-06-30 19:00:00")
            let next = try value(
                """
                INSERT INTO users (email, password_hash, first_name, last_name, role)
                VALUES ('b@example.com', '!x', 'a', 'b', 'SELLER') RETURNING user_id
                """, on: connection)
            #expect(next == "8")
        }
    }
}
