-- Reviews, chat, favorites, the audit trail and notifications (schema document, sections 6.3, 9, 10 and 11).

-- 9.1. One review an order and customer; reviews without an order are not bound by it (NULL differs from NULL here).
CREATE TABLE public.reviews (
    review_id            SERIAL,
    store_id             INTEGER NOT NULL,
    customer_id          INTEGER NOT NULL,
    order_id             INTEGER,
    product_id           INTEGER,
    rating               DECIMAL(2,1) NOT NULL,
    title                VARCHAR(255),
    description          TEXT,
    helpful_count        INTEGER NOT NULL DEFAULT 0,
    not_helpful_count    INTEGER NOT NULL DEFAULT 0,
    is_verified_purchase BOOLEAN NOT NULL DEFAULT FALSE,
    is_approved          BOOLEAN NOT NULL DEFAULT TRUE,
    is_featured          BOOLEAN NOT NULL DEFAULT FALSE,
    created_at           TIMESTAMP NOT NULL DEFAULT (now() AT TIME ZONE 'UTC'),
    updated_at           TIMESTAMP NOT NULL DEFAULT (now() AT TIME ZONE 'UTC'),
    CONSTRAINT reviews_pkey PRIMARY KEY (review_id),
    CONSTRAINT reviews_customer_id_order_id_key UNIQUE (customer_id, order_id),
    CONSTRAINT reviews_rating_check CHECK (rating BETWEEN 1.0 AND 5.0),
    CONSTRAINT reviews_helpful_count_check CHECK (helpful_count >= 0),
    CONSTRAINT reviews_not_helpful_count_check CHECK (not_helpful_count >= 0)
);

-- 6.3
CREATE TABLE public.review_images (
    review_image_id SERIAL,
    review_id       INTEGER NOT NULL,
    image_id        INTEGER NOT NULL,
    display_order   INTEGER NOT NULL DEFAULT 0,
    CONSTRAINT review_images_pkey PRIMARY KEY (review_image_id),
    CONSTRAINT review_images_display_order_check CHECK (display_order >= 0)
);

-- 10.1. One conversation a product inquiry, and one about no product (NULLS NOT DISTINCT).
CREATE TABLE public.chat_conversations (
    conversation_id SERIAL,
    customer_id     INTEGER NOT NULL,
    seller_id       INTEGER NOT NULL,
    product_id      INTEGER,
    status          VARCHAR(20) NOT NULL DEFAULT 'ACTIVE',
    last_message_at TIMESTAMP,
    created_at      TIMESTAMP NOT NULL DEFAULT (now() AT TIME ZONE 'UTC'),
    updated_at      TIMESTAMP NOT NULL DEFAULT (now() AT TIME ZONE 'UTC'),
    CONSTRAINT chat_conversations_pkey PRIMARY KEY (conversation_id),
    CONSTRAINT chat_conversations_inquiry_key UNIQUE NULLS NOT DISTINCT (customer_id, seller_id, product_id),
    CONSTRAINT chat_conversations_status_check CHECK (status IN ('ACTIVE', 'CLOSED', 'ARCHIVED'))
);

-- 10.2. A message says something or shows something.
CREATE TABLE public.messages (
    message_id      SERIAL,
    conversation_id INTEGER NOT NULL,
    sender_id       INTEGER NOT NULL,
    message_text    TEXT,
    message_type    VARCHAR(20) NOT NULL DEFAULT 'TEXT',
    attachment_url  VARCHAR(500),
    is_read         BOOLEAN NOT NULL DEFAULT FALSE,
    read_at         TIMESTAMP,
    created_at      TIMESTAMP NOT NULL DEFAULT (now() AT TIME ZONE 'UTC'),
    CONSTRAINT messages_pkey PRIMARY KEY (message_id),
    CONSTRAINT messages_message_type_check CHECK (message_type IN ('TEXT', 'IMAGE', 'SYSTEM')),
    CONSTRAINT messages_content_check CHECK (message_text IS NOT NULL OR attachment_url IS NOT NULL)
);

-- 11.1
CREATE TABLE public.favorites (
    favorite_id SERIAL,
    customer_id INTEGER NOT NULL,
    product_id  INTEGER NOT NULL,
    created_at  TIMESTAMP NOT NULL DEFAULT (now() AT TIME ZONE 'UTC'),
    CONSTRAINT favorites_pkey PRIMARY KEY (favorite_id),
    CONSTRAINT favorites_customer_id_product_id_key UNIQUE (customer_id, product_id)
);

-- 11.2. An action on many rows at once names the kind and no single id.
CREATE TABLE public.admin_activity_log (
    log_id      SERIAL,
    admin_id    INTEGER NOT NULL,
    action_type VARCHAR(50) NOT NULL,
    entity_type VARCHAR(50) NOT NULL,
    entity_id   INTEGER,
    description TEXT,
    ip_address  INET,
    user_agent  TEXT,
    created_at  TIMESTAMP NOT NULL DEFAULT (now() AT TIME ZONE 'UTC'),
    CONSTRAINT admin_activity_log_pkey PRIMARY KEY (log_id)
);

-- 11.3
CREATE TABLE public.notifications (
    notification_id   SERIAL,
    user_id           INTEGER NOT NULL,
    notification_type VARCHAR(50) NOT NULL,
    title             VARCHAR(255) NOT NULL,
    message           TEXT NOT NULL,
    link_url          VARCHAR(500),
    is_read           BOOLEAN NOT NULL DEFAULT FALSE,
    read_at           TIMESTAMP,
    created_at        TIMESTAMP NOT NULL DEFAULT (now() AT TIME ZONE 'UTC'),
    CONSTRAINT notifications_pkey PRIMARY KEY (notification_id)
);
