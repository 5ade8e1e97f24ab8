import Postgres
import Testing

/// A statement that breaks a rule, and the rule that must refuse it.
struct Breach: CustomTestStringConvertible {
    let constraint: String
    let sql: String
    var state: SQLState = .checkViolation

    var testDescription: String { constraint }

    init(_ constraint: String, _ sql: String) {
        self.constraint = constraint
        self.sql = sql
    }
}

/// Every CHECK and UNIQUE of the shop is tried by a statement that breaks it.
@Suite("Every rule refuses what breaks it")
struct BreakingTests {
    static let checks: [Breach] = [
        Breach("users_role_check", "UPDATE users SET role = 'GUEST' WHERE user_id = 4"),
        Breach("users_role_check", "UPDATE users SET role = 'customer' WHERE user_id = 4"),
        Breach("sellers_verification_status_check", "UPDATE sellers SET verification_status = 'BANNED'"),
        Breach("administrators_access_level_check", "UPDATE administrators SET access_level = 'ROOT'"),
        Breach("addresses_address_type_check", "UPDATE addresses SET address_type = 'HOME'"),
        Breach("stores_store_rating_check", "UPDATE stores SET store_rating = 5.01"),
        Breach("stores_store_rating_check", "UPDATE stores SET store_rating = -0.01"),
        Breach("stores_total_reviews_check", "UPDATE stores SET total_reviews = -1"),
        Breach("stores_total_sales_check", "UPDATE stores SET total_sales = -0.01"),
        Breach("stores_total_orders_check", "UPDATE stores SET total_orders = -1"),
        Breach("product_categories_parent_check", "UPDATE product_categories SET parent_category_id = category_id"),
        Breach("products_year_manufactured_check", "UPDATE products SET year_manufactured = 1799"),
        Breach(
            "products_year_manufactured_check",
            "UPDATE products SET year_manufactured = extract(year FROM now() AT TIME ZONE 'UTC') + 2"),
        Breach("products_condition_check", "UPDATE products SET condition = 'USED'"),
        Breach("products_warranty_months_check", "UPDATE products SET warranty_months = -1"),
        Breach("products_pieces_check", "UPDATE products SET pieces = -1"),
        Breach("products_price_check", "UPDATE products SET price = -0.01"),
        Breach("products_original_price_check", "UPDATE products SET original_price = -0.01"),
        Breach("products_currency_check", "UPDATE products SET currency = 'pkr'"),
        Breach("products_currency_check", "UPDATE products SET currency = 'PK'"),
        Breach("products_status_check", "UPDATE products SET status = 'DELETED'"),
        Breach("products_approval_status_check", "UPDATE products SET approval_status = 'DRAFT'"),
        Breach("products_case_diameter_mm_check", "UPDATE products SET case_diameter_mm = -1"),
        Breach("products_view_count_check", "UPDATE products SET view_count = -1"),
        Breach("products_favorite_count_check", "UPDATE products SET favorite_count = -1"),
        Breach("images_image_order_check", "UPDATE images SET image_order = -1"),
        Breach("product_images_display_order_check", "UPDATE product_images SET display_order = -1"),
        Breach("review_images_display_order_check", "UPDATE review_images SET display_order = -1"),
        Breach("orders_order_status_check", "UPDATE orders SET order_status = 'RETURNED'"),
        Breach("orders_subtotal_check", "UPDATE orders SET subtotal = -0.01"),
        Breach("orders_advance_amount_check", "UPDATE orders SET advance_amount = -0.01"),
        Breach("orders_advance_payment_check", "UPDATE orders SET advance_payment = TRUE"),
        Breach("orders_tax_amount_check", "UPDATE orders SET tax_amount = -0.01"),
        Breach("orders_shipping_cost_check", "UPDATE orders SET shipping_cost = -0.01"),
        Breach("orders_total_amount_check", "UPDATE orders SET total_amount = -0.01"),
        Breach("orders_currency_check", "UPDATE orders SET currency = 'RS.'"),
        Breach("order_items_product_price_check", "UPDATE order_items SET product_price = -0.01"),
        Breach("order_items_quantity_check", "UPDATE order_items SET quantity = 0"),
        Breach("order_items_subtotal_check", "UPDATE order_items SET subtotal = -0.01"),
        Breach("payments_payment_tier_check", "UPDATE payments SET payment_tier = 'GOLD'"),
        Breach("payments_payment_status_check", "UPDATE payments SET payment_status = 'PARTIALLY_REFUNDED'"),
        Breach("payments_amount_check", "UPDATE payments SET amount = -0.01"),
        Breach("payments_currency_check", "UPDATE payments SET currency = ''"),
        Breach("reviews_rating_check", "UPDATE reviews SET rating = 0.9"),
        Breach("reviews_rating_check", "UPDATE reviews SET rating = 5.1"),
        Breach("reviews_helpful_count_check", "UPDATE reviews SET helpful_count = -1"),
        Breach("reviews_not_helpful_count_check", "UPDATE reviews SET not_helpful_count = -1"),
        Breach("chat_conversations_status_check", "UPDATE chat_conversations SET status = 'OPEN'"),
        Breach("messages_message_type_check", "UPDATE messages SET message_type = 'VIDEO'"),
        Breach("messages_content_check", "UPDATE messages SET message_text = NULL"),
    ]

