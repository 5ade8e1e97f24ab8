import Postgres
import Testing

/// What a row has that says nothing of it.
@Suite("Defaults are the schema document's")
struct DefaultTests {
    /// Table, column, and the default as text; read from a row of the seed that does not name the column.
    static let defaults: [(table: String, column: String, value: String)] = [
        ("users", "is_active", "t"), ("users", "is_verified", "f"), ("customers", "is_guest", "f"),
        ("sellers", "verification_status", "PENDING"), ("administrators", "access_level", "STANDARD"),
        ("addresses", "country", "Pakistan"), ("stores", "store_rating", "0.00"), ("stores", "total_reviews", "0"),
        ("stores", "total_sales", "0.00"), ("stores", "total_orders", "0"), ("stores", "is_active", "t"),
        ("product_categories", "is_active", "t"), ("products", "has_box", "f"), ("products", "has_papers", "f"),
        ("products", "has_warranty", "f"), ("products", "pieces", "1"), ("products", "currency", "PKR"),
        ("products", "status", "DRAFT"), ("products", "approval_status", "PENDING"), ("products", "view_count", "0"),
        ("products", "favorite_count", "0"), ("images", "image_order", "0"), ("product_images", "display_order", "0"),
        ("review_images", "display_order", "0"), ("orders", "order_status", "PENDING"),
        ("orders", "advance_payment", "f"), ("orders", "tax_amount", "0.00"), ("orders", "shipping_cost", "0.00"),
        ("orders", "currency", "PKR"), ("order_items", "quantity", "1"), ("payments", "payment_tier", "STANDARD"),
        ("payments", "payment_status", "PENDING"), ("payments", "currency", "PKR"), ("reviews", "helpful_count", "0"),
        ("reviews", "not_helpful_count", "0"), ("reviews", "is_verified_purchase", "f"),
        ("reviews", "is_approved", "t"), ("reviews", "is_featured", "f"), ("chat_conversations", "status", "ACTIVE"),
        ("messages", "message_type", "TEXT"), ("messages", "is_read", "f"), ("notifications", "is_read", "f"),
    ]

    @Test("a row that says nothing has the default")
    func plain() throws {
        try withSeededShop { connection in
            for (table, column, expected) in Self.defaults {
                let found = try value("SELECT \(column) FROM \(table) LIMIT 1", on: connection)
                #expect(found == expected, "\(table).\(column)")
            }
            let link = "INSERT INTO product_images (product_id, image_id) VALUES (2, 2) RETURNING is_primary"
            #expect(try value(link, on: connection) == "f")
            let address = """
                INSERT INTO addresses (user_id, address_type, address_line1, city) VALUES (2, 'BOTH', 'x', 'y')
                RETURNING is_default
                """
            #expect(try value(address, on: connection) == "f")
        }
    }

    @Test("created_at and updated_at are now, in UTC, whatever the session's time zone is")
    func moments() throws {
        try withSeededShop { connection in
            let columns = try connection.query(
                """
                SELECT table_name, column_name FROM information_schema.columns
                WHERE table_schema = 'public' AND column_name IN ('created_at', 'updated_at')
                """)
            #expect(columns.count == 25)
            for row in columns {
                let table = try row.text("table_name")
                let column = try row.text("column_name")
                let isNow = try value(
                    "SELECT bool_and(abs(extract(epoch FROM \(column) - (now() AT TIME ZONE 'UTC'))) < 600) FROM \(table)",
                    on: connection)
                #expect(isNow == "t", "\(table).\(column)")
            }
            try connection.script("SET TimeZone = 'Asia/Karachi'")
            let inKarachi = try value(
                """
                INSERT INTO customers (user_id) VALUES (4)
                RETURNING abs(extract(epoch FROM created_at - (now() AT TIME ZONE 'UTC'))) < 1
                """, on: connection)
            #expect(inKarachi == "t")
        }
    }
}
