import Configuration
import Postgres
import TestSupport
import Testing

@testable import Jobs

@Suite("The weekly audit: what the data says against itself")
struct AuditTests {
    /// The findings of a step, by entity, as `entity finding`.
    private func findings(
        _ step: String, _ connection: Connection, _ target: ConnectionTarget, given: [String: String] = [:],
        _ spoil: String
    ) throws -> [String] {
        try JobShop.fill(connection)
        try JobShop.order(connection, store: 1, total: "100.00")
        try JobShop.order(connection, store: 1, total: "50.00", status: "PENDING")
        try JobShop.product(connection, pieces: 1, status: "ACTIVE")
        try connection.script(
            """
            INSERT INTO order_items (order_id, product_id, product_name, product_price, quantity, subtotal, created_at)
                SELECT order_id, 1, 'Diver', subtotal / 2, 2, subtotal, '2026-02-01' FROM orders;
            UPDATE orders SET actual_delivery_date = '2026-02-05' WHERE order_status = 'DELIVERED';
            INSERT INTO images (image_url, image_order, uploaded_by, created_at) VALUES ('a', 0, 1, '2026-01-01');
            INSERT INTO product_images (product_id, image_id, is_primary, display_order) VALUES (1, 1, true, 0);
            """)
        let home = try TemporaryHome()
        let environment = home.environment(target, home: TemporaryHome.shipped)
        func run() throws -> RunSummary.Step {
            var options = RunOptions()
            options.parameters = given
            let summary = try Runner(environment).run(Runner.job(step), options)
            #expect(summary.status == "done", "\(String(describing: summary.failure))")
            return try #require(summary.steps.first)
        }
        if given.isEmpty { #expect(try run().detail.changes.isEmpty, "a shop in order has no findings") }
        try connection.script(spoil)
        let after = try run()
        #expect(after.changed == 0 && after.written == 0 && after.detail.changes.allSatisfy { !$0.applied })
        return after.detail.changes.map { "\($0.entity) \($0.finding)" }
    }

    @Test("orders and payments", .timeLimit(.minutes(1)))
    func orders() throws {
        try TestDatabase.withShop { connection, target in
            let found = try findings(
                "audit-orders", connection, target,
                """
                INSERT INTO payments (order_id, payment_method_id, payment_tier, payment_status, amount, currency,
                        transaction_id, created_at, updated_at)
                    VALUES (1, 1, 'STANDARD', 'COMPLETED', 100, 'PKR', 't', '2026-02-01', '2026-02-01');
                UPDATE orders SET actual_delivery_date = NULL, total_amount = 110 WHERE order_id = 1;
                UPDATE orders SET actual_delivery_date = '2026-02-05', subtotal = 40, total_amount = 40 WHERE order_id = 2;
                UPDATE order_items SET quantity = 3 WHERE order_id = 1;
                ALTER TABLE orders DROP CONSTRAINT orders_shipping_cost_check;
                ALTER TABLE payments DROP CONSTRAINT payments_amount_check;
                UPDATE orders SET shipping_cost = -1, total_amount = 39 WHERE order_id = 2;
                INSERT INTO payments (order_id, payment_method_id, payment_tier, payment_status, amount, currency,
                        created_at, updated_at)
                    VALUES (1, 1, 'STANDARD', 'PENDING', -5, 'PKR', '2026-02-01', '2026-02-01');
                """)
            #expect(
                found == [
                    "order:1 order.delivered_undated", "order:1 order.item_subtotals", "order:1 order.total",
                    "order:2 order.dated_undelivered", "order:2 order.negative", "order:2 order.subtotal",
                    "payment:1 payment.undated", "payment:2 payment.negative",
                ])
        }
    }

    @Test("an order without items, and one over an amount that is given")
    func large() throws {
        try TestDatabase.withShop { connection, target in
            let found = try findings(
                "audit-orders", connection, target, given: ["large_amount": "100.00"],
                "DELETE FROM order_items WHERE order_id = 2;")
            #expect(found == ["order:1 order.large", "order:2 order.no_items"])
        }
    }

    @Test("products, stores and sellers")
    func catalogue() throws {
        try TestDatabase.withShop { connection, target in
            let found = try findings(
                "audit-catalogue", connection, target,
                """
                INSERT INTO favorites (customer_id, product_id, created_at) VALUES (1, 1, '2026-02-01');
                UPDATE products SET seller_id = 2, original_price = 0, price = 0 WHERE product_id = 1;
                UPDATE sellers SET verification_status = 'REJECTED' WHERE seller_id = 2;
                DELETE FROM product_images;
                INSERT INTO products (seller_id, store_id, brand_id, category_id, model_name, condition, pieces, price,
                        original_price, status, approval_status, favorite_count)
                    VALUES (1, 1, 1, 1, 'Two', 'NEW', 1, 100, 100, 'ACTIVE', 'PENDING', 0),
                        (1, 1, 1, 1, 'Three', 'NEW', 1, 100, 90, 'ACTIVE', 'APPROVED', 0);
                """)
            #expect(
                found == [
                    "product:1 product.favorite_count", "product:1 product.free", "product:1 product.no_picture",
                    "product:1 product.seller", "product:1 product.unverified_seller", "product:2 product.unapproved",
                    "product:3 product.dearer_than_before", "product:3 product.no_picture",
                    "store:2 store.unverified_seller",
                ])
        }
    }

    @Test("reviews and conversations")
    func reviews() throws {
        try TestDatabase.withShop { connection, target in
            let found = try findings(
                "audit-reviews", connection, target,
                """
                INSERT INTO users (email, password_hash, first_name, last_name, role)
                    VALUES ('x@example.test', '!', 'X', 'Y', 'CUSTOMER');
                INSERT INTO customers (user_id) SELECT max(user_id) FROM users;
                INSERT INTO reviews (store_id, customer_id, order_id, product_id, rating, is_verified_purchase)
                    VALUES (1, 1, 1, 1, 5, false), (2, 1, NULL, 1, 5, false), (1, 2, 2, NULL, 5, true),
                        (1, 1, NULL, 1, 5, false);
                INSERT INTO chat_conversations (customer_id, seller_id, last_message_at) VALUES (1, 1, '2026-02-01');
                INSERT INTO messages (conversation_id, sender_id, message_text, created_at)
                    VALUES (1, 3, 'Is it there?', '2026-02-02');
                """)
            #expect(
                found == [
                    "conversation:1 conversation.last_message", "review:1 review.verified", "review:2 review.store",
                    "review:3 review.customer", "review:3 review.verified",
                ])
        }
    }
}
