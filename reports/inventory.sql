/*
title: Inventory
sheet: Inventory
description: >-
  Every product with the pieces that are left, their value at today's price, what was sold of it, and what its listing
  needs. Sold out: no pieces left (schema document, section 5.3). Not marked: sold out, and still for sale, which the
  nightly job mends. Restocked: SOLD, and there are pieces again, which a person decides. Stale: visible, with pieces,
  and neither changed nor sold for stale_days days (--set stale_days=90). Sold pieces are those of delivered orders.
owner: operations
parameters:
  business_date: { type: date }
  time_zone: { type: text }
  stale_days: { type: integer, default: 90 }
columns:
  product_id: { heading: Product, kind: integer, width: 10 }
  store_id: { heading: Store, kind: integer, width: 8 }
  store_name: { heading: Store name, kind: text, width: 28 }
  brand: { heading: Brand, kind: text, width: 20 }
  model_name: { heading: Model, kind: text, width: 34 }
  reference_number: { heading: Reference, kind: text, width: 18 }
  status: { heading: Status, kind: text, width: 11 }
  approval_status: { heading: Approval, kind: text, width: 18 }
  finding: { heading: Finding, kind: text, width: 14 }
  pieces: { heading: Pieces, kind: integer, width: 9, total: sum }
  currency: { heading: Currency, kind: text, width: 10 }
  price: { heading: Price, kind: money, width: 17 }
  value: { heading: Value of pieces, kind: money, width: 19, total: sum }
  sold_pieces: { heading: Sold, kind: integer, width: 8, total: sum }
  last_sold_on: { heading: Last sold, kind: date, width: 12 }
  changed_on: { heading: Last changed, kind: date, width: 13 }
  quiet_days: { heading: Days without either, kind: integer, width: 18 }
currency: currency
sort: [store_id, product_id]
formats: [csv, xlsx]
charts:
  - { title: Value of stock by store, kind: bar, category: store_name, series: [value], largest: 15 }
*/
WITH sold AS (
    SELECT
        i.product_id,
        sum(i.quantity) FILTER (WHERE o.order_status = 'DELIVERED') AS pieces,
        max(o.created_at::timestamptz) AS last_at
    FROM order_items AS i
    JOIN orders AS o ON o.order_id = i.order_id
    WHERE o.order_status <> 'CANCELLED' AND i.product_id IS NOT NULL
    GROUP BY i.product_id
), stock AS (
    SELECT
        p.*,
        p.status = 'ACTIVE' AND p.approval_status = 'APPROVED' AS is_visible,
        coalesce(s.pieces, 0) AS sold_pieces,
        (s.last_at AT TIME ZONE :'time_zone'::text)::date AS last_sold_on,
        (p.updated_at::timestamptz AT TIME ZONE :'time_zone'::text)::date AS changed_on
    FROM products AS p
    LEFT JOIN sold AS s ON s.product_id = p.product_id
), dated AS (
    SELECT
        s.*,
        :'business_date'::date - greatest(s.changed_on, coalesce(s.last_sold_on, s.changed_on)) AS quiet_days
    FROM stock AS s
)
SELECT
    d.product_id,
    d.store_id,
    n.store_name,
    b.brand_name AS brand,
    d.model_name,
    d.reference_number,
    d.status,
    d.approval_status,
    CASE
        WHEN d.pieces = 0 AND d.status IN ('ACTIVE', 'RESERVED') THEN 'not marked'
        WHEN d.pieces = 0 THEN 'sold out'
        WHEN d.status = 'SOLD' THEN 'restocked'
        WHEN d.is_visible AND d.quiet_days > :'stale_days'::integer THEN 'stale'
    END AS finding,
    d.pieces,
    d.currency,
    d.price,
    d.pieces * d.price AS value,
    d.sold_pieces,
    d.last_sold_on,
    d.changed_on,
    d.quiet_days
FROM dated AS d
JOIN stores AS n ON n.store_id = d.store_id
JOIN brands AS b ON b.brand_id = d.brand_id
ORDER BY d.store_id, d.product_id;
