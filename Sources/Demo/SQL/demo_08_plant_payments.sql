-- What is planted between payments, their answers and their statements, and among orders. A recipe changes the plan of
-- its victims (demo_08_choose.sql) and writes down, in the same statement, which breaks that makes (docs/demo.md). No
-- rule of the matcher is run.

-- The shop's record says captured, the gateway failed: nothing was ever settled.
WITH changed AS (
    UPDATE plan_payments AS p
    SET answer_status = CASE p.object WHEN 'charge' THEN 'failed' ELSE 'requires_payment_method' END, line_amount = NULL
    FROM victims AS v WHERE v.recipe = 'captured, gateway says failed' AND p.payment_id = v.payment_id
    RETURNING p.payment_id, p.amount
)
INSERT INTO planted (code, entity, role, money_effect)
SELECT 'status.mismatch', 'payment:' || c.payment_id, 'root', -c.amount FROM changed AS c
UNION ALL
SELECT 'settlement.missing', 'payment:' || c.payment_id, 'consequence', 0 FROM changed AS c;

-- The gateway took and settled the money; the shop never heard of it. The order still waits for its payment.
WITH changed AS (
    UPDATE plan_payments AS p
    SET object = 'charge', known_by = 'charge', answer_status = 'succeeded', line_amount = p.amount
    FROM victims AS v WHERE v.recipe = 'paid late, order pending' AND p.payment_id = v.payment_id
    RETURNING p.payment_id, p.amount
)
INSERT INTO planted (code, entity, role, money_effect)
SELECT 'status.mismatch', 'payment:' || c.payment_id, 'root', c.amount FROM changed AS c
UNION ALL
SELECT 'settlement.amount', 'payment:' || c.payment_id, 'consequence', 0 FROM changed AS c;

-- The same on an order that was confirmed by hand, and so lacks its money.
UPDATE plan_orders AS o
SET status = 'CONFIRMED', path = 'HELD', delivered = FALSE, shipped = FALSE, carrier = NULL, tracking = NULL
FROM victims AS v WHERE v.recipe = 'paid late, order confirmed' AND o.n = v.n;
WITH changed AS (
    UPDATE plan_payments AS p
    SET status = 'PENDING', completed_at = NULL, touched_at = p.initiated_at
    FROM victims AS v WHERE v.recipe = 'paid late, order confirmed' AND p.payment_id = v.payment_id
    RETURNING p.payment_id, p.n, p.amount
)
INSERT INTO planted (code, entity, role, money_effect)
SELECT 'status.mismatch', 'payment:' || c.payment_id, 'root', c.amount FROM changed AS c
UNION ALL
SELECT 'settlement.amount', 'payment:' || c.payment_id, 'consequence', 0 FROM changed AS c
UNION ALL
SELECT 'order.underpaid', 'order:' || c.n, 'consequence', 0 FROM changed AS c;

-- The gateway took and settled a tenth less than the shop recorded.
WITH changed AS (
    UPDATE plan_payments AS p
    SET answer_amount = round(p.amount * 0.90, 2), line_amount = round(p.amount * 0.90, 2)
    FROM victims AS v WHERE v.recipe = 'gateway took less' AND p.payment_id = v.payment_id
    RETURNING p.payment_id, p.line_amount - p.amount AS effect
)
INSERT INTO planted (code, entity, role, money_effect)
SELECT 'amount.mismatch', 'payment:' || c.payment_id, 'root', c.effect FROM changed AS c
UNION ALL
SELECT 'settlement.amount', 'payment:' || c.payment_id, 'consequence', 0 FROM changed AS c;

-- The gateway charged and settled dollars.
WITH changed AS (
    UPDATE plan_payments AS p
    SET answer_currency = 'USD', line_currency = 'USD',
        answer_amount = round(p.amount / 279.50, 2), line_amount = round(p.amount / 279.50, 2)
    FROM victims AS v WHERE v.recipe = 'other currency' AND p.payment_id = v.payment_id
    RETURNING p.payment_id, p.amount
)
INSERT INTO planted (code, entity, role, money_effect)
SELECT 'currency.mismatch', 'payment:' || c.payment_id, 'root', -c.amount FROM changed AS c
UNION ALL
SELECT 'settlement.amount', 'payment:' || c.payment_id, 'consequence', 0 FROM changed AS c;

-- Captured long ago, and in no statement.
WITH changed AS (
    UPDATE plan_payments AS p SET line_amount = NULL
    FROM victims AS v WHERE v.recipe IN ('no line', 'not remitted') AND p.payment_id = v.payment_id
    RETURNING p.payment_id, p.amount, p.channel
)
INSERT INTO planted (code, entity, role, money_effect)
SELECT
    CASE c.channel WHEN 'tcs' THEN 'cod.remittance_missing' ELSE 'settlement.missing' END,
    'payment:' || c.payment_id, 'root', -c.amount
FROM changed AS c;

