/*
title: Order history
sheet: Order history
description: >-
  Every order with its store and items, the newest first. It is the customer's query of the schema document, section
  17.1, of one customer (--set customer_id=17), or, without one, of all customers, one after the other. Unlike there, an
  order without items is shown too, and of the order no notes and no addresses. Amounts of the order repeat on each of
  its items, so only the items have a sum.
owner: operations
window: history
parameters:
  from: { type: date }
  to: { type: date }
  time_zone: { type: text }
  customer_id: { type: integer, default: 0 }
columns:
  customer_id: { heading: Customer, kind: integer, width: 10 }
  order_id: { heading: Order, kind: integer, width: 10 }
  order_number: { heading: Order number, kind: text, width: 18 }
  created_at: { heading: Created, kind: timestamp, width: 18 }
  order_status: { heading: Status, kind: text, width: 13 }
  store_id: { heading: Store, kind: integer, width: 8 }
  store_name: { heading: Store name, kind: text, width: 28 }
  order_item_id: { heading: Item, kind: integer, width: 10 }
  product_id: { heading: Product, kind: integer, width: 10 }
  product_name: { heading: Product name, kind: text, width: 34 }
  currency: { heading: Currency, kind: text, width: 10 }
  product_price: { heading: Price, kind: money, width: 16 }
  quantity: { heading: Quantity, kind: integer, width: 9, total: sum }
  item_subtotal: { heading: Item, kind: money, width: 17, total: sum }
  subtotal: { heading: Goods of the order, kind: money, width: 18 }
  tax_amount: { heading: Its tax, kind: money, width: 15 }
  shipping_cost: { heading: Its shipping, kind: money, width: 13 }
  total_amount: { heading: Its total, kind: money, width: 17 }
  carrier: { heading: Carrier, kind: text, width: 12 }
  tracking_number: { heading: Tracking number, kind: text, width: 18 }
  expected_delivery_date: { heading: Expected, kind: date, width: 12 }
  actual_delivery_date: { heading: Delivered, kind: date, width: 12 }
currency: currency
sort: [customer_id, created_at desc, order_id desc, order_item_id]
formats: [csv, xlsx]
*/
SELECT
    o.customer_id,
    o.order_id,
    o.order_number,
    o.created_at::timestamptz AT TIME ZONE :'time_zone'::text AS created_at,
    o.order_status,
    o.store_id,
    s.store_name,
    i.order_item_id,
    i.product_id,
    -- As it was called and cost when it was bought.
    i.product_name,
    o.currency,
    i.product_price,
    i.quantity,
    i.subtotal AS item_subtotal,
    o.subtotal,
    o.tax_amount,
    o.shipping_cost,
    o.total_amount,
    o.carrier,
    o.tracking_number,
    o.expected_delivery_date,
    o.actual_delivery_date
FROM orders AS o
JOIN stores AS s ON s.store_id = o.store_id
LEFT JOIN order_items AS i ON i.order_id = o.order_id
WHERE (:'customer_id'::integer = 0 OR o.customer_id = :'customer_id'::integer)
    AND o.created_at >= (:'from'::date)::timestamp AT TIME ZONE :'time_zone'::text
    AND o.created_at < (:'to'::date + 1)::timestamp AT TIME ZONE :'time_zone'::text
ORDER BY o.customer_id, o.created_at DESC, o.order_id DESC, i.order_item_id;
