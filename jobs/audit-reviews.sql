/*
about: Reviews and conversations that contradict what they hang on. It only reports.
*/
-- Verified purchase is told in docs/semantics.md ("Words").

-- name: difference
WITH judged AS (
    SELECT
        r.review_id,
        r.store_id,
        r.is_verified_purchase,
        coalesce(
            o.customer_id = r.customer_id
            AND (
                o.order_status = 'DELIVERED'
                OR (o.order_status = 'REFUNDED' AND o.actual_delivery_date IS NOT NULL)
            ),
            false
        ) AS is_purchase,
        o.store_id AS order_store_id,
        o.customer_id AS order_customer_id,
        r.customer_id,
        p.store_id AS product_store_id
    FROM reviews AS r
    LEFT JOIN orders AS o ON o.order_id = r.order_id
    LEFT JOIN products AS p ON p.product_id = r.product_id
),
findings AS (
    SELECT
        'review' AS kind,
        j.review_id AS id,
        'review.verified' AS finding,
        jsonb_build_object('is_verified_purchase', j.is_verified_purchase::text) AS before,
        jsonb_build_object('is_verified_purchase', j.is_purchase::text) AS after
    FROM judged AS j
    WHERE j.is_verified_purchase <> j.is_purchase
    UNION ALL
    SELECT
        'review', j.review_id, 'review.customer', jsonb_build_object('customer_id', j.customer_id::text),
        jsonb_build_object('customer_id', j.order_customer_id::text)
    FROM judged AS j
    WHERE j.customer_id <> j.order_customer_id
    UNION ALL
    SELECT
        'review', j.review_id, 'review.store', jsonb_build_object('store_id', j.store_id::text),
        jsonb_build_object('store_id', coalesce(j.order_store_id, j.product_store_id)::text)
    FROM judged AS j
    WHERE j.store_id <> coalesce(j.order_store_id, j.product_store_id)
    UNION ALL
    SELECT
        'conversation', c.conversation_id, 'conversation.last_message',
        jsonb_build_object('last_message_at', c.last_message_at::text),
        jsonb_build_object('last_message_at', m.last_message_at::text)
    FROM chat_conversations AS c
    JOIN (
        SELECT m.conversation_id, max(m.created_at) AS last_message_at
        FROM messages AS m
        GROUP BY m.conversation_id
    ) AS m ON m.conversation_id = c.conversation_id
    WHERE c.last_message_at IS DISTINCT FROM m.last_message_at
)
SELECT f.kind || ':' || f.id AS entity, f.finding, false AS applies, f.before, f.after
FROM findings AS f
ORDER BY f.kind, f.id, f.finding;
