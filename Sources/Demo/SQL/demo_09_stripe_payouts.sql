-- What is planted among Stripe's lines (demo_09_stripe_lines.sql), the payouts that they make, and the files.
CREATE UNLOGGED TABLE stripe_payouts AS
SELECT l.payout_day, l.currency, count(*) AS lines, row_number() OVER (
    PARTITION BY l.payout_day BETWEEN :'anchor'::date - 330 AND :'anchor'::date - 35 AND l.currency = 'PKR'
    ORDER BY pick(91, l.payout_day - date '2020-01-01', 1000000007), l.currency) AS rank,
    l.payout_day BETWEEN :'anchor'::date - 330 AND :'anchor'::date - 35 AND l.currency = 'PKR' AS may_be_planted
FROM stripe_lines AS l
GROUP BY l.payout_day, l.currency;

-- Planted: lines that belong to no payment of the shop; every fifth is a refund.
WITH orphans AS (
    INSERT INTO stripe_lines (
        payout_day, currency, sort, is_natural, txn_id, created_at, gross, fee, category, source_id, description,
        charge_id, intent_id, order_number)
    SELECT
        p.payout_day, p.currency, 0, FALSE, 'txn_' || token(92, p.rank), p.payout_day::timestamp - interval '81 hours',
        CASE WHEN p.rank % 5 = 0 THEN -1 ELSE 1 END * (6000 + 125 * pick(93, p.rank, 400)),
        CASE WHEN p.rank % 5 = 0 THEN 0 ELSE stripe_fee(6000 + 125 * pick(93, p.rank, 400), p.currency) END,
        CASE WHEN p.rank % 5 = 0 THEN 'refund' ELSE 'charge' END,
        CASE WHEN p.rank % 5 = 0 THEN 're_' ELSE 'ch_' END || token(94, p.rank),
        'Payment link', 'ch_' || token(95, p.rank), 'pi_' || token(96, p.rank),
        CASE WHEN p.rank % 2 = 0 THEN 'ORD-2023-' || lpad(p.rank::text, 5, '0') END
    FROM stripe_payouts AS p
    WHERE p.may_be_planted AND p.rank <= quota(5)
    RETURNING line_id, gross
)
INSERT INTO planted (code, statement, line_id, role, money_effect)
SELECT 'settlement.orphan', 'stripe', o.line_id, 'root', o.gross FROM orphans AS o;

-- Planted: a fee that is not the agreed one, and a net that is not the gross less the fee. The
-- payout follows its lines.
CREATE UNLOGGED TABLE charge_plants AS
SELECT l.line_id, row_number() OVER (ORDER BY pick(405, l.line_id, 1000000007), l.line_id) AS rank
FROM stripe_lines AS l
WHERE l.is_natural AND l.currency = 'PKR' AND l.payout_day BETWEEN :'anchor'::date - 330 AND :'anchor'::date - 65
ORDER BY rank
LIMIT quota(4) + quota(3);
WITH charged AS (
    UPDATE stripe_lines AS l
    SET fee = l.fee + delta.amount, is_natural = FALSE
    FROM charge_plants AS p
    CROSS JOIN LATERAL (SELECT CASE WHEN p.rank % 4 = 0 THEN -12.50 ELSE 40 + 15 * (p.rank % 9) END AS amount) AS delta
    WHERE p.line_id = l.line_id AND p.rank <= quota(4)
    RETURNING l.line_id, delta.amount
)
INSERT INTO planted (code, statement, line_id, role, money_effect)
SELECT 'settlement.fee', 'stripe', c.line_id, 'root', -c.amount FROM charged AS c;
WITH slipped AS (
    UPDATE stripe_lines AS l
    SET net_off = (20 + 15 * (p.rank % 9)) * (1 - 2 * (p.rank % 2)), is_natural = FALSE
    FROM charge_plants AS p
    WHERE p.line_id = l.line_id AND p.rank > quota(4)
    RETURNING l.line_id, l.net_off
)
INSERT INTO planted (code, statement, line_id, role, money_effect)
SELECT 'settlement.line_arithmetic', 'stripe', s.line_id, 'root', s.net_off FROM slipped AS s;

-- The payouts themselves: what they say is the sum of their lines. Planted: some say something else, some were never
-- paid, some did not come to the bank, and of some came another amount.
CREATE UNLOGGED TABLE payout_plants AS
SELECT
    p.payout_day, p.currency, span.recipe,
    CASE span.recipe
        WHEN 'total differs' THEN (150 + 50 * pick(97, p.rank, 30)) * (1 - 2 * (p.rank % 2))
        WHEN 'bank differs' THEN (100 + 25 * pick(406, p.rank, 30)) * (1 - 2 * (p.rank % 2))
    END AS effect
FROM stripe_payouts AS p
JOIN (
    SELECT
        recipes.recipe, recipes.quota, sum(recipes.quota) OVER (ORDER BY recipes.no) - recipes.quota AS taken
    FROM (
        VALUES
            (1, 'orphan', quota(5)), (2, 'total differs', quota(4)), (3, 'never paid', quota(3)),
            (4, 'not at the bank', quota(4)), (5, 'bank differs', quota(4))
    ) AS recipes (no, recipe, quota)
) AS span ON p.rank > span.taken AND p.rank <= span.taken + span.quota
WHERE p.may_be_planted AND span.recipe <> 'orphan';
INSERT INTO planted (code, entity, role, money_effect)
SELECT
    CASE v.recipe
        WHEN 'total differs' THEN 'payout.total' WHEN 'never paid' THEN 'payout.missing'
        WHEN 'not at the bank' THEN 'bank.payout_missing' ELSE 'bank.payout_amount' END,
    'payout:' || payout_id(v.payout_day, v.currency), 'root', coalesce(v.effect, -v.net)
