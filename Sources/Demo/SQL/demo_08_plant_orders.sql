-- More victims, none of which has been one before, and what is planted among orders: the books agree with the gateway,
-- and the order says something else than what was paid for it.
WITH recipes (recipe, class, base) AS (
    VALUES
        ('overpaid', 'card', 3), ('paid in dollars', 'card', 3), ('edited after payment', 'card', 4),
        ('paid, then cancelled', 'card', 3), ('refunded by word only', 'card', 3), ('refunded in part', 'card', 4),
        ('refunded behind the order', 'card', 3), ('refunded, never paid', 'failed', 3),
        ('advance never came', 'advance', 3), ('paid twice', 'twice', 3),
        -- These are planted in demo_08_plant_settlements.sql.
        ('refunded in part, and well', 'card', 12), ('dispute won', 'card', 4), ('dispute lost', 'card', 4),
        ('lost twice', 'card', 3), ('refund in no statement', 'card', 4), ('refund settled short', 'card', 4),
        ('refund nobody recorded', 'card', 4), ('wrong unit', 'card', 4), ('answer of another', 'card', 4),
        ('settled in dollars', 'card', 3), ('under way for weeks', 'card', 4), ('settled though failed', 'failed', 3),
        ('delivered unheard', 'cod', 4), ('settled in rupees', 'dollars', 4), ('settled off the rate', 'dollars', 4)
),
quotas AS (
    SELECT
        recipes.recipe, recipes.class, quota(recipes.base) AS quota,
        sum(quota(recipes.base)) OVER (PARTITION BY recipes.class ORDER BY recipes.recipe) - quota(recipes.base)
            AS taken
    FROM recipes
),
candidates AS (
    SELECT
        fit.class, o.n, p.payment_id,
        row_number() OVER (PARTITION BY fit.class ORDER BY pick(301, o.n, 1000000007), o.n) AS rank
    FROM plan_orders AS o
    JOIN plan_payments AS p ON p.n = o.n AND p.part = 2
    LEFT JOIN plan_payments AS f ON f.n = o.n AND f.part = 1
    LEFT JOIN victims AS v ON v.n = o.n
    CROSS JOIN LATERAL (
        SELECT CASE
            WHEN o.currency NOT IN ('PKR', 'USD') THEN NULL
            WHEN o.currency = 'USD' THEN CASE WHEN o.path = 'DELIVER' AND o.status = 'DELIVERED'
                AND o.day <= :'anchor'::date - 30 AND p.line_amount IS NOT NULL THEN 'dollars' END
            WHEN o.path = 'FAIL' AND o.advance IS NULL AND p.status = 'FAILED'
                AND o.day BETWEEN :'anchor'::date - 600 AND :'anchor'::date - 25
                THEN 'failed'
            WHEN o.path <> 'DELIVER' OR o.status <> 'DELIVERED' OR p.line_amount IS NULL THEN NULL
            WHEN o.method = 'ADVANCE' THEN 'advance'
            WHEN o.advance IS NOT NULL OR o.day NOT BETWEEN :'anchor'::date - 360 AND :'anchor'::date - 30 THEN NULL
            WHEN o.method = 'COD' AND o.delivered_on <= :'anchor'::date - 35 AND o.total > 8000 THEN 'cod'
            WHEN f.n IS NOT NULL THEN 'twice'
            WHEN o.method IN ('CARD', 'WALLET') AND o.total > 8000 THEN 'card'
        END AS class
    ) AS fit
    WHERE v.n IS NULL AND fit.class IS NOT NULL
)
INSERT INTO victims (recipe, n, payment_id, rank)
SELECT q.recipe, c.n, c.payment_id, c.rank
FROM quotas AS q
JOIN candidates AS c ON c.class = q.class AND c.rank > q.taken AND c.rank <= q.taken + q.quota;
ANALYZE victims;

