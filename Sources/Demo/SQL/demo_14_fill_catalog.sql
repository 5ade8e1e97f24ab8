-- Stores, categories, brands, products and their pictures.
INSERT INTO public.product_categories (category_id, category_name, category_description, parent_category_id, is_active)
SELECT c.category_id, c.category_name, c.description, c.parent_id, TRUE FROM plan_categories AS c
ORDER BY c.category_id;
INSERT INTO public.brands (brand_id, brand_name, brand_description, brand_logo_url, country_of_origin)
SELECT
    b.brand_id, b.brand_name, b.story,
    'https://images.example.com/brands/'
        || trim(BOTH '-' FROM regexp_replace(lower(b.brand_name), '[^a-z0-9]+', '-', 'g'))
        || '.svg',
    b.country
FROM plan_brands AS b ORDER BY b.brand_id;

-- Metrics are those of the evening before the anchor: what was delivered or reviewed on the anchor's day is for the
-- night to bring in.
WITH sales AS (
    SELECT o.store_id, count(*) AS orders, sum(o.total) FILTER (WHERE o.currency = 'PKR') AS sales
    FROM plan_orders AS o
    WHERE o.delivered AND o.delivered_on < :'anchor'::date
        AND (o.status = 'DELIVERED' OR business_date(o.refunded_at) = :'anchor'::date)
    GROUP BY o.store_id
),
reviews AS (
    SELECT r.store_id, count(*) AS reviews, round(avg(r.rating), 2) AS rating
    FROM plan_reviews AS r
    WHERE r.is_approved AND business_date(r.created_at) < :'anchor'::date
    GROUP BY r.store_id
),
named AS (
    SELECT
        s.store_id, s.created_at,
        -- A first word, a second, and where the two run out, a city: never two alike.
        (store_first_words())[1 + (s.store_id - 1) % 31] || ' '
            || (store_second_words())[1 + (s.store_id - 1 + (s.store_id - 1) / 31) % 23]
            || CASE WHEN s.store_id > 713 THEN ' ' || (ARRAY['Karachi', 'Lahore', 'Islamabad', 'Multan', 'Peshawar',
                'Sialkot', 'Quetta', 'Faisalabad'])[1 + (s.store_id / 713 - 1) % 8] ELSE '' END
            || CASE WHEN s.store_id > 713 * 8 THEN ' ' || s.store_id ELSE '' END AS store_name
    FROM plan_stores AS s
)
INSERT INTO public.stores (
    store_id, seller_id, store_name, store_slug, store_bio, store_logo_url, store_banner_url, store_contact,
    store_email,
    store_rating, total_reviews, total_sales, total_orders, is_active, created_at, updated_at)
SELECT
    n.store_id, n.store_id, n.store_name,
    trim(BOTH '-' FROM regexp_replace(lower(n.store_name), '[^a-z0-9]+', '-', 'g')) || '-' || n.store_id,
    n.store_name || (ARRAY[
        ' sells inspected pre-owned watches with a written guarantee.',
        ' is an authorised dealer, third generation, and keeps a workshop in the bazaar.',
        ': genuine watches only, boxes and papers where we have them. اصلی گھڑیاں، مناسب دام۔',
        ' buys, sells and services mechanical watches.'])[1 + n.store_id % 4],
    'https://images.example.com/stores/' || n.store_id || '/logo.png',
    'https://images.example.com/stores/' || n.store_id || '/banner.jpg',
    '+9221' || lpad(pick(191, n.store_id, 100000000)::text, 8, '0'),
    'store' || n.store_id || '@example.com',
    coalesce(r.rating, 0), coalesce(r.reviews, 0), coalesce(s.sales, 0), coalesce(s.orders, 0),
    pick(192, n.store_id, 40) > 0, n.created_at, day_end() - interval '1 day'
FROM named AS n
LEFT JOIN sales AS s ON s.store_id = n.store_id
LEFT JOIN reviews AS r ON r.store_id = n.store_id
ORDER BY n.store_id;

-- Products. Approved ones were listed and can be bought; the last ones are drafts that wait or were sent back. A few
-- that are still on show have no piece left: the night marks them sold.
INSERT INTO public.products (
    product_id, seller_id, store_id, brand_id, category_id, model_name, reference_number, year_manufactured, condition,
    has_box, has_papers, has_warranty, warranty_months, pieces, price, original_price, currency, status,
    approval_status,
    approved_by, approved_at, rejection_reason, specifications, description, case_material, movement_type,
    case_diameter_mm, water_resistance, view_count, favorite_count, created_at, updated_at)
