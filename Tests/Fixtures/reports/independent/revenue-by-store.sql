-- The quarter and the 91 days before it as two lists of their own, put side by side at the end.
WITH now AS (
    SELECT s.store_id, s.store_name, o.currency, count(*) AS orders, sum(o.total_amount) AS value
    FROM stores AS s, orders AS o
    WHERE o.store_id = s.store_id AND o.order_status = 'DELIVERED'
        AND (o.created_at + interval '5 hours')::date BETWEEN '2026-04-01' AND '2026-06-30'
    GROUP BY s.store_id, s.store_name, o.currency
), before AS (
    SELECT s.store_id, s.store_name, o.currency, count(*) AS orders, sum(o.total_amount) AS value
    FROM stores AS s, orders AS o
    WHERE o.store_id = s.store_id AND o.order_status = 'DELIVERED'
        AND (o.created_at + interval '5 hours')::date BETWEEN '2025-12-31' AND '2026-03-31'
    GROUP BY s.store_id, s.store_name, o.currency
)
SELECT
    coalesce(n.store_id, b.store_id) AS store_id, coalesce(n.store_name, b.store_name) AS store_name,
    coalesce(n.currency, b.currency) AS currency, coalesce(n.orders, 0) AS orders, coalesce(n.value, 0) AS value,
    round(n.value / n.orders, 2) AS average_order_value,
    round(coalesce(n.value, 0) * 100 / (
        SELECT sum(a.value) FROM now AS a WHERE a.currency = coalesce(n.currency, b.currency)
    ), 2) AS share_percent,
    coalesce(b.orders, 0) AS orders_before, coalesce(b.value, 0) AS value_before,
    coalesce(n.value, 0) - coalesce(b.value, 0) AS change,
    round((coalesce(n.value, 0) / b.value - 1) * 100, 2) AS change_percent
FROM now AS n
FULL JOIN before AS b ON b.store_id = n.store_id AND b.currency = n.currency;
