-- From the files of JazzCash and TCS, which alone withhold: row by row, each file's own columns.
WITH rows AS (
    SELECT
        'jazzcash' AS channel, j.batch_number AS payout_id, to_date(j.processing_date, 'YY/MM/DD') AS day,
        j.transaction_amount::numeric * CASE j.d_c WHEN 'C' THEN 1 ELSE -1 END AS gross, j.mdr::numeric AS fee,
        j.fed_amount::numeric AS fee_tax, j.wht_amount::numeric AS income_tax, 0::numeric AS sales_tax, j.file
    FROM demo_jazzcash AS j
    WHERE j.transaction_type <> 'SETTLEMENT'
    UNION ALL
    SELECT
        'tcs', t.remittance_no, to_date(t.remittance_date, 'DD-MM-YYYY'), t.cod_amount::numeric,
        t.service_charges::numeric, t.sales_tax::numeric, t.income_tax_withheld::numeric, t.sales_tax_withheld::numeric,
        t.file
    FROM demo_tcs AS t
    WHERE t.remittance_no <> 'TOTAL'
)
SELECT
    (to_char(r.day, 'YYYY-MM') || '-01')::date AS tax_month, r.channel, r.payout_id, r.day AS settled_on,
    'PKR' AS currency, count(*) AS lines, sum(r.gross) AS charges,
    sum(r.gross) FILTER (WHERE r.income_tax <> 0) AS income_tax_base, -sum(r.income_tax) AS income_tax_withheld,
    sum(r.gross * sign(r.sales_tax)) AS sales_tax_base, -sum(r.sales_tax) AS sales_tax_withheld,
    -sum(r.fee) AS fees, -sum(r.fee_tax) AS fee_tax, min(r.file) AS evidence_file,
    round(sum(r.fee_tax) / sum(r.fee) * 100, 2) AS fee_tax_rate
FROM rows AS r
WHERE r.day BETWEEN :'from'::date AND :'to'::date AND (r.fee_tax <> 0 OR r.income_tax <> 0 OR r.sales_tax <> 0)
GROUP BY r.channel, r.payout_id, r.day;
