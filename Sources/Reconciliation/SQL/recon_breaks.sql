-- The life of breaks (docs/reconciliation.md, “Breaks: their life”): identity is code + entity; new ones open, those
-- that are still there move their last day, changed facts are an event, and those that are gone are resolved, but only
-- by a run that may. A run that finds nothing new changes no row.

-- name: described
-- What was found, with the names that people look for.
CREATE TEMPORARY TABLE recon_described ON COMMIT DROP AS
SELECT
    f.break_id, f.code, f.entity, f.plane, f.role, f.root_break_id,
    CASE
        WHEN f.code IN ('status.mismatch', 'currency.mismatch') THEN 'high'
        WHEN abs(f.money_effect) >= CASE WHEN f.currency = 'PKR' THEN 100000 ELSE 1000 END THEN 'high'
        WHEN f.plane = 'data' THEN 'low'
        ELSE 'medium'
    END AS severity,
    f.channel, o.store_id, f.order_id, f.payment_id, f.line_id, f.payout_id, o.order_number,
    coalesce(p.transaction_id, l.transaction_id) AS transaction_id,
    CASE WHEN f.plane = 'courier' THEN coalesce(o.tracking_number, l.tracking_number) END AS tracking_number,
    f.currency, f.expected::numeric(14,2) AS expected, f.actual::numeric(14,2) AS actual, f.actual_currency,
    f.money_effect::numeric(14,2) AS money_effect, f.event_effect::numeric(14,2) AS event_effect, f.explanation,
    f.business_date, f.due_date, s.file_name AS evidence_file, l.line_no AS evidence_line
FROM recon_found AS f
LEFT JOIN recon_order AS o ON o.order_id = f.order_id
LEFT JOIN recon_payment AS p ON p.payment_id = f.payment_id
LEFT JOIN mainspring.lines AS l ON l.line_id = f.evidence_line
LEFT JOIN mainspring.files AS s ON s.file_id = l.file_id

-- name: changes
-- What happens to each break, decided once, before anything is written.
CREATE TEMPORARY TABLE recon_change ON COMMIT DROP AS
SELECT
    coalesce(d.break_id, b.break_id) AS break_id,
    CASE
        WHEN b.break_id IS NULL THEN 'opened'
        WHEN d.break_id IS NULL THEN CASE WHEN r.resolves THEN 'resolved' ELSE 'unseen' END
        WHEN b.status = 'RESOLVED' THEN 'reopened'
        WHEN (b.role, b.root_break_id, b.currency, b.expected, b.actual, b.actual_currency, b.money_effect)
            IS DISTINCT FROM
            (d.role, d.root_break_id, d.currency, d.expected, d.actual, d.actual_currency, d.money_effect)
            THEN 'changed'
        ELSE 'still'
    END AS event,
    b.money_effect AS old_effect, d.money_effect AS new_effect, coalesce(d.currency, b.currency) AS currency
FROM recon_described AS d
FULL JOIN (
    SELECT b.* FROM mainspring.breaks AS b WHERE b.status <> 'RESOLVED'
    UNION ALL
    SELECT b.*
    FROM mainspring.breaks AS b
    JOIN recon_found AS f ON f.break_id = b.break_id
    WHERE b.status = 'RESOLVED'
) AS b ON b.break_id = d.break_id
CROSS JOIN recon_run AS r

-- name: open
INSERT INTO mainspring.breaks (
    break_id, code, entity, plane, role, root_break_id, severity, status, channel, store_id, order_id, payment_id,
    line_id, payout_id, order_number, transaction_id, tracking_number, currency, expected, actual, actual_currency,
    money_effect, event_effect, explanation, business_date, due_date, first_seen, last_seen, resolved_on,
    evidence_file, evidence_line, owner, note, opened_run, last_run)
SELECT
    d.break_id, d.code, d.entity, d.plane, d.role, d.root_break_id, d.severity, 'OPEN', d.channel, d.store_id,
    d.order_id, d.payment_id, d.line_id, d.payout_id, d.order_number, d.transaction_id, d.tracking_number, d.currency,
    d.expected, d.actual, d.actual_currency, d.money_effect, d.event_effect, d.explanation, d.business_date,
    d.due_date, r.business_date, r.business_date, NULL, d.evidence_file, d.evidence_line, NULL, NULL, r.run_id,
    r.run_id
FROM recon_change AS c
JOIN recon_described AS d ON d.break_id = c.break_id
CROSS JOIN recon_run AS r
WHERE c.event = 'opened'
ORDER BY d.code, d.entity

