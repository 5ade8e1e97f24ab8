-- What each order owes by now, and what its payments in its own currency come to by the money events: the one rule for
-- the bridge of orders and its tie (docs/finance.md, “bridge”). For an order without a break, captured - refunded =
-- due + early - forgiven; a break's actual - expected is the rest.
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
    END AS forgiven,
    d.created_at, d.changed_at, d.newest_payment_at
FROM (
    SELECT
        o.order_id, o.currency, o.order_status, o.total_amount, o.created_at,
        o.order_status IN ('CANCELLED', 'REFUNDED') AS is_over,
        CASE
            WHEN o.order_status = 'DELIVERED' THEN o.total_amount
            WHEN o.order_status NOT IN ('CONFIRMED', 'PROCESSING', 'SHIPPED') THEN 0.00
            WHEN NOT coalesce(p.on_delivery, FALSE) THEN o.total_amount
            WHEN o.advance_payment THEN coalesce(o.advance_amount, 0.00)
            ELSE 0.00
        END AS due,
        coalesce(e.captured, 0.00) AS captured,
        coalesce(e.refunded, 0.00) AS refunded,
        greatest(o.updated_at, p.updated_at) AS changed_at,
        p.created_at AS newest_payment_at
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
                AS on_delivery,
            max(p.updated_at) AS updated_at,
            max(p.created_at) AS created_at
        FROM public.payments AS p
        JOIN public.payment_methods AS m ON m.payment_method_id = p.payment_method_id
        GROUP BY p.order_id
    ) AS p ON p.order_id = o.order_id
) AS d;

GRANT SELECT ON mainspring.order_dues TO mainspring_job, mainspring_report;