    static let uniques: [Breach] = [
        Breach("users_email_lower_key", "UPDATE users SET email = 'BUYER@example.com' WHERE user_id = 4"),
        Breach("customers_user_id_key", "INSERT INTO customers (user_id) VALUES (1)"),
        Breach("sellers_user_id_key", "INSERT INTO sellers (user_id, cnic) VALUES (2, 'x')"),
        Breach("sellers_cnic_key", "INSERT INTO sellers (user_id, cnic) VALUES (4, '35202-1234567-1')"),
        Breach("administrators_user_id_key", "INSERT INTO administrators (user_id) VALUES (3)"),
        Breach("addresses_one_default_key", "UPDATE addresses SET is_default = TRUE WHERE address_id = 2"),
        Breach(
            "stores_seller_id_key", "INSERT INTO stores (seller_id, store_name, store_slug) VALUES (1, 'a', 'a')"),
        Breach("stores_store_name_key", "UPDATE stores SET store_name = 'Lahore Watch House' WHERE store_id = 2"),
        Breach("stores_store_slug_key", "UPDATE stores SET store_slug = 'lahore-watch-house' WHERE store_id = 2"),
        Breach("product_categories_name_key", "INSERT INTO product_categories (category_name) VALUES ('Luxury')"),
        Breach(
            "product_categories_name_key",
            "INSERT INTO product_categories (category_name, parent_category_id) VALUES ('Dress', 1)"),
        Breach("brands_brand_name_key", "INSERT INTO brands (brand_name) VALUES ('Omega')"),
        Breach(
            "images_image_url_key",
            "INSERT INTO images (image_url, uploaded_by) VALUES ('https://img.example.com/1.jpg', 2)"),
        Breach(
            "product_images_one_primary_key", "UPDATE product_images SET is_primary = TRUE WHERE product_image_id = 2"),
        Breach("orders_order_number_key", "UPDATE orders SET order_number = 'ORD-2026-00001' WHERE order_id = 2"),
        Breach("payment_methods_method_name_key", "INSERT INTO payment_methods (method_name) VALUES ('CREDIT_CARD')"),
        Breach("payments_transaction_id_key", "UPDATE payments SET transaction_id = 'ch_1' WHERE payment_id = 2"),
        Breach("reviews_customer_id_order_id_key", "UPDATE reviews SET order_id = 1 WHERE review_id = 2"),
        Breach(
            "chat_conversations_inquiry_key",
            "INSERT INTO chat_conversations (customer_id, seller_id, product_id) VALUES (1, 1, 1)"),
        Breach(
            "chat_conversations_inquiry_key",
            "INSERT INTO chat_conversations (customer_id, seller_id, product_id) VALUES (1, 1, NULL)"),
        Breach("favorites_customer_id_product_id_key", "INSERT INTO favorites (customer_id, product_id) VALUES (1, 1)"),
    ]

    @Test("each CHECK, and no CHECK is left untried")
    func checks() throws {
        try withSeededShop { connection in
            for breach in Self.checks {
                let error = try refusal(of: breach.sql, on: connection)
                #expect(error?.sqlState == .checkViolation, "\(breach.sql)")
                #expect(error?.constraint == breach.constraint, "\(breach.sql)")
            }
            let there = try values(
                """
                SELECT conname FROM pg_constraint
                WHERE connamespace = 'public'::regnamespace AND contype = 'c' ORDER BY conname
                """, on: connection)
            #expect(Set(Self.checks.map(\.constraint)) == Set(there))
        }
    }

    @Test("each UNIQUE, constraint or index, and none is left untried")
    func uniques() throws {
        try withSeededShop { connection in
            for breach in Self.uniques {
                let error = try refusal(of: breach.sql, on: connection)
                #expect(error?.sqlState == .uniqueViolation, "\(breach.sql)")
                #expect(error?.constraint == breach.constraint, "\(breach.sql)")
            }
            let there = try values(
                """
                SELECT c.relname FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indexrelid
                WHERE c.relnamespace = 'public'::regnamespace AND i.indisunique AND NOT i.indisprimary
                """, on: connection)
            #expect(Set(Self.uniques.map(\.constraint)) == Set(there))
        }
    }

    /// What lies just inside of a rule.
    static let allowed: [String] = [
        "UPDATE products SET year_manufactured = 1800",
        "UPDATE products SET year_manufactured = extract(year FROM now() AT TIME ZONE 'UTC') + 1",
        "UPDATE stores SET store_rating = 5.00",
        "UPDATE reviews SET rating = 1.0",
        "UPDATE products SET pieces = 0",
        "UPDATE orders SET advance_payment = TRUE, advance_amount = 0",
        "UPDATE reviews SET order_id = NULL",
        "UPDATE payments SET transaction_id = NULL",
        "UPDATE orders SET subtotal = 1",
        "UPDATE order_items SET subtotal = 1",
        "INSERT INTO product_categories (category_name, parent_category_id) VALUES ('Luxury', 2)",
        "UPDATE messages SET message_text = NULL, attachment_url = 'https://img.example.com/3.jpg'",
    ]

    @Test("what a rule allows passes")
    func inside() throws {
        try withSeededShop { connection in
            for sql in Self.allowed {
                let error = try refusal(of: sql, on: connection)
                #expect(error == nil, "\(sql)")
            }
        }
    }
}
