-- The breaks that are true now, each with its plane, its role, its root and its money effect
-- (docs/reconciliation.md, “Breaks”). What becomes of those that were open is recon_breaks.sql.

-- name: found-table
CREATE TEMPORARY TABLE recon_found (
    break_id        text PRIMARY KEY,
    code            text NOT NULL,
    entity          text NOT NULL,
    plane           text NOT NULL,
    role            text NOT NULL,
    root_break_id   text,
    channel         text NOT NULL,
    order_id        integer,
    payment_id      integer,
    line_id         bigint,
    payout_id       text,
    evidence_line   bigint,
    currency        text NOT NULL,
    expected        numeric,
    actual          numeric,
    actual_currency text NOT NULL,
    money_effect    numeric NOT NULL,
    event_effect    numeric NOT NULL,
    explanation     text NOT NULL,
    business_date   date NOT NULL,
    due_date        date NOT NULL
) ON COMMIT DROP

-- name: payments
-- The consequence that carries money in the other currency of a currency.mismatch is its settlement break.
INSERT INTO recon_found (
    break_id, code, entity, plane, role, root_break_id, channel, order_id, payment_id, line_id, payout_id,
    evidence_line, currency, expected, actual, actual_currency, money_effect, event_effect, explanation, business_date,
    due_date)
SELECT
    left(encode(sha256(convert_to(v.code || ' payment:' || f.payment_id, 'UTF8')), 'hex'), 16),
    v.code, 'payment:' || f.payment_id, v.plane,
    CASE WHEN v.code = f.root_code THEN 'root' ELSE 'consequence' END,
    CASE WHEN v.code <> f.root_code
        THEN left(encode(sha256(convert_to(f.root_code || ' payment:' || f.payment_id, 'UTF8')), 'hex'), 16) END,
    f.channel, f.order_id, f.payment_id, NULL, NULL, f.first_line,
    v.currency, v.expected, v.actual, v.actual_currency,
    CASE WHEN v.code = f.root_code THEN f.effect ELSE 0.00 END,
    CASE
        WHEN v.code = f.root_code THEN f.events_effect
        WHEN v.code = f.differs_code AND f.foreign_received <> 0 THEN f.foreign_received
        ELSE 0.00
    END,
    v.explanation, f.business_date, v.due_date
FROM (
    SELECT
        f.payment_id, 'gateway.unknown' AS code, 'data' AS plane, f.currency, f.net AS expected, 0.00 AS actual,
        f.currency AS actual_currency, 'No mapping in config/gateways reads this payment.' AS explanation,
        f.business_date AS due_date
    FROM recon_flagged AS f
    WHERE f.gateway_unknown
    UNION ALL
    SELECT
        f.payment_id, 'currency.mismatch', 'gateway', f.currency, f.expected,
        CASE WHEN f.foreign_received <> 0 THEN f.foreign_received ELSE f.answer_amount END,
        CASE WHEN f.foreign_received <> 0 THEN f.foreign_currency ELSE f.answer_currency END,
        'The payment is in ' || f.currency || ', the gateway answers in ' || f.answer_currency || '.', f.business_date
    FROM recon_flagged AS f
    WHERE f.currency_mismatch
    UNION ALL
    SELECT
        f.payment_id, 'status.mismatch', 'gateway', f.currency, f.net,
        CASE WHEN f.lines > 0 THEN f.received ELSE f.word END, f.currency,
        'The payment is ' || f.payment_status || ', the gateway says ' || f.answer_status || '.', f.business_date
    FROM recon_flagged AS f
    WHERE f.status_mismatch
    UNION ALL
    SELECT
        f.payment_id, CASE WHEN f.courier THEN 'cod.remittance_missing' ELSE 'settlement.missing' END,
        CASE WHEN f.courier THEN 'courier' ELSE 'gateway' END, f.currency, f.expected, f.received, f.currency,
        'Captured and due on ' || f.due || ', and no statement of ' || f.channel || ' has a line of it.', f.due
    FROM recon_flagged AS f
    WHERE f.missing
    UNION ALL
    SELECT
        f.payment_id, 'amount.mismatch', 'gateway', f.currency, f.amount, f.answer_amount, f.currency,
        'The payment is over ' || f.amount || ', the gateway answers ' || round(f.answer_amount, 2) || '.',
        f.business_date
    FROM recon_flagged AS f
    WHERE f.amount_mismatch
    UNION ALL
    SELECT
        f.payment_id, f.differs_code, CASE WHEN f.courier THEN 'courier' ELSE 'gateway' END,
        CASE WHEN f.foreign_received <> 0 AND f.root_code <> f.differs_code THEN f.foreign_currency
        ELSE f.currency END,
        CASE WHEN f.foreign_received <> 0 AND f.root_code <> f.differs_code THEN 0.00 ELSE f.expected END,
        CASE WHEN f.foreign_received <> 0 AND f.root_code <> f.differs_code THEN f.foreign_received
        ELSE f.received END,
        CASE WHEN f.foreign_received <> 0 AND f.root_code <> f.differs_code THEN f.foreign_currency
        ELSE f.currency END,
        'The statement of ' || f.channel || ' comes to ' || f.received || ' in ' || f.currency || ', expected '
            || f.expected || '.',
        f.business_date
    FROM recon_flagged AS f
    WHERE f.differs
    UNION ALL
    SELECT
        f.payment_id, 'response.unreadable', 'data', f.currency, NULL, NULL, f.currency,
        'The gateway''s answer has no readable ' || concat_ws(
            ', ', CASE WHEN f.answer_status IS NULL THEN 'status' END,
            CASE WHEN f.answer_amount IS NULL THEN 'amount' END,
            CASE WHEN f.answer_currency IS NULL THEN 'currency' END) || '.',
        f.business_date
    FROM recon_flagged AS f
    WHERE f.unreadable
    UNION ALL
    SELECT
        f.payment_id, 'response.missing', 'data', f.currency, NULL, NULL, f.currency,
        'The payment is ' || f.payment_status || ' without an answer of the gateway.', f.business_date
    FROM recon_flagged AS f
    WHERE f.unanswered
) AS v
JOIN recon_flagged AS f ON f.payment_id = v.payment_id

