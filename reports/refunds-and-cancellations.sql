/*
title: Refunds and cancellations
sheet: Refunds and cancellations
description: >-
  Orders that were placed in the window and didn't stay as they were sold, by month, store, currency and status: those
  that are cancelled or refunded, and those of which a part was given back or charged back. What was captured and not
  given back of cancelled and refunded orders still belongs to customers. The share counts all orders of the store's
  month.
owner: finance
window: month
parameters:
  from: { type: date }
  to: { type: date }
  time_zone: { type: text }
columns:
  month: { heading: Month placed, kind: date, width: 14 }
  store_id: { heading: Store, kind: integer, width: 8 }
  store_name: { heading: Store name, kind: text, width: 28 }
  currency: { heading: Currency, kind: text, width: 10 }
  order_status: { heading: Status, kind: text, width: 13 }
  orders: { heading: Orders, kind: integer, width: 10, total: sum }
  order_value: { heading: Their value, kind: money, width: 18, total: sum }
  captured: { heading: Captured, kind: money, width: 18, total: sum }
  refunded: { heading: Refunded, kind: money, width: 18, total: sum }
  charged_back: { heading: Charged back, kind: money, width: 16, total: sum }
  not_given_back: { heading: Still to be given back, kind: money, width: 20, total: sum, conditional: flag }
  all_orders: { heading: All orders, kind: integer, width: 12 }
  share_of_orders: { heading: Share of orders, kind: percent, width: 15, conditional: data-bar }
currency: currency
sort: [month, store_id, currency, order_status]
formats: [csv, xlsx]
*/
WITH placed AS (
    SELECT
        o.order_id, o.store_id, o.currency, o.order_status, o.total_amount,
        date_trunc('month', o.created_at::timestamptz AT TIME ZONE :'time_zone'::text)::date AS month
    FROM orders AS o
    WHERE o.created_at >= (:'from'::date)::timestamp AT TIME ZONE :'time_zone'::text
        AND o.created_at < (:'to'::date + 1)::timestamp AT TIME ZONE :'time_zone'::text
), disputed AS (
    SELECT e.order_id, e.currency, sum(e.amount) AS amount
    FROM mainspring.money_events AS e
    LEFT JOIN mainspring.allocations AS a
        ON a.event_id = e.event_id AND a.superseded_by IS NULL AND a.bucket = 'excluded'
        AND a.reason IN ('resent', 'duplicate', 'line changed', 'superseded')
    WHERE e.kind IN ('chargeback', 'chargeback_reversal') AND e.order_id IS NOT NULL AND a.event_id IS NULL
    GROUP BY e.order_id, e.currency
), counted AS (
    SELECT
        p.month, p.store_id, p.currency, p.order_status,
        count(*) AS orders,
        sum(p.total_amount) AS order_value,
        -- As the last reconciliation that looked at the order saw it, in the order's currency.
        sum(coalesce(b.captured, 0.00)) AS captured,
        sum(coalesce(b.refunded, 0.00)) AS refunded,
        sum(coalesce(-d.amount, 0.00)) AS charged_back
    FROM placed AS p
    LEFT JOIN mainspring.order_positions AS b ON b.order_id = p.order_id
    LEFT JOIN disputed AS d ON d.order_id = p.order_id AND d.currency = p.currency
    WHERE p.order_status IN ('CANCELLED', 'REFUNDED') OR b.refunded <> 0 OR d.amount <> 0
    GROUP BY p.month, p.store_id, p.currency, p.order_status
), months AS (
    SELECT p.month, p.store_id, p.currency, count(*) AS orders
    FROM placed AS p
    GROUP BY p.month, p.store_id, p.currency
)
SELECT
    c.month,
    c.store_id,
    s.store_name,
    c.currency,
    c.order_status,
    c.orders,
    c.order_value,
    c.captured,
    c.refunded,
    c.charged_back,
    CASE WHEN c.order_status IN ('CANCELLED', 'REFUNDED') THEN c.captured - c.refunded - c.charged_back ELSE 0.00 END
        AS not_given_back,
    m.orders AS all_orders,
    round(100.0 * c.orders / m.orders, 2) AS share_of_orders
FROM counted AS c
JOIN months AS m ON m.month = c.month AND m.store_id = c.store_id AND m.currency = c.currency
JOIN stores AS s ON s.store_id = c.store_id
ORDER BY c.month, c.store_id, c.currency, c.order_status;
