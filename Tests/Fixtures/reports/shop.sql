-- A shop small enough to be worked out on paper: three stores, eight orders, ten payments, five reviews, two statements.
-- Its figures stand in README.md beside this file; the golden files were written from those, not from the reports.
-- Business time is Asia/Karachi (UTC+5): 19:00 UTC is midnight.
INSERT INTO users (user_id, email, password_hash, first_name, last_name, role, created_at, updated_at) VALUES
    (1, 'seller1@example.com', '!', 'Ayesha', 'Khan', 'SELLER', '2026-01-01 08:00:00', '2026-01-01 08:00:00'),
    (2, 'seller2@example.com', '!', 'Bilal', 'Shah', 'SELLER', '2026-01-01 08:00:00', '2026-01-01 08:00:00'),
    (3, 'seller3@example.com', '!', 'Sana', 'Malik', 'SELLER', '2026-01-01 08:00:00', '2026-01-01 08:00:00'),
    (4, 'customer@example.com', '!', 'Omar', 'Ali', 'CUSTOMER', '2026-01-01 08:00:00', '2026-01-01 08:00:00');
INSERT INTO customers (customer_id, user_id, is_guest, created_at) VALUES (1, 4, FALSE, '2026-01-01 08:00:00');
INSERT INTO sellers (seller_id, user_id, cnic, verification_status, verification_date, created_at) VALUES
    (1, 1, '35202-1111111-1', 'VERIFIED', '2026-01-02 08:00:00', '2026-01-01 08:00:00'),
    (2, 2, '35202-2222222-2', 'VERIFIED', '2026-01-02 08:00:00', '2026-01-01 08:00:00'),
    (3, 3, '35202-3333333-3', 'VERIFIED', '2026-01-02 08:00:00', '2026-01-01 08:00:00');
INSERT INTO addresses (
    address_id, user_id, address_type, address_line1, city, state_province, postal_code, country, created_at,
    updated_at) VALUES
    (1, 4, 'BOTH', '12 Mall Road', 'Lahore', 'Punjab', '54000', 'Pakistan', '2026-01-01 08:00:00',
        '2026-01-01 08:00:00'),
    (2, 4, 'SHIPPING', '9 Sea View', 'کراچی', '+Sindh', '75500', 'Pakistan', '2026-01-01 08:00:00',
        '2026-01-01 08:00:00');

-- Names that a spreadsheet would run; a name in Urdu. Stores hold the figures that the nightly job would leave.
INSERT INTO stores (
    store_id, seller_id, store_name, store_slug, store_rating, total_reviews, total_sales, total_orders, is_active,
    created_at, updated_at) VALUES
    (1, 1, 'Lahore Time House', 'lahore-time-house', 4.33, 3, 3840.50, 4, TRUE, '2026-01-03 08:00:00',
        '2026-01-03 08:00:00'),
    (2, 2, '=HYPERLINK("http://evil.example","Click")', 'click', 2.00, 1, 1010.01, 2, TRUE, '2026-01-03 08:00:00',
        '2026-01-03 08:00:00'),
    (3, 3, 'گھڑی گھر', 'ghari-ghar', 0.00, 0, 2000.00, 1, FALSE, '2026-01-03 08:00:00', '2026-01-03 08:00:00');
INSERT INTO brands (brand_id, brand_name) VALUES (1, 'Seiko');
INSERT INTO product_categories (category_id, category_name) VALUES (1, 'Divers');
INSERT INTO products (
    product_id, seller_id, store_id, brand_id, category_id, model_name, condition, pieces, price, status,
    approval_status, created_at, updated_at) VALUES
    (1, 1, 1, 1, 1, 'SKX007', 'GOOD', 0, 1000.00, 'SOLD', 'APPROVED', '2026-01-04 08:00:00', '2026-01-04 08:00:00'),
    (2, 1, 1, 1, 1, 'SPB143', 'NEW', 3, 2000.00, 'ACTIVE', 'APPROVED', '2026-01-04 08:00:00', '2026-01-04 08:00:00'),
    (3, 2, 2, 1, 1, 'SNK809', 'FAIR', 0, 500.00, 'SOLD', 'APPROVED', '2026-01-04 08:00:00', '2026-01-04 08:00:00');

