/*
about: The running balances against all events, parts and orders, counted afresh. It only reports.
*/
-- The nights add to the running balances what they booked and moved (docs/reconciliation.md, “Running balances”). This
-- counts them again from everything that they are sums of. A difference can only come from a hand in the pipeline's own
-- tables, or from a fault of ours; `mainspring reconcile --full` counts them afresh and puts them right.

-- name: difference
WITH movements AS (
    SELECT
        concat_ws('/', 'movement:' || coalesce(m.day, c.day), coalesce(m.side, c.side), coalesce(m.channel, c.channel),
            coalesce(m.kind, c.kind), coalesce(m.currency, c.currency),
            nullif(coalesce(m.payout_id, c.payout_id), '')) AS entity,
        m.events AS count_before, m.amount AS amount_before, c.events AS count_after, c.amount AS amount_after
    FROM mainspring.movements AS m
    FULL JOIN mainspring.counted_movements AS c
        ON c.day = m.day AND c.side = m.side AND c.channel = m.channel AND c.kind = m.kind
        AND c.currency = m.currency AND c.payout_id = m.payout_id
    WHERE (m.events, m.amount) IS DISTINCT FROM (c.events, c.amount)
),
balances AS (
    SELECT
        concat_ws('/', 'balance:' || coalesce(b.day, c.day), coalesce(b.side, c.side), coalesce(b.channel, c.channel),
            coalesce(b.kind, c.kind), coalesce(b.currency, c.currency),
            nullif(coalesce(b.payout_id, c.payout_id), ''), coalesce(b.bucket, c.bucket),
            coalesce(b.reason, c.reason)) AS entity,
        b.parts AS count_before, b.amount AS amount_before, c.parts AS count_after, c.amount AS amount_after
    FROM mainspring.balances AS b
    FULL JOIN mainspring.counted_balances AS c
        ON c.day = b.day AND c.side = b.side AND c.channel = b.channel AND c.kind = b.kind
        AND c.currency = b.currency AND c.payout_id = b.payout_id AND c.bucket = b.bucket AND c.reason = b.reason
    WHERE (b.parts, b.amount, b.money_in) IS DISTINCT FROM (c.parts, c.amount, c.money_in)
),
-- An event whose live parts do not come to it.
events AS (
    SELECT 'event:' || e.event_id AS entity, 1 AS count_before, e.amount AS amount_before, a.parts AS count_after,
        a.amount AS amount_after
    FROM mainspring.money_events AS e
    FULL JOIN (
        SELECT a.event_id, count(*) AS parts, sum(a.amount) AS amount
        FROM mainspring.allocations AS a
        WHERE a.superseded_by IS NULL
        GROUP BY a.event_id
    ) AS a ON a.event_id = e.event_id
    WHERE e.amount IS DISTINCT FROM a.amount
),
-- Orders that a reconciliation has looked at since they last changed owe what it saw.
orders AS (
    SELECT
        'order:' || p.order_id AS entity, 1 AS count_before, p.due - p.captured + p.refunded AS amount_before,
        1 AS count_after, c.due - c.captured + c.refunded AS amount_after
    FROM mainspring.order_positions AS p
    JOIN mainspring.counted_positions AS c ON c.order_id = p.order_id
    JOIN orders AS o ON o.order_id = p.order_id
    LEFT JOIN (
        SELECT y.order_id, max(y.updated_at) AS updated_at FROM payments AS y GROUP BY y.order_id
    ) AS y ON y.order_id = p.order_id
    CROSS JOIN (
        SELECT max(s.started_at) AS at FROM mainspring.run_steps AS s WHERE s.kind = 'reconcile' AND s.status = 'done'
    ) AS looked
    WHERE (p.currency, p.is_over, p.total_amount, p.due, p.captured, p.refunded)
        IS DISTINCT FROM (c.currency, c.is_over, c.total_amount, c.due, c.captured, c.refunded)
        AND coalesce(greatest(o.updated_at, y.updated_at) < looked.at, TRUE)
),
order_balances AS (
    SELECT
        'order balance:' || coalesce(b.currency, c.currency) AS entity, b.orders_captured AS count_before,
        b.due - b.captured + b.refunded AS amount_before, c.orders_captured AS count_after,
        c.due - c.captured + c.refunded AS amount_after
    FROM mainspring.order_balances AS b
    FULL JOIN mainspring.counted_order_balances AS c ON c.currency = b.currency
    WHERE (b.orders_due, b.orders_captured, b.orders_refunded, b.orders_early, b.orders_forgiven, b.due, b.captured,
            b.refunded, b.early, b.forgiven)
        IS DISTINCT FROM (c.orders_due, c.orders_captured, c.orders_refunded, c.orders_early, c.orders_forgiven, c.due,
            c.captured, c.refunded, c.early, c.forgiven)
),
found AS (
    SELECT m.entity, m.count_before, m.amount_before, m.count_after, m.amount_after FROM movements AS m
    UNION ALL
    SELECT b.entity, b.count_before, b.amount_before, b.count_after, b.amount_after FROM balances AS b
    UNION ALL
    SELECT e.entity, e.count_before, e.amount_before, e.count_after, e.amount_after FROM events AS e
    UNION ALL
    SELECT o.entity, o.count_before, o.amount_before, o.count_after, o.amount_after FROM orders AS o
    UNION ALL
    SELECT b.entity, b.count_before, b.amount_before, b.count_after, b.amount_after FROM order_balances AS b
)
SELECT
    f.entity,
    'balance.drift' AS finding,
    FALSE AS applies,
    jsonb_build_object('count', f.count_before::text, 'amount', f.amount_before::text) AS before,
    jsonb_build_object('count', f.count_after::text, 'amount', f.amount_after::text) AS after
FROM found AS f
ORDER BY f.entity;
