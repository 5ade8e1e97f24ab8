-- A later night: some of what was planted is put right, and a day goes by (docs/demo.md, “The nights after”). The truth
-- of the night before is the record that is worked from; no rule of the matcher is run. Everything is set-based and
-- decided by names and ids, so that the same marketplace is mended the same way on every machine.

-- name: mark
SELECT m.seed, m.orders, m.anchor::text AS anchor FROM mainspring.demo_marks AS m

-- name: workshop
-- Parameters of all that follows: seed, night (its business date), share (one of how many is mended).
CREATE SCHEMA mainspring_demo;
SET LOCAL search_path TO mainspring_demo, public;
SET LOCAL work_mem TO '128MB';
SET LOCAL jit TO off;
CREATE UNLOGGED TABLE truth (
    code         text NOT NULL,
    entity       text NOT NULL,
    role         text NOT NULL,
    money_effect numeric(14,2) NOT NULL
);
-- What the bank has on its way, and the balance of each account: a row without a payout.
CREATE UNLOGGED TABLE bank_coming AS
SELECT b.currency, b.day, b.payout_id, b.description, b.amount
FROM mainspring.demo_marks AS m
CROSS JOIN LATERAL jsonb_to_recordset(m.bank) AS b (
    currency text, day date, payout_id text, description text, amount numeric(14,2));