-- Order 1 is the last second of May in business time, order 2 the first of June; order 4 the last of the window, order
-- 6 the first after it. April sells nothing.
INSERT INTO orders (
    order_id, order_number, customer_id, store_id, order_status, subtotal, advance_payment, advance_amount, tax_amount,
    shipping_cost, total_amount, currency, shipping_address_id, billing_address_id, tracking_number, carrier,
    expected_delivery_date, actual_delivery_date, created_at, updated_at) VALUES
    (1, 'ORD-2026-00001', 1, 1, 'DELIVERED', 1000.00, FALSE, NULL, 180.00, 0.00, 1180.00, 'PKR', 1, NULL, 'T-1', 'TCS',
        '2026-06-03', '2026-06-02', '2026-05-31 18:59:59', '2026-06-02 10:00:00'),
    (2, 'ORD-2026-00002', 1, 1, 'DELIVERED', 2000.00, TRUE, 400.00, 360.50, 0.00, 2360.50, 'PKR', 1, 1, 'T-2', 'TCS',
        '2026-06-05', '2026-06-04', '2026-05-31 19:00:00', '2026-06-04 10:00:00'),
    (3, 'ORD-2026-00003', 1, 1, 'DELIVERED', 450.00, FALSE, NULL, 40.00, 10.00, 500.00, 'USD', 1, 1, NULL, NULL,
        NULL, '2026-06-15', '2026-06-10 09:00:00', '2026-06-15 10:00:00'),
    (4, 'ORD-2026-00004', 1, 2, 'DELIVERED', 800.00, FALSE, NULL, 144.00, 56.00, 1000.00, 'PKR', 2, NULL, 'T-4', 'TCS',
        '2026-07-02', '2026-06-30', '2026-06-30 18:59:59.999999', '2026-06-30 18:59:59.999999'),
    (5, 'ORD-2026-00005', 1, 2, 'PENDING', 847.45, FALSE, NULL, 152.54, 0.00, 999.99, 'PKR', 1, NULL, NULL, NULL,
        NULL, NULL, '2026-06-30 10:00:00', '2026-06-30 10:00:00'),
    (6, 'ORD-2026-00006', 1, 2, 'DELIVERED', 8.48, FALSE, NULL, 1.53, 0.00, 10.01, 'PKR', 1, NULL, 'T-6', 'TCS',
        NULL, '2026-07-01', '2026-06-30 19:00:00', '2026-06-30 19:30:00'),
    (7, 'ORD-2026-00007', 1, 1, 'DELIVERED', 254.24, FALSE, NULL, 45.76, 0.00, 300.00, 'PKR', 1, NULL, 'T-7', 'TCS',
        NULL, '2026-03-20', '2026-03-15 12:00:00', '2026-03-20 12:00:00'),
    (8, 'ORD-2026-00008', 1, 1, 'CANCELLED', 100.00, FALSE, NULL, 18.00, 0.00, 118.00, 'PKR', 1, NULL, NULL, NULL,
        NULL, NULL, '2026-06-20 12:00:00', '2026-06-21 12:00:00');

INSERT INTO payments (
    payment_id, order_id, payment_method_id, payment_tier, payment_status, amount, currency, transaction_id,
    payment_gateway, gateway_response, payment_initiated_at, payment_completed_at, created_at, updated_at)
SELECT
    v.payment_id, v.order_id, m.payment_method_id, v.tier, v.status, v.amount, v.currency, v.transaction_id, v.gateway,
    v.response::jsonb, v.initiated::timestamp, v.completed::timestamp, v.created::timestamp, v.created::timestamp
