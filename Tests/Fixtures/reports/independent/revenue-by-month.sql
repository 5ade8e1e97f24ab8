-- The document's query of section 17.3, month by month of a calendar, over moments that were moved into business time.
WITH delivered AS (
    SELECT o.created_at + interval '5 hours' AS moment, o.currency, o.total_amount
    FROM orders AS o
    WHERE o.order_status = 'DELIVERED'
), months AS (
    SELECT c.month::date AS month, k.currency, r.orders, r.value
    FROM generate_series(:'from'::date - interval '1 month', :'to'::date, interval '1 month') AS c (month)
    CROSS JOIN (SELECT DISTINCT d.currency FROM delivered AS d) AS k
    CROSS JOIN LATERAL (
        SELECT count(*) AS orders, sum(d.total_amount) AS value
        FROM delivered AS d
        WHERE d.currency = k.currency AND to_char(d.moment, 'YYYY-MM') = to_char(c.month, 'YYYY-MM')
    ) AS r
), compared AS (
    -- Every month has its row here, so the row before is the month before.
    SELECT m.*, lag(m.value) OVER (PARTITION BY m.currency ORDER BY m.month) AS before
    FROM months AS m
)
SELECT
    c.month, c.currency, c.orders, c.value, round(c.value / c.orders, 2) AS average_order_value,
    c.value - c.before AS change, round((c.value / c.before - 1) * 100, 2) AS change_percent
FROM compared AS c
WHERE c.month >= :'from'::date AND c.orders > 0;
