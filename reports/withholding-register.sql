/*
title: Withholding register
description: >-
  Tax that gateways and couriers took off for the state, payout by payout, for the settlement dates of the window. The
  payout, remittance or batch is the reference to ask for the certificate by. Base is what the tax was reckoned on, the
  charges of the lines that had any withheld. Deductions are negative, as on the bridge, whose steps they sum to.
  Rates are what was taken, not what should have been; where those differ, a break counts.
owner: finance
window: month
parameters:
  from: { type: date }
  to: { type: date }
  time_zone: { type: text }
columns:
  tax_month: { heading: Month, kind: date, width: 12 }
  channel: { heading: Withheld by, kind: text, width: 13 }
  payout_id: { heading: Reference, kind: text, width: 29 }
  settled_on: { heading: Settled on, kind: date, width: 12 }
  currency: { heading: Currency, kind: text, width: 10 }
  lines: { heading: Lines, kind: integer, width: 9, total: sum }
  charges: { heading: Charges, kind: money, width: 18, total: sum }
  income_tax_base: { heading: Income tax on, kind: money, width: 18, total: sum }
  income_tax_withheld: { heading: Income tax withheld, kind: money, width: 19, total: sum }
  income_tax_rate: { heading: Income tax rate, kind: percent, width: 15 }
  sales_tax_base: { heading: Sales tax on, kind: money, width: 18, total: sum }
  sales_tax_withheld: { heading: Sales tax withheld, kind: money, width: 19, total: sum }
  sales_tax_rate: { heading: Sales tax rate, kind: percent, width: 15 }
  fees: { heading: Fees, kind: money, width: 17, total: sum }
  fee_tax: { heading: Tax on fees, kind: money, width: 17, total: sum }
  fee_tax_rate: { heading: Fee tax rate, kind: percent, width: 15 }
  breaks: { heading: Open breaks, kind: integer, width: 12, total: sum, conditional: flag }
  bank_reference: { heading: Bank reference, kind: text, width: 24 }
  bank_date: { heading: At the bank, kind: date, width: 12 }
  evidence_file: { heading: File, kind: text, width: 24 }
currency: currency
sort: [tax_month, channel, currency, settled_on, payout_id]
formats: [csv, xlsx]
*/
WITH taxed AS (
    -- Every line with tax in it, and every line that is nothing else. A payout's own row repeats what its lines say.
    SELECT
        l.channel, l.payout_id, l.currency, l.line_type, l.gross, l.fee, l.fee_tax, l.income_tax, l.sales_tax,
        l.line_id, l.file_id,
        (l.settled_at AT TIME ZONE :'time_zone'::text)::date AS settled_on
    FROM mainspring.lines AS l
    WHERE l.standing = 'live' AND l.line_type NOT IN ('payout', 'payout_reversal')
        AND (l.fee_tax <> 0 OR l.income_tax <> 0 OR l.sales_tax <> 0 OR l.line_type IN ('withholding', 'fee_tax'))
        AND l.settled_at >= (:'from'::date)::timestamp AT TIME ZONE :'time_zone'::text
        AND l.settled_at < (:'to'::date + 1)::timestamp AT TIME ZONE :'time_zone'::text
), disputed AS (
    SELECT t.channel, t.payout_id, t.currency, t.settled_on, count(*) AS breaks
    FROM taxed AS t
    JOIN mainspring.breaks AS b ON b.line_id = t.line_id
    WHERE b.status <> 'RESOLVED' AND b.code IN ('settlement.withholding', 'settlement.fee_tax', 'cod.charges')
    GROUP BY t.channel, t.payout_id, t.currency, t.settled_on
), certificates AS (
    SELECT
        t.channel, t.payout_id, t.currency, t.settled_on,
        count(*) AS lines,
        sum(CASE WHEN t.line_type IN ('withholding', 'fee_tax', 'fee') THEN 0.00 ELSE t.gross END) AS charges,
        sum(CASE WHEN t.income_tax = 0 THEN 0.00 ELSE t.gross END) AS income_tax_base,
        sum(CASE WHEN t.line_type = 'withholding' THEN t.gross ELSE 0.00 END - t.income_tax) AS income_tax_withheld,
        sum(CASE WHEN t.sales_tax = 0 THEN 0.00 ELSE t.gross END) AS sales_tax_base,
        sum(-t.sales_tax) AS sales_tax_withheld,
        sum(CASE WHEN t.fee_tax = 0 THEN 0.00 ELSE -t.fee END) AS fees,
        sum(CASE WHEN t.line_type = 'fee_tax' THEN t.gross ELSE 0.00 END - t.fee_tax) AS fee_tax,
        min(t.file_id) AS file_id
    FROM taxed AS t
    GROUP BY t.channel, t.payout_id, t.currency, t.settled_on
)
SELECT
    date_trunc('month', c.settled_on::timestamp)::date AS tax_month,
    c.channel,
    c.payout_id,
    c.settled_on,
    c.currency,
    c.lines,
    c.charges,
    c.income_tax_base,
    c.income_tax_withheld,
    round(-c.income_tax_withheld * 100 / nullif(c.income_tax_base, 0), 2) AS income_tax_rate,
    c.sales_tax_base,
    c.sales_tax_withheld,
    round(-c.sales_tax_withheld * 100 / nullif(c.sales_tax_base, 0), 2) AS sales_tax_rate,
    c.fees,
    c.fee_tax,
    round(c.fee_tax * 100 / nullif(c.fees, 0), 2) AS fee_tax_rate,
    coalesce(d.breaks, 0) AS breaks,
    p.bank_reference,
    (p.bank_at AT TIME ZONE :'time_zone'::text)::date AS bank_date,
    f.file_name AS evidence_file
FROM certificates AS c
JOIN mainspring.files AS f ON f.file_id = c.file_id
LEFT JOIN disputed AS d
    ON d.channel = c.channel AND d.payout_id IS NOT DISTINCT FROM c.payout_id AND d.currency = c.currency
    AND d.settled_on = c.settled_on
LEFT JOIN mainspring.payouts AS p
    ON p.channel = c.channel AND p.payout_id = c.payout_id AND p.currency = c.currency
ORDER BY tax_month, c.channel, c.currency, c.settled_on, c.payout_id;
