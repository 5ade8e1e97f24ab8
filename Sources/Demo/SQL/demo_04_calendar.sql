-- When orders come in: two years up to the anchor, with seasons (Eid, the wedding months, 11.11 and Blessed Friday),
-- weekends, growth, and the hours at which people shop. Order n is the n-th by time.
CREATE UNLOGGED TABLE calendar AS
SELECT
    weighed.day,
    weighed.until_before * size.orders / weighed.whole AS orders_before,
    weighed.until * size.orders / weighed.whole AS orders_until
FROM (
    SELECT
        days.day,
        coalesce(sum(days.weight) OVER (
            ORDER BY days.day ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0)::bigint AS until_before,
        sum(days.weight) OVER (ORDER BY days.day)::bigint AS until,
        sum(days.weight) OVER ()::bigint AS whole
    FROM (
        SELECT
            d.day::date AS day,
            -- The month, Sunday to Saturday, growth of 60 % in two years, and the days on which everybody buys.
            (ARRAY[95, 85, 110, 100, 92, 104, 80, 90, 88, 100, 150, 140])[extract(month FROM d.day)::integer]
            * (ARRAY[115, 92, 92, 95, 97, 118, 124])[1 + extract(dow FROM d.day)::integer]
            * (100 + 60 * (d.day::date - first_day()) / 730)
            * CASE
                WHEN to_char(d.day, 'MM-DD') = '11-11' THEN 320
                WHEN extract(month FROM d.day) = 11 AND extract(dow FROM d.day) = 5 AND extract(day FROM d.day) > 22
                    THEN 260
                WHEN d.day::date IN ('2025-03-29', '2025-06-04', '2026-03-18', '2026-05-25') THEN 170
                WHEN to_char(d.day, 'MM-DD') IN ('08-14', '12-30', '02-13') THEN 150
                ELSE 100
            END AS weight
        FROM generate_series(first_day()::timestamp, :'anchor'::date::timestamp, interval '1 day') AS d (day)
    ) AS days
) AS weighed, size;

CREATE UNLOGGED TABLE order_times AS
SELECT
    placed.n::integer AS n,
    placed.day,
    -- Night to morning, the working day, the evening peak, the late hours: straight lines between four points, so that
    -- the order by number stays the order by time. Millionths of the day in, seconds of the day out.
    business_moment(placed.day, CASE
        WHEN placed.x < 60000 THEN placed.x * 28800 / 60000
        WHEN placed.x < 400000 THEN 28800 + (placed.x - 60000) * 25200 / 340000
        WHEN placed.x < 850000 THEN 54000 + (placed.x - 400000) * 25200 / 450000
        ELSE 79200 + (placed.x - 850000) * 7199 / 150000
    END) AS created_at
FROM (
    SELECT
        c.day,
        n.n,
        ((n.n - c.orders_before - 1) * 1000000 + pick(1, n.n, 1000000)) / (c.orders_until - c.orders_before) AS x
    FROM calendar AS c, generate_series(c.orders_before + 1, c.orders_until) AS n (n)
) AS placed;
ALTER TABLE order_times ADD PRIMARY KEY (n);
ANALYZE order_times;
