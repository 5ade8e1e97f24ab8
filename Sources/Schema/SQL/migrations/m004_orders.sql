-- Orders, their items, and payments (schema document, sections 7 and 8).
-- That a subtotal equals the sum of the items is no CHECK: stored history that breaks it is a break for reconciliation
-- to find, and a constraint would only hide it (docs/semantics.md).

-- 7.1
CREATE TABLE public.orders (
    order_id               SERIAL,
    order_number           VARCHAR(50) NOT NULL,
    customer_id            INTEGER NOT NULL,
    store_id               INTEGER NOT NULL,
    order_status           VARCHAR(20) NOT NULL DEFAULT 'PENDING',
    subtotal               DECIMAL(12,2) NOT NULL,
    advance_payment        BOOLEAN NOT NULL DEFAULT FALSE,
    advance_amount         DECIMAL(12,2),
    tax_amount             DECIMAL(12,2) NOT NULL DEFAULT 0.00,
    shipping_cost          DECIMAL(12,2) NOT NULL DEFAULT 0.00,
    total_amount           DECIMAL(12,2) NOT NULL,
    currency               VARCHAR(3) NOT NULL DEFAULT 'PKR',
    shipping_address_id    INTEGER NOT NULL,
    billing_address_id     INTEGER,
    tracking_number        VARCHAR(100),
    carrier                VARCHAR(100),
    expected_delivery_date DATE,
    actual_delivery_date   DATE,
    customer_notes         TEXT,
    admin_notes            TEXT,
    created_at             TIMESTAMP NOT NULL DEFAULT (now() AT TIME ZONE 'UTC'),
    updated_at             TIMESTAMP NOT NULL DEFAULT (now() AT TIME ZONE 'UTC'),
    CONSTRAINT orders_pkey PRIMARY KEY (order_id),
    CONSTRAINT orders_order_number_key UNIQUE (order_number),
    CONSTRAINT orders_order_status_check CHECK (
        order_status IN ('PENDING', 'CONFIRMED', 'PROCESSING', 'SHIPPED', 'DELIVERED', 'CANCELLED', 'REFUNDED')),
    CONSTRAINT orders_subtotal_check CHECK (subtotal >= 0),
    CONSTRAINT orders_advance_amount_check CHECK (advance_amount >= 0),
    CONSTRAINT orders_advance_payment_check CHECK (NOT advance_payment OR advance_amount IS NOT NULL),
    CONSTRAINT orders_tax_amount_check CHECK (tax_amount >= 0),
    CONSTRAINT orders_shipping_cost_check CHECK (shipping_cost >= 0),
    CONSTRAINT orders_total_amount_check CHECK (total_amount >= 0),
    CONSTRAINT orders_currency_check CHECK (currency ~ '^[A-Z]{3}$')
);

-- 7.2. Name and price are the snapshot of the moment of purchase: a product may go, and its history stays right (13.2).
CREATE TABLE public.order_items (
    order_item_id SERIAL,
    order_id      INTEGER NOT NULL,
    product_id    INTEGER,
    product_name  VARCHAR(255) NOT NULL,
    product_price DECIMAL(12,2) NOT NULL,
    quantity      INTEGER NOT NULL DEFAULT 1,
    subtotal      DECIMAL(12,2) NOT NULL,
    created_at    TIMESTAMP NOT NULL DEFAULT (now() AT TIME ZONE 'UTC'),
    CONSTRAINT order_items_pkey PRIMARY KEY (order_item_id),
    CONSTRAINT order_items_product_price_check CHECK (product_price >= 0),
    CONSTRAINT order_items_quantity_check CHECK (quantity >= 1),
    CONSTRAINT order_items_subtotal_check CHECK (subtotal >= 0)
);

-- 8.1
CREATE TABLE public.payment_methods (
    payment_method_id  SERIAL,
    method_name        VARCHAR(50) NOT NULL,
    method_description TEXT,
    is_active          BOOLEAN NOT NULL DEFAULT TRUE,
    CONSTRAINT payment_methods_pkey PRIMARY KEY (payment_method_id),
    CONSTRAINT payment_methods_method_name_key UNIQUE (method_name)
);

-- 8.2
CREATE TABLE public.payments (
    payment_id           SERIAL,
    order_id             INTEGER NOT NULL,
    payment_method_id    INTEGER NOT NULL,
    payment_tier         VARCHAR(20) NOT NULL DEFAULT 'STANDARD',
    payment_status       VARCHAR(20) NOT NULL DEFAULT 'PENDING',
    amount               DECIMAL(12,2) NOT NULL,
    currency             VARCHAR(3) NOT NULL DEFAULT 'PKR',
    transaction_id       VARCHAR(255),
    payment_gateway      VARCHAR(50),
    gateway_response     JSONB,
    payment_initiated_at TIMESTAMP,
    payment_completed_at TIMESTAMP,
    created_at           TIMESTAMP NOT NULL DEFAULT (now() AT TIME ZONE 'UTC'),
    updated_at           TIMESTAMP NOT NULL DEFAULT (now() AT TIME ZONE 'UTC'),
    CONSTRAINT payments_pkey PRIMARY KEY (payment_id),
    CONSTRAINT payments_transaction_id_key UNIQUE (transaction_id),
    CONSTRAINT payments_payment_tier_check CHECK (payment_tier IN ('STANDARD', 'EXPRESS', 'PREMIUM')),
    CONSTRAINT payments_payment_status_check CHECK (
        payment_status IN ('PENDING', 'PROCESSING', 'COMPLETED', 'FAILED', 'REFUNDED', 'CANCELLED')),
    CONSTRAINT payments_amount_check CHECK (amount >= 0),
    CONSTRAINT payments_currency_check CHECK (currency ~ '^[A-Z]{3}$')
);
