import Diagnostics
import Foundation
import Postgres
import Schema
import TestSupport
import Testing

@testable import Demo

@Suite("A generated marketplace")
struct DemoTests {
    @Test("the same seed gives the same rows and files, another seed others; a second run replaces the first")
    func seeds() throws {
        try Marketplace.with(orders: 500, seed: 7) { first in
            let rows = try first.fingerprint()
            let again = try DemoMarket.generate(orders: 500, seed: 7, on: first.connection, inbox: first.inbox)
            #expect(again == first.summary)
            #expect(try first.fingerprint() == rows)
            let other = try DemoMarket.generate(orders: 500, seed: 8, on: first.connection, inbox: first.inbox)
            #expect(try first.fingerprint() != rows)
            #expect(other.statements.map(\.sha256) != first.summary.statements.map(\.sha256))
            #expect(try first.count("SELECT count(*) FROM orders") == 500)
        }
    }

    @Test("what an earlier demo and the pipeline left is gone: files, imported or not, and state; other files stay")
    func replaces() throws {
        try Marketplace.with(orders: 500) { market in
            let files = FileManager.default
            try files.createDirectory(atPath: "\(market.inbox)/stripe/imported", withIntermediateDirectories: true)
            try files.moveItem(
                atPath: "\(market.inbox)/stripe/stripe-2026-06.csv",
                toPath: "\(market.inbox)/stripe/imported/stripe-2026-06.csv")
            try "mine".write(toFile: "\(market.inbox)/stripe/my-own.csv", atomically: true, encoding: .utf8)
            try market.connection.execute(
                "INSERT INTO mainspring.watermarks (name, moment, run_id) VALUES ('x', '2026-01-01', 1)")
            _ = try DemoMarket.generate(orders: 500, seed: 9, on: market.connection, inbox: market.inbox)
            #expect(!files.fileExists(atPath: "\(market.inbox)/stripe/imported/stripe-2026-06.csv"))
            #expect(files.fileExists(atPath: "\(market.inbox)/stripe/stripe-2026-06.csv"))
            #expect(files.fileExists(atPath: "\(market.inbox)/stripe/my-own.csv"))
            #expect(
                try files.contentsOfDirectory(atPath: market.inbox).sorted()
                    == ["bank", "jazzcash", "stripe", "tcs", "truth.csv"])
            // Every table of the pipeline that is not the journal of migrations or the mark itself.
            let tables = try market.connection.query(
                Statement(
                    "SELECT tablename FROM pg_tables WHERE schemaname = 'mainspring'"
                        + " AND tablename NOT IN ('schema_migrations', 'demo_marks')", name: "test")
            ).map { row in try row.text("tablename") }
            #expect(!tables.isEmpty)
            let clear = try DemoStages.before[0].template().literal(["seed": 1, "orders": 1, "anchor": "2026-06-30"])
            for table in tables {
                // Without a night most of them are empty anyway: what a night fills must be named.
                #expect(clear.firstMatch(of: try Regex("mainspring\\.\(table)\\b")) != nil, "\(table)")
                #expect(try market.count("SELECT count(*) FROM mainspring.\(table)") == 0, "\(table)")
            }
        }
    }

    @Test("all 22 tables hold rows, in every status that the schema knows")
    func full() throws {
        try Marketplace.with(orders: 3000) { market in
            #expect(market.summary.tables.map(\.name) == Shop.tables)
            for table in market.summary.tables { #expect(table.rows > 0, "\(table.name)") }
            let statuses = [
                ("orders", "order_status", 7), ("payments", "payment_status", 6), ("payments", "payment_tier", 3),
                ("products", "status", 5), ("products", "approval_status", 4), ("products", "condition", 6),
                ("sellers", "verification_status", 3), ("users", "role", 3), ("chat_conversations", "status", 3),
                ("messages", "message_type", 3), ("administrators", "access_level", 2), ("orders", "currency", 3),
                ("orders", "carrier", 3), ("addresses", "address_type", 3), ("reviews", "rating", 9),
            ]
            for (table, column, count) in statuses {
                let found = try market.count("SELECT count(DISTINCT \(column)) FROM \(table)")
                #expect(found == count, "\(table).\(column)")
            }
            #expect(try market.count("SELECT count(*) FROM payments WHERE gateway_response IS NOT NULL") > 1000)
        }
    }

    @Test("nothing happens at or after the end of the anchor's day, and nothing before its cause")
    func moments() throws {
        try Marketplace.with { market in
            let columns = try market.connection.query(
                Statement(
                    "SELECT table_name, column_name FROM information_schema.columns"
                        + " WHERE table_schema = 'public' AND data_type LIKE 'timestamp%'"
                        + " AND table_name NOT IN (SELECT viewname FROM pg_views)", name: "test"))
            #expect(columns.count > 25)
            for row in columns {
                let (table, column) = (try row.text("table_name"), try row.text("column_name"))
                let late = try market.count(
                    "SELECT count(*) FROM public.\(table) WHERE \(column) >= '2026-06-30 19:00:00'")
                #expect(late == 0, "\(table).\(column)")
            }
            for sql in [
                "SELECT count(*) FROM orders o JOIN order_items i USING (order_id) JOIN products p USING (product_id)"
                    + " WHERE p.created_at > o.created_at",
                "SELECT count(*) FROM orders o JOIN customers c USING (customer_id) WHERE c.created_at > o.created_at",
                "SELECT count(*) FROM products p JOIN stores s USING (store_id) WHERE s.created_at > p.created_at",
                "SELECT count(*) FROM reviews r JOIN orders o USING (order_id) WHERE r.created_at < o.created_at",
                "SELECT count(*) FROM orders WHERE updated_at < created_at",
                "SELECT count(*) FROM payments WHERE updated_at < created_at OR payment_completed_at < created_at",
                "SELECT count(*) FROM messages WHERE read_at < created_at",
            ] { #expect(try market.count(sql) == 0, "\(sql)") }
        }
    }

    @Test("ids go on where the demo stopped")
    func sequences() throws {
        try Marketplace.with(orders: 500) { market in
            let made = try market.count("SELECT max(brand_id) FROM brands")
            let next = try market.count("INSERT INTO brands (brand_name) VALUES ('Next') RETURNING brand_id")
            #expect(next == made + 1)
        }
    }

    @Test("the generator leaves no schema of its own, and takes no constraint, index or trigger away")
    func catalogue() throws {
        let objects =
            "SELECT md5(string_agg(x, ',' ORDER BY x)) FROM ("
            + "SELECT conrelid::regclass || conname || pg_get_constraintdef(oid) AS x FROM pg_constraint"
            + " WHERE connamespace = 'public'::regnamespace"
            + " UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'"
            + " UNION ALL SELECT tgname || tgenabled::text FROM pg_trigger WHERE NOT tgisinternal) AS o"
        try TestDatabase.withShop { connection, _ in
            try Marketplace.withFolder { folder in
                func value(_ sql: String) throws -> String? {
                    try connection.query(Statement(sql, name: "test")).first.flatMap { $0.optionalText(at: 0) }
                }
                let before = try value(objects)
                _ = try DemoMarket.generate(orders: 500, seed: 1, on: connection, inbox: "\(folder)/inbox")
                #expect(try value(objects) == before)
                #expect(try value("SELECT count(*) FROM pg_namespace WHERE nspname = 'mainspring_demo'") == "0")
            }
        }
    }
}
