-- The breaks of orders that are true now: what an order says of itself, and what is due against what was paid
-- (docs/reconciliation.md, “Breaks”).

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