FROM (VALUES
    (1, 1, 'CREDIT_CARD', 'STANDARD', 'COMPLETED', 1180.00, 'PKR', 'ch_1', 'Stripe', '{"secret": "card holder"}',
        '2026-05-31 18:59:00', '2026-05-31 18:59:30', '2026-05-31 18:59:00'),
    (2, 2, 'CREDIT_CARD', 'EXPRESS', 'REFUNDED', 2360.50, 'PKR', 'ch_2', 'Stripe', '{}',
        '2026-05-31 19:00:00', '2026-05-31 19:01:00', '2026-05-31 19:00:00'),
    (3, 3, 'CREDIT_CARD', 'STANDARD', 'COMPLETED', 500.00, 'USD', 'ch_3', 'Stripe', '{}',
        '2026-06-10 09:00:00', '2026-06-10 09:01:00', '2026-06-10 09:00:00'),
    (4, 4, 'CASH_ON_DELIVERY', 'STANDARD', 'COMPLETED', 1000.00, 'PKR', NULL, NULL, NULL,
        '2026-06-30 18:59:59', '2026-06-30 18:59:59', '2026-06-30 18:59:59'),
    (5, 5, 'CREDIT_CARD', 'STANDARD', 'FAILED', 999.99, 'PKR', 'ch_5', 'Stripe', '{}',
        '2026-06-30 10:00:00', NULL, '2026-06-30 10:00:00'),
    (6, 5, 'BANK_TRANSFER', 'STANDARD', 'PENDING', 999.99, 'PKR', NULL, NULL, NULL,
        '2026-06-30 10:10:00', NULL, '2026-06-30 10:10:00'),
    (7, 6, 'CASH_ON_DELIVERY', 'STANDARD', 'COMPLETED', 10.01, 'PKR', NULL, NULL, NULL,
        '2026-06-30 19:00:00', '2026-06-30 19:30:00', '2026-06-30 19:00:00'),
    (8, 7, 'CREDIT_CARD', 'STANDARD', 'COMPLETED', 300.00, 'PKR', 'ch_8', 'Stripe', '{}',
        '2026-03-15 12:00:00', '2026-03-15 12:00:05', '2026-03-15 12:00:00'),
    (9, 8, 'CREDIT_CARD', 'STANDARD', 'CANCELLED', 118.00, 'PKR', 'ch_9', 'Stripe', '{}',
        '2026-06-20 12:00:00', NULL, '2026-06-20 12:00:00'),
    (10, 8, 'DIGITAL_WALLET', 'PREMIUM', 'PROCESSING', 118.00, 'PKR', NULL, '@wallet', '{}',
        '2026-06-20 12:30:00', NULL, '2026-06-20 12:30:00')
) AS v (
    payment_id, order_id, method, tier, status, amount, currency, transaction_id, gateway, response, initiated,
    completed, created)
JOIN payment_methods AS m ON m.method_name = v.method;

-- NULL and empty text, quotes, line breaks, Urdu, and what a spreadsheet would run.
INSERT INTO reviews (
    review_id, store_id, customer_id, order_id, product_id, rating, title, description, helpful_count,
    not_helpful_count, is_verified_purchase, is_approved, is_featured, created_at, updated_at) VALUES
    (1, 1, 1, 2, 2, 5.0, 'بہت اچھی گھڑی', E'Perfect.\nShe said "wow", twice.', 12, 1, TRUE, TRUE, TRUE,
        '2026-06-05 08:00:00', '2026-06-05 08:00:00'),
    (2, 1, 1, 3, NULL, 4.5, NULL, '', 0, 0, TRUE, TRUE, FALSE, '2026-06-16 08:00:00', '2026-06-17 08:00:00'),
    (3, 2, 1, 4, 3, 2.0, '=1+1', E'\tTabbed', 3, 4, TRUE, TRUE, FALSE, '2026-06-30 18:59:59', '2026-06-30 18:59:59'),
    (4, 1, 1, 1, 1, 3.5, '@SUM(A1)', '＝full-width', 0, 0, TRUE, TRUE, FALSE, '2026-06-03 08:00:00',
        '2026-06-03 08:00:00'),
    (5, 2, 1, NULL, NULL, 1.0, '-1', '+92 is how numbers begin', 0, 9, FALSE, FALSE, FALSE, '2026-06-30 19:00:00',
        '2026-06-30 19:00:00');

