/*
title: Orders in 10 columns
description: What `make bench` measures the writing of files with.
owner: engine
parameters:
  from: { type: date }
  to: { type: date }
  time_zone: { type: text }
columns:
  order_id: { heading: Order id, kind: integer }
  order_number: { heading: Order number, kind: text }
  created_at: { heading: Created at, kind: timestamp }
  order_status: { heading: Order status, kind: text }
  currency: { heading: Currency, kind: text }
  subtotal: { heading: Subtotal, kind: money, total: sum }
  tax_amount: { heading: Tax amount, kind: money, total: sum }
  shipping_cost: { heading: Shipping cost, kind: money, total: sum }
  total_amount: { heading: Total amount, kind: money, total: sum }
  carrier: { heading: Carrier, kind: text }
currency: currency
sort: [order_id]
*/
SELECT
    o.order_id,
    o.order_number,
    o.created_at::timestamptz AT TIME ZONE :'time_zone'::text AS created_at,
    o.order_status,
    o.currency,
    o.subtotal,
    o.tax_amount,
    o.shipping_cost,
    o.total_amount,
    o.carrier
FROM orders AS o
WHERE o.created_at >= (:'from'::date)::timestamp AT TIME ZONE :'time_zone'::text
    AND o.created_at < (:'to'::date + 1)::timestamp AT TIME ZONE :'time_zone'::text
ORDER BY o.order_id;
