-- Stores, categories, brands, products and images (schema document, sections 4, 5 and 6.1 to 6.2).

-- 4.1. The four metrics are derived: the nightly job and the write paths keep them (docs/semantics.md).
CREATE TABLE public.stores (
    store_id         SERIAL,
    seller_id        INTEGER NOT NULL,
    store_name       VARCHAR(255) NOT NULL,
    store_slug       VARCHAR(255) NOT NULL,
    store_bio        TEXT,
    store_logo_url   VARCHAR(500),
    store_banner_url VARCHAR(500),
    store_contact    VARCHAR(20),
    store_email      VARCHAR(255),
    store_rating     DECIMAL(3,2) NOT NULL DEFAULT 0.00,
    total_reviews    INTEGER NOT NULL DEFAULT 0,
    total_sales      DECIMAL(12,2) NOT NULL DEFAULT 0.00,
    total_orders     INTEGER NOT NULL DEFAULT 0,
    is_active        BOOLEAN NOT NULL DEFAULT TRUE,
    created_at       TIMESTAMP NOT NULL DEFAULT (now() AT TIME ZONE 'UTC'),
    updated_at       TIMESTAMP NOT NULL DEFAULT (now() AT TIME ZONE 'UTC'),
    CONSTRAINT stores_pkey PRIMARY KEY (store_id),
    CONSTRAINT stores_seller_id_key UNIQUE (seller_id),
    CONSTRAINT stores_store_name_key UNIQUE (store_name),
    CONSTRAINT stores_store_slug_key UNIQUE (store_slug),
    CONSTRAINT stores_store_rating_check CHECK (store_rating BETWEEN 0.00 AND 5.00),
    CONSTRAINT stores_total_reviews_check CHECK (total_reviews >= 0),
    CONSTRAINT stores_total_sales_check CHECK (total_sales >= 0),
    CONSTRAINT stores_total_orders_check CHECK (total_orders >= 0)
);

-- 5.1. A name once under its parent, the top level (no parent) included.
CREATE TABLE public.product_categories (
    category_id          SERIAL,
    category_name        VARCHAR(100) NOT NULL,
    category_description TEXT,
    parent_category_id   INTEGER,
    is_active            BOOLEAN NOT NULL DEFAULT TRUE,
    CONSTRAINT product_categories_pkey PRIMARY KEY (category_id),
    CONSTRAINT product_categories_name_key UNIQUE NULLS NOT DISTINCT (parent_category_id, category_name),
    CONSTRAINT product_categories_parent_check CHECK (parent_category_id <> category_id)
);

-- 5.2
CREATE TABLE public.brands (
    brand_id          SERIAL,
    brand_name        VARCHAR(100) NOT NULL,
    brand_description TEXT,
    brand_logo_url    VARCHAR(500),
    country_of_origin VARCHAR(100),
    CONSTRAINT brands_pkey PRIMARY KEY (brand_id),
    CONSTRAINT brands_brand_name_key UNIQUE (brand_name)
);

-- 5.3. The year's upper bound moves on with the calendar, so a row that was right stays right.
CREATE TABLE public.products (
    product_id        SERIAL,
    seller_id         INTEGER NOT NULL,
    store_id          INTEGER NOT NULL,
    brand_id          INTEGER NOT NULL,
    category_id       INTEGER NOT NULL,
    model_name        VARCHAR(255) NOT NULL,
    reference_number  VARCHAR(100),
    year_manufactured INTEGER,
    condition         VARCHAR(20) NOT NULL,
    has_box           BOOLEAN NOT NULL DEFAULT FALSE,
    has_papers        BOOLEAN NOT NULL DEFAULT FALSE,
    has_warranty      BOOLEAN NOT NULL DEFAULT FALSE,
    warranty_months   INTEGER,
    pieces            INTEGER NOT NULL DEFAULT 1,
    price             DECIMAL(12,2) NOT NULL,
    original_price    DECIMAL(12,2),
    currency          VARCHAR(3) NOT NULL DEFAULT 'PKR',
    status            VARCHAR(20) NOT NULL DEFAULT 'DRAFT',
    approval_status   VARCHAR(20) NOT NULL DEFAULT 'PENDING',
    approved_by       INTEGER,
    approved_at       TIMESTAMP,
    rejection_reason  TEXT,
    specifications    JSONB,
    description       TEXT,
    case_material     VARCHAR(100),
    movement_type     VARCHAR(100),
    case_diameter_mm  DECIMAL(5,2),
    water_resistance  VARCHAR(50),
    view_count        INTEGER NOT NULL DEFAULT 0,
    favorite_count    INTEGER NOT NULL DEFAULT 0,
    created_at        TIMESTAMP NOT NULL DEFAULT (now() AT TIME ZONE 'UTC'),
    updated_at        TIMESTAMP NOT NULL DEFAULT (now() AT TIME ZONE 'UTC'),
    CONSTRAINT products_pkey PRIMARY KEY (product_id),
    CONSTRAINT products_year_manufactured_check CHECK (
        year_manufactured BETWEEN 1800 AND EXTRACT(YEAR FROM now() AT TIME ZONE 'UTC') + 1),
    CONSTRAINT products_condition_check CHECK (
        condition IN ('NEW', 'LIKE_NEW', 'EXCELLENT', 'GOOD', 'FAIR', 'PARTS_ONLY')),
    CONSTRAINT products_warranty_months_check CHECK (warranty_months >= 0),
    CONSTRAINT products_pieces_check CHECK (pieces >= 0),
    CONSTRAINT products_price_check CHECK (price >= 0),
    CONSTRAINT products_original_price_check CHECK (original_price >= 0),
    CONSTRAINT products_currency_check CHECK (currency ~ '^[A-Z]{3}$'),
    CONSTRAINT products_status_check CHECK (status IN ('DRAFT', 'ACTIVE', 'SOLD', 'RESERVED', 'INACTIVE')),
    CONSTRAINT products_approval_status_check CHECK (
        approval_status IN ('PENDING', 'APPROVED', 'REJECTED', 'REQUIRES_CHANGES')),
    CONSTRAINT products_case_diameter_mm_check CHECK (case_diameter_mm >= 0),
    CONSTRAINT products_view_count_check CHECK (view_count >= 0),
    CONSTRAINT products_favorite_count_check CHECK (favorite_count >= 0)
);

-- 6.1. A URL once: adding an image gets the row or makes it (13.5).
CREATE TABLE public.images (
    image_id      SERIAL,
    image_url     VARCHAR(500) NOT NULL,
    thumbnail_url VARCHAR(500),
    alt_text      VARCHAR(255),
    image_order   INTEGER NOT NULL DEFAULT 0,
    uploaded_by   INTEGER NOT NULL,
    created_at    TIMESTAMP NOT NULL DEFAULT (now() AT TIME ZONE 'UTC'),
    CONSTRAINT images_pkey PRIMARY KEY (image_id),
    CONSTRAINT images_image_url_key UNIQUE (image_url),
    CONSTRAINT images_image_order_check CHECK (image_order >= 0)
);

-- 6.2. At most one primary image a product: product_images_one_primary_key.
CREATE TABLE public.product_images (
    product_image_id SERIAL,
    product_id       INTEGER NOT NULL,
    image_id         INTEGER NOT NULL,
    is_primary       BOOLEAN NOT NULL DEFAULT FALSE,
    display_order    INTEGER NOT NULL DEFAULT 0,
    CONSTRAINT product_images_pkey PRIMARY KEY (product_image_id),
    CONSTRAINT product_images_display_order_check CHECK (display_order >= 0)
);
