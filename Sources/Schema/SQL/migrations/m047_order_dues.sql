-- What each order owes by now, and what its payments in its own currency come to by the money events: the one rule for
-- the bridge of orders and its tie (docs/reconciliation.md, “The bridge of orders”). For an order without a break
-- captured - refunded = due + early - forgiven; a break's actual - expected is the rest. No moments here: a column that a
-- view reads cannot change its type, and a shop that Django made has other types for its moments.
CREATE VIEW mainspring.order_dues AS
SELECT
    d.order_id, d.currency, d.order_status, d.total_amount, d.due, d.captured, d.refunded,
    -- Paid for what is not due yet, up to the order's total: what is beyond it is a break.
    CASE
        WHEN d.is_over THEN 0.00
        WHEN d.captured = d.refunded THEN greatest(d.captured - d.due, 0.00)
        ELSE greatest(least(d.captured - d.refunded, d.total_amount) - d.due, 0.00)
    END AS early,
    -- Refunded of what was due, on an order that stands: nobody waits for it any more.
    CASE
        WHEN d.is_over OR d.refunded = 0 THEN 0.00
        WHEN d.captured = d.refunded THEN greatest(d.due - d.captured, 0.00)
        ELSE least(d.refunded, greatest(d.due - (d.captured - d.refunded), 0.00))
    END AS forgiven
FROM (
    SELECT
        o.order_id, o.currency, o.order_status, o.total_amount,
        o.order_status IN ('CANCELLED', 'REFUNDED') AS is_over,
        CASE
            WHEN o.order_status = 'DELIVERED' THEN o.total_amount
            WHEN o.order_status NOT IN ('CONFIRMED', 'PROCESSING', 'SHIPPED') THEN 0.00
            WHEN NOT coalesce(p.on_delivery, FALSE) THEN o.total_amount
            WHEN o.advance_payment THEN coalesce(o.advance_amount, 0.00)
            ELSE 0.00
        END AS due,
        coalesce(e.captured, 0.00) AS captured,
        coalesce(e.refunded, 0.00) AS refunded
    FROM public.orders AS o
    LEFT JOIN (
        SELECT
            e.order_id, e.currency,
            coalesce(sum(e.amount) FILTER (WHERE e.kind <> 'refund'), 0.00) AS captured,
            coalesce(-sum(e.amount) FILTER (WHERE e.kind = 'refund'), 0.00) AS refunded
        FROM mainspring.money_events AS e
        WHERE e.side = 'ledger'
        GROUP BY e.order_id, e.currency
    ) AS e ON e.order_id = o.order_id AND e.currency = o.currency
    LEFT JOIN (
        SELECT
            p.order_id,
            bool_or(m.method_name = 'CASH_ON_DELIVERY' AND p.payment_status NOT IN ('FAILED', 'CANCELLED'))
                AS on_delivery
        FROM public.payments AS p
        JOIN public.payment_methods AS m ON m.payment_method_id = p.payment_method_id
        GROUP BY p.order_id
    ) AS p ON p.order_id = o.order_id
) AS d;

GRANT SELECT ON mainspring.order_dues TO mainspring_job, mainspring_report;
