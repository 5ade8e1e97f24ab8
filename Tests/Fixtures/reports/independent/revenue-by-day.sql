-- A calendar of every day and currency, each day asked for by itself.
WITH calendar AS (
    SELECT c.day::date AS day, k.currency
    FROM generate_series(:'from'::date - 7, :'to'::date, interval '1 day') AS c (day)
    CROSS JOIN (VALUES ('PKR'), ('USD'), ('AED')) AS k (currency)
), days AS (
    SELECT
        c.day, c.currency,
        (
            SELECT count(*) FROM orders AS o
            WHERE o.order_status = 'DELIVERED' AND o.currency = c.currency
                AND o.created_at >= c.day - interval '5 hours' AND o.created_at < c.day + interval '19 hours'
        ) AS orders,
        (
            SELECT sum(o.total_amount) FROM orders AS o
            WHERE o.order_status = 'DELIVERED' AND o.currency = c.currency
                AND o.created_at >= c.day - interval '5 hours' AND o.created_at < c.day + interval '19 hours'
        ) AS value
    FROM calendar AS c
), compared AS (
    -- Every day is there, so the days before are one and seven rows up.
    SELECT
        d.*, lag(d.value, 1) OVER byday AS day_before, lag(d.value, 7) OVER byday AS week_before
    FROM days AS d
    WINDOW byday AS (PARTITION BY d.currency ORDER BY d.day)
)
SELECT
    c.day, c.currency, c.orders, c.value, round(c.value / c.orders, 2) AS average_order_value,
    c.value - c.day_before AS change, round((c.value / c.day_before - 1) * 100, 2) AS change_percent,
    c.value - c.week_before AS week_change, round((c.value / c.week_before - 1) * 100, 2) AS week_change_percent
FROM compared AS c
WHERE c.orders > 0 AND c.day >= :'from'::date;
