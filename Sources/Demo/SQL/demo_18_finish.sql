-- The sequences go on after the highest id; the mark says what was made here (docs/demo.md).
SELECT setval(pg_get_serial_sequence(t.name, t.key), t.highest)
FROM (
    SELECT 'public.users' AS name, 'user_id' AS key, max(user_id) AS highest FROM public.users
    UNION ALL SELECT 'public.customers', 'customer_id', max(customer_id) FROM public.customers
    UNION ALL SELECT 'public.sellers', 'seller_id', max(seller_id) FROM public.sellers
    UNION ALL SELECT 'public.administrators', 'admin_id', max(admin_id) FROM public.administrators
    UNION ALL SELECT 'public.addresses', 'address_id', max(address_id) FROM public.addresses
    UNION ALL SELECT 'public.stores', 'store_id', max(store_id) FROM public.stores
    UNION ALL SELECT 'public.product_categories', 'category_id', max(category_id) FROM public.product_categories
    UNION ALL SELECT 'public.brands', 'brand_id', max(brand_id) FROM public.brands
    UNION ALL SELECT 'public.products', 'product_id', max(product_id) FROM public.products
    UNION ALL SELECT 'public.images', 'image_id', max(image_id) FROM public.images
    UNION ALL SELECT 'public.product_images', 'product_image_id', max(product_image_id) FROM public.product_images
    UNION ALL SELECT 'public.review_images', 'review_image_id', max(review_image_id) FROM public.review_images
    UNION ALL SELECT 'public.orders', 'order_id', max(order_id) FROM public.orders
    UNION ALL SELECT 'public.order_items', 'order_item_id', max(order_item_id) FROM public.order_items
    UNION ALL SELECT 'public.payments', 'payment_id', max(payment_id) FROM public.payments
    UNION ALL SELECT 'public.reviews', 'review_id', max(review_id) FROM public.reviews
    UNION ALL SELECT 'public.chat_conversations', 'conversation_id', max(conversation_id) FROM public.chat_conversations
    UNION ALL SELECT 'public.messages', 'message_id', max(message_id) FROM public.messages
    UNION ALL SELECT 'public.favorites', 'favorite_id', max(favorite_id) FROM public.favorites
    UNION ALL SELECT 'public.admin_activity_log', 'log_id', max(log_id) FROM public.admin_activity_log
    UNION ALL SELECT 'public.notifications', 'notification_id', max(notification_id) FROM public.notifications
) AS t
WHERE t.highest IS NOT NULL;

DELETE FROM mainspring.demo_marks;
INSERT INTO mainspring.demo_marks (
    seed, orders, anchor, last_user, last_store, last_product, last_order, last_payment, bank)
SELECT
    :'seed'::integer, :'orders'::integer, :'anchor'::date,
    (SELECT max(user_id) FROM public.users), (SELECT max(store_id) FROM public.stores),
    (SELECT max(product_id) FROM public.products), (SELECT max(order_id) FROM public.orders),
    (SELECT max(payment_id) FROM public.payments),
    jsonb_agg(to_jsonb(b) ORDER BY b.currency COLLATE "C", b.day, b.payout_id COLLATE "C")
FROM (
    SELECT f.currency, f.day, NULL AS payout_id, NULL AS description, f.balance AS amount
    FROM bank_file AS f
    WHERE f.sort = 2 AND f.month = date_trunc('month', :'anchor'::date)::date
    UNION ALL
    SELECT c.currency, c.day, c.payout_id, c.description, c.amount FROM bank_coming AS c
) AS b;
DROP SCHEMA mainspring_demo CASCADE;
