-- From the customer and the address book; a business date is the day five hours on.
SELECT
    o.order_id, o.order_number, o.created_at + interval '5 hours' AS created_at, o.order_status, s.store_id,
    s.store_name,
    c.customer_id, o.currency, o.subtotal, o.tax_amount, o.shipping_cost, o.total_amount, o.advance_payment,
    o.advance_amount, a.city AS shipping_city, a.state_province AS shipping_province, o.carrier, o.tracking_number,
    o.expected_delivery_date, o.actual_delivery_date, o.updated_at + interval '5 hours' AS updated_at
FROM customers AS c
JOIN users AS u ON u.user_id = c.user_id
JOIN addresses AS a ON a.user_id = u.user_id
JOIN orders AS o ON o.customer_id = c.customer_id AND o.shipping_address_id = a.address_id
JOIN sellers AS e ON TRUE
JOIN stores AS s ON s.seller_id = e.seller_id AND s.store_id = o.store_id
WHERE (o.created_at + interval '5 hours')::date BETWEEN :'from'::date AND :'to'::date;
