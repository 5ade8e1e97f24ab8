-- Each table counted by itself, under the document's own words.
WITH figures (section, figure, currency, count, amount, new_count, new_amount) AS (
    SELECT
        'accounts', lower(u.role) || 's, ' || CASE u.is_active WHEN TRUE THEN 'active' ELSE 'inactive' END, NULL,
        count(*), NULL::numeric,
        sum((u.created_at BETWEEN '2026-03-31 19:00' AND '2026-06-30 18:59:59.999999')::integer), NULL::numeric
    FROM users AS u
    WHERE u.role <> 'ADMIN'
    GROUP BY 2
    UNION ALL
    SELECT 'accounts', 'administrators, active', NULL, count(*), NULL, 0, NULL
    FROM administrators AS a
    UNION ALL
    SELECT
        'accounts', 'customers who bought as guests', NULL, count(*), NULL,
        sum((c.created_at + interval '5 hours' >= '2026-04-01')::integer), NULL
    FROM customers AS c
    WHERE c.is_guest
    UNION ALL
    SELECT
        'sellers', lower(s.verification_status), NULL, count(*), NULL,
        sum((s.created_at + interval '5 hours' >= '2026-04-01')::integer), NULL
    FROM sellers AS s
    GROUP BY s.verification_status
    UNION ALL
    SELECT
        'stores', CASE s.is_active WHEN TRUE THEN 'open' ELSE 'closed' END, NULL, count(*), NULL,
        sum((s.created_at + interval '5 hours' >= '2026-04-01')::integer), NULL
    FROM stores AS s
    GROUP BY s.is_active
    UNION ALL
    SELECT
        'products', lower(p.status), NULL, count(*), NULL,
        sum((p.created_at + interval '5 hours' >= '2026-04-01')::integer), NULL
    FROM products AS p
    GROUP BY p.status
    UNION ALL
    SELECT
        'approvals',
        CASE p.approval_status WHEN 'REQUIRES_CHANGES' THEN 'requires changes' ELSE lower(p.approval_status) END,
        NULL, count(*), NULL, sum((p.created_at + interval '5 hours' >= '2026-04-01')::integer), NULL
    FROM products AS p
    GROUP BY p.approval_status
    UNION ALL
    SELECT
        'orders', lower(o.order_status), o.currency, count(*), sum(o.total_amount),
        sum((o.created_at + interval '5 hours' >= '2026-04-01')::integer),
        sum(CASE WHEN o.created_at + interval '5 hours' >= '2026-04-01' THEN o.total_amount ELSE 0 END)
    FROM orders AS o
    GROUP BY o.order_status, o.currency
    UNION ALL
    SELECT
        'revenue', 'delivered order value', o.currency, count(*), sum(o.total_amount),
        sum((o.created_at + interval '5 hours' >= '2026-04-01')::integer),
        sum(CASE WHEN o.created_at + interval '5 hours' >= '2026-04-01' THEN o.total_amount ELSE 0 END)
    FROM stores AS s
    JOIN orders AS o ON o.store_id = s.store_id AND o.order_status = 'DELIVERED'
    GROUP BY o.currency
    UNION ALL
    SELECT
        'payments', lower(p.payment_status), p.currency, count(*), sum(p.amount),
        sum((p.created_at + interval '5 hours' >= '2026-04-01')::integer),
        sum(CASE WHEN p.created_at + interval '5 hours' >= '2026-04-01' THEN p.amount ELSE 0 END)
    FROM payments AS p
    GROUP BY p.payment_status, p.currency
    UNION ALL
    SELECT
        'reviews', CASE r.is_approved WHEN TRUE THEN 'approved' ELSE 'not approved' END, NULL, count(*), NULL,
        sum((r.created_at + interval '5 hours' >= '2026-04-01')::integer), NULL
    FROM reviews AS r
    GROUP BY r.is_approved
    UNION ALL
    SELECT
        'chats', lower(c.status), NULL, count(*), NULL,
        sum((c.created_at + interval '5 hours' >= '2026-04-01')::integer), NULL
    FROM chat_conversations AS c
    GROUP BY c.status
)
SELECT f.section, f.figure, f.currency, f.count, f.amount, f.new_count, f.new_amount
FROM figures AS f;
