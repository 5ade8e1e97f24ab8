/*
title: Catalog
sheet: Catalog
description: >-
  What customers see: products that are ACTIVE and APPROVED, with their primary picture. It is the browsing query of the
  schema document, section 17.1; the address of a picture stands in the table of images, where section 6 puts it. Unlike
  there, a product without a primary picture is listed too, without an address, so that somebody gives it one. Discount
  is the price against the original one.
owner: operations
parameters:
  time_zone: { type: text }
columns:
  product_id: { heading: Product, kind: integer, width: 10 }
  store_id: { heading: Store, kind: integer, width: 8 }
  store_name: { heading: Store name, kind: text, width: 28 }
  brand: { heading: Brand, kind: text, width: 20 }
  category: { heading: Category, kind: text, width: 20 }
  model_name: { heading: Model, kind: text, width: 34 }
  reference_number: { heading: Reference, kind: text, width: 18 }
  year_manufactured: { heading: Year, kind: integer, width: 8 }
  condition: { heading: Condition, kind: text, width: 12 }
  has_box: { heading: Box, kind: boolean, width: 7 }
  has_papers: { heading: Papers, kind: boolean, width: 8 }
  has_warranty: { heading: Warranty, kind: boolean, width: 10 }
  warranty_months: { heading: Months, kind: integer, width: 8 }
  case_material: { heading: Case, kind: text, width: 18 }
  case_diameter_mm: { heading: Diameter in mm, kind: decimal, width: 15 }
  movement_type: { heading: Movement, kind: text, width: 14 }
  water_resistance: { heading: Water resistance, kind: text, width: 16 }
  pieces: { heading: Pieces, kind: integer, width: 9, total: sum }
  currency: { heading: Currency, kind: text, width: 10 }
  price: { heading: Price, kind: money, width: 17 }
  original_price: { heading: Original price, kind: money, width: 17 }
  discount_percent: { heading: Discount, kind: percent, width: 10 }
  view_count: { heading: Views, kind: integer, width: 9, total: sum }
  favorite_count: { heading: Saved, kind: integer, width: 9, total: sum }
  approved_at: { heading: Approved, kind: timestamp, width: 18 }
  image_url: { heading: Picture, kind: text, width: 50 }
currency: currency
sort: [product_id]
formats: [csv, xlsx]
*/
SELECT
    p.product_id,
    p.store_id,
    s.store_name,
    b.brand_name AS brand,
    c.category_name AS category,
    p.model_name,
    p.reference_number,
    p.year_manufactured,
    p.condition,
    p.has_box,
    p.has_papers,
    p.has_warranty,
    p.warranty_months,
    p.case_material,
    p.case_diameter_mm,
    p.movement_type,
    p.water_resistance,
    p.pieces,
    p.currency,
    p.price,
    p.original_price,
    round(100 * (p.original_price - p.price) / nullif(p.original_price, 0), 2) AS discount_percent,
    p.view_count,
    p.favorite_count,
    p.approved_at::timestamptz AT TIME ZONE :'time_zone'::text AS approved_at,
    i.image_url
FROM products AS p
JOIN stores AS s ON s.store_id = p.store_id
JOIN brands AS b ON b.brand_id = p.brand_id
JOIN product_categories AS c ON c.category_id = p.category_id
LEFT JOIN product_images AS pi ON pi.product_id = p.product_id AND pi.is_primary
LEFT JOIN images AS i ON i.image_id = pi.image_id
WHERE p.status = 'ACTIVE' AND p.approval_status = 'APPROVED'
ORDER BY p.product_id;
