-- What is planted between payments, their answers and the statements beyond demo_08_plant_payments.sql; and, planted
-- nowhere for they are no breaks, refunds in part on delivered orders, disputes that were won, and dollars settled in
-- rupees near the reference rate of config/rates.yml.
ALTER TABLE plan_payments
    -- What the customer was charged, where the statement settles another currency.
    ADD COLUMN presented_amount numeric(12,2),
    ADD COLUMN presented_currency text,
    -- Charged back, and when the shop won it back.
    ADD COLUMN disputed numeric(12,2) NOT NULL DEFAULT 0,
    ADD COLUMN disputed_at timestamp,
    ADD COLUMN won_at timestamp;

-- Refunds in part, after delivery: told by the answer, settled by the statement. Of most of them that is all.
UPDATE plan_payments AS p
SET object = 'charge', known_by = 'charge', refunded = part.amount, answer_refunded = part.amount,
    line_refunded = CASE v.recipe
        WHEN 'refund in no statement' THEN NULL WHEN 'refund settled short' THEN part.amount - 250 ELSE part.amount END,
    refunded_at = back.at, touched_at = back.at
FROM victims AS v
JOIN plan_orders AS o ON o.n = v.n
CROSS JOIN LATERAL (
    SELECT round(o.total * (10 + 5 * pick(311, o.n, 8)) / 100, 2) AS amount
) AS part
CROSS JOIN LATERAL (SELECT o.delivered_at + seconds(100000 + pick(312, o.n, 200000)) AS at) AS back
WHERE v.recipe IN ('refunded in part, and well', 'refund in no statement', 'refund settled short', 'lost twice')
    AND p.payment_id = v.payment_id;
INSERT INTO planted (code, entity, role, money_effect)
SELECT
    CASE v.recipe WHEN 'refund in no statement' THEN 'settlement.refund_missing' ELSE 'settlement.refund_amount' END,
    'payment:' || p.payment_id, 'root', p.refunded - coalesce(p.line_refunded, 0)
FROM victims AS v
JOIN plan_payments AS p ON p.payment_id = v.payment_id
WHERE v.recipe IN ('refund in no statement', 'refund settled short');

-- Refunded on the gateway's own pages: the statement has it, neither the shop's record nor its stored answer.
WITH changed AS (
    UPDATE plan_payments AS p
    SET line_refunded = round(p.amount * (10 + 5 * pick(313, o.n, 8)) / 100, 2),
        refunded_at = o.delivered_at + seconds(100000 + pick(314, o.n, 200000))
    FROM victims AS v
    JOIN plan_orders AS o ON o.n = v.n
    WHERE v.recipe = 'refund nobody recorded' AND p.payment_id = v.payment_id
    RETURNING p.payment_id, -p.line_refunded AS effect
)
INSERT INTO planted (code, entity, role, money_effect)
SELECT 'settlement.refund_unrecorded', 'payment:' || c.payment_id, 'root', c.effect FROM changed AS c;

-- Charged back: won again, lost, or lost after a part was refunded already.
UPDATE plan_payments AS p
SET object = 'charge', known_by = 'charge', disputed = p.amount, disputed_at = begun.at,
    won_at = CASE WHEN v.recipe = 'dispute won' THEN begun.at + seconds(200000 + pick(315, p.n, 400000)) END
FROM victims AS v
JOIN plan_orders AS o ON o.n = v.n
CROSS JOIN LATERAL (SELECT o.delivered_at + seconds(320000 + pick(316, o.n, 150000)) AS at) AS begun
WHERE v.recipe IN ('dispute won', 'dispute lost', 'lost twice') AND p.payment_id = v.payment_id;
INSERT INTO planted (code, entity, role, money_effect)
SELECT 'settlement.chargeback', 'payment:' || v.payment_id, 'control', 0
FROM victims AS v
WHERE v.recipe IN ('dispute lost', 'lost twice')
UNION ALL
SELECT 'settlement.double_loss', 'payment:' || p.payment_id, 'root', -p.refunded
FROM victims AS v
JOIN plan_payments AS p ON p.payment_id = v.payment_id
WHERE v.recipe = 'lost twice';

-- Rupees sent where the gateway takes paisa: it took and settled a hundredth. Where that leaves no whole paisa, the
-- answer alone was stored a hundred times too large.
WITH changed AS (
    UPDATE plan_payments AS p
    SET answer_amount = CASE WHEN p.amount = trunc(p.amount) THEN p.amount / 100 ELSE p.amount * 100 END,
        line_amount = CASE WHEN p.amount = trunc(p.amount) THEN p.amount / 100 ELSE p.amount END
    FROM victims AS v WHERE v.recipe = 'wrong unit' AND p.payment_id = v.payment_id
    RETURNING p.payment_id, p.line_amount - p.amount AS effect
)
INSERT INTO planted (code, entity, role, money_effect)
SELECT 'amount.unit', 'payment:' || c.payment_id, 'root', c.effect FROM changed AS c
UNION ALL
SELECT 'settlement.amount', 'payment:' || c.payment_id, 'consequence', 0 FROM changed AS c WHERE c.effect <> 0;