-- The statement settles another amount than shop and gateway agree on: mostly less, sometimes more.
WITH changed AS (
    UPDATE plan_payments AS p
    SET line_amount = CASE pick(72, p.n, 3)
        WHEN 0 THEN p.amount + 1250.00 ELSE p.amount - round(p.amount * 0.04, 2) END
    FROM victims AS v WHERE v.recipe = 'line differs' AND p.payment_id = v.payment_id
    RETURNING p.payment_id, p.line_amount - p.amount AS effect
)
INSERT INTO planted (code, entity, role, money_effect)
SELECT 'settlement.amount', 'payment:' || c.payment_id, 'root', c.effect FROM changed AS c;

-- The courier collected, and remitted less or more.
WITH changed AS (
    UPDATE plan_payments AS p
    SET line_amount = p.amount + CASE v.recipe
        WHEN 'remitted over' THEN 500 + 100 * pick(73, p.n, 20) ELSE -(1000 + 250 * pick(73, p.n, 20)) END
    FROM victims AS v WHERE v.recipe IN ('remitted short', 'remitted over') AND p.payment_id = v.payment_id
    RETURNING p.payment_id, v.recipe, p.line_amount - p.amount AS effect
)
INSERT INTO planted (code, entity, role, money_effect)
SELECT
    CASE c.recipe WHEN 'remitted over' THEN 'cod.remittance_over' ELSE 'cod.remittance_short' END,
    'payment:' || c.payment_id, 'root', c.effect
FROM changed AS c;

-- The answer was never stored. The money is all there.
WITH changed AS (
    UPDATE plan_payments AS p SET object = NULL
    FROM victims AS v WHERE v.recipe = 'no answer' AND p.payment_id = v.payment_id
    RETURNING p.payment_id
)
INSERT INTO planted (code, entity, role, money_effect)
SELECT 'response.missing', 'payment:' || c.payment_id, 'root', 0 FROM changed AS c;

-- The answer is there and cannot be read: an amount in words, half a paisa, no currency.
WITH changed AS (
    UPDATE plan_payments AS p SET spoilt = 1 + v.rank % 3
    FROM victims AS v WHERE v.recipe = 'answer spoilt' AND p.payment_id = v.payment_id
    RETURNING p.payment_id
)
INSERT INTO planted (code, entity, role, money_effect)
SELECT 'response.unreadable', 'payment:' || c.payment_id, 'root', 0 FROM changed AS c;

-- A gateway that no mapping knows.
WITH changed AS (
    UPDATE plan_payments AS p
    SET gateway = 'PayFast', object = 'payfast', known_by = 'payfast', line_amount = NULL
    FROM victims AS v WHERE v.recipe = 'unknown gateway' AND p.payment_id = v.payment_id
    RETURNING p.payment_id, p.amount
)
INSERT INTO planted (code, entity, role, money_effect)
SELECT 'gateway.unknown', 'payment:' || c.payment_id, 'root', -c.amount FROM changed AS c;

-- The items do not make the subtotal.
WITH changed AS (
    UPDATE plan_orders AS o SET price_1 = o.price_1 + 250 * (1 + pick(74, o.n, 4)) * (1 - 2 * (v.rank % 2))
    FROM victims AS v WHERE v.recipe = 'items differ' AND o.n = v.n
    RETURNING o.n, o.total - (o.price_1 * o.quantity_1 + coalesce(o.price_2, 0) + o.tax + o.shipping) AS effect
)
INSERT INTO planted (code, entity, role, money_effect)
SELECT 'order.arithmetic', 'order:' || c.n, 'root', c.effect FROM changed AS c;

-- The parts do not make the total; the customer paid the total.
WITH changed AS (
    UPDATE plan_orders AS o SET total = o.total + 1000
    FROM victims AS v WHERE v.recipe = 'total differs' AND o.n = v.n
    RETURNING o.n
),
paid AS (
    UPDATE plan_payments AS p
    SET amount = p.amount + 1000, answer_amount = p.answer_amount + 1000,
        line_amount = CASE WHEN p.part = 2 THEN p.line_amount + 1000 END
    FROM victims AS v WHERE v.recipe = 'total differs' AND p.n = v.n
)
INSERT INTO planted (code, entity, role, money_effect)
SELECT 'order.arithmetic', 'order:' || c.n, 'root', 1000 FROM changed AS c;

-- Shop, gateway and statement agree on a payment that does not cover the delivered order.
WITH changed AS (
    UPDATE plan_payments AS p
    SET amount = p.amount - lack.amount, answer_amount = p.answer_amount - lack.amount,
        line_amount = p.line_amount - lack.amount
    FROM victims AS v
    CROSS JOIN LATERAL (SELECT 500 + 250 * pick(75, v.n, 10) AS amount) AS lack
    WHERE v.recipe = 'underpaid' AND p.payment_id = v.payment_id
    RETURNING p.n, -lack.amount AS effect
)
INSERT INTO planted (code, entity, role, money_effect)
SELECT 'order.underpaid', 'order:' || c.n, 'root', c.effect FROM changed AS c;
