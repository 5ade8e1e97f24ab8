-- In which bucket each event in scope is. An event, or a part of it, is in exactly one; the parts sum to the event
-- (docs/reconciliation.md, “The unit: a money event”). A payment that differs waits whole in the bucket `break`.

-- name: refund-parts
-- The part of each refund that is still on its way, the newest first.
CREATE TEMPORARY TABLE recon_refund_part ON COMMIT DROP AS
SELECT
    n.event_id,
    -greatest(least(-n.amount, f.refund_in_transit - (-n.running + n.amount)), 0.00) AS amount
FROM recon_refund AS n
JOIN recon_fact AS f ON f.payment_id = n.payment_id
WHERE f.refund_in_transit > 0

-- name: split-table
-- Parts of a line's events that stand apart from the rest of it.
CREATE TEMPORARY TABLE recon_split (
    line_id bigint NOT NULL,
    kind    text NOT NULL,
    bucket  text NOT NULL,
    reason  text NOT NULL,
    amount  numeric(14,2) NOT NULL
) ON COMMIT DROP

-- name: rounding
-- What the tolerance lets pass is agreed, and stands apart: on the first line of the payment's captures.
INSERT INTO recon_split (line_id, kind, bucket, reason, amount)
SELECT f.first_capture_line, 'gross', 'agreed', 'rounding', f.rounding
FROM recon_fact AS f
WHERE f.rounding <> 0

-- name: payout-differences
-- The part of a payout that its lines do not explain is a break, and so is what the bank credited beside the payout's
-- amount; each stands on the first event of its kind.
INSERT INTO recon_split (line_id, kind, bucket, reason, amount)
SELECT p.payout_line, 'payout', 'break', 'payout.total', p.payout_amount - p.lines_net
FROM recon_payout AS p
WHERE NOT p.by_lines AND p.lines > 0 AND p.payout_amount <> p.lines_net
UNION ALL
SELECT p.bank_line, 'bank_credit', 'break', 'bank.payout_amount', p.bank_amount - p.amount
FROM (
    SELECT
        p.bank_line, p.bank_amount,
        CASE WHEN p.by_lines THEN p.lines_net ELSE coalesce(p.payout_amount, p.lines_net) END AS amount
    FROM recon_payout AS p
    WHERE p.bank_amount IS NOT NULL
) AS p
WHERE p.bank_amount <> p.amount

-- name: line-buckets
-- Where the money of each line stands; its deductions stand elsewhere unless the whole line does (`whole`). Lines that
-- stand elsewhere already are no money. Deductions, chargebacks and conversions have nothing on the other side to agree
-- with: they stand on the bridge in rows of their own.
CREATE TEMPORARY TABLE recon_line_bucket ON COMMIT DROP AS
SELECT
    l.line_id, l.standing <> 'live' AS whole, l.kind,
    CASE
        WHEN l.standing <> 'live' THEN 'excluded'
        WHEN l.kind = 'bank_credit' AND p.payout_id IS NOT NULL THEN 'agreed'
        WHEN l.line_type = 'bank_debit' THEN 'excluded'
        WHEN l.kind = 'bank_credit' THEN 'break'
        WHEN l.kind = 'payout' THEN CASE
            WHEN p.lines = 0 AND NOT p.by_lines THEN 'break'
            WHEN p.bank_amount IS NOT NULL THEN 'agreed'
            ELSE 'in_transit_paid_out' END
        WHEN l.part = 'dispute' THEN 'excluded'
        WHEN l.part IS NOT NULL AND m.payment_id IS NULL THEN 'break'
        WHEN l.part IS NOT NULL
            AND CASE WHEN l.part = 'refund' AND NOT f.courier THEN f.refund_breaks ELSE f.capture_breaks END THEN 'break'
        WHEN l.part IS NOT NULL THEN 'agreed'
        WHEN l.kind IN ('reserve_hold', 'reserve_release') THEN 'reserve'
        ELSE 'excluded'
    END AS bucket,
    CASE
        WHEN l.standing = 'changed' THEN 'line changed'
        WHEN l.standing <> 'live' THEN l.standing
        WHEN l.kind = 'bank_credit' AND p.payout_id IS NOT NULL THEN 'at the bank'
        WHEN l.line_type = 'bank_debit' THEN 'bank debit'
        WHEN l.kind = 'bank_credit' THEN 'bank.unidentified'
        WHEN l.kind = 'payout' THEN CASE
            WHEN p.lines = 0 AND NOT p.by_lines THEN 'payout.unitemised'
            WHEN p.bank_amount IS NOT NULL THEN 'at the bank'
            ELSE 'paid out' END
        WHEN l.part = 'dispute' THEN 'chargeback'
        WHEN l.part IS NOT NULL AND m.payment_id IS NULL
            THEN CASE WHEN c.channel IS NULL THEN 'settlement.orphan' ELSE 'cod.unknown_tracking' END
        WHEN l.part IS NOT NULL
            AND CASE WHEN l.part = 'refund' AND NOT f.courier THEN f.refund_breaks ELSE f.capture_breaks END
            THEN CASE WHEN l.part = 'refund' AND NOT f.courier THEN g.refund_code ELSE g.capture_code END
        WHEN l.part IS NOT NULL THEN 'matched'
        WHEN l.kind IN ('reserve_hold', 'reserve_release') THEN 'held'
        WHEN l.kind = 'conversion_in' THEN 'conversion'
        ELSE 'deduction'
    END AS reason
