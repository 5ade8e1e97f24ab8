-- From the order's own tax, item by item: of an order with several categories each has what its share of the goods is,
-- and the last of them the rest. One rate of 18 % on goods is configured, and no commission.
WITH items AS (
    SELECT
        i.order_id, coalesce(c.category_name, 'deleted products') AS category, sum(i.subtotal) AS goods,
        sum(sum(i.subtotal)) OVER (PARTITION BY i.order_id) AS all_goods,
        count(*) OVER (PARTITION BY i.order_id) AS categories,
        coalesce(c.category_name, 'deleted products')
            = max(coalesce(c.category_name, 'deleted products')) OVER (PARTITION BY i.order_id) AS is_last
    FROM order_items AS i
    LEFT JOIN products AS p USING (product_id)
    LEFT JOIN product_categories AS c USING (category_id)
    GROUP BY i.order_id, coalesce(c.category_name, 'deleted products')
), given_back AS (
    SELECT
        p.payment_id, p.order_id, p.currency,
        CASE p.payment_status WHEN 'REFUNDED' THEN p.amount
            ELSE (p.gateway_response ->> 'amount_refunded')::numeric / 100 END AS amount,
        -- When the answer says, else when the gateway booked it, else when the shop wrote it down.
        coalesce(
            (to_timestamp((p.gateway_response #>> '{refunds,data,0,created}')::bigint) AT TIME ZONE 'UTC'
                + interval '5 hours')::date,
            (
                SELECT min(to_date(j.transaction_date, 'YY/MM/DD'))
                FROM demo_jazzcash AS j
                WHERE j.transaction_type = 'REFUND' AND j.txn_ref_no = p.transaction_id
            ),
            (p.updated_at + interval '5 hours')::date) AS day
    FROM payments AS p
    WHERE p.payment_status = 'REFUNDED'
        OR (p.payment_status = 'COMPLETED' AND (p.gateway_response ->> 'amount_refunded')::numeric > 0)
), facts (order_id, currency, day, measure, amount) AS (
    SELECT o.order_id, o.currency, o.actual_delivery_date, v.measure, v.amount
    FROM orders AS o
    CROSS JOIN LATERAL (
        VALUES ('orders', 1.00), ('taxable', o.subtotal), ('charged', o.tax_amount), ('shipping', o.shipping_cost),
            ('exceptions', CASE WHEN abs(o.tax_amount - round(0.18 * (
                SELECT sum(i.subtotal) FROM order_items AS i WHERE i.order_id = o.order_id
            ), 2)) > 0.01 THEN 1 ELSE 0 END)
    ) AS v (measure, amount)
    WHERE o.order_status IN ('DELIVERED', 'REFUNDED')
    UNION ALL
    SELECT
        o.order_id, o.currency, greatest(g.day, o.actual_delivery_date), v.measure,
        round(v.whole * least(g.amount, o.total_amount) / o.total_amount, 2)
    FROM given_back AS g
    JOIN orders AS o ON o.order_id = g.order_id AND o.currency = g.currency
    CROSS JOIN LATERAL (
        VALUES ('refunded', o.subtotal), ('tax refunded', o.tax_amount), ('shipping', -o.shipping_cost)
    ) AS v (measure, whole)
    WHERE o.order_status IN ('DELIVERED', 'REFUNDED') AND o.actual_delivery_date <= :'to'::date
    UNION ALL
    SELECT
        p.order_id, 'PKR', to_date(j.processing_date, 'YY/MM/DD'), v.measure, v.amount::numeric
    FROM demo_jazzcash AS j
    LEFT JOIN payments AS p ON p.transaction_id = j.txn_ref_no
    CROSS JOIN LATERAL (VALUES ('fee tax', j.fed_amount), ('income tax', j.wht_amount)) AS v (measure, amount)
    WHERE j.transaction_type <> 'SETTLEMENT'
    UNION ALL
    SELECT
        CASE WHEN t.status = 'DELIVERED' AND EXISTS (
            SELECT
            FROM payments AS p
            JOIN payment_methods AS m USING (payment_method_id)
            WHERE p.order_id = o.order_id AND m.method_name = 'CASH_ON_DELIVERY'
                AND p.payment_status NOT IN ('FAILED', 'CANCELLED')) THEN o.order_id END,
        'PKR', to_date(t.remittance_date, 'DD-MM-YYYY'), v.measure, v.amount::numeric
    FROM demo_tcs AS t
    LEFT JOIN orders AS o ON o.tracking_number = t.consignment_no AND o.carrier = 'TCS'
    CROSS JOIN LATERAL (
        VALUES ('fee tax', t.sales_tax), ('income tax', t.income_tax_withheld), ('sales tax', t.sales_tax_withheld)
    ) AS v (measure, amount)
    WHERE t.remittance_no <> 'TOTAL'
), parts AS (
    SELECT
        date_trunc('month', f.day)::date AS month, a.state_province AS province, o.store_id, f.currency,
        coalesce(i.category, 'of no order') AS category, f.measure,
        CASE
            WHEN f.measure IN ('orders', 'exceptions') OR i.order_id IS NULL THEN f.amount
            WHEN i.categories = 1 THEN f.amount
            WHEN i.is_last THEN f.amount - (
                SELECT round(f.amount * sum(b.goods) / i.all_goods, 2)
                FROM items AS b
                WHERE b.order_id = i.order_id AND NOT b.is_last)
            ELSE round(f.amount * (
                    SELECT sum(b.goods) FROM items AS b WHERE b.order_id = i.order_id AND b.category <= i.category
                ) / i.all_goods, 2) - round(f.amount * coalesce((
                    SELECT sum(b.goods) FROM items AS b WHERE b.order_id = i.order_id AND b.category < i.category
                ), 0) / i.all_goods, 2)
        END AS amount
    FROM facts AS f
    LEFT JOIN orders AS o ON o.order_id = f.order_id
    LEFT JOIN addresses AS a ON a.address_id = o.shipping_address_id
    LEFT JOIN items AS i ON i.order_id = f.order_id
    WHERE f.day BETWEEN :'from'::date AND :'to'::date
)
SELECT
    p.month AS tax_month, p.province, p.store_id, p.currency, p.category,
    coalesce(sum(p.amount) FILTER (WHERE p.measure = 'orders'), 0) AS orders,
    coalesce(sum(p.amount) FILTER (WHERE p.measure = 'taxable'), 0) AS taxable_value,
    coalesce(sum(p.amount) FILTER (WHERE p.measure = 'charged'), 0) AS tax_charged,
    coalesce(sum(p.amount) FILTER (WHERE p.measure = 'refunded'), 0) AS refunded_value,
    coalesce(sum(p.amount) FILTER (WHERE p.measure = 'tax refunded'), 0) AS tax_refunded,
    coalesce(sum(p.amount) FILTER (WHERE p.measure = 'shipping'), 0) AS shipping_value,
    coalesce(sum(p.amount) FILTER (WHERE p.measure = 'income tax'), 0) AS income_tax_withheld,
    coalesce(sum(p.amount) FILTER (WHERE p.measure = 'sales tax'), 0) AS sales_tax_withheld,
    coalesce(sum(p.amount) FILTER (WHERE p.measure = 'fee tax'), 0) AS fee_tax_paid,
    coalesce(sum(p.amount) FILTER (WHERE p.measure = 'exceptions'), 0) AS rate_exception_count
FROM parts AS p
GROUP BY p.month, p.province, p.store_id, p.currency, p.category;
