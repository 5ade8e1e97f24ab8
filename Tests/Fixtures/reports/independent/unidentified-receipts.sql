-- From the bank's own rows: credits whose description holds no id of a payout, batch or remittance in any file.
SELECT
    'bank' AS bank, b.date::date AS credited_on, b.reference AS bank_reference, b.currency, b.amount::numeric AS amount,
    DATE '2026-06-30' - b.date::date AS age_days, 'OPEN' AS status, b.file AS evidence_file,
    b.line::bigint AS evidence_line
FROM demo_bank AS b
WHERE b.type = 'CREDIT'
    AND NOT EXISTS (
        SELECT FROM demo_stripe AS s
        WHERE b.description LIKE '%' || s.automatic_payout_id AND upper(s.currency) = b.currency)
    AND NOT EXISTS (
        SELECT FROM demo_jazzcash AS j WHERE b.description LIKE '%' || j.batch_number AND b.currency = 'PKR')
    AND NOT EXISTS (
        SELECT FROM demo_tcs AS t
        WHERE b.description LIKE '%' || t.remittance_no AND b.currency = 'PKR' AND t.remittance_no <> 'TOTAL');
