-- In which bucket each event in scope is. An event, or a part of it, is in exactly one; the parts sum to the event
-- (docs/reconciliation.md, “The unit: a money event”). A payment that differs waits whole in the bucket `break`.

-- name: wanted-table
CREATE TEMPORARY TABLE recon_wanted (
    event_id bigint NOT NULL,
    bucket   text NOT NULL,
    reason   text NOT NULL,
    amount   numeric(14,2) NOT NULL
) ON COMMIT DROP

-- name: ledger
INSERT INTO recon_wanted (event_id, bucket, reason, amount)
SELECT
    e.event_id,
    CASE
        WHEN e.channel <> f.channel OR e.currency <> f.currency THEN 'agreed'
        WHEN f.mapping IS NULL THEN 'break'
        WHEN NOT f.settles AND f.lines = 0 THEN 'excluded'
        WHEN e.kind = 'refund' AND NOT f.settles_refunds THEN 'excluded'
        WHEN e.kind <> 'refund' AND f.capture_in_transit THEN 'in_transit_gateway'
        WHEN f.missing OR f.differs THEN 'break'
        ELSE 'agreed'
    END,
    CASE
        WHEN e.channel <> f.channel OR e.currency <> f.currency THEN 'reversed'
        WHEN f.mapping IS NULL THEN 'gateway.unknown'
        WHEN NOT f.settles AND f.lines = 0 THEN 'no statement'
        WHEN e.kind = 'refund' AND NOT f.settles_refunds THEN 'refunded elsewhere'
        WHEN e.kind <> 'refund' AND f.capture_in_transit THEN 'not due'
        WHEN f.missing OR f.differs THEN coalesce(g.root_code, 'settlement.amount')
        ELSE 'matched'
    END,
    e.amount - coalesce(t.amount, 0.00)
FROM recon_fact AS f
JOIN mainspring.money_events AS e ON e.payment_id = f.payment_id AND e.side = 'ledger'
LEFT JOIN recon_flagged AS g ON g.payment_id = f.payment_id
LEFT JOIN recon_refund_part AS t ON t.event_id = e.event_id
WHERE e.amount <> coalesce(t.amount, 0.00)
UNION ALL
SELECT t.event_id, 'in_transit_gateway', 'not due', t.amount
FROM recon_refund_part AS t
WHERE t.amount <> 0

-- name: refund-parts
-- The part of each refund that is still on its way, the newest first.
CREATE TEMPORARY TABLE recon_refund_part ON COMMIT DROP AS
SELECT
    n.event_id,
    -greatest(least(-n.amount, f.refund_in_transit - (-n.running + n.amount)), 0.00) AS amount
FROM recon_refund AS n
JOIN recon_fact AS f ON f.payment_id = n.payment_id
WHERE f.refund_in_transit > 0

-- name: statement
INSERT INTO recon_wanted (event_id, bucket, reason, amount)
SELECT
    e.event_id,
    CASE
        WHEN l.standing = 'duplicate' AND e.main THEN 'break'
        WHEN l.standing <> 'live' THEN 'excluded'
        WHEN l.part IS NOT NULL AND e.main AND m.payment_id IS NULL THEN 'break'
        WHEN l.part IS NOT NULL AND e.main AND f.differs THEN 'break'
        WHEN l.part IS NOT NULL AND e.main THEN 'agreed'
        WHEN l.kind IN ('reserve_hold', 'reserve_release') THEN 'reserve'
        WHEN l.kind = 'payout' AND e.main THEN 'in_transit_paid_out'
        ELSE 'excluded'
    END,
    CASE
        WHEN l.standing = 'duplicate' AND e.main THEN 'settlement.duplicate'
        WHEN l.standing = 'changed' THEN 'line changed'
        WHEN l.standing <> 'live' THEN l.standing
        WHEN l.part IS NOT NULL AND e.main AND m.payment_id IS NULL
            THEN CASE WHEN c.channel IS NULL THEN 'settlement.orphan' ELSE 'cod.unknown_tracking' END
        WHEN l.part IS NOT NULL AND e.main AND f.differs THEN coalesce(g.root_code, 'settlement.amount')
        WHEN l.part IS NOT NULL AND e.main THEN 'matched'
        WHEN l.kind IN ('reserve_hold', 'reserve_release') THEN 'held'
        WHEN l.kind = 'payout' AND e.main THEN 'paid out'
        ELSE 'deduction'
    END,
    e.amount
