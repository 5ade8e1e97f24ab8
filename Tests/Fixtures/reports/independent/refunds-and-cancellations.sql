-- What was captured stands in the payment, what went back in the gateway's answer, what card issuers took in the files.
WITH asked AS (
    SELECT
        o.order_id, o.store_id, o.currency, o.order_status, o.total_amount,
        to_char(o.created_at + interval '5 hours', 'YYYY-MM-01')::date AS month,
        (
            SELECT coalesce(sum(p.amount), 0)
            FROM payments AS p
            WHERE p.order_id = o.order_id AND p.currency = o.currency AND p.payment_status IN ('COMPLETED', 'REFUNDED')
        ) AS captured,
        (
            SELECT coalesce(sum(CASE p.payment_status WHEN 'REFUNDED' THEN p.amount
                ELSE coalesce((p.gateway_response ->> 'amount_refunded')::numeric, 0) / 100 END), 0)
            FROM payments AS p
            WHERE p.order_id = o.order_id AND p.currency = o.currency AND p.payment_status IN ('COMPLETED', 'REFUNDED')
        ) AS refunded,
        (
            SELECT coalesce(-sum(d.gross), 0)
            FROM payments AS p
            JOIN (
                SELECT DISTINCT s.balance_transaction_id, s.charge_id, s.gross::numeric, upper(s.currency) AS currency
                FROM demo_stripe AS s
                WHERE s.reporting_category LIKE 'dispute%'
            ) AS d ON d.charge_id = p.transaction_id AND d.currency = p.currency
            WHERE p.order_id = o.order_id AND p.currency = o.currency
        ) AS charged_back
    FROM orders AS o
    WHERE (o.created_at + interval '5 hours')::date BETWEEN :'from'::date AND :'to'::date
)
SELECT
    a.month, a.store_id, a.currency, a.order_status, count(*) AS orders, sum(a.total_amount) AS order_value,
    sum(a.captured) AS captured, sum(a.refunded) AS refunded, sum(a.charged_back) AS charged_back,
    sum(CASE WHEN a.order_status LIKE '%ED' AND a.order_status NOT IN ('DELIVERED', 'CONFIRMED', 'SHIPPED')
        THEN a.captured - a.refunded - a.charged_back ELSE 0 END) AS not_given_back
FROM asked AS a
WHERE a.order_status IN ('CANCELLED', 'REFUNDED') OR a.refunded > 0 OR a.charged_back <> 0
GROUP BY a.month, a.store_id, a.currency, a.order_status;
