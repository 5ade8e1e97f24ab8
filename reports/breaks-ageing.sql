/*
title: Breaks by age
description: >-
  The open causes by the days since they were due. Per plane, code, channel and currency. What is
  more than expected and what is less stand apart, and are never netted in an age. Consequences carry no money and are
  not counted here; breaks that are acknowledged are. An age without any is empty.
owner: finance
parameters:
  business_date: { type: date }
columns:
  plane: { heading: Plane, kind: text, width: 10 }
  code: { heading: Code, kind: text, width: 28 }
  channel: { heading: Channel, kind: text, width: 13 }
  currency: { heading: Currency, kind: text, width: 10 }
  d0_1_count: { heading: 0–1 days, kind: integer, width: 10, total: sum }
  d0_1_over_amount: { heading: 0–1 over, kind: money, width: 16, total: sum }
  d0_1_under_amount: { heading: 0–1 under, kind: money, width: 16, total: sum }
  d2_7_count: { heading: 2–7 days, kind: integer, width: 10, total: sum }
  d2_7_over_amount: { heading: 2–7 over, kind: money, width: 16, total: sum }
  d2_7_under_amount: { heading: 2–7 under, kind: money, width: 16, total: sum }
  d8_30_count: { heading: 8–30 days, kind: integer, width: 11, total: sum }
  d8_30_over_amount: { heading: 8–30 over, kind: money, width: 16, total: sum }
  d8_30_under_amount: { heading: 8–30 under, kind: money, width: 16, total: sum }
  d31_90_count: { heading: 31–90 days, kind: integer, width: 12, total: sum }
  d31_90_over_amount: { heading: 31–90 over, kind: money, width: 16, total: sum }
  d31_90_under_amount: { heading: 31–90 under, kind: money, width: 16, total: sum }
  d91_plus_count: { heading: 91+ days, kind: integer, width: 10, total: sum }
  d91_plus_over_amount: { heading: 91+ over, kind: money, width: 16, total: sum }
  d91_plus_under_amount: { heading: 91+ under, kind: money, width: 16, total: sum }
  total_count: { heading: Causes, kind: integer, width: 9, total: sum, conditional: data-bar }
  total_over: { heading: Over, kind: money, width: 17, total: sum }
  total_under: { heading: Under, kind: money, width: 17, total: sum }
  net_amount: { heading: Net, kind: money, width: 17, total: sum }
  acknowledged_amount: { heading: Of that acknowledged, kind: money, width: 20, total: sum }
  oldest_due_date: { heading: Oldest due, kind: date, width: 12 }
currency: currency
sort: [plane, code, channel, currency]
formats: [csv, xlsx]
charts:
  # Counted, not summed: over and under don't cancel each other, and all currencies can stand together.
  - title: Open causes by code and days since they were due
    kind: bar
    category: code
    series: [d0_1_count, d2_7_count, d8_30_count, d31_90_count, d91_plus_count]
    largest: 30
    stacked: true
  - title: Open causes by channel and days since they were due
    kind: bar
    category: channel
    series: [d0_1_count, d2_7_count, d8_30_count, d31_90_count, d91_plus_count]
    stacked: true
  - { title: Net effect of open causes by code, kind: bar, category: code, series: [net_amount], largest: 12 }
*/
WITH causes AS (
    SELECT
        b.plane, b.code, b.channel, b.currency, b.status, b.due_date, b.money_effect,
        CASE
            WHEN :'business_date'::date - b.due_date <= 1 THEN 'd0_1'
            WHEN :'business_date'::date - b.due_date <= 7 THEN 'd2_7'
            WHEN :'business_date'::date - b.due_date <= 30 THEN 'd8_30'
            WHEN :'business_date'::date - b.due_date <= 90 THEN 'd31_90'
            ELSE 'd91_plus'
        END AS age
    FROM mainspring.breaks AS b
    WHERE b.status <> 'RESOLVED' AND b.role <> 'consequence'
), ages AS (
    -- One row a cause group and age, over and under apart.
    SELECT
        c.plane, c.code, c.channel, c.currency, c.age,
        count(*) AS count,
        sum(greatest(c.money_effect, 0.00)) AS over_amount,
        sum(least(c.money_effect, 0.00)) AS under_amount,
        sum(CASE c.status WHEN 'ACKNOWLEDGED' THEN c.money_effect ELSE 0.00 END) AS acknowledged,
        min(c.due_date) AS oldest
    FROM causes AS c
    GROUP BY c.plane, c.code, c.channel, c.currency, c.age
)
SELECT
    a.plane,
    a.code,
    a.channel,
    a.currency,
    sum(a.count) FILTER (WHERE a.age = 'd0_1')::bigint AS d0_1_count,
    sum(a.over_amount) FILTER (WHERE a.age = 'd0_1') AS d0_1_over_amount,
    sum(a.under_amount) FILTER (WHERE a.age = 'd0_1') AS d0_1_under_amount,
    sum(a.count) FILTER (WHERE a.age = 'd2_7')::bigint AS d2_7_count,
    sum(a.over_amount) FILTER (WHERE a.age = 'd2_7') AS d2_7_over_amount,
    sum(a.under_amount) FILTER (WHERE a.age = 'd2_7') AS d2_7_under_amount,
    sum(a.count) FILTER (WHERE a.age = 'd8_30')::bigint AS d8_30_count,
    sum(a.over_amount) FILTER (WHERE a.age = 'd8_30') AS d8_30_over_amount,
    sum(a.under_amount) FILTER (WHERE a.age = 'd8_30') AS d8_30_under_amount,
    sum(a.count) FILTER (WHERE a.age = 'd31_90')::bigint AS d31_90_count,
    sum(a.over_amount) FILTER (WHERE a.age = 'd31_90') AS d31_90_over_amount,
    sum(a.under_amount) FILTER (WHERE a.age = 'd31_90') AS d31_90_under_amount,
    sum(a.count) FILTER (WHERE a.age = 'd91_plus')::bigint AS d91_plus_count,
    sum(a.over_amount) FILTER (WHERE a.age = 'd91_plus') AS d91_plus_over_amount,
    sum(a.under_amount) FILTER (WHERE a.age = 'd91_plus') AS d91_plus_under_amount,
    sum(a.count)::bigint AS total_count,
    sum(a.over_amount) AS total_over,
    sum(a.under_amount) AS total_under,
    sum(a.over_amount) + sum(a.under_amount) AS net_amount,
    sum(a.acknowledged) AS acknowledged_amount,
    min(a.oldest) AS oldest_due_date
FROM ages AS a
GROUP BY a.plane, a.code, a.channel, a.currency
ORDER BY a.plane, a.code, a.channel, a.currency;