-- A statement of Stripe, which repeats one line. What comes to the bank, and how, is in chain.sql.
INSERT INTO mainspring.files (
    sha256, statement, channel, file_name, bytes, lines, control_totals, imported_at, run_id) VALUES
    (repeat('a', 64), 'stripe', 'stripe', 'stripe-2026-06.csv', 1000, 7, '{}', '2026-06-30 20:00:00Z', 1);
INSERT INTO mainspring.lines (
    file_id, line_no, line_key, entity, channel, standing, line_type, gateway_line_id, transaction_id, payout_id,
    currency, gross, fee, fee_tax, income_tax, sales_tax, net, captured_at, settled_at, payment_id, order_id,
    matched_by)
SELECT
    f.file_id, v.line_no, v.line_key, 'line:aaaaaaaaaaaaaaaa:' || v.line_no, 'stripe', v.standing, v.line_type,
    v.line_key, v.transaction_id, v.payout_id, v.currency, v.gross, v.fee, 0.00, 0.00, 0.00, v.net,
    v.settled_at::timestamptz, v.settled_at::timestamptz, v.payment_id, v.order_id,
    CASE WHEN v.payment_id IS NOT NULL THEN 'transaction_id' END
FROM mainspring.files AS f
CROSS JOIN (VALUES
    (2, 'txn_1', 'live', 'charge', 'ch_1', 'po_1', 'PKR', 1180.00, 34.22, 1145.78, '2026-06-03T00:00Z', 1, 1),
    (3, 'txn_2', 'live', 'charge', 'ch_2', 'po_1', 'PKR', 2360.50, 68.45, 2292.05, '2026-06-03T00:00Z', 2, 2),
    (4, 'txn_3', 'live', 'refund', 'ch_2', 'po_1', 'PKR', -2360.50, 0.00, -2360.50, '2026-06-03T00:00Z', 2, 2),
    (5, 'txn_1', 'duplicate', 'charge', 'ch_1', 'po_1', 'PKR', 1180.00, 34.22, 1145.78, '2026-06-03T00:00Z', NULL, NULL),
    (6, 'txn_p1', 'live', 'payout', NULL, 'po_1', 'PKR', -1077.33, 0.00, -1077.33, '2026-06-03T00:00Z', NULL, NULL),
    (7, 'txn_4', 'live', 'charge', 'ch_3', 'po_2', 'USD', 500.00, 14.80, 485.20, '2026-06-30T12:00Z', 3, 3),
    (8, 'txn_p2', 'live', 'payout', NULL, 'po_2', 'USD', -485.20, 0.00, -485.20, '2026-06-30T12:00Z', NULL, NULL)
) AS v (
    line_no, line_key, standing, line_type, transaction_id, payout_id, currency, gross, fee, net, settled_at,
    payment_id, order_id);
INSERT INTO mainspring.payouts (channel, payout_id, currency, paid_at, payout_amount, lines, lines_net, run_id) VALUES
    ('stripe', 'po_1', 'PKR', '2026-06-03 00:00:00Z', 1077.33, 3, 1077.33, 1),
    ('stripe', 'po_2', 'USD', '2026-06-30 12:00:00Z', 485.20, 1, 485.20, 1);

