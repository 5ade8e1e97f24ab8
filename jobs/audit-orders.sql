/*
about: Orders, items and payments that contradict themselves. It only reports.
parameters:
  large_amount:
    type: decimal
    default: 100000000.00
    about: an order of the business currency with this total or more is reported for a second look
*/
-- The reconciliation finds what is wrong with the money of orders that moved. This looks at all of them, whenever they
-- moved: rows that an import, a script or a hand has left in a state that the shop itself never makes. A subtotal or total
-- that doesn't add up is also the break order.arithmetic (docs/reconciliation.md).

-- name: difference
WITH items AS (
    SELECT
        i.order_id,
        sum(i.subtotal) AS subtotal,
        sum(i.product_price * i.quantity) AS worked_out
    FROM order_items AS i
    GROUP BY i.order_id
),
suspects AS (
    SELECT
        o.order_id,
        o.order_status,
        o.subtotal,
        o.tax_amount,
        o.shipping_cost,
        o.total_amount,
        o.advance_amount,
        o.currency,
        o.actual_delivery_date,
        i.subtotal AS items_subtotal,
        i.worked_out,
        o.order_status = 'DELIVERED' AND o.actual_delivery_date IS NULL AS is_undated,
        o.order_status IN ('PENDING', 'CONFIRMED', 'PROCESSING', 'SHIPPED')
        AND o.actual_delivery_date IS NOT NULL AS is_undelivered,
        least(o.subtotal, o.tax_amount, o.shipping_cost, o.total_amount, o.advance_amount) < 0 AS is_negative,
        o.currency = :'business_currency'::text AND o.total_amount >= :'large_amount'::numeric AS is_large
    FROM orders AS o
    LEFT JOIN items AS i ON i.order_id = o.order_id
    WHERE i.subtotal IS DISTINCT FROM o.subtotal
        OR i.worked_out IS DISTINCT FROM i.subtotal
        OR o.total_amount <> o.subtotal + o.tax_amount + o.shipping_cost
        OR (o.order_status = 'DELIVERED') = (o.actual_delivery_date IS NULL)
        OR least(o.subtotal, o.tax_amount, o.shipping_cost, o.total_amount, o.advance_amount) < 0
        OR o.total_amount >= :'large_amount'::numeric
),
findings AS (
    SELECT
        'order' AS kind,
        s.order_id AS id,
        'order.no_items' AS finding,
        jsonb_build_object('subtotal', s.subtotal::text, 'items', '0') AS before,
        jsonb_build_object('subtotal', s.subtotal::text, 'items', NULL) AS after
    FROM suspects AS s
    WHERE s.items_subtotal IS NULL
    UNION ALL
    SELECT
        'order', s.order_id, 'order.subtotal', jsonb_build_object('subtotal', s.subtotal::text),
        jsonb_build_object('subtotal', s.items_subtotal::text)
    FROM suspects AS s
    WHERE s.items_subtotal <> s.subtotal
    UNION ALL
    SELECT
        'order', s.order_id, 'order.item_subtotals', jsonb_build_object('items', s.items_subtotal::text),
        jsonb_build_object('items', s.worked_out::text)
    FROM suspects AS s
    WHERE s.items_subtotal <> s.worked_out
    UNION ALL
    SELECT
        'order', s.order_id, 'order.total', jsonb_build_object('total_amount', s.total_amount::text),
        jsonb_build_object('total_amount', (s.subtotal + s.tax_amount + s.shipping_cost)::text)
    FROM suspects AS s
    WHERE s.total_amount <> s.subtotal + s.tax_amount + s.shipping_cost
    UNION ALL
    SELECT
        'order', s.order_id, 'order.delivered_undated',
        jsonb_build_object('order_status', s.order_status, 'actual_delivery_date', NULL),
        jsonb_build_object('order_status', s.order_status, 'actual_delivery_date', 'a date')
    FROM suspects AS s
    WHERE s.is_undated
    UNION ALL
    SELECT
        'order', s.order_id, 'order.dated_undelivered',
        jsonb_build_object('order_status', s.order_status, 'actual_delivery_date', s.actual_delivery_date::text),
        jsonb_build_object('order_status', 'DELIVERED', 'actual_delivery_date', s.actual_delivery_date::text)
    FROM suspects AS s
    WHERE s.is_undelivered
    UNION ALL
    SELECT
        'order', s.order_id, 'order.negative',
        jsonb_build_object(
            'subtotal', s.subtotal::text, 'tax_amount', s.tax_amount::text, 'shipping_cost', s.shipping_cost::text,
            'total_amount', s.total_amount::text, 'advance_amount', s.advance_amount::text
        ),
        '{}'::jsonb
    FROM suspects AS s
    WHERE s.is_negative
    UNION ALL
    SELECT
        'order', s.order_id, 'order.large',
        jsonb_build_object('total_amount', s.total_amount::text, 'currency', s.currency), '{}'::jsonb
    FROM suspects AS s
    WHERE s.is_large
    UNION ALL
    SELECT
        'payment', p.payment_id, 'payment.undated',
        jsonb_build_object('payment_status', p.payment_status, 'payment_completed_at', NULL),
        jsonb_build_object('payment_status', p.payment_status, 'payment_completed_at', 'a moment')
    FROM payments AS p
    WHERE p.payment_status IN ('COMPLETED', 'REFUNDED') AND p.payment_completed_at IS NULL
    UNION ALL
    SELECT
        'payment', p.payment_id, 'payment.negative', jsonb_build_object('amount', p.amount::text), '{}'::jsonb
    FROM payments AS p
    WHERE p.amount < 0
)
SELECT f.kind || ':' || f.id AS entity, f.finding, false AS applies, f.before, f.after
FROM findings AS f
ORDER BY f.kind, f.id, f.finding;
