-- Each store's account from the payments, the gateways' answers and the rows of the files: what was captured and given
-- back by the shop's payments, what was taken off by each file's row. No commission is configured, and sellers bear
-- all.
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
), split AS (
    SELECT
        t.*,
        CASE WHEN t.currency <> o.currency THEN 0 ELSE least(t.amount + t.before, o.total_amount) END AS reaches,
        CASE WHEN t.currency <> o.currency THEN 0 ELSE least(t.before, o.total_amount) END AS begins
    FROM (
        SELECT
            t.*,
            (
                SELECT coalesce(sum(b.amount), 0)
                FROM taken AS b
                WHERE b.order_id = t.order_id AND b.currency = t.currency
                    AND (b.day, b.payment_id) < (t.day, t.payment_id)
            ) AS before
        FROM taken AS t
    ) AS t
    JOIN orders AS o USING (order_id)
), lines (
    order_id, payment_id, currency, day, event, order_total, refund, chargeback, gateway_fee, fee_tax,
    income_tax_withheld, sales_tax_withheld, courier_charges, adjustment, reaches, begins
) AS (
    SELECT
        s.order_id, s.payment_id, s.currency, s.day, 'captured', s.amount, 0, 0, 0, 0, 0, 0, 0, 0, s.reaches, s.begins
    FROM split AS s
    UNION ALL
    SELECT g.order_id, g.payment_id, g.currency, g.day, 'refunded', 0, -g.amount, 0, 0, 0, 0, 0, 0, 0, 0, 0
    FROM given_back AS g
    UNION ALL
    SELECT
        s.order_id, s.payment_id, s.currency, s.day,
        CASE
            WHEN s.category = 'dispute' THEN 'charged back' WHEN s.category = 'dispute_reversal' THEN 'chargeback won'
            WHEN s.charged_in <> s.currency THEN 'converted'
            WHEN s.fee < 0 THEN 'fee given back' ELSE 'settled by the gateway'
        END,
        0, 0, CASE WHEN s.category LIKE 'dispute%' THEN s.gross ELSE 0 END, -s.fee, 0, 0, 0, 0,
        CASE WHEN s.charged_in <> s.currency THEN s.gross ELSE 0 END, 0, 0
    FROM stripe_paid AS s
    WHERE s.fee <> 0 OR s.category LIKE 'dispute%' OR s.charged_in <> s.currency
    UNION ALL
    SELECT
        s.order_id, s.payment_id, s.charged_in, s.day, 'converted', 0, 0, 0, 0, 0, 0, 0, 0,
        -abs(s.charged) * sign(s.gross), 0, 0
    FROM stripe_paid AS s
    WHERE s.charged_in <> s.currency
    UNION ALL
    SELECT
        p.order_id, p.payment_id, 'PKR', to_date(j.processing_date, 'YY/MM/DD'), 'settled by the gateway', 0, 0, 0,
        -j.mdr::numeric, -j.fed_amount::numeric, -j.wht_amount::numeric, 0, 0, 0, 0, 0
    FROM demo_jazzcash AS j
    JOIN payments AS p ON p.transaction_id = j.txn_ref_no
    WHERE j.mdr::numeric <> 0 OR j.fed_amount::numeric <> 0 OR j.wht_amount::numeric <> 0
    UNION ALL
    SELECT
        p.order_id, p.payment_id, 'PKR', to_date(t.remittance_date, 'DD-MM-YYYY'), 'remitted by the courier', 0, 0, 0,
        0, -t.sales_tax::numeric, -t.income_tax_withheld::numeric, -t.sales_tax_withheld::numeric,
        -t.service_charges::numeric, 0, 0, 0
    FROM demo_tcs AS t
    JOIN orders AS o ON o.tracking_number = t.consignment_no AND o.carrier = 'TCS'
    JOIN payments AS p ON p.order_id = o.order_id AND p.payment_status NOT IN ('FAILED', 'CANCELLED')
    JOIN payment_methods AS m ON m.payment_method_id = p.payment_method_id AND m.method_name = 'CASH_ON_DELIVERY'
    WHERE t.status = 'DELIVERED'
), accounts AS (
    SELECT
        o.store_id, l.currency, date_trunc('month', l.day)::date AS period, l.day, l.event, o.order_number,
        l.payment_id, l.order_total - s.shipping - s.tax AS gross_goods, s.shipping, s.tax AS tax_collected,
        l.order_total, l.refund, l.chargeback, l.gateway_fee, l.fee_tax, l.income_tax_withheld, l.sales_tax_withheld, l.courier_charges,
        l.adjustment,
        l.order_total + l.refund + l.chargeback + l.gateway_fee + l.fee_tax + l.income_tax_withheld
            + l.sales_tax_withheld + l.courier_charges + l.adjustment AS net
    FROM lines AS l
    JOIN orders AS o USING (order_id)
    CROSS JOIN LATERAL (
        SELECT
            round(o.shipping_cost * l.reaches / o.total_amount, 2)
                - round(o.shipping_cost * l.begins / o.total_amount, 2) AS shipping,
            round(o.tax_amount * l.reaches / o.total_amount, 2) - round(o.tax_amount * l.begins / o.total_amount, 2)
                AS tax
    ) AS s
    WHERE l.day <= :'to'::date
), months AS (
    SELECT
        a.store_id, a.currency, m.month::date AS period,
        sum(a.net) FILTER (WHERE a.period < m.month) AS opening,
        sum(a.net) FILTER (WHERE a.period = m.month) AS moved,
        -- Conversion is no deduction: it moves what was earned into another currency.
        sum(a.order_total + a.refund + a.chargeback + a.adjustment) FILTER (WHERE a.period = m.month) AS earned
    FROM accounts AS a
    CROSS JOIN generate_series(:'from'::date, :'to'::date, interval '1 month') AS m (month)
    WHERE a.period <= m.month
    GROUP BY a.store_id, a.currency, m.month
)
SELECT
    a.store_id, a.currency, a.period, a.day AS posted_date, a.event, a.order_number, a.payment_id, a.gross_goods,
    a.shipping, a.tax_collected, a.order_total, a.refund, a.chargeback, a.gateway_fee, a.fee_tax, a.income_tax_withheld,
    a.sales_tax_withheld, a.courier_charges, a.adjustment, a.net, NULL::numeric AS opening_balance,
    NULL::numeric AS earned, NULL::numeric AS deductions, NULL::numeric AS paid_out, NULL::numeric AS closing_balance
FROM accounts AS a
WHERE a.period >= :'from'::date
UNION ALL
SELECT
    m.store_id, m.currency, m.period, m.period, 'opening balance', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
    NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL
FROM months AS m
WHERE m.moved IS NOT NULL OR m.opening <> 0
UNION ALL
SELECT
    m.store_id, m.currency, m.period, (m.period + interval '1 month')::date - 1, 'closing balance', NULL, NULL, NULL,
    NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, coalesce(m.opening, 0),
    coalesce(m.earned, 0), coalesce(m.earned, 0) - coalesce(m.moved, 0), 0,
    coalesce(m.opening, 0) + coalesce(m.moved, 0)
FROM months AS m
WHERE m.moved IS NOT NULL OR m.opening <> 0;
