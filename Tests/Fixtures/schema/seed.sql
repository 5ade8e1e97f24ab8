-- One row in every table of the shop, and a second where a rule needs two. Ids are given, so that tests can name them.
INSERT INTO users (user_id, email, password_hash, first_name, last_name, role) VALUES
    (1, 'buyer@example.com', '!unusable', 'Amna', 'Khan', 'CUSTOMER'),
    (2, 'seller@example.com', '!unusable', 'Bilal', 'Ahmed', 'SELLER'),
    (3, 'admin@example.com', '!unusable', 'Sana', 'Malik', 'ADMIN'),
    (4, 'lone@example.com', '!unusable', 'Omar', 'Farooq', 'CUSTOMER'),
    (5, 'buyer2@example.com', '!unusable', 'Hina', 'Raza', 'CUSTOMER'),
    (6, 'seller2@example.com', '!unusable', 'Zain', 'Butt', 'SELLER');
INSERT INTO customers (customer_id, user_id) VALUES (1, 1), (2, 5);
INSERT INTO sellers (seller_id, user_id, cnic) VALUES (1, 2, '35202-1234567-1'), (2, 6, '35202-7654321-2');
INSERT INTO administrators (admin_id, user_id) VALUES (1, 3);
INSERT INTO addresses (address_id, user_id, address_type, address_line1, city, is_default) VALUES
    (1, 1, 'BOTH', '12 Mall Road', 'Lahore', TRUE), (2, 1, 'BILLING', '7 Canal View', 'Lahore', FALSE);
INSERT INTO stores (store_id, seller_id, store_name, store_slug) VALUES
    (1, 1, 'Lahore Watch House', 'lahore-watch-house'), (2, 2, 'Karachi Time', 'karachi-time');
INSERT INTO product_categories (category_id, category_name, parent_category_id) VALUES
    (1, 'Luxury', NULL), (2, 'Dress', 1), (3, 'Diver', 1);
INSERT INTO brands (brand_id, brand_name) VALUES (1, 'Omega'), (2, 'Seiko');
INSERT INTO products
    (product_id, seller_id, store_id, brand_id, category_id, model_name, condition, price, approved_by) VALUES
    (1, 1, 1, 1, 2, 'Speedmaster', 'NEW', 1500000.00, 1), (2, 1, 1, 2, 3, 'SKX007', 'GOOD', 90000.00, NULL);
INSERT INTO images (image_id, image_url, uploaded_by) VALUES
    (1, 'https://img.example.com/1.jpg', 2), (2, 'https://img.example.com/2.jpg', 2);
INSERT INTO product_images (product_image_id, product_id, image_id, is_primary) VALUES (1, 1, 1, TRUE), (2, 1, 2, FALSE);
INSERT INTO orders
    (order_id, order_number, customer_id, store_id, subtotal, total_amount, shipping_address_id, billing_address_id)
VALUES
    (1, 'ORD-2026-00001', 1, 1, 1500000.00, 1500000.00, 1, 1), (2, 'ORD-2026-00002', 1, 1, 90000.00, 90000.00, 1, 1);
INSERT INTO order_items (order_item_id, order_id, product_id, product_name, product_price, subtotal) VALUES
    (1, 1, 1, 'Speedmaster', 1500000.00, 1500000.00);
INSERT INTO payments (payment_id, order_id, payment_method_id, amount, transaction_id) VALUES
    (1, 1, 2, 1500000.00, 'ch_1'), (2, 2, 1, 90000.00, 'ch_2');
INSERT INTO reviews (review_id, store_id, customer_id, order_id, product_id, rating) VALUES
    (1, 1, 1, 1, 1, 4.5), (2, 1, 1, 2, 2, 5.0);
INSERT INTO review_images (review_image_id, review_id, image_id) VALUES (1, 1, 2);
INSERT INTO chat_conversations (conversation_id, customer_id, seller_id, product_id) VALUES (1, 1, 1, 1), (2, 1, 1, NULL);
INSERT INTO messages (message_id, conversation_id, sender_id, message_text) VALUES (1, 1, 1, 'Is it still there?');
INSERT INTO favorites (favorite_id, customer_id, product_id) VALUES (1, 1, 1), (2, 1, 2);
INSERT INTO admin_activity_log (log_id, admin_id, action_type, entity_type, entity_id) VALUES
    (1, 1, 'APPROVE_PRODUCT', 'PRODUCT', 1);
INSERT INTO notifications (notification_id, user_id, notification_type, title, message) VALUES
    (1, 1, 'ORDER_SHIPPED', 'On its way', 'Your order was shipped.');

-- The sequences go on behind the given ids.
SELECT setval(pg_get_serial_sequence(c.conrelid::regclass::text, a.attname), 1000)
FROM pg_constraint AS c
JOIN pg_attribute AS a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
WHERE c.contype = 'p' AND c.connamespace = 'public'::regnamespace;
