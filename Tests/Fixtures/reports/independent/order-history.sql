-- From the items outwards; orders without any come by themselves.
SELECT
    c.customer_id, o.order_id, o.order_number, o.created_at + interval '5 hours' AS created_at, o.order_status,
    o.store_id, s.store_name, i.order_item_id, i.product_id, i.product_name, o.currency, i.product_price, i.quantity,
    i.subtotal AS item_subtotal, o.subtotal, o.tax_amount, o.shipping_cost, o.total_amount, o.carrier,
    o.tracking_number, o.expected_delivery_date, o.actual_delivery_date
FROM order_items AS i, orders AS o, customers AS c, stores AS s
WHERE i.order_id = o.order_id AND o.customer_id = c.customer_id AND s.store_id = o.store_id
    AND (o.created_at + interval '5 hours')::date BETWEEN :'from'::date AND :'to'::date
UNION ALL
SELECT
    o.customer_id, o.order_id, o.order_number, o.created_at + interval '5 hours', o.order_status, o.store_id,
    s.store_name, NULL, NULL, NULL, o.currency, NULL, NULL, NULL, o.subtotal, o.tax_amount, o.shipping_cost,
    o.total_amount, o.carrier, o.tracking_number, o.expected_delivery_date, o.actual_delivery_date
FROM orders AS o
JOIN stores AS s ON s.store_id = o.store_id
WHERE NOT EXISTS (SELECT FROM order_items AS i WHERE i.order_id = o.order_id)
    AND (o.created_at + interval '5 hours')::date BETWEEN :'from'::date AND :'to'::date;
