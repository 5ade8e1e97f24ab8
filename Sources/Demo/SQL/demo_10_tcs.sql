-- TCS's weekly remittance of what it collected at the door. Up to 7 days before the anchor everything delivered is
-- remitted; charges, the sales tax on them and what is withheld from the shop are taken off.
CREATE UNLOGGED TABLE tcs_lines (
    line_id      bigint GENERATED ALWAYS AS IDENTITY,
    remitted_on  date NOT NULL,
    consignment  text NOT NULL,
    order_number text NOT NULL,
    delivered_on date NOT NULL,
    status       text NOT NULL,
    cod          numeric(12,2) NOT NULL,
    charges      numeric(12,2) NOT NULL,
    -- Nobody's plant.
    is_natural   boolean NOT NULL DEFAULT FALSE
);
CREATE FUNCTION remittance_day(delivered date) RETURNS date
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN delivered + 7 + mod(:'anchor'::date - delivered, 7);

INSERT INTO tcs_lines (remitted_on, consignment, order_number, delivered_on, status, cod, charges, is_natural)
SELECT
    remittance_day(o.delivered_on), o.tracking, o.order_number, o.delivered_on, 'DELIVERED', p.line_amount,
    250 + round(p.line_amount * 0.008, 2), v.n IS NULL
FROM plan_payments AS p
JOIN plan_orders AS o ON o.n = p.n
LEFT JOIN victims AS v ON v.n = p.n
WHERE p.channel = 'tcs' AND p.line_amount IS NOT NULL
ORDER BY p.payment_id;

-- Parcels that nobody took: the courier charges for the way and back.
INSERT INTO tcs_lines (remitted_on, consignment, order_number, delivered_on, status, cod, charges, is_natural)
SELECT
    remittance_day(business_date(o.returned_at)), o.tracking, o.order_number, business_date(o.returned_at), 'RETURNED',
    0, 220, v.n IS NULL
FROM plan_orders AS o
LEFT JOIN victims AS v ON v.n = o.n
WHERE o.path = 'RETURN' AND o.status = 'CANCELLED' AND business_date(o.returned_at) <= :'anchor'::date - 7
ORDER BY o.n;

-- Planted: consignments that the shop never sent.
WITH strays AS (
    INSERT INTO tcs_lines (remitted_on, consignment, order_number, delivered_on, status, cod, charges)
    SELECT
        remittance_day(day.delivered_on), '9' || lpad((pick(112, s.i, 90000000) * 100 + s.i)::text, 11, '0'),
        'ORD-2023-' || lpad((700 + s.i)::text, 5, '0'), day.delivered_on, 'DELIVERED',
        5500 + 250 * pick(113, s.i, 200), 250 + round((5500 + 250 * pick(113, s.i, 200)) * 0.008, 2)
    FROM generate_series(1, quota(4)) AS s (i)
    CROSS JOIN LATERAL (SELECT :'anchor'::date - 40 - pick(111, s.i, 280)::integer AS delivered_on) AS day
    RETURNING line_id, cod
)
INSERT INTO planted (code, statement, line_id, role, money_effect)
SELECT 'cod.unknown_tracking', 'tcs', s.line_id, 'root', s.cod FROM strays AS s;

-- Planted: charges beyond the rate card, with the tax on them; a return that costs too much, and one that never was.
CREATE UNLOGGED TABLE parcel_plants AS
SELECT l.line_id, l.status, row_number() OVER (
    PARTITION BY l.status ORDER BY pick(408, l.line_id, 1000000007), l.line_id) AS rank
FROM tcs_lines AS l
WHERE l.is_natural AND l.delivered_on BETWEEN :'anchor'::date - 360 AND :'anchor'::date - 40;
WITH charged AS (
    UPDATE tcs_lines AS l
    SET charges = l.charges + delta.amount, is_natural = FALSE
    FROM parcel_plants AS p
    CROSS JOIN LATERAL (SELECT 25 * (1 + p.rank % 6) AS amount) AS delta
    WHERE p.line_id = l.line_id AND p.rank <= CASE p.status WHEN 'RETURNED' THEN quota(2) ELSE quota(4) END
    RETURNING l.line_id, l.status, -round(delta.amount * 1.16, 2) AS effect
)
INSERT INTO planted (code, statement, line_id, role, money_effect)
SELECT
    CASE c.status WHEN 'RETURNED' THEN 'cod.returned_charge' ELSE 'cod.charges' END, 'tcs', c.line_id, 'root', c.effect
FROM charged AS c;
WITH never_returned AS (
    INSERT INTO tcs_lines (remitted_on, consignment, order_number, delivered_on, status, cod, charges)
    SELECT l.remitted_on + 7, l.consignment, l.order_number, l.delivered_on + 7, 'RETURNED', 0, 220
    FROM tcs_lines AS l
    JOIN parcel_plants AS p ON p.line_id = l.line_id
    WHERE p.status = 'DELIVERED' AND p.rank > quota(4) AND p.rank <= quota(4) + quota(2)
    ORDER BY p.rank
    RETURNING line_id
)
INSERT INTO planted (code, statement, line_id, role, money_effect)
SELECT 'cod.returned_charge', 'tcs', n.line_id, 'root', -round(220 * 1.16, 2) FROM never_returned AS n;

CREATE UNLOGGED TABLE tcs_file AS
SELECT
    withheld.*,
    withheld.cod - withheld.charges - withheld.tax - withheld.income_tax - withheld.sales_tax AS net,
    1 + row_number() OVER (
        PARTITION BY withheld.month ORDER BY withheld.remitted_on, withheld.consignment, withheld.line_id) AS line_no
FROM (
    SELECT
        l.*,
        date_trunc('month', l.remitted_on)::date AS month,
        'RM-' || to_char(l.remitted_on, 'YYYYMMDD') AS remittance_no,
        round(l.charges * 0.16, 2) AS tax,
        round(l.cod * 0.0025, 2) AS income_tax,
        CASE WHEN l.remitted_on >= date '2025-07-01' THEN round(l.cod * 0.02, 2) ELSE 0.00 END AS sales_tax
    FROM tcs_lines AS l
) AS withheld;
CREATE UNIQUE INDEX tcs_file_line ON tcs_file (month, line_no);
ANALYZE tcs_file;
