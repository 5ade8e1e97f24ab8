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
        WHEN CASE WHEN e.kind = 'refund' AND NOT f.courier THEN f.refund_breaks ELSE f.capture_breaks END THEN 'break'
        ELSE 'agreed'
    END,
    CASE
        WHEN e.channel <> f.channel OR e.currency <> f.currency THEN 'reversed'
        WHEN f.mapping IS NULL THEN 'gateway.unknown'
        WHEN NOT f.settles AND f.lines = 0 THEN 'no statement'
        WHEN e.kind = 'refund' AND NOT f.settles_refunds THEN 'refunded elsewhere'
        WHEN e.kind <> 'refund' AND f.capture_in_transit THEN 'not due'
        WHEN CASE WHEN e.kind = 'refund' AND NOT f.courier THEN f.refund_breaks ELSE f.capture_breaks END
            THEN CASE WHEN e.kind = 'refund' AND NOT f.courier THEN g.refund_code ELSE g.capture_code END
        ELSE 'matched'
    END,
    e.amount - coalesce(t.amount, 0.00)
FROM recon_fact AS f
JOIN mainspring.money_events AS e ON e.payment_id = f.payment_id AND e.side = 'ledger'
LEFT JOIN recon_cause AS g ON g.payment_id = f.payment_id
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
-- Lines that stand elsewhere already are no money. Deductions, chargebacks and conversions have nothing on the other side
-- to agree with: they stand on the bridge in rows of their own.
INSERT INTO recon_wanted (event_id, bucket, reason, amount)
SELECT
    e.event_id,
    CASE
        WHEN l.standing <> 'live' THEN 'excluded'
        WHEN e.kind = 'line_difference' THEN 'break'
        WHEN l.kind = 'bank_credit' AND p.payout_id IS NOT NULL THEN 'agreed'
        WHEN l.line_type = 'bank_debit' THEN 'excluded'
        WHEN l.kind = 'bank_credit' THEN 'break'
        WHEN e.kind = 'payout' AND l.kind = 'payout' THEN CASE
            WHEN p.lines = 0 AND NOT p.by_lines THEN 'break'
            WHEN p.bank_amount IS NOT NULL THEN 'agreed'
            ELSE 'in_transit_paid_out' END
        WHEN e.main AND l.part = 'dispute' THEN 'excluded'
        WHEN e.main AND l.part IS NOT NULL AND m.payment_id IS NULL THEN 'break'
        WHEN e.main AND l.part IS NOT NULL
            AND CASE WHEN l.part = 'refund' AND NOT f.courier THEN f.refund_breaks ELSE f.capture_breaks END THEN 'break'
        WHEN e.main AND l.part IS NOT NULL THEN 'agreed'
        WHEN e.kind IN ('reserve_hold', 'reserve_release') THEN 'reserve'
        ELSE 'excluded'
    END,
    CASE
        WHEN l.standing = 'changed' THEN 'line changed'
        WHEN l.standing <> 'live' THEN l.standing
        WHEN e.kind = 'line_difference' THEN 'settlement.line_arithmetic'
        WHEN l.kind = 'bank_credit' AND p.payout_id IS NOT NULL THEN 'at the bank'
        WHEN l.line_type = 'bank_debit' THEN 'bank debit'
        WHEN l.kind = 'bank_credit' THEN 'bank.unidentified'
        WHEN e.kind = 'payout' AND l.kind = 'payout' THEN CASE
            WHEN p.lines = 0 AND NOT p.by_lines THEN 'payout.unitemised'
            WHEN p.bank_amount IS NOT NULL THEN 'at the bank'
            ELSE 'paid out' END
        WHEN e.main AND l.part = 'dispute' THEN 'chargeback'
        WHEN e.main AND l.part IS NOT NULL AND m.payment_id IS NULL
            THEN CASE WHEN c.channel IS NULL THEN 'settlement.orphan' ELSE 'cod.unknown_tracking' END
        WHEN e.main AND l.part IS NOT NULL
            AND CASE WHEN l.part = 'refund' AND NOT f.courier THEN f.refund_breaks ELSE f.capture_breaks END
            THEN CASE WHEN l.part = 'refund' AND NOT f.courier THEN g.refund_code ELSE g.capture_code END
        WHEN e.main AND l.part IS NOT NULL THEN 'matched'
        WHEN e.kind IN ('reserve_hold', 'reserve_release') THEN 'held'
        WHEN e.kind IN ('conversion_in', 'conversion_out') THEN 'conversion'
        ELSE 'deduction'
    END,
    e.amount
