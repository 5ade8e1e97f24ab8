-- JazzCash: about half of the wallets that pay in rupees, but for victims of another plant, for payments of which a part
-- was given back, and for those that are still thought about. JazzCash says what became of a payment in codes: a
-- callback, or the answer to an inquiry.
UPDATE plan_payments AS p
SET channel = 'jazzcash', gateway = 'JazzCash',
    object = said.object, known_by = CASE WHEN said.object IS NOT NULL THEN 'jazzcash' END,
    answer_status = CASE p.status
        WHEN 'COMPLETED' THEN CASE said.object WHEN 'inquiry' THEN '121' ELSE '000' END
        WHEN 'REFUNDED' THEN '131' WHEN 'FAILED' THEN '101' WHEN 'CANCELLED' THEN '112' ELSE '124' END
FROM plan_payments AS w
CROSS JOIN LATERAL (
    SELECT CASE
        WHEN w.object IS NULL THEN NULL WHEN w.status <> 'REFUNDED' AND pick(421, w.key, 4) = 0 THEN 'inquiry'
        ELSE 'callback' END AS object
) AS said
WHERE p.payment_id = w.payment_id AND w.method = 'WALLET' AND w.currency = 'PKR' AND w.channel = 'stripe'
    AND w.status <> 'PROCESSING' AND pick(422, w.n, 2) = 0
    AND NOT EXISTS (SELECT FROM victims AS v WHERE v.n = w.n)
    AND NOT EXISTS (
        SELECT FROM plan_payments AS s
        WHERE s.n = w.n AND s.part = 2 AND (
            s.refunded NOT IN (0, s.amount) OR s.line_amount <> s.amount OR s.line_currency <> s.currency));
ANALYZE plan_payments;

CREATE FUNCTION jazzcash_ref(begun timestamp, key bigint) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN 'T' || to_char(begun + interval '5 hours', 'YYYYMMDDHH24MISS') || lpad((key % 100000)::text, 5, '0');
CREATE FUNCTION jazzcash_rrn(key bigint) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN lpad(pick(423, key, 1000000000000)::text, 12, '0');

-- Planted: sales of delivered orders that are in no batch.
WITH lost AS (
    SELECT p.payment_id
    FROM plan_payments AS p
    JOIN plan_orders AS o ON o.n = p.n
    WHERE p.channel = 'jazzcash' AND p.part = 2 AND p.status = 'COMPLETED' AND p.refunded = 0
        AND o.status = 'DELIVERED' AND o.path = 'DELIVER'
        AND o.day BETWEEN :'anchor'::date - 600 AND :'anchor'::date - 30
    ORDER BY pick(426, p.key, 1000000007), p.payment_id
    LIMIT quota(3)
),
changed AS (
    UPDATE plan_payments AS p SET line_amount = NULL
    FROM lost WHERE p.payment_id = lost.payment_id
    RETURNING p.payment_id, p.amount
)
INSERT INTO planted (code, entity, role, money_effect)
SELECT 'settlement.missing', 'payment:' || c.payment_id, 'root', -c.amount FROM changed AS c;

-- The settlement: a batch a business day, in the rhythm of Stripe's payouts. The discount, the tax on it and the income
-- tax that is withheld come off each sale.
CREATE UNLOGGED TABLE jazzcash_lines (
    line_id   bigint GENERATED ALWAYS AS IDENTITY,
    batch_day date NOT NULL,
    sort      integer NOT NULL,
    kind      text NOT NULL,
    rrn       text,
    reference text,
    bill      text,
    taken_at  timestamp NOT NULL,
    amount    numeric(12,2) NOT NULL,
    mdr       numeric(12,2) NOT NULL,
    fed       numeric(12,2) NOT NULL,
    wht       numeric(12,2) NOT NULL
);
INSERT INTO jazzcash_lines (batch_day, sort, kind, rrn, reference, bill, taken_at, amount, mdr, fed, wht)
SELECT
    payout_day(business_date(m.at)), 0, m.kind, jazzcash_rrn(p.key * 2 + m.no), jazzcash_ref(p.initiated_at, p.key),
    o.order_number, m.at, m.amount,
    CASE m.no WHEN 0 THEN round(m.amount * 0.02, 2) ELSE 0 END,
    CASE m.no WHEN 0 THEN round(round(m.amount * 0.02, 2) * 0.16, 2) ELSE 0 END,
    CASE m.no WHEN 0 THEN round(m.amount * 0.01, 2) ELSE 0 END
