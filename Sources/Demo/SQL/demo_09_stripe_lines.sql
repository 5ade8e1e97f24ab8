-- Stripe's itemized payout reconciliation: one payout a business day and currency, three days or more after a capture.
-- Amounts are major units; `gross - fee = net` on every row, but where something else is planted. Here are the lines
-- that payouts are made of, as the plan has them; what is planted among them, and the payouts, follow in
-- demo_09_stripe_payouts.sql.
CREATE FUNCTION payout_key(day date, currency text) RETURNS bigint
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (day - date '2020-01-01') * 4 + CASE currency WHEN 'USD' THEN 1 WHEN 'AED' THEN 2 ELSE 0 END;
CREATE FUNCTION payout_id(day date, currency text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN 'po_' || token(81, payout_key(day, currency));
CREATE FUNCTION stripe_fee(gross numeric, currency text) RETURNS numeric
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE currency
        WHEN 'USD' THEN round(gross * 0.029 + 0.30, 2) WHEN 'AED' THEN round(gross * 0.029 + 1.00, 2)
        ELSE round(gross * 0.034 + 30.00, 2) END;

CREATE UNLOGGED TABLE stripe_lines (
    line_id      bigint GENERATED ALWAYS AS IDENTITY,
    payout_day   date NOT NULL,
    currency     text NOT NULL,
    -- Within a payout: its lines, a line that comes twice, the payout itself. `natural` lines are nobody's plant.
    sort         integer NOT NULL,
    is_natural   boolean NOT NULL,
    -- The month of the file when it is not the payout's own.
    other_month  date,
    txn_id       text NOT NULL,
    created_at   timestamp NOT NULL,
    gross        numeric(12,2) NOT NULL,
    fee          numeric(12,2) NOT NULL,
    net_off      numeric(12,2) NOT NULL DEFAULT 0,
    category     text NOT NULL,
    source_id    text,
    description  text NOT NULL,
    charge_id    text,
    intent_id    text,
    order_number text,
    -- What the customer was charged, where that is another currency.
    presented_amount   numeric(12,2),
    presented_currency text
);

-- Captures and refunds.
INSERT INTO stripe_lines (
    payout_day, currency, sort, is_natural, txn_id, created_at, gross, fee, category, source_id, description, charge_id,
    intent_id, order_number, presented_amount, presented_currency)
SELECT
    payout_day(business_date(p.captured_at)), p.line_currency, 0, v.n IS NULL, 'txn_' || token(84, p.key * 2),
    p.captured_at, p.line_amount, stripe_fee(p.line_amount, p.line_currency), 'charge', 'ch_' || token(82, p.key),
    'Order ' || o.order_number, 'ch_' || token(82, p.key), 'pi_' || token(83, p.key), o.order_number,
    p.presented_amount, p.presented_currency
FROM plan_payments AS p
JOIN plan_orders AS o ON o.n = p.n
LEFT JOIN victims AS v ON v.n = p.n
WHERE p.channel = 'stripe' AND p.line_amount IS NOT NULL
ORDER BY p.payment_id;
INSERT INTO stripe_lines (
    payout_day, currency, sort, is_natural, txn_id, created_at, gross, fee, category, source_id, description, charge_id,
    intent_id, order_number)
SELECT
    payout_day(business_date(p.refunded_at)), p.line_currency, 0, FALSE, 'txn_' || token(84, p.key * 2 + 1),
    p.refunded_at, -p.line_refunded,
    -- With every third the part of the fee comes back that had been a share of what is refunded.
    CASE WHEN pick(431, p.key, 3) = 0
        THEN -round(p.line_refunded * CASE p.line_currency WHEN 'PKR' THEN 0.034 ELSE 0.029 END, 2) ELSE 0 END,
    'refund', 're_' || token(85, p.key),
    'REFUND FOR CHARGE (Order ' || o.order_number || ')', 'ch_' || token(82, p.key), 'pi_' || token(83, p.key),
    o.order_number
FROM plan_payments AS p
JOIN plan_orders AS o ON o.n = p.n
WHERE p.channel = 'stripe' AND p.line_refunded IS NOT NULL
ORDER BY p.payment_id;

-- Disputes, with their fee, and those that the shop won.
INSERT INTO stripe_lines (
    payout_day, currency, sort, is_natural, txn_id, created_at, gross, fee, category, source_id, description, charge_id,
    intent_id, order_number)
SELECT
    payout_day(business_date(d.at)), p.line_currency, 0, FALSE, 'txn_' || token(d.tag, p.key), d.at,
    d.sign * p.disputed, d.fee, d.category, 'dp_' || token(323, p.key),
    d.words || ' FOR CHARGE (Order ' || o.order_number || ')', 'ch_' || token(82, p.key), 'pi_' || token(83, p.key),
    o.order_number
FROM plan_payments AS p
JOIN plan_orders AS o ON o.n = p.n
CROSS JOIN LATERAL (VALUES
    (p.disputed_at, -1, 1500.00, 'dispute', 'DISPUTE', 321),
    (p.won_at, 1, 0.00, 'dispute_reversal', 'DISPUTE REVERSAL', 322)
) AS d (at, sign, fee, category, words, tag)
WHERE p.disputed > 0 AND d.at IS NOT NULL
ORDER BY p.payment_id, d.tag;

-- Planted: conversions away from the reference rate.
INSERT INTO planted (code, statement, line_id, role, money_effect)
SELECT 'settlement.fx', 'stripe', l.line_id, 'root', l.gross - round(l.presented_amount * 279.50, 2)
FROM victims AS v
JOIN plan_orders AS o ON o.n = v.n
JOIN stripe_lines AS l ON l.order_number = o.order_number AND l.presented_amount IS NOT NULL
WHERE v.recipe = 'settled off the rate';

-- Now and then Stripe takes a fee that belongs to no charge, and sometimes gives a part of one back later.
WITH days AS (
    SELECT DISTINCT payout_day, payout_day - date '2020-01-01' AS no FROM stripe_lines WHERE currency = 'PKR'
)
INSERT INTO stripe_lines (
    payout_day, currency, sort, is_natural, txn_id, created_at, gross, fee, category, description)
SELECT
    d.payout_day, 'PKR', 0, FALSE, 'txn_' || token(f.tag, d.no), d.payout_day::timestamp - interval '1 day', f.gross, 0,
    'fee', f.words
FROM days AS d
CROSS JOIN LATERAL (VALUES
    (88, pick(90, d.no, 9), -(40 + pick(89, d.no, 9000)::numeric / 100),
        'Radar (' || d.payout_day - 1 || '): Fraud screening'),
    (432, pick(434, d.no, 40), 10 + pick(433, d.no, 3000)::numeric / 100, 'Radar: Fraud screening that was billed twice')
) AS f (tag, chance, gross, words)
WHERE f.chance = 0
ORDER BY d.payout_day, f.tag;

-- A rolling reserve: of a quarter of the payouts a twentieth of the charges is held, and given back with the first
-- payout that is 90 days later.
WITH days AS MATERIALIZED (
    SELECT DISTINCT payout_day, currency FROM stripe_lines
),
held AS (
    SELECT
        l.payout_day, l.currency, payout_key(l.payout_day, l.currency) AS key, round(sum(l.gross) * 0.05, 2) AS amount
    FROM stripe_lines AS l
    WHERE l.category = 'charge' AND l.currency IN ('PKR', 'USD')
        AND pick(435, payout_key(l.payout_day, l.currency), 4) = 0
    GROUP BY l.payout_day, l.currency
),
moved AS (
    SELECT h.currency, h.key, h.payout_day, 436 AS tag, -h.amount AS gross, 'Reserve: 5 % held for 90 days' AS words
    FROM held AS h
    UNION ALL
    SELECT h.currency, h.key, back.payout_day, 437, h.amount, 'Reserve: held on ' || h.payout_day || ' and released'
    FROM held AS h
    CROSS JOIN LATERAL (
        SELECT min(d.payout_day) AS payout_day FROM days AS d
        WHERE d.currency = h.currency AND d.payout_day >= h.payout_day + 90
    ) AS back
    WHERE back.payout_day IS NOT NULL
)
INSERT INTO stripe_lines (
    payout_day, currency, sort, is_natural, txn_id, created_at, gross, fee, category, description)
SELECT
    m.payout_day, m.currency, 0, FALSE, 'txn_' || token(m.tag, m.key), m.payout_day::timestamp - interval '1 day',
    m.gross, 0, 'risk_reserved_funds', m.words
FROM moved AS m
ORDER BY m.payout_day, m.currency COLLATE "C", m.tag, m.key;
