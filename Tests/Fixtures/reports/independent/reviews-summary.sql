-- Each store and number of stars asked for by itself, between whole stars.
SELECT
    s.store_id, s.store_name, s.store_rating, n.stars,
    (SELECT count(*) FROM reviews AS r WHERE r.store_id = s.store_id AND r.rating >= n.stars AND r.rating < n.stars + 1)
        AS reviews,
    (
        SELECT count(*) FROM reviews AS r
        WHERE r.store_id = s.store_id AND r.rating >= n.stars AND r.rating < n.stars + 1 AND r.is_approved
    ) AS approved,
    (
        SELECT count(*) FROM reviews AS r
        WHERE r.store_id = s.store_id AND r.rating >= n.stars AND r.rating < n.stars + 1 AND NOT r.is_approved
    ) AS not_approved,
    -- The night has brought the store's own number of reviews into line.
    (
        SELECT round(count(*) * 100.0 / nullif(s.total_reviews, 0), 2) FROM reviews AS r
        WHERE r.store_id = s.store_id AND r.rating >= n.stars AND r.rating < n.stars + 1 AND r.is_approved
    ) AS share_percent,
    (
        SELECT count(*) FROM reviews AS r
        WHERE r.store_id = s.store_id AND r.rating >= n.stars AND r.rating < n.stars + 1 AND r.is_featured
    ) AS featured,
    -- Verified is who reviewed a delivered order.
    (
        SELECT count(*) FROM reviews AS r JOIN orders AS o ON o.order_id = r.order_id
        WHERE r.store_id = s.store_id AND r.rating >= n.stars AND r.rating < n.stars + 1
            AND o.customer_id = r.customer_id AND o.actual_delivery_date IS NOT NULL
    ) AS verified,
    (
        SELECT count(DISTINCT i.review_id) FROM review_images AS i JOIN reviews AS r ON r.review_id = i.review_id
        WHERE r.store_id = s.store_id AND r.rating >= n.stars AND r.rating < n.stars + 1
    ) AS with_pictures,
    (
        SELECT coalesce(sum(r.helpful_count), 0) FROM reviews AS r
        WHERE r.store_id = s.store_id AND r.rating >= n.stars AND r.rating < n.stars + 1
    ) AS helpful,
    (
        SELECT coalesce(sum(r.not_helpful_count), 0) FROM reviews AS r
        WHERE r.store_id = s.store_id AND r.rating >= n.stars AND r.rating < n.stars + 1
    ) AS not_helpful,
    (
        SELECT count(*) FROM reviews AS r
        WHERE r.store_id = s.store_id AND r.rating >= n.stars AND r.rating < n.stars + 1
            AND (r.created_at + interval '5 hours')::date BETWEEN :'from'::date AND :'to'::date
    ) AS new_reviews
FROM stores AS s
CROSS JOIN generate_series(1, 5) AS n (stars)
WHERE s.store_id IN (SELECT r.store_id FROM reviews AS r);