-- The ledger's events: captures of 1, 2, 3, 4 and 8, the refund of 2. Payments 7 is after the cut-off.
INSERT INTO mainspring.money_events (
    side, channel, kind, amount, currency, effective_at, recorded_at, payment_id, order_id, revision, run_id) VALUES
    ('ledger', 'stripe', 'capture', 1180.00, 'PKR', '2026-05-31 18:59:30Z', '2026-06-30 19:00:00Z', 1, 1, 1, 1),
    ('ledger', 'stripe', 'capture', 2360.50, 'PKR', '2026-05-31 19:01:00Z', '2026-06-30 19:00:00Z', 2, 2, 1, 1),
    ('ledger', 'stripe', 'refund', -2360.50, 'PKR', '2026-06-02 08:00:00Z', '2026-06-30 19:00:00Z', 2, 2, 2, 1),
    ('ledger', 'stripe', 'capture', 500.00, 'USD', '2026-06-10 09:01:00Z', '2026-06-30 19:00:00Z', 3, 3, 1, 1),
    ('ledger', 'tcs', 'capture', 1000.00, 'PKR', '2026-06-30 18:59:59Z', '2026-06-30 19:00:00Z', 4, 4, 1, 1),
    ('ledger', 'stripe', 'capture', 300.00, 'PKR', '2026-03-15 12:00:05Z', '2026-06-30 19:00:00Z', 8, 7, 1, 1);
INSERT INTO mainspring.money_events (
    side, channel, kind, amount, currency, effective_at, recorded_at, payment_id, order_id, line_id, payout_id,
    revision, run_id)
SELECT
    'statement', 'stripe', c.kind, c.amount, l.currency, l.settled_at, '2026-06-30 19:00:00Z', l.payment_id,
    l.order_id, l.line_id, l.payout_id, 1, 1
FROM mainspring.lines AS l
CROSS JOIN LATERAL (VALUES
    (
        CASE l.line_type WHEN 'payout' THEN 'payout' WHEN 'refund' THEN 'refund' ELSE 'gross' END,
        CASE l.line_type WHEN 'payout' THEN -l.gross ELSE l.gross END
    ),
    ('fee', -l.fee)
) AS c (kind, amount)
WHERE c.amount <> 0
ORDER BY l.line_no, c.kind;

-- Payment 8 was never settled: a break. The duplicate stands nowhere; payouts that the bank has are agreed.
INSERT INTO mainspring.allocations (event_id, bucket, reason, amount, run_id)
SELECT
    e.event_id,
    CASE
        WHEN l.standing = 'duplicate' THEN 'excluded'
        WHEN e.kind = 'fee' THEN 'excluded'
        WHEN e.payout_id = 'po_2' AND e.kind = 'payout' THEN 'in_transit_paid_out'
        WHEN e.payment_id = 8 THEN 'break'
        WHEN e.payment_id = 4 THEN 'in_transit_gateway'
        ELSE 'agreed'
    END,
    CASE
        WHEN l.standing = 'duplicate' THEN 'duplicate'
        WHEN e.kind = 'fee' THEN 'deduction'
        WHEN e.kind = 'payout' THEN CASE e.payout_id WHEN 'po_2' THEN 'paid out' ELSE 'at the bank' END
        WHEN e.payment_id = 8 THEN 'settlement.missing'
        WHEN e.payment_id = 4 THEN 'not due'
        ELSE 'matched'
    END,
    e.amount, 1
FROM mainspring.money_events AS e
LEFT JOIN mainspring.lines AS l ON l.line_id = e.line_id;

-- The two money breaks, one whose other side is in another currency with its consequence, one acknowledged, one gone.
INSERT INTO mainspring.breaks (
    break_id, code, entity, plane, role, root_break_id, severity, status, channel, store_id, order_id, payment_id,
    line_id, payout_id, order_number, transaction_id, tracking_number, currency, expected, actual, actual_currency,
    money_effect, event_effect, explanation, business_date, due_date, first_seen, last_seen, resolved_on,
    evidence_file, evidence_line, owner, note, opened_run, last_run)
SELECT
    v.break_id, v.code, v.entity, v.plane, v.role, v.root, v.severity, v.status, v.channel, v.store_id, v.order_id,
    v.payment_id, l.line_id, v.payout_id, v.order_number, v.transaction_id, NULL, v.currency, v.expected, v.actual,
    v.actual_currency, v.money_effect, v.event_effect, 'x', v.business_date::date, v.due_date::date,
    v.first_seen::date, '2026-06-30', v.resolved_on::date, v.evidence_file, v.evidence_line, v.owner, v.note, 1, 1