FROM (
    SELECT
        e.event_id, e.line_id, e.amount,
        e.kind = l.kind OR e.kind = 'conversion_out' AND l.kind = 'conversion_in' AS main
    FROM recon_line AS l
    JOIN mainspring.money_events AS e ON e.line_id = l.line_id AND e.side = 'statement'
) AS e
JOIN recon_line AS l ON l.line_id = e.line_id
LEFT JOIN recon_matched AS m ON m.line_id = l.line_id
LEFT JOIN recon_fact AS f ON f.payment_id = m.payment_id
LEFT JOIN recon_flagged AS g ON g.payment_id = m.payment_id
LEFT JOIN recon_courier AS c ON c.channel = l.channel

-- name: payout-differences
-- The part of a payout that its lines do not explain is a break; it stands on the payout's first event.
INSERT INTO recon_wanted (event_id, bucket, reason, amount)
SELECT e.event_id, v.bucket, v.reason, v.amount
FROM recon_payout AS p
JOIN mainspring.money_events AS e ON e.line_id = p.payout_line AND e.kind = 'payout' AND e.side = 'statement'
CROSS JOIN (VALUES ('in_transit_paid_out', 'paid out', -1), ('break', 'payout.total', 1)) AS side (bucket, reason, sign)
CROSS JOIN LATERAL (
    SELECT side.bucket, side.reason, side.sign * (p.payout_amount - p.lines_net) AS amount
) AS v
WHERE p.payout_amount <> p.lines_net

-- name: folded
-- One row an event, bucket and reason.
CREATE TEMPORARY TABLE recon_part ON COMMIT DROP AS
SELECT w.event_id, w.bucket, w.reason, sum(w.amount)::numeric(14,2) AS amount
FROM recon_wanted AS w
GROUP BY w.event_id, w.bucket, w.reason
HAVING sum(w.amount) <> 0

-- name: live
CREATE TEMPORARY TABLE recon_live ON COMMIT DROP AS
SELECT a.allocation_id, a.event_id, a.bucket, a.reason, a.amount
FROM (SELECT DISTINCT w.event_id FROM recon_part AS w) AS s
JOIN mainspring.allocations AS a ON a.event_id = s.event_id AND a.superseded_by IS NULL

-- name: supersede
UPDATE mainspring.allocations AS a
SET superseded_by = s.run_id
FROM (
    SELECT v.allocation_id, r.run_id
    FROM recon_live AS v
    CROSS JOIN recon_run AS r
    LEFT JOIN recon_part AS w
        ON w.event_id = v.event_id AND w.bucket = v.bucket AND w.reason = v.reason AND w.amount = v.amount
    WHERE w.event_id IS NULL
) AS s
WHERE a.allocation_id = s.allocation_id

-- name: allocate
INSERT INTO mainspring.allocations (event_id, bucket, reason, amount, counter_event, run_id, superseded_by)
SELECT w.event_id, w.bucket, w.reason, w.amount, NULL, r.run_id, NULL
FROM recon_part AS w
CROSS JOIN recon_run AS r
LEFT JOIN recon_live AS v
    ON v.event_id = w.event_id AND v.bucket = w.bucket AND v.reason = w.reason AND v.amount = w.amount
WHERE v.allocation_id IS NULL
ORDER BY w.event_id, w.bucket, w.reason

-- name: analyze-folded
ANALYZE recon_part

-- name: analyze-live
ANALYZE recon_live
