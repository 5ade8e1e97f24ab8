-- Users, their roles as customers, sellers and administrators, and their addresses (schema document, sections 2 and 3).
-- Foreign keys are m006_foreign_keys.sql: between the two a distributed database distributes its tables.
-- Every moment of the shop is UTC in a `timestamp`; an enumeration is a CHECK on a VARCHAR, as the document says.

-- 2.1. One row an account, guests included. E-mail is unique whatever its case: users_email_lower_key.
CREATE TABLE public.users (
    user_id        SERIAL,
    email          VARCHAR(255) NOT NULL,
    password_hash  VARCHAR(255) NOT NULL,
    first_name     VARCHAR(100) NOT NULL,
    last_name      VARCHAR(100) NOT NULL,
    contact_number VARCHAR(20),
    role           VARCHAR(20) NOT NULL,
    is_active      BOOLEAN NOT NULL DEFAULT TRUE,
    is_verified    BOOLEAN NOT NULL DEFAULT FALSE,
    created_at     TIMESTAMP NOT NULL DEFAULT (now() AT TIME ZONE 'UTC'),
    updated_at     TIMESTAMP NOT NULL DEFAULT (now() AT TIME ZONE 'UTC'),
    last_login     TIMESTAMP,
    CONSTRAINT users_pkey PRIMARY KEY (user_id),
    CONSTRAINT users_role_check CHECK (role IN ('CUSTOMER', 'SELLER', 'ADMIN'))
);

-- 2.2
CREATE TABLE public.customers (
    customer_id SERIAL,
    user_id     INTEGER NOT NULL,
    is_guest    BOOLEAN NOT NULL DEFAULT FALSE,
    created_at  TIMESTAMP NOT NULL DEFAULT (now() AT TIME ZONE 'UTC'),
    CONSTRAINT customers_pkey PRIMARY KEY (customer_id),
    CONSTRAINT customers_user_id_key UNIQUE (user_id)
);

-- 2.3
CREATE TABLE public.sellers (
    seller_id           SERIAL,
    user_id             INTEGER NOT NULL,
    cnic                VARCHAR(15) NOT NULL,
    verification_status VARCHAR(20) NOT NULL DEFAULT 'PENDING',
    verification_date   TIMESTAMP,
    created_at          TIMESTAMP NOT NULL DEFAULT (now() AT TIME ZONE 'UTC'),
    CONSTRAINT sellers_pkey PRIMARY KEY (seller_id),
    CONSTRAINT sellers_user_id_key UNIQUE (user_id),
    CONSTRAINT sellers_cnic_key UNIQUE (cnic),
    CONSTRAINT sellers_verification_status_check CHECK (verification_status IN ('PENDING', 'VERIFIED', 'REJECTED'))
);

-- 2.4
CREATE TABLE public.administrators (
    admin_id     SERIAL,
    user_id      INTEGER NOT NULL,
    access_level VARCHAR(20) NOT NULL DEFAULT 'STANDARD',
    created_at   TIMESTAMP NOT NULL DEFAULT (now() AT TIME ZONE 'UTC'),
    CONSTRAINT administrators_pkey PRIMARY KEY (admin_id),
    CONSTRAINT administrators_user_id_key UNIQUE (user_id),
    CONSTRAINT administrators_access_level_check CHECK (access_level IN ('STANDARD', 'SUPER'))
);

-- 3.1. At most one default address a user: addresses_one_default_key.
CREATE TABLE public.addresses (
    address_id     SERIAL,
    user_id        INTEGER NOT NULL,
    address_type   VARCHAR(20) NOT NULL,
    address_line1  VARCHAR(255) NOT NULL,
    address_line2  VARCHAR(255),
    city           VARCHAR(100) NOT NULL,
    state_province VARCHAR(100),
    postal_code    VARCHAR(20),
    country        VARCHAR(100) NOT NULL DEFAULT 'Pakistan',
    is_default     BOOLEAN NOT NULL DEFAULT FALSE,
    created_at     TIMESTAMP NOT NULL DEFAULT (now() AT TIME ZONE 'UTC'),
    updated_at     TIMESTAMP NOT NULL DEFAULT (now() AT TIME ZONE 'UTC'),
    CONSTRAINT addresses_pkey PRIMARY KEY (address_id),
    CONSTRAINT addresses_address_type_check CHECK (address_type IN ('SHIPPING', 'BILLING', 'BOTH'))
);
