/*
title: Payments
description: >-
  One row for each payment attempt that was recorded on the business dates of the window, as it stands now, with what
  the ledger and the statements say of it: captured and refunded by our books, settled and deducted by the gateway or
  courier. The gateway's raw answer is not in it.
owner: finance
parameters:
  from: { type: date }
  to: { type: date }
  time_zone: { type: text }
columns:
  payment_id: { heading: Payment, kind: integer, width: 10 }
  created_at: { heading: Recorded, kind: timestamp, width: 18 }
  order_id: { heading: Order, kind: integer, width: 10 }
  order_number: { heading: Order number, kind: text, width: 18 }
  store_id: { heading: Store, kind: integer, width: 8 }
  method: { heading: Method, kind: text, width: 19 }
  payment_tier: { heading: Tier, kind: text, width: 11 }
  payment_gateway: { heading: Gateway, kind: text, width: 13 }
  transaction_id: { heading: Transaction, kind: text, width: 30 }
  payment_status: { heading: Status, kind: text, width: 13 }
  currency: { heading: Currency, kind: text, width: 10 }
  amount: { heading: Amount, kind: money, width: 16, total: sum }
  captured: { heading: Captured, kind: money, width: 16, total: sum }
  refunded: { heading: Refunded, kind: money, width: 16, total: sum }
  settled: { heading: Settled, kind: money, width: 16, total: sum }
  deductions: { heading: Deductions, kind: money, width: 15, total: sum }
  payout_id: { heading: Payout, kind: text, width: 28 }
  initiated_at: { heading: Initiated, kind: timestamp, width: 18 }
  completed_at: { heading: Completed, kind: timestamp, width: 18 }
  updated_at: { heading: Updated, kind: timestamp, width: 18 }
currency: currency
sort: [payment_id]
formats: [csv, xlsx]
*/
WITH bounds AS MATERIALIZED (
    -- Ids follow time, nearly: their range lets the indexes on payment_id serve below. OFFSET 0 keeps the planner from
    -- looking for the lowest id by walking the key from its beginning.
    SELECT min(c.payment_id) AS lowest, max(c.payment_id) AS highest
    FROM (
        SELECT p.payment_id
        FROM payments AS p
        WHERE p.created_at >= (:'from'::date)::timestamp AT TIME ZONE :'time_zone'::text
            AND p.created_at < (:'to'::date + 1)::timestamp AT TIME ZONE :'time_zone'::text
        OFFSET 0
    ) AS c
)
SELECT
    p.payment_id,
    p.created_at::timestamptz AT TIME ZONE :'time_zone'::text AS created_at,
    p.order_id,
    o.order_number,
    o.store_id,
    m.method_name AS method,
    p.payment_tier,
    p.payment_gateway,
    p.transaction_id,
    p.payment_status,
    p.currency,
    p.amount,
    ledger.captured,
    ledger.refunded,
    statement.settled,
    statement.deductions,
    statement.payout_id,
    p.payment_initiated_at::timestamptz AT TIME ZONE :'time_zone'::text AS initiated_at,
    p.payment_completed_at::timestamptz AT TIME ZONE :'time_zone'::text AS completed_at,
    p.updated_at::timestamptz AT TIME ZONE :'time_zone'::text AS updated_at
FROM payments AS p
JOIN orders AS o ON o.order_id = p.order_id
JOIN payment_methods AS m ON m.payment_method_id = p.payment_method_id
-- Our own books: one event an increase, so that their sums are the present state.
LEFT JOIN (
    SELECT
        e.payment_id,
        sum(e.amount) FILTER (WHERE e.kind IN ('capture', 'void')) AS captured,
        sum(e.amount) FILTER (WHERE e.kind = 'refund') AS refunded
    FROM mainspring.money_events AS e
    WHERE e.side = 'ledger'
        AND e.payment_id >= (SELECT b.lowest FROM bounds AS b)
        AND e.payment_id <= (SELECT b.highest FROM bounds AS b)
    GROUP BY e.payment_id
) AS ledger ON ledger.payment_id = p.payment_id
-- The statements: live lines only, in the payment's own currency; a duplicate or a re-sent line counts for nothing.
LEFT JOIN (
    SELECT
        l.payment_id,
        l.currency,
        sum(l.gross) AS settled,
        sum(l.net - l.gross) AS deductions,
        max(l.payout_id) AS payout_id
    FROM mainspring.lines AS l
    WHERE l.standing = 'live'
        AND l.payment_id >= (SELECT b.lowest FROM bounds AS b)
        AND l.payment_id <= (SELECT b.highest FROM bounds AS b)
    GROUP BY l.payment_id, l.currency
) AS statement ON statement.payment_id = p.payment_id AND statement.currency = p.currency
WHERE p.created_at >= (:'from'::date)::timestamp AT TIME ZONE :'time_zone'::text
    AND p.created_at < (:'to'::date + 1)::timestamp AT TIME ZONE :'time_zone'::text
ORDER BY p.payment_id;
