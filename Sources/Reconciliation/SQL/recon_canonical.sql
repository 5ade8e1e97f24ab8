-- Payments in scope with what their gateways answered, in one form for every gateway (docs/adding-a-gateway.md).

-- name: mapping-tables
-- One row a mapping file; `names` and `methods` tell which payments it reads.
CREATE TEMPORARY TABLE recon_mapping (
    mapping         text PRIMARY KEY,
    channel         text,
    by_carrier      boolean NOT NULL,
    answers         boolean NOT NULL,
    settles         boolean NOT NULL,
    settles_refunds boolean NOT NULL,
    due_days        integer NOT NULL,
    due_from        text NOT NULL
) ON COMMIT DROP;
CREATE TEMPORARY TABLE recon_mapping_name (name text PRIMARY KEY, mapping text NOT NULL) ON COMMIT DROP;
CREATE TEMPORARY TABLE recon_mapping_method (method_name text PRIMARY KEY, mapping text NOT NULL) ON COMMIT DROP;
CREATE TEMPORARY TABLE recon_courier (channel text PRIMARY KEY) ON COMMIT DROP;
CREATE TEMPORARY TABLE recon_answer (
    payment_id           integer NOT NULL,
    transaction_id       text,
    status               text,
    amount               numeric,
    refunded             numeric,
    currency             text,
    captured_at          timestamptz,
    refunded_at          timestamptz,
    merchant_reference   text,
    -- A second id of the same payment: the intent of a charge, the charge of an intent.
    other_transaction_id text,
    -- The answer says no amount and need not, such as that to an inquiry.
    amount_absent        boolean NOT NULL
) ON COMMIT DROP

-- name: mapping
INSERT INTO recon_mapping (mapping, channel, by_carrier, answers, settles, settles_refunds, due_days, due_from)
VALUES (
    :'mapping'::text, :'channel'::text, :'by_carrier'::boolean, :'answers'::boolean, :'settles'::boolean,
    :'settles_refunds'::boolean, :'due_days'::integer, :'due_from'::text)

-- name: mapping-names
INSERT INTO recon_mapping_name (name, mapping)
SELECT n.name, :'mapping'::text FROM unnest(:'names'::text[]) AS n (name)

-- name: mapping-methods
INSERT INTO recon_mapping_method (method_name, mapping)
SELECT n.name, :'mapping'::text FROM unnest(:'methods'::text[]) AS n (name)

-- name: couriers
INSERT INTO recon_courier (channel)
SELECT DISTINCT n.name FROM unnest(:'channels'::text[]) AS n (name)

-- name: gateways
-- Which mapping reads a payment: the folded gateway name; without one, the payment method's. Folded once a name.
CREATE TEMPORARY TABLE recon_gateway ON COMMIT DROP AS
SELECT
    g.payment_gateway, g.payment_method_id, m.method_name,
    CASE WHEN g.folded = '' THEN bm.mapping ELSE bn.mapping END AS mapping
FROM (
    SELECT
        coalesce(p.payment_gateway, '') AS payment_gateway, p.payment_method_id,
        regexp_replace(lower(coalesce(p.payment_gateway, '')), '[^a-z0-9]', '', 'g') AS folded
    FROM payments AS p
    GROUP BY p.payment_gateway, p.payment_method_id
) AS g
JOIN payment_methods AS m ON m.payment_method_id = g.payment_method_id
LEFT JOIN recon_mapping_name AS bn ON bn.name = g.folded
LEFT JOIN recon_mapping_method AS bm ON bm.method_name = m.method_name

-- name: payments
-- A JSON null is no answer. A payment whose moment lies after the cut-off was not captured yet, as far as this run sees.
CREATE TEMPORARY TABLE recon_base ON COMMIT DROP AS
SELECT
    p.payment_id, p.order_id, p.payment_status, p.amount, p.currency, p.transaction_id,
    g.method_name, m.mapping,
    CASE
        WHEN m.mapping IS NULL THEN 'unknown'
        WHEN m.by_carrier THEN coalesce(o.carrier_channel, m.channel)
        ELSE m.channel
    END AS channel,
    coalesce(m.by_carrier, FALSE) AS courier,
    coalesce(m.answers, FALSE) AS answers,
    coalesce(m.settles, FALSE) AS settles,
    coalesce(m.settles_refunds, FALSE) AS settles_refunds,
    coalesce(m.due_days, 0) AS due_days,
    m.due_from,
    p.gateway_response IS NOT NULL AND jsonb_typeof(p.gateway_response) <> 'null' AS answered,
    coalesce(p.payment_completed_at, p.payment_initiated_at, p.created_at)::timestamptz AS ledger_at,
    p.updated_at::timestamptz AS updated_at
FROM recon_order AS o
JOIN payments AS p ON p.order_id = o.order_id
JOIN recon_gateway AS g
    ON g.payment_gateway = coalesce(p.payment_gateway, '') AND g.payment_method_id = p.payment_method_id
LEFT JOIN recon_mapping AS m ON m.mapping = g.mapping
WHERE p.created_at < (SELECT cut_off FROM recon_run)

