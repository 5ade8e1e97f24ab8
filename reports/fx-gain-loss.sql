/*
title: FX gain and loss
description: >-
  What was charged in one currency and settled in another, line by line, for the settlement dates of the window. The
  reference is the rate of config/rates.yml on the day on which the customer was charged, or of settlement where the
  line doesn't say that day. Gain and loss are what was settled beyond and below it, never set against each other.
  What lies within the tolerance of the rate is agreed and stands here all the same; what is further away has a break.
owner: finance
parameters:
  from: { type: date }
  to: { type: date }
  time_zone: { type: text }
  rates: { type: config, file: config/rates.yml }
columns:
  channel: { heading: Channel, kind: text, width: 12 }
  settled_on: { heading: Settled on, kind: date, width: 12 }
  charged_on: { heading: Charged on, kind: date, width: 12 }
  line_id: { heading: Line, kind: text, width: 29 }
  line_type: { heading: What, kind: text, width: 18 }
  payout_id: { heading: Payout, kind: text, width: 29 }
  store_id: { heading: Store, kind: integer, width: 8 }
  order_number: { heading: Order number, kind: text, width: 17 }
  payment_id: { heading: Payment, kind: integer, width: 10 }
  charged_currency: { heading: Charged in, kind: text, width: 11 }
  charged_amount: { heading: Charged, kind: decimal, width: 16 }
  currency: { heading: Currency, kind: text, width: 10 }
  settled_amount: { heading: Settled, kind: money, width: 18, total: sum }
  applied_rate: { heading: Rate applied, kind: decimal, width: 14 }
  reference_rate: { heading: Reference rate, kind: decimal, width: 15 }
  expected_amount: { heading: At the reference, kind: money, width: 18, total: sum }
  gain: { heading: Gain, kind: money, width: 16, total: sum }
  loss: { heading: Loss, kind: money, width: 16, total: sum }
  deviation_percent: { heading: Away by, kind: percent, width: 10, conditional: scale }
  tolerance_percent: { heading: Tolerated, kind: percent, width: 11 }
  verdict: { heading: Verdict, kind: text, width: 20 }
  break_id: { heading: Break, kind: text, width: 18 }
  evidence_file: { heading: File, kind: text, width: 24 }
  evidence_line: { heading: At line, kind: integer, width: 9 }
currency: currency
sort: [channel, settled_on, line_id]
formats: [csv, xlsx]
*/
WITH given AS (
    SELECT r."from" AS valid_from, r.base, r.quote, r.rate, r.tolerance_percent
    FROM jsonb_to_recordset(:'rates'::jsonb)
        AS r ("from" date, base text, quote text, rate numeric, tolerance_percent numeric)
), rates AS (
    -- A rate of dollars in rupees is also one of rupees in dollars. It holds until the next one of its pair begins.
    SELECT
        r.base, r.quote, r.rate, r.tolerance_percent, r.valid_from,
        lead(r.valid_from) OVER (PARTITION BY r.base, r.quote ORDER BY r.valid_from) AS valid_before
    FROM (
        SELECT g.base, g.quote, g.rate, g.tolerance_percent, g.valid_from FROM given AS g
        UNION ALL
        SELECT g.quote, g.base, 1 / g.rate, g.tolerance_percent, g.valid_from FROM given AS g
    ) AS r
), conversions AS (
    -- A line that was charged in another currency holds both amounts; a line that is nothing but a conversion has one.
    SELECT
        l.channel, l.line_id, l.entity, l.line_type, l.payout_id, l.payment_id, l.order_id, l.currency, l.file_id,
        l.line_no,
        l.gross AS settled_amount,
        l.presented_currency AS charged_currency,
        CASE WHEN l.gross < 0 THEN -abs(l.presented_amount) ELSE abs(l.presented_amount) END AS charged_amount,
        (l.settled_at AT TIME ZONE :'time_zone'::text)::date AS settled_on,
        (coalesce(l.captured_at, l.settled_at) AT TIME ZONE :'time_zone'::text)::date AS charged_on
    FROM mainspring.lines AS l
    WHERE l.standing = 'live' AND (l.presented_currency <> l.currency OR l.line_type = 'conversion')
        AND l.settled_at >= (:'from'::date)::timestamp AT TIME ZONE :'time_zone'::text
        AND l.settled_at < (:'to'::date + 1)::timestamp AT TIME ZONE :'time_zone'::text
), judged AS (
    SELECT
        c.*,
        c.settled_amount / nullif(c.charged_amount, 0) AS applied_rate,
        r.rate AS reference_rate,
        r.tolerance_percent,
        round(c.charged_amount * r.rate, 2) AS expected_amount,
        c.settled_amount - round(c.charged_amount * r.rate, 2) AS difference
    FROM conversions AS c
    LEFT JOIN rates AS r
        ON r.base = c.charged_currency AND r.quote = c.currency
        AND c.charged_on >= r.valid_from AND (r.valid_before IS NULL OR c.charged_on < r.valid_before)
)
SELECT
    j.channel,
    j.settled_on,
    j.charged_on,
    j.entity AS line_id,
    j.line_type,
    j.payout_id,
    o.store_id,
    o.order_number,
    j.payment_id,
    j.charged_currency,
    -- In another currency than the row's, so it is no money of the row and never in its sums.
    j.charged_amount,
    j.currency,
    j.settled_amount,
    round(j.applied_rate, 6) AS applied_rate,
    round(j.reference_rate, 6) AS reference_rate,
    j.expected_amount,
    -- Empty without a reference: nothing was gained or lost that anybody could name.
    CASE WHEN j.difference > 0 THEN j.difference WHEN j.difference <= 0 THEN 0.00 END AS gain,
    CASE WHEN j.difference < 0 THEN j.difference WHEN j.difference >= 0 THEN 0.00 END AS loss,
    round((j.applied_rate / j.reference_rate - 1) * 100, 2) AS deviation_percent,
    j.tolerance_percent,
    CASE
        WHEN j.charged_currency IS NULL THEN 'no amount to compare'
        WHEN j.reference_rate IS NULL THEN 'no reference rate'
        WHEN b.break_id IS NOT NULL THEN 'break'
        WHEN abs(j.applied_rate - j.reference_rate) <= j.reference_rate * j.tolerance_percent / 100 THEN 'tolerated'
        -- Further away, and no break: a line that is wrong in itself, or that no payment stands behind.
        ELSE 'not judged'
    END AS verdict,
    b.break_id,
    f.file_name AS evidence_file,
    j.line_no AS evidence_line
FROM judged AS j
JOIN mainspring.files AS f ON f.file_id = j.file_id
LEFT JOIN orders AS o ON o.order_id = j.order_id
LEFT JOIN mainspring.breaks AS b
    ON b.line_id = j.line_id AND b.code = 'settlement.fx' AND b.status <> 'RESOLVED'
ORDER BY j.channel, j.settled_on, j.entity;
