import Postgres
import Schema
import TestSupport
import Testing

/// What each role may do, and above all what it may not (docs/architecture.md).
@Suite("Roles")
struct RoleTests {
    /// Columns that speak of a person, or hold what people wrote to each other.
    static let personal: [String] = [
        "users.email", "users.contact_number", "users.password_hash", "users.first_name", "users.last_name",
        "sellers.cnic", "addresses.address_line1", "addresses.address_line2", "addresses.postal_code",
        "stores.store_contact", "stores.store_email", "admin_activity_log.ip_address", "admin_activity_log.user_agent",
        "payments.gateway_response", "messages.message_text", "messages.attachment_url", "orders.customer_notes",
        "orders.admin_notes", "notifications.title", "notifications.message", "notifications.link_url",
    ]

    private static func parts(_ column: String) -> (table: Substring, name: Substring) {
        let parts = column.split(separator: ".")
        return (parts[0], parts[1])
    }

    /// Passes under the role, or is refused for want of the right.
    private func expect(
        _ role: String, may: Bool, _ sql: String, on connection: Connection,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let error = try refusal(of: sql, on: connection, as: role)
        if may {
            #expect(error == nil, "\(role): \(sql)", sourceLocation: sourceLocation)
        } else {
            #expect(error?.sqlState == .insufficientPrivilege, "\(role): \(sql)", sourceLocation: sourceLocation)
        }
    }

    @Test("the job reads every column of the shop but the password hash")
    func jobReads() throws {
        try withSeededShop { connection in
            let columns = try values(
                """
                SELECT table_name || '.' || column_name FROM information_schema.columns WHERE table_schema = 'public'
                """, on: connection)
            #expect(columns.count == 214)
            for column in columns {
                let (table, name) = Self.parts(column)
                try expect(
                    "mainspring_job", may: column != "users.password_hash", "SELECT \(name) FROM \(table)",
                    on: connection)
            }
        }
    }

    @Test("the job writes the derived figures, notifications and the audit trail, and nothing else of the shop")
    func jobWrites() throws {
        try withSeededShop { connection in
            let role = "mainspring_job"
            for column in ["store_rating", "total_reviews", "total_sales", "total_orders"] {
                try expect(role, may: true, "UPDATE stores SET \(column) = 1", on: connection)
            }
            try expect(role, may: true, "UPDATE products SET status = 'SOLD'", on: connection)
            try expect(
                role, may: true, "SELECT store_id FROM stores ORDER BY store_id FOR NO KEY UPDATE", on: connection)
            try expect(
                role, may: true,
                "INSERT INTO notifications (user_id, notification_type, title, message) VALUES (1, 'x', 'x', 'x')",
                on: connection)
            try expect(
                role, may: true,
                "INSERT INTO admin_activity_log (admin_id, action_type, entity_type) VALUES (1, 'x', 'x')",
                on: connection)
            try expect(role, may: true, "CREATE TEMP TABLE staged (id integer)", on: connection)

            for sql in [
                "UPDATE stores SET store_name = 'x'", "UPDATE stores SET is_active = FALSE",
                "UPDATE products SET pieces = 0", "UPDATE products SET approval_status = 'APPROVED'",
                "UPDATE orders SET order_status = 'REFUNDED'", "UPDATE payments SET payment_status = 'COMPLETED'",
                "UPDATE reviews SET is_approved = FALSE", "UPDATE users SET role = 'ADMIN'",
                "UPDATE notifications SET is_read = TRUE", "UPDATE admin_activity_log SET description = 'x'",
                "DELETE FROM admin_activity_log", "DELETE FROM notifications",
                "INSERT INTO brands (brand_name) VALUES ('x')", "TRUNCATE orders", "CREATE TABLE public.x (id integer)",
                "CREATE TABLE mainspring.x (id integer)", "DROP VIEW mainspring.store_sales",
                "ALTER TABLE stores DISABLE TRIGGER USER",
            ] {
                try expect(role, may: false, sql, on: connection)
            }
            for table in Shop.tables { try expect(role, may: false, "DELETE FROM \(table)", on: connection) }
        }
    }

    @Test("the job writes the pipeline's tables; what is append-only, and the journal of migrations, it cannot change")
    func jobPipeline() throws {
        try withSeededShop { connection in
            let appendOnly: Set = ["gateway_responses", "money_events", "break_events", "dispositions", "closes"]
            let readOnly: Set = ["schema_migrations", "idempotency_keys"]
            // The mark of a generated marketplace is its maker's alone.
            let closed: Set = ["demo_marks"]
            let tables = try values(
                "SELECT relname FROM pg_class WHERE relnamespace = 'mainspring'::regnamespace AND relkind = 'r'",
                on: connection)
            #expect(appendOnly.union(readOnly).union(closed).isSubset(of: Set(tables)))
            for table in tables {
                try expect(
                    "mainspring_job", may: !closed.contains(table), "SELECT FROM mainspring.\(table)", on: connection)
                try expect(
                    "mainspring_job", may: appendOnly.union(readOnly).union(closed).isDisjoint(with: [table]),
                    "DELETE FROM mainspring.\(table) WHERE FALSE", on: connection)
                try expect("mainspring_job", may: false, "TRUNCATE mainspring.\(table) CASCADE", on: connection)
            }
            try expect(
                "mainspring_job", may: true,
                """
                INSERT INTO mainspring.money_events (side, channel, kind, amount, currency, effective_at, recorded_at,
                    payment_id, revision, run_id)
                VALUES ('ledger', 'stripe', 'capture', 1, 'PKR', now(), now(), 1, 1, 1)
                """, on: connection)
            try expect(
                "mainspring_job", may: false, "UPDATE mainspring.money_events SET amount = 0", on: connection)
            try expect(
                "mainspring_job", may: false,
                "INSERT INTO mainspring.schema_migrations VALUES (99, 'x', repeat('a', 64), FALSE, now())",
                on: connection)
        }
    }

