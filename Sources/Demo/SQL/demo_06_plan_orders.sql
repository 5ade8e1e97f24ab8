-- The orders: who buys what, how it is paid, what becomes of it, and when. Each step builds on the one before; OFFSET 0
-- keeps the planner from copying a step's expressions into every place that uses them.
CREATE UNLOGGED TABLE plan_baskets AS
WITH shoppers AS (
    SELECT
        t.n, t.day, t.created_at,
        -- Customers and products that an order may choose from are the first ones up to a bound that grows with n.
        1 + pick(31, t.n, size.customers / 4 + (size.customers - size.customers / 4) * (t.n - 1)::bigint / size.orders)
            AS customer_id,
        -- The first stores are the large ones.
        1 + floor(size.stores * fraction(32, t.n) * sqrt(fraction(32, t.n)))::bigint AS store_id,
        size.sellable * 3 / 10 + (size.sellable - size.sellable * 3 / 10) * (t.n - 1)::bigint / size.orders AS bound,
        size.stores
    FROM size, order_times AS t
    OFFSET 0
),
shelves AS (
    SELECT shoppers.*, (shoppers.bound - shoppers.store_id) / shoppers.stores + 1 AS listed
    FROM shoppers
    OFFSET 0
),
choices AS (
    SELECT
        shelves.*,
        shelves.store_id + shelves.stores * pick(33, shelves.n, shelves.listed) AS product_1,
        CASE WHEN shelves.listed > 1 AND pick(34, shelves.n, 100) < 11 THEN
            shelves.store_id + shelves.stores
                * ((pick(33, shelves.n, shelves.listed) + 1 + pick(35, shelves.n, shelves.listed - 1)) % shelves.listed)
        END AS product_2
    FROM shelves
    OFFSET 0
)
SELECT
    c.n, c.day, c.created_at, c.customer_id::integer AS customer_id, c.store_id::integer AS store_id,
    p1.product_id AS product_1, p2.product_id AS product_2,
    p1.product_name AS name_1, p2.product_name AS name_2,
    p1.price AS price_1, p2.price AS price_2,
    pieces.quantity AS quantity_1,
    p1.currency,
    p1.price * pieces.quantity + coalesce(p2.price, 0) AS subtotal,
    greatest(p1.price, p2.price) AS dearest
FROM choices AS c
JOIN plan_products AS p1 ON p1.product_id = c.product_1
LEFT JOIN plan_products AS p2 ON p2.product_id = c.product_2
CROSS JOIN LATERAL (
    SELECT CASE WHEN p1.rupees < 60000 AND pick(38, c.n, 100) < 4 THEN 2 ELSE 1 END AS quantity
) AS pieces;

CREATE UNLOGGED TABLE plan_years AS
SELECT extract(year FROM t.day)::integer AS year, min(t.n) AS first_n FROM order_times AS t GROUP BY 1;

