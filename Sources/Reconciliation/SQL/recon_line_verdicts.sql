-- The breaks of statement lines and payouts that are true now (docs/reconciliation.md, “Breaks”).

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
