/*
title: Revenue by day
sheet: Revenue by day
description: >-
  Delivered order value of the month so far, by the business date on which the order was created, each currency apart.
  It is the revenue query of the schema document, section 17.3, by business days in place of UTC months; tax and
  shipping are included. Change compares with the day before, and with the same weekday a week before; it is empty
  where that day sold nothing. Orders of the last days are still on their way, so these days grow until they arrive.
owner: finance
window: month
parameters:
  from: { type: date }
  to: { type: date }
  time_zone: { type: text }
columns:
  day: { heading: Day, kind: date, width: 12 }
  currency: { heading: Currency, kind: text, width: 10 }
  orders: { heading: Delivered orders, kind: integer, width: 17, total: sum }
  value: { heading: Delivered order value, kind: money, width: 24, total: sum, conditional: data-bar }
  average_order_value: { heading: Average order value, kind: money, width: 21 }
  change: { heading: Change on the day before, kind: money, width: 25 }
  change_percent: { heading: In percent, kind: percent, width: 12 }
  week_change: { heading: Change on the week before, kind: money, width: 26 }
  week_change_percent: { heading: In percent, kind: percent, width: 12 }
currency: currency
sort: [day desc, currency]
formats: [csv, xlsx]
charts:
  - { title: Delivered order value by day, kind: line, category: day, series: [value], last: 31 }
*/
WITH days AS (
    SELECT
        (o.created_at::timestamptz AT TIME ZONE :'time_zone'::text)::date AS day,
        o.currency,
        count(*) AS orders,
        sum(o.total_amount) AS value
    FROM orders AS o
    WHERE o.order_status = 'DELIVERED'
        -- From a week before the window, so that its first days have something to compare with.
        AND o.created_at >= (:'from'::date - 7)::timestamp AT TIME ZONE :'time_zone'::text
        AND o.created_at < (:'to'::date + 1)::timestamp AT TIME ZONE :'time_zone'::text
    GROUP BY 1, 2
)
SELECT
    d.day,
    d.currency,
    d.orders,
    d.value,
    round(d.value / d.orders, 2) AS average_order_value,
    d.value - b.value AS change,
    round(100 * (d.value - b.value) / nullif(b.value, 0), 2) AS change_percent,
    d.value - w.value AS week_change,
    round(100 * (d.value - w.value) / nullif(w.value, 0), 2) AS week_change_percent
FROM days AS d
LEFT JOIN days AS b ON b.currency = d.currency AND b.day = d.day - 1
LEFT JOIN days AS w ON w.currency = d.currency AND w.day = d.day - 7
WHERE d.day >= :'from'::date
ORDER BY d.day DESC, d.currency;
