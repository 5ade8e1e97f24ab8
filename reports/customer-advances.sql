/*
title: Customer advances
description: >-
  What customers have paid on orders that they don't have yet, at the night's cut-off and by our books: a liability,
  until the order is delivered or the money goes back. Held is captured less refunded. Orders that were cancelled stand
  here no longer; where money of them is still held, a break says so. An order that was paid in two currencies has a row
  for each.
owner: finance
parameters:
  business_date: { type: date }
  cut_off: { type: timestamp }
  time_zone: { type: text }
columns:
  store_id: { heading: Store, kind: integer, width: 8 }
  order_number: { heading: Order number, kind: text, width: 17 }
  customer_id: { heading: Customer, kind: integer, width: 11 }
  order_status: { heading: Status, kind: text, width: 13 }
  ordered_on: { heading: Ordered, kind: date, width: 12 }
  kind: { heading: Paid, kind: text, width: 14 }
  currency: { heading: Currency, kind: text, width: 10 }
  order_total: { heading: Order total, kind: money, width: 18, total: sum }
  advance_due: { heading: Advance asked for, kind: money, width: 18, total: sum }
  captured: { heading: Captured, kind: money, width: 18, total: sum }
  refunded: { heading: Refunded, kind: money, width: 16, total: sum }
  held: { heading: Held, kind: money, width: 18, total: sum }
  first_paid_on: { heading: First paid, kind: date, width: 12 }
  age_days: { heading: Days held, kind: integer, width: 11 }
  expected_on: { heading: Delivery expected, kind: date, width: 17 }
  late_days: { heading: Days late, kind: integer, width: 11 }
  carrier: { heading: Carrier, kind: text, width: 12 }
  tracking_number: { heading: Tracking number, kind: text, width: 18 }
currency: currency
sort: [store_id, order_number, currency]
formats: [csv, xlsx]
*/
WITH undelivered AS (
    SELECT
        o.order_id, o.store_id, o.order_number, o.customer_id, o.order_status, o.created_at, o.currency, o.total_amount,
        o.advance_payment, o.advance_amount, o.expected_delivery_date, o.carrier, o.tracking_number
    FROM orders AS o
    WHERE o.order_status IN ('PENDING', 'CONFIRMED', 'PROCESSING', 'SHIPPED')
        AND o.created_at < :'cut_off'::timestamptz
    UNION ALL
    -- Delivered since: on the business date it was still owed.
    SELECT
        o.order_id, o.store_id, o.order_number, o.customer_id, o.order_status, o.created_at, o.currency, o.total_amount,
        o.advance_payment, o.advance_amount, o.expected_delivery_date, o.carrier, o.tracking_number
    FROM orders AS o
    WHERE o.order_status = 'DELIVERED' AND o.actual_delivery_date > :'business_date'::date
        AND o.created_at < :'cut_off'::timestamptz
), held AS (
    SELECT
        o.order_id,
        e.currency,
        sum(CASE WHEN e.kind = 'refund' THEN 0.00 ELSE e.amount END) AS captured,
        sum(CASE WHEN e.kind = 'refund' THEN e.amount ELSE 0.00 END) AS refunded,
        min(e.effective_at) FILTER (WHERE e.kind = 'capture') AS first_paid_at
    FROM undelivered AS o
    JOIN payments AS p ON p.order_id = o.order_id
    JOIN mainspring.money_events AS e ON e.payment_id = p.payment_id AND e.side = 'ledger'
    WHERE e.effective_at < :'cut_off'::timestamptz
    GROUP BY o.order_id, e.currency
    HAVING sum(e.amount) <> 0
), items AS (
    SELECT
        o.*, h.currency AS money_currency, h.captured, h.refunded, h.captured + h.refunded AS held,
        (h.first_paid_at AT TIME ZONE :'time_zone'::text)::date AS first_paid_on,
        CASE WHEN o.currency = h.currency THEN o.total_amount END AS order_total
    FROM held AS h
    JOIN undelivered AS o ON o.order_id = h.order_id
)
SELECT
    i.store_id,
    i.order_number,
    i.customer_id,
    i.order_status,
    (i.created_at AT TIME ZONE 'UTC' AT TIME ZONE :'time_zone'::text)::date AS ordered_on,
    CASE
        WHEN i.order_total IS NULL THEN 'other currency'
        WHEN i.held < 0 THEN 'refunded over'
        WHEN i.held < i.order_total THEN 'in part'
        WHEN i.held > i.order_total THEN 'too much'
        ELSE 'in full'
    END AS kind,
    i.money_currency AS currency,
    i.order_total,
    CASE WHEN i.order_total IS NOT NULL AND i.advance_payment THEN i.advance_amount END AS advance_due,
    i.captured,
    i.refunded,
    i.held,
    i.first_paid_on,
    :'business_date'::date - i.first_paid_on AS age_days,
    i.expected_delivery_date AS expected_on,
    CASE WHEN i.expected_delivery_date IS NOT NULL
        THEN greatest(:'business_date'::date - i.expected_delivery_date, 0) END AS late_days,
    i.carrier,
    i.tracking_number
FROM items AS i
ORDER BY i.store_id, i.order_number, i.money_currency;
