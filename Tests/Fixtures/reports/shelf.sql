-- What lies on the shelves of the shop on paper, and what people do around it: categories, brands and pictures, the
-- items of its orders, an administrator's work, a chat. It adds to shop.sql and chain.sql, and changes no order. Some
-- of it breaks rules of the schema document on purpose; README.md says which.
INSERT INTO users (user_id, email, password_hash, first_name, last_name, role, created_at, updated_at) VALUES
    (5, 'admin@example.com', '!', 'Nadia', 'Aziz', 'ADMIN', '2026-01-01 08:00:00', '2026-01-01 08:00:00'),
    -- The role is not that of the profile.
    (6, 'helper@example.com', '!', 'Tariq', 'Butt', 'CUSTOMER', '2026-06-02 08:00:00', '2026-06-02 08:00:00'),
    (7, 'seller4@example.com', '!', 'Zoya', 'Mir', 'SELLER', '2026-06-03 08:00:00', '2026-06-03 08:00:00');
INSERT INTO administrators (admin_id, user_id, access_level, created_at) VALUES
    (1, 5, 'SUPER', '2026-01-01 08:00:00'), (2, 6, 'STANDARD', '2026-06-02 08:00:00');
-- Verified, and nobody knows when; no store yet.
INSERT INTO sellers (seller_id, user_id, cnic, verification_status, verification_date, created_at) VALUES
    (4, 7, '35202-4444444-4', 'VERIFIED', NULL, '2026-06-03 08:00:00');

INSERT INTO product_categories (category_id, category_name, parent_category_id) VALUES
    (2, 'Luxury', NULL), (3, 'Dress', 2);
INSERT INTO brands (brand_id, brand_name) VALUES (2, 'Omega');
-- 4 is as it should be. 5 waits for approval. 6 was sold and has a piece again, and its picture isn't marked as
-- primary. 7 is sold out and not marked, and its seller isn't its store's. 8 is on sale although it was rejected, for
-- no reason.
INSERT INTO products (
    product_id, seller_id, store_id, brand_id, category_id, model_name, reference_number, condition, has_box, pieces,
    price, original_price, status, approval_status, approved_by, approved_at, view_count, favorite_count, created_at,
    updated_at) VALUES
    (4, 3, 3, 2, 3, '=De Ville', '424.13.40', 'NEW', TRUE, 2, 2000.00, 2500.00, 'ACTIVE', 'APPROVED', 1,
        '2026-02-01 08:00:00', 40, 1, '2026-02-01 07:00:00', '2026-02-01 08:00:00'),
    (5, 2, 2, 1, 1, 'SRPD', NULL, 'GOOD', FALSE, 1, 700.00, NULL, 'DRAFT', 'PENDING', NULL, NULL, 0, 0,
        '2026-06-20 08:00:00', '2026-06-20 08:00:00'),
    (6, 1, 1, 1, 1, 'SARB033', NULL, 'GOOD', FALSE, 1, 600.00, NULL, 'SOLD', 'APPROVED', 1, '2026-02-01 08:00:00', 5,
        0, '2026-02-01 07:00:00', '2026-05-01 08:00:00'),
    (7, 2, 1, 1, 1, 'SNXS79', NULL, 'FAIR', FALSE, 0, 300.00, NULL, 'RESERVED', 'APPROVED', 1, '2026-02-01 08:00:00', 0,
        4, '2026-02-01 07:00:00', '2026-02-01 08:00:00'),
    (8, 2, 2, 2, 2, 'Constellation', NULL, 'NEW', FALSE, 1, 9000.00, NULL, 'ACTIVE', 'REJECTED', NULL, NULL, 0, 0,
        '2026-06-21 08:00:00', '2026-06-22 08:00:00');
INSERT INTO images (image_id, image_url, uploaded_by, created_at) VALUES
    (1, 'https://pictures.example/4.jpg', 3, '2026-02-01 07:00:00'),
    (2, 'https://pictures.example/6.jpg', 1, '2026-02-01 07:00:00'),
    (3, 'https://pictures.example/review-1.jpg', 4, '2026-06-05 08:00:00');
