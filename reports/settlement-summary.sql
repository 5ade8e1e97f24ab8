/*
title: Settlement summary
description: >-
  What the statements of gateways and couriers say, day by day. Counted per channel, date of settlement and currency,
  from the lines as the files hold them, without those that came twice or were put right. A line settled in another
  currency than the customer was charged in stands in both: charged and converted out in the one, converted in in the
  other. Deductions are negative.
owner: finance
parameters:
  from: { type: date }
  to: { type: date }
  time_zone: { type: text }
columns:
  channel: { heading: Channel, kind: text, width: 14 }
  business_date: { heading: Settled on, kind: date, width: 12 }
  currency: { heading: Currency, kind: text, width: 10 }
  lines: { heading: Lines, kind: integer, width: 9, total: sum }
  charges_gross: { heading: Charges, kind: money, width: 18, total: sum }
  refunds: { heading: Refunds, kind: money, width: 16, total: sum }
  chargebacks: { heading: Chargebacks, kind: money, width: 15, total: sum }
  reversals: { heading: Reversals, kind: money, width: 15, total: sum }
  fees: { heading: Fees, kind: money, width: 16, total: sum }
  fee_refunds: { heading: Fees given back, kind: money, width: 16, total: sum }
  fee_tax: { heading: Tax on fees, kind: money, width: 15, total: sum }
  dispute_fees: { heading: Dispute fees, kind: money, width: 14, total: sum }
  income_tax_withheld: { heading: Income tax withheld, kind: money, width: 19, total: sum }
  sales_tax_withheld: { heading: Sales tax withheld, kind: money, width: 19, total: sum }
  adjustments: { heading: Adjustments, kind: money, width: 15, total: sum }
  reserve_held: { heading: Reserve held, kind: money, width: 15, total: sum }
  reserve_released: { heading: Reserve released, kind: money, width: 17, total: sum }
  fx_in: { heading: Converted in, kind: money, width: 16, total: sum }
  fx_out: { heading: Converted out, kind: money, width: 16, total: sum }
  line_difference: { heading: Unexplained by lines, kind: money, width: 20, total: sum }
  net: { heading: Net, kind: money, width: 18, total: sum }
  paid_out: { heading: Paid out, kind: money, width: 18, total: sum }
currency: currency
sort: [channel, business_date, currency]
formats: [csv, xlsx]
*/
WITH bounds AS (
    SELECT
        (:'from'::date)::timestamp AT TIME ZONE :'time_zone'::text AS lower,
        (:'to'::date + 1)::timestamp AT TIME ZONE :'time_zone'::text AS upper
), sides AS (
    -- A line in the currency that it was settled in. What was charged in another one comes in by conversion.
    SELECT
        l.channel, l.settled_at, l.currency, l.line_type, 1 AS lines, l.gross, l.fee, l.fee_tax, l.income_tax,
        l.sales_tax, l.net, coalesce(l.presented_currency <> l.currency, FALSE) AS is_converted, 0.00 AS presented
    FROM bounds AS b
    JOIN mainspring.lines AS l ON l.settled_at >= b.lower AND l.settled_at < b.upper
    WHERE l.standing = 'live'
        AND l.line_type NOT IN ('bank_credit', 'bank_debit', 'opening_balance', 'closing_balance')
    UNION ALL
    -- Such a line once more, in the currency of the charge: there it goes out as it came.
    SELECT
        l.channel, l.settled_at, l.presented_currency, l.line_type, 0, 0.00, 0.00, 0.00, 0.00, 0.00, 0.00, FALSE,
        CASE WHEN l.gross < 0 THEN -abs(l.presented_amount) ELSE abs(l.presented_amount) END
    FROM bounds AS b
    JOIN mainspring.lines AS l ON l.settled_at >= b.lower AND l.settled_at < b.upper
    WHERE l.standing = 'live' AND l.presented_currency <> l.currency
), columns AS (
    SELECT
        s.channel,
        (s.settled_at AT TIME ZONE :'time_zone'::text)::date AS business_date,
        s.currency,
        sum(s.lines) AS lines,
        sum(CASE WHEN s.line_type IN ('charge', 'partial_capture_reversal', 'charge_failure') AND NOT s.is_converted
            THEN s.gross + s.presented ELSE 0.00 END) AS charges_gross,
        sum(CASE WHEN s.line_type IN ('refund', 'refund_failure') AND NOT s.is_converted
            THEN s.gross + s.presented ELSE 0.00 END) AS refunds,
        sum(CASE WHEN s.line_type = 'chargeback' AND NOT s.is_converted THEN s.gross + s.presented ELSE 0.00 END)
            AS chargebacks,
        sum(CASE WHEN s.line_type = 'chargeback_reversal' AND NOT s.is_converted
            THEN s.gross + s.presented ELSE 0.00 END) AS reversals,
        -- What a line of a dispute takes is the price of the dispute; of all others a fee below nothing is one given back.
        sum(CASE
            WHEN s.line_type IN ('chargeback', 'chargeback_reversal') THEN 0.00
            WHEN s.line_type = 'fee' THEN least(s.gross - s.fee, 0.00)
            ELSE least(-s.fee, 0.00)
        END) AS fees,
        sum(CASE
            WHEN s.line_type IN ('chargeback', 'chargeback_reversal') THEN 0.00
            WHEN s.line_type = 'fee' THEN greatest(s.gross - s.fee, 0.00)
            WHEN s.line_type = 'fee_refund' THEN s.gross + greatest(-s.fee, 0.00)
            ELSE greatest(-s.fee, 0.00)
        END) AS fee_refunds,
        sum(CASE WHEN s.line_type = 'fee_tax' THEN s.gross ELSE 0.00 END - s.fee_tax) AS fee_tax,
        sum(CASE
            WHEN s.line_type = 'dispute_fee' THEN s.gross
            WHEN s.line_type IN ('chargeback', 'chargeback_reversal') THEN -s.fee
            ELSE 0.00
        END) AS dispute_fees,
        sum(CASE WHEN s.line_type = 'withholding' THEN s.gross ELSE 0.00 END - s.income_tax) AS income_tax_withheld,
        sum(-s.sales_tax) AS sales_tax_withheld,
        sum(CASE WHEN s.line_type IN ('adjustment', 'transfer') THEN s.gross ELSE 0.00 END) AS adjustments,
        sum(CASE WHEN s.line_type = 'reserve_hold' THEN s.gross ELSE 0.00 END) AS reserve_held,
        sum(CASE WHEN s.line_type = 'reserve_release' THEN s.gross ELSE 0.00 END) AS reserve_released,
        sum(CASE WHEN s.is_converted OR s.line_type = 'conversion' AND s.gross > 0 THEN s.gross ELSE 0.00 END) AS fx_in,
        sum(CASE WHEN s.line_type = 'conversion' AND s.gross < 0 THEN s.gross ELSE 0.00 END - s.presented) AS fx_out,
        sum(CASE WHEN s.line_type IN ('payout', 'payout_reversal') THEN 0.00
            ELSE s.net - (s.gross - s.fee - s.fee_tax - s.income_tax - s.sales_tax) END) AS line_difference,
        sum(CASE WHEN s.line_type IN ('payout', 'payout_reversal') THEN 0.00 ELSE s.net END) AS net,
        sum(CASE WHEN s.line_type IN ('payout', 'payout_reversal') THEN -s.gross ELSE 0.00 END) AS paid_out
    FROM sides AS s
    GROUP BY s.channel, (s.settled_at AT TIME ZONE :'time_zone'::text)::date, s.currency
)
SELECT
    c.channel,
    c.business_date,
    c.currency,
    c.lines,
    c.charges_gross,
    c.refunds,
    c.chargebacks,
    c.reversals,
    c.fees,
    c.fee_refunds,
    c.fee_tax,
    c.dispute_fees,
    c.income_tax_withheld,
    c.sales_tax_withheld,
    c.adjustments,
    c.reserve_held,
    c.reserve_released,
    c.fx_in,
    c.fx_out,
    c.line_difference,
    c.net,
    c.paid_out
FROM columns AS c
ORDER BY c.channel, c.business_date, c.currency;
