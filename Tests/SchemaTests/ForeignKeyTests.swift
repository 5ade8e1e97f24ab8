import Postgres
import Testing

/// Every foreign key, what it does when the row it leads to goes, and that it leads nowhere else.
@Suite("Foreign keys")
struct ForeignKeyTests {
    /// `table.column → table.column RULE`: the whole list of docs/semantics.md.
    static let keys: [String] = [
        "customers.user_id → users.user_id RESTRICT", "sellers.user_id → users.user_id RESTRICT",
        "administrators.user_id → users.user_id RESTRICT", "addresses.user_id → users.user_id RESTRICT",
        "stores.seller_id → sellers.seller_id RESTRICT",
        "product_categories.parent_category_id → product_categories.category_id RESTRICT",
        "products.seller_id → sellers.seller_id RESTRICT", "products.store_id → stores.store_id RESTRICT",
        "products.brand_id → brands.brand_id RESTRICT",
        "products.category_id → product_categories.category_id RESTRICT",
        "products.approved_by → administrators.admin_id RESTRICT", "images.uploaded_by → users.user_id RESTRICT",
        "product_images.product_id → products.product_id CASCADE",
        "product_images.image_id → images.image_id RESTRICT", "review_images.review_id → reviews.review_id CASCADE",
        "review_images.image_id → images.image_id RESTRICT", "orders.customer_id → customers.customer_id RESTRICT",
        "orders.store_id → stores.store_id RESTRICT",
        "orders.shipping_address_id → addresses.address_id RESTRICT",
        "orders.billing_address_id → addresses.address_id RESTRICT",
        "order_items.order_id → orders.order_id RESTRICT", "order_items.product_id → products.product_id SET NULL",
        "payments.order_id → orders.order_id RESTRICT",
        "payments.payment_method_id → payment_methods.payment_method_id RESTRICT",
        "reviews.store_id → stores.store_id RESTRICT", "reviews.customer_id → customers.customer_id RESTRICT",
        "reviews.order_id → orders.order_id RESTRICT", "reviews.product_id → products.product_id RESTRICT",
        "chat_conversations.customer_id → customers.customer_id RESTRICT",
        "chat_conversations.seller_id → sellers.seller_id RESTRICT",
        "chat_conversations.product_id → products.product_id RESTRICT",
        "messages.conversation_id → chat_conversations.conversation_id CASCADE",
        "messages.sender_id → users.user_id RESTRICT", "favorites.customer_id → customers.customer_id CASCADE",
        "favorites.product_id → products.product_id CASCADE",
        "admin_activity_log.admin_id → administrators.admin_id RESTRICT",
        "notifications.user_id → users.user_id CASCADE",
    ]

    private struct Key {
        let table: Substring
        let column: Substring
        let parent: Substring
        let parentColumn: Substring
        let rule: String

        init(_ text: String) throws {
            let match = try #require(text.wholeMatch(of: /(\w+)\.(\w+) → (\w+)\.(\w+) (.+)/))
            (table, column, parent, parentColumn) = (match.1, match.2, match.3, match.4)
            rule = String(match.5)
        }
    }

    @Test("each leads to a row that is there, and none is left untried")
    func breaking() throws {
        try withSeededShop { connection in
            var names: [String] = []
            for key in try Self.keys.map({ try Key($0) }) {
                let row = "ctid = (SELECT min(ctid) FROM \(key.table))"
                let error = try refusal(
                    of: "UPDATE \(key.table) SET \(key.column) = 999999 WHERE \(row)", on: connection)
                #expect(error?.sqlState == .foreignKeyViolation, "\(key)")
                #expect(error?.constraint == "\(key.table)_\(key.column)_fkey", "\(key)")
                names.append("\(key.table)_\(key.column)_fkey")
            }
            let there = try values(
                """
                SELECT conname FROM pg_constraint
                WHERE connamespace = 'public'::regnamespace AND contype = 'f' AND NOT condeferrable
                """, on: connection)
            #expect(Set(names) == Set(there))
        }
    }

    @Test("the delete rule of each is the list's")
    func rules() throws {
        try withSeededShop { connection in
            for key in try Self.keys.map({ try Key($0) }) {
                let rule = try value(
                    "SELECT confdeltype FROM pg_constraint WHERE conname = '\(key.table)_\(key.column)_fkey'",
                    on: connection)
                let letter = ["RESTRICT": "r", "CASCADE": "c", "SET NULL": "n"][key.rule]
                #expect(rule == letter, "\(key)")
            }
        }
    }

    /// Rows that history hangs on.
    static let kept: [String] = [
        "DELETE FROM users WHERE user_id = 1",
        "DELETE FROM sellers WHERE seller_id = 1",
        "DELETE FROM stores WHERE store_id = 1",
        "DELETE FROM orders WHERE order_id = 1",
        "DELETE FROM payment_methods WHERE method_name = 'CREDIT_CARD'",
        "DELETE FROM customers WHERE customer_id = 1",
        "DELETE FROM addresses WHERE address_id = 1",
        "DELETE FROM images WHERE image_id = 1",
        "DELETE FROM administrators WHERE admin_id = 1",
        "DELETE FROM brands WHERE brand_id = 1",
        "DELETE FROM product_categories WHERE category_id = 1",
    ]

    @Test("a row that history hangs on stays")
    func restricted() throws {
        try withSeededShop { connection in
            for sql in Self.kept {
                let state = try refusal(of: sql, on: connection)?.sqlState
                // PostgreSQL 18 gives RESTRICT a state of its own.
                #expect(state == .foreignKeyViolation || state == .restrictViolation, "\(sql)")
            }
        }
    }

    @Test("a product that was sold and not reviewed may go: its items keep the snapshot, its links go with it")
    func product() throws {
        try withSeededShop { connection in
            try connection.script("DELETE FROM review_images; DELETE FROM reviews; DELETE FROM messages")
            try connection.script("DELETE FROM chat_conversations; DELETE FROM products WHERE product_id = 1")
            let item = try value(
                "SELECT product_name || ' ' || product_price FROM order_items WHERE product_id IS NULL", on: connection)
            #expect(item == "Speedmaster 1500000.00")
            #expect(try value("SELECT count(*) FROM product_images", on: connection) == "0")
            #expect(try value("SELECT count(*) FROM favorites", on: connection) == "1")
        }
    }

    @Test("what means nothing without its parent goes with it")
    func cascades() throws {
        try withSeededShop { connection in
            try connection.script("DELETE FROM reviews WHERE review_id = 1")
            #expect(try value("SELECT count(*) FROM review_images", on: connection) == "0")
            try connection.script("DELETE FROM chat_conversations WHERE conversation_id = 1")
            #expect(try value("SELECT count(*) FROM messages", on: connection) == "0")
            try connection.script("INSERT INTO favorites (customer_id, product_id) VALUES (2, 1)")
            try connection.script("DELETE FROM customers WHERE customer_id = 2")
            #expect(try value("SELECT count(*) FROM favorites WHERE customer_id = 2", on: connection) == "0")
            try connection.script(
                "INSERT INTO notifications (user_id, notification_type, title, message) VALUES (5, 'x', 'x', 'x')")
            try connection.script("DELETE FROM users WHERE user_id = 5")
            #expect(try value("SELECT count(*) FROM notifications WHERE user_id = 5", on: connection) == "0")
        }
    }
}
