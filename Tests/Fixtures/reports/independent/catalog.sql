-- From the pictures, as the document's query goes; then what has no picture.
WITH shown AS (
    SELECT pi.product_id, i.image_url
    FROM images AS i
    JOIN product_images AS pi ON pi.image_id = i.image_id
    WHERE pi.is_primary
    UNION ALL
    SELECT p.product_id, NULL
    FROM products AS p
    WHERE p.product_id NOT IN (SELECT pi.product_id FROM product_images AS pi WHERE pi.is_primary)
)
SELECT
    p.product_id, p.store_id, (SELECT s.store_name FROM stores AS s WHERE s.store_id = p.store_id) AS store_name,
    (SELECT b.brand_name FROM brands AS b WHERE b.brand_id = p.brand_id) AS brand,
    (SELECT c.category_name FROM product_categories AS c WHERE c.category_id = p.category_id) AS category,
    p.model_name, p.reference_number, p.year_manufactured, p.condition, p.has_box, p.has_papers, p.has_warranty,
    p.warranty_months, p.case_material, p.case_diameter_mm, p.movement_type, p.water_resistance, p.pieces, p.currency,
    p.price, p.original_price,
    CASE WHEN p.original_price > 0 THEN round((1 - p.price / p.original_price) * 100, 2) END AS discount_percent,
    p.view_count, p.favorite_count, p.approved_at + interval '5 hours' AS approved_at, h.image_url
FROM shown AS h
JOIN products AS p ON p.product_id = h.product_id
WHERE (p.status, p.approval_status) = ('ACTIVE', 'APPROVED');