FROM plan_payments AS p
JOIN plan_orders AS o ON o.n = p.n
CROSS JOIN LATERAL (
    VALUES (0, 'SALE', p.captured_at, p.line_amount), (1, 'REFUND', p.refunded_at, -p.line_refunded)
) AS m (no, kind, at, amount)
WHERE p.channel = 'jazzcash' AND m.amount IS NOT NULL
ORDER BY p.payment_id, m.no;

-- Planted: tax on the discount that is not the state's, and too much or too little withheld.
CREATE UNLOGGED TABLE tax_plants AS
SELECT l.line_id, row_number() OVER (ORDER BY pick(424, l.line_id, 1000000007), l.line_id) AS rank
FROM jazzcash_lines AS l
WHERE l.kind = 'SALE' AND l.batch_day BETWEEN :'anchor'::date - 600 AND :'anchor'::date - 35
ORDER BY rank
LIMIT quota(4) + quota(3);
WITH taxed AS (
    UPDATE jazzcash_lines AS l
    SET fed = l.fed + delta.amount
    FROM tax_plants AS p
    CROSS JOIN LATERAL (SELECT CASE WHEN p.rank % 3 = 0 THEN -0.50 ELSE 5 + p.rank % 12 END AS amount) AS delta
    WHERE p.line_id = l.line_id AND p.rank <= quota(4)
    RETURNING l.line_id, delta.amount
)
INSERT INTO planted (code, statement, line_id, role, money_effect)
SELECT 'settlement.fee_tax', 'jazzcash', t.line_id, 'root', -t.amount FROM taxed AS t;
WITH withheld AS (
    UPDATE jazzcash_lines AS l
    SET wht = l.wht + delta.amount
    FROM tax_plants AS p
    CROSS JOIN LATERAL (SELECT CASE WHEN p.rank % 3 = 0 THEN -1.25 ELSE 20 + 5 * (p.rank % 12) END AS amount) AS delta
    WHERE p.line_id = l.line_id AND p.rank > quota(4)
    RETURNING l.line_id, delta.amount
)
INSERT INTO planted (code, statement, line_id, role, money_effect)
SELECT 'settlement.withholding', 'jazzcash', w.line_id, 'root', -w.amount FROM withheld AS w;

-- What is paid out: the sum of the batch.
INSERT INTO jazzcash_lines (batch_day, sort, kind, taken_at, amount, mdr, fed, wht)
SELECT
    l.batch_day, 1, 'SETTLEMENT', business_moment(l.batch_day, 64800), -sum(l.amount - l.mdr - l.fed - l.wht), 0, 0, 0
FROM jazzcash_lines AS l
GROUP BY l.batch_day
ORDER BY l.batch_day;

CREATE UNLOGGED TABLE jazzcash_file AS
SELECT
    l.*, date_trunc('month', l.batch_day::timestamp)::date AS month, l.amount - l.mdr - l.fed - l.wht AS net,
    'JC-' || to_char(l.batch_day, 'YYYYMMDD') AS batch,
    1 + row_number() OVER (
        PARTITION BY date_trunc('month', l.batch_day::timestamp)
        ORDER BY l.batch_day, l.sort, l.taken_at, l.line_id) AS line_no
FROM jazzcash_lines AS l;
CREATE UNIQUE INDEX jazzcash_file_line ON jazzcash_file (month, line_no);
ANALYZE jazzcash_file;
