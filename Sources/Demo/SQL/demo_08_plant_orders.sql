-- What is planted among orders: the books agree with the gateway, and the order says something else than what was paid
-- for it.

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
