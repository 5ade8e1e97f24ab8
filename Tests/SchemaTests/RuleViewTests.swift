import Postgres
import Testing

/// The rules that more than one part shares, as views.
@Suite("Shared rules")
struct RuleViewTests {
    @Test("store sales: DELIVERED orders only, a row a currency")
    func sales() throws {
        try withSeededShop { connection in
            try connection.script(
                """
                UPDATE orders SET order_status = 'DELIVERED', total_amount = 100.10 WHERE order_id = 1;
                INSERT INTO orders (order_number, customer_id, store_id, order_status, subtotal, total_amount, currency,
                    shipping_address_id)
                SELECT 'N-' || n, 1, s, status, 0, amount, currency, 1
                FROM (VALUES
                    (1, 1, 'DELIVERED', 0.15, 'PKR'), (2, 1, 'DELIVERED', 7.00, 'USD'), (3, 1, 'SHIPPED', 5.00, 'PKR'),
                    (4, 1, 'REFUNDED', 5.00, 'PKR'), (5, 1, 'CANCELLED', 5.00, 'PKR'), (6, 2, 'PENDING', 5.00, 'PKR')
                ) AS given (n, s, status, amount, currency)
                """)
            let rows = try values(
                """
                SELECT concat_ws(' ', store_id, currency, completed_orders, sales) FROM mainspring.store_sales
                ORDER BY store_id, currency
                """, on: connection)
            #expect(rows == ["1 PKR 2 100.25", "1 USD 1 7.00"])
        }
    }

    @Test("store reviews: approved ones only, the average rounded half away from zero to two decimals")
    func reviews() throws {
        try withSeededShop { connection in
            try connection.script(
                """
                DELETE FROM reviews;
                INSERT INTO reviews (store_id, customer_id, rating, is_approved)
                VALUES (1, 1, 4.0, TRUE), (1, 1, 4.0, TRUE), (1, 1, 4.0, TRUE), (1, 1, 4.0, TRUE), (1, 1, 4.0, TRUE),
                    (1, 1, 4.0, TRUE), (1, 1, 4.0, TRUE), (1, 1, 4.1, TRUE), (1, 1, 1.0, FALSE), (2, 1, 1.0, FALSE)
                """)
            // 32.1 / 8 = 4.0125; three more make (32.1 + 3 × 4.2) / 11 = 4.06363…; 4.125 rounds up.
            let read = "SELECT concat_ws(' ', store_id, rating, reviews) FROM mainspring.store_reviews"
            #expect(try values(read, on: connection) == ["1 4.01 8"])
            try connection.script(
                """
                DELETE FROM reviews;
                INSERT INTO reviews (store_id, customer_id, rating)
                VALUES (1, 1, 4.0), (1, 1, 4.0), (1, 1, 4.0), (1, 1, 4.5)
                """)
            #expect(try values(read, on: connection) == ["1 4.13 4"])
        }
    }

    @Test("a store is asked for by an index, not by reading every order")
    func pushdown() throws {
        try withSeededShop { connection in
            // Enough rows for the planner to care: 200 stores, 8,000 delivered orders and as many reviews.
            try connection.script(
                """
                INSERT INTO users (user_id, email, password_hash, first_name, last_name, role)
                SELECT n, 's' || n, '!x', 'a', 'b', 'SELLER' FROM generate_series(101, 300) AS n;
                INSERT INTO sellers (seller_id, user_id, cnic) SELECT n, n, n::text FROM generate_series(101, 300) AS n;
                INSERT INTO stores (store_id, seller_id, store_name, store_slug)
                SELECT n, n, n::text, n::text FROM generate_series(101, 300) AS n;
                INSERT INTO orders (order_number, customer_id, store_id, order_status, subtotal, total_amount,
                    shipping_address_id)
                SELECT 'N-' || n, 1, 101 + n % 200, 'DELIVERED', 1, 1, 1 FROM generate_series(1, 8000) AS n;
                INSERT INTO reviews (store_id, customer_id, rating)
                SELECT 101 + n % 200, 1, 4 FROM generate_series(1, 8000) AS n;
                ANALYZE orders, reviews
                """)
            for (view, index) in [
                ("store_sales", "orders_store_delivered_idx"), ("store_reviews", "reviews_store_approved_idx"),
            ] {
                let plan = try values(
                    "EXPLAIN SELECT * FROM mainspring.\(view) WHERE store_id IN (101, 102)", on: connection
                ).joined(separator: "\n")
                #expect(plan.contains(index), "\(plan)")
                #expect(plan.contains("Index Cond: (store_id = ANY"), "\(plan)")
            }
        }
    }

    @Test("visible: ACTIVE and APPROVED, with the primary picture where there is one")
    func visible() throws {
        try withSeededShop { connection in
            let read =
                "SELECT product_id || ' ' || coalesce(image_url, 'none') FROM mainspring.visible_products ORDER BY 1"
            #expect(try values(read, on: connection).isEmpty)
            try connection.script("UPDATE products SET approval_status = 'APPROVED'")
            #expect(try values(read, on: connection).isEmpty)
            try connection.script("UPDATE products SET status = 'ACTIVE'")
            #expect(try values(read, on: connection) == ["1 https://img.example.com/1.jpg", "2 none"])
            try connection.script("UPDATE products SET status = 'RESERVED' WHERE product_id = 1")
            #expect(try values(read, on: connection) == ["2 none"])
        }
    }
}
