-- What each role may do: the least that its work needs (docs/architecture.md). Lists are explicit: a new table is
-- closed to every role until a migration opens it, and a new column of a table with personal data stays unreadable.
-- This file runs as the login that migrates: the shop's tables may belong to the shop's own login, not to us.

GRANT USAGE ON SCHEMA public, mainspring TO mainspring_job, mainspring_report, mainspring_write;
GRANT USAGE, CREATE ON SCHEMA public TO mainspring_admin;

-- mainspring_admin: everything, its views included, which read the shop with their owner's rights.
GRANT SELECT, INSERT, UPDATE, DELETE, REFERENCES, TRIGGER, TRUNCATE ON
    public.users, public.customers, public.sellers, public.administrators, public.addresses, public.stores,
    public.product_categories, public.brands, public.products, public.images, public.product_images,
    public.review_images, public.orders, public.order_items, public.payment_methods, public.payments, public.reviews,
    public.chat_conversations, public.messages, public.favorites, public.admin_activity_log, public.notifications
    TO mainspring_admin;

-- mainspring_job: reads the shop, but no password hash.
GRANT SELECT ON
    public.customers, public.sellers, public.administrators, public.addresses, public.stores,
    public.product_categories, public.brands, public.products, public.images, public.product_images,
    public.review_images, public.orders, public.order_items, public.payment_methods, public.payments, public.reviews,
    public.chat_conversations, public.messages, public.favorites, public.admin_activity_log, public.notifications
    TO mainspring_job;
GRANT SELECT (
    user_id, email, first_name, last_name, contact_number, role, is_active, is_verified, created_at, updated_at,
    last_login) ON public.users TO mainspring_job;
-- It writes the derived figures, tells people, and leaves its trace.
GRANT UPDATE (store_rating, total_reviews, total_sales, total_orders) ON public.stores TO mainspring_job;
GRANT UPDATE (status) ON public.products TO mainspring_job;
GRANT INSERT ON public.notifications, public.admin_activity_log TO mainspring_job;

-- The pipeline's own tables. What is append-only is so by right, not by custom.
GRANT SELECT, INSERT, UPDATE, DELETE ON
    mainspring.runs, mainspring.run_steps, mainspring.run_files, mainspring.watermarks, mainspring.files,
    mainspring.lines, mainspring.allocations, mainspring.payouts, mainspring.breaks, mainspring.repairs
    TO mainspring_job;
GRANT SELECT, INSERT ON
    mainspring.gateway_responses, mainspring.money_events, mainspring.break_events, mainspring.dispositions,
    mainspring.closes
    TO mainspring_job;
GRANT SELECT ON
    mainspring.schema_migrations, mainspring.idempotency_keys, mainspring.store_sales, mainspring.store_reviews,
    mainspring.visible_products
    TO mainspring_job;

-- mainspring_report: reads only, and nothing personal. Tables without personal columns whole, the others by column:
-- no name, e-mail, telephone, street, postal code, CNIC, password hash, IP address or user agent; no gateway answers
-- (they may name the payer); no free text that people write to each other (chats, notes on orders, notifications).
GRANT SELECT ON
    public.customers, public.administrators, public.product_categories, public.brands, public.products, public.images,
    public.product_images, public.review_images, public.order_items, public.payment_methods, public.reviews,
    public.chat_conversations, public.favorites
    TO mainspring_report;
GRANT SELECT (user_id, role, is_active, is_verified, created_at, updated_at, last_login)
    ON public.users TO mainspring_report;
GRANT SELECT (seller_id, user_id, verification_status, verification_date, created_at)
    ON public.sellers TO mainspring_report;
GRANT SELECT (
    address_id, user_id, address_type, city, state_province, country, is_default, created_at, updated_at)
    ON public.addresses TO mainspring_report;
GRANT SELECT (
    store_id, seller_id, store_name, store_slug, store_bio, store_logo_url, store_banner_url, store_rating,
    total_reviews, total_sales, total_orders, is_active, created_at, updated_at)
    ON public.stores TO mainspring_report;
GRANT SELECT (
    order_id, order_number, customer_id, store_id, order_status, subtotal, advance_payment, advance_amount, tax_amount,
    shipping_cost, total_amount, currency, shipping_address_id, billing_address_id, tracking_number, carrier,
    expected_delivery_date, actual_delivery_date, created_at, updated_at)
    ON public.orders TO mainspring_report;
