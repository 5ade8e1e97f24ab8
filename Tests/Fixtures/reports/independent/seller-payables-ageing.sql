-- What each order brought its store, from payments, answers and files; what holds it back, from the order and from what
-- was planted. No commission is configured; money is payable 7 days after the delivery, once it is settled.
WITH stripe AS (
    -- A line that comes again, in a later file or twice in one, is the first one.
    SELECT DISTINCT ON (d.balance_transaction_id)
        'stripe ' || d.balance_transaction_id AS line, d.automatic_payout_effective_at_utc::date AS day,
        d.charge_id AS id, d.payment_intent_id AS other_id, d.payment_metadata_order_number AS order_number,
        d.reporting_category AS category, upper(d.currency) AS currency,
        coalesce(upper(nullif(d.customer_facing_currency, '')), upper(d.currency)) AS charged_in,
        d.gross::numeric AS gross, d.fee::numeric AS fee, nullif(d.customer_facing_amount, '')::numeric AS charged
    FROM demo_stripe AS d
    WHERE d.reporting_category IN ('charge', 'refund', 'dispute', 'dispute_reversal')
    ORDER BY d.balance_transaction_id, d.file, d.line::integer
), stripe_paid AS (
    SELECT p.payment_id, p.order_id, s.*
    FROM stripe AS s
    JOIN payments AS p ON p.transaction_id IN (s.id, s.other_id)
    UNION ALL
    SELECT p.payment_id, p.order_id, s.*
    FROM stripe AS s
    JOIN orders AS o ON o.order_number = s.order_number
    JOIN payments AS p
        ON p.order_id = o.order_id AND lower(p.payment_gateway) = 'stripe' AND p.currency = s.charged_in
        AND p.payment_status IN ('COMPLETED', 'REFUNDED')
    WHERE NOT EXISTS (SELECT FROM payments AS q WHERE q.transaction_id IN (s.id, s.other_id))
), given_back AS (
    SELECT
        p.payment_id, p.order_id, p.currency,
        CASE p.payment_status WHEN 'REFUNDED' THEN p.amount
            ELSE (p.gateway_response ->> 'amount_refunded')::numeric / 100 END AS amount,
        -- When the answer says, else when the gateway booked it, else when the shop wrote it down.
        coalesce(
            (to_timestamp((p.gateway_response #>> '{refunds,data,0,created}')::bigint) AT TIME ZONE 'UTC'
                + interval '5 hours')::date,
            (
                SELECT min(to_date(j.transaction_date, 'YY/MM/DD'))
                FROM demo_jazzcash AS j
                WHERE j.transaction_type = 'REFUND' AND j.txn_ref_no = p.transaction_id
            ),
            (p.updated_at + interval '5 hours')::date) AS day
    FROM payments AS p
    WHERE p.payment_status = 'REFUNDED'
        OR (p.payment_status = 'COMPLETED' AND (p.gateway_response ->> 'amount_refunded')::numeric > 0)
), taken AS (
    SELECT
        p.payment_id, p.order_id, p.currency, p.amount,
        (coalesce(p.payment_completed_at, p.payment_initiated_at, p.created_at) + interval '5 hours')::date AS day
    FROM payments AS p
    WHERE p.payment_status IN ('COMPLETED', 'REFUNDED')
), settled (payment_id, order_id, day) AS (
    SELECT s.payment_id, s.order_id, s.day FROM stripe_paid AS s WHERE s.category IN ('charge', 'refund')
    UNION ALL
    SELECT p.payment_id, p.order_id, to_date(j.processing_date, 'YY/MM/DD')
    FROM demo_jazzcash AS j
    JOIN payments AS p ON p.transaction_id = j.txn_ref_no
    UNION ALL
    SELECT p.payment_id, p.order_id, to_date(t.remittance_date, 'DD-MM-YYYY')
    FROM demo_tcs AS t
    JOIN orders AS o ON o.tracking_number = t.consignment_no AND o.carrier = 'TCS'
    JOIN payments AS p ON p.order_id = o.order_id AND p.payment_status NOT IN ('FAILED', 'CANCELLED')
    JOIN payment_methods AS m ON m.payment_method_id = p.payment_method_id AND m.method_name = 'CASH_ON_DELIVERY'
    WHERE t.status = 'DELIVERED'
), lines (order_id, currency, amount) AS (
    SELECT t.order_id, t.currency, t.amount FROM taken AS t WHERE t.day <= :'to'::date
    UNION ALL
    SELECT g.order_id, g.currency, -g.amount FROM given_back AS g WHERE g.day <= :'to'::date
    UNION ALL
    SELECT
        s.order_id, s.currency,
        CASE WHEN s.category LIKE 'dispute%' OR s.charged_in <> s.currency THEN s.gross ELSE 0 END - s.fee
    FROM stripe_paid AS s
    UNION ALL
    SELECT s.order_id, s.charged_in, -abs(s.charged) * sign(s.gross)
    FROM stripe_paid AS s
    WHERE s.charged_in <> s.currency
    UNION ALL
    SELECT p.order_id, 'PKR', -(j.mdr::numeric + j.fed_amount::numeric + j.wht_amount::numeric)
    FROM demo_jazzcash AS j
    JOIN payments AS p ON p.transaction_id = j.txn_ref_no
    UNION ALL
    SELECT
        o.order_id, 'PKR',
        -(t.service_charges::numeric + t.sales_tax::numeric + t.income_tax_withheld::numeric
            + t.sales_tax_withheld::numeric)
    FROM demo_tcs AS t
    JOIN orders AS o ON o.tracking_number = t.consignment_no AND o.carrier = 'TCS'
    WHERE t.status = 'DELIVERED'
        AND EXISTS (
            SELECT
            FROM payments AS p
            JOIN payment_methods AS m USING (payment_method_id)
            WHERE p.order_id = o.order_id AND m.method_name = 'CASH_ON_DELIVERY'
                AND p.payment_status NOT IN ('FAILED', 'CANCELLED'))
), planted AS (
    -- Orders in which something was planted that is worth money, or that a customer's bank took back.
    SELECT coalesce(o.order_id, p.order_id, l.order_id) AS order_id
    FROM demo_truth AS d
    LEFT JOIN orders AS o ON d.entity = 'order:' || o.order_id
    LEFT JOIN payments AS p ON d.entity = 'payment:' || p.payment_id
    LEFT JOIN mainspring.lines AS l ON d.entity = l.entity
    WHERE d.money_effect::numeric <> 0 OR d.code = 'settlement.chargeback'
), orders_owed AS (
    SELECT
        o.store_id, l.currency, o.order_id, sum(l.amount) AS amount,
        CASE
            WHEN sum(l.amount) < 0 THEN 'owed by the store'
            WHEN o.order_status NOT IN ('DELIVERED', 'REFUNDED') OR o.actual_delivery_date IS NULL
                OR o.actual_delivery_date > :'to'::date THEN 'not delivered'
            WHEN o.order_id IN (SELECT d.order_id FROM planted AS d WHERE d.order_id IS NOT NULL) THEN 'in open breaks'
            WHEN EXISTS (
                SELECT
                FROM payments AS p
                JOIN payment_methods AS m USING (payment_method_id)
                WHERE p.order_id = o.order_id AND p.payment_status IN ('COMPLETED', 'REFUNDED')
                    AND m.method_name <> 'BANK_TRANSFER' AND p.currency = l.currency
                    AND p.payment_id NOT IN (SELECT s.payment_id FROM settled AS s)) THEN 'on its way'
            WHEN o.actual_delivery_date + 7 > :'to'::date THEN 'within its term'
            ELSE 'payable'
        END AS state,
        greatest(
            o.actual_delivery_date + 7,
            (SELECT max(s.day) FROM settled AS s WHERE s.order_id = o.order_id)) AS since
    FROM lines AS l
    JOIN orders AS o USING (order_id)
    GROUP BY o.store_id, l.currency, o.order_id
    HAVING sum(l.amount) <> 0
)
SELECT
    w.store_id, w.currency, sum(w.amount) AS balance,
    coalesce(sum(w.amount) FILTER (WHERE w.state = 'not delivered'), 0) AS not_delivered,
    coalesce(sum(w.amount) FILTER (WHERE w.state = 'within its term'), 0) AS within_term,
    coalesce(sum(w.amount) FILTER (WHERE w.state = 'on its way'), 0) AS on_its_way,
    coalesce(sum(w.amount) FILTER (WHERE w.state = 'in open breaks'), 0) AS in_open_breaks,
    coalesce(sum(w.amount) FILTER (WHERE w.state = 'owed by the store'), 0) AS owed_by_store,
    coalesce(sum(w.amount) FILTER (WHERE w.state = 'payable'), 0) AS payable,
    sum(w.amount) FILTER (WHERE w.state = 'payable' AND w.since >= :'to'::date - 30) AS d0_30,
    sum(w.amount) FILTER (WHERE w.state = 'payable' AND w.since < :'to'::date - 90) AS d91_plus,
    min(w.since) FILTER (WHERE w.state = 'payable') AS oldest_since,
    count(*) FILTER (WHERE w.state = 'payable') AS orders_payable
FROM orders_owed AS w
GROUP BY w.store_id, w.currency;