-- All agree on a payment that is more than the order comes to.
WITH changed AS (
    UPDATE plan_payments AS p
    SET amount = p.amount + more.amount, answer_amount = p.answer_amount + more.amount,
        line_amount = p.line_amount + more.amount
    FROM victims AS v
    CROSS JOIN LATERAL (SELECT 500 + 250 * pick(302, v.n, 10) AS amount) AS more
    WHERE v.recipe = 'overpaid' AND p.payment_id = v.payment_id
    RETURNING p.n, more.amount AS effect
)
INSERT INTO planted (code, entity, role, money_effect)
SELECT 'order.overpaid', 'order:' || c.n, 'root', c.effect FROM changed AS c;

-- The order is in rupees; its payment, its answer and its line are in dollars.
WITH changed AS (
    UPDATE plan_payments AS p
    SET currency = 'USD', answer_currency = 'USD', line_currency = 'USD', amount = round(p.amount / 279.50, 2),
        answer_amount = round(p.amount / 279.50, 2), line_amount = round(p.amount / 279.50, 2)
    FROM victims AS v
    JOIN plan_orders AS o ON o.n = v.n
    WHERE v.recipe = 'paid in dollars' AND p.payment_id = v.payment_id
    RETURNING p.n, o.total
)
INSERT INTO planted (code, entity, role, money_effect)
SELECT 'order.currency', 'order:' || c.n, 'root', -c.total FROM changed AS c
UNION ALL
SELECT 'order.underpaid', 'order:' || c.n, 'consequence', 0 FROM changed AS c;

-- After it was paid, the piece was exchanged for a dearer one.
ALTER TABLE plan_orders ADD COLUMN edited_at timestamp;
UPDATE plan_orders AS o
SET edited_at = o.paid_at + seconds(1800 + pick(303, o.n, 20000))
FROM victims AS v WHERE v.recipe = 'edited after payment' AND o.n = v.n;
WITH changed AS (
    UPDATE plan_payments AS p
    SET amount = p.amount - lack.amount, answer_amount = p.answer_amount - lack.amount,
        line_amount = p.line_amount - lack.amount
    FROM victims AS v
    CROSS JOIN LATERAL (SELECT 590 + 295 * pick(304, v.n, 12) AS amount) AS lack
    WHERE v.recipe = 'edited after payment' AND p.payment_id = v.payment_id
    RETURNING p.n, -lack.amount AS effect
)
INSERT INTO planted (code, entity, role, money_effect)
SELECT 'order.edited_after_capture', 'order:' || c.n, 'root', c.effect FROM changed AS c
UNION ALL
SELECT 'order.underpaid', 'order:' || c.n, 'consequence', 0 FROM changed AS c;

-- Cancelled after it was paid, and the money was never given back.
WITH changed AS (
    UPDATE plan_orders AS o
    SET status = 'CANCELLED', path = 'CANCEL', delivered = FALSE, shipped = FALSE, carrier = NULL, tracking = NULL
    FROM victims AS v WHERE v.recipe = 'paid, then cancelled' AND o.n = v.n
    RETURNING o.n, o.total
)
INSERT INTO planted (code, entity, role, money_effect)
SELECT 'order.paid_but_cancelled', 'order:' || c.n, 'root', c.total FROM changed AS c;

-- The order says refunded. Of the money nothing went back, or a part.
UPDATE plan_orders AS o
SET status = 'REFUNDED', path = 'REFUND_LATE',
    refunded_at = o.delivered_at + seconds(100000 + pick(305, o.n, 300000))