-- name: orders-arithmetic
INSERT INTO recon_found (
    break_id, code, entity, plane, role, root_break_id, channel, order_id, payment_id, line_id, payout_id,
    evidence_line, currency, expected, actual, actual_currency, money_effect, event_effect, explanation, business_date,
    due_date)
SELECT
    left(encode(sha256(convert_to('order.arithmetic order:' || o.order_id, 'UTF8')), 'hex'), 16),
    'order.arithmetic', 'order:' || o.order_id, 'order', 'root', NULL, 'shop', o.order_id, NULL, NULL, NULL, NULL,
    o.currency, o.computed, o.total_amount, o.currency, o.total_amount - o.computed, 0.00,
    'The items, tax and shipping come to ' || o.computed || '; the order says subtotal ' || o.subtotal || ', total '
        || o.total_amount || '.',
    o.business_date, o.business_date
FROM (
    SELECT
        o.order_id, o.currency, o.subtotal, o.total_amount, o.business_date,
        coalesce(i.value, 0.00) + o.tax_amount + o.shipping_cost AS computed,
        o.subtotal <> coalesce(i.subtotals, 0.00) OR coalesce(i.item_differs, FALSE)
            OR o.total_amount <> o.subtotal + o.tax_amount + o.shipping_cost AS wrong
    FROM recon_order AS o
    LEFT JOIN recon_item AS i ON i.order_id = o.order_id
) AS o
WHERE o.wrong

-- name: orders-underpaid
-- What is due by now against what the ledger has captured. It follows from a status.mismatch when the gateway already
-- holds all that is missing.
INSERT INTO recon_found (
    break_id, code, entity, plane, role, root_break_id, channel, order_id, payment_id, line_id, payout_id,
    evidence_line, currency, expected, actual, actual_currency, money_effect, event_effect, explanation, business_date,
    due_date)
SELECT
    left(encode(sha256(convert_to('order.underpaid order:' || u.order_id, 'UTF8')), 'hex'), 16),
    'order.underpaid', 'order:' || u.order_id, 'order',
    CASE WHEN u.root_payment IS NULL THEN 'root' ELSE 'consequence' END,
    CASE WHEN u.root_payment IS NOT NULL THEN
        left(encode(sha256(convert_to('status.mismatch payment:' || u.root_payment, 'UTF8')), 'hex'), 16) END,
    'shop', u.order_id, NULL, NULL, NULL, NULL, u.currency, u.due, u.captured, u.currency,
    CASE WHEN u.root_payment IS NULL THEN u.captured - u.due ELSE 0.00 END, 0.00,
    'The order is ' || u.order_status || ': ' || u.due || ' is due, ' || u.captured || ' is captured.',
    u.business_date, u.business_date
