-- Stores and products as the plan needs them. A store trades in one currency. A product that was listed after the start
-- is born with an order: whoever orders later may buy it, so nobody buys what was not listed yet.
CREATE UNLOGGED TABLE plan_stores AS
SELECT
    s.store_id::integer AS store_id,
    CASE s.store_id % 20 WHEN 7 THEN 'USD' WHEN 13 THEN 'AED' ELSE 'PKR' END AS currency,
    business_moment(first_day() - 900 + pick(11, s.store_id, 780)::integer, 30000 + pick(12, s.store_id, 40000))
        AS created_at,
    -- How pleased customers are with it, from 0 to 99.
    pick(13, s.store_id, 100)::integer AS quality
FROM size, generate_series(1, size.stores) AS s (store_id);
ALTER TABLE plan_stores ADD PRIMARY KEY (store_id);

CREATE UNLOGGED TABLE plan_products AS
SELECT
    priced.product_id,
    priced.store_id,
    priced.currency,
    priced.model_no,
    priced.condition,
    priced.created_at,
    priced.rupees,
    -- Other currencies are quoted in whole units.
    CASE priced.currency
        WHEN 'USD' THEN round(priced.rupees / 279.50)
        WHEN 'AED' THEN round(priced.rupees / 76.10)
        ELSE priced.rupees
    END::numeric(12,2) AS price,
    left(priced.brand_name || ' ' || priced.model || ' ' || priced.reference, 255) AS product_name
FROM (
    SELECT
        p.product_id,
        st.store_id,
        st.currency,
        m.model_no,
        m.model,
        m.reference,
        b.brand_name,
        p.condition,
        CASE
            WHEN p.product_id <= size.sellable * 3 / 10
                THEN greatest(st.created_at, business_moment(first_day() - 200, 36000))
                    + seconds(pick(21, p.product_id, 6000000))
            WHEN p.product_id <= size.sellable THEN t.created_at - seconds(100000 + pick(22, p.product_id, 150000))
            ELSE business_moment(:'anchor'::date - 40, 36000) + seconds(pick(23, p.product_id, 3300000))
        END AS created_at,
        -- Rounded to 50 rupees; one in six shops' prices carries paisa, as fixed mark-ups leave them.
        (m.low * 1000 + (m.high - m.low) * pick(24, p.product_id, 1000))
            / 50 * 50
            * CASE p.condition
                WHEN 'NEW' THEN 100 WHEN 'LIKE_NEW' THEN 92 WHEN 'EXCELLENT' THEN 86 WHEN 'GOOD' THEN 76
                WHEN 'FAIR' THEN 62 ELSE 34 END::numeric / 100
            - CASE WHEN pick(25, p.product_id, 6) = 0 THEN (1 + pick(26, p.product_id, 199))::numeric / 4 ELSE 0 END
            AS rupees
    FROM size
    CROSS JOIN LATERAL (
        SELECT
            series.id::integer AS product_id,
            1 + (series.id - 1) % size.stores AS store_id,
            CASE
                WHEN pick(27, series.id, 100) < 52 THEN 'NEW' WHEN pick(27, series.id, 100) < 68 THEN 'LIKE_NEW'
                WHEN pick(27, series.id, 100) < 84 THEN 'EXCELLENT' WHEN pick(27, series.id, 100) < 94 THEN 'GOOD'
                WHEN pick(27, series.id, 100) < 99 THEN 'FAIR' ELSE 'PARTS_ONLY'
            END AS condition,
            -- The order with which it is born (docs/demo.md): the inverse of the range that an order chooses from.
            ((series.id - size.sellable * 3 / 10) * size.orders::bigint + (size.sellable - size.sellable * 3 / 10) - 1)
                / (size.sellable - size.sellable * 3 / 10) AS born
        FROM generate_series(1, size.products::bigint) AS series (id)
    ) AS p
    JOIN plan_stores AS st ON st.store_id = p.store_id
    JOIN model_slots AS slot ON slot.slot = pick(28, p.product_id, (SELECT count(*) FROM model_slots))
    JOIN plan_models AS m ON m.model_no = slot.model_no
    JOIN plan_brands AS b ON b.brand_id = m.brand_id
    LEFT JOIN order_times AS t ON t.n = least(greatest(p.born, 1), size.orders)
) AS priced;
ALTER TABLE plan_products ADD PRIMARY KEY (product_id);
ANALYZE plan_products;

-- Customers are born the same way: a quarter was there at the start, the others come with an order.
CREATE UNLOGGED TABLE plan_customers AS
SELECT
    c.customer_id::integer AS customer_id,
    -- The account: administrators first, then sellers, then customers.
    size.administrators + size.sellers + c.customer_id::integer AS user_id,
    pick(151, c.customer_id, 100) < 18 AS is_guest,
    greatest(c.born, 1)::integer AS born,
    CASE WHEN c.born < 1 THEN business_moment(first_day() - 420, 0) + seconds(pick(152, c.customer_id, 36000000))
        ELSE t.created_at - seconds(90 + pick(153, c.customer_id, 1700)) END AS created_at
FROM size
CROSS JOIN LATERAL (
    SELECT
        series.id AS customer_id,
        ((series.id - size.customers / 4) * size.orders::bigint + (size.customers - size.customers / 4) - 1)
            / (size.customers - size.customers / 4) AS born
    FROM generate_series(1, size.customers::bigint) AS series (id)
    OFFSET 0
) AS c
JOIN order_times AS t ON t.n = least(greatest(c.born, 1), size.orders);
ALTER TABLE plan_customers ADD PRIMARY KEY (customer_id);
ANALYZE plan_customers;