GRANT SELECT (
    payment_id, order_id, payment_method_id, payment_tier, payment_status, amount, currency, transaction_id,
    payment_gateway, payment_initiated_at, payment_completed_at, created_at, updated_at)
    ON public.payments TO mainspring_report;
GRANT SELECT (message_id, conversation_id, sender_id, message_type, is_read, read_at, created_at)
    ON public.messages TO mainspring_report;
GRANT SELECT (log_id, admin_id, action_type, entity_type, entity_id, description, created_at)
    ON public.admin_activity_log TO mainspring_report;
GRANT SELECT (notification_id, user_id, notification_type, is_read, read_at, created_at)
    ON public.notifications TO mainspring_report;
GRANT SELECT ON
    mainspring.schema_migrations, mainspring.runs, mainspring.run_steps, mainspring.run_files, mainspring.watermarks,
    mainspring.files, mainspring.lines, mainspring.money_events, mainspring.allocations, mainspring.payouts,
    mainspring.breaks, mainspring.break_events, mainspring.dispositions, mainspring.closes, mainspring.repairs,
    mainspring.store_sales, mainspring.store_reviews, mainspring.visible_products
    TO mainspring_report;
GRANT SELECT (response_id, payment_id, seen_at) ON mainspring.gateway_responses TO mainspring_report;

-- mainspring_write: the write paths. They store password hashes and never read one; they delete only what a person may
-- take back: a favorite, an address, a picture of a product or a review.
GRANT SELECT, INSERT, UPDATE ON
    public.customers, public.sellers, public.administrators, public.addresses, public.stores,
    public.product_categories, public.brands, public.products, public.images, public.product_images,
    public.review_images, public.orders, public.order_items, public.payment_methods, public.payments, public.reviews,
    public.chat_conversations, public.messages, public.favorites, public.notifications
    TO mainspring_write;
GRANT SELECT (
    user_id, email, first_name, last_name, contact_number, role, is_active, is_verified, created_at, updated_at,
    last_login) ON public.users TO mainspring_write;
GRANT INSERT, UPDATE ON public.users TO mainspring_write;
GRANT SELECT, INSERT ON public.admin_activity_log TO mainspring_write;
GRANT DELETE ON public.favorites, public.addresses, public.product_images, public.review_images TO mainspring_write;
GRANT SELECT, INSERT ON mainspring.idempotency_keys, mainspring.gateway_responses TO mainspring_write;
GRANT SELECT ON
    mainspring.schema_migrations, mainspring.store_sales, mainspring.store_reviews, mainspring.visible_products
    TO mainspring_write;

-- A SERIAL column takes its number from a sequence, which needs its own right; an identity column (Django's) does not.
DO $$
DECLARE
    shop_table text;
    key_column text;
    key_sequence text;
BEGIN
    FOR shop_table, key_column IN
        SELECT c.conrelid::regclass::text, a.attname
        FROM pg_catalog.pg_constraint AS c
        JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
        WHERE c.contype = 'p' AND c.conrelid = ANY (ARRAY[
            'public.users', 'public.customers', 'public.sellers', 'public.administrators', 'public.addresses',
            'public.stores', 'public.product_categories', 'public.brands', 'public.products', 'public.images',
            'public.product_images', 'public.review_images', 'public.orders', 'public.order_items',
            'public.payment_methods', 'public.payments', 'public.reviews', 'public.chat_conversations',
            'public.messages', 'public.favorites', 'public.admin_activity_log', 'public.notifications']::regclass[])
    LOOP
        key_sequence := pg_get_serial_sequence(shop_table, key_column);
        IF key_sequence IS NOT NULL THEN
            EXECUTE 'GRANT USAGE ON SEQUENCE ' || key_sequence || ' TO mainspring_admin, mainspring_write';
            IF shop_table IN (
                'admin_activity_log', 'notifications', 'public.admin_activity_log', 'public.notifications') THEN
                EXECUTE 'GRANT USAGE ON SEQUENCE ' || key_sequence || ' TO mainspring_job';
            END IF;
        END IF;
    END LOOP;
END
$$;
