-- The payments, with what the gateway answers and what its statement will say, as long as nothing is planted: part 1 is
-- a failed attempt, part 2 the payment or the advance, part 3 the cash to collect.
CREATE UNLOGGED TABLE plan_payments AS
WITH parts AS (
    SELECT
        o.n, 1 AS part, 'stripe' AS channel, o.method, 'FAILED' AS status, o.total + o.amended AS amount,
        o.created_at + seconds(20 + pick(61, o.n, 60)) AS initiated_at, NULL::timestamp AS completed_at,
        o.created_at + seconds(25 + pick(61, o.n, 60)) AS touched_at, 0.00 AS refunded, NULL::timestamp AS refunded_at
    FROM plan_orders AS o
    WHERE o.method IN ('CARD', 'WALLET') AND o.path NOT IN ('ABANDON', 'HOLD', 'FAIL', 'CANCEL')
        AND o.paid_at < day_end() AND pick(62, o.n, 100) < 8
    UNION ALL
    SELECT
        o.n, 2, CASE o.method WHEN 'COD' THEN 'tcs' WHEN 'BANK' THEN 'bank' ELSE 'stripe' END, o.method,
        state.status,
        CASE o.method WHEN 'ADVANCE' THEN o.advance ELSE o.total + o.amended END,
        begun.at,
        CASE
            WHEN state.status NOT IN ('COMPLETED', 'REFUNDED') THEN NULL
            WHEN o.method = 'COD' THEN o.delivered_at ELSE o.paid_at END,
        CASE
            WHEN state.status = 'REFUNDED' OR o.amended > 0 THEN o.refunded_at
            WHEN state.status = 'COMPLETED' AND o.method = 'COD' THEN o.delivered_at
            WHEN state.status = 'CANCELLED' AND o.path = 'RETURN' THEN o.returned_at
            WHEN state.status = 'CANCELLED' THEN o.cancelled_at
            WHEN state.status IN ('COMPLETED', 'FAILED', 'PROCESSING') THEN o.paid_at
            ELSE begun.at END,
        CASE WHEN state.status = 'REFUNDED' THEN o.total WHEN state.status = 'COMPLETED' THEN o.amended ELSE 0 END,
        CASE WHEN state.status = 'REFUNDED' OR (state.status = 'COMPLETED' AND o.amended > 0) THEN o.refunded_at END
    FROM plan_orders AS o
    CROSS JOIN LATERAL (
        SELECT CASE
            WHEN o.status = 'REFUNDED' THEN 'REFUNDED'
            WHEN o.method = 'COD' THEN CASE
                WHEN o.status = 'DELIVERED' THEN 'COMPLETED' WHEN o.status = 'CANCELLED' THEN 'CANCELLED'
                ELSE 'PENDING' END
            WHEN o.path = 'ABANDON' THEN 'PENDING'
            WHEN o.path = 'HOLD' THEN CASE WHEN o.paid_at < day_end() THEN 'PROCESSING' ELSE 'PENDING' END
            WHEN o.path = 'FAIL' THEN CASE WHEN o.paid_at < day_end() THEN 'FAILED' ELSE 'PENDING' END
            WHEN o.path = 'CANCEL' THEN CASE WHEN o.status = 'CANCELLED' THEN 'CANCELLED' ELSE 'PENDING' END
            WHEN o.paid_at < day_end() THEN 'COMPLETED'
            ELSE 'PENDING' END AS status
    ) AS state
    CROSS JOIN LATERAL (
        SELECT CASE WHEN o.method IN ('COD', 'BANK') THEN o.created_at
            ELSE least(o.paid_at - seconds(35), day_end() - seconds(1)) END AS at
    ) AS begun
    UNION ALL
    SELECT
        o.n, 3, 'tcs', 'COD',
        CASE o.status WHEN 'DELIVERED' THEN 'COMPLETED' WHEN 'CANCELLED' THEN 'CANCELLED' ELSE 'PENDING' END,
        o.total - o.advance, o.created_at,
        CASE WHEN o.status = 'DELIVERED' THEN o.delivered_at END,
        CASE o.status WHEN 'DELIVERED' THEN o.delivered_at WHEN 'CANCELLED' THEN o.cancelled_at ELSE o.created_at END,
        0, NULL
    FROM plan_orders AS o
    WHERE o.method = 'ADVANCE'
)
SELECT
    row_number() OVER (ORDER BY p.n, p.part)::integer AS payment_id,
    p.n * 4::bigint + p.part AS key,
    p.n, p.part, p.channel, p.method, p.status,
    CASE WHEN p.channel = 'stripe' THEN CASE WHEN pick(63, p.n, 50) = 0 THEN 'stripe' ELSE 'Stripe' END END AS gateway,
    p.amount::numeric(12,2) AS amount,
    o.currency,
    p.initiated_at, p.completed_at, p.touched_at,
    -- When the gateway took the money: planted payments have it where the shop's record has none.
    coalesce(p.completed_at, p.initiated_at + seconds(35)) AS captured_at,
    p.refunded::numeric(12,2) AS refunded,
    p.refunded_at,
    -- What Stripe's object is, and what it says. A payment intent does not tell of refunds, so those are charges.
    answer.object,
    answer.object AS known_by,
    0 AS spoilt,
    CASE
        WHEN answer.object IS NULL THEN NULL
        WHEN p.status IN ('COMPLETED', 'REFUNDED') THEN 'succeeded'
        WHEN p.status = 'FAILED' THEN CASE answer.object WHEN 'charge' THEN 'failed' ELSE 'requires_payment_method' END
        WHEN p.status = 'CANCELLED' THEN 'canceled'
        WHEN p.status = 'PROCESSING' THEN CASE
            WHEN answer.object = 'charge' THEN 'pending' WHEN pick(64, p.n, 3) = 0 THEN 'requires_capture'
            ELSE 'processing' END
        ELSE 'requires_action'
    END AS answer_status,
    p.amount::numeric(12,2) AS answer_amount,
    o.currency AS answer_currency,
    p.refunded::numeric(12,2) AS answer_refunded,
    -- What the statement says of it: nothing while it is on its way.
    CASE
        WHEN p.status NOT IN ('COMPLETED', 'REFUNDED') THEN NULL
        WHEN p.channel = 'stripe' AND business_date(p.completed_at) <= :'anchor'::date - 3 THEN p.amount
        WHEN p.channel = 'tcs' AND o.delivered_on <= :'anchor'::date - 7 THEN p.amount
    END::numeric(12,2) AS line_amount,
    o.currency AS line_currency,
    CASE WHEN p.refunded > 0 AND p.channel = 'stripe' AND business_date(p.refunded_at) <= :'anchor'::date - 3
        THEN p.refunded END::numeric(12,2) AS line_refunded
FROM parts AS p
JOIN plan_orders AS o ON o.n = p.n
CROSS JOIN LATERAL (
    SELECT CASE
        WHEN p.channel <> 'stripe' OR (p.status = 'PENDING' AND pick(65, p.n, 2) = 0) THEN NULL
        WHEN p.status IN ('PENDING', 'CANCELLED') THEN 'payment_intent'
        WHEN p.status = 'REFUNDED' OR p.refunded > 0 OR pick(66, p.n, 10) < 7 THEN 'charge'
        ELSE 'payment_intent' END AS object
) AS answer;
ALTER TABLE plan_payments ADD PRIMARY KEY (payment_id);
CREATE INDEX plan_payments_n ON plan_payments (n);
ANALYZE plan_payments;
