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
CREATE FUNCTION token(label text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN substr(translate(
        encode(sha256((:'seed'::text || ':' || :'night'::text || ':' || label)::bytea), 'base64'), '+/=', 'QzW'),
        1, 24);
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

-- name: statements
-- Stripe's file of the day: the payouts of what was captured three days ago, with the lines that come late.
CREATE UNLOGGED TABLE stripe_day AS
WITH lines AS (
    SELECT
        0 AS sort, p.payment_id, 'charge' AS category, p.currency, p.amount AS gross,
        stripe_fee(p.amount, p.currency) AS fee, p.payment_completed_at AS created_at, p.transaction_id, o.order_number
    FROM public.payments AS p
    JOIN public.orders AS o ON o.order_id = p.order_id
    WHERE p.payment_completed_at >= :'night'::date::timestamp - interval '77 hours'
        AND p.payment_completed_at < :'night'::date::timestamp - interval '53 hours'
        AND p.payment_status IN ('COMPLETED', 'REFUNDED') AND lower(p.payment_gateway) = 'stripe'
        AND p.transaction_id ~ '^(ch|pi)_'
        AND NOT EXISTS (
            SELECT FROM truth AS t WHERE t.entity IN ('payment:' || p.payment_id, 'order:' || p.order_id))
    UNION ALL
    SELECT
        1, m.payment_id, CASE m.recipe WHEN 'won back' THEN 'dispute_reversal' ELSE 'charge' END, m.currency, m.amount,
        CASE m.recipe WHEN 'won back' THEN 0.00 ELSE stripe_fee(m.amount, m.currency) END, p.payment_completed_at,
        m.transaction_id, m.order_number
    FROM mended AS m
    JOIN public.payments AS p ON p.payment_id = m.payment_id
    WHERE m.recipe IN ('settled late', 'won back')
),
paid AS (
    SELECT
        l.sort, l.payment_id, l.category, l.currency, l.gross, l.fee, l.created_at, l.transaction_id, l.order_number,
        'po_' || token('payout ' || l.currency) AS payout_id,
        'txn_' || token(l.category || ' ' || l.payment_id) AS txn_id
    FROM lines AS l
)
SELECT
    p.payout_id, 'a' || p.currency AS payout_order, p.sort, p.payment_id, p.txn_id, p.created_at, p.currency, p.gross,
    p.fee, p.category, p.transaction_id AS source_id, 'Order ' || p.order_number AS description,
    CASE WHEN left(p.transaction_id, 3) = 'ch_' THEN p.transaction_id END AS charge_id,
    CASE WHEN left(p.transaction_id, 3) = 'pi_' THEN p.transaction_id END AS intent_id, p.order_number
FROM paid AS p
UNION ALL
SELECT
    min(p.payout_id), 'a' || p.currency, 2, 0, 'txn_' || token('payout row ' || p.currency),
    :'night'::date::timestamp, p.currency, -sum(p.gross - p.fee), 0.00, 'payout', min(p.payout_id), 'STRIPE PAYOUT',
    NULL, NULL, NULL
FROM paid AS p
GROUP BY p.currency
UNION ALL
-- A payout whose row had been missing.
SELECT
    m.payout_id, 'b' || m.payout_id, 2, 0, 'txn_' || token('payout row ' || m.payout_id), :'night'::date::timestamp,
    'PKR', m.effect, 0.00, 'payout', m.payout_id, 'STRIPE PAYOUT', NULL, NULL, NULL
FROM mended AS m
WHERE m.recipe = 'paid out';

-- TCS remits what it had forgotten, and what it had remitted too little.
CREATE UNLOGGED TABLE tcs_day AS
SELECT
    m.tracking_number AS consignment, m.order_number, m.actual_delivery_date AS delivered_on, l.cod, l.charges,
    round(l.charges * 0.16, 2) AS tax, round(l.cod * 0.0025, 2) AS income_tax, round(l.cod * 0.02, 2) AS sales_tax
FROM mended AS m
CROSS JOIN LATERAL (SELECT -m.effect AS cod, 250 + round(-m.effect * 0.008, 2) AS charges) AS l
WHERE m.recipe IN ('remitted late', 'made up');

-- name: files
SELECT 'stripe' AS statement WHERE EXISTS (SELECT FROM stripe_day)
UNION ALL
SELECT 'tcs' WHERE EXISTS (SELECT FROM tcs_day)

-- name: stripe
SELECT
    d.payout_id AS automatic_payout_id,
    to_char(:'night'::date::timestamp, 'YYYY-MM-DD HH24:MI:SS') AS automatic_payout_effective_at_utc,
    d.txn_id AS balance_transaction_id,
    to_char(d.created_at, 'YYYY-MM-DD HH24:MI:SS') AS created_utc,
    to_char(:'night'::date::timestamp - interval '1 day', 'YYYY-MM-DD HH24:MI:SS') AS available_on_utc,
    lower(d.currency) AS currency,
    d.gross, d.fee, d.gross - d.fee AS net, d.category AS reporting_category, d.source_id, d.description,
    CASE WHEN d.category = 'charge' THEN d.gross END AS customer_facing_amount,
    CASE WHEN d.category = 'charge' THEN lower(d.currency) END AS customer_facing_currency,
    d.charge_id, d.intent_id AS payment_intent_id, d.order_number AS "payment_metadata[order_number]"
FROM stripe_day AS d
ORDER BY d.payout_order COLLATE "C", d.sort, d.payment_id, d.txn_id COLLATE "C"

-- name: tcs
SELECT
    t."Remittance No", t."Remittance Date", t."Consignment No", t."Order Ref", t."Delivery Date", t."Status",
    t."COD Amount", t."Service Charges", t."Sales Tax", t."Income Tax Withheld", t."Sales Tax Withheld", t."Net Payable"
FROM (
    SELECT
        0 AS part, 'RM-' || to_char(:'night'::date, 'YYYYMMDD') AS "Remittance No",
        to_char(:'night'::date, 'DD-MM-YYYY') AS "Remittance Date", d.consignment AS "Consignment No",
        d.order_number AS "Order Ref", to_char(d.delivered_on, 'DD-MM-YYYY') AS "Delivery Date",
        'DELIVERED' AS "Status", d.cod AS "COD Amount", d.charges AS "Service Charges", d.tax AS "Sales Tax",
        d.income_tax AS "Income Tax Withheld", d.sales_tax AS "Sales Tax Withheld",
        d.cod - d.charges - d.tax - d.income_tax - d.sales_tax AS "Net Payable"
    FROM tcs_day AS d
    UNION ALL
    SELECT
        1, 'TOTAL', NULL, count(*)::text, NULL, NULL, NULL, sum(d.cod), sum(d.charges), sum(d.tax), sum(d.income_tax),
        sum(d.sales_tax), sum(d.cod - d.charges - d.tax - d.income_tax - d.sales_tax)
    FROM tcs_day AS d
) AS t
ORDER BY t.part, t."Consignment No" COLLATE "C"

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
SET anchor = :'night'::date, last_payment = (SELECT max(payment_id) FROM public.payments);
DROP SCHEMA mainspring_demo CASCADE;
