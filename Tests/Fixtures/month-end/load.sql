-- How a month's small CSV files become rows of the shop: what they leave out is filled in here, the same for every month.
-- Each file comes as one JSON array of its rows; an empty cell is NULL.

-- name: people
INSERT INTO users (user_id, email, password_hash, first_name, last_name, role)
VALUES
    (1, 'customer@example.pk', '!', 'Ayesha', 'Khan', 'CUSTOMER'),
    (2, 'seller@example.pk', '!', 'Bilal', 'Awan', 'SELLER');
INSERT INTO customers (customer_id, user_id) VALUES (1, 1);
INSERT INTO sellers (seller_id, user_id, cnic) VALUES (1, 2, '35202-1234567-1');
INSERT INTO addresses (address_id, user_id, address_type, address_line1, city)
VALUES (1, 1, 'BOTH', '1 Mall Road', 'Lahore');
INSERT INTO stores (store_id, seller_id, store_name, store_slug) VALUES (1, 1, 'Waqt', 'waqt');

-- name: orders
INSERT INTO orders (
    order_id, order_number, customer_id, store_id, order_status, subtotal, advance_payment, advance_amount, tax_amount,
    shipping_cost, total_amount, currency, shipping_address_id, carrier, tracking_number, actual_delivery_date,
    created_at, updated_at)
SELECT
    o.order_id, o.order_number, 1, 1, o.status, o.subtotal, o.advance IS NOT NULL, o.advance, o.tax, o.shipping, o.total,
    o.currency, 1, o.carrier, o.tracking, o.delivered_on, o.created_at, o.created_at
FROM jsonb_to_recordset(:'rows'::jsonb) AS o (
    order_id integer, order_number text, status text, currency text, subtotal numeric, tax numeric, shipping numeric,
    total numeric, advance numeric, carrier text, tracking text, created_at timestamp, delivered_on date)

-- name: items
INSERT INTO order_items (order_id, product_name, product_price, quantity, subtotal, created_at)
SELECT i.order_id, i.name, i.price, i.quantity, i.price * i.quantity, i.created_at
FROM jsonb_to_recordset(:'rows'::jsonb) AS i (
    order_id integer, name text, price numeric, quantity integer, created_at timestamp)

-- name: other-items
-- An order without a row in items.csv has one item, which costs its subtotal.
INSERT INTO order_items (order_id, product_name, product_price, quantity, subtotal, created_at)
SELECT o.order_id, 'Watch', o.subtotal, 1, o.subtotal, o.created_at
FROM orders AS o
LEFT JOIN order_items AS i ON i.order_id = o.order_id
WHERE i.order_id IS NULL

-- name: payments
INSERT INTO payments (
    payment_id, order_id, payment_method_id, payment_status, amount, currency, transaction_id, payment_gateway,
    gateway_response, payment_initiated_at, payment_completed_at, created_at, updated_at)
SELECT
    p.payment_id, p.order_id, m.payment_method_id, p.status, p.amount, p.currency, p.transaction_id, p.gateway,
    p.answer::jsonb, p.initiated_at, p.completed_at, p.initiated_at, coalesce(p.updated_at, p.completed_at, p.initiated_at)
FROM jsonb_to_recordset(:'rows'::jsonb) AS p (
    payment_id integer, order_id integer, method text, gateway text, status text, amount numeric, currency text,
    transaction_id text, initiated_at timestamp, completed_at timestamp, updated_at timestamp, answer text)
JOIN payment_methods AS m ON m.method_name = p.method

-- name: buckets
SELECT concat_ws(',', e.channel, e.currency, e.side, e.kind, a.bucket, a.reason, count(*), sum(a.amount)) AS row
FROM mainspring.allocations AS a
JOIN mainspring.money_events AS e ON e.event_id = a.event_id
WHERE a.superseded_by IS NULL
GROUP BY e.channel, e.currency, e.side, e.kind, a.bucket, a.reason
ORDER BY 1

-- name: breaks
-- A line is named by its file and its place in it.
SELECT
    concat_ws(
        ',', b.code, CASE WHEN l.line_id IS NULL THEN b.entity ELSE f.file_name || ':' || l.line_no END, b.role,
        b.currency, coalesce(b.expected::text, ''), coalesce(b.actual::text, ''), b.money_effect) AS row
FROM mainspring.breaks AS b
LEFT JOIN mainspring.lines AS l ON l.entity = b.entity
LEFT JOIN mainspring.files AS f ON f.file_id = l.file_id
WHERE b.status <> 'RESOLVED'
ORDER BY 1
