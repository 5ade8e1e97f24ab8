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
), parts AS (
    -- What is agreed, and where the rest stands.
    SELECT
        p.channel,
        p.currency,
        coalesce(sum(p.parts) FILTER (WHERE p.side = 'ledger' AND p.bucket = 'agreed'), 0) AS agreed_count,
        coalesce(sum(p.parts) FILTER (WHERE p.side = 'ledger' AND p.bucket = 'in_transit_gateway'), 0) AS awaited_count,
        coalesce(sum(p.amount) FILTER (WHERE p.side = 'ledger' AND p.bucket = 'agreed'), 0.00) AS agreed,
        sum(p.at_gateway) AS at_gateway,
        sum(p.settled) AS settled,
        sum(p.paid_out) AS paid_out,
        sum(p.reserve) AS reserve
    FROM mainspring.clearing_balances AS p
    GROUP BY p.channel, p.currency
), standing AS (
    SELECT
        p.currency,
        sum(p.agreed_count)::bigint AS agreed_count,
        sum(p.awaited_count)::bigint AS awaited_count,
        sum(p.agreed) AS agreed,
        sum(p.at_gateway) AS at_gateway,
        sum(p.settled) AS settled,
        -- Where no bank statement is read, what was paid out would stand here for ever.
        coalesce(sum(p.paid_out) FILTER (WHERE c.banked), 0.00) AS not_at_bank,
        coalesce(sum(p.paid_out) FILTER (WHERE c.banked IS NOT TRUE), 0.00) AS not_followed,
        sum(p.reserve) AS reserve
    FROM parts AS p
    LEFT JOIN mainspring.channels AS c ON c.channel = p.channel
    GROUP BY p.currency
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
        CASE e.kind WHEN 'refund' THEN 21 WHEN 'bank_credit' THEN 23 ELSE 20 END,
        'Money of the window',
        CASE e.kind WHEN 'refund' THEN 'Refunded' WHEN 'bank_credit' THEN 'Credited by the bank' ELSE 'Captured' END,
        sum(e.amount), e.currency, count(*), NULL,
        CASE e.kind WHEN 'bank_credit' THEN 'By its statements. Lines: ' ELSE 'By our books. Events: ' END
            || to_char(count(*), 'FM999,999,999,990'),
        CASE e.kind WHEN 'bank_credit' THEN 'Payouts' ELSE 'Payments by method' END
    FROM (
        SELECT
            CASE WHEN e.kind IN ('refund', 'bank_credit') THEN e.kind ELSE 'capture' END AS kind, e.currency, e.amount
        FROM bounds AS b
        JOIN mainspring.money_events AS e ON e.effective_at >= b.lower AND e.effective_at < b.upper
        WHERE e.side = 'ledger'
            -- What we paid from the account ourselves is nobody's credit.
            OR e.kind = 'bank_credit' AND (e.amount > 0 OR e.payout_id IS NOT NULL)
    ) AS e
    GROUP BY e.kind, e.currency
    UNION ALL
    SELECT
        22, 'Money of the window', 'Settled', sum(l.gross), l.currency, count(*), NULL,
        'By the statements. Lines: ' || to_char(count(*), 'FM999,999,999,990'), 'Settlement summary'
    FROM bounds AS b
    JOIN mainspring.lines AS l
        ON l.settled_at >= b.lower AND l.settled_at < b.upper
        AND l.standing = 'live' AND l.payment_id IS NOT NULL
    GROUP BY l.currency
    UNION ALL
    SELECT
        30, 'Where the money is', 'Agreed with the statements', s.agreed, s.currency, s.agreed_count, NULL,
        'By our books. Events: ' || to_char(s.agreed_count, 'FM999,999,999,990'), 'Completeness'
    FROM standing AS s
    WHERE s.agreed_count > 0
    UNION ALL
    SELECT
        31, 'Where the money is', 'In transit at gateways and couriers', s.at_gateway, s.currency, s.awaited_count, NULL,
        'By our books. Events: ' || to_char(s.awaited_count, 'FM999,999,999,990'), 'Receivables'
    FROM standing AS s
    WHERE s.at_gateway <> 0
    UNION ALL
    SELECT
        32, 'Where the money is', 'Settled, not paid out', s.settled, s.currency, NULL, NULL,
        'In a statement, and in no payout yet.', 'Clearing roll-forward'
    FROM standing AS s
    WHERE s.settled <> 0
    UNION ALL
    SELECT
        33, 'Where the money is', 'Paid out, not at the bank', s.not_at_bank, s.currency, NULL, NULL,
        'By gateways and couriers.', 'Payouts'
    FROM standing AS s
    WHERE s.not_at_bank <> 0
    UNION ALL
    SELECT
        34, 'Where the money is', 'Paid out, bank not followed', s.not_followed, s.currency, NULL, NULL,
        'To accounts whose statements aren''t read.', 'Clearing roll-forward'
    FROM standing AS s
    WHERE s.not_followed <> 0
    UNION ALL
    SELECT
        35, 'Where the money is', 'Held in reserve', s.reserve, s.currency, NULL, NULL,
        'By gateways, until they release it.', 'Clearing roll-forward'
    FROM standing AS s
    WHERE s.reserve <> 0
    UNION ALL
    -- Over and under are never netted.
    SELECT
        CASE WHEN b.money_effect < 0 THEN 40 ELSE 41 END,
        'Open breaks',
        CASE WHEN b.money_effect < 0 THEN 'Less than expected' ELSE 'More than expected' END,
        sum(b.money_effect), b.currency, count(*), NULL,
        'Causes: ' || to_char(count(*), 'FM999,999,999,990'), 'Breaks by age'
    FROM mainspring.breaks AS b
    WHERE b.status <> 'RESOLVED' AND b.role = 'root' AND b.money_effect <> 0
    GROUP BY b.money_effect < 0, b.currency
    UNION ALL
    -- Of those, what waits for the bank.
    SELECT
        CASE b.code WHEN 'bank.unidentified' THEN 43 WHEN 'bank.payout_missing' THEN 44 ELSE 45 END,
        'Open breaks',
        CASE b.code
            WHEN 'bank.unidentified' THEN 'Unidentified at the bank'
            WHEN 'bank.payout_missing' THEN 'Paid out, overdue at the bank'
            ELSE 'Settled, payout overdue'
        END,
        sum(b.money_effect), b.currency, count(*), NULL,
        'Causes: ' || to_char(count(*), 'FM999,999,999,990') || '. They are in the figures above.', 'Breaks'
    FROM mainspring.breaks AS b
    WHERE b.status <> 'RESOLVED' AND b.role = 'root'
        AND b.code IN ('bank.unidentified', 'bank.payout_missing', 'payout.missing')
    GROUP BY b.code, b.currency
    UNION ALL
    SELECT
        46, 'Open breaks', 'All open breaks', NULL, NULL, count(*), NULL,
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