-- name: canonical
-- Status classes: PENDING and PROCESSING are one; a partial refund and a dispute leave a payment captured.
CREATE TEMPORARY TABLE recon_payment ON COMMIT DROP AS
SELECT
    b.payment_id, b.order_id, b.payment_status, b.amount, b.currency, b.transaction_id, b.method_name, b.mapping,
    b.channel, b.courier, b.answers, b.settles, b.settles_refunds, b.due_days, b.due_from, b.answered, b.ledger_at,
    b.updated_at, b.late,
    (b.ledger_at AT TIME ZONE r.time_zone)::date AS business_date,
    CASE b.payment_status
        WHEN 'PENDING' THEN 'pending' WHEN 'PROCESSING' THEN 'pending' WHEN 'COMPLETED' THEN 'captured'
        WHEN 'REFUNDED' THEN 'refunded' WHEN 'FAILED' THEN 'failed' WHEN 'CANCELLED' THEN 'cancelled'
    END AS ledger_class,
    CASE a.status
        WHEN 'pending' THEN 'pending' WHEN 'authorized' THEN 'pending' WHEN 'captured' THEN 'captured'
        WHEN 'partially_refunded' THEN 'captured' WHEN 'disputed' THEN 'captured' WHEN 'refunded' THEN 'refunded'
        WHEN 'failed' THEN 'failed' WHEN 'cancelled' THEN 'cancelled'
    END AS answer_class,
    a.status AS answer_status,
    -- An answer without an amount speaks of the whole payment: there is nothing to compare.
    coalesce(a.amount, CASE WHEN a.amount_absent THEN b.amount END) AS answer_amount,
    nullif(b.transaction_id, '') IS NOT NULL AND coalesce(a.transaction_id, a.other_transaction_id) IS NOT NULL
        AND (b.transaction_id IN (a.transaction_id, a.other_transaction_id)) IS NOT TRUE AS transaction_mismatch,
    a.currency AS answer_currency, a.refunded AS answer_refunded, a.refunded_at AS answer_refunded_at,
    a.status IS NOT NULL AND (a.amount IS NOT NULL OR a.amount_absent) AND a.currency IS NOT NULL AS readable,
    CASE WHEN b.payment_status IN ('COMPLETED', 'REFUNDED') AND NOT b.late THEN b.amount ELSE 0.00 END AS captured,
    CASE
        WHEN b.late THEN 0.00
        WHEN b.payment_status = 'REFUNDED' THEN b.amount
        WHEN b.payment_status = 'COMPLETED' AND a.currency = b.currency THEN least(coalesce(a.refunded, 0.00), b.amount)
        ELSE 0.00
    END AS refunded
FROM (
    SELECT b.*, b.ledger_at >= (SELECT cut_off FROM recon_run) AS late FROM recon_base AS b
) AS b
CROSS JOIN recon_run AS r
LEFT JOIN recon_answer AS a ON a.payment_id = b.payment_id

-- name: calendar
-- Business days around the run: the day by which something of a day is due. Days far outside count plainly.
CREATE TEMPORARY TABLE recon_due ON COMMIT DROP AS
WITH days AS (
    SELECT d.day::date AS day, isodow <> ALL (r.weekend) AND h.holiday IS NULL AS open
    FROM recon_run AS r
    CROSS JOIN generate_series(
        (r.business_date - 4000)::timestamp, (r.business_date + 500)::timestamp, interval '1 day') AS d (day)
    CROSS JOIN extract(isodow FROM d.day) AS isodow
    LEFT JOIN recon_holiday AS h ON h.holiday = d.day::date
), counted AS (
    SELECT day, open, count(*) FILTER (WHERE open) OVER (ORDER BY day) AS ordinal FROM days
)
SELECT n.due_days, c.day, o.day AS due
FROM counted AS c
CROSS JOIN (
    SELECT m.due_days FROM recon_mapping AS m
    UNION
    SELECT s.paid_days FROM recon_settlement AS s WHERE s.paid_days IS NOT NULL
    UNION
    SELECT s.banked_days FROM recon_settlement AS s WHERE s.banked_days IS NOT NULL
) AS n
JOIN counted AS o ON o.open AND o.ordinal = c.ordinal + n.due_days

-- name: holidays
CREATE TEMPORARY TABLE recon_holiday (holiday date PRIMARY KEY) ON COMMIT DROP

-- name: holiday-list
INSERT INTO recon_holiday (holiday)
SELECT DISTINCT h.day::date FROM unnest(:'holidays'::text[]) AS h (day)

-- name: answers-in-scope
SELECT p.payment_id, p.gateway_response AS response
FROM recon_base AS b
JOIN payments AS p ON p.payment_id = b.payment_id
WHERE b.mapping = :'mapping'::text AND b.answered

-- name: analyze-payments
ANALYZE recon_base;
ANALYZE recon_mapping;
ANALYZE recon_courier;
ANALYZE recon_settlement;
ANALYZE recon_fee_rule;
ANALYZE recon_tax_rule

-- name: analyze-answers
ANALYZE recon_answer

-- name: analyze-canonical
ANALYZE recon_payment (payment_id, order_id, transaction_id, channel, currency, captured, refunded, courier);
ANALYZE recon_due

-- name: payment-count
SELECT count(*) AS payments FROM recon_payment
