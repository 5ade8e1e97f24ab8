/*
title: Orders in 15 columns
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
  store_id: { heading: Store id, kind: integer }
  customer_id: { heading: Customer id, kind: integer }
  currency: { heading: Currency, kind: text }
  subtotal: { heading: Subtotal, kind: money, total: sum }
  tax_amount: { heading: Tax amount, kind: money, total: sum }
  shipping_cost: { heading: Shipping cost, kind: money, total: sum }
  total_amount: { heading: Total amount, kind: money, total: sum }
  advance_payment: { heading: Advance payment, kind: boolean }
  carrier: { heading: Carrier, kind: text }
  tracking_number: { heading: Tracking number, kind: text }
  updated_at: { heading: Updated at, kind: timestamp }
currency: currency
sort: [order_id]
*/
SELECT
    o.order_id,
    o.order_number,
    o.created_at::timestamptz AT TIME ZONE :'time_zone'::text AS created_at,
    o.order_status,
    o.store_id,
    o.customer_id,
    o.currency,
    o.subtotal,
    o.tax_amount,
    o.shipping_cost,
    o.total_amount,
    o.advance_payment,
    o.carrier,
    o.tracking_number,
    o.updated_at::timestamptz AT TIME ZONE :'time_zone'::text AS updated_at
FROM orders AS o
WHERE o.created_at >= (:'from'::date)::timestamp AT TIME ZONE :'time_zone'::text
    AND o.created_at < (:'to'::date + 1)::timestamp AT TIME ZONE :'time_zone'::text
ORDER BY o.order_id;
