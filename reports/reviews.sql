/*
title: Reviews
description: >-
  One row for each review that was written on the business dates of the window, as it stands now, approved or not.
  Title and text are the customer's own words.
owner: operations
parameters:
  from: { type: date }
  to: { type: date }
  time_zone: { type: text }
columns:
  review_id: { heading: Review, kind: integer, width: 10 }
  created_at: { heading: Written, kind: timestamp, width: 18 }
  store_id: { heading: Store, kind: integer, width: 8 }
  store_name: { heading: Store name, kind: text, width: 28 }
  product_id: { heading: Product, kind: integer, width: 10 }
  order_id: { heading: Order, kind: integer, width: 10 }
  order_number: { heading: Order number, kind: text, width: 18 }
  customer_id: { heading: Customer, kind: integer, width: 10 }
  rating: { heading: Rating, kind: rating, width: 8 }
  is_verified_purchase: { heading: Verified, kind: boolean, width: 10 }
  is_approved: { heading: Approved, kind: boolean, width: 10 }
  is_featured: { heading: Featured, kind: boolean, width: 10 }
  helpful_count: { heading: Helpful, kind: integer, width: 9, total: sum }
  not_helpful_count: { heading: Not helpful, kind: integer, width: 11, total: sum }
  title: { heading: Title, kind: text, width: 32 }
  description: { heading: Text, kind: text, width: 60 }
  updated_at: { heading: Updated, kind: timestamp, width: 18 }
sort: [review_id]
formats: [csv, xlsx]
*/
SELECT
    r.review_id,
    r.created_at::timestamptz AT TIME ZONE :'time_zone'::text AS created_at,
    r.store_id,
    s.store_name,
    r.product_id,
    r.order_id,
    o.order_number,
    r.customer_id,
    r.rating,
    r.is_verified_purchase,
    r.is_approved,
    r.is_featured,
    r.helpful_count,
    r.not_helpful_count,
    r.title,
    r.description,
    r.updated_at::timestamptz AT TIME ZONE :'time_zone'::text AS updated_at
FROM reviews AS r
JOIN stores AS s ON s.store_id = r.store_id
LEFT JOIN orders AS o ON o.order_id = r.order_id
WHERE r.created_at >= (:'from'::date)::timestamp AT TIME ZONE :'time_zone'::text
    AND r.created_at < (:'to'::date + 1)::timestamp AT TIME ZONE :'time_zone'::text
ORDER BY r.review_id;
