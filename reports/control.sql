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
    -- What happened beside where it stands: whole events, and their parts in buckets.
    SELECT
        m.side, m.channel, m.kind, m.currency, sum(m.amount) AS amount, sum(m.allocated) AS allocated
    FROM (
        SELECT m.side, m.channel, m.kind, m.currency, m.amount, 0.00 AS allocated
        FROM mainspring.movements AS m
        UNION ALL
        SELECT b.side, b.channel, b.kind, b.currency, 0.00, b.amount
        FROM mainspring.balances AS b
    ) AS m
    GROUP BY m.side, m.channel, m.kind, m.currency
), newest AS (
    -- The closings that were printed last.
    SELECT max(c.business_date) AS business_date FROM mainspring.closings AS c
), parts AS (
    -- What each kind adds up to, and where it stands.
    SELECT
        p.channel, p.currency, p.side, p.kind,
        -- A part that stands nowhere is no money of the channel: excluded, sent again, superseded.
        p.is_nowhere,
        coalesce(p.day <= n.business_date, FALSE) AS is_printed,
        sum(p.amount) AS amount,
        sum(CASE p.reason WHEN 'rounding' THEN p.amount ELSE 0.00 END) AS rounding,
        sum(CASE p.reason WHEN 'settlement.duplicate' THEN p.amount ELSE 0.00 END) AS repeated,
        sum(p.at_gateway) AS at_gateway,
        sum(p.settled) AS settled,
        sum(p.paid_out) AS paid_out,
        sum(p.reserve) AS reserve,
        sum(p.open_breaks) AS open_breaks
    FROM mainspring.clearing_balances AS p
    CROSS JOIN newest AS n
    GROUP BY p.channel, p.currency, p.side, p.kind, 5, 6
), lines AS (
    -- One pass over all lines of the statements.
    SELECT
        l.channel, l.currency, l.standing = 'live' AS is_live,
        l.line_type IN ('payout', 'payout_reversal') AS is_payout,
        l.line_type IN ('bank_credit', 'bank_debit') AS is_bank,
        l.payout_id IS NOT NULL AS is_paid_out,
        sum(l.gross) AS gross, sum(l.net) AS net
    FROM mainspring.lines AS l
    WHERE l.settled_at < :'cut_off'::timestamptz AND l.line_type NOT IN ('opening_balance', 'closing_balance')
    GROUP BY 1, 2, 3, 4, 5, 6
), bridge AS (
    -- What happened is counted from whole events, where it stands from their parts.
    SELECT
        m.channel, m.currency, sum(m.moved) AS moved, sum(m.still_open) AS still_open, sum(m.credited) AS credited
    FROM (
        SELECT e.channel, e.currency, e.amount AS moved, 0.00 AS still_open, 0.00 AS credited
        FROM events AS e
        WHERE (e.side = 'ledger' OR e.kind NOT IN ('gross', 'refund', 'reserve_hold', 'reserve_release', 'payout',
            'bank_credit', 'line_difference'))
        UNION ALL
        SELECT
            p.channel, p.currency,
            CASE
                WHEN p.is_nowhere AND (p.side = 'ledger' OR p.kind NOT IN ('gross', 'refund', 'reserve_hold',
                    'reserve_release', 'payout', 'bank_credit', 'line_difference')) THEN -p.amount
                ELSE p.rounding
            END,
            p.at_gateway + p.settled + p.paid_out + p.reserve - p.open_breaks,
            CASE WHEN p.kind = 'bank_credit' AND NOT p.is_nowhere THEN p.amount ELSE 0.00 END
        FROM parts AS p
    ) AS m
    GROUP BY m.channel, m.currency
), short AS (
    -- Payments of which less came than is due, or that are not due yet: what receivables list.
    SELECT i.payment_id, i.channel, i.currency, sum(i.event_effect) AS event_effect
    FROM (
        SELECT b.payment_id, b.channel, b.currency, sum(b.event_effect) AS event_effect
        FROM mainspring.breaks AS b
        WHERE b.status <> 'RESOLVED' AND b.role = 'root' AND b.event_effect <> 0 AND b.entity LIKE 'payment:%'
        GROUP BY b.payment_id, b.channel, b.currency
        HAVING sum(b.event_effect) < 0
        UNION ALL
        SELECT e.payment_id, e.channel, e.currency, 0.00
        FROM mainspring.allocations AS a
        JOIN mainspring.money_events AS e ON e.event_id = a.event_id
        WHERE a.superseded_by IS NULL AND a.bucket = 'in_transit_gateway'
    ) AS i
    GROUP BY i.payment_id, i.channel, i.currency
), sales AS (
    SELECT
        date_trunc('month', o.created_at) AS month,
        o.currency,
        sum(o.total_amount) AS value
    FROM orders AS o
    WHERE o.order_status = 'DELIVERED'
    GROUP BY 1, 2
), store_sales AS (
    SELECT v.store_id, v.currency, v.sales FROM mainspring.store_sales AS v
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
        true,
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
        SELECT l.currency, sum(CASE WHEN l.is_payout THEN l.net - 2 * l.gross ELSE l.net END) AS amount
        FROM lines AS l
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
        SELECT p.channel, p.currency, sum(p.open_breaks) AS amount
        FROM parts AS p
        GROUP BY p.channel, p.currency
        HAVING sum(abs(p.open_breaks)) <> 0
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
        SELECT v.currency, sum(v.sales) AS amount FROM store_sales AS v GROUP BY v.currency
    ) AS s ON s.currency = m.currency
    UNION ALL
    -- The figures that the shop shows, store by store.
    SELECT
        7, 'Stores'' own figures are their orders', 'total_sales of all stores', coalesce(sum(s.total_sales), 0.00),
        'Delivered orders of all stores', coalesce(sum(v.sales), 0.00), :'business_currency'::text,
        coalesce(bool_and(s.total_sales = coalesce(v.sales, 0)), true), 'Store analytics'
    FROM stores AS s
    LEFT JOIN store_sales AS v
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
        FROM lines AS l
        WHERE l.is_live AND l.is_paid_out AND NOT l.is_payout AND NOT l.is_bank
        GROUP BY l.channel, l.currency
    ) AS l ON l.channel = p.channel AND l.currency = p.currency
    UNION ALL
    -- The bridge: from the shop's captures to the bank, everything that is known.
    SELECT
        9, 'The bridge closes, ' || b.channel, 'Credited by the bank', b.credited,
        'Captures to bank: what happened, less what is still open', b.moved - b.still_open, b.currency, true, 'Bridge'
    FROM bridge AS b
    WHERE b.moved <> 0 OR b.still_open <> 0 OR b.credited <> 0
    UNION ALL
    -- What a night printed is what the next one opens with.
    SELECT
        10, 'The next day opens as the last one closed, ' || coalesce(c.channel, o.channel),
        'Closings printed last', coalesce(c.amount, 0.00), 'The same, from the parts', coalesce(o.amount, 0.00),
        coalesce(c.currency, o.currency),
        coalesce(c.at_gateway, 0.00) = coalesce(o.at_gateway, 0.00)
            AND coalesce(c.settled, 0.00) = coalesce(o.settled, 0.00)
            AND coalesce(c.paid_out, 0.00) = coalesce(o.paid_out, 0.00)
            AND coalesce(c.reserve, 0.00) = coalesce(o.reserve, 0.00)
            AND coalesce(c.open_breaks, 0.00) = coalesce(o.open_breaks, 0.00),
        'Clearing roll-forward'
    FROM (
        SELECT
            c.channel, c.currency,
            sum(c.amount) AS amount,
            sum(c.amount) FILTER (WHERE c.position = 'at_gateway') AS at_gateway,
            sum(c.amount) FILTER (WHERE c.position = 'settled') AS settled,
            sum(c.amount) FILTER (WHERE c.position = 'paid_out') AS paid_out,
            sum(c.amount) FILTER (WHERE c.position = 'reserve') AS reserve,
            sum(c.amount) FILTER (WHERE c.position = 'open_breaks') AS open_breaks
        FROM newest AS n
        JOIN mainspring.closings AS c ON c.business_date = n.business_date
        GROUP BY c.channel, c.currency
    ) AS c
    FULL JOIN (
        SELECT
            p.channel, p.currency,
            sum(p.at_gateway + p.settled + p.paid_out + p.reserve + p.open_breaks) AS amount,
            sum(p.at_gateway) AS at_gateway,
            sum(p.settled) AS settled,
            sum(p.paid_out) AS paid_out,
            sum(p.reserve) AS reserve,
            sum(p.open_breaks) AS open_breaks
        FROM parts AS p
        WHERE p.is_printed AND NOT p.is_nowhere
        GROUP BY p.channel, p.currency
    ) AS o ON o.channel = c.channel AND o.currency = c.currency
    UNION ALL
    -- The settlement summary counts lines; the bridge counts their events.
    SELECT
        11, 'Settlement summary is the bridge''s movements, ' || coalesce(l.channel, p.channel),
        'Net of the statements'' lines', coalesce(l.amount, 0.00), 'Events of the bridge', coalesce(p.amount, 0.00),
        coalesce(l.currency, p.currency), true, 'Settlement summary'
    FROM (
        SELECT l.channel, l.currency, sum(l.net) AS amount
        FROM lines AS l
        WHERE l.is_live AND NOT l.is_payout AND NOT l.is_bank
        GROUP BY l.channel, l.currency
    ) AS l
    FULL JOIN (
        SELECT p.channel, p.currency, sum(p.amount - p.repeated) AS amount
        FROM parts AS p
        WHERE p.side = 'statement' AND NOT p.is_nowhere AND p.kind NOT IN ('payout', 'bank_credit')
        GROUP BY p.channel, p.currency
    ) AS p ON p.channel = l.channel AND p.currency = l.currency
    UNION ALL
    -- What the payouts' sheet shows as paid, and as credited.
    SELECT
        12, 'Payouts are those of the bridge, ' || coalesce(o.channel, p.channel), 'Payouts listed',
        coalesce(o.amount, 0.00), 'Payout events', coalesce(p.amount, 0.00), coalesce(o.currency, p.currency), true,
        'Payouts'
    FROM (
        SELECT o.channel, o.currency, sum(o.payout_amount) AS amount
        FROM mainspring.payouts AS o
        WHERE o.payout_amount IS NOT NULL
        GROUP BY o.channel, o.currency
    ) AS o
    FULL JOIN (
        SELECT p.channel, p.currency, sum(p.amount) AS amount
        FROM parts AS p
        WHERE p.kind = 'payout' AND NOT p.is_nowhere
        GROUP BY p.channel, p.currency
    ) AS p ON p.channel = o.channel AND p.currency = o.currency
    UNION ALL
    SELECT
        13, 'Payouts at the bank are its credits, ' || coalesce(o.channel, p.channel), 'Credited, as payouts list it',
        coalesce(o.amount, 0.00), 'The bank''s lines', coalesce(p.amount, 0.00), coalesce(o.currency, p.currency), true,
        'Payouts'
    FROM (
        SELECT o.channel, o.currency, sum(o.bank_amount) AS amount
        FROM mainspring.payouts AS o
        WHERE o.bank_amount IS NOT NULL
        GROUP BY o.channel, o.currency
    ) AS o
    FULL JOIN (
        -- Credits of no payout stay with the bank's own channel.
        SELECT p.channel, p.currency, sum(p.amount) AS amount
        FROM parts AS p
        LEFT JOIN mainspring.channels AS c ON c.channel = p.channel
        WHERE p.kind = 'bank_credit' AND NOT p.is_nowhere AND coalesce(c.counterparty, 'gateway') <> 'bank'
        GROUP BY p.channel, p.currency
    ) AS p ON p.channel = o.channel AND p.currency = o.currency
    UNION ALL
    -- Receivables: what is owed less what came, payment by payment, against the position and the breaks.
    SELECT
        14, 'Receivables are what is not settled, ' || coalesce(r.channel, p.channel),
        'Owed less received, by payment', coalesce(r.amount, 0.00), 'Not settled yet, and short in breaks',
        coalesce(p.amount, 0.00) - coalesce(r.event_effect, 0.00), coalesce(r.currency, p.currency), true, 'Receivables'
    FROM (
        SELECT
            s.channel, s.currency, sum(s.event_effect) AS event_effect,
            sum(coalesce(g.amount, 0.00) - coalesce(l.amount, 0.00)) AS amount
        FROM short AS s
        LEFT JOIN (
            SELECT s.payment_id, s.channel, s.currency, sum(a.amount) AS amount
            FROM short AS s
            JOIN mainspring.money_events AS e
                ON e.payment_id = s.payment_id AND e.channel = s.channel AND e.currency = s.currency
                AND e.side = 'ledger'
            JOIN mainspring.allocations AS a
                ON a.event_id = e.event_id AND a.superseded_by IS NULL AND a.bucket <> 'excluded'
            GROUP BY s.payment_id, s.channel, s.currency
        ) AS g ON g.payment_id = s.payment_id AND g.channel = s.channel AND g.currency = s.currency
        LEFT JOIN (
            SELECT
                s.payment_id, s.currency,
                sum(CASE WHEN l.presented_currency IS NULL OR l.presented_currency = l.currency THEN l.gross
                    WHEN l.gross < 0 THEN -abs(l.presented_amount) ELSE abs(l.presented_amount) END) AS amount
            FROM short AS s
            JOIN mainspring.lines AS l
                ON l.payment_id = s.payment_id AND coalesce(l.presented_currency, l.currency) = s.currency
            WHERE l.standing = 'live' AND l.settled_at < :'cut_off'::timestamptz
                AND l.line_type IN ('charge', 'partial_capture_reversal', 'charge_failure', 'refund', 'refund_failure')
            GROUP BY s.payment_id, s.currency
        ) AS l ON l.payment_id = s.payment_id AND l.currency = s.currency
        GROUP BY s.channel, s.currency
    ) AS r
    FULL JOIN (
        SELECT p.channel, p.currency, sum(p.at_gateway) AS amount
        FROM parts AS p
        WHERE NOT p.is_nowhere
        GROUP BY p.channel, p.currency
        HAVING sum(p.at_gateway) <> 0
    ) AS p ON p.channel = r.channel AND p.currency = r.currency
    UNION ALL
    -- The bridge of orders, each as the night looked at it.
    SELECT
        15, 'The bridge of orders closes', 'Captured less refunded of all orders', d.captured - d.refunded,
        'Due, early, forgiven and open breaks', d.due + d.early - d.forgiven + coalesce(b.amount, 0.00), d.currency,
        true, 'Bridge'
    FROM mainspring.order_balances AS d
    LEFT JOIN (
        SELECT b.currency, sum(b.actual - b.expected) AS amount
        FROM mainspring.breaks AS b
        WHERE b.status <> 'RESOLVED'
            AND b.code IN (
                'order.underpaid', 'order.advance_missing', 'order.overpaid', 'order.paid_but_cancelled',
                'order.refund_missing', 'order.refund_partial', 'order.refund_unrecorded')
        GROUP BY b.currency
    ) AS b ON b.currency = d.currency
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
