-- What was given back from the payments and their gateways' answers, dated by the answer, the gateway's file, or the
-- day on which the payment was last touched; months as text.
WITH orders_delivered AS (
    SELECT o.*, to_char(o.actual_delivery_date, 'YYYY-MM') AS month
    FROM orders AS o
    WHERE o.actual_delivery_date IS NOT NULL AND o.order_status NOT IN ('CANCELLED', 'SHIPPED')
), given_back AS (
    SELECT
        o.month AS delivered_in, p.currency,
        CASE WHEN p.payment_status = 'REFUNDED' THEN p.amount
            ELSE (p.gateway_response ->> 'amount_refunded')::numeric / 100 END AS amount,
        coalesce(
            to_timestamp((p.gateway_response #>> '{refunds,data,0,created}')::bigint) AT TIME ZONE 'UTC',
            (
                SELECT max(d.created_utc::timestamp) FROM demo_stripe AS d
                WHERE d.reporting_category = 'refund' AND p.transaction_id IN (d.charge_id, d.payment_intent_id)
            ),
            (
                SELECT to_date(max(d.transaction_date), 'YY/MM/DD') - interval '5 hours' FROM demo_jazzcash AS d
                WHERE d.transaction_type = 'REFUND' AND d.txn_ref_no = p.transaction_id
            ),
            p.updated_at
        ) + interval '5 hours' AS moment
    FROM payments AS p
    JOIN orders_delivered AS o ON o.order_id = p.order_id
    WHERE p.payment_status = 'REFUNDED'
        OR p.payment_status = 'COMPLETED' AND (p.gateway_response ->> 'amount_refunded')::numeric > 0
), months AS (
    SELECT to_char(c.month, 'YYYY-MM') AS name, c.month::date AS month, k.currency
    FROM generate_series(date '2026-03-01', '2026-06-01', interval '1 month') AS c (month)
    CROSS JOIN (VALUES ('PKR'), ('USD'), ('AED')) AS k (currency)
), sums AS (
    SELECT
        m.month, m.currency,
        (SELECT count(*) FROM orders_delivered AS o WHERE o.month = m.name AND o.currency = m.currency) AS orders,
        (
            SELECT coalesce(sum(o.total_amount), 0) FROM orders_delivered AS o
            WHERE o.month = m.name AND o.currency = m.currency
        ) AS delivered_value,
        (
            SELECT count(*) FROM given_back AS g
            WHERE to_char(g.moment, 'YYYY-MM') = m.name AND g.currency = m.currency
        ) AS refunds,
        (
            SELECT coalesce(sum(-g.amount), 0) FROM given_back AS g
            WHERE to_char(g.moment, 'YYYY-MM') = m.name AND g.currency = m.currency
        ) AS refunded,
        (
            SELECT coalesce(sum(-g.amount), 0) FROM given_back AS g
            WHERE g.delivered_in = m.name AND g.currency = m.currency
        ) AS refunded_since
    FROM months AS m
), compared AS (
    SELECT
        s.*, s.delivered_value + s.refunded AS net_value, lag(s.delivered_value + s.refunded) OVER bymonth AS before,
        lag(s.orders + s.refunds) OVER bymonth AS facts_before
    FROM sums AS s
    WINDOW bymonth AS (PARTITION BY s.currency ORDER BY s.month)
)
SELECT
    c.month, c.currency, c.orders, c.delivered_value, c.refunds, c.refunded, c.net_value, c.refunded_since,
    c.delivered_value + c.refunded_since AS restated_value,
    CASE WHEN c.facts_before > 0 THEN c.net_value - c.before END AS change,
    CASE WHEN c.facts_before > 0 AND c.before <> 0 THEN round((c.net_value - c.before) / c.before * 100, 2) END
        AS change_percent
FROM compared AS c
WHERE c.month >= :'from'::date AND (c.orders > 0 OR c.refunds > 0);
