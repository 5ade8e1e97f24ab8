/*
title: Receivables
description: >-
  Who owes what at the night's cut-off, item by item. Couriers what they collected at the door and have not remitted,
  gateways what they captured and have not settled, customers what is due on their orders and not paid. What is not
  due yet stands apart; the rest is aged from its due date. A refund that a gateway has yet to deduct is negative.
owner: finance
parameters:
  business_date: { type: date }
  cut_off: { type: timestamp }
columns:
  counterparty_type: { heading: Who, kind: text, width: 11 }
  counterparty: { heading: Name, kind: text, width: 16 }
  store_id: { heading: Store, kind: integer, width: 8 }
  order_number: { heading: Order number, kind: text, width: 17 }
  payment_id: { heading: Payment, kind: integer, width: 10 }
  tracking_number: { heading: Tracking number, kind: text, width: 18 }
  delivered_on: { heading: Delivered, kind: date, width: 12 }
  currency: { heading: Currency, kind: text, width: 10 }
  order_total: { heading: Order total, kind: money, width: 16 }
  advance_captured: { heading: Paid before, kind: money, width: 16, total: sum }
  due: { heading: Owed in all, kind: money, width: 17, total: sum }
  remitted: { heading: Received, kind: money, width: 17, total: sum }
  deductions: { heading: Deductions, kind: money, width: 15, total: sum }
  outstanding: { heading: Outstanding, kind: money, width: 17, total: sum }
  due_date: { heading: Due, kind: date, width: 12 }
  overdue_days: { heading: Days overdue, kind: integer, width: 13 }
  not_due: { heading: Not due yet, kind: money, width: 17, total: sum }
  d1_30: { heading: 0–30 days, kind: money, width: 16, total: sum }
  d31_60: { heading: 31–60 days, kind: money, width: 16, total: sum }
  d61_90: { heading: 61–90 days, kind: money, width: 16, total: sum }
  d91_180: { heading: 91–180 days, kind: money, width: 16, total: sum }
  d181_plus: { heading: 181+ days, kind: money, width: 16, total: sum }
  break_id: { heading: Break, kind: text, width: 18 }
currency: currency
sort: [counterparty_type, counterparty, currency, due_date, order_number, payment_id, break_id]
formats: [csv, xlsx]
*/
WITH awaited AS (
    -- Payments with a part that is not due yet.
    SELECT e.payment_id, e.channel, e.currency, sum(a.amount) AS amount
    FROM mainspring.allocations AS a
    JOIN mainspring.money_events AS e ON e.event_id = a.event_id
    WHERE a.superseded_by IS NULL AND a.bucket = 'in_transit_gateway'
    GROUP BY e.payment_id, e.channel, e.currency
), missed AS (
    -- Payments of which less came than is due: one item each, whether one break says so or two.
    SELECT
        b.payment_id, b.channel, b.currency, sum(b.event_effect) AS event_effect, min(b.due_date) AS due_date,
        min(b.break_id) AS break_id
    FROM mainspring.breaks AS b
    WHERE b.status <> 'RESOLVED' AND b.role = 'root' AND b.event_effect <> 0
        AND b.entity LIKE 'payment:%'
    GROUP BY b.payment_id, b.channel, b.currency
    HAVING sum(b.event_effect) < 0
), wanted AS (
    SELECT
        coalesce(w.payment_id, m.payment_id) AS payment_id,
        coalesce(w.channel, m.channel) AS channel,
        coalesce(w.currency, m.currency) AS currency,
        coalesce(w.amount, 0.00) AS not_due,
        m.due_date,
        m.break_id
    FROM awaited AS w
    FULL JOIN missed AS m ON m.payment_id = w.payment_id AND m.channel = w.channel AND m.currency = w.currency
), ledger AS (
    SELECT e.payment_id, e.channel, e.currency, sum(e.amount) AS amount
    FROM wanted AS w
    JOIN mainspring.money_events AS e
        ON e.payment_id = w.payment_id AND e.channel = w.channel AND e.currency = w.currency AND e.side = 'ledger'
    GROUP BY e.payment_id, e.channel, e.currency
), received AS (
    SELECT
        w.payment_id, w.currency,
        sum(CASE WHEN l.line_type IN (
                'charge', 'partial_capture_reversal', 'charge_failure', 'refund', 'refund_failure')
            THEN CASE WHEN coalesce(l.presented_currency, l.currency) <> w.currency THEN 0.00
                WHEN l.presented_currency IS NULL OR l.presented_currency = l.currency THEN l.gross
                WHEN l.gross < 0 THEN -abs(l.presented_amount) ELSE abs(l.presented_amount) END
            ELSE 0.00 END) AS amount,
        sum(CASE WHEN l.currency = w.currency THEN -(l.fee + l.fee_tax + l.income_tax + l.sales_tax) ELSE 0.00 END)
            AS deductions
    FROM wanted AS w
    JOIN mainspring.lines AS l ON l.payment_id = w.payment_id AND l.standing = 'live'
    WHERE l.settled_at < :'cut_off'::timestamptz
    GROUP BY w.payment_id, w.currency
), advances AS (
    -- What the order's other payments brought.
    SELECT w.payment_id, w.currency, sum(e.amount) AS amount
    FROM wanted AS w
    JOIN payments AS p ON p.payment_id = w.payment_id
    JOIN mainspring.money_events AS e
        ON e.order_id = p.order_id AND e.payment_id <> w.payment_id AND e.currency = w.currency AND e.side = 'ledger'
    GROUP BY w.payment_id, w.currency
), items (
    place, counterparty_type, counterparty, store_id, order_number, payment_id, tracking_number, delivered_on, currency,
    order_total, advance_captured, due, remitted, deductions, outstanding, due_date, not_due, break_id
) AS (
    SELECT
        1,
        coalesce(c.counterparty, CASE t.method_name WHEN 'CASH_ON_DELIVERY' THEN 'courier' ELSE 'gateway' END),
        w.channel, o.store_id, o.order_number, w.payment_id, o.tracking_number, o.actual_delivery_date, w.currency,
        o.total_amount, coalesce(v.amount, 0.00), coalesce(g.amount, 0.00), coalesce(r.amount, 0.00),
        coalesce(r.deductions, 0.00), coalesce(g.amount, 0.00) - coalesce(r.amount, 0.00), w.due_date, w.not_due,
        w.break_id
    FROM wanted AS w
    JOIN payments AS p ON p.payment_id = w.payment_id
    JOIN payment_methods AS t ON t.payment_method_id = p.payment_method_id
    JOIN orders AS o ON o.order_id = p.order_id
    LEFT JOIN mainspring.channels AS c ON c.channel = w.channel
    LEFT JOIN ledger AS g ON g.payment_id = w.payment_id AND g.channel = w.channel AND g.currency = w.currency
    LEFT JOIN received AS r ON r.payment_id = w.payment_id AND r.currency = w.currency
    LEFT JOIN advances AS v ON v.payment_id = w.payment_id AND v.currency = w.currency
    UNION ALL
    -- Customers: only where the order itself is the cause. What follows from a payment is no debt of theirs.
    SELECT
        2, 'customer', 'customer ' || o.customer_id, o.store_id, o.order_number, NULL, o.tracking_number,
        o.actual_delivery_date, b.currency, o.total_amount, b.actual, b.expected, b.actual, 0.00, -b.money_effect,
        b.due_date, 0.00, b.break_id
    FROM mainspring.breaks AS b
    JOIN orders AS o ON o.order_id = b.order_id
    WHERE b.status <> 'RESOLVED' AND b.role = 'root' AND b.money_effect < 0
        AND b.code IN ('order.underpaid', 'order.advance_missing', 'order.edited_after_capture')
)
SELECT
    i.counterparty_type,
    i.counterparty,
    i.store_id,
    i.order_number,
    i.payment_id,
    i.tracking_number,
    i.delivered_on,
    i.currency,
    i.order_total,
    i.advance_captured,
    i.due,
    i.remitted,
    i.deductions,
    i.outstanding,
    i.due_date,
    greatest(:'business_date'::date - i.due_date, 0) AS overdue_days,
    i.not_due,
    CASE WHEN :'business_date'::date - i.due_date <= 30 THEN i.outstanding - i.not_due END AS d1_30,
    CASE WHEN :'business_date'::date - i.due_date BETWEEN 31 AND 60 THEN i.outstanding - i.not_due END AS d31_60,
    CASE WHEN :'business_date'::date - i.due_date BETWEEN 61 AND 90 THEN i.outstanding - i.not_due END AS d61_90,
    CASE WHEN :'business_date'::date - i.due_date BETWEEN 91 AND 180 THEN i.outstanding - i.not_due END AS d91_180,
    CASE WHEN :'business_date'::date - i.due_date > 180 THEN i.outstanding - i.not_due END AS d181_plus,
    i.break_id
FROM items AS i
WHERE i.outstanding <> 0 OR i.not_due <> 0
ORDER BY
    i.counterparty_type, i.counterparty, i.currency, i.due_date, i.order_number, i.payment_id, i.break_id;
