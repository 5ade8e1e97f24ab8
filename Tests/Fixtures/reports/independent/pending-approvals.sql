-- From the accounts of the sellers; what is not decided, rather than what is pending.
SELECT
    p.product_id, p.created_at + interval '5 hours' AS created_at,
    date '2026-06-30' - (p.created_at + interval '5 hours')::date AS waiting_days,
    p.updated_at + interval '5 hours' AS updated_at, p.status, p.approval_status, s.store_id, s.store_name, e.seller_id,
    u.email AS seller_email, (SELECT b.brand_name FROM brands AS b WHERE b.brand_id = p.brand_id) AS brand,
    (SELECT c.category_name FROM product_categories AS c WHERE c.category_id = p.category_id) AS category,
    p.model_name, p.reference_number, p.condition, p.pieces, p.currency, p.price,
    (SELECT count(*) FROM product_images AS i WHERE i.product_id = p.product_id) AS pictures
FROM users AS u
JOIN sellers AS e ON e.user_id = u.user_id
JOIN stores AS s ON s.seller_id = e.seller_id
JOIN products AS p ON p.store_id = s.store_id
WHERE p.approval_status NOT IN ('APPROVED', 'REJECTED', 'REQUIRES_CHANGES');
