/*
title: Admin activity
sheet: Admin activity
description: >-
  The audit trail of the business dates of the window: what each administrator did, to what, and when. One row an entry
  of the schema document's admin_activity_log (section 11.2), without IP address and browser, which are personal.
owner: operations
window: month
parameters:
  from: { type: date }
  to: { type: date }
  time_zone: { type: text }
columns:
  log_id: { heading: Entry, kind: integer, width: 10 }
  created_at: { heading: When, kind: timestamp, width: 18 }
  admin_id: { heading: Administrator, kind: integer, width: 14 }
  access_level: { heading: Access, kind: text, width: 11 }
  action_type: { heading: Action, kind: text, width: 22 }
  entity_type: { heading: On what, kind: text, width: 12 }
  entity_id: { heading: No., kind: integer, width: 10 }
  entity: { heading: Its name, kind: text, width: 36 }
  description: { heading: Description, kind: text, width: 60 }
sort: [log_id]
formats: [csv, xlsx]
*/
SELECT
    l.log_id,
    l.created_at::timestamptz AT TIME ZONE :'time_zone'::text AS created_at,
    l.admin_id,
    a.access_level,
    l.action_type,
    l.entity_type,
    l.entity_id,
    -- As it is called now; what was deleted, and people, have no name here.
    CASE l.entity_type
        WHEN 'PRODUCT' THEN p.model_name
        WHEN 'STORE' THEN s.store_name
        WHEN 'SELLER' THEN e.store_name
        WHEN 'ORDER' THEN o.order_number
        WHEN 'REVIEW' THEN 'review of ' || r.store_name
    END AS entity,
    l.description
FROM admin_activity_log AS l
JOIN administrators AS a ON a.admin_id = l.admin_id
LEFT JOIN products AS p ON l.entity_type = 'PRODUCT' AND p.product_id = l.entity_id
LEFT JOIN stores AS s ON l.entity_type = 'STORE' AND s.store_id = l.entity_id
LEFT JOIN stores AS e ON l.entity_type = 'SELLER' AND e.seller_id = l.entity_id
LEFT JOIN orders AS o ON l.entity_type = 'ORDER' AND o.order_id = l.entity_id
LEFT JOIN (
    SELECT r.review_id, s.store_name
    FROM reviews AS r
    JOIN stores AS s ON s.store_id = r.store_id
) AS r ON l.entity_type = 'REVIEW' AND r.review_id = l.entity_id
WHERE l.created_at >= (:'from'::date)::timestamp AT TIME ZONE :'time_zone'::text
    AND l.created_at < (:'to'::date + 1)::timestamp AT TIME ZONE :'time_zone'::text
ORDER BY l.log_id;
