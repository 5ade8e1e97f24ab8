-- Money events: append-only. The ledger's are the difference between what the shop's records say now and what the
-- events so far add up to; a line's are its components, once (docs/reconciliation.md, “The unit: a money event”).

-- name: ledger-wanted
-- A refund is dated by the answer, else by the statement's lines when they cover all that was refunded, else by when
-- the record changed.
CREATE TEMPORARY TABLE recon_ledger ON COMMIT DROP AS
SELECT p.payment_id, p.order_id, p.channel, p.currency, 'capture' AS part, p.captured AS amount, p.ledger_at AS dated
FROM recon_payment AS p
WHERE p.captured > 0
UNION ALL
SELECT
    p.payment_id, p.order_id, p.channel, p.currency, 'refund', -p.refunded,
    coalesce(p.answer_refunded_at, l.refunded_at, greatest(p.updated_at, p.ledger_at))
FROM recon_payment AS p
LEFT JOIN (
    SELECT m.payment_id, -sum(m.charged) AS refunded, max(coalesce(m.captured_at, m.settled_at)) AS refunded_at
    FROM recon_matched AS m
    WHERE m.line_type = 'refund' AND m.payment_id IS NOT NULL
    GROUP BY m.payment_id
) AS l ON l.payment_id = p.payment_id AND l.refunded >= p.refunded
WHERE p.refunded > 0

-- name: ledger-had
CREATE TEMPORARY TABLE recon_ledger_had ON COMMIT DROP AS
SELECT
    e.payment_id, e.channel, e.currency, CASE e.kind WHEN 'refund' THEN 'refund' ELSE 'capture' END AS part,
    min(e.order_id) AS order_id, sum(e.amount) AS amount, max(e.revision) AS revision
FROM recon_payment AS p
JOIN mainspring.money_events AS e ON e.payment_id = p.payment_id AND e.side = 'ledger'
GROUP BY e.payment_id, e.channel, e.currency, CASE e.kind WHEN 'refund' THEN 'refund' ELSE 'capture' END

-- name: ledger-events
-- A fall of what was captured, a change of channel or of currency is a void, dated when the record changed.
INSERT INTO mainspring.money_events (
    side, channel, kind, amount, currency, effective_at, recorded_at, payment_id, order_id, line_id, payout_id,
    revision, run_id)
SELECT
    'ledger', d.channel,
    CASE WHEN d.part = 'refund' THEN 'refund' WHEN d.amount > 0 THEN 'capture' ELSE 'void' END,
    d.amount, d.currency, d.dated, r.cut_off, d.payment_id, d.order_id, NULL, NULL,
    d.revision + row_number() OVER (PARTITION BY d.payment_id ORDER BY d.part, d.channel, d.currency), r.run_id
FROM (
    SELECT
        coalesce(w.payment_id, h.payment_id) AS payment_id,
        coalesce(w.order_id, h.order_id) AS order_id,
        coalesce(w.channel, h.channel) AS channel,
        coalesce(w.currency, h.currency) AS currency,
        coalesce(w.part, h.part) AS part,
        coalesce(w.amount, 0.00) - coalesce(h.amount, 0.00) AS amount,
        CASE
            WHEN w.payment_id IS NULL OR (w.part = 'capture' AND w.amount < h.amount)
                THEN greatest(p.updated_at, p.ledger_at)
            ELSE w.dated
        END AS dated,
        coalesce(t.revision, 0) AS revision
    FROM recon_ledger AS w
    FULL JOIN recon_ledger_had AS h
        ON h.payment_id = w.payment_id AND h.channel = w.channel AND h.currency = w.currency AND h.part = w.part
    JOIN recon_payment AS p ON p.payment_id = coalesce(w.payment_id, h.payment_id)
    LEFT JOIN (
        SELECT h.payment_id, max(h.revision) AS revision FROM recon_ledger_had AS h GROUP BY h.payment_id
    ) AS t ON t.payment_id = p.payment_id
) AS d
CROSS JOIN recon_run AS r
WHERE d.amount <> 0

