-- Each position as what flows into it and out of it, event by event: captures wait for a statement, what is in one
-- waits for a payout, a payout for the bank. A courier pays out what its lines come to.
WITH flows (channel, currency, day, place, amount) AS (
    SELECT e.channel, e.currency, e.day, 'at_gateway', e.amount
    FROM demo_events AS e
    WHERE e.side = 'ledger' AND e.bucket NOT IN ('break', 'excluded')
    UNION ALL
    SELECT e.channel, e.currency, e.day, 'at_gateway', -e.amount
    FROM demo_events AS e
    WHERE e.side = 'statement' AND e.kind IN ('gross', 'refund') AND e.bucket NOT IN ('break', 'excluded')
    UNION ALL
    -- Into the account with the gateway, and out of it with the payout.
    SELECT
        e.channel, e.currency, e.day, CASE e.channel WHEN 'tcs' THEN 'paid_out' ELSE 'settled' END,
        CASE e.kind WHEN 'payout' THEN -e.amount ELSE e.amount END
    FROM demo_events AS e
    WHERE e.side = 'statement' AND e.channel <> 'bank' AND e.reason NOT IN ('duplicate', 'resent', 'line changed')
        AND NOT (e.kind = 'payout' AND e.bucket = 'break')
    UNION ALL
    SELECT e.channel, e.currency, e.day, 'paid_out', e.amount
    FROM demo_events AS e
    WHERE e.kind = 'payout'
    UNION ALL
    SELECT
        CASE WHEN e.payout_id LIKE 'po%' THEN 'stripe' WHEN e.payout_id LIKE 'JC%' THEN 'jazzcash' ELSE 'tcs' END,
        e.currency, e.day, 'paid_out', -e.amount
    FROM demo_events AS e
    WHERE e.kind = 'bank_credit' AND e.bucket = 'agreed'
    UNION ALL
    SELECT e.channel, e.currency, e.day, 'reserve', -e.amount
    FROM demo_events AS e
    WHERE e.kind IN ('reserve_hold', 'reserve_release')
), shown AS (
    SELECT f.* FROM flows AS f WHERE f.day <= :'to'::date AND f.amount <> 0
)
SELECT
    k.channel, k.currency, k.position,
    coalesce(sum(s.amount) FILTER (WHERE s.day < :'from'::date), 0) AS opening,
    coalesce(sum(s.amount) FILTER (WHERE s.day >= :'from'::date AND s.amount > 0), 0) AS money_in,
    coalesce(sum(s.amount) FILTER (WHERE s.day >= :'from'::date AND s.amount < 0), 0) AS money_out,
    coalesce(sum(s.amount), 0) AS closing, NULL AS printed_opening, NULL AS came_to_light
FROM (
    SELECT DISTINCT s.channel, s.currency, p.position
    FROM shown AS s
    CROSS JOIN (VALUES ('at_gateway'), ('settled'), ('paid_out'), ('reserve')) AS p (position)
) AS k
LEFT JOIN shown AS s ON s.channel = k.channel AND s.currency = k.currency AND s.place = k.position
GROUP BY k.channel, k.currency, k.position;