    @Test("reports read every column but the personal ones, of the shop and of the pipeline")
    func reportReads() throws {
        try withSeededShop { connection in
            let columns = try values(
                "SELECT table_name || '.' || column_name FROM information_schema.columns WHERE table_schema = 'public'",
                on: connection)
            for column in columns {
                let (table, name) = Self.parts(column)
                try expect(
                    "mainspring_report", may: !Self.personal.contains(column), "SELECT \(name) FROM \(table)",
                    on: connection)
            }
            #expect(Set(Self.personal).isSubset(of: Set(columns)))
            let pipeline = try values(
                """
                SELECT table_name || '.' || column_name FROM information_schema.columns
                WHERE table_schema = 'mainspring'
                """, on: connection)
            for column in pipeline {
                let (table, name) = Self.parts(column)
                let isClosed =
                    column == "gateway_responses.response" || table == "idempotency_keys" || table == "demo_marks"
                try expect(
                    "mainspring_report", may: !isClosed, "SELECT \(name) FROM mainspring.\(table)", on: connection)
            }
        }
    }

    @Test("reports write nothing, anywhere")
    func reportWrites() throws {
        try withSeededShop { connection in
            let tables = try values(
                """
                SELECT schemaname || '.' || tablename FROM pg_tables WHERE schemaname IN ('public', 'mainspring')
                """, on: connection)
            for table in tables {
                try expect("mainspring_report", may: false, "DELETE FROM \(table)", on: connection)
                try expect("mainspring_report", may: false, "INSERT INTO \(table) DEFAULT VALUES", on: connection)
                try expect("mainspring_report", may: false, "LOCK TABLE \(table)", on: connection)
            }
            try expect("mainspring_report", may: false, "UPDATE stores SET total_orders = 1", on: connection)
        }
    }

    @Test("write paths store a password hash and never read one, and delete only what a person may take back")
    func write() throws {
        try withSeededShop { connection in
            let role = "mainspring_write"
            try expect(
                role, may: true,
                """
                INSERT INTO users (email, password_hash, first_name, last_name, role)
                VALUES ('new@example.com', '!x', 'a', 'b', 'CUSTOMER') RETURNING user_id
                """, on: connection)
            try expect(role, may: true, "UPDATE users SET password_hash = '!y' WHERE user_id = 1", on: connection)
            try expect(role, may: false, "SELECT password_hash FROM users", on: connection)
            let deletable: Set = ["favorites", "addresses", "product_images", "review_images"]
            for table in Shop.tables {
                try expect(role, may: deletable.contains(table), "DELETE FROM \(table) WHERE FALSE", on: connection)
                if table != "users" { try expect(role, may: true, "SELECT * FROM \(table)", on: connection) }
            }
            try expect(role, may: false, "UPDATE admin_activity_log SET description = 'x'", on: connection)
            try expect(role, may: true, "INSERT INTO brands (brand_name) VALUES ('Tissot')", on: connection)
            try expect(role, may: false, "SELECT FROM mainspring.breaks", on: connection)
            try expect(role, may: true, "SELECT FROM mainspring.idempotency_keys", on: connection)
        }
    }

    @Test("the roles are groups without login, and the admin owns what migrations made")
    func groups() throws {
        try TestDatabase.withShop { connection, _ in
            let groups = ["mainspring_admin", "mainspring_job", "mainspring_report", "mainspring_write"]
            let names = groups.map { "'\($0)'" }.joined(separator: ", ")
            #expect(
                try values(
                    "SELECT rolname FROM pg_roles WHERE rolname IN (\(names)) AND NOT rolcanlogin ORDER BY rolname",
                    on: connection) == groups)
            let owners = try values(
                """
                SELECT DISTINCT pg_get_userbyid(relowner) FROM pg_class
                WHERE relnamespace IN ('public'::regnamespace, 'mainspring'::regnamespace)
                """, on: connection)
            #expect(owners == ["mainspring_admin"])
        }
    }

    @Test("the roles serve connections that take them on")
    func connect() throws {
        for role in ["mainspring_admin", "mainspring_job", "mainspring_report", "mainspring_write"] {
            try TestDatabase.withShop(role: role) { connection, _ in
                let user = try value("SELECT current_user", on: connection)
                let standing = try Migrator.check(connection)
                #expect(user == role)
                #expect(standing == .current)
            }
        }
    }
}
