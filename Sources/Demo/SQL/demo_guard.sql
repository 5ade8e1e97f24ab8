-- Whose rows are these? The demo replaces what it made, and nothing else.

-- name: filled
-- Every table of the shop that holds rows; the payment methods come with the schema.
SELECT 'users' AS name WHERE EXISTS (SELECT FROM public.users)
UNION ALL SELECT 'customers' WHERE EXISTS (SELECT FROM public.customers)
UNION ALL SELECT 'sellers' WHERE EXISTS (SELECT FROM public.sellers)
UNION ALL SELECT 'administrators' WHERE EXISTS (SELECT FROM public.administrators)
UNION ALL SELECT 'addresses' WHERE EXISTS (SELECT FROM public.addresses)
UNION ALL SELECT 'stores' WHERE EXISTS (SELECT FROM public.stores)
UNION ALL SELECT 'product_categories' WHERE EXISTS (SELECT FROM public.product_categories)
UNION ALL SELECT 'brands' WHERE EXISTS (SELECT FROM public.brands)
UNION ALL SELECT 'products' WHERE EXISTS (SELECT FROM public.products)
UNION ALL SELECT 'images' WHERE EXISTS (SELECT FROM public.images)
UNION ALL SELECT 'product_images' WHERE EXISTS (SELECT FROM public.product_images)
UNION ALL SELECT 'review_images' WHERE EXISTS (SELECT FROM public.review_images)
UNION ALL SELECT 'orders' WHERE EXISTS (SELECT FROM public.orders)
UNION ALL SELECT 'order_items' WHERE EXISTS (SELECT FROM public.order_items)
UNION ALL SELECT 'payments' WHERE EXISTS (SELECT FROM public.payments)
UNION ALL SELECT 'reviews' WHERE EXISTS (SELECT FROM public.reviews)
UNION ALL SELECT 'chat_conversations' WHERE EXISTS (SELECT FROM public.chat_conversations)
UNION ALL SELECT 'messages' WHERE EXISTS (SELECT FROM public.messages)
UNION ALL SELECT 'favorites' WHERE EXISTS (SELECT FROM public.favorites)
UNION ALL SELECT 'admin_activity_log' WHERE EXISTS (SELECT FROM public.admin_activity_log)
UNION ALL SELECT 'notifications' WHERE EXISTS (SELECT FROM public.notifications);

-- name: strangers
-- Rows beyond what a mark says was made here; no row at all without a mark.
SELECT
    (SELECT count(*) FROM public.users WHERE user_id > m.last_user)
        + (SELECT count(*) FROM public.stores WHERE store_id > m.last_store)
        + (SELECT count(*) FROM public.products WHERE product_id > m.last_product)
        + (SELECT count(*) FROM public.orders WHERE order_id > m.last_order)
        + (SELECT count(*) FROM public.payments WHERE payment_id > m.last_payment) AS strangers
FROM mainspring.demo_marks AS m;