-- name: components
-- What a line is in money: its gross as the kind of its type, its deductions as kinds of their own, and what its net says
-- beyond those. A converted line has money in two currencies: what was charged comes and goes in the one, and what was
-- settled comes in the other. A fee that adds up to something given is a fee refund. The one list, for events and for the
-- completeness proof of the working set.
CREATE TEMPORARY TABLE recon_component ON COMMIT DROP AS
SELECT
    c.line_id, CASE WHEN c.kind = 'fee' AND sum(c.amount) > 0 THEN 'fee_refund' ELSE c.kind END AS kind, c.currency,
    sum(c.amount) AS amount
FROM (
    SELECT
        l.line_id,
        CASE WHEN l.kind = 'conversion_in' AND l.gross < 0 THEN 'conversion_out' ELSE l.kind END AS kind,
        l.charged_currency AS currency, l.sign * l.charged AS amount
    FROM recon_line AS l
    WHERE l.kind IS NOT NULL AND l.charged <> 0
    UNION ALL
    SELECT l.line_id, 'conversion_out', l.charged_currency, -l.charged FROM recon_line AS l WHERE l.converted
    UNION ALL
    SELECT l.line_id, 'conversion_in', l.currency, l.gross FROM recon_line AS l WHERE l.converted
    UNION ALL
    -- What a dispute line takes off is the price of the dispute, and what one gives back is less of that price.
    SELECT
        l.line_id,
        CASE
            WHEN l.part = 'dispute' THEN 'dispute_fee'
            WHEN l.kind = 'fee_refund' AND l.fee < 0 THEN 'fee_refund'
            ELSE 'fee'
        END,
        l.currency, -l.fee
    FROM recon_line AS l
    WHERE l.kind IS NOT NULL AND l.fee <> 0
    UNION ALL
    SELECT l.line_id, 'fee_tax', l.currency, -l.fee_tax
    FROM recon_line AS l
    WHERE l.kind IS NOT NULL AND l.fee_tax <> 0
    UNION ALL
    SELECT l.line_id, 'income_tax_withheld', l.currency, -l.income_tax
    FROM recon_line AS l
    WHERE l.kind IS NOT NULL AND l.income_tax <> 0
    UNION ALL
    SELECT l.line_id, 'sales_tax_withheld', l.currency, -l.sales_tax
    FROM recon_line AS l
    WHERE l.kind IS NOT NULL AND l.sales_tax <> 0
    UNION ALL
    SELECT l.line_id, 'line_difference', l.currency, l.net - (l.gross - l.fee - l.fee_tax - l.income_tax - l.sales_tax)
    FROM recon_line AS l
    WHERE l.kind NOT IN ('payout', 'bank_credit')
        AND l.net <> l.gross - l.fee - l.fee_tax - l.income_tax - l.sales_tax
) AS c
GROUP BY c.line_id, c.kind, c.currency
HAVING sum(c.amount) <> 0

-- name: line-events
INSERT INTO mainspring.money_events (
    side, channel, kind, amount, currency, effective_at, recorded_at, payment_id, order_id, line_id, payout_id,
    revision, run_id)
SELECT
    'statement', l.channel, c.kind, c.amount, c.currency, l.settled_at, r.cut_off, m.payment_id, m.order_id, l.line_id,
    l.payout_id, 1, r.run_id
FROM recon_component AS c
JOIN recon_line AS l ON l.line_id = c.line_id
CROSS JOIN recon_run AS r
LEFT JOIN recon_matched AS m ON m.line_id = l.line_id
LEFT JOIN mainspring.money_events AS e ON e.line_id = c.line_id AND e.kind = c.kind AND e.side = 'statement'
WHERE e.event_id IS NULL
ORDER BY l.line_id, c.kind

-- name: analyze-ledger
ANALYZE recon_ledger;
ANALYZE recon_ledger_had;
ANALYZE recon_matched

-- name: analyze-components
ANALYZE recon_component
