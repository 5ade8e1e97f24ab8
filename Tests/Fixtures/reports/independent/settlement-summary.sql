-- From the files as they came: each gateway's own words, and no line of them twice.
WITH stripe AS (
    SELECT
        f.day, upper(f.currency) AS currency, f.category, f.gross, f.fee, f.net, upper(f.charged_in) AS charged_in,
        f.charged * sign(f.gross) AS charged, upper(f.charged_in) IS DISTINCT FROM upper(f.currency)
            AND f.charged_in IS NOT NULL AS is_converted
    FROM (
        SELECT DISTINCT ON (d.balance_transaction_id)
            d.automatic_payout_effective_at_utc::date AS day, d.currency, d.reporting_category AS category,
            d.gross::numeric, d.fee::numeric, d.net::numeric, nullif(d.customer_facing_currency, '') AS charged_in,
            abs(nullif(d.customer_facing_amount, '')::numeric) AS charged
        FROM demo_stripe AS d
        ORDER BY d.balance_transaction_id, d.file, d.line::integer
    ) AS f
), jazzcash AS (
    SELECT
        to_date(d.processing_date, 'YY/MM/DD') AS day, d.transaction_type AS type, d.mdr::numeric AS mdr,
        d.fed_amount::numeric AS fed, d.wht_amount::numeric AS wht,
        d.transaction_amount::numeric * CASE d.d_c WHEN 'C' THEN 1 ELSE -1 END AS amount,
        d.net_amount::numeric * CASE d.d_c WHEN 'C' THEN 1 ELSE -1 END AS net
    FROM demo_jazzcash AS d
), amounts (
    channel, business_date, currency, lines, charges_gross, refunds, chargebacks, reversals, fees, fee_refunds, fee_tax,
    dispute_fees, income_tax_withheld, sales_tax_withheld, reserve_held, reserve_released, fx_in, fx_out,
    line_difference, net, paid_out
) AS (
    SELECT
        'stripe', s.day, s.currency, 1,
        CASE WHEN s.category = 'charge' AND NOT s.is_converted THEN s.gross ELSE 0 END,
        CASE WHEN s.category = 'refund' AND NOT s.is_converted THEN s.gross ELSE 0 END,
        CASE WHEN s.category = 'dispute' THEN s.gross ELSE 0 END,
        CASE WHEN s.category = 'dispute_reversal' THEN s.gross ELSE 0 END,
        CASE
            WHEN s.category = 'fee' THEN least(s.gross, 0) WHEN s.category IN ('charge', 'refund') THEN least(-s.fee, 0)
            ELSE 0
        END,
        -- Given back on a line of its own, or with the refund.
        CASE
            WHEN s.category = 'fee' THEN greatest(s.gross, 0)
            WHEN s.category IN ('charge', 'refund') THEN greatest(-s.fee, 0) ELSE 0
        END, 0,
        CASE WHEN s.category LIKE 'dispute%' THEN -s.fee ELSE 0 END, 0, 0,
        CASE WHEN s.category = 'risk_reserved_funds' THEN least(s.gross, 0) ELSE 0 END,
        CASE WHEN s.category = 'risk_reserved_funds' THEN greatest(s.gross, 0) ELSE 0 END,
        CASE WHEN s.is_converted THEN s.gross ELSE 0 END, 0,
        CASE WHEN s.category = 'payout' THEN 0 ELSE s.net - s.gross + s.fee END,
        CASE WHEN s.category = 'payout' THEN 0 ELSE s.net END,
        CASE WHEN s.category = 'payout' THEN -s.gross ELSE 0 END
    FROM stripe AS s
    UNION ALL
    -- What was charged in another currency came in there, and went out again.
    SELECT
        'stripe', s.day, s.charged_in, 0, CASE WHEN s.category = 'charge' THEN s.charged ELSE 0 END,
        CASE WHEN s.category = 'refund' THEN s.charged ELSE 0 END, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -s.charged, 0, 0, 0
    FROM stripe AS s
    WHERE s.is_converted
    UNION ALL
    SELECT
        'jazzcash', j.day, 'PKR', 1, CASE j.type WHEN 'SALE' THEN j.amount ELSE 0 END,
        CASE j.type WHEN 'REFUND' THEN j.amount ELSE 0 END, 0, 0, -greatest(j.mdr, 0), -least(j.mdr, 0), -j.fed, 0,
        -j.wht, 0, 0, 0, 0, 0,
        CASE j.type WHEN 'SETTLEMENT' THEN 0 ELSE j.net - j.amount + j.mdr + j.fed + j.wht END,
        CASE j.type WHEN 'SETTLEMENT' THEN 0 ELSE j.net END, CASE j.type WHEN 'SETTLEMENT' THEN -j.amount ELSE 0 END
    FROM jazzcash AS j
    UNION ALL
    SELECT
        'tcs', to_date(t.remittance_date, 'DD-MM-YYYY'), 'PKR', 1, t.cod_amount::numeric, 0, 0, 0,
        -t.service_charges::numeric, 0, -t.sales_tax::numeric, 0, -t.income_tax_withheld::numeric,
        -t.sales_tax_withheld::numeric, 0, 0, 0, 0,
        t.net_payable::numeric - t.cod_amount::numeric + t.service_charges::numeric + t.sales_tax::numeric
            + t.income_tax_withheld::numeric + t.sales_tax_withheld::numeric,
        t.net_payable::numeric, 0
    FROM demo_tcs AS t
    WHERE t.remittance_no <> 'TOTAL'
)
SELECT
    a.channel, a.business_date, a.currency, sum(a.lines) AS lines, sum(a.charges_gross) AS charges_gross,
    sum(a.refunds) AS refunds, sum(a.chargebacks) AS chargebacks, sum(a.reversals) AS reversals, sum(a.fees) AS fees,
    sum(a.fee_refunds) AS fee_refunds, sum(a.fee_tax) AS fee_tax, sum(a.dispute_fees) AS dispute_fees,
    sum(a.income_tax_withheld) AS income_tax_withheld, sum(a.sales_tax_withheld) AS sales_tax_withheld,
    0 AS adjustments, sum(a.reserve_held) AS reserve_held, sum(a.reserve_released) AS reserve_released,
    sum(a.fx_in) AS fx_in, sum(a.fx_out) AS fx_out, sum(a.line_difference) AS line_difference, sum(a.net) AS net,
    sum(a.paid_out) AS paid_out
FROM amounts AS a
WHERE a.business_date BETWEEN :'from'::date AND :'to'::date
GROUP BY a.channel, a.business_date, a.currency;
