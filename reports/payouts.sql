/*
title: Payouts
description: >-
  Each payout of a gateway or remittance of a courier, from its lines to the bank. Those of the window, and all that
  are not done yet. The columns from charges to rounding add up to the net of its lines. Line difference is the payout
  less that net, bank difference is what the bank credited less the payout. Deductions are negative.
owner: finance
parameters:
  from: { type: date }
  to: { type: date }
  time_zone: { type: text }
columns:
  channel: { heading: Channel, kind: text, width: 12 }
  payout_id: { heading: Payout, kind: text, width: 29 }
  currency: { heading: Currency, kind: text, width: 10 }
  payout_date: { heading: Paid out on, kind: date, width: 12 }
  status: { heading: Status, kind: text, width: 20 }
  period_from: { heading: Charges from, kind: date, width: 13 }
  period_to: { heading: Charges to, kind: date, width: 12 }
  lines: { heading: Lines, kind: integer, width: 9, total: sum }
  charges_gross: { heading: Charges, kind: money, width: 18, total: sum }
  refunds: { heading: Refunds, kind: money, width: 16, total: sum }
  chargebacks: { heading: Chargebacks, kind: money, width: 15, total: sum }
  reversals: { heading: Reversals, kind: money, width: 15, total: sum }
  fees: { heading: Fees, kind: money, width: 16, total: sum }
  fee_tax: { heading: Tax on fees, kind: money, width: 15, total: sum }
  income_tax_withheld: { heading: Income tax withheld, kind: money, width: 19, total: sum }
  sales_tax_withheld: { heading: Sales tax withheld, kind: money, width: 19, total: sum }
  adjustments: { heading: Adjustments, kind: money, width: 15, total: sum }
  reserve_held: { heading: Reserve held, kind: money, width: 15, total: sum }
  reserve_released: { heading: Reserve released, kind: money, width: 17, total: sum }
  fx_in: { heading: Converted in, kind: money, width: 16, total: sum }
  fx_out: { heading: Converted out, kind: money, width: 16, total: sum }
  rounding: { heading: Rounding of lines, kind: money, width: 17, total: sum }
  net_of_lines: { heading: Net of lines, kind: money, width: 18, total: sum }
  payout_amount: { heading: Payout, kind: money, width: 18, total: sum }
  line_difference: { heading: Payout less lines, kind: money, width: 17, total: sum }
  bank_reference: { heading: Bank reference, kind: text, width: 22 }
  bank_date: { heading: At the bank, kind: date, width: 12 }
  bank_amount: { heading: Credited, kind: money, width: 18, total: sum }
  bank_difference: { heading: Bank less payout, kind: money, width: 17, total: sum }
  days_to_bank: { heading: Days to bank, kind: integer, width: 13 }
  agreed: { heading: Agreed, kind: text, width: 10, conditional: flag }
  file: { heading: File, kind: text, width: 26 }
currency: currency
sort: [channel, payout_date, payout_id, currency]
formats: [csv, xlsx]
*/
WITH states AS (
    SELECT
        p.channel, p.payout_id, p.currency, p.lines, p.lines_net, p.bank_reference, p.bank_amount,
        (p.paid_at AT TIME ZONE :'time_zone'::text)::date AS payout_date,
        (p.bank_at AT TIME ZONE :'time_zone'::text)::date AS bank_date,
        -- A courier's remittance is what its lines come to.
        coalesce(p.payout_amount, CASE c.payouts WHEN 'lines' THEN p.lines_net END) AS payout_amount,
        CASE
            WHEN p.bank_amount IS NOT NULL THEN 'at the bank'
            WHEN p.payout_amount IS NULL AND coalesce(c.payouts, 'row') = 'row' THEN 'settled, not paid out'
            WHEN coalesce(c.banked, FALSE) THEN 'not at the bank'
            ELSE 'paid out'
        END AS status
    FROM mainspring.payouts AS p
    LEFT JOIN mainspring.channels AS c ON c.channel = p.channel
), shown AS (
    SELECT
        s.*,
        s.payout_amount - s.lines_net AS line_difference,
        s.bank_amount - s.payout_amount AS bank_difference,
        CASE
            WHEN s.payout_amount <> s.lines_net OR s.bank_amount <> s.payout_amount THEN 'fail'
            WHEN s.status IN ('settled, not paid out', 'not at the bank') THEN 'open'
            ELSE 'agreed'
        END AS agreed
    FROM states AS s
), listed AS (
    SELECT s.*
    FROM shown AS s
    WHERE s.agreed <> 'agreed' OR s.payout_date BETWEEN :'from'::date AND :'to'::date
        OR s.bank_date BETWEEN :'from'::date AND :'to'::date
), sums AS (
    SELECT
        s.channel, s.payout_id, s.currency,
        min((coalesce(l.captured_at, l.settled_at) AT TIME ZONE :'time_zone'::text)::date)
            FILTER (WHERE l.line_type NOT IN ('payout', 'payout_reversal')) AS period_from,
        max((coalesce(l.captured_at, l.settled_at) AT TIME ZONE :'time_zone'::text)::date)
            FILTER (WHERE l.line_type NOT IN ('payout', 'payout_reversal')) AS period_to,
        sum(CASE WHEN l.line_type IN ('charge', 'partial_capture_reversal', 'charge_failure') AND NOT l.is_converted
            THEN l.gross ELSE 0.00 END) AS charges_gross,
        sum(CASE WHEN l.line_type IN ('refund', 'refund_failure') AND NOT l.is_converted THEN l.gross ELSE 0.00 END)
            AS refunds,
        sum(CASE WHEN l.line_type = 'chargeback' AND NOT l.is_converted THEN l.gross ELSE 0.00 END) AS chargebacks,
        sum(CASE WHEN l.line_type = 'chargeback_reversal' AND NOT l.is_converted THEN l.gross ELSE 0.00 END)
            AS reversals,
        sum(CASE WHEN l.line_type IN ('fee', 'fee_refund', 'dispute_fee') THEN l.gross ELSE 0.00 END
            - CASE WHEN l.is_payout THEN 0.00 ELSE l.fee END) AS fees,
        sum(CASE WHEN l.line_type = 'fee_tax' THEN l.gross ELSE 0.00 END
            - CASE WHEN l.is_payout THEN 0.00 ELSE l.fee_tax END) AS fee_tax,
        sum(CASE WHEN l.line_type = 'withholding' THEN l.gross ELSE 0.00 END
            - CASE WHEN l.is_payout THEN 0.00 ELSE l.income_tax END) AS income_tax_withheld,
        sum(CASE WHEN l.is_payout THEN 0.00 ELSE -l.sales_tax END) AS sales_tax_withheld,
        sum(CASE WHEN l.line_type IN ('adjustment', 'transfer') THEN l.gross ELSE 0.00 END) AS adjustments,
        sum(CASE WHEN l.line_type = 'reserve_hold' THEN l.gross ELSE 0.00 END) AS reserve_held,
        sum(CASE WHEN l.line_type = 'reserve_release' THEN l.gross ELSE 0.00 END) AS reserve_released,
        sum(CASE WHEN l.is_converted OR l.line_type = 'conversion' AND l.gross > 0 THEN l.gross ELSE 0.00 END) AS fx_in,
        sum(CASE WHEN l.line_type = 'conversion' AND l.gross < 0 THEN l.gross ELSE 0.00 END) AS fx_out,
        sum(CASE WHEN l.is_payout THEN 0.00
            ELSE l.net - (l.gross - l.fee - l.fee_tax - l.income_tax - l.sales_tax) END) AS rounding,
        sum(CASE WHEN l.is_payout THEN 0.00 ELSE l.net END) AS net_of_lines,
        -- The file of the payout itself, else the last that has a line of it.
        coalesce(max(CASE WHEN l.is_payout THEN l.file_name END), max(l.file_name)) AS file
    FROM listed AS s
    JOIN (
        SELECT
            l.*, f.file_name, l.line_type IN ('payout', 'payout_reversal') AS is_payout,
            coalesce(l.presented_currency <> l.currency, FALSE) AS is_converted
        FROM mainspring.lines AS l
        JOIN mainspring.files AS f ON f.file_id = l.file_id
        WHERE l.standing = 'live'
    ) AS l ON l.channel = s.channel AND l.payout_id = s.payout_id AND l.currency = s.currency
    GROUP BY s.channel, s.payout_id, s.currency
)
SELECT
    s.channel,
    s.payout_id,
    s.currency,
    s.payout_date,
    s.status,
    u.period_from,
    u.period_to,
    s.lines,
    u.charges_gross,
    u.refunds,
    u.chargebacks,
    u.reversals,
    u.fees,
    u.fee_tax,
    u.income_tax_withheld,
    u.sales_tax_withheld,
    u.adjustments,
    u.reserve_held,
    u.reserve_released,
    u.fx_in,
    u.fx_out,
    u.rounding,
    u.net_of_lines,
    s.payout_amount,
    s.payout_amount - u.net_of_lines AS line_difference,
    s.bank_reference,
    s.bank_date,
    s.bank_amount,
    s.bank_difference,
    s.bank_date - s.payout_date AS days_to_bank,
    s.agreed,
    u.file
FROM listed AS s
LEFT JOIN sums AS u ON u.channel = s.channel AND u.payout_id = s.payout_id AND u.currency = s.currency
ORDER BY s.channel, s.payout_date, s.payout_id, s.currency;
