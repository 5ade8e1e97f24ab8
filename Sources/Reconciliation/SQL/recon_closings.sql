-- What the night closes with, as it is known now: the next day's bridge opens with it, and says what came to light since
-- (docs/reconciliation.md, “The bridge”).

-- name: positions
CREATE TEMPORARY TABLE recon_position ON COMMIT DROP AS
SELECT v.channel, v.currency, q.position, q.amount
FROM (
    SELECT
        p.channel, p.currency, sum(p.at_gateway) AS at_gateway, sum(p.settled) AS settled, sum(p.paid_out) AS paid_out,
        sum(p.reserve) AS reserve, sum(p.open_breaks) AS open_breaks
    FROM mainspring.clearing_balances AS p
    WHERE p.day <= (SELECT business_date FROM recon_run)
    GROUP BY p.channel, p.currency
) AS v
CROSS JOIN LATERAL (VALUES
    ('at_gateway', v.at_gateway), ('settled', v.settled), ('paid_out', v.paid_out), ('reserve', v.reserve),
    ('open_breaks', v.open_breaks)
) AS q (position, amount)

-- name: closings
INSERT INTO mainspring.closings (business_date, channel, currency, position, amount, run_id)
SELECT r.business_date, p.channel, p.currency, p.position, p.amount, r.run_id
FROM recon_position AS p
CROSS JOIN recon_run AS r
ON CONFLICT (business_date, channel, currency, position) DO UPDATE
SET amount = excluded.amount, run_id = excluded.run_id
WHERE closings.amount <> excluded.amount

-- name: statistics
SELECT mainspring.refresh_statistics()
