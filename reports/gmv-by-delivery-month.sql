/*
title: Delivered value by delivery month
sheet: GMV by delivery month
description: >-
  Gross merchandise value by the month in which it was delivered, each currency apart, all history. Unlike revenue by
  month, which the schema document (17.3) counts by the order's creation and only while it is delivered, a month here
  stays as it was: an order stands in the month of its delivery for good, refunded later or not, and each refund of a
  delivered order is negative in the month in which it was made. Restated is the month's delivered value less all that
  came back of these very orders since, whenever that was.
owner: finance
window: history
parameters:
  from: { type: date }
  to: { type: date }
  time_zone: { type: text }
columns:
  month: { heading: Delivered in, kind: date, width: 13 }
  currency: { heading: Currency, kind: text, width: 10 }
  orders: { heading: Delivered orders, kind: integer, width: 17, total: sum }
  delivered_value: { heading: Delivered value, kind: money, width: 22, total: sum }
  refunds: { heading: Refunds made, kind: integer, width: 14, total: sum }
  refunded: { heading: Refunded in the month, kind: money, width: 22, total: sum }
  net_value: { heading: Net value, kind: money, width: 22, total: sum }
  refunded_since: { heading: Since refunded of these orders, kind: money, width: 28, total: sum }
  restated_value: { heading: Restated value, kind: money, width: 22, total: sum }
  change: { heading: Change, kind: money, width: 20 }
  change_percent: { heading: Change in percent, kind: percent, width: 18 }
currency: currency
sort: [month desc, currency]
formats: [csv, xlsx]
charts:
  - title: Delivered and refunded by month
    kind: column
    category: month
    series: [delivered_value, refunded]
    last: 12
*/
WITH bounds AS (
    -- The month before the window's first is there whole, to compare with.
    SELECT
        (date_trunc('month', :'from'::date::timestamp) - interval '1 month')::date AS earliest,
        date_trunc('month', :'from'::date::timestamp)::date AS first_month
), delivered AS (
    -- Delivered at any time up to the end of the window; a refund takes the status, never the date.
    SELECT
        o.order_id, o.currency, o.total_amount, o.actual_delivery_date AS day,
        date_trunc('month', o.actual_delivery_date::timestamp)::date AS month
    FROM orders AS o
    WHERE o.actual_delivery_date <= :'to'::date AND o.order_status IN ('DELIVERED', 'REFUNDED')
), refunds AS (
    SELECT
        d.day AS delivered_on,
        d.month AS delivered_in,
        (e.effective_at AT TIME ZONE :'time_zone'::text)::date AS day,
        e.currency,
        e.amount
    FROM mainspring.money_events AS e
    JOIN delivered AS d ON d.order_id = e.order_id
    WHERE e.side = 'ledger' AND e.kind = 'refund'
        AND e.effective_at < (:'to'::date + 1)::timestamp AT TIME ZONE :'time_zone'::text
), facts (day, month, currency, orders, delivered_value, refunds, refunded, refunded_since) AS (
    SELECT d.day, d.month, d.currency, 1, d.total_amount, 0, 0.00, 0.00
    FROM delivered AS d
    UNION ALL
    SELECT r.day, date_trunc('month', r.day::timestamp)::date, r.currency, 0, 0.00, 1, r.amount, 0.00
    FROM refunds AS r
    UNION ALL
    SELECT r.delivered_on, r.delivered_in, r.currency, 0, 0.00, 0, 0.00, r.amount
    FROM refunds AS r
), months AS (
    SELECT
        f.month,
        f.currency,
        sum(f.orders) AS orders,
        sum(f.delivered_value) AS delivered_value,
        sum(f.refunds) AS refunds,
        sum(f.refunded) AS refunded,
        sum(f.delivered_value) + sum(f.refunded) AS net_value,
        sum(f.refunded_since) AS refunded_since
    FROM bounds AS b
    -- Nothing of the first month's own days before the window.
    JOIN facts AS f ON f.day >= b.earliest AND (f.day >= :'from'::date OR f.day < b.first_month)
    GROUP BY f.month, f.currency
)
SELECT
    m.month,
    m.currency,
    m.orders,
    m.delivered_value,
    m.refunds,
    m.refunded,
    m.net_value,
    m.refunded_since,
    m.delivered_value + m.refunded_since AS restated_value,
    m.net_value - p.net_value AS change,
    round(100 * (m.net_value - p.net_value) / nullif(p.net_value, 0), 2) AS change_percent
FROM months AS m
CROSS JOIN bounds AS b
LEFT JOIN months AS p ON p.currency = m.currency AND p.month = (m.month - interval '1 month')::date
WHERE m.month >= b.first_month
ORDER BY m.month DESC, m.currency;