-- name: keep
-- An acknowledgement falls with the facts that it was given for. The last day moves on, never back.
UPDATE mainspring.breaks AS b
SET plane = n.plane, role = n.role, root_break_id = n.root_break_id, severity = n.severity, status = n.status,
    channel = n.channel, store_id = n.store_id, order_id = n.order_id, payment_id = n.payment_id, line_id = n.line_id,
    payout_id = n.payout_id, order_number = n.order_number, transaction_id = n.transaction_id,
    tracking_number = n.tracking_number, currency = n.currency, expected = n.expected, actual = n.actual,
    actual_currency = n.actual_currency, money_effect = n.money_effect, event_effect = n.event_effect,
    explanation = n.explanation, business_date = n.business_date, due_date = n.due_date, last_seen = n.last_seen,
    resolved_on = NULL, evidence_file = n.evidence_file, evidence_line = n.evidence_line, last_run = n.run_id
FROM (
    SELECT
        d.*, r.run_id, greatest(b.last_seen, r.business_date) AS last_seen,
        CASE WHEN c.event = 'still' THEN b.status ELSE 'OPEN' END AS status
    FROM recon_change AS c
    JOIN recon_described AS d ON d.break_id = c.break_id
    JOIN mainspring.breaks AS b ON b.break_id = c.break_id
    CROSS JOIN recon_run AS r
    WHERE c.event IN ('still', 'changed', 'reopened')
) AS n
WHERE b.break_id = n.break_id
    AND (b.plane, b.role, b.root_break_id, b.severity, b.status, b.channel, b.store_id, b.order_id, b.payment_id,
        b.line_id, b.payout_id, b.order_number, b.transaction_id, b.tracking_number, b.currency, b.expected, b.actual,
        b.actual_currency, b.money_effect, b.event_effect, b.explanation, b.business_date, b.due_date, b.last_seen,
        b.evidence_file, b.evidence_line)
    IS DISTINCT FROM (n.plane, n.role, n.root_break_id, n.severity, n.status, n.channel, n.store_id, n.order_id,
        n.payment_id, n.line_id, n.payout_id, n.order_number, n.transaction_id, n.tracking_number, n.currency,
        n.expected, n.actual, n.actual_currency, n.money_effect, n.event_effect, n.explanation, n.business_date,
        n.due_date, n.last_seen, n.evidence_file, n.evidence_line)

-- name: resolve
UPDATE mainspring.breaks AS b
SET status = 'RESOLVED', resolved_on = n.business_date, event_effect = 0.00, last_run = n.run_id
FROM (
    SELECT c.break_id, r.business_date, r.run_id
    FROM recon_change AS c
    CROSS JOIN recon_run AS r
    WHERE c.event = 'resolved'
) AS n
WHERE b.break_id = n.break_id

-- name: release
-- Gone, but this run may not resolve: its events have moved on, so it carries none of them any more.
UPDATE mainspring.breaks AS b
SET event_effect = 0.00
FROM recon_change AS c
WHERE b.break_id = c.break_id AND c.event = 'unseen' AND b.event_effect <> 0

-- name: journal
INSERT INTO mainspring.break_events (break_id, event, business_date, happened_at, run_id, os_user, detail)
SELECT
    c.break_id, c.event, r.business_date, r.cut_off, r.run_id, r.os_user,
    jsonb_build_object('money_effect', jsonb_build_array(c.old_effect, c.new_effect), 'currency', c.currency)
FROM recon_change AS c
CROSS JOIN recon_run AS r
WHERE c.event IN ('opened', 'changed', 'resolved', 'reopened')
ORDER BY c.break_id

-- name: watermark
INSERT INTO mainspring.watermarks (name, moment, run_id)
SELECT 'reconcile', r.cut_off, r.run_id
FROM recon_run AS r
ON CONFLICT (name) DO UPDATE SET moment = excluded.moment, run_id = excluded.run_id
WHERE watermarks.moment <> excluded.moment

-- name: counts
SELECT c.event, b.code, c.currency, count(*) AS breaks
FROM recon_change AS c
JOIN mainspring.breaks AS b ON b.break_id = c.break_id
WHERE c.event IN ('opened', 'changed', 'resolved', 'reopened')
GROUP BY c.event, b.code, c.currency
ORDER BY c.event, b.code, c.currency

-- name: open-breaks
SELECT b.code, b.role, b.currency, count(*) AS breaks, sum(b.money_effect) AS money_effect
FROM mainspring.breaks AS b
WHERE b.status <> 'RESOLVED'
GROUP BY b.code, b.role, b.currency
ORDER BY b.code, b.role, b.currency
