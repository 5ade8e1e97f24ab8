/*
title: Bridge
description: >-
  From the shop's captures to the bank, per channel and currency. What was open when the window began, what happened
  in it, and what is still open, come to what the bank must have credited; the residual is what the bank says beyond
  it. What happened is counted from money events, what is open from the buckets that their parts are in: neither is
  worked out from the other. The channel “orders” does the same for what customers owe at the end of the window.
owner: finance
parameters:
  from: { type: date }
  to: { type: date }
  cut_off: { type: timestamp }
  time_zone: { type: text }
columns:
  channel: { heading: Channel, kind: text, width: 16 }
  currency: { heading: Currency, kind: text, width: 10 }
  step_no: { heading: No., kind: integer, width: 6 }
  step: { heading: Step, kind: text, width: 38 }
  count: { heading: Events, kind: integer, width: 11 }
  amount: { heading: Amount, kind: money, width: 20 }
  running_total: { heading: Running total, kind: money, width: 20 }
  source_report: { heading: Shown in, kind: text, width: 23, link: sheet }
  explanation: { heading: Explanation, kind: text, width: 84 }
currency: currency
sort: [channel, currency, step_no]
formats: [csv, xlsx]
*/
WITH bounds AS (
    SELECT
        (:'from'::date)::timestamp AT TIME ZONE :'time_zone'::text AS lower,
        (:'to'::date + 1)::timestamp AT TIME ZONE :'time_zone'::text AS upper
), steps (step_no, step, source_report, explanation) AS (
    VALUES
        (1, 'Opening: not settled yet', 'Clearing roll-forward', NULL),
        (2, 'Opening: settled, not paid out', 'Clearing roll-forward', NULL),
        (3, 'Opening: paid out, not at the bank', 'Clearing roll-forward', NULL),
        (4, 'Opening: held in reserve', 'Clearing roll-forward', NULL),
        (5, 'Captured', 'Payments by method', 'By the shop''s records.'),
        (6, 'Refunded', 'Payments by method', 'By the shop''s records.'),
        (7, 'Chargebacks', 'Settlement summary', 'Taken back by card issuers, as the statements say.'),
        (8, 'Chargebacks reversed', 'Settlement summary', 'Disputes that were won, as the statements say.'),
        (9, 'Fees', 'Settlement summary', 'Of gateways and couriers.'),
        (10, 'Fees given back', 'Settlement summary', NULL),
        (11, 'Dispute fees', 'Settlement summary', NULL),
        (12, 'Tax on fees', 'Settlement summary', NULL),
        (13, 'Income tax withheld', 'Settlement summary', 'Ask for its certificate: it counts against our own tax.'),
        (14, 'Sales tax withheld', 'Settlement summary', 'Ask for its certificate: it counts against our own tax.'),
        (15, 'Adjustments', 'Settlement summary', 'What gateways booked by hand, and transfers.'),
        (16, 'Converted into this currency', 'Settlement summary', 'Taken in another currency, settled in this one.'),
        (17, 'Converted out of this currency', 'Settlement summary', 'Taken in this currency, settled in another one.'),
        (18, 'Rounding', 'Completeness', 'Differences within the tolerance of the channel.'),
        (19, 'Change in open breaks', 'Breaks', NULL),
        (20, 'Closing: not settled yet', 'Clearing roll-forward', 'Still to come, so taken off.'),
        (21, 'Closing: settled, not paid out', 'Clearing roll-forward', 'Still to come, so taken off.'),
        (22, 'Closing: paid out, not at the bank', 'Clearing roll-forward', 'Still to come, so taken off.'),
        (23, 'Closing: held in reserve', 'Clearing roll-forward', 'Still to come, so taken off.'),
        (24, 'So the bank must have credited', NULL, 'The steps above, added up.'),
        (25, 'Credited by the bank', 'Payouts', 'As the bank''s statements say.'),
        (26, 'Residual', 'Control', NULL)
), parts AS (
    -- One pass over everything up to the end of the window: what stood where when it began, and what stands there now.
    SELECT
        p.channel,
        p.currency,
        sum(p.at_gateway) AS at_gateway,
        sum(p.settled) AS settled,
        sum(p.paid_out) AS paid_out,
        sum(p.reserve) AS reserve,
        sum(p.open_breaks) AS open_breaks,
        coalesce(sum(p.at_gateway) FILTER (WHERE p.effective_at < b.lower), 0.00) AS opening_at_gateway,
        coalesce(sum(p.settled) FILTER (WHERE p.effective_at < b.lower), 0.00) AS opening_settled,
        coalesce(sum(p.paid_out) FILTER (WHERE p.effective_at < b.lower), 0.00) AS opening_paid_out,
        coalesce(sum(p.reserve) FILTER (WHERE p.effective_at < b.lower), 0.00) AS opening_reserve,
        coalesce(sum(p.open_breaks) FILTER (WHERE p.effective_at < b.lower), 0.00) AS opening_open_breaks,
        count(*) FILTER (WHERE p.effective_at >= b.lower AND p.reason = 'rounding') AS roundings,
        coalesce(sum(p.amount) FILTER (WHERE p.effective_at >= b.lower AND p.reason = 'rounding'), 0.00) AS rounding
    FROM bounds AS b
    JOIN mainspring.clearing_parts AS p ON p.effective_at < b.upper
    -- A part that stands nowhere is no money of the channel: excluded, sent again, superseded.
    WHERE p.at_gateway <> 0 OR p.settled <> 0 OR p.paid_out <> 0 OR p.reserve <> 0 OR p.open_breaks <> 0
    GROUP BY p.channel, p.currency
), moved AS (
    -- What happened in the window: whole events, less what of them stands nowhere.
    SELECT m.channel, m.currency, m.side, m.kind, count(*) AS count, sum(e.amount - m.nowhere) AS amount
    FROM (
        SELECT
            p.event_id, p.channel, p.currency, p.side, p.kind,
            sum(CASE WHEN p.at_gateway = 0 AND p.settled = 0 AND p.paid_out = 0 AND p.reserve = 0
                AND p.open_breaks = 0 THEN p.amount ELSE 0.00 END) AS nowhere,
            sum(abs(p.at_gateway) + abs(p.settled) + abs(p.paid_out) + abs(p.reserve) + abs(p.open_breaks)) AS somewhere
        FROM bounds AS b
        JOIN mainspring.clearing_parts AS p ON p.effective_at >= b.lower AND p.effective_at < b.upper
        GROUP BY p.event_id, p.channel, p.currency, p.side, p.kind
    ) AS m
    JOIN mainspring.money_events AS e ON e.event_id = m.event_id
    WHERE m.somewhere <> 0
    GROUP BY m.channel, m.currency, m.side, m.kind
), amounts (channel, currency, step_no, count, amount) AS (
    SELECT p.channel, p.currency, 1, NULL::bigint, p.opening_at_gateway FROM parts AS p
    UNION ALL
    SELECT p.channel, p.currency, 2, NULL, p.opening_settled FROM parts AS p
    UNION ALL
    SELECT p.channel, p.currency, 3, NULL, p.opening_paid_out FROM parts AS p
    UNION ALL
    SELECT p.channel, p.currency, 4, NULL, p.opening_reserve FROM parts AS p
    UNION ALL
    SELECT m.channel, m.currency, s.step_no, sum(m.count)::bigint, sum(m.amount)
    FROM moved AS m
    JOIN (
        VALUES
            ('ledger', 'capture', 5), ('ledger', 'void', 5), ('ledger', 'refund', 6),
            ('statement', 'chargeback', 7), ('statement', 'chargeback_reversal', 8), ('statement', 'fee', 9),
            ('statement', 'fee_refund', 10), ('statement', 'dispute_fee', 11), ('statement', 'fee_tax', 12),
            ('statement', 'income_tax_withheld', 13), ('statement', 'sales_tax_withheld', 14),
            ('statement', 'adjustment', 15), ('statement', 'conversion_in', 16), ('statement', 'conversion_out', 17),
            ('statement', 'bank_credit', 25)
    ) AS s (side, kind, step_no) ON s.side = m.side AND s.kind = m.kind
    GROUP BY m.channel, m.currency, s.step_no
    UNION ALL
    SELECT p.channel, p.currency, 18, p.roundings, p.rounding FROM parts AS p
    UNION ALL
    SELECT p.channel, p.currency, 19, NULL, p.open_breaks - p.opening_open_breaks FROM parts AS p
    UNION ALL
    SELECT p.channel, p.currency, 20, NULL, -p.at_gateway FROM parts AS p
    UNION ALL
    SELECT p.channel, p.currency, 21, NULL, -p.settled FROM parts AS p
    UNION ALL
    SELECT p.channel, p.currency, 22, NULL, -p.paid_out FROM parts AS p
    UNION ALL
    SELECT p.channel, p.currency, 23, NULL, -p.reserve FROM parts AS p
), forms AS (
    -- The form is the same for every channel and currency, and in every night.
    SELECT
        p.channel, p.currency, s.step_no, s.step, a.count, s.source_report, s.explanation,
        coalesce(a.amount, 0.00) AS amount,
        sum(coalesce(a.amount, 0.00)) OVER (
            PARTITION BY p.channel, p.currency ORDER BY s.step_no ROWS UNBOUNDED PRECEDING) AS running_total,
        sum(CASE WHEN s.step_no <= 23 THEN coalesce(a.amount, 0.00) ELSE 0.00 END) OVER (
            PARTITION BY p.channel, p.currency) AS computed,
        sum(CASE WHEN s.step_no = 25 THEN coalesce(a.amount, 0.00) ELSE 0.00 END) OVER (
            PARTITION BY p.channel, p.currency) AS credited,
        p.open_breaks,
        coalesce(c.amount, n.nothing) AS printed
    FROM parts AS p
    CROSS JOIN steps AS s
    LEFT JOIN (
        -- Where a night printed its closings, a position without one stood at nothing.
        SELECT DISTINCT 0.00 AS nothing FROM mainspring.closings AS c WHERE c.business_date = :'from'::date - 1
    ) AS n ON TRUE
    LEFT JOIN amounts AS a ON a.channel = p.channel AND a.currency = p.currency AND a.step_no = s.step_no
    LEFT JOIN mainspring.closings AS c
        ON c.channel = p.channel AND c.currency = p.currency AND c.business_date = :'from'::date - 1
        AND c.position = CASE s.step_no
            WHEN 1 THEN 'at_gateway' WHEN 2 THEN 'settled' WHEN 3 THEN 'paid_out' WHEN 4 THEN 'reserve' END
), looked AS (
    SELECT max(s.started_at) AS at FROM mainspring.run_steps AS s WHERE s.kind = 'reconcile' AND s.status = 'done'
), dues AS (
    -- An order that changed after the night looked at it is not yet judged as it stands now.
    SELECT
        d.order_id, d.currency, d.due, d.captured, d.refunded, d.early, d.forgiven,
        coalesce(
            greatest(o.updated_at, p.updated_at) >= l.at OR p.created_at >= :'cut_off'::timestamptz, FALSE) AS changed
    FROM mainspring.order_dues AS d
    JOIN orders AS o ON o.order_id = d.order_id
    LEFT JOIN (
        SELECT p.order_id, max(p.updated_at) AS updated_at, max(p.created_at) AS created_at
        FROM payments AS p
        GROUP BY p.order_id
    ) AS p ON p.order_id = d.order_id
    CROSS JOIN looked AS l
    WHERE o.created_at < :'cut_off'::timestamptz
), owed AS (
    SELECT
        d.currency,
        count(*) FILTER (WHERE d.due > 0 AND NOT d.changed) AS orders_due,
        count(*) FILTER (WHERE d.captured > 0 AND NOT d.changed) AS orders_captured,
        count(*) FILTER (WHERE d.refunded > 0 AND NOT d.changed) AS orders_refunded,
        count(*) FILTER (WHERE d.early > 0 AND NOT d.changed) AS orders_early,
        count(*) FILTER (WHERE d.forgiven > 0 AND NOT d.changed) AS orders_forgiven,
        count(b.order_id) FILTER (WHERE NOT d.changed) AS orders_broken,
        count(*) FILTER (WHERE d.changed) AS orders_changed,
        coalesce(sum(d.due) FILTER (WHERE NOT d.changed), 0.00) AS due,
        coalesce(sum(d.captured) FILTER (WHERE NOT d.changed), 0.00) AS captured,
        coalesce(sum(d.refunded) FILTER (WHERE NOT d.changed), 0.00) AS refunded,
        coalesce(sum(d.early) FILTER (WHERE NOT d.changed), 0.00) AS early,
        coalesce(sum(d.forgiven) FILTER (WHERE NOT d.changed), 0.00) AS forgiven,
        coalesce(sum(b.amount) FILTER (WHERE NOT d.changed), 0.00) AS broken
    FROM dues AS d
    LEFT JOIN (
        SELECT b.order_id, b.currency, sum(b.actual - b.expected) AS amount
        FROM mainspring.breaks AS b
        WHERE b.status <> 'RESOLVED'
            AND b.code IN (
                'order.underpaid', 'order.advance_missing', 'order.overpaid', 'order.paid_but_cancelled',
                'order.refund_missing', 'order.refund_partial', 'order.refund_unrecorded')
        GROUP BY b.order_id, b.currency
    ) AS b ON b.order_id = d.order_id AND b.currency = d.currency
    GROUP BY d.currency
), order_steps (currency, step_no, step, count, amount, running_total, source_report, explanation) AS (
    SELECT
        o.currency, 1, 'Due by now', o.orders_due, o.due, o.due, NULL,
        'Delivered orders, and confirmed ones: in full, or the advance of cash on delivery.'
    FROM owed AS o
    UNION ALL
    SELECT
        o.currency, 2, 'Captured before it is due', o.orders_early, o.early, o.due + o.early, NULL,
        'Paid for orders that are pending, or whose rest is collected at the door.'
    FROM owed AS o
    UNION ALL
    SELECT
        o.currency, 3, 'No longer due after a refund', o.orders_forgiven, -o.forgiven,
        o.due + o.early - o.forgiven, NULL, 'Refunds of a part, on orders that stand.'
    FROM owed AS o
    UNION ALL
    SELECT
        o.currency, 4, 'Open breaks of orders', o.orders_broken, o.broken, o.due + o.early - o.forgiven + o.broken,
        'Breaks', 'Found less expected of each, whatever its cause is.'
    FROM owed AS o
    UNION ALL
    SELECT
        o.currency, 5, 'So payments must come to', NULL, o.due + o.early - o.forgiven + o.broken, NULL, NULL,
        'The steps above, added up.'
    FROM owed AS o
    UNION ALL
    SELECT
        o.currency, 6, 'Captured', o.orders_captured, o.captured, NULL, 'Payments by method',
        'In the order''s currency.'
    FROM owed AS o
    UNION ALL
    SELECT
        o.currency, 7, 'Refunded', o.orders_refunded, -o.refunded, NULL, 'Payments by method',
        'In the order''s currency.'
    FROM owed AS o
    UNION ALL
    SELECT
        o.currency, 8, 'Residual', NULL,
        o.captured - o.refunded - (o.due + o.early - o.forgiven + o.broken), NULL, 'Control',
        CASE
            WHEN o.captured - o.refunded = o.due + o.early - o.forgiven + o.broken THEN 'balanced'
            ELSE 'off: an order whose money is neither due nor early has no break.'
        END || CASE WHEN o.orders_changed > 0
            THEN ' Left out, since they changed while the night ran: ' || o.orders_changed || ' orders.' ELSE '' END
    FROM owed AS o
)
SELECT
    f.channel,
    f.currency,
    f.step_no,
    f.step,
    f.count,
    CASE f.step_no
        WHEN 24 THEN f.computed
        WHEN 26 THEN f.credited - f.computed
        ELSE f.amount
    END AS amount,
    CASE WHEN f.step_no <= 23 THEN f.running_total END AS running_total,
    f.source_report,
    CASE
        WHEN f.step_no <= 4 AND f.printed IS NULL THEN 'No night has printed the closing of the day before.'
        WHEN f.step_no <= 4 AND f.printed = f.amount THEN 'As the day before closed.'
        WHEN f.step_no <= 4
            THEN 'The day before closed with ' || f.printed || '; ' || (f.amount - f.printed) || ' came to light since.'
        WHEN f.step_no = 19 THEN 'They come to ' || f.open_breaks || ' at the end of the window.'
        WHEN f.step_no = 26 AND f.credited = f.computed THEN 'balanced'
        WHEN f.step_no = 26 THEN 'off: an event and the parts that it is in do not say the same.'
        ELSE f.explanation
    END AS explanation
FROM forms AS f
-- Of what can happen between settlement and payout, only what did.
WHERE f.step_no NOT BETWEEN 7 AND 18 OR f.amount <> 0 OR f.count > 0
UNION ALL
SELECT
    'orders', s.currency, s.step_no, s.step, s.count, s.amount, s.running_total, s.source_report, s.explanation
FROM order_steps AS s
ORDER BY channel, currency, step_no;
