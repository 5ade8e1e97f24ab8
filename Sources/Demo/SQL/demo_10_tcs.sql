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
    charges      numeric(12,2) NOT NULL
);
CREATE FUNCTION remittance_day(delivered date) RETURNS date
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN delivered + 7 + mod(:'anchor'::date - delivered, 7);

INSERT INTO tcs_lines (remitted_on, consignment, order_number, delivered_on, status, cod, charges)
SELECT
    remittance_day(o.delivered_on), o.tracking, o.order_number, o.delivered_on, 'DELIVERED', p.line_amount,
    250 + round(p.line_amount * 0.008, 2)
FROM plan_payments AS p
JOIN plan_orders AS o ON o.n = p.n
WHERE p.channel = 'tcs' AND p.line_amount IS NOT NULL
ORDER BY p.payment_id;

-- Parcels that nobody took: the courier charges for the way and back.
INSERT INTO tcs_lines (remitted_on, consignment, order_number, delivered_on, status, cod, charges)
SELECT
    remittance_day(business_date(o.returned_at)), o.tracking, o.order_number, business_date(o.returned_at), 'RETURNED',
    0, 220
FROM plan_orders AS o
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
