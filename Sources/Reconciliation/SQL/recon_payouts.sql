-- Payouts: what the gateway says that it paid out, against the live lines that make it.

-- name: payouts
-- `name` is how breaks call it: the payout id, with its channel and currency only where two payouts bear the same id.
CREATE TEMPORARY TABLE recon_payout ON COMMIT DROP AS
SELECT
    s.channel, s.payout_id, s.currency, s.paid_at, s.payout_amount, s.lines, s.lines_net, s.payout_line,
    s.payout_id || CASE WHEN count(*) OVER (PARTITION BY s.payout_id) > 1 THEN ':' || s.channel || ':' || s.currency
    ELSE '' END AS name
FROM (
    SELECT
        l.channel, l.payout_id, l.currency, max(l.settled_at) AS paid_at,
        -sum(l.gross) FILTER (WHERE t.kind = 'payout') AS payout_amount,
        count(*) FILTER (WHERE t.kind <> 'payout') AS lines,
        coalesce(sum(l.net) FILTER (WHERE t.kind <> 'payout'), 0.00) AS lines_net,
        min(l.line_id) FILTER (WHERE t.kind = 'payout') AS payout_line
    FROM (
        SELECT DISTINCT l.channel, l.payout_id FROM recon_line AS l WHERE l.payout_id IS NOT NULL
        UNION
        SELECT b.channel, b.payout_id
        FROM mainspring.breaks AS b
        WHERE b.status <> 'RESOLVED' AND b.payout_id IS NOT NULL
    ) AS touched
    JOIN mainspring.lines AS l ON l.channel = touched.channel AND l.payout_id = touched.payout_id
    JOIN recon_line_type AS t ON t.line_type = l.line_type
    WHERE l.standing = 'live' AND l.settled_at < (SELECT cut_off FROM recon_run)
    GROUP BY l.channel, l.payout_id, l.currency
) AS s

-- name: changed-payouts
UPDATE mainspring.payouts AS p
SET paid_at = n.paid_at, payout_amount = n.payout_amount, lines = n.lines, lines_net = n.lines_net, run_id = n.run_id
FROM (
    SELECT
        n.channel, n.payout_id, n.currency, n.paid_at, n.payout_amount, n.lines, n.lines_net, r.run_id
    FROM recon_payout AS n
    CROSS JOIN recon_run AS r
) AS n
WHERE p.channel = n.channel AND p.payout_id = n.payout_id AND p.currency = n.currency
    AND (p.paid_at, p.payout_amount, p.lines, p.lines_net)
        IS DISTINCT FROM (n.paid_at, n.payout_amount, n.lines, n.lines_net)

-- name: new-payouts
INSERT INTO mainspring.payouts (channel, payout_id, currency, paid_at, payout_amount, lines, lines_net, run_id)
SELECT n.channel, n.payout_id, n.currency, n.paid_at, n.payout_amount, n.lines, n.lines_net, r.run_id
FROM recon_payout AS n
CROSS JOIN recon_run AS r
LEFT JOIN mainspring.payouts AS p
    ON p.channel = n.channel AND p.payout_id = n.payout_id AND p.currency = n.currency
WHERE p.payout_id IS NULL
ORDER BY n.channel, n.payout_id, n.currency
