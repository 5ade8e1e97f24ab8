/*
title: Control
description: >-
  The ties of the night: figures reached on two ways, which must be equal to the last paisa. Each is per currency;
  the last column says on which sheet the figures are shown.
owner: finance
parameters:
  cut_off: { type: timestamp }
  business_currency: { type: text }
columns:
  tie: { heading: Tie, kind: text, width: 50 }
  left_source: { heading: One way, kind: text, width: 44 }
  left_amount: { heading: Amount, kind: money, width: 20 }
  right_source: { heading: The other way, kind: text, width: 44 }
  right_amount: { heading: Amount, kind: money, width: 20 }
  currency: { heading: Currency, kind: text, width: 10 }
  difference: { heading: Difference, kind: money, width: 16, conditional: flag }
  pass: { heading: Pass, kind: text, width: 9, conditional: flag }
  link: { heading: Sheet, kind: text, width: 20, link: sheet }
currency: currency
sort: [tie, currency]
formats: [csv, xlsx]
*/
WITH events AS (
    -- Each event beside the sum of its live parts: equal sums in total could still hide two wrongs.
    SELECT
        e.side, e.channel, e.kind, e.currency, sum(e.amount) AS amount, coalesce(sum(p.amount), 0.00) AS allocated,
        bool_and(p.amount IS NOT NULL AND p.amount = e.amount) AS whole, sum(p.broken) AS broken
    FROM mainspring.money_events AS e
    LEFT JOIN (
        SELECT a.event_id, sum(a.amount) AS amount, sum(a.amount) FILTER (WHERE a.bucket = 'break') AS broken
        FROM mainspring.allocations AS a
        WHERE a.superseded_by IS NULL
        GROUP BY a.event_id
    ) AS p ON p.event_id = e.event_id
    GROUP BY e.side, e.channel, e.kind, e.currency
), sales AS (
    SELECT
        date_trunc('month', o.created_at) AS month,
        o.currency,
        sum(o.total_amount) AS value
    FROM orders AS o
    WHERE o.order_status = 'DELIVERED'
    GROUP BY 1, 2
), ties (tie_no, tie, left_source, left_amount, right_source, right_amount, currency, holds, link) AS (
    -- Completeness: what is known is in buckets, event by event.
    SELECT
        1,
        'Every ' || e.side || ' ' || e.kind || ' is in a bucket',
        'Money events',
        sum(e.amount),
        'Their parts in buckets',
        sum(e.allocated),
        e.currency,
        bool_and(e.whole),
        'Completeness'
    FROM events AS e
    GROUP BY e.side, e.kind, e.currency
    UNION ALL
    -- The ledger's captures are the shop's payments, up to the cut-off.
    SELECT
        2, 'Captures are the shop''s payments', 'Payments completed or refunded', coalesce(p.amount, 0.00),
        'Ledger captures less voids', coalesce(e.amount, 0.00), coalesce(p.currency, e.currency), true, 'Payments by method'
    FROM (
        SELECT p.currency, sum(p.amount) AS amount
        FROM payments AS p
        WHERE p.payment_status IN ('COMPLETED', 'REFUNDED')
            AND coalesce(p.payment_completed_at, p.payment_initiated_at, p.created_at) < :'cut_off'::timestamptz
            AND p.created_at < :'cut_off'::timestamptz
        GROUP BY p.currency
    ) AS p
    FULL JOIN (
        SELECT e.currency, sum(e.amount) AS amount FROM events AS e
        WHERE e.side = 'ledger' AND e.kind IN ('capture', 'void')
        GROUP BY e.currency
    ) AS e ON e.currency = p.currency
    UNION ALL
    -- The statements' lines are their events, up to the cut-off.
    SELECT
        3, 'Statement lines are money events', 'Net of lines, as the files say', coalesce(l.amount, 0.00),
        'Statement events', coalesce(e.amount, 0.00), coalesce(l.currency, e.currency), true, 'Completeness'
    FROM (
        -- A payout leaves the gateway and comes to us: its own amount turns its sign.
        SELECT
            l.currency,
            sum(
                CASE WHEN l.line_type IN ('payout', 'payout_reversal') THEN -l.gross ELSE l.gross END
                + (l.net - l.gross)
            ) AS amount
        FROM mainspring.lines AS l
        WHERE l.settled_at < :'cut_off'::timestamptz
            AND l.line_type NOT IN ('opening_balance', 'closing_balance')
        GROUP BY l.currency
    ) AS l
    FULL JOIN (
        SELECT e.currency, sum(e.amount) AS amount FROM events AS e WHERE e.side = 'statement' GROUP BY e.currency
    ) AS e ON e.currency = l.currency
    UNION ALL
    -- What the bucket “break” holds is what the open breaks say: in their own currency, and what was settled for them
    -- in another.
    SELECT
        4, 'Bucket “break” is the open breaks, ' || coalesce(e.channel, b.channel),
        'Statement less ledger in the bucket', coalesce(e.amount, 0.00), 'Money of open roots', coalesce(b.amount, 0.00),
        coalesce(e.currency, b.currency), true, 'Breaks'
    FROM (
        SELECT e.channel, e.currency, sum(CASE e.side WHEN 'ledger' THEN -e.broken ELSE e.broken END) AS amount
        FROM events AS e
        WHERE e.broken IS NOT NULL
        GROUP BY e.channel, e.currency
    ) AS e
    FULL JOIN (
        SELECT r.channel, r.currency, sum(r.amount) AS amount
        FROM (
            SELECT b.channel, b.currency, b.event_effect AS amount
            FROM mainspring.breaks AS b
            WHERE b.role = 'root' AND b.status <> 'RESOLVED' AND b.event_effect <> 0
            UNION ALL
            SELECT b.channel, l.currency, l.gross
            FROM mainspring.breaks AS b
            JOIN mainspring.lines AS l
                ON l.payment_id = b.payment_id AND l.currency <> b.currency AND l.standing = 'live'
                AND l.settled_at < :'cut_off'::timestamptz
            WHERE b.role = 'root' AND b.status <> 'RESOLVED' AND b.plane IN ('gateway', 'courier')
        ) AS r
        GROUP BY r.channel, r.currency
    ) AS b ON b.channel = e.channel AND b.currency = e.currency
    UNION ALL
    -- The list's open breaks are those whose history says so.
    SELECT
        5, 'Breaks listed are breaks opened and not resolved, ' || coalesce(l.plane, h.plane),
        'The list''s money effect', coalesce(l.amount, 0.00), 'History: opened less resolved', coalesce(h.amount, 0.00),
        coalesce(l.currency, h.currency), coalesce(l.count, 0) = coalesce(h.count, 0), 'Breaks'
    FROM (
        SELECT b.plane, b.currency, count(*) AS count, sum(b.money_effect) AS amount
        FROM mainspring.breaks AS b
        WHERE b.status <> 'RESOLVED'
        GROUP BY b.plane, b.currency
    ) AS l
    FULL JOIN (
        SELECT b.plane, b.currency, count(*) AS count, sum(b.money_effect) AS amount
        FROM (
            SELECT DISTINCT ON (v.break_id) v.break_id, v.event
            FROM mainspring.break_events AS v
            ORDER BY v.break_id, v.break_event_id DESC
        ) AS last
        JOIN mainspring.breaks AS b ON b.break_id = last.break_id
        WHERE last.event <> 'resolved'
        GROUP BY b.plane, b.currency
    ) AS h ON h.plane = l.plane AND h.currency = l.currency
    UNION ALL
    -- Sales by month and by store are the same orders.
    SELECT
        6, 'Revenue by month is the stores'' sales', 'Delivered orders by month', coalesce(m.amount, 0.00),
        'Sales of all stores', coalesce(s.amount, 0.00), coalesce(m.currency, s.currency), true, 'Revenue by month'
    FROM (SELECT v.currency, sum(v.value) AS amount FROM sales AS v GROUP BY v.currency) AS m
    FULL JOIN (
        SELECT v.currency, sum(v.sales) AS amount FROM mainspring.store_sales AS v GROUP BY v.currency
    ) AS s ON s.currency = m.currency
    UNION ALL
    -- The figures that the shop shows, store by store.
    SELECT
        7, 'Stores'' own figures are their orders', 'total_sales of all stores', coalesce(sum(s.total_sales), 0.00),
        'Delivered orders of all stores', coalesce(sum(v.sales), 0.00), :'business_currency'::text,
        coalesce(bool_and(s.total_sales = coalesce(v.sales, 0)), true), 'Store analytics'
    FROM stores AS s
    LEFT JOIN mainspring.store_sales AS v
        ON v.store_id = s.store_id AND v.currency = :'business_currency'::text
    UNION ALL
    -- Payouts: what their lines come to.
    SELECT
        8, 'Payouts are made of their lines, ' || coalesce(p.channel, l.channel), 'Net that the payouts list',
        coalesce(p.amount, 0.00), 'Net of their lines', coalesce(l.amount, 0.00), coalesce(p.currency, l.currency),
        true, 'Completeness'
    FROM (
        SELECT p.channel, p.currency, sum(p.lines_net) AS amount
        FROM mainspring.payouts AS p
        GROUP BY p.channel, p.currency
    ) AS p
    FULL JOIN (
        SELECT l.channel, l.currency, sum(l.net) AS amount
        FROM mainspring.lines AS l
        WHERE l.standing = 'live'
            AND l.settled_at < :'cut_off'::timestamptz
            AND l.payout_id IS NOT NULL
            AND l.line_type NOT IN ('payout', 'payout_reversal')
        GROUP BY l.channel, l.currency
    ) AS l ON l.channel = p.channel AND l.currency = p.currency
)
SELECT
    t.tie,
    t.left_source,
    t.left_amount,
    t.right_source,
    t.right_amount,
    t.currency,
    t.left_amount - t.right_amount AS difference,
    CASE WHEN t.left_amount = t.right_amount AND t.holds THEN 'pass' ELSE 'fail' END AS pass,
    t.link
FROM ties AS t
ORDER BY t.tie_no, t.tie, t.currency;