FROM (
    SELECT o.order_id, o.currency, o.order_status, o.business_date, o.due, o.captured, min(f.payment_id) AS root_payment
    FROM (
        SELECT
            o.order_id, o.currency, o.order_status, o.business_date, coalesce(p.captured, 0.00) AS captured,
            CASE
                WHEN o.order_status = 'DELIVERED' THEN o.total_amount
                WHEN o.order_status NOT IN ('CONFIRMED', 'PROCESSING', 'SHIPPED') THEN 0.00
                WHEN NOT coalesce(c.on_delivery, FALSE) THEN o.total_amount
                WHEN o.advance_payment THEN coalesce(o.advance_amount, 0.00)
                ELSE 0.00
            END AS due
        FROM recon_order AS o
        LEFT JOIN (
            SELECT p.order_id, p.currency, sum(p.captured - p.refunded) AS captured
            FROM recon_payment AS p
            GROUP BY p.order_id, p.currency
        ) AS p ON p.order_id = o.order_id AND p.currency = o.currency
        LEFT JOIN (
            SELECT p.order_id, TRUE AS on_delivery
            FROM recon_payment AS p
            WHERE p.method_name = 'CASH_ON_DELIVERY' AND p.payment_status NOT IN ('FAILED', 'CANCELLED')
            GROUP BY p.order_id
        ) AS c ON c.order_id = o.order_id
    ) AS o
    LEFT JOIN recon_flagged AS f
        ON f.order_id = o.order_id AND f.root_code = 'status.mismatch' AND f.currency = o.currency
        AND f.word - f.net >= o.due - o.captured
    WHERE o.due > o.captured
    GROUP BY o.order_id, o.currency, o.order_status, o.business_date, o.due, o.captured
) AS u

-- name: line-breaks
-- What no payment of ours stands behind, what comes twice in one file, and what came again with other content.
INSERT INTO recon_found (
    break_id, code, entity, plane, role, root_break_id, channel, order_id, payment_id, line_id, payout_id,
    evidence_line, currency, expected, actual, actual_currency, money_effect, event_effect, explanation, business_date,
    due_date)
SELECT
    left(encode(sha256(convert_to(v.code || ' ' || l.entity, 'UTF8')), 'hex'), 16),
    v.code, l.entity, CASE WHEN c.channel IS NOT NULL THEN 'courier' ELSE 'gateway' END, 'root', NULL, l.channel,
    NULL, NULL, l.line_id, NULL, l.line_id, l.currency, 0.00, v.effect, l.currency, v.effect, v.effect, v.explanation,
    (l.settled_at AT TIME ZONE r.time_zone)::date, (l.settled_at AT TIME ZONE r.time_zone)::date
FROM (
    SELECT
        m.line_id, CASE WHEN c.channel IS NOT NULL THEN 'cod.unknown_tracking' ELSE 'settlement.orphan' END AS code,
        m.gross AS effect,
        CASE WHEN c.channel IS NOT NULL THEN 'No order of ours went out under this consignment.'
        ELSE 'No payment of ours stands behind this line.' END AS explanation
    FROM recon_matched AS m
    LEFT JOIN recon_courier AS c ON c.channel = m.channel
    WHERE m.payment_id IS NULL AND m.gross <> 0
    UNION ALL
    SELECT
        l.line_id, 'settlement.duplicate',
        coalesce(k.amount, 0.00), 'The same line stands twice in one file.'
    FROM recon_line AS l
    LEFT JOIN recon_component AS k
        ON k.line_id = l.line_id
        AND (k.kind = l.kind OR k.kind = 'conversion_out' AND l.kind = 'conversion_in')
    WHERE l.standing = 'duplicate'
    UNION ALL
    SELECT
        l.line_id, 'settlement.line_changed', 0.00,
        'A line that was imported before came again with other content; the first one stands.'
    FROM recon_line AS l
    WHERE l.standing = 'changed'
) AS v
JOIN recon_line AS l ON l.line_id = v.line_id
CROSS JOIN recon_run AS r
LEFT JOIN recon_courier AS c ON c.channel = l.channel

-- name: payout-breaks
INSERT INTO recon_found (
    break_id, code, entity, plane, role, root_break_id, channel, order_id, payment_id, line_id, payout_id,
    evidence_line, currency, expected, actual, actual_currency, money_effect, event_effect, explanation, business_date,
    due_date)
SELECT
    left(encode(sha256(convert_to('payout.total payout:' || p.name, 'UTF8')), 'hex'), 16),
    'payout.total', 'payout:' || p.name, 'payout', 'root', NULL, p.channel, NULL, NULL, NULL, p.payout_id,
    p.payout_line, p.currency, p.lines_net, p.payout_amount, p.currency, p.payout_amount - p.lines_net,
    p.payout_amount - p.lines_net,
    'The payout is ' || p.payout_amount || ', its ' || p.lines || ' lines come to ' || p.lines_net || '.',
    (p.paid_at AT TIME ZONE r.time_zone)::date, (p.paid_at AT TIME ZONE r.time_zone)::date
FROM recon_payout AS p
CROSS JOIN recon_run AS r
WHERE p.payout_amount <> p.lines_net
