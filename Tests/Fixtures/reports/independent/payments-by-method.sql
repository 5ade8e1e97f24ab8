-- Fees from the files, per transaction and parcel; captures and refunds from the payments and the gateways' answers.
WITH attempts AS (
    SELECT
        p.*, m.method_name, o.carrier, o.tracking_number, o.order_number,
        p.payment_status IN ('COMPLETED', 'REFUNDED') AS is_taken
    FROM payment_methods AS m, payments AS p, orders AS o
    WHERE m.payment_method_id = p.payment_method_id AND o.order_id = p.order_id
        AND (coalesce(p.payment_completed_at, p.payment_initiated_at, p.created_at) + interval '5 hours')::date
            BETWEEN :'from'::date AND :'to'::date
), fees AS (
    -- The fee of a dispute is the dispute's, and a sale that was settled in another currency has its fee there.
    SELECT a.payment_id, -s.fee AS amount
    FROM attempts AS a
    JOIN (
        SELECT DISTINCT ON (d.balance_transaction_id)
            d.charge_id, d.payment_intent_id, d.payment_metadata_order_number AS order_number,
            upper(d.currency) AS currency, d.fee::numeric
        FROM demo_stripe AS d
        WHERE d.reporting_category IN ('charge', 'refund')
        ORDER BY d.balance_transaction_id, d.file, d.line::integer
    ) AS s ON s.currency = a.currency
        AND (
            a.transaction_id IN (s.charge_id, s.payment_intent_id)
            OR s.order_number = a.order_number AND a.is_taken AND lower(a.payment_gateway) = 'stripe'
            AND NOT EXISTS (SELECT FROM payments AS q WHERE q.transaction_id IN (s.charge_id, s.payment_intent_id))
        )
    UNION ALL
    SELECT a.payment_id, -j.mdr::numeric - j.fed_amount::numeric
    FROM attempts AS a
    JOIN demo_jazzcash AS j ON j.txn_ref_no = a.transaction_id
    UNION ALL
    SELECT a.payment_id, -t.service_charges::numeric - t.sales_tax::numeric
    FROM attempts AS a
    JOIN demo_tcs AS t ON t.consignment_no = a.tracking_number AND t.status = 'DELIVERED'
    WHERE a.carrier = 'TCS' AND a.method_name = 'CASH_ON_DELIVERY' AND a.payment_status NOT IN ('FAILED', 'CANCELLED')
), figures AS (
    SELECT
        a.method_name AS method, a.payment_gateway AS gateway, a.payment_tier AS tier, a.currency, a.payment_status,
        CASE WHEN a.is_taken THEN a.amount ELSE 0 END AS captured,
        CASE
            WHEN a.payment_status = 'REFUNDED' THEN -a.amount
            WHEN a.payment_status = 'COMPLETED' AND a.gateway_response ? 'amount_refunded'
                THEN -(a.gateway_response ->> 'amount_refunded')::numeric / 100
            ELSE 0
        END AS refunded,
        coalesce((SELECT sum(f.amount) FROM fees AS f WHERE f.payment_id = a.payment_id), 0) AS fees
    FROM attempts AS a
)
SELECT
    f.method, f.gateway, f.tier, f.currency, count(*) AS attempts,
    sum((f.payment_status = 'COMPLETED' OR f.payment_status = 'REFUNDED')::integer) AS succeeded,
    sum((f.payment_status = 'FAILED')::integer) AS failed,
    sum((f.payment_status = 'CANCELLED')::integer) AS cancelled,
    sum((f.payment_status = 'PENDING' OR f.payment_status = 'PROCESSING')::integer) AS pending,
    round(100 * avg(
        CASE
            WHEN f.payment_status IN ('COMPLETED', 'REFUNDED') THEN 1 WHEN f.payment_status NOT LIKE 'P%' THEN 0
        END), 2) AS success_rate,
    sum(f.captured) AS captured, sum(f.refunded) AS refunded, sum(f.fees) AS fees,
    sum(f.captured + f.refunded + f.fees) AS net
FROM figures AS f
GROUP BY f.method, f.gateway, f.tier, f.currency;
