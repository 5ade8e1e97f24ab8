-- The breaks of orders that are true now: what an order says of itself, and what it says against what was paid and
-- refunded (docs/reconciliation.md, “Breaks”). An order has at most one difference of money; what explains it wholly,
-- the deepest cause first, carries it, and all else that is true follows from that.

-- name: order-dues
-- What every order in scope owes by now, and what was paid and given back.
CREATE TEMPORARY TABLE recon_order_due ON COMMIT DROP AS
SELECT
    o.order_id, o.order_status, o.currency, o.total_amount, o.subtotal, o.business_date,
    coalesce(i.value, 0.00) + o.tax_amount + o.shipping_cost AS computed,
    o.subtotal <> coalesce(i.subtotals, 0.00) OR coalesce(i.item_differs, FALSE)
        OR o.total_amount <> o.subtotal + o.tax_amount + o.shipping_cost AS wrong,
    -- Due by now: nothing before it is confirmed; at the door the advance first, the rest with the parcel.
    CASE
        WHEN o.order_status = 'DELIVERED' THEN o.total_amount
        WHEN o.order_status NOT IN ('CONFIRMED', 'PROCESSING', 'SHIPPED') THEN 0.00
        WHEN NOT coalesce(p.on_delivery, FALSE) THEN o.total_amount
        WHEN o.advance_payment THEN coalesce(o.advance_amount, 0.00)
        ELSE 0.00
    END AS due,
    coalesce(p.on_delivery, FALSE) AS on_delivery, coalesce(p.captured, 0.00) AS captured,
    coalesce(p.refunded, 0.00) AS refunded, coalesce(p.captures, 0) AS captures, p.first_capture_at,
    i.last_item_at, p.foreign_currency, coalesce(p.foreign_captured, 0.00) AS foreign_captured
FROM recon_order AS o
LEFT JOIN recon_item AS i ON i.order_id = o.order_id
LEFT JOIN (
    SELECT
        p.order_id,
        sum(p.captured) FILTER (WHERE p.currency = o.currency) AS captured,
        sum(p.refunded) FILTER (WHERE p.currency = o.currency) AS refunded,
        count(*) FILTER (WHERE p.currency = o.currency AND p.captured > 0) AS captures,
        min(p.ledger_at) FILTER (WHERE p.captured > 0) AS first_capture_at,
        bool_or(p.method_name = 'CASH_ON_DELIVERY' AND p.payment_status NOT IN ('FAILED', 'CANCELLED'))
            AS on_delivery,
        min(p.currency) FILTER (WHERE p.currency <> o.currency AND p.captured > 0) AS foreign_currency,
        sum(p.captured) FILTER (WHERE p.currency <> o.currency) AS foreign_captured
    FROM recon_payment AS p
    JOIN recon_order AS o ON o.order_id = p.order_id
    GROUP BY p.order_id
) AS p ON p.order_id = o.order_id

-- name: order-money
-- The orders that are worth a look: their money is not as their status says (`code`, one an order), a payment is in
-- another currency, or their own sums do not add up.
CREATE TEMPORARY TABLE recon_order_money ON COMMIT DROP AS
SELECT
    m.order_id, m.order_status, m.currency, m.total_amount, m.subtotal, m.business_date, m.computed, m.wrong, m.due,
    m.captured, m.refunded, m.captures, m.first_capture_at, m.last_item_at, m.foreign_currency, m.foreign_captured,
    m.code,
    CASE
        WHEN m.code = 'order.overpaid' THEN m.total_amount
        WHEN m.code IN ('order.underpaid', 'order.advance_missing') OR m.code IS NULL THEN m.due
        ELSE 0.00
    END AS expected,
    CASE m.code
        WHEN 'order.refund_unrecorded' THEN -m.refunded
        WHEN 'order.underpaid' THEN m.captured
        WHEN 'order.advance_missing' THEN m.captured
        ELSE m.captured - m.refunded
    END AS actual