FROM (VALUES
    ('0000000000000001', 'settlement.missing', 'payment:8', 'gateway', 'root', NULL, 'medium', 'OPEN', 'stripe', 1, 7,
        8, NULL, NULL, 'ORD-2026-00007', 'ch_8', 'PKR', 300.00, 0.00, 'PKR', -300.00, -300.00, '2026-03-15',
        '2026-03-20', '2026-06-29', NULL, NULL, NULL, NULL, NULL),
    ('0000000000000002', 'settlement.duplicate', 'line:aaaaaaaaaaaaaaaa:5', 'gateway', 'root', NULL, 'medium', 'OPEN',
        'stripe', NULL, NULL, NULL, 5, 'po_1', NULL, 'ch_1', 'PKR', 0.00, 1180.00, 'PKR', 1180.00, 0.00,
        '2026-06-03', '2026-06-03', '2026-06-30', NULL, 'stripe-2026-06.csv', 5, NULL, NULL),
    ('0000000000000003', 'currency.mismatch', 'payment:3', 'gateway', 'root', NULL, 'high', 'OPEN', 'stripe', 1, 3, 3,
        NULL, NULL, 'ORD-2026-00003', 'ch_3', 'USD', 500.00, 1850.00, 'AED', 0.00, 0.00, '2026-06-10', '2026-06-10',
        '2026-06-30', NULL, NULL, NULL, NULL, NULL),
    ('0000000000000004', 'settlement.amount', 'payment:3', 'gateway', 'consequence', '0000000000000003', 'high',
        'OPEN', 'stripe', 1, 3, 3, NULL, NULL, 'ORD-2026-00003', 'ch_3', 'USD', 500.00, 500.00, 'USD', 0.00, 0.00,
        '2026-06-10', '2026-06-17', '2026-06-30', NULL, NULL, NULL, NULL, NULL),
    ('0000000000000005', 'response.missing', 'payment:1', 'data', 'root', NULL, 'low', 'ACKNOWLEDGED', 'stripe', 1, 1,
        1, NULL, NULL, 'ORD-2026-00001', 'ch_1', 'PKR', NULL, NULL, 'PKR', 0.00, 0.00, '2026-05-31', '2026-07-05',
        '2026-06-01', NULL, NULL, NULL, '=owner', 'asked, "waiting"'),
    ('0000000000000006', 'order.arithmetic', 'order:2', 'order', 'root', NULL, 'low', 'RESOLVED', 'stripe', 1, 2,
        NULL, NULL, NULL, 'ORD-2026-00002', NULL, 'PKR', 1.00, 2.00, 'PKR', 1.00, 0.00, '2026-06-01', '2026-06-01',
        '2026-06-01', '2026-06-30', NULL, NULL, NULL, NULL)
) AS v (
    break_id, code, entity, plane, role, root, severity, status, channel, store_id, order_id, payment_id, line_no,
    payout_id, order_number, transaction_id, currency, expected, actual, actual_currency, money_effect, event_effect,
    business_date, due_date, first_seen, resolved_on, evidence_file, evidence_line, owner, note)
LEFT JOIN mainspring.lines AS l ON l.line_no = v.line_no;
INSERT INTO mainspring.break_events (break_id, event, business_date, happened_at, run_id, os_user, detail)
SELECT b.break_id, v.event, b.first_seen, '2026-06-30 20:00:00Z', 1, 'test', '{}'
FROM mainspring.breaks AS b
JOIN (VALUES
    (1, 'opened', 'OPEN'), (1, 'opened', 'ACKNOWLEDGED'), (1, 'opened', 'RESOLVED'),
    (2, 'acknowledged', 'ACKNOWLEDGED'), (2, 'resolved', 'RESOLVED')
) AS v (place, event, status) ON v.status = b.status
ORDER BY v.place, b.break_id;
