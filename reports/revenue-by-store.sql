/*
title: Revenue by store
sheet: Revenue by store
description: >-
  Delivered order value of the month so far by store, each currency apart, for orders created on the business dates of
  the window; tax and shipping are included. Share is the store's part of all stores in that currency. Before is the
  same number of days that end on the day before the window; a store that sold only then stands here with no orders.
  Rule of the schema document, section 17.3: completed means delivered.
owner: finance
window: month
parameters:
  from: { type: date }
  to: { type: date }
  time_zone: { type: text }
columns:
  store_id: { heading: Store, kind: integer, width: 8 }
  store_name: { heading: Store name, kind: text, width: 32 }
  currency: { heading: Currency, kind: text, width: 10 }
  orders: { heading: Delivered orders, kind: integer, width: 17, total: sum }
  value: { heading: Delivered order value, kind: money, width: 24, total: sum, conditional: data-bar }
  average_order_value: { heading: Average order value, kind: money, width: 21 }
  share_percent: { heading: Share, kind: percent, width: 10 }
  orders_before: { heading: Orders before, kind: integer, width: 15, total: sum }
  value_before: { heading: Value before, kind: money, width: 20, total: sum }
  change: { heading: Change, kind: money, width: 20, total: sum }
  change_percent: { heading: Change in percent, kind: percent, width: 18 }
currency: currency
sort: [currency, value desc, store_id]
formats: [csv, xlsx]
charts:
  - { title: Delivered order value by store, kind: bar, category: store_name, series: [value], largest: 15 }
*/
WITH sales AS (
    SELECT
        o.store_id,
        o.currency,
        -- In the window, or in as many days before it.
        o.created_at >= (:'from'::date)::timestamp AT TIME ZONE :'time_zone'::text AS is_now,
        o.total_amount
    FROM orders AS o
    WHERE o.order_status = 'DELIVERED'
        AND o.created_at
            >= (:'from'::date - (:'to'::date - :'from'::date + 1))::timestamp AT TIME ZONE :'time_zone'::text
        AND o.created_at < (:'to'::date + 1)::timestamp AT TIME ZONE :'time_zone'::text
), stores_sold AS (
    SELECT
        s.store_id,
        s.currency,
        count(*) FILTER (WHERE s.is_now) AS orders,
        coalesce(sum(s.total_amount) FILTER (WHERE s.is_now), 0.00) AS value,
        count(*) FILTER (WHERE NOT s.is_now) AS orders_before,
        coalesce(sum(s.total_amount) FILTER (WHERE NOT s.is_now), 0.00) AS value_before
    FROM sales AS s
    GROUP BY s.store_id, s.currency
)
SELECT
    s.store_id,
    n.store_name,
    s.currency,
    s.orders,
    s.value,
    round(s.value / nullif(s.orders, 0), 2) AS average_order_value,
    round(100 * s.value / nullif(sum(s.value) OVER (PARTITION BY s.currency), 0), 2) AS share_percent,
    s.orders_before,
    s.value_before,
    s.value - s.value_before AS change,
    round(100 * (s.value - s.value_before) / nullif(s.value_before, 0), 2) AS change_percent
FROM stores_sold AS s
JOIN stores AS n ON n.store_id = s.store_id
ORDER BY s.currency, s.value DESC, s.store_id;
