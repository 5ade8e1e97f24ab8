/*
title: Figures of the night
description: >-
  What stands on the cover of the finance pack: the window's sales and money, where the money is at the cut-off, and
  what the open breaks come to, each per currency.
owner: finance
parameters:
  from: { type: date }
  to: { type: date }
  business_date: { type: date }
  cut_off: { type: timestamp }
  time_zone: { type: text }
columns:
  section: { heading: Section, kind: text, width: 26 }
  figure: { heading: Figure, kind: text, width: 40 }
  amount: { heading: Amount, kind: money, width: 20 }
  currency: { heading: Currency, kind: text, width: 10 }
  count: { heading: Count, kind: integer, width: 12 }
  text: { heading: Words, kind: text, width: 24 }
  note: { heading: Note, kind: text, width: 60 }
  sheet: { heading: Sheet, kind: text, width: 20, link: sheet }
currency: currency
sort: [section, figure, currency]
formats: [csv, xlsx]
*/
WITH bounds AS (
    SELECT
        (:'from'::date)::timestamp AT TIME ZONE :'time_zone'::text AS lower,
        (:'to'::date + 1)::timestamp AT TIME ZONE :'time_zone'::text AS upper
), figures (place, section, figure, amount, currency, count, text, note, sheet) AS (
    SELECT
        1, 'As of', 'Cut-off', NULL::numeric, NULL::text, NULL::bigint,
        to_char(:'cut_off'::timestamptz AT TIME ZONE :'time_zone'::text, 'YYYY-MM-DD HH24:MI:SS'),
        'What happened later is not in these figures. Time zone ' || :'time_zone'::text || '.', NULL::text
    UNION ALL
    SELECT
        2, 'As of', 'Newest change seen', NULL, NULL, NULL,
        to_char(
            greatest(
                (SELECT max(o.updated_at) FROM orders AS o),
                (SELECT max(p.updated_at) FROM payments AS p),
                (SELECT max(r.updated_at) FROM reviews AS r)
            )::timestamptz AT TIME ZONE :'time_zone'::text, 'YYYY-MM-DD HH24:MI:SS'),
        'The newest updated_at of orders, payments and reviews.', NULL
    UNION ALL
    SELECT
        10, 'Sales of the window', 'Orders created', sum(o.total_amount), o.currency, count(*), NULL,
        'Orders: ' || to_char(count(*), 'FM999,999,999,990'), NULL
    FROM bounds AS b
    JOIN orders AS o ON o.created_at >= b.lower AND o.created_at < b.upper
    GROUP BY o.currency
    UNION ALL
    SELECT
        11, 'Sales of the window', 'Delivered to date', sum(s.sales), s.currency, sum(s.completed_orders)::bigint, NULL,
        'Orders of all time: ' || to_char(sum(s.completed_orders), 'FM999,999,999,990'), 'Revenue by month'
    FROM mainspring.store_sales AS s
    GROUP BY s.currency
    UNION ALL
    SELECT
        CASE WHEN e.kind = 'refund' THEN 21 ELSE 20 END,
        'Money of the window',
        CASE WHEN e.kind = 'refund' THEN 'Refunded' ELSE 'Captured' END,
        sum(e.amount), e.currency, count(*), NULL,
        'By our books. Events: ' || to_char(count(*), 'FM999,999,999,990'), 'Payments by method'
    FROM bounds AS b
    JOIN mainspring.money_events AS e
        ON e.effective_at >= b.lower AND e.effective_at < b.upper
        AND e.side = 'ledger'
    GROUP BY e.kind = 'refund', e.currency
    UNION ALL
    SELECT
        22, 'Money of the window', 'Settled', sum(l.gross), l.currency, count(*), NULL,
        'By the statements. Lines: ' || to_char(count(*), 'FM999,999,999,990'), 'Completeness'
    FROM bounds AS b
    JOIN mainspring.lines AS l
        ON l.settled_at >= b.lower AND l.settled_at < b.upper
        AND l.standing = 'live' AND l.payment_id IS NOT NULL
    GROUP BY l.currency
    UNION ALL
    SELECT
        CASE a.bucket WHEN 'agreed' THEN 30 ELSE 31 END,
        'Captures and refunds at the cut-off',
        CASE a.bucket WHEN 'agreed' THEN 'Agreed with the statements' ELSE 'In transit at gateways and couriers' END,
        sum(a.amount), e.currency, count(*), NULL,
        'By our books. Events: ' || to_char(count(*), 'FM999,999,999,990'), 'Completeness'
    FROM mainspring.allocations AS a
    JOIN mainspring.money_events AS e ON e.event_id = a.event_id
    WHERE a.superseded_by IS NULL
        AND a.bucket IN ('agreed', 'in_transit_gateway')
        AND e.side = 'ledger'
    GROUP BY a.bucket, e.currency
    UNION ALL
    -- Over and under are never netted.
    SELECT
        CASE WHEN b.money_effect < 0 THEN 40 ELSE 41 END,
        'Open breaks',
        CASE WHEN b.money_effect < 0 THEN 'Less than expected' ELSE 'More than expected' END,
        sum(b.money_effect), b.currency, count(*), NULL,
        'Causes: ' || to_char(count(*), 'FM999,999,999,990'), 'Breaks'
    FROM mainspring.breaks AS b
    WHERE b.status <> 'RESOLVED' AND b.role = 'root' AND b.money_effect <> 0
    GROUP BY b.money_effect < 0, b.currency
    UNION ALL
    SELECT
        42, 'Open breaks', 'All open breaks', NULL, NULL, count(*), NULL,
        'Causes: ' || count(*) FILTER (WHERE b.role = 'root')
            || '. Consequences: ' || count(*) FILTER (WHERE b.role = 'consequence')
            || '. First seen on this business date: ' || count(*) FILTER (WHERE b.first_seen = :'business_date'::date)
            || '.',
        'Breaks'
    FROM mainspring.breaks AS b
    WHERE b.status <> 'RESOLVED'
)
SELECT f.section, f.figure, f.amount, f.currency, f.count, f.text, f.note, f.sheet
FROM figures AS f
ORDER BY f.place, f.currency;
