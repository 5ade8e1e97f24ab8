-- Reviews, favorites, conversations and pictures, planned before anything is filled: stores carry the figures of their
-- reviews, products the number of those who saved them.
CREATE UNLOGGED TABLE plan_reviews AS
WITH written AS (
    SELECT
        o.n, o.customer_id, o.store_id, o.product_1 AS product_id,
        o.delivered_at + seconds(40000 + pick(121, o.n, 1700000)) AS created_at,
        o.n::bigint AS key
    FROM plan_orders AS o
    WHERE o.delivered AND pick(122, o.n, 100) < 48
    UNION ALL
    -- Some review a store without an order.
    SELECT
        NULL, o.customer_id, o.store_id, NULL, o.created_at + seconds(pick(121, o.n, 90000)), o.n + 2000000000::bigint
    FROM plan_orders AS o
    WHERE pick(123, o.n, 120) = 0
),
scored AS (
    SELECT
        w.n, w.customer_id, w.store_id, w.product_id, w.created_at, w.key,
        pick(124, w.key, 100) + (s.quality - 50) * 3 / 10 AS score
    FROM written AS w
    JOIN plan_stores AS s ON s.store_id = w.store_id
    WHERE w.created_at < day_end()
)
SELECT
    row_number() OVER (ORDER BY scored.key)::integer AS review_id,
    scored.n, scored.customer_id, scored.store_id, scored.product_id, scored.created_at, scored.key,
    CASE
        WHEN scored.score >= 45 THEN 5.0 WHEN scored.score >= 30 THEN 4.5 WHEN scored.score >= 18 THEN 4.0
        WHEN scored.score >= 10 THEN 3.5 WHEN scored.score >= 4 THEN 3.0 WHEN scored.score >= 0 THEN 2.5
        WHEN scored.score >= -5 THEN 2.0 WHEN scored.score >= -9 THEN 1.5 ELSE 1.0
    END::numeric(2,1) AS rating,
    pick(125, scored.key, 100) >= 4 AS is_approved
FROM scored;
ANALYZE plan_reviews;

-- Every second customer saves a product, every fifth a second one: odd numbers first, even ones next, so never twice.
CREATE UNLOGGED TABLE plan_favorites AS
SELECT
    row_number() OVER (ORDER BY c.customer_id, slot.no)::integer AS favorite_id,
    c.customer_id,
    (CASE slot.no WHEN 1 THEN 1 + 2 * pick(131, c.customer_id, (shelf.bound + 1) / 2)
        ELSE 2 + 2 * pick(132, c.customer_id, shelf.bound / 2) END)::integer AS product_id,
    least(c.created_at + seconds(600 + pick(133, c.customer_id, 4000000)), day_end() - seconds(1 + slot.no))
        AS created_at
FROM plan_customers AS c
CROSS JOIN size
CROSS JOIN LATERAL (
    SELECT size.sellable * 3 / 10 + (size.sellable - size.sellable * 3 / 10) * (c.born - 1)::bigint / size.orders
        AS bound
) AS shelf
JOIN (VALUES (1, 50), (2, 20)) AS slot (no, percent) ON pick(134 + slot.no, c.customer_id, 100) < slot.percent;
ANALYZE plan_favorites;

-- A customer asks a seller about a product: one conversation a customer, so none is asked about twice.
CREATE UNLOGGED TABLE plan_conversations AS
SELECT
    row_number() OVER (ORDER BY asked.customer_id)::integer AS conversation_id,
    asked.customer_id, asked.user_id,
    1 + (asked.product_id - 1) % asked.stores AS seller_id,
    CASE WHEN pick(141, asked.customer_id, 12) > 0 THEN asked.product_id END AS product_id,
    asked.created_at,
    2 + pick(142, asked.customer_id, 5)::integer AS messages,
    60 + pick(143, asked.customer_id, 5000)::integer AS pace
FROM (
    SELECT
        c.customer_id, c.user_id, size.stores,
        (1 + pick(144, c.customer_id, size.sellable * 3 / 10
            + (size.sellable - size.sellable * 3 / 10) * (c.born - 1)::bigint / size.orders))::integer AS product_id,
        least(c.created_at + seconds(900 + pick(145, c.customer_id, 2000000)), day_end() - interval '12 hours')
            AS created_at
    FROM plan_customers AS c, size
    WHERE NOT c.is_guest AND pick(146, c.customer_id, 100) < 33
) AS asked;
ANALYZE plan_conversations;

-- Pictures: two to four a product, and one with every sixteenth review.
CREATE UNLOGGED TABLE plan_images AS
SELECT
    row_number() OVER (ORDER BY picture.kind, picture.owner_id, picture.no)::integer AS image_id, picture.*
FROM (
    SELECT
        1 AS kind, p.product_id AS owner_id, no::integer AS no, size.administrators + p.store_id::integer AS user_id,
        p.product_name AS caption, p.created_at + seconds(no * 20) AS created_at
    FROM plan_products AS p, size, generate_series(1, 2 + pick(161, p.product_id, 3)) AS no
    UNION ALL
    SELECT
        2, r.review_id, 1, size.administrators + size.sellers + r.customer_id, 'Photo by a customer', r.created_at
    FROM plan_reviews AS r, size
    WHERE r.n IS NOT NULL AND pick(162, r.key, 16) = 0
) AS picture;
ANALYZE plan_images;