FROM (
    SELECT
        d.*,
        CASE
            WHEN d.order_status = 'REFUNDED' AND d.captured = 0 AND d.total_amount > 0 THEN 'order.refunded_unpaid'
            WHEN d.order_status = 'REFUNDED' AND d.captured > 0 AND d.refunded = 0 THEN 'order.refund_missing'
            WHEN d.order_status = 'REFUNDED' AND d.captured > d.refunded THEN 'order.refund_partial'
            WHEN d.order_status = 'REFUNDED' THEN NULL
            WHEN d.order_status = 'CANCELLED' AND d.captured > d.refunded THEN 'order.paid_but_cancelled'
            WHEN d.order_status = 'CANCELLED' THEN NULL
            WHEN d.captured > 0 AND d.captured = d.refunded THEN 'order.refund_unrecorded'
            WHEN d.captured < d.due AND d.on_delivery AND d.order_status <> 'DELIVERED' THEN 'order.advance_missing'
            WHEN d.captured < d.due THEN 'order.underpaid'
            WHEN d.captured - d.refunded > d.total_amount THEN 'order.overpaid'
        END AS code
    FROM recon_order_due AS d
) AS m
WHERE m.code IS NOT NULL OR m.foreign_currency IS NOT NULL OR m.wrong

-- name: analyze-order-money
ANALYZE recon_order_money

-- name: order-payment-roots
-- A payment's root that explains its order's difference wholly: put right, the payment moves by at least what the order
-- lacks or has too much. A refunded order that nothing was captured for waits for no money, only for the record.
CREATE TEMPORARY TABLE recon_order_payment_root ON COMMIT DROP AS
SELECT DISTINCT ON (m.order_id) m.order_id, r.code, 'payment:' || r.payment_id AS entity
FROM recon_order_money AS m
JOIN recon_root AS r ON r.order_id = m.order_id
CROSS JOIN LATERAL (SELECT m.actual - m.expected AS difference) AS d
WHERE m.code IS NOT NULL
    AND CASE
        WHEN r.code = 'currency.mismatch' AND r.currency <> m.currency
            THEN r.answer_currency = m.currency AND d.difference < 0 AND r.answered >= -d.difference
        WHEN r.currency <> m.currency THEN FALSE
        WHEN m.code = 'order.refunded_unpaid'
            THEN r.code = 'status.mismatch' AND r.answer_class IN ('captured', 'refunded')
        WHEN d.difference < 0 THEN r.moves >= -d.difference
        ELSE r.moves <= -d.difference
    END
ORDER BY m.order_id, r.rank, r.payment_id

-- name: order-currency-roots
-- A payment that the shop keeps in another currency than its order, while the gateway charged in the order's.
CREATE TEMPORARY TABLE recon_order_currency_root ON COMMIT DROP AS
SELECT m.order_id, min(r.payment_id) AS payment_id
FROM recon_order_money AS m
JOIN recon_root AS r
    ON r.order_id = m.order_id AND r.code = 'currency.mismatch' AND r.currency <> m.currency
    AND r.answer_currency = m.currency
WHERE m.foreign_currency IS NOT NULL
GROUP BY m.order_id

-- name: order-duplicates
-- Two captures, and without the latest one the order is still paid.
CREATE TEMPORARY TABLE recon_order_duplicate ON COMMIT DROP AS
SELECT m.order_id, l.payment_id
FROM recon_order_money AS m
JOIN (
    SELECT
        p.order_id, p.payment_id, p.captured,
        row_number() OVER (PARTITION BY p.order_id ORDER BY p.ledger_at DESC, p.payment_id DESC) AS place
    FROM recon_order_money AS m
    JOIN recon_payment AS p ON p.order_id = m.order_id AND p.currency = m.currency AND p.captured > 0
    WHERE m.code = 'order.overpaid' AND m.captures > 1
) AS l ON l.order_id = m.order_id AND l.place = 1
WHERE m.due > 0 AND m.captured - l.captured >= m.due
    OR m.order_status = 'PENDING' AND m.captured - l.captured >= m.total_amount

-- name: order-conditions
-- All that is true of an order, ranked: of what explains its difference of money (`carries`) the lowest rank is the
-- root. An order whose own sums are wrong by just what is missing or too much was paid for what its items cost.
CREATE TEMPORARY TABLE recon_order_condition ON COMMIT DROP AS
SELECT
    m.order_id, c.rank, c.code, c.entity, c.payment_id, c.carries, c.follows, c.expected, c.actual, c.actual_currency,
    c.effect, c.explanation
