-- The generator's truth says which breaks there are and what each comes to; the shop's rows and the files, whose they
-- are and in which currency. The night saw all of them for the first time.
WITH named AS (
    SELECT
        t.code, t.entity, t.role, t.money_effect::numeric AS effect, split_part(t.entity, ':', 1) AS kind,
        f.file_name AS file, split_part(t.entity, ':', 3) AS line
    FROM demo_truth AS t
    LEFT JOIN mainspring.files AS f ON t.entity LIKE 'line:' || left(f.sha256, 16) || ':%'
), placed AS (
    SELECT
        n.*, p.payment_id, coalesce(p.order_id, o.order_id) AS order_id,
        coalesce(
            -- What follows from money in another currency stands in that one.
            CASE
                WHEN n.role = 'consequence' AND EXISTS (
                    SELECT FROM demo_truth AS r
                    WHERE r.entity = n.entity AND r.code IN ('currency.mismatch', 'settlement.currency')
                ) THEN (
                    SELECT max(l.currency) FROM demo_lines AS l WHERE p.transaction_id IN (l.id, l.other_id)
                )
            END,
            CASE n.kind WHEN 'payment' THEN p.currency WHEN 'order' THEN o.currency END,
            CASE
                WHEN n.file LIKE 'bank-%' THEN substr(n.file, 6, 3)
                WHEN n.kind = 'line' THEN (
                    SELECT l.currency FROM demo_lines AS l WHERE l.file = n.file AND l.line = n.line)
                ELSE (SELECT max(l.currency) FROM demo_lines AS l WHERE n.entity = 'payout:' || l.payout_id)
            END) AS currency
    FROM named AS n
    LEFT JOIN demo_matches AS m
        ON m.file = n.file AND m.line = n.line AND EXISTS (
            SELECT FROM demo_lines AS l WHERE l.file = n.file AND l.line = n.line AND l.standing = 'live')
    LEFT JOIN payments AS p ON p.payment_id = m.payment_id OR n.entity = 'payment:' || p.payment_id
    LEFT JOIN orders AS o ON n.entity = 'order:' || o.order_id
)
SELECT
    left(encode(sha256(convert_to(p.code || ' ' || p.entity, 'UTF8')), 'hex'), 16) AS break_id, p.code, p.role,
    CASE
        WHEN p.code IN ('status.mismatch', 'currency.mismatch')
            OR abs(p.effect) >= CASE p.currency WHEN 'PKR' THEN 100000 ELSE 1000 END AND p.role = 'root'
            AND p.code NOT LIKE 'response.%' AND p.code NOT IN ('gateway.unknown', 'transaction.mismatch') THEN 'high'
        WHEN p.code LIKE 'response.%' OR p.code IN ('gateway.unknown', 'transaction.mismatch', 'order.refunded_unpaid')
            THEN 'low'
        ELSE 'medium'
    END AS severity,
    'OPEN' AS status, o.store_id, o.order_number, p.payment_id, p.currency, p.effect AS money_effect,
    :'business_date'::date AS first_seen, :'business_date'::date AS last_seen, 0 AS age_days
FROM placed AS p
LEFT JOIN orders AS o ON o.order_id = p.order_id;
