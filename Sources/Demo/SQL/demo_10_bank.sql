-- The bank's statements: an account a currency. Every payout, batch and remittance comes in one or two business days
-- later, up to the anchor; the bank's own charges and the rent go out. A payout below zero is taken from the account.
CREATE FUNCTION is_banking_day(day date) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN extract(isodow FROM day) < 6 AND to_char(day, 'MM-DD') NOT IN (
        '02-05', '03-23', '05-01', '05-28', '08-14', '11-09', '12-25');
-- The first business day from `day` on, and the one after it.
CREATE FUNCTION banking_day(day date) RETURNS date
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE
        WHEN is_banking_day(day) THEN day WHEN is_banking_day(day + 1) THEN day + 1
        WHEN is_banking_day(day + 2) THEN day + 2 ELSE day + 3 END;

CREATE UNLOGGED TABLE bank_lines (
    line_id     bigint GENERATED ALWAYS AS IDENTITY,
    currency    text NOT NULL,
    day         date NOT NULL,
    payout_id   text,
    description text NOT NULL,
    amount      numeric(14,2) NOT NULL
);
INSERT INTO bank_lines (currency, day, payout_id, description, amount)
SELECT
    p.currency,
    CASE pick(401, p.paid_on - date '2020-01-01', 3)
        WHEN 0 THEN banking_day(banking_day(p.paid_on + 1) + 1) ELSE banking_day(p.paid_on + 1) END,
    p.payout_id, p.payer || ' ' || p.payout_id, p.amount
FROM (
    SELECT
        l.currency, l.payout_day AS paid_on, payout_id(l.payout_day, l.currency) AS payout_id,
        'Inward transfer STRIPE' AS payer, -l.gross AS amount
    FROM stripe_lines AS l
    WHERE l.category = 'payout'
    UNION ALL
    SELECT 'PKR', f.batch_day, f.batch, 'JazzCash settlement', -f.amount
    FROM jazzcash_file AS f
    WHERE f.kind = 'SETTLEMENT'
    UNION ALL
    SELECT 'PKR', f.remitted_on, f.remittance_no, 'TCS COD remittance', sum(f.net)
    FROM tcs_file AS f
    GROUP BY f.remitted_on, f.remittance_no
) AS p
WHERE p.amount <> 0
ORDER BY p.currency COLLATE "C", p.paid_on, p.payout_id COLLATE "C";
-- What comes after the anchor is for the nights after it.
CREATE UNLOGGED TABLE bank_coming AS
SELECT l.currency, l.day, l.payout_id, l.description, l.amount FROM bank_lines AS l WHERE l.day > :'anchor'::date;
DELETE FROM bank_lines WHERE day > :'anchor'::date;

-- Planted: payouts that never come, that come with another amount, and credits of which nobody knows what they are for.
DELETE FROM bank_lines AS l
USING payout_plants AS p
WHERE p.recipe = 'not at the bank' AND l.payout_id = payout_id(p.payout_day, p.currency);
UPDATE bank_lines AS l
SET amount = l.amount + p.effect
FROM payout_plants AS p
WHERE p.recipe = 'bank differs' AND l.payout_id = payout_id(p.payout_day, p.currency);
WITH unknown AS (
    INSERT INTO bank_lines (currency, day, description, amount)
    SELECT
        'PKR', banking_day(:'anchor'::date - 40 - pick(409, s.i, 280)::integer), 'Cash deposit Saddar branch',
        4000 + 250 * pick(410, s.i, 100)
    FROM generate_series(1, quota(3)) AS s (i)
    RETURNING line_id, amount
)
INSERT INTO planted (code, statement, line_id, role, money_effect)
SELECT 'bank.unidentified', 'bank', u.line_id, 'root', u.amount FROM unknown AS u;
-- Planted: a month of the account in rupees that does not open with what the month before it closed with.
CREATE UNLOGGED TABLE balance_gap AS
SELECT
    'PKR' AS currency, (date_trunc('month', :'anchor'::date) - interval '4 months')::date AS month,
    0::bigint AS line_id,
    -(1000 + 250 * pick(411, 1, 20))::numeric(14,2) AS amount;
