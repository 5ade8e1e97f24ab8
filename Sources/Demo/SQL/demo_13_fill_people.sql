-- Accounts, addresses. Passwords are Django's unusable kind (`!`): nobody can log in to a generated marketplace. E-mail
-- addresses are of the domains reserved for examples.
CREATE UNLOGGED TABLE plan_users AS
SELECT
    u.user_id::integer AS user_id, u.role, u.created_at, u.is_guest,
    choose(171, u.user_id, given_names()) AS first_name,
    choose(172, u.user_id, family_names()) AS last_name
FROM (
    SELECT a.id AS user_id, 'ADMIN' AS role, business_moment(first_day() - 1000, 36000) + seconds(a.id * 86400)
        AS created_at,
        FALSE AS is_guest
    FROM size, generate_series(1, size.administrators) AS a (id)
    UNION ALL
    SELECT size.administrators + s.id, 'SELLER',
        coalesce(st.created_at - seconds(90000 + pick(173, s.id, 500000)),
            business_moment(:'anchor'::date - 30, 36000) + seconds(pick(173, s.id, 2400000))), FALSE
    FROM size
    CROSS JOIN LATERAL generate_series(1, size.sellers) AS s (id)
    LEFT JOIN plan_stores AS st ON st.store_id = s.id
    UNION ALL
    SELECT c.user_id, 'CUSTOMER', c.created_at, c.is_guest FROM plan_customers AS c
) AS u;

INSERT INTO public.users (
    user_id, email, password_hash, first_name, last_name, contact_number, role, is_active, is_verified, created_at,
    updated_at, last_login)
SELECT
    u.user_id,
    CASE WHEN u.first_name ~ '^[A-Za-z]+$' THEN lower(u.first_name) ELSE 'user' END || u.user_id || '@'
        || CASE u.role WHEN 'ADMIN' THEN 'mainspring.example'
            ELSE (ARRAY['example.com', 'example.net', 'example.org'])[1 + pick(174, u.user_id, 3)::integer] END,
    '!' || md5('unusable ' || u.user_id),
    u.first_name, u.last_name,
    '+923' || lpad(pick(175, u.user_id, 50)::text, 2, '0') || lpad(pick(176, u.user_id, 10000000)::text, 7, '0'),
    u.role,
    u.role = 'ADMIN' OR pick(177, u.user_id, 100) < 98,
    NOT u.is_guest AND (u.role <> 'CUSTOMER' OR pick(178, u.user_id, 100) < 83),
    u.created_at,
    seen.at,
    CASE WHEN NOT u.is_guest AND pick(179, u.user_id, 10) > 0 THEN seen.at END
FROM plan_users AS u
CROSS JOIN LATERAL (
    SELECT least(u.created_at + seconds(pick(180, u.user_id, 9000000)), day_end() - seconds(1)) AS at
) AS seen
ORDER BY u.user_id;

INSERT INTO public.administrators (admin_id, user_id, access_level, created_at)
SELECT u.user_id, u.user_id, CASE WHEN u.user_id <= 2 THEN 'SUPER' ELSE 'STANDARD' END, u.created_at
FROM plan_users AS u WHERE u.role = 'ADMIN' ORDER BY u.user_id;

-- The first sellers have stores and are verified; the last ones wait, or were turned down.
INSERT INTO public.sellers (seller_id, user_id, cnic, verification_status, verification_date, created_at)
SELECT
    seller.id, u.user_id,
    home.cnic || '-' || lpad(((seller.id * 7919 + pick(181, 1, 9000000)) % 10000000)::text, 7, '0') || '-'
        || pick(182, seller.id, 10),
    state.status,
    CASE WHEN state.status <> 'PENDING' THEN u.created_at + seconds(20000 + pick(183, seller.id, 60000)) END,
    u.created_at
FROM plan_users AS u
CROSS JOIN size
CROSS JOIN LATERAL (SELECT u.user_id - size.administrators AS id) AS seller
CROSS JOIN LATERAL (
    SELECT CASE WHEN seller.id <= size.stores THEN 'VERIFIED' WHEN seller.id % 3 = 0 THEN 'REJECTED' ELSE 'PENDING' END
        AS status
) AS state
JOIN city_slots AS home ON home.slot = pick(184, u.user_id, 100)
WHERE u.role = 'SELLER'
ORDER BY seller.id;

INSERT INTO public.customers (customer_id, user_id, is_guest, created_at)
SELECT c.customer_id, c.user_id, c.is_guest, c.created_at FROM plan_customers AS c ORDER BY c.customer_id;

-- Address ids: sellers' first, then one a customer, then a second one of every third customer.
INSERT INTO public.addresses (
    address_id, user_id, address_type, address_line1, address_line2, city, state_province, postal_code, country,
    is_default, created_at, updated_at)
SELECT
    a.address_id, a.user_id, a.address_type,
    CASE WHEN a.address_id % 2 = 0 THEN 'House ' || 1 + pick(185, a.address_id, 400)
        ELSE 'Flat ' || 1 + pick(185, a.address_id, 40) || ', Block '
            || chr(65 + pick(186, a.address_id, 8)::integer) END
        || ', ' || choose(187, a.address_id, streets()),
    CASE WHEN pick(188, a.address_id, 3) > 0 THEN choose(189, a.address_id, areas()) END,
    home.city, home.province, home.postal || lpad(pick(190, a.address_id, 900)::text, 3, '0'), 'Pakistan',
    a.is_default, a.created_at, a.created_at
FROM (
    SELECT s.id AS address_id, u.user_id, 'BILLING' AS address_type, TRUE AS is_default, u.created_at
    FROM size, plan_users AS u CROSS JOIN LATERAL (SELECT u.user_id - size.administrators AS id) AS s
    WHERE u.role = 'SELLER'
    UNION ALL
    SELECT size.sellers + c.customer_id, c.user_id, 'BOTH', TRUE, c.created_at FROM size, plan_customers AS c
    UNION ALL
    SELECT size.sellers + size.customers + c.customer_id / 3, c.user_id, 'SHIPPING', FALSE, c.created_at
    FROM size, plan_customers AS c WHERE c.customer_id % 3 = 0
) AS a
JOIN city_slots AS home ON home.slot = pick(184, a.user_id + CASE WHEN a.is_default THEN 0 ELSE 1000000000 END, 100)
ORDER BY a.address_id;