FROM (
    SELECT e.event_id, e.line_id, e.kind, e.amount, e.kind = l.kind AS main
    FROM recon_line AS l
    JOIN mainspring.money_events AS e ON e.line_id = l.line_id AND e.side = 'statement'
) AS e
JOIN recon_line AS l ON l.line_id = e.line_id
LEFT JOIN recon_matched AS m ON m.line_id = l.line_id
LEFT JOIN recon_fact AS f ON f.payment_id = m.payment_id
LEFT JOIN recon_cause AS g ON g.payment_id = m.payment_id
LEFT JOIN recon_courier AS c ON c.channel = l.channel
LEFT JOIN recon_payout AS p
    ON p.payout_id = l.payout_id AND p.currency = l.currency
    AND (p.channel = l.channel AND l.kind = 'payout' OR p.alone AND l.kind = 'bank_credit')

-- name: rounding
-- What the tolerance lets pass is agreed, and stands apart: on the first line of the payment's captures.
INSERT INTO recon_wanted (event_id, bucket, reason, amount)
SELECT e.event_id, 'agreed', v.reason, v.sign * f.rounding
FROM recon_fact AS f
JOIN mainspring.money_events AS e ON e.line_id = f.first_capture_line AND e.side = 'statement' AND e.kind = 'gross'
CROSS JOIN (VALUES ('matched', -1), ('rounding', 1)) AS v (reason, sign)
WHERE f.rounding <> 0

-- name: payout-differences
-- The part of a payout that its lines do not explain is a break, and so is what the bank credited beside the payout's
-- amount; each stands on the first event of its kind.
INSERT INTO recon_wanted (event_id, bucket, reason, amount)
SELECT e.event_id, v.bucket, v.reason, v.amount
FROM recon_payout AS p
JOIN mainspring.money_events AS e ON e.line_id = p.payout_line AND e.kind = 'payout' AND e.side = 'statement'
CROSS JOIN LATERAL (VALUES
    (CASE WHEN p.bank_amount IS NULL THEN 'in_transit_paid_out' ELSE 'agreed' END,
        CASE WHEN p.bank_amount IS NULL THEN 'paid out' ELSE 'at the bank' END, p.lines_net - p.payout_amount),
    ('break', 'payout.total', p.payout_amount - p.lines_net)
) AS v (bucket, reason, amount)
WHERE NOT p.by_lines AND p.lines > 0 AND p.payout_amount <> p.lines_net
UNION ALL
SELECT e.event_id, v.bucket, v.reason, v.amount
FROM (
    SELECT
        p.bank_line, p.bank_amount,
        CASE WHEN p.by_lines THEN p.lines_net ELSE coalesce(p.payout_amount, p.lines_net) END AS amount
    FROM recon_payout AS p
    WHERE p.bank_amount IS NOT NULL
) AS p
JOIN mainspring.money_events AS e ON e.line_id = p.bank_line AND e.kind = 'bank_credit' AND e.side = 'statement'
CROSS JOIN LATERAL (VALUES
    ('agreed', 'at the bank', p.amount - p.bank_amount), ('break', 'bank.payout_amount', p.bank_amount - p.amount)
) AS v (bucket, reason, amount)
WHERE p.bank_amount <> p.amount

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
