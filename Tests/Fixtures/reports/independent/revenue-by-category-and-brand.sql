-- Item by item from the products, price times quantity in place of the stored subtotals; one list for each of the two
-- times.
WITH items AS (
    SELECT
        c.category_id, c.category_name, c.parent_category_id, b.brand_name, o.currency, o.order_id, i.quantity,
        i.product_price * i.quantity AS value, (o.created_at + interval '5 hours')::date AS day
    FROM brands AS b
    JOIN products AS p ON p.brand_id = b.brand_id
    JOIN product_categories AS c ON c.category_id = p.category_id
    RIGHT JOIN order_items AS i ON i.product_id = p.product_id
    JOIN orders AS o ON o.order_id = i.order_id
    WHERE o.order_status = 'DELIVERED'
), sums AS (
    SELECT
        i.category_id, i.category_name, i.parent_category_id, i.brand_name, i.currency,
        (
            SELECT count(*) FROM (
                SELECT DISTINCT j.order_id FROM items AS j
                WHERE j.category_id IS NOT DISTINCT FROM i.category_id
                    AND j.brand_name IS NOT DISTINCT FROM i.brand_name AND j.currency = i.currency
                    AND j.day BETWEEN '2026-04-01' AND '2026-06-30'
            ) AS d
        ) AS orders,
        sum(CASE WHEN i.day >= '2026-04-01' THEN i.quantity ELSE 0 END) AS pieces,
        sum(CASE WHEN i.day >= '2026-04-01' THEN i.value ELSE 0 END) AS value,
        sum(CASE WHEN i.day < '2026-04-01' THEN i.quantity ELSE 0 END) AS pieces_before,
        sum(CASE WHEN i.day < '2026-04-01' THEN i.value ELSE 0 END) AS value_before
    FROM items AS i
    WHERE i.day BETWEEN '2025-12-31' AND '2026-06-30'
    GROUP BY i.category_id, i.category_name, i.parent_category_id, i.brand_name, i.currency
)
SELECT
    CASE
        WHEN s.parent_category_id IS NULL THEN s.category_name
        ELSE (SELECT t.category_name FROM product_categories AS t WHERE t.category_id = s.parent_category_id)
    END AS parent_category,
    CASE WHEN s.parent_category_id IS NOT NULL THEN s.category_name END AS category, s.category_id,
    s.brand_name AS brand, s.currency, s.orders, s.pieces, s.value,
    CASE WHEN s.pieces > 0 THEN round(s.value / s.pieces, 2) END AS average_price,
    round(s.value * 100 / (SELECT sum(a.value) FROM sums AS a WHERE a.currency = s.currency), 2) AS share_percent,
    s.pieces_before, s.value_before, s.value - s.value_before AS change,
    CASE WHEN s.value_before > 0 THEN round((s.value / s.value_before - 1) * 100, 2) END AS change_percent
FROM sums AS s;