FROM victims AS v WHERE v.recipe IN ('refunded by word only', 'refunded in part') AND o.n = v.n;
INSERT INTO planted (code, entity, role, money_effect)
SELECT 'order.refund_missing', 'order:' || o.n, 'root', o.total
FROM victims AS v
JOIN plan_orders AS o ON o.n = v.n
WHERE v.recipe = 'refunded by word only';
WITH changed AS (
    UPDATE plan_payments AS p
    SET object = 'charge', known_by = 'charge', refunded = part.amount, answer_refunded = part.amount,
        line_refunded = part.amount, refunded_at = o.refunded_at, touched_at = o.refunded_at
    FROM victims AS v
    JOIN plan_orders AS o ON o.n = v.n
    CROSS JOIN LATERAL (SELECT round(o.total * (20 + 10 * pick(306, o.n, 6)) / 100, 2) AS amount) AS part
    WHERE v.recipe = 'refunded in part' AND p.payment_id = v.payment_id
    RETURNING p.n, p.amount - part.amount AS effect
)
INSERT INTO planted (code, entity, role, money_effect)
SELECT 'order.refund_partial', 'order:' || c.n, 'root', c.effect FROM changed AS c;

-- The payment was refunded, all agree, and the order was left as it was.
WITH changed AS (
    UPDATE plan_payments AS p
    SET status = 'REFUNDED', object = 'charge', known_by = 'charge', refunded = p.amount, answer_refunded = p.amount,
        line_refunded = p.amount, refunded_at = back.at, touched_at = back.at
    FROM victims AS v
    JOIN plan_orders AS o ON o.n = v.n
    CROSS JOIN LATERAL (SELECT o.delivered_at + seconds(100000 + pick(307, o.n, 300000)) AS at) AS back
    WHERE v.recipe = 'refunded behind the order' AND p.payment_id = v.payment_id
    RETURNING p.n, p.amount
)
INSERT INTO planted (code, entity, role, money_effect)
SELECT 'order.refund_unrecorded', 'order:' || c.n, 'root', -c.amount FROM changed AS c;

-- The order says refunded, and its payment had failed.
WITH changed AS (
    UPDATE plan_orders AS o
    SET status = 'REFUNDED', refunded_at = o.created_at + seconds(90000 + pick(308, o.n, 200000))
    FROM victims AS v WHERE v.recipe = 'refunded, never paid' AND o.n = v.n
    RETURNING o.n
)
INSERT INTO planted (code, entity, role, money_effect)
SELECT 'order.refunded_unpaid', 'order:' || c.n, 'root', 0 FROM changed AS c;

-- Work on it began; its advance was declined.
UPDATE plan_payments AS p
SET status = CASE p.part WHEN 2 THEN 'FAILED' ELSE 'PENDING' END, completed_at = NULL, line_amount = NULL,
    touched_at = CASE p.part WHEN 2 THEN p.completed_at ELSE p.initiated_at END,
    answer_status = CASE p.object WHEN 'charge' THEN 'failed' WHEN 'payment_intent' THEN 'requires_payment_method' END
FROM victims AS v WHERE v.recipe = 'advance never came' AND p.n = v.n;
WITH changed AS (
    UPDATE plan_orders AS o
    SET status = 'PROCESSING', path = 'HELD', delivered = FALSE, shipped = FALSE, carrier = NULL, tracking = NULL
    FROM victims AS v WHERE v.recipe = 'advance never came' AND o.n = v.n
    RETURNING o.n, o.advance
)
INSERT INTO planted (code, entity, role, money_effect)
SELECT 'order.advance_missing', 'order:' || c.n, 'root', -c.advance FROM changed AS c;

-- The first attempt, by all accounts a failure, went through, and so did the second.
UPDATE plan_payments AS p
SET status = 'COMPLETED', completed_at = p.touched_at, captured_at = p.touched_at, answer_status = 'succeeded',
    line_amount = p.amount
FROM victims AS v WHERE v.recipe = 'paid twice' AND p.n = v.n AND p.part = 1;
INSERT INTO planted (code, entity, role, money_effect)
SELECT 'payment.duplicate', 'payment:' || p.payment_id, 'root', p.amount
FROM victims AS v
JOIN plan_payments AS p ON p.payment_id = v.payment_id
WHERE v.recipe = 'paid twice'
UNION ALL
SELECT 'order.overpaid', 'order:' || v.n, 'consequence', 0 FROM victims AS v WHERE v.recipe = 'paid twice';
