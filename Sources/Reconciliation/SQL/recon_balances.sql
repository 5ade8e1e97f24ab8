-- The running balances (docs/reconciliation.md, “Running balances”): what this run booked, moved and looked at is added to
-- the sums that all nights before have left. A run that recounts adds everything to nothing.

-- name: forget
DELETE FROM mainspring.movements;
DELETE FROM mainspring.balances;
DELETE FROM mainspring.order_balances;
DELETE FROM mainspring.order_positions;
DELETE FROM mainspring.balance_zone;
INSERT INTO mainspring.balance_zone (time_zone) SELECT r.time_zone FROM recon_run AS r

-- name: movements
INSERT INTO mainspring.movements AS m (day, side, channel, kind, currency, payout_id, events, amount)
SELECT e.day, e.side, e.channel, e.kind, e.currency, e.payout_id, count(*), sum(e.amount)
FROM recon_event AS e
CROSS JOIN recon_run AS r
WHERE e.is_new OR r.recounts
GROUP BY e.day, e.side, e.channel, e.kind, e.currency, e.payout_id
ON CONFLICT (day, side, channel, kind, currency, payout_id) DO UPDATE
SET events = m.events + excluded.events, amount = m.amount + excluded.amount

-- name: balance-changes
-- What stands now less what stood before, of the events in scope.
CREATE TEMPORARY TABLE recon_balance_change ON COMMIT DROP AS
SELECT
    p.day, p.side, p.channel, p.kind, p.currency, p.payout_id, p.bucket, p.reason, sum(p.sign)::bigint AS parts,
    sum(p.sign * p.amount) AS amount, sum(p.sign * greatest(p.amount, 0.00)) AS money_in
FROM (
    SELECT
        e.day, e.side, e.channel, e.kind, e.currency, e.payout_id, a.bucket, a.reason, a.amount, 1 AS sign
    FROM recon_event AS e
    JOIN mainspring.allocations AS a ON a.event_id = e.event_id AND a.superseded_by IS NULL
    UNION ALL
    SELECT
        e.day, e.side, e.channel, e.kind, e.currency, e.payout_id, v.bucket, v.reason, v.amount, -1
    FROM recon_run AS r
    JOIN recon_live AS v ON NOT r.recounts
    JOIN recon_event AS e ON e.event_id = v.event_id
) AS p
GROUP BY p.day, p.side, p.channel, p.kind, p.currency, p.payout_id, p.bucket, p.reason
HAVING sum(p.sign) <> 0 OR sum(p.sign * p.amount) <> 0 OR sum(p.sign * greatest(p.amount, 0.00)) <> 0

-- name: balances
INSERT INTO mainspring.balances AS b (
    day, side, channel, kind, currency, payout_id, bucket, reason, parts, amount, money_in)
SELECT
    c.day, c.side, c.channel, c.kind, c.currency, c.payout_id, c.bucket, c.reason, c.parts, c.amount, c.money_in
FROM recon_balance_change AS c
ON CONFLICT (day, side, channel, kind, currency, payout_id, bucket, reason) DO UPDATE
SET
    parts = b.parts + excluded.parts,
    amount = b.amount + excluded.amount,
    money_in = b.money_in + excluded.money_in

-- name: spent
-- Where nothing stands any more there is no row, as if there had never been one.
DELETE FROM mainspring.balances AS b
USING recon_balance_change AS c
WHERE b.parts = 0 AND b.day = c.day AND b.side = c.side AND b.channel = c.channel AND b.kind = c.kind
    AND b.currency = c.currency AND b.payout_id = c.payout_id AND b.bucket = c.bucket AND b.reason = c.reason

-- name: order-changes
-- The orders that owe something else than the last run saw.
CREATE TEMPORARY TABLE recon_order_change ON COMMIT DROP AS
SELECT
    d.order_id, d.currency, d.order_status IN ('CANCELLED', 'REFUNDED') AS is_over, d.total_amount, d.due, d.captured,
    d.refunded
FROM recon_order_due AS d
LEFT JOIN mainspring.order_positions AS p ON p.order_id = d.order_id
WHERE (p.currency, p.is_over, p.total_amount, p.due, p.captured, p.refunded) IS DISTINCT FROM
    (d.currency, d.order_status IN ('CANCELLED', 'REFUNDED'), d.total_amount, d.due, d.captured, d.refunded)

-- name: owed
-- What the changed orders come to.
CREATE TEMPORARY VIEW recon_owed AS
SELECT
    d.currency,
    count(*) FILTER (WHERE d.due > 0) AS orders_due,
    count(*) FILTER (WHERE d.captured > 0) AS orders_captured,
    count(*) FILTER (WHERE d.refunded > 0) AS orders_refunded,
    count(*) FILTER (WHERE d.early > 0) AS orders_early,
    count(*) FILTER (WHERE d.forgiven > 0) AS orders_forgiven,
    sum(d.due) AS due,
    sum(d.captured) AS captured,
    sum(d.refunded) AS refunded,
    sum(d.early) AS early,
    sum(d.forgiven) AS forgiven
FROM recon_order_change AS c
JOIN mainspring.order_dues AS d ON d.order_id = c.order_id
GROUP BY d.currency

-- name: owed-before
UPDATE mainspring.order_balances AS b
SET
    orders_due = b.orders_due - o.orders_due, orders_captured = b.orders_captured - o.orders_captured,
    orders_refunded = b.orders_refunded - o.orders_refunded, orders_early = b.orders_early - o.orders_early,
    orders_forgiven = b.orders_forgiven - o.orders_forgiven, due = b.due - o.due, captured = b.captured - o.captured,
    refunded = b.refunded - o.refunded, early = b.early - o.early, forgiven = b.forgiven - o.forgiven
FROM recon_owed AS o
WHERE b.currency = o.currency

-- name: order-positions
INSERT INTO mainspring.order_positions (order_id, currency, is_over, total_amount, due, captured, refunded)
SELECT c.order_id, c.currency, c.is_over, c.total_amount, c.due, c.captured, c.refunded
FROM recon_order_change AS c
ON CONFLICT (order_id) DO UPDATE
SET
    currency = excluded.currency, is_over = excluded.is_over, total_amount = excluded.total_amount, due = excluded.due,
    captured = excluded.captured, refunded = excluded.refunded

-- name: owed-after
INSERT INTO mainspring.order_balances AS b (
    currency, orders_due, orders_captured, orders_refunded, orders_early, orders_forgiven, due, captured, refunded,
    early, forgiven)
SELECT
    o.currency, o.orders_due, o.orders_captured, o.orders_refunded, o.orders_early, o.orders_forgiven, o.due,
    o.captured, o.refunded, o.early, o.forgiven
FROM recon_owed AS o
ON CONFLICT (currency) DO UPDATE
SET
    orders_due = b.orders_due + excluded.orders_due,
    orders_captured = b.orders_captured + excluded.orders_captured,
    orders_refunded = b.orders_refunded + excluded.orders_refunded,
    orders_early = b.orders_early + excluded.orders_early,
    orders_forgiven = b.orders_forgiven + excluded.orders_forgiven,
    due = b.due + excluded.due,
    captured = b.captured + excluded.captured,
    refunded = b.refunded + excluded.refunded,
    early = b.early + excluded.early,
    forgiven = b.forgiven + excluded.forgiven

-- name: analyze-order-changes
ANALYZE recon_order_change
