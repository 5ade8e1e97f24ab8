-- Shared rules as views: what more than one part must compute alike is written once, here (docs/semantics.md, "Words").
-- Jobs and write paths filter them by store_id: the condition reaches the base tables' indexes. They are read, never
-- joined to an UPDATE: metrics are locked, then aggregated, then written from arrays.

-- Store sales: completed orders are the DELIVERED ones; their sum stands per currency, for there is no sum across
-- currencies. `stores.total_orders` is the count over all currencies, `stores.total_sales` the business currency's sum.
CREATE VIEW mainspring.store_sales AS
SELECT o.store_id, o.currency, count(*) AS completed_orders, sum(o.total_amount) AS sales
FROM public.orders AS o
WHERE o.order_status = 'DELIVERED'
GROUP BY o.store_id, o.currency;

-- Store rating and reviews: the approved reviews only; the average is rounded half away from zero to two decimals. A
-- store without approved reviews has no row here, and its figures are 0.00 and 0.
CREATE VIEW mainspring.store_reviews AS
SELECT r.store_id, round(avg(r.rating), 2) AS rating, count(*) AS reviews
FROM public.reviews AS r
WHERE r.is_approved
GROUP BY r.store_id;

-- Visible to customers: ACTIVE and APPROVED, with the primary picture where there is one (schema document, section 5.3,
-- and the first query of 17.1). No moments here: a column that a view shows cannot change its type, and a shop that
-- Django made has other types for its moments.
CREATE VIEW mainspring.visible_products AS
SELECT
    p.product_id, p.store_id, p.seller_id, p.brand_id, p.category_id, p.model_name, p.reference_number, p.condition,
    p.pieces, p.price, p.original_price, p.currency, i.image_url, i.thumbnail_url
FROM public.products AS p
LEFT JOIN public.product_images AS pi ON pi.product_id = p.product_id AND pi.is_primary
LEFT JOIN public.images AS i ON i.image_id = pi.image_id
WHERE p.status = 'ACTIVE' AND p.approval_status = 'APPROVED';
