-- The generator's truth says which breaks there are and what each comes to; the shop's rows and the files, in which
-- currency. The night saw all of them for the first time.
SELECT
    left(encode(sha256(convert_to(t.code || ' ' || t.entity, 'UTF8')), 'hex'), 16) AS break_id, t.code, t.role,
    'OPEN' AS status, t.money_effect::numeric AS money_effect,
    -- What follows from money in another currency stands in that one.
    coalesce(CASE WHEN t.role = 'consequence' THEN x.currency END, p.currency, o.currency, CASE
        WHEN f.file_name LIKE 'bank-%' THEN substr(f.file_name, 6, 3) WHEN f.file_name NOT LIKE 'stripe-%' THEN 'PKR'
    END, upper(s.currency)) AS currency,
    :'business_date'::date AS first_seen, :'business_date'::date AS last_seen, 0 AS age_days
FROM demo_truth AS t
LEFT JOIN payments AS p ON t.entity = 'payment:' || p.payment_id
LEFT JOIN orders AS o ON t.entity = 'order:' || o.order_id
LEFT JOIN mainspring.files AS f ON t.entity LIKE 'line:' || left(f.sha256, 16) || ':%'
LEFT JOIN LATERAL (
    SELECT max(d.currency) AS currency
    FROM demo_stripe AS d
    WHERE t.entity = 'payout:' || d.automatic_payout_id
        OR d.file = f.file_name AND t.entity LIKE '%:' || d.line
) AS s ON TRUE
LEFT JOIN LATERAL (
    SELECT upper(max(d.currency)) AS currency
    FROM demo_truth AS r
    JOIN demo_stripe AS d ON p.transaction_id IN (d.charge_id, d.payment_intent_id)
    WHERE r.entity = t.entity AND r.code IN ('currency.mismatch', 'settlement.currency')
) AS x ON TRUE;
