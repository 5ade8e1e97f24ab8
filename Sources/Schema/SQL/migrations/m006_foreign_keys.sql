-- Foreign keys, one ALTER each, apart from the tables: between the two a distributed database distributes its tables.
-- Delete rules (docs/semantics.md): RESTRICT wherever history hangs on the row; CASCADE only from a parent to rows that
-- mean nothing without it; deactivation is `is_active`.

-- Accounts: an account is deactivated (users.is_active), never deleted while anything of it is left.
ALTER TABLE public.customers ADD CONSTRAINT customers_user_id_fkey
    FOREIGN KEY (user_id) REFERENCES public.users (user_id) ON DELETE RESTRICT;
ALTER TABLE public.sellers ADD CONSTRAINT sellers_user_id_fkey
    FOREIGN KEY (user_id) REFERENCES public.users (user_id) ON DELETE RESTRICT;
ALTER TABLE public.administrators ADD CONSTRAINT administrators_user_id_fkey
    FOREIGN KEY (user_id) REFERENCES public.users (user_id) ON DELETE RESTRICT;
ALTER TABLE public.addresses ADD CONSTRAINT addresses_user_id_fkey
    FOREIGN KEY (user_id) REFERENCES public.users (user_id) ON DELETE RESTRICT;

-- Stores and the catalog.
ALTER TABLE public.stores ADD CONSTRAINT stores_seller_id_fkey
    FOREIGN KEY (seller_id) REFERENCES public.sellers (seller_id) ON DELETE RESTRICT;
ALTER TABLE public.product_categories ADD CONSTRAINT product_categories_parent_category_id_fkey
    FOREIGN KEY (parent_category_id) REFERENCES public.product_categories (category_id) ON DELETE RESTRICT;
ALTER TABLE public.products ADD CONSTRAINT products_seller_id_fkey
    FOREIGN KEY (seller_id) REFERENCES public.sellers (seller_id) ON DELETE RESTRICT;
ALTER TABLE public.products ADD CONSTRAINT products_store_id_fkey
    FOREIGN KEY (store_id) REFERENCES public.stores (store_id) ON DELETE RESTRICT;
ALTER TABLE public.products ADD CONSTRAINT products_brand_id_fkey
    FOREIGN KEY (brand_id) REFERENCES public.brands (brand_id) ON DELETE RESTRICT;
ALTER TABLE public.products ADD CONSTRAINT products_category_id_fkey
    FOREIGN KEY (category_id) REFERENCES public.product_categories (category_id) ON DELETE RESTRICT;
ALTER TABLE public.products ADD CONSTRAINT products_approved_by_fkey
    FOREIGN KEY (approved_by) REFERENCES public.administrators (admin_id) ON DELETE RESTRICT;

-- Images: a link means nothing without what it illustrates; an image that is shown somewhere stays.
ALTER TABLE public.images ADD CONSTRAINT images_uploaded_by_fkey
    FOREIGN KEY (uploaded_by) REFERENCES public.users (user_id) ON DELETE RESTRICT;
ALTER TABLE public.product_images ADD CONSTRAINT product_images_product_id_fkey
    FOREIGN KEY (product_id) REFERENCES public.products (product_id) ON DELETE CASCADE;
ALTER TABLE public.product_images ADD CONSTRAINT product_images_image_id_fkey
    FOREIGN KEY (image_id) REFERENCES public.images (image_id) ON DELETE RESTRICT;
ALTER TABLE public.review_images ADD CONSTRAINT review_images_review_id_fkey
    FOREIGN KEY (review_id) REFERENCES public.reviews (review_id) ON DELETE CASCADE;
ALTER TABLE public.review_images ADD CONSTRAINT review_images_image_id_fkey
    FOREIGN KEY (image_id) REFERENCES public.images (image_id) ON DELETE RESTRICT;

-- Orders and payments are history: nothing under them goes, and they go with nothing.
ALTER TABLE public.orders ADD CONSTRAINT orders_customer_id_fkey
    FOREIGN KEY (customer_id) REFERENCES public.customers (customer_id) ON DELETE RESTRICT;
ALTER TABLE public.orders ADD CONSTRAINT orders_store_id_fkey
    FOREIGN KEY (store_id) REFERENCES public.stores (store_id) ON DELETE RESTRICT;
