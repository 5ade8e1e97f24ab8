-- Indexes (schema document, section 14), each with the query that it serves. Columns that a primary key or a UNIQUE
-- constraint leads with have their index already: e-mail and store name, order number, transaction id, user ids.

-- Accounts.
-- Sign-in and registration: an address is one account whatever its case.
CREATE UNIQUE INDEX users_email_lower_key ON public.users (lower(email));
-- Clients that look an address up as it is written (Django's default).
CREATE INDEX users_email_idx ON public.users (email);
-- The admin's list of accounts of one kind, newest first.
CREATE INDEX users_role_created_at_idx ON public.users (role, created_at);
-- A user's address book; the foreign key.
CREATE INDEX addresses_user_id_idx ON public.addresses (user_id);
-- At most one default address a user; finds it at checkout.
CREATE UNIQUE INDEX addresses_one_default_key ON public.addresses (user_id) WHERE is_default;
-- The queue of sellers that wait for verification, oldest first.
CREATE INDEX sellers_verification_status_idx ON public.sellers (verification_status, created_at);

-- Catalog.
-- The shop's menu of categories.
CREATE INDEX product_categories_active_idx ON public.product_categories (is_active, category_name);
-- A seller's listings; the foreign key.
CREATE INDEX products_seller_id_idx ON public.products (seller_id);
-- Store analytics (17.2): products of a store, and how many of them are SOLD.
CREATE INDEX products_store_id_status_idx ON public.products (store_id, status);
-- Browsing by brand; the foreign key.
CREATE INDEX products_brand_id_idx ON public.products (brand_id);
-- Browsing by category; the foreign key.
CREATE INDEX products_category_id_idx ON public.products (category_id);
-- What an administrator approved; the foreign key.
CREATE INDEX products_approved_by_idx ON public.products (approved_by) WHERE approved_by IS NOT NULL;
-- Browsing what is visible (17.1), newest first.
CREATE INDEX products_visible_idx ON public.products (created_at)
    WHERE status = 'ACTIVE' AND approval_status = 'APPROVED';
-- Products pending approval (17.3), oldest first.
CREATE INDEX products_pending_idx ON public.products (created_at) WHERE approval_status = 'PENDING';
-- The sold-out step: products with no pieces left that still stand for sale.
CREATE INDEX products_sold_out_idx ON public.products (product_id)
    WHERE pieces = 0 AND status IN ('ACTIVE', 'RESERVED');
-- The sold-out step: SOLD products that have pieces again.
CREATE INDEX products_restocked_idx ON public.products (product_id) WHERE pieces > 0 AND status = 'SOLD';
-- Incremental work: what changed since the watermark.
CREATE INDEX products_updated_at_idx ON public.products (updated_at);
-- What a user uploaded; the foreign key.
CREATE INDEX images_uploaded_by_idx ON public.images (uploaded_by);
-- The pictures of a product in order; the foreign key.
CREATE INDEX product_images_product_id_idx ON public.product_images (product_id, display_order);
-- Where an image is shown; the foreign key.
CREATE INDEX product_images_image_id_idx ON public.product_images (image_id);
-- At most one primary image a product; the picture of each product in a list (17.1).
CREATE UNIQUE INDEX product_images_one_primary_key ON public.product_images (product_id) WHERE is_primary;

-- Orders.
-- A customer's order history (17.1), newest first; the foreign key.
CREATE INDEX orders_customer_id_idx ON public.orders (customer_id, created_at DESC);
-- A store's orders, newest first; the foreign key.
CREATE INDEX orders_store_id_idx ON public.orders (store_id, created_at DESC);
-- Store metrics of touched stores: completed orders and their sums from the index alone.
CREATE INDEX orders_store_delivered_idx ON public.orders (store_id)
    INCLUDE (currency, total_amount) WHERE order_status = 'DELIVERED';
-- Orders of one status in a window: revenue by month (17.3), stuck orders.
CREATE INDEX orders_order_status_idx ON public.orders (order_status, created_at);
-- The orders of a window of business dates: extracts and reports.
CREATE INDEX orders_created_at_idx ON public.orders (created_at);
-- Incremental work: what changed since the watermark.
CREATE INDEX orders_updated_at_idx ON public.orders (updated_at);
-- Matching a courier's remittance lines by consignment.
CREATE INDEX orders_tracking_number_idx ON public.orders (tracking_number) WHERE tracking_number IS NOT NULL;
-- Cash on delivery that has fallen due; delivered value by month.
CREATE INDEX orders_actual_delivery_date_idx ON public.orders (actual_delivery_date)
    WHERE actual_delivery_date IS NOT NULL;
-- May an address be removed; the foreign key.
CREATE INDEX orders_shipping_address_id_idx ON public.orders (shipping_address_id);
-- May an address be removed; the foreign key.
CREATE INDEX orders_billing_address_id_idx ON public.orders (billing_address_id) WHERE billing_address_id IS NOT NULL;
-- The items of an order; the foreign key.
CREATE INDEX order_items_order_id_idx ON public.order_items (order_id);
-- The sales of a product; the foreign key, when a product goes.
CREATE INDEX order_items_product_id_idx ON public.order_items (product_id) WHERE product_id IS NOT NULL;

-- Payments.
-- The payments of an order: what is due and what was captured; the foreign key.
CREATE INDEX payments_order_id_idx ON public.payments (order_id);
-- Payments by method in a window; the foreign key.
CREATE INDEX payments_payment_method_id_idx ON public.payments (payment_method_id, created_at);
-- Stuck payments: PENDING and PROCESSING by age.
CREATE INDEX payments_payment_status_idx ON public.payments (payment_status, created_at);
-- The payments of a window of business dates: extracts and reports.
CREATE INDEX payments_created_at_idx ON public.payments (created_at);
-- Incremental work: what changed since the watermark.
CREATE INDEX payments_updated_at_idx ON public.payments (updated_at);

-- Reviews.
-- The reviews of a store, newest first; the foreign key.
CREATE INDEX reviews_store_id_idx ON public.reviews (store_id, created_at DESC);
-- Store metrics of touched stores: rating and count from the index alone.
CREATE INDEX reviews_store_approved_idx ON public.reviews (store_id) INCLUDE (rating) WHERE is_approved;
-- Reviews that wait for moderation, oldest first.
CREATE INDEX reviews_moderation_idx ON public.reviews (created_at) WHERE NOT is_approved;
-- The review of an order; the foreign key.
CREATE INDEX reviews_order_id_idx ON public.reviews (order_id) WHERE order_id IS NOT NULL;
-- The reviews of a product; the foreign key.
CREATE INDEX reviews_product_id_idx ON public.reviews (product_id) WHERE product_id IS NOT NULL;
-- Incremental work: what changed since the watermark.
CREATE INDEX reviews_updated_at_idx ON public.reviews (updated_at);
-- The photos of a review in order; the foreign key.
CREATE INDEX review_images_review_id_idx ON public.review_images (review_id, display_order);
-- Where an image is shown; the foreign key.
CREATE INDEX review_images_image_id_idx ON public.review_images (image_id);

-- Chat.
-- A customer's inbox, last activity first; the foreign key.
CREATE INDEX chat_conversations_customer_id_idx ON public.chat_conversations (customer_id, last_message_at DESC);
-- A seller's inbox, last activity first; the foreign key.
CREATE INDEX chat_conversations_seller_id_idx ON public.chat_conversations (seller_id, last_message_at DESC);
-- Inquiries about a product; the foreign key.
CREATE INDEX chat_conversations_product_id_idx ON public.chat_conversations (product_id) WHERE product_id IS NOT NULL;
-- A conversation in order; the foreign key.
CREATE INDEX messages_conversation_id_idx ON public.messages (conversation_id, created_at);
-- Unread messages of a conversation that the other side sent.
CREATE INDEX messages_unread_idx ON public.messages (conversation_id, sender_id) WHERE NOT is_read;
-- What a user wrote; the foreign key.
CREATE INDEX messages_sender_id_idx ON public.messages (sender_id);

-- Favorites, audit trail, notifications.
-- How many saved a product; the foreign key (a customer's list is the unique key's).
CREATE INDEX favorites_product_id_idx ON public.favorites (product_id);
-- What an administrator did, newest first; the foreign key.
CREATE INDEX admin_activity_log_admin_id_idx ON public.admin_activity_log (admin_id, created_at DESC);
-- What was done to one user, product or store.
CREATE INDEX admin_activity_log_entity_idx ON public.admin_activity_log (entity_type, entity_id);
-- The audit trail of a window.
CREATE INDEX admin_activity_log_created_at_idx ON public.admin_activity_log (created_at);
-- A user's notifications, newest first; the foreign key.
CREATE INDEX notifications_user_id_idx ON public.notifications (user_id, created_at DESC);
-- The number beside the bell.
CREATE INDEX notifications_unread_idx ON public.notifications (user_id) WHERE NOT is_read;
