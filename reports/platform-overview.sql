/*
title: Platform overview
sheet: Platform overview
description: >-
  What an administrator watches (schema document, sections 1.2 and 19.3): accounts, sellers, stores, products, orders,
  payments, reviews, chats and revenue, as they stand now, and how many of them are new on the business dates of the
  window. Revenue is delivered order value as in section 17.3, each currency apart; that of the window counts by the
  order's creation. Amounts of payments are what was attempted in that state.
owner: operations
window: month
parameters:
  from: { type: date }
  to: { type: date }
  time_zone: { type: text }
columns:
  section: { heading: Section, kind: text, width: 16 }
  figure: { heading: Figure, kind: text, width: 34 }
  currency: { heading: Currency, kind: text, width: 10 }
  count: { heading: In all, kind: integer, width: 12 }
  amount: { heading: Amount, kind: money, width: 22 }
  new_count: { heading: New in the window, kind: integer, width: 17 }
  new_amount: { heading: Its amount, kind: money, width: 20 }
currency: currency
sort: [section, figure, currency]
formats: [csv, xlsx]
*/
WITH bounds AS (
    SELECT
        (:'from'::date)::timestamp AT TIME ZONE :'time_zone'::text AS lower,
        (:'to'::date + 1)::timestamp AT TIME ZONE :'time_zone'::text AS upper
), facts (section, figure, currency, amount, created_at) AS (
    SELECT
        'accounts', CASE u.role WHEN 'CUSTOMER' THEN 'customers' WHEN 'SELLER' THEN 'sellers' ELSE 'administrators' END
            || CASE WHEN u.is_active THEN ', active' ELSE ', inactive' END,
        NULL, NULL::numeric, u.created_at::timestamptz
    FROM users AS u
    UNION ALL
    SELECT 'accounts', 'customers who bought as guests', NULL, NULL, c.created_at::timestamptz
    FROM customers AS c
    WHERE c.is_guest
    UNION ALL
    SELECT 'sellers', lower(s.verification_status), NULL, NULL, s.created_at::timestamptz
    FROM sellers AS s
    UNION ALL
    SELECT 'stores', CASE WHEN s.is_active THEN 'open' ELSE 'closed' END, NULL, NULL, s.created_at::timestamptz
    FROM stores AS s
    UNION ALL
    SELECT 'products', lower(p.status), NULL, NULL, p.created_at::timestamptz
    FROM products AS p
    UNION ALL
    SELECT 'approvals', replace(lower(p.approval_status), '_', ' '), NULL, NULL, p.created_at::timestamptz
    FROM products AS p
    UNION ALL
    SELECT 'orders', lower(o.order_status), o.currency, o.total_amount, o.created_at::timestamptz
    FROM orders AS o
    UNION ALL
    SELECT 'payments', lower(p.payment_status), p.currency, p.amount, p.created_at::timestamptz
    FROM payments AS p
    UNION ALL
    SELECT 'revenue', 'delivered order value', o.currency, o.total_amount, o.created_at::timestamptz
    FROM orders AS o
    WHERE o.order_status = 'DELIVERED'
    UNION ALL
    SELECT
        'reviews', CASE WHEN r.is_approved THEN 'approved' ELSE 'not approved' END, NULL, NULL,
        r.created_at::timestamptz
    FROM reviews AS r
    UNION ALL
    SELECT 'chats', lower(c.status), NULL, NULL, c.created_at::timestamptz
    FROM chat_conversations AS c
)
SELECT
    f.section,
    f.figure,
    f.currency,
    count(*) AS count,
    sum(f.amount) AS amount,
    count(*) FILTER (WHERE f.created_at >= b.lower AND f.created_at < b.upper) AS new_count,
    -- Nothing new is 0.00 where there is an amount at all.
    CASE
        WHEN f.currency IS NOT NULL
            THEN coalesce(sum(f.amount) FILTER (WHERE f.created_at >= b.lower AND f.created_at < b.upper), 0.00)
    END AS new_amount
FROM facts AS f
CROSS JOIN bounds AS b
GROUP BY f.section, f.figure, f.currency
ORDER BY f.section, f.figure, f.currency;
