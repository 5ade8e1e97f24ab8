-- The bridge's steps from payments, answers and files: of stores where a payment stands behind the row, of none
-- otherwise; beside the bridge what bank transfers brought. No commission is configured, and sellers bear all.
WITH stripe AS (
    -- A line that comes again, in a later file or twice in one, is the first one.
    SELECT DISTINCT ON (d.balance_transaction_id)
        'stripe ' || d.balance_transaction_id AS line, d.automatic_payout_effective_at_utc::date AS day,
        d.charge_id AS id, d.payment_intent_id AS other_id, d.payment_metadata_order_number AS order_number,
        d.reporting_category AS category, upper(d.currency) AS currency,
        coalesce(upper(nullif(d.customer_facing_currency, '')), upper(d.currency)) AS charged_in,
        d.gross::numeric AS gross, d.fee::numeric AS fee, nullif(d.customer_facing_amount, '')::numeric AS charged
    FROM demo_stripe AS d
    WHERE d.reporting_category IN ('charge', 'refund', 'dispute', 'dispute_reversal', 'fee')
    ORDER BY d.balance_transaction_id, d.file, d.line::integer
), stripe_paid AS (
    SELECT p.payment_id, p.order_id, s.*
    FROM stripe AS s
    JOIN payments AS p ON p.transaction_id IN (s.id, s.other_id) AND s.category <> 'fee'
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
), courier AS (
    SELECT
        to_date(t.remittance_date, 'DD-MM-YYYY') AS day, t.service_charges::numeric AS charges,
        t.sales_tax::numeric AS tax, t.income_tax_withheld::numeric AS income_tax,
        t.sales_tax_withheld::numeric AS sales_tax,
        t.status = 'DELIVERED' AND EXISTS (
            SELECT
            FROM orders AS o
            JOIN payments AS p USING (order_id)
            JOIN payment_methods AS m USING (payment_method_id)
            WHERE o.tracking_number = t.consignment_no AND o.carrier = 'TCS' AND m.method_name = 'CASH_ON_DELIVERY'
                AND p.payment_status NOT IN ('FAILED', 'CANCELLED')) AS is_known
    FROM demo_tcs AS t
    WHERE t.remittance_no <> 'TOTAL'
), known AS (
    SELECT s.*, EXISTS (SELECT FROM stripe_paid AS p WHERE p.line = s.line) AS is_known FROM stripe AS s
), amounts (currency, day, step_no, amount, is_known, is_transfer) AS (
    SELECT t.currency, t.day, 5, t.amount, TRUE, m.method_name = 'BANK_TRANSFER'
    FROM taken AS t
    JOIN payments AS p USING (payment_id)
    JOIN payment_methods AS m USING (payment_method_id)
    UNION ALL
    SELECT g.currency, g.day, 6, -g.amount, TRUE, m.method_name = 'BANK_TRANSFER'
    FROM given_back AS g
    JOIN payments AS p USING (payment_id)
    JOIN payment_methods AS m USING (payment_method_id)
    UNION ALL
    SELECT k.currency, k.day, CASE k.category WHEN 'dispute' THEN 7 ELSE 8 END, k.gross, k.is_known, FALSE
    FROM known AS k
    WHERE k.category LIKE 'dispute%'
    UNION ALL
    SELECT
        k.currency, k.day, CASE WHEN k.category LIKE 'dispute%' THEN 11 WHEN f.amount > 0 THEN 10 ELSE 9 END, f.amount,
        k.is_known, FALSE
    FROM known AS k
    CROSS JOIN LATERAL (SELECT CASE k.category WHEN 'fee' THEN k.gross ELSE 0 END - k.fee AS amount) AS f
    UNION ALL
    SELECT k.currency, k.day, 16, k.gross, k.is_known, FALSE FROM known AS k WHERE k.charged_in <> k.currency
    UNION ALL
    SELECT k.charged_in, k.day, 17, -abs(k.charged) * sign(k.gross), k.is_known, FALSE
    FROM known AS k
    WHERE k.charged_in <> k.currency
    UNION ALL
    SELECT
        'PKR', to_date(j.processing_date, 'YY/MM/DD'), v.step_no, -v.amount::numeric,
        EXISTS (SELECT FROM payments AS p WHERE p.transaction_id = j.txn_ref_no), FALSE
    FROM demo_jazzcash AS j
    CROSS JOIN LATERAL (VALUES (9, j.mdr), (12, j.fed_amount), (13, j.wht_amount)) AS v (step_no, amount)
    WHERE j.transaction_type <> 'SETTLEMENT'
    UNION ALL
    SELECT 'PKR', c.day, v.step_no, -v.amount, c.is_known, FALSE
    FROM courier AS c
    CROSS JOIN LATERAL (VALUES (9, c.charges), (12, c.tax), (13, c.income_tax), (14, c.sales_tax))
        AS v (step_no, amount)
)
SELECT
    a.currency, a.step_no,
    coalesce(sum(a.amount) FILTER (WHERE a.is_known), 0) AS statements,
    coalesce(sum(a.amount) FILTER (WHERE NOT a.is_known), 0) AS no_store,
    coalesce(sum(a.amount) FILTER (WHERE NOT a.is_transfer), 0) AS bridge,
    coalesce(sum(a.amount) FILTER (WHERE a.is_transfer), 0) AS beside_bridge
FROM amounts AS a
WHERE a.day BETWEEN :'from'::date AND :'to'::date
GROUP BY a.currency, a.step_no
HAVING count(*) FILTER (WHERE a.amount <> 0) > 0;
