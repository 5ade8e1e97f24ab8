-- Product by product; the longest quiet first thing of two moments.
WITH listings AS (
    SELECT
        p.*, s.store_name, (SELECT b.brand_name FROM brands AS b WHERE b.brand_id = p.brand_id) AS brand,
        (
            SELECT coalesce(sum(i.quantity), 0) FROM orders AS o JOIN order_items AS i USING (order_id)
            WHERE i.product_id = p.product_id AND o.order_status = 'DELIVERED'
        ) AS sold_pieces,
        (
            SELECT max((o.created_at + interval '5 hours')::date)
            FROM orders AS o JOIN order_items AS i USING (order_id)
            WHERE i.product_id = p.product_id AND o.order_status IN (
                'PENDING', 'CONFIRMED', 'PROCESSING', 'SHIPPED', 'DELIVERED', 'REFUNDED')
        ) AS last_sold_on,
        (p.updated_at + interval '5 hours')::date AS changed_on
    FROM stores AS s
    JOIN products AS p USING (store_id)
), quiet AS (
    SELECT
        l.*, least(date '2026-06-30' - l.changed_on, date '2026-06-30' - coalesce(l.last_sold_on, '2000-01-01')) AS days
    FROM listings AS l
)
SELECT
    q.product_id, q.store_id, q.store_name, q.brand, q.model_name, q.reference_number, q.status, q.approval_status,
    CASE
        WHEN q.pieces > 0 AND q.status = 'SOLD' THEN 'restocked'
        WHEN q.pieces > 0 AND q.status = 'ACTIVE' AND q.approval_status = 'APPROVED' AND q.days >= 91 THEN 'stale'
        WHEN q.pieces > 0 THEN NULL
        WHEN q.status IN ('SOLD', 'DRAFT', 'INACTIVE') THEN 'sold out'
        ELSE 'not marked'
    END AS finding,
    q.pieces, q.currency, q.price, q.price * q.pieces AS value, q.sold_pieces, q.last_sold_on, q.changed_on,
    q.days AS quiet_days
FROM quiet AS q;
