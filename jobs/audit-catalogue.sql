/*
about: Products, stores and sellers that contradict each other. It only reports.
*/
-- What the shop's own write paths keep true (docs/semantics.md), looked at in the data: counters, who may sell, what is
-- shown. Nothing here is money.

-- name: difference
WITH favourites AS (
    SELECT f.product_id, count(*) AS favourites
    FROM favorites AS f
    GROUP BY f.product_id
),
pictures AS (
    SELECT i.product_id, count(*) AS pictures
    FROM product_images AS i
    GROUP BY i.product_id
),
products_seen AS (
    SELECT
        p.product_id,
        p.seller_id,
        p.status,
        p.approval_status,
        p.price,
        p.original_price,
        p.favorite_count,
        coalesce(f.favourites, 0) AS favourites,
        coalesce(i.pictures, 0) AS pictures,
        s.seller_id AS store_seller_id,
        l.verification_status,
        p.status = 'ACTIVE' AND p.approval_status = 'APPROVED' AS is_visible
    FROM products AS p
    JOIN stores AS s ON s.store_id = p.store_id
    JOIN sellers AS l ON l.seller_id = p.seller_id
    LEFT JOIN favourites AS f ON f.product_id = p.product_id
    LEFT JOIN pictures AS i ON i.product_id = p.product_id
),
findings AS (
    SELECT
        'product' AS kind,
        p.product_id AS id,
        'product.favorite_count' AS finding,
        jsonb_build_object('favorite_count', p.favorite_count::text) AS before,
        jsonb_build_object('favorite_count', p.favourites::text) AS after
    FROM products_seen AS p
    WHERE p.favorite_count <> p.favourites
    UNION ALL
    SELECT
        'product', p.product_id, 'product.seller', jsonb_build_object('seller_id', p.seller_id::text),
        jsonb_build_object('seller_id', p.store_seller_id::text)
    FROM products_seen AS p
    WHERE p.seller_id <> p.store_seller_id
    UNION ALL
    SELECT
        'product', p.product_id, 'product.unverified_seller',
        jsonb_build_object('status', p.status, 'verification_status', p.verification_status), '{}'::jsonb
    FROM products_seen AS p
    WHERE p.is_visible AND p.verification_status <> 'VERIFIED'
    UNION ALL
    SELECT
        'product', p.product_id, 'product.unapproved',
        jsonb_build_object('status', p.status, 'approval_status', p.approval_status), '{}'::jsonb
    FROM products_seen AS p
    WHERE p.status = 'ACTIVE' AND p.approval_status <> 'APPROVED'
    UNION ALL
    SELECT
        'product', p.product_id, 'product.no_picture', jsonb_build_object('pictures', '0'), '{}'::jsonb
    FROM products_seen AS p
    WHERE p.is_visible AND p.pictures = 0
    UNION ALL
    SELECT
        'product', p.product_id, 'product.free', jsonb_build_object('price', p.price::text), '{}'::jsonb
    FROM products_seen AS p
    WHERE p.is_visible AND p.price <= 0
    UNION ALL
    SELECT
        'product', p.product_id, 'product.dearer_than_before',
        jsonb_build_object('price', p.price::text, 'original_price', p.original_price::text), '{}'::jsonb
    FROM products_seen AS p
    WHERE p.is_visible AND p.original_price < p.price
    UNION ALL
    SELECT
        'store', s.store_id, 'store.unverified_seller',
        jsonb_build_object('is_active', s.is_active::text, 'verification_status', l.verification_status), '{}'::jsonb
    FROM stores AS s
    JOIN sellers AS l ON l.seller_id = s.seller_id
    WHERE s.is_active AND l.verification_status <> 'VERIFIED'
)
SELECT f.kind || ':' || f.id AS entity, f.finding, false AS applies, f.before, f.after
FROM findings AS f
ORDER BY f.kind, f.id, f.finding;
