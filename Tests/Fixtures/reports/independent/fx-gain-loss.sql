-- From Stripe's files, at the rate that the demo converts by; the truth says which of them are breaks.
SELECT
    'stripe' AS channel,
    (s.automatic_payout_effective_at_utc::timestamp + interval '5 hours')::date AS settled_on,
    (s.created_utc::timestamp + interval '5 hours')::date AS charged_on,
    s.automatic_payout_id AS payout_id, o.order_number, p.payment_id, o.store_id,
    upper(s.customer_facing_currency) AS charged_currency, s.customer_facing_amount::numeric AS charged_amount,
    upper(s.currency) AS currency, s.gross::numeric AS settled_amount,
    round(s.gross::numeric / s.customer_facing_amount::numeric, 6) AS applied_rate,
    round(s.customer_facing_amount::numeric * 279.50, 2) AS expected_amount,
    CASE WHEN d.over > 0 THEN d.over ELSE 0 END AS gain,
    CASE WHEN d.over < 0 THEN d.over ELSE 0 END AS loss,
    CASE WHEN t.code IS NULL THEN 'tolerated' ELSE 'break' END AS verdict,
    s.file AS evidence_file, s.line::bigint AS evidence_line
FROM (
    SELECT DISTINCT ON (d.balance_transaction_id) d.*
    FROM demo_stripe AS d
    WHERE d.customer_facing_currency <> d.currency AND d.customer_facing_amount <> ''
    ORDER BY d.balance_transaction_id, d.file, d.line::integer
) AS s
CROSS JOIN LATERAL (
    SELECT s.gross::numeric - round(s.customer_facing_amount::numeric * 279.50, 2) AS over
) AS d
JOIN payments AS p ON p.transaction_id = s.charge_id OR p.transaction_id = s.payment_intent_id
JOIN orders AS o ON o.order_id = p.order_id
LEFT JOIN mainspring.files AS f ON f.file_name = s.file
LEFT JOIN demo_truth AS t
    ON t.code = 'settlement.fx' AND t.entity = 'line:' || left(f.sha256, 16) || ':' || s.line
WHERE (s.automatic_payout_effective_at_utc::timestamp + interval '5 hours')::date BETWEEN :'from'::date AND :'to'::date;
