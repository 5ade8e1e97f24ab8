/*
title: Payments by method
description: >-
  Attempts, success, captures, refunds and fees of the month so far, by method, gateway, tier and currency. They are
  the payments whose ledger date (completed, else initiated, else recorded) is a business date of the window; refunds
  and fees are those of the same payments, whenever they came. Success counts completed and refunded attempts among
  those that ended.
owner: finance
window: month
parameters:
  from: { type: date }
  to: { type: date }
  time_zone: { type: text }
columns:
  method: { heading: Method, kind: text, width: 20 }
  gateway: { heading: Gateway, kind: text, width: 16 }
  tier: { heading: Tier, kind: text, width: 12 }
  currency: { heading: Currency, kind: text, width: 10 }
  attempts: { heading: Attempts, kind: integer, width: 11, total: sum }
  succeeded: { heading: Succeeded, kind: integer, width: 11, total: sum }
  failed: { heading: Failed, kind: integer, width: 10, total: sum }
  cancelled: { heading: Cancelled, kind: integer, width: 11, total: sum }
  pending: { heading: Pending, kind: integer, width: 10, total: sum }
  success_rate: { heading: Success rate, kind: percent, width: 13 }
  captured: { heading: Captured, kind: money, width: 20, total: sum }
  refunded: { heading: Refunded, kind: money, width: 18, total: sum }
  fees: { heading: Fees and their tax, kind: money, width: 19, total: sum }
  net: { heading: Net of refunds and fees, kind: money, width: 22, total: sum }
currency: currency
sort: [method, gateway, tier, currency]
formats: [csv, xlsx]
*/
WITH attempts AS (
    SELECT
        p.payment_id,
        m.method_name AS method,
        p.payment_gateway AS gateway,
        p.payment_tier AS tier,
        p.currency,
        p.payment_status,
        p.amount
    FROM payments AS p
    JOIN payment_methods AS m ON m.payment_method_id = p.payment_method_id
    WHERE coalesce(p.payment_completed_at, p.payment_initiated_at, p.created_at)
            >= (:'from'::date)::timestamp AT TIME ZONE :'time_zone'::text
        AND coalesce(p.payment_completed_at, p.payment_initiated_at, p.created_at)
            < (:'to'::date + 1)::timestamp AT TIME ZONE :'time_zone'::text
), fees AS (
    -- Signed from the shop's side: what was deducted is negative.
    SELECT a.payment_id, sum(e.amount) AS fees
    FROM attempts AS a
    JOIN mainspring.lines AS l ON l.payment_id = a.payment_id
    JOIN mainspring.money_events AS e ON e.line_id = l.line_id AND e.currency = a.currency
    WHERE l.standing = 'live' AND e.side = 'statement' AND e.kind IN ('fee', 'fee_tax', 'fee_refund')
    GROUP BY a.payment_id
), refunds AS (
    SELECT a.payment_id, sum(e.amount) AS refunded
    FROM attempts AS a
    JOIN mainspring.money_events AS e ON e.payment_id = a.payment_id AND e.side = 'ledger' AND e.kind = 'refund'
    GROUP BY a.payment_id
), sums AS (
    SELECT
        a.method,
        a.gateway,
        a.tier,
        a.currency,
        count(*) AS attempts,
        count(*) FILTER (WHERE a.payment_status IN ('COMPLETED', 'REFUNDED')) AS succeeded,
        count(*) FILTER (WHERE a.payment_status = 'FAILED') AS failed,
        count(*) FILTER (WHERE a.payment_status = 'CANCELLED') AS cancelled,
        count(*) FILTER (WHERE a.payment_status IN ('PENDING', 'PROCESSING')) AS pending,
        coalesce(sum(a.amount) FILTER (WHERE a.payment_status IN ('COMPLETED', 'REFUNDED')), 0.00) AS captured,
        coalesce(sum(r.refunded), 0.00) AS refunded,
        coalesce(sum(f.fees), 0.00) AS fees
    FROM attempts AS a
    LEFT JOIN refunds AS r ON r.payment_id = a.payment_id
    LEFT JOIN fees AS f ON f.payment_id = a.payment_id
    GROUP BY a.method, a.gateway, a.tier, a.currency
)
SELECT
    s.method,
    s.gateway,
    s.tier,
    s.currency,
    s.attempts,
    s.succeeded,
    s.failed,
    s.cancelled,
    s.pending,
    round(100.0 * s.succeeded / nullif(s.succeeded + s.failed + s.cancelled, 0), 2) AS success_rate,
    s.captured,
    s.refunded,
    s.fees,
    s.captured + s.refunded + s.fees AS net
FROM sums AS s
ORDER BY s.method, s.gateway, s.tier, s.currency;
