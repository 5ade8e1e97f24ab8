/*
title: Reviews summary
sheet: Reviews summary
description: >-
  How customers rate each store, and what moderation let stand: one row for each store that has reviews and each number
  of stars, half stars with the whole below them. The store's rating is the average of its approved reviews, half up to
  two decimals, as the shop shows it; share is the part of these stars in its approved reviews. New counts those written
  on the business dates of the window.
owner: operations
window: month
parameters:
  from: { type: date }
  to: { type: date }
  time_zone: { type: text }
columns:
  store_id: { heading: Store, kind: integer, width: 8 }
  store_name: { heading: Store name, kind: text, width: 32 }
  store_rating: { heading: Rating of the store, kind: rating, width: 18 }
  stars: { heading: Stars, kind: integer, width: 8 }
  reviews: { heading: Reviews, kind: integer, width: 10, total: sum }
  approved: { heading: Approved, kind: integer, width: 10, total: sum, conditional: data-bar }
  not_approved: { heading: Not approved, kind: integer, width: 13, total: sum }
  share_percent: { heading: Share of approved, kind: percent, width: 17 }
  featured: { heading: Featured, kind: integer, width: 10, total: sum }
  verified: { heading: Verified purchases, kind: integer, width: 18, total: sum }
  with_pictures: { heading: With pictures, kind: integer, width: 14, total: sum }
  helpful: { heading: Voted helpful, kind: integer, width: 14, total: sum }
  not_helpful: { heading: Voted not helpful, kind: integer, width: 17, total: sum }
  new_reviews: { heading: New, kind: integer, width: 8, total: sum }
sort: [store_id, stars desc]
formats: [csv, xlsx]
charts:
  - { title: Rating distribution, kind: column, category: stars, series: [approved] }
*/
WITH pictured AS (
    SELECT DISTINCT i.review_id FROM review_images AS i
), counted AS (
    SELECT
        r.store_id,
        floor(r.rating)::integer AS stars,
        count(*) AS reviews,
        count(*) FILTER (WHERE r.is_approved) AS approved,
        count(*) FILTER (WHERE NOT r.is_approved) AS not_approved,
        sum(r.rating) FILTER (WHERE r.is_approved) AS points,
        count(*) FILTER (WHERE r.is_featured) AS featured,
        count(*) FILTER (WHERE r.is_verified_purchase) AS verified,
        count(i.review_id) AS with_pictures,
        sum(r.helpful_count) AS helpful,
        sum(r.not_helpful_count) AS not_helpful,
        count(*) FILTER (
            WHERE r.created_at >= (:'from'::date)::timestamp AT TIME ZONE :'time_zone'::text
                AND r.created_at < (:'to'::date + 1)::timestamp AT TIME ZONE :'time_zone'::text) AS new_reviews
    FROM reviews AS r
    LEFT JOIN pictured AS i ON i.review_id = r.review_id
    GROUP BY r.store_id, floor(r.rating)::integer
), rated AS (
    SELECT
        c.store_id,
        sum(c.approved) AS approved,
        round(sum(c.points) / nullif(sum(c.approved), 0), 2) AS rating
    FROM counted AS c
    GROUP BY c.store_id
)
-- All five for each store, so that a picture of the distribution has no gaps.
SELECT
    s.store_id,
    s.store_name,
    coalesce(t.rating, 0.00) AS store_rating,
    n.stars,
    coalesce(c.reviews, 0) AS reviews,
    coalesce(c.approved, 0) AS approved,
    coalesce(c.not_approved, 0) AS not_approved,
    round(100.0 * coalesce(c.approved, 0) / nullif(t.approved, 0), 2) AS share_percent,
    coalesce(c.featured, 0) AS featured,
    coalesce(c.verified, 0) AS verified,
    coalesce(c.with_pictures, 0) AS with_pictures,
    coalesce(c.helpful, 0) AS helpful,
    coalesce(c.not_helpful, 0) AS not_helpful,
    coalesce(c.new_reviews, 0) AS new_reviews
FROM rated AS t
JOIN stores AS s ON s.store_id = t.store_id
CROSS JOIN (VALUES (1), (2), (3), (4), (5)) AS n (stars)
LEFT JOIN counted AS c ON c.store_id = t.store_id AND c.stars = n.stars
ORDER BY s.store_id, n.stars DESC;
