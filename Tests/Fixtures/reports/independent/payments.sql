-- What was captured and refunded from the payment and its gateway's answer, what was settled from the files.
WITH lines AS (
    -- Stripe repeats a line in a later file, or twice in one: the first one counts.
    SELECT
        f.txn AS line, f.charge_id AS id, f.intent AS other_id, f.order_number, upper(f.currency) AS currency,
        f.gross, f.net, f.payout
    FROM (
        SELECT DISTINCT ON (d.balance_transaction_id)
            d.balance_transaction_id AS txn, d.charge_id, d.payment_intent_id AS intent,
            d.payment_metadata_order_number AS order_number, d.currency, d.gross::numeric, d.net::numeric,
            d.automatic_payout_id AS payout
        FROM demo_stripe AS d
        WHERE d.reporting_category <> 'payout'
        ORDER BY d.balance_transaction_id, d.file, d.line::integer
    ) AS f
    UNION ALL
    SELECT
        j.file || j.line, j.txn_ref_no, NULL, j.bill_reference, 'PKR',
        CASE j.d_c WHEN 'D' THEN -1 ELSE 1 END * j.transaction_amount::numeric,
        CASE j.d_c WHEN 'D' THEN -1 ELSE 1 END * j.net_amount::numeric, j.batch_number
    FROM demo_jazzcash AS j
    WHERE j.transaction_type <> 'SETTLEMENT'
), found AS (
    SELECT p.payment_id, l.*
    FROM lines AS l
    JOIN payments AS p ON p.transaction_id IN (l.id, l.other_id)
    UNION ALL
    -- By the order's number, where no id is known and one payment alone was taken by the gateway.
    SELECT p.payment_id, l.*
    FROM lines AS l
    JOIN orders AS o ON o.order_number = l.order_number
    JOIN payments AS p
        ON p.order_id = o.order_id AND lower(p.payment_gateway) IN ('stripe', 'jazzcash')
        AND p.payment_status IN ('COMPLETED', 'REFUNDED') AND p.currency = l.currency
    WHERE NOT EXISTS (SELECT FROM payments AS q WHERE q.transaction_id IN (l.id, l.other_id))
    UNION ALL
    -- Of a parcel that was delivered, who pays at its door; what a return cost belongs to no payment.
    SELECT
        p.payment_id, t.file || t.line, NULL, NULL, o.order_number, 'PKR', t.cod_amount::numeric,
        t.net_payable::numeric, t.remittance_no
    FROM demo_tcs AS t
    JOIN orders AS o ON o.tracking_number = t.consignment_no AND o.carrier = 'TCS'
    JOIN payments AS p ON p.order_id = o.order_id AND p.payment_status NOT IN ('FAILED', 'CANCELLED')
    JOIN payment_methods AS m
        ON m.payment_method_id = p.payment_method_id AND m.method_name = 'CASH_ON_DELIVERY'
    WHERE t.status = 'DELIVERED'
)
SELECT
    p.payment_id, p.created_at + interval '5 hours' AS created_at, p.order_id, o.order_number, o.store_id,
    (SELECT m.method_name FROM payment_methods AS m WHERE m.payment_method_id = p.payment_method_id) AS method,
    p.payment_tier, p.payment_gateway, p.transaction_id, p.payment_status, p.currency, p.amount,
    CASE WHEN p.payment_status IN ('COMPLETED', 'REFUNDED') THEN p.amount END AS captured,
    CASE
        WHEN p.payment_status = 'REFUNDED' THEN -p.amount
        WHEN p.payment_status = 'COMPLETED' AND (p.gateway_response ->> 'amount_refunded')::numeric > 0
            THEN -(p.gateway_response ->> 'amount_refunded')::numeric / 100
    END AS refunded,
    (SELECT sum(f.gross) FROM found AS f WHERE f.payment_id = p.payment_id AND f.currency = p.currency) AS settled,
    (
        SELECT sum(f.net - f.gross) FROM found AS f WHERE f.payment_id = p.payment_id AND f.currency = p.currency
    ) AS deductions,
    (SELECT max(f.payout) FROM found AS f WHERE f.payment_id = p.payment_id AND f.currency = p.currency) AS payout_id,
    p.payment_initiated_at + interval '5 hours' AS initiated_at,
    p.payment_completed_at + interval '5 hours' AS completed_at, p.updated_at + interval '5 hours' AS updated_at
FROM orders AS o
JOIN payments AS p USING (order_id)
WHERE (p.created_at + interval '5 hours')::date BETWEEN :'from'::date AND :'to'::date;