FROM (
    SELECT p.recipe, p.payout_day, p.currency, p.effect, sum(l.gross - l.fee + l.net_off) AS net
    FROM payout_plants AS p
    JOIN stripe_lines AS l ON l.payout_day = p.payout_day AND l.currency = p.currency
    GROUP BY p.recipe, p.payout_day, p.currency, p.effect
) AS v;
INSERT INTO stripe_lines (
    payout_day, currency, sort, is_natural, txn_id, created_at, gross, fee, category, source_id, description)
SELECT
    l.payout_day, l.currency, 2, FALSE,
    'txn_' || token(98, payout_key(l.payout_day, l.currency)), l.payout_day::timestamp,
    -(sum(l.gross - l.fee + l.net_off) + coalesce(min(p.effect) FILTER (WHERE p.recipe = 'total differs'), 0)), 0,
    'payout', payout_id(l.payout_day, l.currency), 'STRIPE PAYOUT'
FROM stripe_lines AS l
LEFT JOIN payout_plants AS p ON p.payout_day = l.payout_day AND p.currency = l.currency
GROUP BY l.payout_day, l.currency
HAVING count(*) FILTER (WHERE p.recipe = 'never paid') = 0
ORDER BY l.payout_day, l.currency COLLATE "C";

-- Planted: payouts, on Saturdays, of which no line says what they are made of.
WITH bare AS (
    INSERT INTO stripe_lines (
        payout_day, currency, sort, is_natural, txn_id, created_at, gross, fee, category, source_id, description)
    SELECT
        d.day, 'PKR', 2, FALSE, 'txn_' || token(98, payout_key(d.day, 'PKR')), d.day::timestamp,
        -(9000 + 250 * pick(407, s.i, 200)), 0, 'payout', payout_id(d.day, 'PKR'), 'STRIPE PAYOUT'
    FROM generate_series(1, quota(3)) AS s (i)
    CROSS JOIN LATERAL (
        SELECT date_trunc('week', (:'anchor'::date - 42 - 14 * s.i)::timestamp)::date + 5 AS day
    ) AS d
    RETURNING source_id, gross
)
INSERT INTO planted (code, entity, role, money_effect)
SELECT 'payout.unitemised', 'payout:' || b.source_id, 'root', -b.gross FROM bare AS b;

-- The last lines of the month before the anchor's come again in the next month's file, as a re-exported range does.
-- Most are word for word the same and no break; planted: a few come with another fee.
CREATE UNLOGGED TABLE overlap AS
SELECT last_lines.line_id, row_number() OVER (ORDER BY pick(99, last_lines.line_id, 1000000007)) AS rank
FROM (
    SELECT l.line_id
    FROM stripe_lines AS l, size
    WHERE l.is_natural AND l.payout_day < date_trunc('month', :'anchor'::date)::date
        AND l.payout_day >= (date_trunc('month', :'anchor'::date) - interval '1 month')::date
    ORDER BY l.payout_day DESC, l.line_id DESC
    LIMIT (SELECT greatest(12, size.orders / 800) FROM size)
) AS last_lines;
WITH again AS (
    INSERT INTO stripe_lines (
        payout_day, currency, sort, is_natural, other_month, txn_id, created_at, gross, fee, category, source_id,
        description, charge_id, intent_id, order_number)
    SELECT
        l.payout_day, l.currency, l.sort, FALSE, date_trunc('month', :'anchor'::date)::date, l.txn_id, l.created_at,
        l.gross, l.fee + CASE WHEN x.rank <= quota(3) THEN 25 ELSE 0 END, l.category, l.source_id, l.description,
        l.charge_id, l.intent_id, l.order_number
    FROM stripe_lines AS l
    JOIN overlap AS x ON x.line_id = l.line_id
    ORDER BY l.line_id
    RETURNING line_id, txn_id, fee
)
INSERT INTO planted (code, statement, line_id, role, money_effect)
SELECT 'settlement.line_changed', 'stripe', a.line_id, 'root', 0
FROM again AS a
JOIN stripe_lines AS l ON l.txn_id = a.txn_id AND l.other_month IS NULL
WHERE a.fee <> l.fee;

-- Planted: a line that comes twice in one file.
WITH twice AS (
    INSERT INTO stripe_lines (
        payout_day, currency, sort, is_natural, txn_id, created_at, gross, fee, category, source_id, description,
        charge_id, intent_id, order_number)
    SELECT
        l.payout_day, l.currency, 1, FALSE, l.txn_id, l.created_at, l.gross, l.fee, l.category, l.source_id,
        l.description, l.charge_id, l.intent_id, l.order_number
    FROM stripe_lines AS l
    WHERE l.is_natural AND l.currency = 'PKR'
        AND l.payout_day BETWEEN :'anchor'::date - 330 AND :'anchor'::date - 65
    ORDER BY pick(100, l.line_id, 1000000007), l.line_id
    LIMIT quota(4)
    RETURNING line_id, gross
)
INSERT INTO planted (code, statement, line_id, role, money_effect)
SELECT 'settlement.duplicate', 'stripe', t.line_id, 'root', t.gross FROM twice AS t;

CREATE UNLOGGED TABLE stripe_file AS
SELECT
    filed.*,
    -- Physical line in the file: the header is line 1, and no field holds a line break.
    1 + row_number() OVER (
        PARTITION BY filed.month
        ORDER BY filed.payout_day, filed.currency, filed.sort, filed.created_at, filed.line_id) AS line_no
FROM (
    SELECT l.*, coalesce(l.other_month, date_trunc('month', l.payout_day)::date) AS month FROM stripe_lines AS l
) AS filed;
CREATE UNIQUE INDEX stripe_file_line ON stripe_file (month, line_no);
ANALYZE stripe_file;