FROM recon_order_money AS m
LEFT JOIN recon_order_payment_root AS r ON r.order_id = m.order_id
LEFT JOIN recon_order_currency_root AS k ON k.order_id = m.order_id
LEFT JOIN recon_order_duplicate AS d ON d.order_id = m.order_id
CROSS JOIN LATERAL (VALUES
    (1, r.code, r.entity, NULL::integer, r.code IS NOT NULL, TRUE, FALSE, 0.00, 0.00, m.currency, 0.00, ''),
    (10, 'order.currency', 'order:' || m.order_id, NULL, m.foreign_currency IS NOT NULL,
        r.code IS NULL AND k.order_id IS NULL, FALSE, m.expected, m.foreign_captured, m.foreign_currency,
        CASE WHEN m.code IS NULL THEN 0.00 ELSE m.actual - m.expected END,
        'The order is in ' || m.currency || ', and ' || m.foreign_captured || ' was captured in ' || m.foreign_currency
            || '.'),
    (20, 'order.arithmetic', 'order:' || m.order_id, NULL, m.wrong,
        m.code IN ('order.underpaid', 'order.overpaid', 'order.advance_missing')
            AND m.total_amount - m.computed = m.expected - m.actual,
        FALSE,
        m.computed, m.total_amount, m.currency, m.total_amount - m.computed,
        'The items, tax and shipping come to ' || m.computed || '; the order says subtotal ' || m.subtotal || ', total '
            || m.total_amount || '.'),
    (30, 'order.edited_after_capture', 'order:' || m.order_id, NULL,
        m.code IN ('order.underpaid', 'order.overpaid', 'order.advance_missing')
            AND m.last_item_at > m.first_capture_at + interval '60 seconds',
        TRUE, TRUE, m.expected, m.actual, m.currency, m.actual - m.expected,
        'An item was added after the first capture; ' || m.expected || ' was to be paid, ' || m.actual || ' was.'),
    (40, 'payment.duplicate', 'payment:' || d.payment_id, d.payment_id, d.payment_id IS NOT NULL, TRUE, TRUE,
        m.expected, m.actual, m.currency, m.actual - m.expected,
        'Captured twice: without this payment the order is still paid.'),
    (50, m.code, 'order:' || m.order_id, NULL, m.code IS NOT NULL, TRUE, TRUE, m.expected, m.actual, m.currency,
        m.actual - m.expected,
        'The order is ' || m.order_status || ' over ' || m.total_amount || ': ' || m.due || ' is due, ' || m.captured
            || ' captured, ' || m.refunded || ' refunded.')
) AS c (rank, code, entity, payment_id, holds, carries, follows, expected, actual, actual_currency, effect, explanation)
WHERE c.holds

-- name: orders
INSERT INTO recon_found (
    break_id, code, entity, plane, role, root_break_id, channel, order_id, payment_id, line_id, payout_id,
    evidence_line, currency, expected, actual, actual_currency, money_effect, event_effect, explanation, business_date,
    due_date)
SELECT
    left(encode(sha256(convert_to(c.code || ' ' || c.entity, 'UTF8')), 'hex'), 16), c.code, c.entity,
    CASE WHEN c.code = 'order.refunded_unpaid' THEN 'data' ELSE 'order' END,
    CASE WHEN c.root IS NULL THEN 'root' ELSE 'consequence' END,
    left(encode(sha256(convert_to(c.root, 'UTF8')), 'hex'), 16),
    'shop', c.order_id, c.payment_id, NULL, NULL, NULL, m.currency, c.expected, c.actual, c.actual_currency,
    CASE WHEN c.root IS NULL THEN c.effect ELSE 0.00 END, 0.00, c.explanation, m.business_date, m.business_date
FROM (
    SELECT
        c.order_id, c.rank, c.code, c.entity, c.payment_id, c.expected, c.actual, c.actual_currency, c.explanation,
        CASE WHEN c.code = 'order.currency' AND NOT c.carries THEN 0.00 ELSE c.effect END AS effect,
        CASE
            WHEN c.code = 'order.currency' AND k.payment_id IS NOT NULL
                THEN 'currency.mismatch payment:' || k.payment_id
            WHEN c.follows AND c.rank > w.rank THEN w.name
        END AS root
    FROM recon_order_condition AS c
    LEFT JOIN (
        SELECT DISTINCT ON (c.order_id) c.order_id, c.rank, c.code || ' ' || c.entity AS name
        FROM recon_order_condition AS c
        WHERE c.carries
        ORDER BY c.order_id, c.rank
    ) AS w ON w.order_id = c.order_id
    LEFT JOIN recon_order_currency_root AS k ON k.order_id = c.order_id
    WHERE c.rank > 1
) AS c
JOIN recon_order_money AS m ON m.order_id = c.order_id