INSERT INTO product_images (product_image_id, product_id, image_id, is_primary) VALUES
    (1, 4, 1, TRUE), (2, 6, 2, FALSE);
INSERT INTO review_images (review_image_id, review_id, image_id) VALUES (1, 1, 3);
INSERT INTO favorites (favorite_id, customer_id, product_id, created_at) VALUES (1, 1, 4, '2026-06-01 08:00:00');

-- What the orders hold: order 6 a strap whose listing was deleted since, order 8 nothing. One of order 9 is not its
-- price times its quantity; those of order 13 fall short of its subtotal.
INSERT INTO order_items (
    order_item_id, order_id, product_id, product_name, product_price, quantity, subtotal, created_at)
SELECT v.item_id, v.order_id, v.product_id, v.name, v.price, v.quantity, v.subtotal, o.created_at
FROM (VALUES
    (1, 1, 1, 'Seiko SKX007', 1000.00, 1, 1000.00), (2, 2, 2, 'Seiko SPB143', 1000.00, 2, 2000.00),
    (3, 3, 2, 'Seiko SPB143', 450.00, 1, 450.00), (4, 4, 3, 'Seiko SNK809', 300.00, 1, 300.00),
    (5, 4, 4, '=De Ville', 500.00, 1, 500.00), (6, 5, 3, 'Seiko SNK809', 847.45, 1, 847.45),
    (7, 6, NULL, '@Strap', 4.24, 2, 8.48), (8, 7, 1, 'Seiko SKX007', 254.24, 1, 254.24),
    (9, 9, 2, 'Seiko SPB143', 2500.00, 1, 2500.00), (10, 9, 2, 'Seiko SPB143', 1200.00, 2, 2500.00),
    (11, 10, 1, 'Seiko SKX007', 10000.00, 1, 10000.00), (12, 11, 3, 'Seiko SNK809', 100.00, 1, 100.00),
    (13, 12, 4, '=De Ville', 2000.00, 1, 2000.00), (14, 13, 3, 'Seiko SNK809', 740.00, 1, 740.00)
) AS v (item_id, order_id, product_id, name, price, quantity, subtotal)
JOIN orders AS o ON o.order_id = v.order_id;

-- The first entry is the last second of May in business time, the second the first of June.
INSERT INTO admin_activity_log (
    log_id, admin_id, action_type, entity_type, entity_id, description, ip_address, user_agent, created_at) VALUES
    (1, 1, 'APPROVE_PRODUCT', 'PRODUCT', 7, 'Fine', '203.0.113.7', 'Firefox', '2026-05-31 18:59:59'),
    (2, 1, 'HIDE_REVIEW', 'REVIEW', 5, '=language', '203.0.113.7', 'Firefox', '2026-05-31 19:00:00'),
    (3, 1, 'VERIFY_SELLER', 'SELLER', 3, NULL, '203.0.113.7', 'Firefox', '2026-06-04 08:00:00'),
    (4, 2, 'REJECT_PRODUCT', 'PRODUCT', 8, 'Not ours', '203.0.113.8', 'Firefox', '2026-06-22 08:00:00'),
    (5, 2, 'BAN_USER', 'USER', 4, 'By mistake', '203.0.113.8', 'Firefox', '2026-06-30 18:59:59');

-- The second message is said to be read, and not when; the third is by somebody who has no part in it.
INSERT INTO chat_conversations (
    conversation_id, customer_id, seller_id, product_id, status, last_message_at, created_at, updated_at) VALUES
    (1, 1, 1, 1, 'ACTIVE', '2026-06-07 08:00:00', '2026-06-07 07:00:00', '2026-06-07 08:00:00');
INSERT INTO messages (
    message_id, conversation_id, sender_id, message_text, is_read, read_at, created_at) VALUES
    (1, 1, 4, 'Is it still there?', TRUE, '2026-06-07 07:30:00', '2026-06-07 07:00:00'),
    (2, 1, 1, 'It is.', TRUE, NULL, '2026-06-07 07:40:00'),
    (3, 1, 2, 'Mine is cheaper.', FALSE, NULL, '2026-06-07 08:00:00');
