/*
title: Cut-off
description: >-
  What lies across the end of the window, order by order. Paid and not delivered: money that is no sale yet. Delivered
  in the window and not paid by its end: a sale without its money. On its way: parcels that were with the courier, or
  were delivered only afterwards. Captures and refunds count up to the end of the window and by our books; whether an
  order was cancelled by then, or only later, its records don't tell, so it stands here while money of it was held.
owner: finance
window: month
parameters:
  from: { type: date }
  to: { type: date }
  time_zone: { type: text }
columns:
  position: { heading: What lies across, kind: text, width: 24 }
  store_id: { heading: Store, kind: integer, width: 8 }
  order_number: { heading: Order number, kind: text, width: 17 }
  order_status: { heading: Status now, kind: text, width: 13 }
  ordered_on: { heading: Ordered, kind: date, width: 12 }
  captured_on: { heading: First paid, kind: date, width: 12 }
  delivered_on: { heading: Delivered, kind: date, width: 12 }
  carrier: { heading: Carrier, kind: text, width: 12 }
  tracking_number: { heading: Tracking number, kind: text, width: 18 }
  currency: { heading: Currency, kind: text, width: 10 }
  order_total: { heading: Order total, kind: money, width: 17, total: sum }
  captured: { heading: Captured by then, kind: money, width: 18, total: sum }
  refunded: { heading: Refunded by then, kind: money, width: 18, total: sum }
  paid_not_delivered: { heading: "Paid, not delivered", kind: money, width: 20, total: sum }
  delivered_not_paid: { heading: "Delivered, not paid", kind: money, width: 20, total: sum }
  on_its_way: { heading: On its way, kind: money, width: 18, total: sum }
currency: currency
sort: [position, currency, order_number]
formats: [csv, xlsx]
*/
WITH orders_across AS (
    -- Not delivered by the end of the window: still under way, delivered later, or given up.
    SELECT
        o.order_id, o.store_id, o.order_number, o.order_status, o.created_at, o.actual_delivery_date, o.carrier,
        o.tracking_number, o.currency, o.total_amount, FALSE AS is_delivered
    FROM orders AS o
    WHERE o.order_status IN ('PENDING', 'CONFIRMED', 'PROCESSING', 'SHIPPED', 'CANCELLED', 'REFUNDED')
        AND (o.actual_delivery_date IS NULL OR o.actual_delivery_date > :'to'::date)
        AND o.created_at < (:'to'::date + 1)::timestamp AT TIME ZONE :'time_zone'::text
    UNION ALL
    SELECT
        o.order_id, o.store_id, o.order_number, o.order_status, o.created_at, o.actual_delivery_date, o.carrier,
        o.tracking_number, o.currency, o.total_amount, FALSE
    FROM orders AS o
    WHERE o.order_status = 'DELIVERED' AND o.actual_delivery_date > :'to'::date
        AND o.created_at < (:'to'::date + 1)::timestamp AT TIME ZONE :'time_zone'::text
    UNION ALL
    -- Delivered in the window.
    SELECT
        o.order_id, o.store_id, o.order_number, o.order_status, o.created_at, o.actual_delivery_date, o.carrier,
        o.tracking_number, o.currency, o.total_amount, TRUE
    FROM orders AS o
    WHERE o.order_status IN ('DELIVERED', 'REFUNDED') AND o.actual_delivery_date BETWEEN :'from'::date AND :'to'::date
), money AS (
    -- By our books, up to the end of the window. A capture that turned out not to be one takes itself back.
    SELECT
        o.order_id,
        e.currency,
        sum(CASE WHEN e.kind = 'refund' THEN 0.00 ELSE e.amount END) AS captured,
        sum(CASE WHEN e.kind = 'refund' THEN e.amount ELSE 0.00 END) AS refunded,
        min(e.effective_at) FILTER (WHERE e.kind = 'capture') AS captured_at
    FROM orders_across AS o
    JOIN payments AS p ON p.order_id = o.order_id
    JOIN mainspring.money_events AS e ON e.payment_id = p.payment_id AND e.side = 'ledger'
    WHERE e.effective_at < (:'to'::date + 1)::timestamp AT TIME ZONE :'time_zone'::text
    GROUP BY o.order_id, e.currency
), sides AS (
    -- An order in its own currency. What was paid in another one has a row of its own: it covers nothing in this one.
    SELECT o.order_id, o.currency, o.total_amount AS order_total, m.captured, m.refunded, m.captured_at
    FROM orders_across AS o
    LEFT JOIN money AS m ON m.order_id = o.order_id AND m.currency = o.currency
    UNION ALL
    SELECT o.order_id, m.currency, NULL, m.captured, m.refunded, m.captured_at
    FROM money AS m
    JOIN orders_across AS o ON o.order_id = m.order_id AND o.currency <> m.currency
), figures AS (
    SELECT
        o.store_id, o.order_number, o.order_status, o.created_at, o.actual_delivery_date, o.carrier, o.tracking_number,
        o.is_delivered, s.currency, s.order_total, s.captured_at,
        coalesce(s.captured, 0.00) AS captured,
        coalesce(s.refunded, 0.00) AS refunded,
        CASE WHEN o.is_delivered THEN 0.00 ELSE coalesce(s.captured + s.refunded, 0.00) END AS paid_not_delivered,
        -- A refund makes no debt of a customer: what was paid once was paid.
        CASE WHEN o.is_delivered THEN greatest(s.order_total - coalesce(s.captured, 0.00), 0.00) ELSE 0.00 END
            AS delivered_not_paid,
        CASE WHEN NOT o.is_delivered AND (o.order_status = 'SHIPPED' OR o.actual_delivery_date > :'to'::date)
            THEN coalesce(s.order_total, 0.00) ELSE 0.00 END AS on_its_way
    FROM orders_across AS o
    JOIN sides AS s ON s.order_id = o.order_id
)
SELECT
    CASE
        WHEN f.is_delivered THEN 'delivered, not paid'
        WHEN f.actual_delivery_date > :'to'::date THEN 'delivered afterwards'
        WHEN f.order_status = 'SHIPPED' THEN 'on its way'
        WHEN f.order_status IN ('CANCELLED', 'REFUNDED') THEN 'paid, and given up'
        ELSE 'paid, not shipped'
    END AS position,
    f.store_id,
    f.order_number,
    f.order_status,
    (f.created_at AT TIME ZONE 'UTC' AT TIME ZONE :'time_zone'::text)::date AS ordered_on,
    (f.captured_at AT TIME ZONE :'time_zone'::text)::date AS captured_on,
    f.actual_delivery_date AS delivered_on,
    f.carrier,
    f.tracking_number,
    f.currency,
    f.order_total,
    f.captured,
    f.refunded,
    f.paid_not_delivered,
    f.delivered_not_paid,
    f.on_its_way
FROM figures AS f
WHERE f.paid_not_delivered <> 0 OR f.delivered_not_paid <> 0 OR f.on_its_way <> 0
ORDER BY position, f.currency, f.order_number;