SELECT
    p.product_id, p.store_id, p.store_id, m.brand_id, m.category_id, m.model, m.reference,
    CASE WHEN m.category_id IN (17, 18) THEN 1962 + pick(201, p.product_id, 36)
        WHEN p.condition = 'NEW' THEN 2023 + pick(201, p.product_id, 3) ELSE 2008 + pick(201, p.product_id, 16) END,
    p.condition, pick(202, p.product_id, 100) < 78, pick(203, p.product_id, 100) < 66, warranty.months > 0,
    nullif(warranty.months, 0),
    CASE
        WHEN state.status = 'SOLD' THEN CASE WHEN pick(204, p.product_id, 18) = 0 THEN 1 ELSE 0 END
        WHEN state.status IN ('ACTIVE', 'RESERVED') AND pick(204, p.product_id, 60) = 0 THEN 0
        WHEN p.condition = 'NEW' THEN 1 + pick(205, p.product_id, 24) ELSE 1 END,
    p.price,
    CASE WHEN pick(206, p.product_id, 3) > 0 THEN round(p.price * (105 + pick(207, p.product_id, 30)) / 100, 2) END,
    p.currency, state.status, state.approval,
    CASE WHEN state.approval = 'APPROVED' THEN 1 + pick(208, p.product_id, 8) END,
    CASE WHEN state.approval = 'APPROVED' THEN p.created_at + seconds(3600 + pick(209, p.product_id, 80000)) END,
    CASE state.approval
        WHEN 'REJECTED' THEN (ARRAY['Serial number is not legible', 'Replica: the date magnifier is wrong',
            'Pictures are of another watch'])[1 + pick(210, p.product_id, 3)::integer]
        WHEN 'REQUIRES_CHANGES' THEN (ARRAY['Add a picture of the case back', 'State the service history',
            'Price lacks a currency, or two zeros'])[1 + pick(210, p.product_id, 3)::integer] END,
    jsonb_build_object(
        'caliber', CASE WHEN m.movement IN ('Quartz', 'Solar')
            THEN choose(211, p.product_id, ARRAY['Miyota 2035', 'Ronda 515', 'E111', 'Module 5611'])
            ELSE choose(211, p.product_id, ARRAY['NH35', 'ETA 2824-2', 'SW200-1', '3235', '8800', '6R35']) END,
        'crystal', CASE WHEN p.rupees > 60000 THEN 'Sapphire' ELSE 'Mineral' END,
        'dial', choose(212, p.product_id, ARRAY['Black', 'Blue', 'White', 'Silver', 'Green', 'Champagne']),
        'strap', choose(213, p.product_id, ARRAY['Steel bracelet', 'Leather', 'Rubber', 'NATO']),
        'lug_width_mm', 18 + 2 * pick(214, p.product_id, 3), 'power_reserve_h', 38 + 2 * pick(215, p.product_id, 21),
        'functions', CASE m.category_id WHEN 10 THEN '["chronograph", "date"]' ELSE '["date"]' END::jsonb),
    b.brand_name || ' ' || m.model || ', reference ' || m.reference || '. '
        || choose(216, p.product_id, ARRAY[
            'Bought new from the dealer and worn with care.', 'Unworn, stickers on.',
            'Serviced last year, runs +3 s/d.',
            'Light marks on the clasp, see pictures.', 'اصلی ڈبہ اور کاغذات موجود ہیں۔',
            'Dial patina is original, "tropical" brown; no polish, no replaced parts.']),
    m.material, m.movement, m.diameter, m.water, pick(217, p.product_id, 4000), coalesce(f.saved, 0), p.created_at,
    least(p.created_at + seconds(90000 + pick(218, p.product_id, 5000000)), day_end() - interval '1 day')
FROM plan_products AS p
CROSS JOIN size
JOIN plan_models AS m ON m.model_no = p.model_no
JOIN plan_brands AS b ON b.brand_id = m.brand_id
LEFT JOIN (SELECT product_id, count(*) AS saved FROM plan_favorites GROUP BY product_id) AS f
    ON f.product_id = p.product_id
CROSS JOIN LATERAL (SELECT pick(219, p.product_id, 100) AS chance) AS luck
CROSS JOIN LATERAL (
    SELECT
        CASE WHEN p.product_id > size.sellable THEN 'DRAFT' WHEN luck.chance < 70 THEN 'ACTIVE'
            WHEN luck.chance < 86 THEN 'SOLD' WHEN luck.chance < 91 THEN 'RESERVED' ELSE 'INACTIVE' END AS status,
        CASE WHEN p.product_id <= size.sellable THEN 'APPROVED' WHEN luck.chance < 55 THEN 'PENDING'
            WHEN luck.chance < 80 THEN 'REJECTED' ELSE 'REQUIRES_CHANGES' END AS approval
) AS state
CROSS JOIN LATERAL (
    SELECT CASE WHEN p.condition = 'NEW' THEN 12 * (1 + pick(220, p.product_id, 3))
        WHEN pick(220, p.product_id, 3) = 0 THEN 6 ELSE 0 END AS months
) AS warranty
ORDER BY p.product_id;

INSERT INTO public.images (image_id, image_url, thumbnail_url, alt_text, image_order, uploaded_by, created_at)
SELECT
    i.image_id, picture.url || '.jpg', picture.url || '_320.jpg', i.caption, i.no - 1, i.user_id, i.created_at
FROM plan_images AS i
CROSS JOIN LATERAL (
    SELECT 'https://images.example.com/' || CASE i.kind WHEN 1 THEN 'products/' ELSE 'reviews/' END || i.owner_id || '/'
        || i.no AS url
) AS picture
ORDER BY i.image_id;
INSERT INTO public.product_images (product_image_id, product_id, image_id, is_primary, display_order)
SELECT i.image_id, i.owner_id, i.image_id, i.no = 1, i.no - 1 FROM plan_images AS i WHERE i.kind = 1
ORDER BY i.image_id;
