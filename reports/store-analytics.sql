/*
title: Store analytics
description: >-
  Sales, completed orders, rating, reviews and products of every store. It is the seller's query of the schema
  document, section 17.2, for all stores; the figures are the store's own, as the shop shows them. Sales are in the
  business currency; completed orders in other currencies count as orders and stand in a column of their own.
owner: finance
parameters:
  business_currency: { type: text }
columns:
  store_id: { heading: Store, kind: integer, width: 8 }
  store_name: { heading: Store name, kind: text, width: 32 }
  seller_id: { heading: Seller, kind: integer, width: 9 }
  is_active: { heading: Active, kind: boolean, width: 9 }
  currency: { heading: Currency, kind: text, width: 10 }
  total_sales: { heading: Delivered sales, kind: money, width: 20, total: sum }
  total_orders: { heading: Completed orders, kind: integer, width: 17, total: sum }
  other_currency_orders: { heading: In other currencies, kind: integer, width: 18, total: sum }
  store_rating: { heading: Rating, kind: rating, width: 9, conditional: scale }
  total_reviews: { heading: Approved reviews, kind: integer, width: 17, total: sum }
  total_products: { heading: Products, kind: integer, width: 11, total: sum }
  sold_products: { heading: Sold out, kind: integer, width: 11, total: sum }
currency: currency
sort: [total_sales desc, store_id]
formats: [csv, xlsx]
*/
SELECT
    s.store_id,
    s.store_name,
    s.seller_id,
    s.is_active,
    :'business_currency'::text AS currency,
    s.total_sales,
    s.total_orders,
    coalesce(other.orders, 0) AS other_currency_orders,
    s.store_rating,
    s.total_reviews,
    coalesce(products.total_products, 0) AS total_products,
    coalesce(products.sold_products, 0) AS sold_products
FROM stores AS s
-- Counted before the join, so that a store's products never multiply with its other currencies.
LEFT JOIN (
    SELECT
        p.store_id,
        count(*) AS total_products,
        count(*) FILTER (WHERE p.status = 'SOLD') AS sold_products
    FROM products AS p
    GROUP BY p.store_id
) AS products ON products.store_id = s.store_id
LEFT JOIN (
    SELECT v.store_id, sum(v.completed_orders)::bigint AS orders
    FROM mainspring.store_sales AS v
    WHERE v.currency <> :'business_currency'::text
    GROUP BY v.store_id
) AS other ON other.store_id = s.store_id
ORDER BY s.total_sales DESC, s.store_id;
