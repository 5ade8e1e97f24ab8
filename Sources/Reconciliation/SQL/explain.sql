-- What `mainspring explain` tells of an order and its payments, of a line, of a payout or of a break
-- (docs/commands.md). The subject's orders are judged by the reconciliation's own stages first, so what
-- is told here are the facts and verdicts that the next night would reach; nothing is written.

-- name: find-payment
SELECT 'payment:' || p.payment_id AS entity, p.payment_id, p.order_id, NULL::bigint AS line_id, NULL::text AS payout_id
FROM payments AS p
WHERE p.payment_id = :'id'::bigint

-- name: find-order
SELECT 'order:' || o.order_id AS entity, NULL::integer AS payment_id, o.order_id, NULL::bigint AS line_id,
    NULL::text AS payout_id
FROM orders AS o
WHERE o.order_id = :'id'::bigint

-- name: find-order-number
SELECT 'order:' || o.order_id AS entity, NULL::integer AS payment_id, o.order_id, NULL::bigint AS line_id,
    NULL::text AS payout_id
FROM orders AS o
WHERE o.order_number = :'text'::text

-- name: find-line
SELECT l.entity, l.payment_id, l.order_id, l.line_id, l.payout_id
FROM mainspring.lines AS l
WHERE l.entity = :'text'::text

-- name: find-payout
SELECT 'payout:' || p.payout_id AS entity, NULL::integer AS payment_id, NULL::integer AS order_id,
    NULL::bigint AS line_id, p.payout_id
FROM mainspring.payouts AS p
WHERE 'payout:' || p.payout_id = :'text'::text OR b.entity IS NOT NULL
LIMIT 1

-- name: find-break
SELECT b.entity, b.payment_id, b.order_id, b.line_id, b.payout_id
FROM mainspring.breaks AS b
WHERE b.break_id = :'text'::text
