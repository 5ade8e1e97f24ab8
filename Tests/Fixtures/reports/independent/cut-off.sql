-- From the payments and the gateways' answers, status by status; nothing of the pipeline's.
WITH taken AS (
    SELECT
        p.order_id, p.currency, p.amount AS captured,
        -- REFUNDED is all of it; a part stands in Stripe's answer, in hundredths.
        CASE p.payment_status
            WHEN 'REFUNDED' THEN -p.amount
            ELSE -coalesce((p.gateway_response ->> 'amount_refunded')::numeric / 100, 0)
        END AS refunded
    FROM payments AS p
    WHERE p.payment_status IN ('COMPLETED', 'REFUNDED')
        AND coalesce(p.payment_completed_at, p.payment_initiated_at, p.created_at) + interval '5 hours'
            < :'to'::date + 1
), looked_at AS (
    SELECT
        o.*, c.currency AS money_currency, c.captured, c.refunded,
        coalesce(
            o.actual_delivery_date,
            CASE o.order_status WHEN 'DELIVERED' THEN '-infinity' ELSE 'infinity' END::date) AS arrived
    FROM orders AS o
    JOIN (
        SELECT k.order_id, k.currency, sum(k.captured) AS captured, sum(k.refunded) AS refunded
        FROM (
            SELECT t.order_id, t.currency, t.captured, t.refunded FROM taken AS t
            UNION ALL
            SELECT e.order_id, e.currency, 0, 0 FROM orders AS e
        ) AS k
        GROUP BY k.order_id, k.currency
    ) AS c ON c.order_id = o.order_id
    WHERE (o.created_at + interval '5 hours')::date <= :'to'::date
)
SELECT
    a.order_number, a.money_currency AS currency, a.captured, a.refunded,
    a.captured + a.refunded AS paid_not_delivered, 0 AS delivered_not_paid,
    CASE WHEN a.money_currency = a.currency AND (a.order_status = 'SHIPPED' OR a.arrived < 'infinity')
        THEN a.total_amount ELSE 0 END AS on_its_way
FROM looked_at AS a
WHERE a.arrived > :'to'::date
    AND (
        a.captured <> -a.refunded
        OR a.money_currency = a.currency AND (a.order_status = 'SHIPPED' OR a.arrived < 'infinity')
    )
UNION ALL
SELECT a.order_number, a.money_currency, a.captured, a.refunded, 0, a.total_amount - a.captured, 0
FROM looked_at AS a
WHERE a.arrived BETWEEN :'from'::date AND :'to'::date AND a.money_currency = a.currency AND a.total_amount > a.captured;
