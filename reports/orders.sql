/*
title: Orders
description: >-
  One row for each order that was created on the business dates of the window, as it stands now. Times are business
  time; the shipping address is city and province only.
owner: finance
parameters:
  from: { type: date }
  to: { type: date }
  time_zone: { type: text }
columns:
  order_id: { heading: Order, kind: integer, width: 10 }
  order_number: { heading: Order number, kind: text, width: 18 }
  created_at: { heading: Created, kind: timestamp, width: 18 }
  order_status: { heading: Status, kind: text, width: 13 }
  store_id: { heading: Store, kind: integer, width: 8 }
  store_name: { heading: Store name, kind: text, width: 28 }
  customer_id: { heading: Customer, kind: integer, width: 10 }
  currency: { heading: Currency, kind: text, width: 10 }
  subtotal: { heading: Subtotal, kind: money, width: 16, total: sum }
  tax_amount: { heading: Tax, kind: money, width: 15, total: sum }
  shipping_cost: { heading: Shipping, kind: money, width: 13, total: sum }
  total_amount: { heading: Total, kind: money, width: 17, total: sum }
  advance_payment: { heading: Advance due, kind: boolean, width: 12 }
  advance_amount: { heading: Advance, kind: money, width: 15, total: sum }
  shipping_city: { heading: City, kind: text, width: 16 }
  shipping_province: { heading: Province, kind: text, width: 18 }
  carrier: { heading: Carrier, kind: text, width: 12 }
  tracking_number: { heading: Tracking number, kind: text, width: 18 }
  expected_delivery_date: { heading: Expected, kind: date, width: 12 }
  actual_delivery_date: { heading: Delivered, kind: date, width: 12 }
  updated_at: { heading: Updated, kind: timestamp, width: 18 }
currency: currency
sort: [order_id]
formats: [csv, xlsx]
*/
SELECT
    o.order_id,
    o.order_number,
    o.created_at::timestamptz AT TIME ZONE :'time_zone'::text AS created_at,
    o.order_status,
    o.store_id,
    s.store_name,
    o.customer_id,
    o.currency,
    o.subtotal,
    o.tax_amount,
    o.shipping_cost,
    o.total_amount,
    o.advance_payment,
    o.advance_amount,
    a.city AS shipping_city,
    a.state_province AS shipping_province,
    o.carrier,
    o.tracking_number,
    o.expected_delivery_date,
    o.actual_delivery_date,
    o.updated_at::timestamptz AT TIME ZONE :'time_zone'::text AS updated_at
FROM orders AS o
JOIN stores AS s ON s.store_id = o.store_id
LEFT JOIN addresses AS a ON a.address_id = o.shipping_address_id
-- The raw column against typed bounds, so that its index serves; half-open, so that windows neither overlap nor gap.
WHERE o.created_at >= (:'from'::date)::timestamp AT TIME ZONE :'time_zone'::text
    AND o.created_at < (:'to'::date + 1)::timestamp AT TIME ZONE :'time_zone'::text
ORDER BY o.order_id;
