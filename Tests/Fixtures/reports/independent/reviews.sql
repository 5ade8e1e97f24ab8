-- From the stores; the order's number is asked for by itself.
SELECT
    r.review_id, r.created_at + interval '5 hours' AS created_at, s.store_id, s.store_name, r.product_id, r.order_id,
    (SELECT o.order_number FROM orders AS o WHERE o.order_id = r.order_id) AS order_number, r.customer_id, r.rating,
    r.is_verified_purchase, r.is_approved, r.is_featured, r.helpful_count, r.not_helpful_count, r.title, r.description,
    r.updated_at + interval '5 hours' AS updated_at
FROM stores AS s, reviews AS r
WHERE r.store_id = s.store_id
    AND (r.created_at + interval '5 hours')::date BETWEEN :'from'::date AND :'to'::date;
