-- Which payment a line speaks of (docs/reconciliation.md, “Matching”): by the gateway's transaction id, else by order
-- number, else by carrier and tracking number. Only exact and single matches are booked. A transaction id names its
-- payment whatever the currency; an order number or a consignment only in the payment's own.

-- name: match-by-transaction
CREATE TEMPORARY TABLE recon_match ON COMMIT DROP AS
SELECT
    l.line_id,
    coalesce(a.payment_id, b.payment_id) AS payment_id,
    CASE WHEN a.payment_id IS NULL AND b.payment_id IS NULL THEN NULL ELSE 'transaction_id' END AS matched_by,
    CASE WHEN l.charged_currency <> coalesce(a.currency, b.currency) AND l.part <> 'dispute' THEN l.charged_currency END
        AS foreign_currency
FROM recon_line AS l
LEFT JOIN recon_payment AS a ON a.transaction_id = l.transaction_id AND a.channel = l.channel
LEFT JOIN recon_payment AS b ON b.transaction_id = l.other_transaction_id AND b.channel = l.channel
WHERE l.part IS NOT NULL AND l.standing = 'live'

-- name: match-one-currency
-- A payment has lines in its own currency and in at most one other: the one that its gateway answered in, else the
-- first by name. Money in a third currency is nobody's.
UPDATE recon_match AS m
SET payment_id = NULL, matched_by = NULL
FROM (
    SELECT
        m.payment_id,
        coalesce(
            min(m.foreign_currency) FILTER (WHERE m.foreign_currency = p.answer_currency), min(m.foreign_currency))
            AS currency
    FROM recon_match AS m
    JOIN recon_payment AS p ON p.payment_id = m.payment_id
    WHERE m.foreign_currency IS NOT NULL
    GROUP BY m.payment_id
) AS o
WHERE m.payment_id = o.payment_id AND m.foreign_currency <> o.currency

-- name: match-by-reference
-- The order number, where exactly one captured payment of that order can be meant; or the payment's own id.
CREATE TEMPORARY TABLE recon_match_reference ON COMMIT DROP AS
SELECT r.line_id, min(p.payment_id) AS payment_id
FROM (
    SELECT l.line_id, l.channel, l.charged_currency, p.payment_id
    FROM recon_match AS m
    JOIN recon_line AS l ON l.line_id = m.line_id
    JOIN recon_order AS o ON o.order_number = l.merchant_reference
    JOIN recon_payment AS p ON p.order_id = o.order_id
    WHERE m.payment_id IS NULL
    UNION
    SELECT l.line_id, l.channel, l.charged_currency, p.payment_id
    FROM recon_match AS m
    JOIN recon_line AS l ON l.line_id = m.line_id
    JOIN recon_payment AS p
        ON p.payment_id = CASE WHEN l.merchant_reference ~ '^[0-9]{1,9}$' THEN l.merchant_reference::integer END
    WHERE m.payment_id IS NULL
) AS r
JOIN recon_payment AS p
    ON p.payment_id = r.payment_id AND p.channel = r.channel AND p.currency = r.charged_currency AND p.captured > 0
GROUP BY r.line_id
HAVING count(*) = 1

-- name: match-by-tracking
-- The consignment, where the order has exactly one live payment to collect at the door.
CREATE TEMPORARY TABLE recon_match_tracking ON COMMIT DROP AS
SELECT l.line_id, min(p.payment_id) AS payment_id
FROM recon_match AS m
JOIN recon_line AS l ON l.line_id = m.line_id
JOIN recon_order AS o ON o.tracking_number = l.tracking_number AND o.carrier_channel = l.channel
JOIN recon_payment AS p
    ON p.order_id = o.order_id AND p.channel = l.channel AND p.currency = l.charged_currency AND p.courier
    AND p.payment_status NOT IN ('FAILED', 'CANCELLED')
LEFT JOIN recon_match_reference AS r ON r.line_id = m.line_id
WHERE m.payment_id IS NULL AND r.line_id IS NULL
GROUP BY l.line_id
HAVING count(*) = 1

-- name: matched
CREATE TEMPORARY TABLE recon_matched ON COMMIT DROP AS
SELECT
    l.line_id, l.file_id, l.line_no, l.entity, l.channel, l.line_type, l.kind, l.part, l.currency, l.gross, l.charged,
    l.charged_currency, l.settled_at, l.captured_at, p.payment_id, p.order_id,
    CASE
        WHEN m.payment_id IS NOT NULL THEN m.matched_by
        WHEN r.payment_id IS NOT NULL THEN 'merchant_reference'
        WHEN t.payment_id IS NOT NULL THEN 'tracking_number'
    END AS matched_by,
    l.old_payment_id, l.old_order_id, l.old_matched_by
FROM recon_match AS m
JOIN recon_line AS l ON l.line_id = m.line_id
LEFT JOIN recon_match_reference AS r ON r.line_id = m.line_id
LEFT JOIN recon_match_tracking AS t ON t.line_id = m.line_id
LEFT JOIN recon_payment AS p ON p.payment_id = coalesce(m.payment_id, r.payment_id, t.payment_id)

-- name: book-matches
UPDATE mainspring.lines AS l
SET payment_id = m.payment_id, order_id = m.order_id, matched_by = m.matched_by
FROM recon_matched AS m
WHERE l.line_id = m.line_id
    AND (m.old_payment_id, m.old_order_id, m.old_matched_by)
        IS DISTINCT FROM (m.payment_id, m.order_id, m.matched_by)

-- name: analyze-match
ANALYZE recon_match
