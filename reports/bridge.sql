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
WITH steps (step_no, step, source_report, explanation) AS (
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
    -- What stood where when the window began, and what stands there at its end, from the running balances.
    SELECT
        p.channel,
        p.currency,
        sum(p.at_gateway) AS at_gateway,
        sum(p.settled) AS settled,
        sum(p.paid_out) AS paid_out,
        sum(p.reserve) AS reserve,
        sum(p.open_breaks) AS open_breaks,
        coalesce(sum(p.at_gateway) FILTER (WHERE p.day < :'from'::date), 0.00) AS opening_at_gateway,
        coalesce(sum(p.settled) FILTER (WHERE p.day < :'from'::date), 0.00) AS opening_settled,
        coalesce(sum(p.paid_out) FILTER (WHERE p.day < :'from'::date), 0.00) AS opening_paid_out,
        coalesce(sum(p.reserve) FILTER (WHERE p.day < :'from'::date), 0.00) AS opening_reserve,
        coalesce(sum(p.open_breaks) FILTER (WHERE p.day < :'from'::date), 0.00) AS opening_open_breaks,
        coalesce(sum(p.parts) FILTER (WHERE p.day >= :'from'::date AND p.reason = 'rounding'), 0)::bigint AS roundings,
        coalesce(sum(p.amount) FILTER (WHERE p.day >= :'from'::date AND p.reason = 'rounding'), 0.00) AS rounding
    FROM mainspring.clearing_balances AS p
    -- A part that stands nowhere is no money of the channel: excluded, sent again, superseded.
    WHERE p.day <= :'to'::date AND NOT p.is_nowhere
    GROUP BY p.channel, p.currency
), moved AS (
    -- What happened in the window: whole events, less those that stand nowhere.
    SELECT m.channel, m.currency, m.side, m.kind, sum(m.events)::bigint AS count, sum(m.amount) AS amount
    FROM (
        SELECT m.channel, m.currency, m.side, m.kind, m.events, m.amount
        FROM mainspring.clearing_movements AS m
        WHERE m.day BETWEEN :'from'::date AND :'to'::date
        UNION ALL
        SELECT p.channel, p.currency, p.side, p.kind, -p.parts, -p.amount
        FROM mainspring.clearing_balances AS p
        WHERE p.day BETWEEN :'from'::date AND :'to'::date AND p.is_nowhere
    ) AS m
    GROUP BY m.channel, m.currency, m.side, m.kind
    HAVING sum(m.events) <> 0
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
), owed AS (
    -- Every order as the night looked at it; what changed while it ran is the next one's.
    SELECT
        o.*,
        o.due + o.early - o.forgiven + coalesce(b.amount, 0.00) AS expected,
        coalesce(b.orders, 0) AS orders_broken,
        coalesce(b.amount, 0.00) AS broken
    FROM mainspring.order_balances AS o
    LEFT JOIN (
        SELECT b.currency, count(DISTINCT b.order_id) AS orders, sum(b.actual - b.expected) AS amount
        FROM mainspring.breaks AS b
        WHERE b.status <> 'RESOLVED'
            AND b.code IN (
                'order.underpaid', 'order.advance_missing', 'order.overpaid', 'order.paid_but_cancelled',
                'order.refund_missing', 'order.refund_partial', 'order.refund_unrecorded')
        GROUP BY b.currency
    ) AS b ON b.currency = o.currency
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
        o.currency, 4, 'Open breaks of orders', o.orders_broken, o.broken, o.expected,
        'Breaks', 'Found less expected of each, whatever its cause is.'
    FROM owed AS o
    UNION ALL
    SELECT
        o.currency, 5, 'So payments must come to', NULL, o.expected, NULL, NULL,
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
        o.captured - o.refunded - o.expected, NULL, 'Control',
        CASE
            WHEN o.captured - o.refunded = o.expected THEN 'balanced'
            ELSE 'off: an order whose money is neither due nor early has no break.'
        END
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