-- The answer that was stored is of another payment; the order number tells whose the line is.
WITH changed AS (
    UPDATE plan_payments AS p SET known_by = 'other'
    FROM victims AS v WHERE v.recipe = 'answer of another' AND p.payment_id = v.payment_id
    RETURNING p.payment_id
)
INSERT INTO planted (code, entity, role, money_effect)
SELECT 'transaction.mismatch', 'payment:' || c.payment_id, 'root', 0 FROM changed AS c;

-- Charged in rupees by the gateway's own word, and settled in dollars.
WITH changed AS (
    UPDATE plan_payments AS p SET line_currency = 'USD', line_amount = round(p.amount / 279.50, 2)
    FROM victims AS v WHERE v.recipe = 'settled in dollars' AND p.payment_id = v.payment_id
    RETURNING p.payment_id, p.amount
)
INSERT INTO planted (code, entity, role, money_effect)
SELECT 'settlement.currency', 'payment:' || c.payment_id, 'root', -c.amount FROM changed AS c
UNION ALL
SELECT 'settlement.amount', 'payment:' || c.payment_id, 'consequence', 0 FROM changed AS c;

-- Failed, says the shop, and so says the gateway; the statement settles it all the same.
WITH changed AS (
    UPDATE plan_payments AS p SET line_amount = p.amount
    FROM victims AS v WHERE v.recipe = 'settled though failed' AND p.payment_id = v.payment_id
    RETURNING p.payment_id, p.amount
)
INSERT INTO planted (code, entity, role, money_effect)
SELECT 'settlement.status', 'payment:' || c.payment_id, 'root', c.amount FROM changed AS c
UNION ALL
SELECT 'settlement.amount', 'payment:' || c.payment_id, 'consequence', 0 FROM changed AS c;

-- Under way for weeks.
UPDATE plan_orders AS o
SET status = 'PENDING', path = 'HOLD', delivered = FALSE, shipped = FALSE, carrier = NULL, tracking = NULL
FROM victims AS v WHERE v.recipe = 'under way for weeks' AND o.n = v.n;
WITH changed AS (
    UPDATE plan_payments AS p
    SET status = 'PROCESSING', touched_at = p.completed_at, completed_at = NULL, line_amount = NULL,
        answer_status = CASE p.object WHEN 'charge' THEN 'pending' ELSE 'requires_capture' END
    FROM victims AS v WHERE v.recipe = 'under way for weeks' AND p.payment_id = v.payment_id
    RETURNING p.payment_id
)
INSERT INTO planted (code, entity, role, money_effect)
SELECT 'payment.stuck', 'payment:' || c.payment_id, 'root', 0 FROM changed AS c;

-- The courier delivered, collected and remitted; by the shop's record the parcel is still on its way.
UPDATE plan_orders AS o
SET status = 'SHIPPED', path = 'HELD', delivered = FALSE
FROM victims AS v WHERE v.recipe = 'delivered unheard' AND o.n = v.n;
WITH changed AS (
    UPDATE plan_payments AS p SET status = 'PENDING', completed_at = NULL, touched_at = p.initiated_at
    FROM victims AS v WHERE v.recipe = 'delivered unheard' AND p.payment_id = v.payment_id
    RETURNING p.payment_id, p.amount
)
INSERT INTO planted (code, entity, role, money_effect)
SELECT 'cod.status', 'payment:' || c.payment_id, 'root', c.amount FROM changed AS c
UNION ALL
SELECT 'cod.remittance_over', 'payment:' || c.payment_id, 'consequence', 0 FROM changed AS c;

-- Dollars settled in rupees: within a hundredth of the reference rate, or well below it. The break is the line's
-- (demo_09_stripe_lines.sql).
UPDATE plan_payments AS p
SET presented_amount = p.amount, presented_currency = p.currency, line_currency = 'PKR',
    line_amount = round(p.amount * 279.50 * CASE v.recipe
        WHEN 'settled off the rate' THEN 0.920 + 0.001 * pick(317, p.n, 40)
        ELSE 0.990 + 0.001 * pick(317, p.n, 20) END, 2)
FROM victims AS v
WHERE v.recipe IN ('settled in rupees', 'settled off the rate') AND p.payment_id = v.payment_id;
