-- From the administrators; each kind of entity by itself.
WITH entries AS (
    SELECT l.*, a.access_level
    FROM administrators AS a, admin_activity_log AS l
    WHERE l.admin_id = a.admin_id AND (l.created_at + interval '5 hours')::date BETWEEN :'from'::date AND :'to'::date
)
SELECT
    e.log_id, e.created_at + interval '5 hours' AS created_at, e.admin_id, e.access_level, e.action_type, e.entity_type,
    e.entity_id, n.name AS entity, e.description
FROM entries AS e
LEFT JOIN (
    SELECT 'PRODUCT' AS type, p.product_id AS id, p.model_name AS name FROM products AS p
    UNION ALL
    SELECT 'SELLER', s.seller_id, s.store_name FROM stores AS s
    UNION ALL
    SELECT 'REVIEW', r.review_id, 'review of ' || s.store_name FROM reviews AS r JOIN stores AS s USING (store_id)
) AS n ON n.type = e.entity_type AND n.id = e.entity_id;
