/*
title: Revenue by month
sheet: Revenue by month
description: >-
  Delivered order value by the business month in which the order was created, each currency apart. Tax and shipping
  are included. It is the revenue query of the schema document, section 17.3, with business months in place of UTC
  ones. Change compares with the calendar month before; it is empty where that month sold nothing.
owner: finance
window: history
parameters:
  from: { type: date }
  to: { type: date }
  time_zone: { type: text }
columns:
  month: { heading: Month, kind: date, width: 13 }
  currency: { heading: Currency, kind: text, width: 10 }
  orders: { heading: Delivered orders, kind: integer, width: 17, total: sum }
  value: { heading: Delivered order value, kind: money, width: 24, total: sum }
  average_order_value: { heading: Average order value, kind: money, width: 21 }
  change: { heading: Change, kind: money, width: 20 }
  change_percent: { heading: Change in percent, kind: percent, width: 18 }
currency: currency
sort: [month desc, currency]
formats: [csv, xlsx]
charts:
  - { title: Delivered order value by month, kind: column, category: month, series: [value], last: 12 }
*/
WITH months AS (
    SELECT
        date_trunc('month', o.created_at::timestamptz AT TIME ZONE :'time_zone'::text)::date AS month,
        o.currency,
        count(*) AS orders,
        sum(o.total_amount) AS value
    FROM orders AS o
    WHERE o.order_status = 'DELIVERED'
        -- From the month before the window, whole, so that the window's first month has something to compare with …
        AND o.created_at >= (date_trunc('month', :'from'::date::timestamp) - interval '1 month')
            AT TIME ZONE :'time_zone'::text
        AND o.created_at < (:'to'::date + 1)::timestamp AT TIME ZONE :'time_zone'::text
        -- … but nothing of the first month's own days before the window.
        AND (
            o.created_at >= (:'from'::date)::timestamp AT TIME ZONE :'time_zone'::text
            OR o.created_at < date_trunc('month', :'from'::date::timestamp) AT TIME ZONE :'time_zone'::text
        )
    GROUP BY 1, 2
)
SELECT
    m.month,
    m.currency,
    m.orders,
    m.value,
    round(m.value / m.orders, 2) AS average_order_value,
    m.value - b.value AS change,
    round(100 * (m.value - b.value) / nullif(b.value, 0), 2) AS change_percent
FROM months AS m
LEFT JOIN months AS b ON b.currency = m.currency AND b.month = (m.month - interval '1 month')::date
WHERE m.month >= date_trunc('month', :'from'::date::timestamp)::date
ORDER BY m.month DESC, m.currency;
