/*
title: Payments by method
description: >-
  Attempts, success, captures, refunds and fees by method, gateway, tier and currency. They are the payments whose
  ledger date (completed, else initiated, else recorded) is a business date of the window; refunds and fees are
  those of the same payments, whenever they came. Success counts completed and refunded attempts among those that
  ended.
owner: finance
window: history
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
WITH fees AS (
    -- Signed from the shop's side: what was deducted is negative.
    SELECT l.payment_id, e.currency, sum(e.amount) AS fees
    FROM mainspring.money_events AS e
    JOIN mainspring.lines AS l ON l.line_id = e.line_id
    WHERE e.side = 'statement'
        AND e.kind IN ('fee', 'fee_tax', 'fee_refund')
        AND l.standing = 'live'
        AND l.payment_id IS NOT NULL
    GROUP BY l.payment_id, e.currency
), refunds AS (
    SELECT e.payment_id, sum(e.amount) AS refunded
    FROM mainspring.money_events AS e
    WHERE e.side = 'ledger' AND e.kind = 'refund'
    GROUP BY e.payment_id
), attempts AS (
    SELECT
        m.method_name AS method,
        p.payment_gateway AS gateway,
        p.payment_tier AS tier,
        p.currency,
        p.payment_status,
        p.amount,
        r.refunded,
        f.fees
    FROM payments AS p
    JOIN payment_methods AS m ON m.payment_method_id = p.payment_method_id
    LEFT JOIN refunds AS r ON r.payment_id = p.payment_id
    LEFT JOIN fees AS f ON f.payment_id = p.payment_id AND f.currency = p.currency
    WHERE coalesce(p.payment_completed_at, p.payment_initiated_at, p.created_at)
            >= (:'from'::date)::timestamp AT TIME ZONE :'time_zone'::text
        AND coalesce(p.payment_completed_at, p.payment_initiated_at, p.created_at)
            < (:'to'::date + 1)::timestamp AT TIME ZONE :'time_zone'::text
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
        coalesce(sum(a.refunded), 0.00) AS refunded,
        coalesce(sum(a.fees), 0.00) AS fees
    FROM attempts AS a
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
