-- Not from the stores' own figures but from what they must be: orders, reviews and products counted one by one.
SELECT
    s.store_id, s.store_name, s.seller_id, s.is_active, 'PKR' AS currency,
    (
        SELECT coalesce(sum(o.total_amount), 0) FROM orders AS o
        WHERE o.store_id = s.store_id AND o.order_status = 'DELIVERED' AND o.currency = 'PKR'
    ) AS total_sales,
    (SELECT count(*) FROM orders AS o WHERE o.store_id = s.store_id AND o.order_status = 'DELIVERED') AS total_orders,
    (
        SELECT count(*) FROM orders AS o
        WHERE o.store_id = s.store_id AND o.order_status = 'DELIVERED' AND o.currency <> 'PKR'
    ) AS other_currency_orders,
    (
        SELECT coalesce(round(avg(r.rating), 2), 0) FROM reviews AS r WHERE r.store_id = s.store_id AND r.is_approved
    ) AS store_rating,
    (SELECT count(*) FROM reviews AS r WHERE r.store_id = s.store_id AND r.is_approved) AS total_reviews,
    (SELECT count(*) FROM products AS p WHERE p.store_id = s.store_id) AS total_products,
    (SELECT count(*) FROM products AS p WHERE p.store_id = s.store_id AND p.status = 'SOLD') AS sold_products
FROM stores AS s;