CREATE FUNCTION token(label text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN substr(translate(
        encode(sha256((:'seed'::text || ':' || :'night'::text || ':' || label)::bytea), 'base64'), '+/=', 'QzW'),
        1, 24);
CREATE FUNCTION chance(label text, choices bigint) RETURNS bigint
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (hashtextextended(:'night'::text || ':' || label, :'seed'::bigint) & 9223372036854775807) % choices;
-- Mending is done in the morning of the business day, in UTC as the shop's columns are.
CREATE FUNCTION morning() RETURNS timestamp
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN :'night'::date::timestamp + interval '4 hours 30 minutes';
CREATE FUNCTION stripe_fee(gross numeric, currency text) RETURNS numeric
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE currency
        WHEN 'USD' THEN round(gross * 0.029 + 0.30, 2) WHEN 'AED' THEN round(gross * 0.029 + 1.00, 2)
        ELSE round(gross * 0.034 + 30.00, 2) END;
-- What Stripe answers when it is asked again.
CREATE FUNCTION stripe_answer(
    id text, amount numeric, currency text, order_number text, refunded numeric) RETURNS jsonb
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN jsonb_build_object(
        'id', id, 'object', CASE WHEN left(id, 3) = 'pi_' THEN 'payment_intent' ELSE 'charge' END,
        'amount', (amount * 100)::bigint, 'currency', lower(currency), 'created', extract(epoch FROM morning())::bigint,
        'livemode', TRUE, 'status', 'succeeded', 'metadata', jsonb_build_object('order_number', order_number))
        || CASE WHEN left(id, 3) = 'pi_' THEN jsonb_build_object('amount_received', (amount * 100)::bigint)
            ELSE jsonb_build_object('amount_captured', (amount * 100)::bigint,
                'amount_refunded', (refunded * 100)::bigint, 'captured', TRUE, 'disputed', FALSE, 'paid', TRUE,
                'refunded', refunded = amount) END;

-- name: choose
-- Which plants can be put right, and how; of each way every so many-th is. An order of which two things are wrong stays.
CREATE UNLOGGED TABLE mended AS
WITH roots AS (
    SELECT
        t.code, t.entity, t.money_effect AS effect,
        CASE WHEN t.entity ~ '^payment:[0-9]+$' THEN split_part(t.entity, ':', 2)::integer END AS payment_id,
        CASE WHEN t.entity ~ '^order:[0-9]+$' THEN split_part(t.entity, ':', 2)::integer END AS order_id,
        CASE WHEN t.entity ~ '^payout:[^:]+$' THEN split_part(t.entity, ':', 2) END AS payout_id
    FROM truth AS t
    WHERE t.role <> 'consequence'
),
-- An order's own plant is seen with its one payment that was captured.
seen AS (
    SELECT
        r.code, r.entity, r.effect, r.payout_id, p.payment_id, o.order_id, o.order_number, o.order_status, o.subtotal,
        o.total_amount - o.tax_amount - o.shipping_cost AS parts, o.tracking_number, o.actual_delivery_date,
        p.payment_status, p.amount, p.currency, p.transaction_id, p.gateway_response AS answer,
        lower(p.payment_gateway) = 'stripe' AND p.transaction_id ~ '^(ch|pi)_' AS stripe,
        lower(p.payment_gateway) = 'jazzcash' AS jazzcash, p.payment_completed_at,
        count(*) OVER (PARTITION BY coalesce(o.order_id::text, r.entity)) AS plants
    FROM roots AS r
    LEFT JOIN LATERAL (
        SELECT min(c.payment_id) AS payment_id
        FROM public.payments AS c
        WHERE c.order_id = r.order_id AND c.payment_status IN ('COMPLETED', 'REFUNDED')
        HAVING count(*) = 1
    ) AS one ON r.order_id IS NOT NULL
    LEFT JOIN public.payments AS p ON p.payment_id = coalesce(r.payment_id, one.payment_id)
    LEFT JOIN public.orders AS o ON o.order_id = coalesce(r.order_id, p.order_id)
),
fit AS (
    SELECT seen.*, way.recipe
    FROM seen
    CROSS JOIN LATERAL (
        SELECT CASE
            -- The shop hears of the money at last.
            WHEN seen.code = 'status.mismatch' AND seen.stripe AND seen.payment_status IN ('PENDING', 'PROCESSING')
                AND seen.effect = seen.amount AND seen.order_status IN ('PENDING', 'CONFIRMED')
                THEN 'recorded'
            -- The gateway is asked again, and its answer kept.
            WHEN seen.code IN ('response.missing', 'response.unreadable') AND seen.stripe
                AND seen.payment_status = 'COMPLETED'
                THEN 'answered'
            WHEN seen.code = 'settlement.missing' AND seen.stripe AND seen.effect = -seen.amount
                THEN 'settled late'
            WHEN seen.code = 'settlement.missing' AND seen.jazzcash AND seen.effect = -seen.amount
                THEN 'batched late'
            WHEN seen.code = 'cod.remittance_missing' AND seen.effect = -seen.amount
                THEN 'remitted late'
            WHEN seen.code = 'cod.remittance_short' AND seen.effect < -400
                THEN 'made up'
            WHEN seen.code = 'order.underpaid' AND seen.order_status = 'DELIVERED' AND seen.effect < 0
                THEN 'paid up'
            WHEN seen.code = 'order.arithmetic' AND seen.subtotal = seen.parts AND (
                SELECT count(*) = 1 AND min(i.quantity) = 1 AND min(i.product_price) = seen.subtotal - seen.effect
                FROM public.order_items AS i WHERE i.order_id = seen.order_id)
                THEN 'item put right'
            WHEN seen.code = 'payment.stuck' AND seen.stripe AND seen.order_status = 'PENDING'
                THEN 'given up'
            WHEN seen.code = 'order.refund_missing' AND seen.stripe AND seen.payment_status = 'COMPLETED'
                AND seen.effect = seen.amount AND seen.answer ->> 'object' = 'charge'
                THEN 'refunded'
            WHEN seen.code = 'settlement.chargeback' AND seen.stripe
                THEN 'won back'
            WHEN seen.code = 'payout.missing' AND seen.payout_id LIKE 'po\_%'
                THEN 'paid out'
            WHEN seen.code = 'bank.payout_missing' AND seen.payout_id LIKE 'po\_%'
                THEN 'banked late'
            WHEN seen.code = 'bank.payout_amount' AND seen.payout_id LIKE 'po\_%'
                THEN 'bank put right'
        END AS recipe
    ) AS way
    WHERE seen.plants = 1
)
SELECT f.*
FROM (
    SELECT fit.*, row_number() OVER (PARTITION BY fit.recipe ORDER BY fit.entity COLLATE "C") AS place
    FROM fit
    WHERE fit.recipe IS NOT NULL
) AS f
WHERE f.place % :'share'::integer = 1;

-- What banks still thought about is decided: most payments are made, one in six is not. What stays longer is a break.
CREATE UNLOGGED TABLE decided AS
SELECT
    p.payment_id, p.order_id, o.order_number, p.amount, p.currency, p.transaction_id, p.gateway_response AS answer,
    p.payment_id % 6 > 0 AS made, lower(p.payment_gateway) AS gateway
FROM public.payments AS p
JOIN public.orders AS o ON o.order_id = p.order_id
WHERE (p.payment_status = 'PROCESSING' OR p.gateway_response ->> 'status' = 'requires_capture')
    AND (lower(p.payment_gateway) = 'stripe' AND p.transaction_id ~ '^(ch|pi)_'
        OR lower(p.payment_gateway) = 'jazzcash' AND p.gateway_response IS NOT NULL)
    AND o.order_status = 'PENDING'
    AND p.payment_initiated_at < :'night'::date::timestamp - interval '29 hours'
    AND NOT EXISTS (
        SELECT FROM truth AS t WHERE t.entity IN ('payment:' || p.payment_id, 'order:' || p.order_id));

-- name: mend
-- Whatever is changed says itself when: the triggers that would say today rest meanwhile.
ALTER TABLE public.orders DISABLE TRIGGER orders_touch_updated_at;
ALTER TABLE public.payments DISABLE TRIGGER payments_touch_updated_at;

UPDATE public.payments AS p
SET payment_status = 'COMPLETED', payment_completed_at = morning(), updated_at = morning()
FROM mended AS m
WHERE m.recipe = 'recorded' AND p.payment_id = m.payment_id;

UPDATE public.payments AS p
SET gateway_response = stripe_answer(m.transaction_id, m.amount, m.currency, m.order_number, 0), updated_at = morning()
FROM mended AS m
WHERE m.recipe = 'answered' AND p.payment_id = m.payment_id;

UPDATE public.payments AS p
SET payment_status = 'REFUNDED', updated_at = morning(),
    gateway_response = stripe_answer(m.transaction_id, m.amount, m.currency, m.order_number, m.amount)
        || jsonb_build_object('refunds', jsonb_build_object('data', jsonb_build_array(jsonb_build_object(
            'id', 're_' || token('refund ' || m.payment_id), 'object', 'refund', 'amount', (m.amount * 100)::bigint,
            'created', extract(epoch FROM morning())::bigint, 'currency', lower(m.currency), 'status', 'succeeded'))))
FROM mended AS m
WHERE m.recipe = 'refunded' AND p.payment_id = m.payment_id;

-- Who paid too little pays the rest by bank transfer.
INSERT INTO public.payments (
    payment_id, order_id, payment_method_id, payment_status, amount, currency, transaction_id, payment_initiated_at,
    payment_completed_at, created_at, updated_at)
SELECT
    (SELECT max(payment_id) FROM public.payments) + row_number() OVER (ORDER BY m.order_id)::integer, m.order_id,
    b.payment_method_id, 'COMPLETED', -m.effect, o.currency, 'FT' || upper(left(token('rest ' || m.order_id), 12)),
    morning(), morning(), morning(), morning()
FROM mended AS m
JOIN public.orders AS o ON o.order_id = m.order_id
JOIN public.payment_methods AS b ON b.method_name = 'BANK_TRANSFER'
WHERE m.recipe = 'paid up';
SELECT setval(pg_get_serial_sequence('public.payments', 'payment_id'), max(payment_id)) FROM public.payments;

UPDATE public.order_items AS i
SET product_price = m.subtotal, subtotal = m.subtotal
FROM mended AS m
WHERE m.recipe = 'item put right' AND i.order_id = m.order_id;
UPDATE public.orders AS o
SET updated_at = morning()
FROM mended AS m
WHERE m.recipe = 'item put right' AND o.order_id = m.order_id;

UPDATE public.payments AS p
SET payment_status = CASE WHEN d.made THEN 'COMPLETED' ELSE 'FAILED' END,
    payment_completed_at = CASE WHEN d.made THEN morning() END, updated_at = morning(),
    gateway_response = CASE
        -- JazzCash's code is outside in a callback, inside in the answer to an inquiry.
        WHEN d.gateway = 'jazzcash' AND d.answer ? 'pp_PaymentResponseCode' THEN d.answer || CASE
            WHEN d.made THEN '{"pp_PaymentResponseCode":"121","pp_Status":"Completed"}'::jsonb
            ELSE '{"pp_PaymentResponseCode":"999","pp_Status":"Failed"}'::jsonb END
        WHEN d.gateway = 'jazzcash' THEN d.answer || jsonb_build_object('pp_ResponseCode',
            CASE WHEN d.made THEN '000' ELSE '999' END)
        WHEN d.made THEN stripe_answer(d.transaction_id, d.amount, d.currency, d.order_number, 0)
        WHEN left(d.transaction_id, 3) = 'pi_' THEN stripe_answer(
            d.transaction_id, d.amount, d.currency, d.order_number, 0)
            || '{"status":"requires_payment_method","amount_received":0,"last_payment_error":{"code":"card_declined"}}'
        ELSE stripe_answer(d.transaction_id, d.amount, d.currency, d.order_number, 0)
            || '{"status":"failed","amount_captured":0,"captured":false,"paid":false}'
    END
FROM (
    SELECT d.payment_id, d.order_number, d.amount, d.currency, d.transaction_id, d.answer, d.gateway, d.made
    FROM decided AS d
    UNION ALL
    SELECT m.payment_id, m.order_number, m.amount, m.currency, m.transaction_id, m.answer, 'stripe', FALSE
    FROM mended AS m
    WHERE m.recipe = 'given up'
) AS d
WHERE p.payment_id = d.payment_id;
UPDATE public.orders AS o
SET order_status = 'CONFIRMED', updated_at = morning()
FROM decided AS d
WHERE d.made AND o.order_id = d.order_id;

ALTER TABLE public.orders ENABLE TRIGGER orders_touch_updated_at;
ALTER TABLE public.payments ENABLE TRIGGER payments_touch_updated_at;

-- name: truth
SELECT t.code, t.entity, t.role, t.money_effect
FROM truth AS t
WHERE NOT EXISTS (
    SELECT FROM mended AS m
    WHERE t.entity IN (m.entity, 'payment:' || m.payment_id, 'order:' || m.order_id))
ORDER BY t.code COLLATE "C", t.entity COLLATE "C"

-- name: mended
SELECT m.code, count(*) AS plants FROM mended AS m GROUP BY m.code ORDER BY m.code COLLATE "C"

-- name: decided
SELECT count(*) AS payments FROM decided

-- name: leave
-- The mark goes with the night: no night is mended twice, and none is left out.
UPDATE mainspring.demo_marks
SET anchor = :'night'::date, last_payment = (SELECT max(payment_id) FROM public.payments),
    bank = coalesce(left_over.bank, '[]')
FROM (
    SELECT jsonb_agg(to_jsonb(b) ORDER BY b.currency COLLATE "C", b.day, b.payout_id COLLATE "C") AS bank
    FROM (
        SELECT d.currency, :'night'::date AS day, NULL AS payout_id, NULL AS description, d.balance AS amount
        FROM bank_day AS d
        WHERE d.sort = 2
        UNION ALL
        SELECT c.currency, c.day, c.payout_id, c.description, c.amount
        FROM bank_coming AS c
        WHERE c.payout_id IS NOT NULL AND c.day > :'night'::date
    ) AS b
) AS left_over;
DROP SCHEMA mainspring_demo CASCADE;
