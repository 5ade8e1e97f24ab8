/*
title: Data quality
sheet: Data quality
description: >-
  Stored rows that break a rule of the schema document, all history, whoever wrote them: one row a rule and entity, with
  what is stored, what it should be, and the section that says so. Rules have the names that the weekly audit uses
  (docs/operator.md). What is wrong with money also stands in the breaks; here is also what never moved any. Section 9.1
  calls a review verified that is linked to a completed order; it stays so when the order is refunded later.
owner: operations
parameters:
  business_currency: { type: text }
columns:
  rule: { heading: Rule, kind: text, width: 26 }
  section: { heading: Section, kind: text, width: 9 }
  entity_type: { heading: On what, kind: text, width: 13 }
  entity_id: { heading: No., kind: integer, width: 10 }
  store_id: { heading: Store, kind: integer, width: 8 }
  stored: { heading: Stored, kind: text, width: 44 }
  expected: { heading: Should be, kind: text, width: 44 }
  what: { heading: What the document says, kind: text, width: 70 }
sort: [rule, entity_type, entity_id]
formats: [csv, xlsx]
*/
WITH items AS (
    SELECT
        i.order_id,
        sum(i.subtotal) AS subtotal,
        sum(i.product_price * i.quantity) AS worked_out
    FROM order_items AS i
    GROUP BY i.order_id
), pictures AS (
    SELECT i.product_id, bool_or(i.is_primary) AS has_primary
    FROM product_images AS i
    GROUP BY i.product_id
), saved AS (
    SELECT f.product_id, count(*) AS favorites
    FROM favorites AS f
    GROUP BY f.product_id
), sales AS (
    SELECT
        v.store_id,
        sum(v.completed_orders) AS orders,
        coalesce(sum(v.sales) FILTER (WHERE v.currency = :'business_currency'::text), 0.00) AS sales
    FROM mainspring.store_sales AS v
    GROUP BY v.store_id
), reviewed AS (
    SELECT
        r.review_id, r.store_id, r.customer_id, r.is_verified_purchase,
        o.customer_id AS order_customer_id,
        coalesce(o.store_id, p.store_id) AS true_store_id,
        coalesce(
            o.customer_id = r.customer_id
            AND (o.order_status = 'DELIVERED' OR o.order_status = 'REFUNDED' AND o.actual_delivery_date IS NOT NULL),
            FALSE) AS is_purchase
    FROM reviews AS r
    LEFT JOIN orders AS o ON o.order_id = r.order_id
    LEFT JOIN products AS p ON p.product_id = r.product_id
), findings (rule, section, entity_type, entity_id, store_id, stored, expected, what) AS (
    -- Accounts.
    SELECT
        'user.role', '2.1', 'user', u.user_id, NULL::integer, u.role, p.role,
        'Customers, sellers and administrators have the role of their profile.'
    FROM users AS u
    JOIN (
        SELECT c.user_id, 'CUSTOMER' AS role FROM customers AS c
        UNION ALL
        SELECT s.user_id, 'SELLER' FROM sellers AS s
        UNION ALL
        SELECT a.user_id, 'ADMIN' FROM administrators AS a
    ) AS p ON p.user_id = u.user_id
    WHERE u.role <> p.role
    UNION ALL
    SELECT
        'seller.undated', '2.3', 'seller', s.seller_id, NULL, 'VERIFIED, without a date', 'VERIFIED, with its date',
        'verification_date is when an administrator verified the seller.'
    FROM sellers AS s
    WHERE s.verification_status = 'VERIFIED' AND s.verification_date IS NULL
    UNION ALL
    SELECT
        'store.unverified_seller', '19.2', 'store', s.store_id, s.store_id, 'open, seller ' || e.verification_status,
        'open, seller VERIFIED', 'A seller is verified before the store is made.'
    FROM stores AS s
    JOIN sellers AS e ON e.seller_id = s.seller_id
    WHERE s.is_active AND e.verification_status <> 'VERIFIED'
    UNION ALL
    -- Stores: their own figures against what they are figures of.
    SELECT
        'store.drift', '4.1', 'store', s.store_id, s.store_id,
        s.total_orders || ' orders, ' || s.total_sales || ', ' || s.total_reviews || ' reviews, ' || s.store_rating,
        coalesce(v.orders, 0) || ' orders, ' || coalesce(v.sales, 0.00) || ', ' || coalesce(r.reviews, 0)
            || ' reviews, ' || coalesce(r.rating, 0.00),
        'Figures follow when orders are completed and reviews written.'
    FROM stores AS s
    LEFT JOIN sales AS v ON v.store_id = s.store_id
    LEFT JOIN mainspring.store_reviews AS r ON r.store_id = s.store_id
    WHERE (s.total_orders, s.total_sales, s.total_reviews, s.store_rating) IS DISTINCT FROM
        (coalesce(v.orders, 0), coalesce(v.sales, 0.00), coalesce(r.reviews, 0), coalesce(r.rating, 0.00))
    UNION ALL
    -- Products.
    SELECT
        'product.seller', '12.1', 'product', p.product_id, p.store_id, 'seller ' || p.seller_id,
        'seller ' || s.seller_id, 'Each seller has one store, and lists in it.'
    FROM products AS p
    JOIN stores AS s ON s.store_id = p.store_id
    WHERE p.seller_id <> s.seller_id
    UNION ALL
    SELECT
        'product.sold_out', '5.3', 'product', p.product_id, p.store_id, p.status || ', 0 pieces', 'SOLD, 0 pieces',
        'The status is set to sold out when the pieces become zero.'
    FROM products AS p
    WHERE p.pieces = 0 AND p.status IN ('ACTIVE', 'RESERVED')
    UNION ALL
    SELECT
        'product.unapproved', '5.3', 'product', p.product_id, p.store_id, 'ACTIVE, ' || p.approval_status,
        'ACTIVE, APPROVED', 'A product goes live when it is approved.'
    FROM products AS p
    WHERE p.status = 'ACTIVE' AND p.approval_status <> 'APPROVED'
    UNION ALL
    SELECT
        'product.undecided', '5.3', 'product', p.product_id, p.store_id,
        p.approval_status || CASE p.approval_status
            WHEN 'APPROVED' THEN ', without administrator or date' ELSE ', without a reason' END,
        p.approval_status || CASE p.approval_status WHEN 'APPROVED' THEN ', with both' ELSE ', with its reason' END,
        'Who approved and when, or why not, is kept with the product.'
    FROM products AS p
    WHERE p.approval_status = 'APPROVED' AND (p.approved_by IS NULL OR p.approved_at IS NULL)
        OR p.approval_status = 'REJECTED' AND coalesce(p.rejection_reason, '') = ''
    UNION ALL
    SELECT
        'product.favorite_count', '5.3', 'product', p.product_id, p.store_id, p.favorite_count::text,
        coalesce(f.favorites, 0)::text, 'favorite_count is how often the product is saved.'
    FROM products AS p
    LEFT JOIN saved AS f ON f.product_id = p.product_id
    WHERE p.favorite_count <> coalesce(f.favorites, 0)
    UNION ALL
    SELECT
        'product.no_primary', '6.2', 'product', p.product_id, p.store_id, 'no primary picture', 'one primary picture',
        'One picture of a product is marked as primary.'
    FROM products AS p
    JOIN pictures AS i ON i.product_id = p.product_id
    WHERE NOT i.has_primary
    UNION ALL
    -- Orders and payments.
    SELECT
        'order.no_items', '7.2', 'order', o.order_id, o.store_id, 'subtotal ' || o.subtotal || ' ' || o.currency
            || ', no items', 'items', 'An order is made of its items.'
    FROM orders AS o
    LEFT JOIN items AS i ON i.order_id = o.order_id
    WHERE i.order_id IS NULL
    UNION ALL
    SELECT
        'order.subtotal', '7.1', 'order', o.order_id, o.store_id, o.subtotal || ' ' || o.currency,
        i.subtotal || ' ' || o.currency, 'The subtotal is the sum of all items.'
    FROM orders AS o
    JOIN items AS i ON i.order_id = o.order_id
    WHERE i.subtotal <> o.subtotal
    UNION ALL
    SELECT
        'order.item_subtotals', '7.2', 'order', o.order_id, o.store_id, i.subtotal || ' ' || o.currency,
        i.worked_out || ' ' || o.currency, 'An item''s subtotal is its price times its quantity.'
    FROM orders AS o
    JOIN items AS i ON i.order_id = o.order_id
    WHERE i.subtotal <> i.worked_out
    UNION ALL
    SELECT
        'order.total', '7.1', 'order', o.order_id, o.store_id, o.total_amount || ' ' || o.currency,
        (o.subtotal + o.tax_amount + o.shipping_cost) || ' ' || o.currency,
        'The total is subtotal, tax and shipping.'
    FROM orders AS o
    WHERE o.total_amount <> o.subtotal + o.tax_amount + o.shipping_cost
    UNION ALL
    SELECT
        'order.advance', '7.1', 'order', o.order_id, o.store_id,
        CASE WHEN o.advance_payment THEN 'required, ' ELSE 'not required, ' END
            || coalesce(o.advance_amount || ' ' || o.currency, 'no amount'),
        CASE WHEN o.advance_payment THEN 'required, at most ' || o.subtotal || ' ' || o.currency
            ELSE 'not required, no amount' END,
        'An advance that is required has an amount, worked out from the subtotal.'
    FROM orders AS o
    WHERE CASE
        WHEN o.advance_payment THEN coalesce(o.advance_amount, 0.00) NOT BETWEEN 0.01 AND o.subtotal
        ELSE coalesce(o.advance_amount, 0.00) <> 0
    END
    UNION ALL
    SELECT
        'order.delivered_undated', '7.1', 'order', o.order_id, o.store_id, 'DELIVERED, without a date',
        'DELIVERED, with its date', 'actual_delivery_date is filled upon delivery.'
    FROM orders AS o
    WHERE o.order_status = 'DELIVERED' AND o.actual_delivery_date IS NULL
    UNION ALL
    SELECT
        'order.dated_undelivered', '7.1', 'order', o.order_id, o.store_id,
        o.order_status || ', delivered ' || o.actual_delivery_date, o.order_status || ', without a date',
        'actual_delivery_date is filled upon delivery.'
    FROM orders AS o
    WHERE o.order_status IN ('PENDING', 'CONFIRMED', 'PROCESSING', 'SHIPPED') AND o.actual_delivery_date IS NOT NULL
    UNION ALL
    SELECT
        'payment.undated', '8.2', 'payment', p.payment_id, o.store_id, p.payment_status || ', without a moment',
        p.payment_status || ', with its moment', 'payment_completed_at is when the payment was confirmed.'
    FROM payments AS p
    JOIN orders AS o ON o.order_id = p.order_id
    WHERE p.payment_status IN ('COMPLETED', 'REFUNDED') AND p.payment_completed_at IS NULL
    UNION ALL
    -- Reviews and messages.
    SELECT
        'review.verified', '9.1', 'review', r.review_id, r.store_id,
        CASE WHEN r.is_verified_purchase THEN 'verified' ELSE 'not verified' END,
        CASE WHEN r.is_purchase THEN 'verified' ELSE 'not verified' END,
        'TRUE if linked to a completed order.'
    FROM reviewed AS r
    WHERE r.is_verified_purchase <> r.is_purchase
    UNION ALL
    SELECT
        'review.customer', '9.1', 'review', r.review_id, r.store_id, 'customer ' || r.customer_id,
        'customer ' || r.order_customer_id, 'A customer reviews orders of their own.'
    FROM reviewed AS r
    WHERE r.customer_id <> r.order_customer_id
    UNION ALL
    SELECT
        'review.store', '9.1', 'review', r.review_id, r.store_id, 'store ' || r.store_id,
        'store ' || r.true_store_id, 'A review is of the store that sold.'
    FROM reviewed AS r
    WHERE r.store_id <> r.true_store_id
    UNION ALL
    SELECT
        'message.read_at', '10.2', 'message', m.message_id, NULL,
        CASE WHEN m.is_read THEN 'read, without a moment' ELSE 'unread, with a moment' END,
        CASE WHEN m.is_read THEN 'read, with its moment' ELSE 'unread, without one' END,
        'read_at is when the message was read.'
    FROM messages AS m
    WHERE m.is_read = (m.read_at IS NULL)
    UNION ALL
    SELECT
        'message.sender', '10.2', 'message', m.message_id, NULL, 'user ' || m.sender_id,
        'user ' || k.user_id || ' or ' || e.user_id, 'A message is of the customer or of the seller.'
    FROM messages AS m
    JOIN chat_conversations AS c ON c.conversation_id = m.conversation_id
    JOIN customers AS k ON k.customer_id = c.customer_id
    JOIN sellers AS e ON e.seller_id = c.seller_id
    -- What the system says is nobody's.
    WHERE m.message_type <> 'SYSTEM' AND m.sender_id NOT IN (k.user_id, e.user_id)
)
SELECT
    f.rule,
    f.section,
    f.entity_type,
    f.entity_id,
    f.store_id,
    f.stored,
    f.expected,
    f.what
FROM findings AS f
ORDER BY f.rule, f.entity_type, f.entity_id;
