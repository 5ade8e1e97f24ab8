-- Dispute by dispute from Stripe's files; what was planted as lost twice stands in the truth.
WITH rows AS (
    SELECT DISTINCT ON (d.balance_transaction_id)
        d.charge_id, d.reporting_category AS what, upper(d.currency) AS currency, d.gross::numeric AS gross,
        d.fee::numeric AS fee, d.automatic_payout_id,
        (d.automatic_payout_effective_at_utc::timestamp + interval '5 hours')::date AS day
    FROM demo_stripe AS d
    ORDER BY d.balance_transaction_id, d.file, d.line::integer
)
SELECT
    x.charge_id AS transaction_id, x.currency, p.payment_id, x.day AS charged_back_on, w.day AS reversed_on,
    x.gross AS charged_back, coalesce(w.gross, 0) AS reversed, x.gross + coalesce(w.gross, 0) AS lost,
    -x.fee - coalesce(w.fee, 0) AS dispute_fees, t.money_effect::numeric AS double_loss,
    CASE WHEN t.code IS NOT NULL THEN 'lost twice' WHEN w.day IS NULL THEN 'open' ELSE 'won' END AS state,
    (SELECT sum(c.gross) FROM rows AS c WHERE c.charge_id = x.charge_id AND c.what = 'charge') AS charged,
    (SELECT coalesce(sum(c.gross), 0) FROM rows AS c WHERE c.charge_id = x.charge_id AND c.what = 'refund') AS refunded,
    x.automatic_payout_id AS payout_id
FROM rows AS x
LEFT JOIN rows AS w ON w.charge_id = x.charge_id AND w.what = 'dispute_reversal'
JOIN payments AS p ON p.transaction_id = x.charge_id
LEFT JOIN demo_truth AS t ON t.code = 'settlement.double_loss' AND t.entity = 'payment:' || p.payment_id
WHERE x.what = 'dispute'
    AND (w.day IS NULL OR x.day BETWEEN :'from'::date AND :'to'::date OR w.day BETWEEN :'from'::date AND :'to'::date);