CREATE UNLOGGED TABLE plan_orders AS
WITH taxed AS (
    SELECT
        b.*,
        round(b.subtotal * 0.18, 2) AS tax,
        CASE b.currency
            WHEN 'USD' THEN CASE WHEN b.subtotal >= 1000 THEN 0.00 ELSE 25.00 END
            WHEN 'AED' THEN CASE WHEN b.subtotal >= 3000 THEN 0.00 ELSE 75.00 END
            ELSE CASE WHEN b.subtotal >= 100000 THEN 0.00 ELSE 500.00 END
        END AS shipping,
        -- A piece at or over 500,000 rupees asks for an advance of a fifth of the subtotal.
        CASE WHEN b.currency = 'PKR' AND b.dearest >= 500000 THEN round(b.subtotal * 0.20, 2) END AS advance
    FROM plan_baskets AS b
    OFFSET 0
),
priced AS (
    SELECT taxed.*, taxed.subtotal + taxed.tax + taxed.shipping AS total, pick(40, taxed.n, 1000) AS chance
    FROM taxed
    OFFSET 0
),
-- Stripe takes at most 999,999.99 rupees in one charge; dearer pieces go by bank, or by card advance and cash.
paying AS (
    SELECT
        priced.*,
        CASE
            WHEN priced.currency <> 'PKR' THEN CASE WHEN priced.chance < 850 THEN 'CARD' ELSE 'WALLET' END
            WHEN priced.dearest >= 500000 THEN CASE
                WHEN priced.total <= 2500000 AND priced.chance < 400 THEN 'ADVANCE'
                WHEN priced.total <= 950000 AND priced.chance < 700 THEN 'CARD'
                ELSE 'BANK' END
            WHEN priced.chance < 530 THEN 'COD'
            WHEN priced.chance >= 955 OR priced.total > 950000 THEN 'BANK'
            WHEN priced.chance < 850 THEN 'CARD'
            ELSE 'WALLET'
        END AS method
    FROM priced
    OFFSET 0
),
-- `path` is what becomes of the order if time allows. AMEND: a part is refunded before shipping. HOLD: the bank still
-- thinks about it, for less than two days: what takes longer is a break.
fated AS (
    SELECT
        paying.*,
        CASE paying.method
            WHEN 'COD' THEN CASE
                WHEN fate.chance < 55 THEN 'CANCEL' WHEN fate.chance < 120 THEN 'RETURN'
                WHEN fate.chance < 135 THEN 'ABANDON' ELSE 'DELIVER' END
            WHEN 'BANK' THEN CASE
                WHEN fate.chance < 60 THEN 'CANCEL' WHEN fate.chance < 80 THEN 'REFUND_LATE' ELSE 'DELIVER' END
            WHEN 'ADVANCE' THEN CASE WHEN fate.chance < 40 THEN 'FAIL' ELSE 'DELIVER' END
            ELSE CASE
                WHEN paying.day > :'anchor'::date - 2 AND fate.chance >= 600 THEN 'HOLD'
                WHEN fate.chance < 30 THEN 'ABANDON' WHEN fate.chance < 60 THEN 'FAIL'
                WHEN fate.chance < 75 THEN 'CANCEL' WHEN fate.chance < 95 THEN 'REFUND_EARLY'
                WHEN fate.chance < 125 THEN 'REFUND_LATE'
                WHEN fate.chance < 150 AND paying.total < 950000 THEN 'AMEND' ELSE 'DELIVER' END
        END AS path
    FROM paying
    CROSS JOIN LATERAL (SELECT pick(41, paying.n, 1000) AS chance) AS fate
    OFFSET 0
),
paid AS (
    SELECT
        fated.*,
        CASE fated.method
            WHEN 'COD' THEN NULL
            WHEN 'BANK' THEN fated.created_at + seconds(7200 + pick(42, fated.n, 200000))
            ELSE fated.created_at + seconds(120 + pick(42, fated.n, 600))
        END AS paid_at
    FROM fated
    OFFSET 0
),
confirmed AS (
    SELECT
        paid.*,
        CASE paid.method
            WHEN 'COD' THEN paid.created_at + seconds(3600 + pick(45, paid.n, 54000))
            ELSE paid.paid_at + seconds(60 + pick(45, paid.n, 1700))
        END AS confirmed_at
    FROM paid
    OFFSET 0
),
processed AS (
    SELECT confirmed.*, confirmed.confirmed_at + seconds(7200 + pick(46, confirmed.n, 80000)) AS processed_at
    FROM confirmed
    OFFSET 0
),
sent AS (
    SELECT processed.*, processed.processed_at + seconds(10800 + pick(47, processed.n, 130000)) AS shipped_at
    FROM processed
    OFFSET 0
),
arrived AS (
    SELECT sent.*, business_date(sent.shipped_at) + 1 + pick(48, sent.n, 4)::integer AS delivered_on FROM sent
    OFFSET 0
),
handed AS (
    SELECT arrived.*, business_moment(arrived.delivered_on, 36000 + pick(49, arrived.n, 34000)) AS delivered_at
    FROM arrived
    OFFSET 0
),
ended AS (
    SELECT
        handed.*,
        business_moment(business_date(handed.shipped_at) + 5 + pick(51, handed.n, 6)::integer,
            40000 + pick(52, handed.n, 20000)) AS returned_at,
        handed.created_at + seconds(CASE handed.method
            WHEN 'BANK' THEN 250000 + pick(53, handed.n, 170000) ELSE 9000 + pick(53, handed.n, 150000)
        END) AS cancelled_at,
        CASE handed.path
            WHEN 'REFUND_EARLY' THEN handed.confirmed_at + seconds(10000 + pick(54, handed.n, 130000))
            WHEN 'REFUND_LATE' THEN handed.delivered_at + seconds(170000 + pick(54, handed.n, 800000))
            WHEN 'AMEND' THEN handed.processed_at + seconds(1200 + pick(54, handed.n, 6000))
        END AS refunded_at
    FROM handed
    OFFSET 0
),
-- How far it got before the anchor's day ended. A cancellation after payment and its refund come together.
reached AS (
    SELECT
        ended.*,
        CASE
            WHEN ended.path IN ('ABANDON', 'HOLD') THEN 'PENDING'
            WHEN ended.path IN ('CANCEL', 'FAIL')
                THEN CASE WHEN ended.cancelled_at < day_end() THEN 'CANCELLED' ELSE 'PENDING' END
            WHEN ended.path IN ('REFUND_EARLY', 'REFUND_LATE') AND ended.refunded_at < day_end() THEN 'REFUNDED'
            WHEN ended.path = 'RETURN' AND ended.returned_at < day_end() THEN 'CANCELLED'
            WHEN ended.path NOT IN ('RETURN', 'REFUND_EARLY') AND ended.delivered_at < day_end() THEN 'DELIVERED'
            WHEN ended.path <> 'REFUND_EARLY' AND ended.shipped_at < day_end() THEN 'SHIPPED'
            WHEN ended.path <> 'REFUND_EARLY' AND ended.processed_at < day_end() THEN 'PROCESSING'
            WHEN ended.confirmed_at < day_end() THEN 'CONFIRMED'
            ELSE 'PENDING'
        END AS status
    FROM ended
)
SELECT
    r.n, r.day, r.created_at, r.customer_id, r.store_id, r.product_1, r.product_2, r.name_1, r.name_2, r.price_1,
    r.price_2, r.quantity_1, r.currency, r.subtotal, r.tax, r.shipping, r.total, r.advance, r.method, r.path, r.status,
    r.paid_at, r.confirmed_at, r.processed_at, r.shipped_at, r.delivered_on, r.delivered_at, r.returned_at,
    r.cancelled_at, r.refunded_at,
    r.status = 'DELIVERED' OR (r.status = 'REFUNDED' AND r.path = 'REFUND_LATE') AS delivered,
    parcel.shipped,
    -- An amended order was paid for more than it came to; the rest went back before it was shipped.
    CASE WHEN r.path = 'AMEND' AND r.refunded_at < day_end()
        THEN (1 + pick(56, r.n, 4)) * CASE r.currency WHEN 'USD' THEN 17.70 WHEN 'AED' THEN 64.90 ELSE 2950.00 END
        ELSE 0 END::numeric(12,2) AS amended,
    'ORD-' || y.year || '-' || lpad((r.n - y.first_n + 1)::text, greatest(5, length((r.n - y.first_n + 1)::text)), '0')
        AS order_number,
    CASE WHEN parcel.shipped THEN parcel.carrier END AS carrier,
    -- A consignment number is never given twice: a multiplier without a common factor walks through all ten digits.
    CASE WHEN parcel.shipped THEN
        CASE parcel.carrier WHEN 'TCS' THEN '77' WHEN 'Leopards' THEN 'KI' ELSE 'MP' END
            || lpad(((r.n * 48271::bigint + pick(57, 1, 9000000000)) % 10000000000)::text, 10, '0')
    END AS tracking
FROM reached AS r
JOIN plan_years AS y ON y.year = extract(year FROM r.day)
CROSS JOIN LATERAL (
    SELECT
        r.status IN ('SHIPPED', 'DELIVERED') OR (r.status = 'CANCELLED' AND r.path = 'RETURN')
            OR (r.status = 'REFUNDED' AND r.path = 'REFUND_LATE') AS shipped,
        CASE
            WHEN r.method IN ('COD', 'ADVANCE') OR pick(58, r.n, 100) < 45 THEN 'TCS'
            WHEN pick(58, r.n, 100) < 80 THEN 'Leopards' ELSE 'M&P'
        END AS carrier
) AS parcel;
ALTER TABLE plan_orders ADD PRIMARY KEY (n);
ANALYZE plan_orders;
