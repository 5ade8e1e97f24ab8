-- From the files alone: what each gateway says of a payout, what its lines come to, and what the bank has with its
-- name.
WITH lines (
    channel, payout_id, currency, file, settled_on, taken_on, is_payout, kind, gross, fee, fee_tax, income_tax,
    sales_tax, net, is_converted
) AS (
    SELECT
        'stripe', f.payout, upper(f.currency), f.file, f.settled::date, (f.created + interval '5 hours')::date,
        f.category = 'payout', f.category, f.gross, f.fee, 0, 0, 0, f.net,
        f.charged_in <> '' AND f.charged_in <> f.currency
    FROM (
        SELECT DISTINCT ON (d.balance_transaction_id)
            d.automatic_payout_id AS payout, d.currency, d.file, d.automatic_payout_effective_at_utc AS settled,
            d.created_utc::timestamp AS created, d.reporting_category AS category, d.gross::numeric, d.fee::numeric,
            d.net::numeric, coalesce(d.customer_facing_currency, '') AS charged_in
        FROM demo_stripe AS d
        ORDER BY d.balance_transaction_id, d.file, d.line::integer
    ) AS f
    UNION ALL
    SELECT
        'jazzcash', d.batch_number, 'PKR', d.file, to_date(d.processing_date, 'YY/MM/DD'),
        to_date(d.transaction_date, 'YY/MM/DD'), d.transaction_type = 'SETTLEMENT',
        CASE d.transaction_type WHEN 'SALE' THEN 'charge' ELSE 'refund' END,
        d.transaction_amount::numeric * s.sign, d.mdr::numeric, d.fed_amount::numeric, d.wht_amount::numeric, 0,
        d.net_amount::numeric * s.sign, FALSE
    FROM demo_jazzcash AS d
    CROSS JOIN LATERAL (SELECT CASE d.d_c WHEN 'C' THEN 1 ELSE -1 END AS sign) AS s
    UNION ALL
    SELECT
        'tcs', d.remittance_no, 'PKR', d.file, to_date(d.remittance_date, 'DD-MM-YYYY'),
        to_date(coalesce(nullif(d.delivery_date, ''), d.remittance_date), 'DD-MM-YYYY'), FALSE, 'charge',
        d.cod_amount::numeric, d.service_charges::numeric, d.sales_tax::numeric, d.income_tax_withheld::numeric,
        d.sales_tax_withheld::numeric, d.net_payable::numeric, FALSE
    FROM demo_tcs AS d
    WHERE d.remittance_no <> 'TOTAL'
), payouts AS (
    SELECT
        l.channel, l.payout_id, l.currency,
        coalesce(max(CASE WHEN l.is_payout THEN l.settled_on END), max(l.settled_on)) AS payout_date,
        min(CASE WHEN NOT l.is_payout THEN l.taken_on END) AS period_from,
        max(CASE WHEN NOT l.is_payout THEN l.taken_on END) AS period_to,
        sum(CASE WHEN l.is_payout THEN 0 ELSE 1 END) AS lines,
        sum(CASE WHEN l.kind = 'charge' AND NOT l.is_payout AND NOT l.is_converted THEN l.gross ELSE 0 END)
            AS charges_gross,
        sum(CASE WHEN l.kind = 'refund' AND NOT l.is_payout AND NOT l.is_converted THEN l.gross ELSE 0 END) AS refunds,
        sum(CASE WHEN l.kind = 'dispute' THEN l.gross ELSE 0 END) AS chargebacks,
        sum(CASE WHEN l.kind = 'dispute_reversal' THEN l.gross ELSE 0 END) AS reversals,
        sum(CASE WHEN l.is_payout THEN 0 WHEN l.kind = 'fee' THEN l.gross ELSE -l.fee END) AS fees,
        sum(CASE WHEN l.is_payout THEN 0 ELSE -l.fee_tax END) AS fee_tax,
        sum(CASE WHEN l.is_payout THEN 0 ELSE -l.income_tax END) AS income_tax_withheld,
        sum(CASE WHEN l.is_payout THEN 0 ELSE -l.sales_tax END) AS sales_tax_withheld,
        sum(CASE WHEN l.kind = 'risk_reserved_funds' THEN (l.gross - abs(l.gross)) / 2 ELSE 0 END) AS reserve_held,
        sum(CASE WHEN l.kind = 'risk_reserved_funds' THEN (l.gross + abs(l.gross)) / 2 ELSE 0 END) AS reserve_released,
        sum(CASE WHEN l.is_converted THEN l.gross ELSE 0 END) AS fx_in,
        sum(CASE WHEN l.is_payout THEN 0 ELSE l.net - l.gross + l.fee + l.fee_tax + l.income_tax + l.sales_tax END)
            AS rounding,
        sum(CASE WHEN l.is_payout THEN 0 ELSE l.net END) AS net_of_lines,
        -- A courier's remittance has no row of its own.
        CASE l.channel WHEN 'tcs' THEN sum(l.net) ELSE -sum(CASE WHEN l.is_payout THEN l.gross END) END
            AS payout_amount,
        coalesce(max(CASE WHEN l.is_payout THEN l.file END), max(l.file)) AS file
    FROM lines AS l
    WHERE l.payout_id <> ''
    GROUP BY l.channel, l.payout_id, l.currency
), banked AS (
    SELECT
        substring(b.description FROM '(po_[A-Za-z0-9]+|RM-[0-9]+|JC-[0-9]+)') AS payout_id, b.currency,
        sum(b.amount::numeric) AS amount, max(b.date::date) AS date, max(b.reference) AS reference
    FROM demo_bank AS b
    -- A payout below zero is taken from the account.
    WHERE b.type IN ('CREDIT', 'DEBIT')
    GROUP BY 1, 2
), judged AS (
    SELECT
        p.*, b.amount AS bank_amount, b.date AS bank_date, b.reference AS bank_reference,
        p.payout_amount - p.net_of_lines AS line_difference, b.amount - p.payout_amount AS bank_difference,
        CASE
            WHEN coalesce(p.payout_amount - p.net_of_lines, 0) <> 0 OR coalesce(b.amount - p.payout_amount, 0) <> 0
                THEN 'fail'
            WHEN b.amount IS NULL THEN 'open'
            ELSE 'agreed'
        END AS agreed
    FROM payouts AS p
    LEFT JOIN banked AS b ON b.payout_id = p.payout_id AND b.currency = p.currency
)
SELECT
    j.channel, j.payout_id, j.currency, j.payout_date,
    CASE
        WHEN j.bank_amount IS NOT NULL THEN 'at the bank' WHEN j.payout_amount IS NULL THEN 'settled, not paid out'
        ELSE 'not at the bank'
    END AS status,
    j.period_from, j.period_to, j.lines, j.charges_gross, j.refunds, j.chargebacks, j.reversals, j.fees, j.fee_tax,
    j.income_tax_withheld, j.sales_tax_withheld, 0 AS adjustments, j.reserve_held, j.reserve_released, j.fx_in,
    0 AS fx_out, j.rounding, j.net_of_lines, j.payout_amount, j.line_difference, j.bank_reference, j.bank_date,
    j.bank_amount, j.bank_difference, j.bank_date - j.payout_date AS days_to_bank, j.agreed, j.file
FROM judged AS j
WHERE j.agreed <> 'agreed' OR j.payout_date BETWEEN :'from'::date AND :'to'::date
    OR j.bank_date BETWEEN :'from'::date AND :'to'::date;
