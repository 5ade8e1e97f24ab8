-- Payouts: what the gateway or courier says that it paid out, against the live lines that make it, and what the bank has
-- of it (docs/reconciliation.md, “Payouts and the bank”).

-- name: banked
-- What the bank credited (and took back) under the payout's id.
CREATE TEMPORARY TABLE recon_banked ON COMMIT DROP AS
SELECT
    l.payout_id, l.currency, sum(l.gross) AS amount, max(l.settled_at) AS banked_at, min(l.line_id) AS first_line,
    min(l.gateway_line_id) AS reference
FROM (
    SELECT l.payout_id FROM recon_line AS l WHERE l.payout_id IS NOT NULL
    UNION
    SELECT b.payout_id FROM mainspring.breaks AS b WHERE b.status <> 'RESOLVED' AND b.payout_id IS NOT NULL
) AS touched
JOIN mainspring.lines AS l ON l.payout_id = touched.payout_id
WHERE l.line_type IN ('bank_credit', 'bank_debit') AND l.standing = 'live'
    AND l.settled_at < (SELECT cut_off FROM recon_run)
GROUP BY l.payout_id, l.currency

-- name: payouts
-- The payouts that lines in scope or open breaks speak of. A payout id that two channels use names neither at the bank.
CREATE TEMPORARY TABLE recon_payout ON COMMIT DROP AS
SELECT
    s.channel, s.payout_id, s.currency, s.paid_at, s.settled_at, s.payout_amount, s.lines, s.lines_net, s.payout_line,
    s.owners = 1 AS alone, coalesce(t.payouts_by_lines, FALSE) AS by_lines, k.amount AS bank_amount,
    k.banked_at AS bank_at, k.first_line AS bank_line, k.reference AS bank_reference
FROM (
    SELECT
        l.channel, l.payout_id, l.currency,
        coalesce(max(l.settled_at) FILTER (WHERE t.kind = 'payout'), max(l.settled_at)) AS paid_at,
        max(l.settled_at) FILTER (WHERE t.kind <> 'payout') AS settled_at,
        -sum(l.gross) FILTER (WHERE t.kind = 'payout') AS payout_amount,
        count(*) FILTER (WHERE t.kind <> 'payout') AS lines,
        coalesce(sum(l.net) FILTER (WHERE t.kind <> 'payout'), 0.00) AS lines_net,
        min(l.line_id) FILTER (WHERE t.kind = 'payout') AS payout_line,
        count(*) OVER (PARTITION BY l.payout_id, l.currency) AS owners
    FROM (
        SELECT l.payout_id FROM recon_line AS l WHERE l.payout_id IS NOT NULL
        UNION
        SELECT b.payout_id FROM mainspring.breaks AS b WHERE b.status <> 'RESOLVED' AND b.payout_id IS NOT NULL
    ) AS touched
    JOIN mainspring.lines AS l ON l.payout_id = touched.payout_id
    JOIN recon_line_type AS t ON t.line_type = l.line_type AND t.kind <> 'bank_credit'
    WHERE l.standing = 'live' AND l.settled_at < (SELECT cut_off FROM recon_run)
    GROUP BY l.channel, l.payout_id, l.currency
) AS s
LEFT JOIN recon_settlement AS t ON t.channel = s.channel
LEFT JOIN recon_banked AS k ON k.payout_id = s.payout_id AND k.currency = s.currency AND s.owners = 1

-- name: changed-payouts
UPDATE mainspring.payouts AS p
SET paid_at = n.paid_at, settled_at = n.settled_at, payout_amount = n.payout_amount, payout_line = n.payout_line,
    lines = n.lines, lines_net = n.lines_net, bank_amount = n.bank_amount, bank_at = n.bank_at, bank_line = n.bank_line,
    bank_reference = n.bank_reference, run_id = n.run_id
FROM (SELECT n.*, r.run_id FROM recon_payout AS n CROSS JOIN recon_run AS r) AS n
WHERE p.channel = n.channel AND p.payout_id = n.payout_id AND p.currency = n.currency
    AND (p.paid_at, p.settled_at, p.payout_amount, p.payout_line, p.lines, p.lines_net, p.bank_amount, p.bank_at,
        p.bank_line, p.bank_reference)
    IS DISTINCT FROM (n.paid_at, n.settled_at, n.payout_amount, n.payout_line, n.lines, n.lines_net, n.bank_amount,
        n.bank_at, n.bank_line, n.bank_reference)

-- name: gone-payouts
-- A payout of which a later file took all lines away is none any more: left here, the bank's credit would still be
-- counted as its own.
DELETE FROM mainspring.payouts AS p
USING recon_line AS l
WHERE l.standing = 'superseded' AND p.payout_id = l.payout_id AND p.channel = l.channel AND p.currency = l.currency
    AND (SELECT count(*) FROM recon_payout AS n
        WHERE n.channel = p.channel AND n.payout_id = p.payout_id AND n.currency = p.currency) = 0

-- name: new-payouts
INSERT INTO mainspring.payouts (
    channel, payout_id, currency, paid_at, settled_at, payout_amount, payout_line, lines, lines_net, bank_amount,
    bank_at, bank_line, bank_reference, run_id)
SELECT
    n.channel, n.payout_id, n.currency, n.paid_at, n.settled_at, n.payout_amount, n.payout_line, n.lines, n.lines_net,
    n.bank_amount, n.bank_at, n.bank_line, n.bank_reference, r.run_id
FROM recon_payout AS n
CROSS JOIN recon_run AS r
LEFT JOIN mainspring.payouts AS p
    ON p.channel = n.channel AND p.payout_id = n.payout_id AND p.currency = n.currency
WHERE p.payout_id IS NULL
ORDER BY n.channel, n.payout_id, n.currency
