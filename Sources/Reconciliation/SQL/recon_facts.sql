-- What is known of each payment in scope, side by side, and what it says (docs/reconciliation.md, “Breaks”).

-- name: totals
-- What the live lines of a payment add up to, in its own currency and, apart, in the one its gateway answered in.
CREATE TEMPORARY TABLE recon_total ON COMMIT DROP AS
SELECT
    m.payment_id,
    count(*) AS lines,
    count(*) FILTER (WHERE m.part = 'capture') AS capture_lines,
    coalesce(sum(m.charged) FILTER (WHERE m.charged_currency = p.currency), 0.00) AS received,
    coalesce(sum(m.charged) FILTER (WHERE m.charged_currency = p.currency AND m.part = 'refund'), 0.00) AS received_refunds,
    min(m.charged_currency) FILTER (WHERE m.charged_currency <> p.currency) AS foreign_currency,
    coalesce(sum(m.charged) FILTER (WHERE m.charged_currency <> p.currency), 0.00) AS foreign_received,
    min(m.line_id) AS first_line
FROM recon_matched AS m
JOIN recon_payment AS p ON p.payment_id = m.payment_id
GROUP BY m.payment_id

-- name: refunds-not-due
CREATE TEMPORARY TABLE recon_refund ON COMMIT DROP AS
SELECT
    e.event_id, e.payment_id, e.amount,
    sum(e.amount) OVER (
        PARTITION BY e.payment_id ORDER BY e.effective_at DESC, e.event_id DESC
        ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS running
FROM recon_payment AS p
CROSS JOIN recon_run AS r
JOIN mainspring.money_events AS e
    ON e.payment_id = p.payment_id AND e.side = 'ledger' AND e.channel = p.channel AND e.currency = p.currency
LEFT JOIN recon_due AS d
    ON d.due_days = p.due_days AND d.day = (e.effective_at AT TIME ZONE r.time_zone)::date
WHERE p.refunded > 0 AND p.settles_refunds AND p.settles AND e.kind = 'refund' AND e.amount < 0
    AND coalesce(d.due, (e.effective_at AT TIME ZONE r.time_zone)::date + p.due_days) >= r.business_date

-- name: facts
-- expected: what the statement should have said by now. A part that is not due yet is left out until its line comes.
CREATE TEMPORARY TABLE recon_fact ON COMMIT DROP AS
SELECT
    f.payment_id, f.order_id, f.payment_status, f.amount, f.currency, f.mapping, f.channel, f.courier, f.answers,
    f.settles, f.settles_refunds, f.answered, f.readable, f.ledger_class, f.answer_class, f.answer_status,
    f.answer_amount, f.answer_currency, f.answer_refunded, f.captured, f.refunded, f.business_date, f.due, f.lines,
    f.received, f.foreign_currency, f.foreign_received, f.first_line, f.capture_in_transit, f.refund_in_transit,
    f.expected, f.word, f.net,
    f.mapping IS NULL AS gateway_unknown,
    f.readable AND f.answer_currency <> f.currency AS currency_mismatch,
    f.readable AND f.answer_class IS NOT NULL AND f.answer_class <> f.ledger_class AND NOT f.late AS status_mismatch,
    f.lines = 0 AND f.captured > 0 AND f.settles AND NOT f.capture_in_transit AS missing,
    f.readable AND f.answer_currency = f.currency AND f.answer_amount <> f.amount AS amount_mismatch,
    f.lines > 0 AND (f.received <> f.expected OR f.foreign_received <> 0) AS differs,
    f.answers AND f.answered AND NOT f.readable AS unreadable,
    f.answers AND NOT f.answered AND f.payment_status IN ('COMPLETED', 'FAILED', 'REFUNDED') AS unanswered
FROM (
    SELECT
        g.*,
        (g.captured - CASE WHEN g.capture_in_transit THEN g.captured ELSE 0.00 END)
            - (g.settled_refund - g.refund_in_transit) AS expected,
        g.captured - g.refunded AS net,
        CASE
            WHEN g.answer_class = 'captured' AND g.answer_currency = g.currency
                THEN g.answer_amount - least(coalesce(g.answer_refunded, 0.00), g.answer_amount)
            ELSE 0.00
        END AS word
    FROM (
        SELECT
            h.*,
            CASE
                WHEN NOT h.settles THEN 0.00
                WHEN h.capture_in_transit AND h.lines = 0 THEN h.settled_refund
                ELSE least(greatest(h.settled_refund + h.received_refunds, 0.00), h.refund_not_due)
            END AS refund_in_transit
        FROM (
            SELECT
                p.payment_id, p.order_id, p.payment_status, p.amount, p.currency, p.mapping, p.channel, p.courier,
                p.answers, p.settles, p.settles_refunds, p.answered, p.readable, p.ledger_class, p.answer_class,
                p.answer_status, p.answer_amount, p.answer_currency, p.answer_refunded, p.captured, p.refunded, p.late,
                p.business_date,
                CASE WHEN p.settles_refunds THEN p.refunded ELSE 0.00 END AS settled_refund,
                coalesce(d.due, b.due_from + p.due_days) AS due,
                coalesce(t.lines, 0) AS lines,
                coalesce(t.received, 0.00) AS received,
                coalesce(t.received_refunds, 0.00) AS received_refunds,
                t.foreign_currency,
                coalesce(t.foreign_received, 0.00) AS foreign_received,
                t.first_line,
                coalesce(n.amount, 0.00) AS refund_not_due,
                p.captured > 0 AND p.settles AND coalesce(t.capture_lines, 0) = 0
                    AND coalesce(d.due, b.due_from + p.due_days) >= r.business_date AS capture_in_transit
            FROM recon_payment AS p
            CROSS JOIN recon_run AS r
            JOIN (
                SELECT
                    p.payment_id,
                    CASE WHEN p.due_from = 'delivery' THEN coalesce(o.actual_delivery_date, p.business_date)
                    ELSE p.business_date END AS due_from
                FROM recon_payment AS p
                JOIN recon_order AS o ON o.order_id = p.order_id
            ) AS b ON b.payment_id = p.payment_id
            LEFT JOIN recon_due AS d ON d.due_days = p.due_days AND d.day = b.due_from
            LEFT JOIN recon_total AS t ON t.payment_id = p.payment_id
            LEFT JOIN (
                SELECT f.payment_id, -sum(f.amount) AS amount FROM recon_refund AS f GROUP BY f.payment_id
            ) AS n ON n.payment_id = p.payment_id
        ) AS h
    ) AS g
) AS f

-- name: flagged
-- The lowest rank that is true is the root: one cause, one root (docs/reconciliation.md).
CREATE TEMPORARY TABLE recon_flagged ON COMMIT DROP AS
SELECT
    f.*,
    CASE
        WHEN f.gateway_unknown THEN 'gateway.unknown'
        WHEN f.currency_mismatch THEN 'currency.mismatch'
        WHEN f.status_mismatch THEN 'status.mismatch'
        WHEN f.missing THEN CASE WHEN f.courier THEN 'cod.remittance_missing' ELSE 'settlement.missing' END
        WHEN f.amount_mismatch THEN 'amount.mismatch'
        WHEN f.differs THEN f.differs_code
        WHEN f.unreadable THEN 'response.unreadable'
        ELSE 'response.missing'
    END AS root_code,
    CASE
        WHEN f.gateway_unknown THEN -f.net
        WHEN f.missing OR f.lines > 0 THEN f.received - f.expected
        WHEN f.currency_mismatch OR f.status_mismatch OR f.amount_mismatch THEN f.word - f.net
        ELSE 0.00
    END AS effect,
    CASE
        WHEN f.gateway_unknown THEN -f.net
        WHEN f.missing OR f.differs THEN f.received - f.expected
        ELSE 0.00
    END AS events_effect
FROM (
    SELECT
        f.*,
        CASE
            WHEN NOT f.courier THEN 'settlement.amount'
            WHEN f.received < f.expected THEN 'cod.remittance_short'
            ELSE 'cod.remittance_over'
        END AS differs_code
    FROM recon_fact AS f
    WHERE f.gateway_unknown OR f.currency_mismatch OR f.status_mismatch OR f.missing OR f.amount_mismatch
        OR f.differs OR f.unreadable OR f.unanswered
) AS f

-- name: roots
-- The roots that say something of what was paid: by how much the payment moves once they are put right.
CREATE TEMPORARY TABLE recon_root ON COMMIT DROP AS
SELECT
    f.order_id, f.payment_id, 1 AS rank, f.root_code AS code, f.currency, f.answer_currency, f.answer_class,
    f.answer_amount AS answered,
    CASE WHEN f.root_code IN ('status.mismatch', 'amount.mismatch') THEN f.word - f.net ELSE f.effect END AS moves
FROM recon_flagged AS f
WHERE f.root_code NOT IN (
    'gateway.unknown', 'settlement.missing', 'cod.remittance_missing', 'response.unreadable', 'response.missing')

-- name: analyze-totals
ANALYZE recon_total;
ANALYZE recon_refund

-- name: analyze-facts
ANALYZE recon_fact;
ANALYZE recon_flagged