INSERT INTO planted (code, statement, line_id, role, money_effect)
SELECT 'bank.balance_gap', 'bank', g.line_id, 'control', 0 FROM balance_gap AS g;

-- What the shop pays: nobody's payout, and no break. Most of what a month brings goes to the sellers in the next.
INSERT INTO bank_lines (currency, day, description, amount)
SELECT d.currency, d.day, d.description || ' ' || to_char(d.month, 'YYYY-MM'), -d.amount
FROM (
    SELECT m.month, c.currency, c.no, c.description, c.amount, banking_day(m.month::date + c.days) AS day
    FROM generate_series(
        date_trunc('month', first_day()::timestamp), :'anchor'::date::timestamp, interval '1 month') AS m (month)
    CROSS JOIN LATERAL (
        VALUES
            (1, 'PKR', 4, 'Rent of the office', 85000.00),
            (2, 'PKR', 24, 'Account charges', 1500 + pick(402, m.month::date - date '2020-01-01', 500)::numeric / 100),
            (3, 'USD', 24, 'Account charges', 10 + pick(403, m.month::date - date '2020-01-01', 500)::numeric / 100),
            (4, 'AED', 24, 'Account charges', 25 + pick(404, m.month::date - date '2020-01-01', 500)::numeric / 100)
    ) AS c (no, currency, days, description, amount)
    UNION ALL
    SELECT
        came.month + interval '1 month', came.currency, 5, 'Transfer to sellers', came.amount,
        banking_day((came.month + interval '1 month')::date + 9)
    FROM (
        SELECT date_trunc('month', l.day::timestamp) AS month, l.currency, round(sum(l.amount) * 0.85) AS amount
        FROM bank_lines AS l
        GROUP BY 1, 2
    ) AS came
    WHERE came.amount > 0
) AS d
WHERE d.day BETWEEN first_day() AND :'anchor'::date
ORDER BY d.month, d.no, d.currency COLLATE "C";

-- A file an account and month: what it opens with, its movements, what it closes with.
CREATE UNLOGGED TABLE bank_file AS
WITH accounts AS (
    SELECT c.currency, c.opening, m.month::date AS month
    FROM (VALUES ('PKR', 2500000.00), ('USD', 40000.00), ('AED', 60000.00)) AS c (currency, opening)
    CROSS JOIN generate_series(
        date_trunc('month', first_day()::timestamp), :'anchor'::date::timestamp, interval '1 month') AS m (month)
),
filed AS (
    SELECT
        a.currency, a.month, a.opening, greatest(a.month, first_day()) AS day, 0 AS sort, g.line_id,
        NULL::text AS description, coalesce(g.amount, 0.00) AS amount
    FROM accounts AS a
    LEFT JOIN balance_gap AS g ON g.currency = a.currency AND g.month = a.month
    UNION ALL
    SELECT
        l.currency, a.month, a.opening, l.day, 1, l.line_id, l.description, l.amount
    FROM bank_lines AS l
    JOIN accounts AS a ON a.currency = l.currency AND a.month = date_trunc('month', l.day::timestamp)::date
    UNION ALL
    SELECT
        a.currency, a.month, a.opening, least((a.month + interval '1 month')::date - 1, :'anchor'::date), 2, NULL, NULL,
        0.00
    FROM accounts AS a
)
SELECT
    f.currency, f.month, f.day, f.sort, f.line_id, f.description, f.amount,
    f.opening + sum(f.amount) OVER (PARTITION BY f.currency ORDER BY f.month, f.sort, f.day, f.line_id) AS balance,
    row_number() OVER (PARTITION BY f.currency, f.day, f.sort ORDER BY f.line_id) AS no,
    1 + row_number() OVER (PARTITION BY f.currency, f.month ORDER BY f.sort, f.day, f.line_id) AS line_no
FROM filed AS f;
CREATE UNIQUE INDEX bank_file_line ON bank_file (currency, month, line_no);
ANALYZE bank_file;