FROM recon_line AS l
LEFT JOIN recon_matched AS m ON m.line_id = l.line_id
LEFT JOIN recon_fact AS f ON f.payment_id = m.payment_id
LEFT JOIN recon_cause AS g ON g.payment_id = m.payment_id
LEFT JOIN recon_courier AS c ON c.channel = l.channel
LEFT JOIN recon_payout AS p
    ON p.payout_id = l.payout_id AND p.currency = l.currency
    AND (p.channel = l.channel AND l.kind = 'payout' OR p.alone AND l.kind = 'bank_credit')
WHERE l.kind IS NOT NULL

-- name: wanted
-- Where each event in scope belongs, one row an event, bucket and reason.
CREATE TEMPORARY VIEW recon_wanted AS
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
    END AS bucket,
    CASE
        WHEN e.channel <> f.channel OR e.currency <> f.currency THEN 'reversed'
        WHEN f.mapping IS NULL THEN 'gateway.unknown'
        WHEN NOT f.settles AND f.lines = 0 THEN 'no statement'
        WHEN e.kind = 'refund' AND NOT f.settles_refunds THEN 'refunded elsewhere'
        WHEN e.kind <> 'refund' AND f.capture_in_transit THEN 'not due'
        WHEN CASE WHEN e.kind = 'refund' AND NOT f.courier THEN f.refund_breaks ELSE f.capture_breaks END
            THEN CASE WHEN e.kind = 'refund' AND NOT f.courier THEN g.refund_code ELSE g.capture_code END
        ELSE 'matched'
    END AS reason,
    e.amount - coalesce(t.amount, 0.00) AS amount
FROM recon_fact AS f
JOIN recon_ledger_event AS e ON e.payment_id = f.payment_id
LEFT JOIN recon_cause AS g ON g.payment_id = f.payment_id
LEFT JOIN recon_refund_part AS t ON t.event_id = e.event_id
WHERE e.amount <> coalesce(t.amount, 0.00)
UNION ALL
SELECT t.event_id, 'in_transit_gateway', 'not due', t.amount
FROM recon_refund_part AS t
WHERE t.amount <> 0
UNION ALL
SELECT
    e.event_id,
    CASE
        WHEN l.whole OR e.kind = l.kind THEN l.bucket
        WHEN e.kind = 'line_difference' THEN 'break'
        ELSE 'excluded'
    END,
    CASE
        WHEN l.whole OR e.kind = l.kind THEN l.reason
        WHEN e.kind = 'line_difference' THEN 'settlement.line_arithmetic'
        WHEN e.kind IN ('conversion_in', 'conversion_out') THEN 'conversion'
        ELSE 'deduction'
    END,
    e.amount - coalesce(s.amount, 0.00)
FROM recon_line_event AS e
JOIN recon_line_bucket AS l ON l.line_id = e.line_id
LEFT JOIN recon_split AS s ON s.line_id = e.line_id AND s.kind = e.kind
WHERE e.amount <> coalesce(s.amount, 0.00)
UNION ALL
SELECT e.event_id, s.bucket, s.reason, s.amount
FROM recon_split AS s
JOIN recon_line_event AS e ON e.line_id = s.line_id AND e.kind = s.kind

-- name: live
-- Where the events of the scope stand until now.
CREATE TEMPORARY TABLE recon_live ON COMMIT DROP AS
SELECT a.allocation_id, a.event_id, a.bucket, a.reason, a.amount
FROM recon_event AS s
JOIN mainspring.allocations AS a ON a.event_id = s.event_id AND a.superseded_by IS NULL

-- name: supersede
UPDATE mainspring.allocations AS a
SET superseded_by = s.run_id
FROM (
    SELECT v.allocation_id, r.run_id
    FROM recon_live AS v
    CROSS JOIN recon_run AS r
    LEFT JOIN recon_wanted AS w
        ON w.event_id = v.event_id AND w.bucket = v.bucket AND w.reason = v.reason AND w.amount = v.amount
    WHERE w.event_id IS NULL
) AS s
WHERE a.allocation_id = s.allocation_id

-- name: allocate
INSERT INTO mainspring.allocations (event_id, bucket, reason, amount, counter_event, run_id, superseded_by)
SELECT w.event_id, w.bucket, w.reason, w.amount, NULL, r.run_id, NULL
FROM recon_wanted AS w
CROSS JOIN recon_run AS r
LEFT JOIN recon_live AS v
    ON v.event_id = w.event_id AND v.bucket = w.bucket AND v.reason = w.reason AND v.amount = w.amount
WHERE v.allocation_id IS NULL

-- name: analyze-buckets
ANALYZE recon_line_bucket;
ANALYZE recon_split;
ANALYZE recon_refund_part

-- name: analyze-live
ANALYZE recon_live
