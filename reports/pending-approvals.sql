/*
title: Pending approvals
sheet: Pending approvals
description: >-
  Products that wait for an administrator, the oldest first. It is the admin's query of the schema document, section
  17.3, and like it shows the seller's e-mail address: so it runs by hand only, with --personal-data, and by a
  login that belongs to the job role. Like there, a draft is listed from its beginning: the document has no mark of being
  submitted. Days count from the listing to the business date.
owner: operations
personal_data: true
parameters:
  business_date: { type: date }
  time_zone: { type: text }
columns:
  product_id: { heading: Product, kind: integer, width: 10 }
  created_at: { heading: Listed, kind: timestamp, width: 18 }
  waiting_days: { heading: Days waiting, kind: integer, width: 13, conditional: scale }
  updated_at: { heading: Updated, kind: timestamp, width: 18 }
  status: { heading: Status, kind: text, width: 11 }
  approval_status: { heading: Approval, kind: text, width: 12 }
  store_id: { heading: Store, kind: integer, width: 8 }
  store_name: { heading: Store name, kind: text, width: 28 }
  seller_id: { heading: Seller, kind: integer, width: 8 }
  seller_email: { heading: Seller's e-mail, kind: text, width: 32 }
  brand: { heading: Brand, kind: text, width: 20 }
  category: { heading: Category, kind: text, width: 20 }
  model_name: { heading: Model, kind: text, width: 34 }
  reference_number: { heading: Reference, kind: text, width: 18 }
  condition: { heading: Condition, kind: text, width: 12 }
  pieces: { heading: Pieces, kind: integer, width: 9, total: sum }
  currency: { heading: Currency, kind: text, width: 10 }
  price: { heading: Price, kind: money, width: 17 }
  pictures: { heading: Pictures, kind: integer, width: 10 }
currency: currency
sort: [created_at, product_id]
formats: [csv, xlsx]
*/
SELECT
    p.product_id,
    p.created_at::timestamptz AT TIME ZONE :'time_zone'::text AS created_at,
    :'business_date'::date - (p.created_at::timestamptz AT TIME ZONE :'time_zone'::text)::date AS waiting_days,
    p.updated_at::timestamptz AT TIME ZONE :'time_zone'::text AS updated_at,
    p.status,
    p.approval_status,
    p.store_id,
    s.store_name,
    s.seller_id,
    u.email AS seller_email,
    b.brand_name AS brand,
    c.category_name AS category,
    p.model_name,
    p.reference_number,
    p.condition,
    p.pieces,
    p.currency,
    p.price,
    coalesce(i.pictures, 0) AS pictures
FROM products AS p
JOIN stores AS s ON s.store_id = p.store_id
JOIN sellers AS e ON e.seller_id = s.seller_id
JOIN users AS u ON u.user_id = e.user_id
JOIN brands AS b ON b.brand_id = p.brand_id
JOIN product_categories AS c ON c.category_id = p.category_id
LEFT JOIN (
    SELECT i.product_id, count(*) AS pictures
    FROM product_images AS i
    GROUP BY i.product_id
) AS i ON i.product_id = p.product_id
WHERE p.approval_status = 'PENDING'
ORDER BY p.created_at, p.product_id;
