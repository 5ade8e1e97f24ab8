/*
title: Revenue by category and brand
sheet: By category and brand
description: >-
  Goods of delivered orders of the month so far, by category and brand of the product, each currency apart, for orders
  created on the business dates of the window. Value is that of the items as they were sold: without tax and shipping,
  which belong to an order and not to a watch. A product that was deleted since stands under no category and no brand.
  Before is the same number of days that end on the day before the window. Orders counts those that hold such an item.
owner: finance
window: month
parameters:
  from: { type: date }
  to: { type: date }
  time_zone: { type: text }
columns:
  parent_category: { heading: Category, kind: text, width: 20 }
  category: { heading: Subcategory, kind: text, width: 20 }
  category_id: { heading: No., kind: integer, width: 7 }
  brand: { heading: Brand, kind: text, width: 22 }
  currency: { heading: Currency, kind: text, width: 10 }
  orders: { heading: Delivered orders, kind: integer, width: 17 }
  pieces: { heading: Pieces, kind: integer, width: 10, total: sum }
  value: { heading: Value of goods, kind: money, width: 22, total: sum, conditional: data-bar }
  average_price: { heading: Average price, kind: money, width: 18 }
  share_percent: { heading: Share, kind: percent, width: 10 }
  pieces_before: { heading: Pieces before, kind: integer, width: 15, total: sum }
  value_before: { heading: Value before, kind: money, width: 20, total: sum }
  change: { heading: Change, kind: money, width: 20, total: sum }
  change_percent: { heading: Change in percent, kind: percent, width: 18 }
currency: currency
sort: [currency, value desc, parent_category, category, category_id, brand]
formats: [csv, xlsx]
charts:
  - { title: Goods delivered by category, kind: column, category: parent_category, series: [value] }
  - { title: Goods delivered by brand, kind: bar, category: brand, series: [value], largest: 15 }
*/
WITH sold AS (
    SELECT
        o.order_id,
        o.currency,
        o.created_at >= (:'from'::date)::timestamp AT TIME ZONE :'time_zone'::text AS is_now,
        i.product_id,
        i.quantity,
        i.subtotal
    FROM orders AS o
    JOIN order_items AS i ON i.order_id = o.order_id
    WHERE o.order_status = 'DELIVERED'
        -- The window, and as many days before it.
        AND o.created_at
            >= (:'from'::date - (:'to'::date - :'from'::date + 1))::timestamp AT TIME ZONE :'time_zone'::text
        AND o.created_at < (:'to'::date + 1)::timestamp AT TIME ZONE :'time_zone'::text
), sums AS (
    SELECT
        p.category_id,
        p.brand_id,
        s.currency,
        count(DISTINCT s.order_id) FILTER (WHERE s.is_now) AS orders,
        coalesce(sum(s.quantity) FILTER (WHERE s.is_now), 0) AS pieces,
        coalesce(sum(s.subtotal) FILTER (WHERE s.is_now), 0.00) AS value,
        coalesce(sum(s.quantity) FILTER (WHERE NOT s.is_now), 0) AS pieces_before,
        coalesce(sum(s.subtotal) FILTER (WHERE NOT s.is_now), 0.00) AS value_before
    FROM sold AS s
    LEFT JOIN products AS p ON p.product_id = s.product_id
    GROUP BY p.category_id, p.brand_id, s.currency
)
SELECT
    -- A category at the top is its own parent here, so that a pivot over the first column holds everything.
    coalesce(t.category_name, c.category_name) AS parent_category,
    CASE WHEN t.category_id IS NOT NULL THEN c.category_name END AS category,
    s.category_id,
    b.brand_name AS brand,
    s.currency,
    s.orders,
    s.pieces,
    s.value,
    round(s.value / nullif(s.pieces, 0), 2) AS average_price,
    round(100 * s.value / nullif(sum(s.value) OVER (PARTITION BY s.currency), 0), 2) AS share_percent,
    s.pieces_before,
    s.value_before,
    s.value - s.value_before AS change,
    round(100 * (s.value - s.value_before) / nullif(s.value_before, 0), 2) AS change_percent
FROM sums AS s
LEFT JOIN product_categories AS c ON c.category_id = s.category_id
LEFT JOIN product_categories AS t ON t.category_id = c.parent_category_id
LEFT JOIN brands AS b ON b.brand_id = s.brand_id
ORDER BY s.currency, s.value DESC, parent_category, category, s.category_id, brand;
