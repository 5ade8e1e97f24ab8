-- The demo lets each hold go in the same amount, ninety days after it or with the next payout: so each hold has its
-- release by date and amount.
WITH rows AS (
    SELECT
        upper(d.currency) AS currency, d.gross::numeric AS gross, d.automatic_payout_id AS payout_id, d.file, d.line,
        d.created_utc::timestamp AS created,
        (d.automatic_payout_effective_at_utc::timestamp + interval '5 hours')::date AS day
    FROM demo_stripe AS d
    WHERE d.reporting_category = 'risk_reserved_funds'
), pairs AS (
    SELECT
        h.*, -h.gross AS amount,
        (
            SELECT min(r.day) FROM rows AS r
            WHERE r.currency = h.currency AND r.gross = -h.gross AND r.day >= h.day + 90
        ) AS released_on
    FROM rows AS h
    WHERE h.gross < 0
)
SELECT
    'stripe' AS channel, p.currency, p.day AS held_on, p.payout_id, p.amount,
    CASE WHEN p.day < :'from'::date THEN p.amount ELSE 0 END AS opening,
    CASE WHEN p.day < :'from'::date THEN 0 ELSE p.amount END AS held,
    CASE WHEN p.released_on IS NULL THEN 0 ELSE -p.amount END AS released,
    CASE WHEN p.released_on IS NULL THEN p.amount ELSE 0 END AS closing,
    p.released_on, coalesce(p.released_on, :'to'::date) - p.day AS days_held
FROM pairs AS p
WHERE p.day <= :'to'::date AND (p.released_on IS NULL OR p.released_on >= :'from'::date);
