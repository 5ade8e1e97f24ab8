-- From the payments up: each that was taken, less what its answer says went back, where the parcel isn't there yet.
SELECT
    o.order_number, o.customer_id, o.store_id, o.order_status, m.currency,
    CASE WHEN o.currency = m.currency THEN o.total_amount END AS order_total,
    m.captured, -m.refunded AS refunded, m.captured - m.refunded AS held, m.first_paid_on,
    DATE '2026-06-30' - m.first_paid_on AS age_days
FROM (
    SELECT
        p.order_id, p.currency, sum(p.amount) AS captured,
        sum(CASE
            WHEN p.payment_status = 'REFUNDED' THEN p.amount
            ELSE coalesce((p.gateway_response ->> 'amount_refunded')::numeric / 100, 0)
        END) AS refunded,
        min((coalesce(p.payment_completed_at, p.payment_initiated_at, p.created_at) + interval '5 hours')::date)
            AS first_paid_on
    FROM payments AS p
    WHERE p.payment_status IN ('COMPLETED', 'REFUNDED')
        AND coalesce(p.payment_completed_at, p.payment_initiated_at, p.created_at) < '2026-06-30 19:00:00'
    GROUP BY p.order_id, p.currency
) AS m
JOIN orders AS o USING (order_id)
WHERE m.captured <> m.refunded
    AND (
        o.order_status NOT IN ('DELIVERED', 'CANCELLED', 'REFUNDED')
        OR o.order_status = 'DELIVERED' AND o.actual_delivery_date > '2026-06-30'
    );