ALTER TABLE public.orders ADD CONSTRAINT orders_shipping_address_id_fkey
    FOREIGN KEY (shipping_address_id) REFERENCES public.addresses (address_id) ON DELETE RESTRICT;
ALTER TABLE public.orders ADD CONSTRAINT orders_billing_address_id_fkey
    FOREIGN KEY (billing_address_id) REFERENCES public.addresses (address_id) ON DELETE RESTRICT;
ALTER TABLE public.order_items ADD CONSTRAINT order_items_order_id_fkey
    FOREIGN KEY (order_id) REFERENCES public.orders (order_id) ON DELETE RESTRICT;

-- The one SET NULL: an item carries the snapshot of its product, so the product may go.
ALTER TABLE public.order_items ADD CONSTRAINT order_items_product_id_fkey
    FOREIGN KEY (product_id) REFERENCES public.products (product_id) ON DELETE SET NULL;
ALTER TABLE public.payments ADD CONSTRAINT payments_order_id_fkey
    FOREIGN KEY (order_id) REFERENCES public.orders (order_id) ON DELETE RESTRICT;
ALTER TABLE public.payments ADD CONSTRAINT payments_payment_method_id_fkey
    FOREIGN KEY (payment_method_id) REFERENCES public.payment_methods (payment_method_id) ON DELETE RESTRICT;

-- Reviews, chat, favorites.
ALTER TABLE public.reviews ADD CONSTRAINT reviews_store_id_fkey
    FOREIGN KEY (store_id) REFERENCES public.stores (store_id) ON DELETE RESTRICT;
ALTER TABLE public.reviews ADD CONSTRAINT reviews_customer_id_fkey
    FOREIGN KEY (customer_id) REFERENCES public.customers (customer_id) ON DELETE RESTRICT;
ALTER TABLE public.reviews ADD CONSTRAINT reviews_order_id_fkey
    FOREIGN KEY (order_id) REFERENCES public.orders (order_id) ON DELETE RESTRICT;
ALTER TABLE public.reviews ADD CONSTRAINT reviews_product_id_fkey
    FOREIGN KEY (product_id) REFERENCES public.products (product_id) ON DELETE RESTRICT;
ALTER TABLE public.chat_conversations ADD CONSTRAINT chat_conversations_customer_id_fkey
    FOREIGN KEY (customer_id) REFERENCES public.customers (customer_id) ON DELETE RESTRICT;
ALTER TABLE public.chat_conversations ADD CONSTRAINT chat_conversations_seller_id_fkey
    FOREIGN KEY (seller_id) REFERENCES public.sellers (seller_id) ON DELETE RESTRICT;
ALTER TABLE public.chat_conversations ADD CONSTRAINT chat_conversations_product_id_fkey
    FOREIGN KEY (product_id) REFERENCES public.products (product_id) ON DELETE RESTRICT;
ALTER TABLE public.messages ADD CONSTRAINT messages_conversation_id_fkey
    FOREIGN KEY (conversation_id) REFERENCES public.chat_conversations (conversation_id) ON DELETE CASCADE;
ALTER TABLE public.messages ADD CONSTRAINT messages_sender_id_fkey
    FOREIGN KEY (sender_id) REFERENCES public.users (user_id) ON DELETE RESTRICT;
ALTER TABLE public.favorites ADD CONSTRAINT favorites_customer_id_fkey
    FOREIGN KEY (customer_id) REFERENCES public.customers (customer_id) ON DELETE CASCADE;
ALTER TABLE public.favorites ADD CONSTRAINT favorites_product_id_fkey
    FOREIGN KEY (product_id) REFERENCES public.products (product_id) ON DELETE CASCADE;

-- The audit trail outlives what it speaks of; a notification is only its reader's.
ALTER TABLE public.admin_activity_log ADD CONSTRAINT admin_activity_log_admin_id_fkey
    FOREIGN KEY (admin_id) REFERENCES public.administrators (admin_id) ON DELETE RESTRICT;
ALTER TABLE public.notifications ADD CONSTRAINT notifications_user_id_fkey
    FOREIGN KEY (user_id) REFERENCES public.users (user_id) ON DELETE CASCADE;
