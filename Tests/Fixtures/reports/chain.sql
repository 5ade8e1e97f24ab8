-- The rest of the shop on paper: what goes from the customer over gateway and courier to the bank. README.md works it
-- out. Orders 9 to 13, payments 11 to 16, three statements of Stripe, one of TCS, one of the bank; the closings that two
-- nights printed.
INSERT INTO orders (
    order_id, order_number, customer_id, store_id, order_status, subtotal, advance_payment, advance_amount, tax_amount,
    shipping_cost, total_amount, currency, shipping_address_id, billing_address_id, tracking_number, carrier,
    expected_delivery_date, actual_delivery_date, created_at, updated_at) VALUES
    (9, 'ORD-2026-00009', 1, 1, 'SHIPPED', 5000.00, FALSE, NULL, 0.00, 0.00, 5000.00, 'PKR', 1, NULL, 'T-9', 'TCS',
        NULL, NULL, '2026-05-20 08:00:00', '2026-05-21 08:00:00'),
    (10, 'ORD-2026-00010', 1, 1, 'CONFIRMED', 10000.00, FALSE, NULL, 0.00, 0.00, 10000.00, 'PKR', 1, NULL, NULL, NULL,
        NULL, NULL, '2026-05-25 08:00:00', '2026-06-18 08:00:00'),
    (11, 'ORD-2026-00011', 1, 1, 'PENDING', 100.00, FALSE, NULL, 0.00, 0.00, 100.00, 'USD', 1, NULL, NULL, NULL,
        NULL, NULL, '2026-05-26 08:00:00', '2026-06-10 08:00:00'),
    (12, 'ORD-2026-00012', 1, 3, 'DELIVERED', 2000.00, TRUE, 500.00, 0.00, 0.00, 2000.00, 'PKR', 1, NULL, 'T-12', 'TCS',
        NULL, '2026-05-14', '2026-05-10 08:00:00', '2026-05-14 08:00:00'),
    (13, 'ORD-2026-00013', 1, 2, 'CONFIRMED', 750.00, FALSE, NULL, 0.00, 0.00, 750.00, 'PKR', 1, NULL, NULL, NULL,
        NULL, NULL, '2026-05-27 08:00:00', '2026-06-20 08:00:00');
INSERT INTO payments (
    payment_id, order_id, payment_method_id, payment_tier, payment_status, amount, currency, transaction_id,
    payment_gateway, gateway_response, payment_initiated_at, payment_completed_at, created_at, updated_at)
SELECT
    v.payment_id, v.order_id, m.payment_method_id, 'STANDARD', 'COMPLETED', v.amount, v.currency, v.transaction_id,
    v.gateway, NULL, v.created::timestamp, v.completed::timestamp, v.created::timestamp, v.completed::timestamp
FROM (VALUES
    (11, 9, 'CREDIT_CARD', 5000.00, 'PKR', 'ch_11', 'Stripe', '2026-05-20 08:00:00', '2026-05-20 08:00:00'),
    (12, 10, 'CREDIT_CARD', 10000.00, 'PKR', 'ch_12', 'Stripe', '2026-05-25 08:00:00', '2026-06-18 08:00:00'),
    (13, 11, 'CREDIT_CARD', 100.00, 'USD', 'ch_13', 'Stripe', '2026-05-26 08:00:00', '2026-06-10 08:00:00'),
    (14, 12, 'CREDIT_CARD', 500.00, 'PKR', 'ch_14', 'Stripe', '2026-05-10 08:00:00', '2026-05-10 08:00:00'),
    (15, 12, 'CASH_ON_DELIVERY', 1500.00, 'PKR', NULL, NULL, '2026-05-10 08:00:00', '2026-05-14 08:00:00'),
    (16, 13, 'CREDIT_CARD', 700.00, 'PKR', 'ch_16', 'Stripe', '2026-05-27 08:00:00', '2026-06-20 08:00:00')
) AS v (payment_id, order_id, method, amount, currency, transaction_id, gateway, created, completed)
JOIN payment_methods AS m ON m.method_name = v.method;

INSERT INTO mainspring.channels (channel, counterparty, payouts, banked) VALUES
    ('stripe', 'gateway', 'row', TRUE), ('tcs', 'courier', 'lines', TRUE), ('bank', 'bank', 'row', FALSE);

INSERT INTO mainspring.files (
    sha256, statement, channel, file_name, bytes, lines, control_totals, imported_at, run_id) VALUES
    (repeat('b', 64), 'stripe', 'stripe', 'stripe-2026-05.csv', 1000, 3, '{}', '2026-05-31 20:00:00Z', 1),
    (repeat('c', 64), 'stripe', 'stripe', 'stripe-2026-05-late.csv', 1000, 1, '{}', '2026-06-30 20:00:00Z', 1),
    (repeat('d', 64), 'stripe', 'stripe', 'stripe-2026-06-20.csv', 1000, 10, '{}', '2026-06-30 20:00:00Z', 1),
    (repeat('e', 64), 'tcs', 'tcs', 'tcs-2026-06.csv', 1000, 2, '{}', '2026-06-30 20:00:00Z', 1),
    (repeat('f', 64), 'bank', 'bank', 'bank-PKR-2026-06.csv', 1000, 8, '{}', '2026-06-30 20:00:00Z', 1);
-- fees holds fee, fee tax, income tax and sales tax. The charge of payment 13 was made in dollars and settled in rupees;
-- the first adjustment was put right by the second, whose net is 1.00 less than its gross.
INSERT INTO mainspring.lines (
    file_id, line_no, line_key, entity, channel, standing, line_type, gateway_line_id, transaction_id, payout_id,
    tracking_number, carrier, currency, gross, fee, fee_tax, income_tax, sales_tax, net, captured_at, settled_at,
    payment_id, order_id, matched_by, presented_amount, presented_currency)
SELECT
    f.file_id, v.line_no, v.file || v.line_no, 'line:' || repeat(v.file, 16) || ':' || v.line_no, f.channel, v.standing,
    v.line_type, v.file || v.line_no, p.transaction_id, v.payout_id, v.tracking, CASE f.channel WHEN 'tcs' THEN 'TCS' END,
    'PKR', v.gross, v.fees[1], v.fees[2], v.fees[3], v.fees[4], v.net, v.settled_at::timestamptz,
    v.settled_at::timestamptz, v.payment_id, p.order_id,
    CASE WHEN v.payment_id = 15 THEN 'tracking_number' WHEN v.payment_id IS NOT NULL THEN 'transaction_id' END,
    CASE v.payment_id WHEN 13 THEN 100.00 END, CASE v.payment_id WHEN 13 THEN 'USD' END
FROM (VALUES
    ('b', 2, 'live', 'charge', 'po_0', NULL, 5000.00, '{200,0,0,0}'::numeric[], 4800.00, '2026-05-28T00:00Z', 11),
    ('b', 3, 'live', 'reserve_hold', 'po_0', NULL, -480.00, '{0,0,0,0}', -480.00, '2026-05-28T00:00Z', NULL),
    ('b', 4, 'live', 'payout', 'po_0', NULL, -4800.00, '{0,0,0,0}', -4800.00, '2026-05-28T00:00Z', NULL),
    ('c', 2, 'live', 'charge', 'po_0', NULL, 500.00, '{20,0,0,0}', 480.00, '2026-05-28T00:00Z', 14),
    ('d', 2, 'live', 'charge', 'po_3', NULL, 10000.00, '{370,0,0,0}', 9630.00, '2026-06-20T00:00Z', 12),
    ('d', 3, 'live', 'reserve_release', 'po_3', NULL, 480.00, '{0,0,0,0}', 480.00, '2026-06-20T00:00Z', NULL),
    ('d', 4, 'live', 'chargeback', 'po_3', NULL, -5000.00, '{0,0,0,0}', -5000.00, '2026-06-20T00:00Z', 11),
    ('d', 5, 'live', 'dispute_fee', 'po_3', NULL, -1500.00, '{0,0,0,0}', -1500.00, '2026-06-20T00:00Z', NULL),
    ('d', 6, 'superseded', 'adjustment', 'po_3', NULL, 90.00, '{0,0,0,0}', 90.00, '2026-06-20T00:00Z', NULL),
    ('d', 7, 'live', 'adjustment', 'po_3', NULL, 100.00, '{0,0,0,0}', 99.00, '2026-06-20T00:00Z', NULL),
    ('d', 8, 'live', 'fee_refund', 'po_3', NULL, 50.00, '{0,0,0,0}', 50.00, '2026-06-20T00:00Z', NULL),
    ('d', 9, 'live', 'charge', 'po_3', NULL, 27900.00, '{900,0,0,0}', 27000.00, '2026-06-20T00:00Z', 13),
    ('d', 10, 'live', 'payout', 'po_3', NULL, -30750.00, '{0,0,0,0}', -30750.00, '2026-06-20T00:00Z', NULL),
    ('d', 11, 'live', 'chargeback_reversal', 'po_4', NULL, 5000.00, '{0,0,0,0}', 5000.00, '2026-06-30T00:00Z', 11),
    ('e', 2, 'live', 'charge', 'RM-1', 'T-12', 1499.50, '{300,48,3.75,30}', 1117.75, '2026-06-16T00:00Z', 15),
    ('e', 3, 'live', 'fee', 'RM-1', 'T-99', 0.00, '{220,35.20,0,0}', -255.20, '2026-06-16T00:00Z', NULL),
    ('f', 2, 'live', 'opening_balance', NULL, NULL, 100000.00, '{0,0,0,0}', 100000.00, '2026-06-01T00:00Z', NULL),
    ('f', 3, 'live', 'bank_credit', 'po_0', NULL, 4800.00, '{0,0,0,0}', 4800.00, '2026-06-02T00:00Z', NULL),
    ('f', 4, 'live', 'bank_credit', 'po_1', NULL, 1077.33, '{0,0,0,0}', 1077.33, '2026-06-05T00:00Z', NULL),
    ('f', 5, 'live', 'bank_credit', 'RM-1', NULL, 862.55, '{0,0,0,0}', 862.55, '2026-06-18T00:00Z', NULL),
    ('f', 6, 'live', 'bank_credit', 'po_3', NULL, 30740.00, '{0,0,0,0}', 30740.00, '2026-06-23T00:00Z', NULL),
    ('f', 7, 'live', 'bank_credit', NULL, NULL, 7777.00, '{0,0,0,0}', 7777.00, '2026-06-25T00:00Z', NULL),
    ('f', 8, 'live', 'bank_debit', NULL, NULL, -1000.00, '{0,0,0,0}', -1000.00, '2026-06-26T00:00Z', NULL),
    ('f', 9, 'live', 'closing_balance', NULL, NULL, 144256.88, '{0,0,0,0}', 144256.88, '2026-06-30T00:00Z', NULL)
) AS v (
    file, line_no, standing, line_type, payout_id, tracking, gross, fees, net, settled_at, payment_id)
JOIN mainspring.files AS f ON f.sha256 = repeat(v.file, 64)
LEFT JOIN payments AS p ON p.payment_id = v.payment_id;

-- The bank's debit is what store 1 was paid on its statement of May.
UPDATE mainspring.lines SET merchant_reference = 'SS-1-2026-05-PKR' WHERE line_type = 'bank_debit';

INSERT INTO mainspring.payouts (
    channel, payout_id, currency, paid_at, payout_amount, lines, lines_net, run_id, bank_amount, bank_at, bank_reference)
VALUES
    ('stripe', 'po_0', 'PKR', '2026-05-28 00:00:00Z', 4800.00, 3, 4800.00, 1, 4800.00, '2026-06-02 00:00:00Z', 'BR-1'),
    ('stripe', 'po_3', 'PKR', '2026-06-20 00:00:00Z', 30750.00, 7, 30759.00, 1, 30740.00, '2026-06-23 00:00:00Z',
        'BR-4'),
    ('stripe', 'po_4', 'PKR', '2026-06-30 00:00:00Z', NULL, 1, 5000.00, 1, NULL, NULL, NULL),
    ('tcs', 'RM-1', 'PKR', '2026-06-16 00:00:00Z', NULL, 2, 862.55, 1, 862.55, '2026-06-18 00:00:00Z', 'BR-3');
UPDATE mainspring.payouts
SET bank_amount = 1077.33, bank_at = '2026-06-05 00:00:00Z', bank_reference = 'BR-2'
WHERE payout_id = 'po_1';

-- Captures of payments 11 to 16; a part of payment 12 went back, and is in no statement yet.
INSERT INTO mainspring.money_events (
    side, channel, kind, amount, currency, effective_at, recorded_at, payment_id, order_id, revision, run_id)
SELECT
    'ledger', CASE p.payment_id WHEN 15 THEN 'tcs' ELSE 'stripe' END, 'capture', p.amount, p.currency,
    p.payment_completed_at AT TIME ZONE 'UTC', '2026-06-30 19:00:00Z'::timestamptz, p.payment_id, p.order_id, 1, 1
FROM payments AS p
WHERE p.payment_id BETWEEN 11 AND 16
UNION ALL
SELECT 'ledger', 'stripe', 'refund', -1000.00, 'PKR', '2026-06-25 08:00:00Z', '2026-06-30 19:00:00Z', 12, 10, 2, 1;

-- The events of these lines, kind by kind; each says in which bucket it is. RM-1's charge is 0.50 short, which its
-- channel tolerates; po_3 is 9.00 less than its lines, and 10.00 less than that came to the bank.
INSERT INTO mainspring.money_events (
    side, channel, kind, amount, currency, effective_at, recorded_at, payment_id, order_id, line_id, payout_id,
    revision, run_id)
SELECT
    'statement', l.channel, c.kind, c.amount, c.currency, l.settled_at, '2026-06-30 19:00:00Z', l.payment_id,
    l.order_id, l.line_id, l.payout_id, 1, 1
FROM mainspring.lines AS l
JOIN mainspring.files AS f ON f.file_id = l.file_id AND f.sha256 <> repeat('a', 64)
CROSS JOIN LATERAL (VALUES
    (
        CASE l.line_type WHEN 'charge' THEN 'gross' WHEN 'bank_debit' THEN 'bank_credit' ELSE l.line_type END,
        CASE WHEN l.line_type = 'payout' THEN -l.gross ELSE coalesce(l.presented_amount, l.gross) END,
        coalesce(l.presented_currency, l.currency)
    ),
    ('conversion_out', -l.presented_amount, l.presented_currency),
    ('conversion_in', CASE WHEN l.presented_amount IS NOT NULL THEN l.gross END, l.currency),
    ('fee', -l.fee, l.currency),
    ('fee_tax', -l.fee_tax, l.currency),
    ('income_tax_withheld', -l.income_tax, l.currency),
    ('sales_tax_withheld', -l.sales_tax, l.currency),
    ('line_difference', l.net - (l.gross - l.fee - l.fee_tax - l.income_tax - l.sales_tax), l.currency)
) AS c (kind, amount, currency)
WHERE c.amount <> 0 AND l.line_type NOT IN ('opening_balance', 'closing_balance')
ORDER BY l.line_id, c.kind;
INSERT INTO mainspring.allocations (event_id, bucket, reason, amount, run_id)
SELECT e.event_id, v.bucket, v.reason, coalesce(v.amount, e.amount), 1
FROM mainspring.money_events AS e
LEFT JOIN mainspring.lines AS l ON l.line_id = e.line_id
LEFT JOIN mainspring.allocations AS a ON a.event_id = e.event_id
CROSS JOIN LATERAL (VALUES
    (
        TRUE,
        CASE
            WHEN l.standing = 'superseded' OR l.line_type = 'bank_debit' THEN 'excluded'
            WHEN e.side = 'ledger' AND (e.payment_id = 16 OR e.kind = 'refund') THEN 'in_transit_gateway'
            WHEN e.kind IN ('capture', 'gross', 'payout') THEN 'agreed'
            WHEN e.kind = 'bank_credit' THEN CASE WHEN l.payout_id IS NULL THEN 'break' ELSE 'agreed' END
            WHEN e.kind IN ('reserve_hold', 'reserve_release') THEN 'reserve'
            WHEN e.kind = 'line_difference' THEN 'break'
            ELSE 'excluded'
        END,
        CASE
            WHEN l.standing = 'superseded' THEN 'superseded'
            WHEN l.line_type = 'bank_debit' THEN 'bank debit'
            WHEN e.side = 'ledger' AND (e.payment_id = 16 OR e.kind = 'refund') THEN 'not due'
            WHEN e.kind IN ('capture', 'gross') THEN 'matched'
            WHEN e.kind = 'bank_credit' AND l.payout_id IS NULL THEN 'bank.unidentified'
            WHEN e.kind IN ('payout', 'bank_credit') THEN 'at the bank'
            WHEN e.kind IN ('reserve_hold', 'reserve_release') THEN 'held'
            WHEN e.kind = 'line_difference' THEN 'settlement.line_arithmetic'
            WHEN e.kind IN ('chargeback', 'chargeback_reversal') THEN 'chargeback'
            WHEN e.kind IN ('conversion_in', 'conversion_out') THEN 'conversion'
            ELSE 'deduction'
        END,
        CASE
            WHEN e.payment_id = 15 AND e.kind = 'gross' THEN 1500.00
            WHEN e.kind = 'payout' AND e.payout_id = 'po_3' THEN 30759.00
            WHEN e.kind = 'bank_credit' AND e.payout_id = 'po_3' THEN 30750.00
        END
    ),
    (e.payment_id = 15 AND e.kind = 'gross', 'agreed', 'rounding', -0.50),
    (e.kind = 'payout' AND e.payout_id = 'po_3', 'break', 'payout.total', -9.00),
    (e.kind = 'bank_credit' AND e.payout_id = 'po_3', 'break', 'bank.payout_amount', -10.00)
) AS v (holds, bucket, reason, amount)
WHERE a.event_id IS NULL AND v.holds;

INSERT INTO mainspring.breaks (
    break_id, code, entity, plane, role, root_break_id, severity, status, channel, store_id, order_id, payment_id,
    line_id, payout_id, order_number, transaction_id, tracking_number, currency, expected, actual, actual_currency,
    money_effect, event_effect, explanation, business_date, due_date, first_seen, last_seen, resolved_on,
    evidence_file, evidence_line, owner, note, opened_run, last_run)
SELECT
    v.break_id, v.code, v.entity, v.plane, 'root', NULL, 'medium', 'OPEN', v.channel, o.store_id, v.order_id, NULL,
    l.line_id, v.payout_id, o.order_number, NULL, NULL, 'PKR', v.expected, v.actual, 'PKR', v.actual - v.expected,
    v.event_effect, 'x', v.due::date, v.due::date, '2026-06-30', '2026-06-30', NULL, NULL, NULL, NULL, NULL, 1, 1
FROM (VALUES
    ('0000000000000007', 'order.refund_unrecorded', 'order:2', 'order', 'shop', 2, NULL, 0.00, -2360.50, 0.00,
        '2026-06-29'),
    ('0000000000000008', 'order.underpaid', 'order:13', 'order', 'shop', 13, NULL, 750.00, 700.00, 0.00, '2026-06-25'),
    ('0000000000000009', 'settlement.line_arithmetic', 'line:dddddddddddddddd:7', 'gateway', 'stripe', NULL, 'po_3',
        100.00, 99.00, -1.00, '2026-06-20'),
    ('0000000000000010', 'payout.total', 'payout:po_3', 'payout', 'stripe', NULL, 'po_3', 30759.00, 30750.00, -9.00,
        '2026-06-20'),
    ('0000000000000011', 'bank.payout_amount', 'payout:po_3', 'bank', 'stripe', NULL, 'po_3', 30750.00, 30740.00,
        -10.00, '2026-06-25'),
    ('0000000000000012', 'bank.unidentified', 'line:ffffffffffffffff:7', 'bank', 'bank', NULL, NULL, 0.00, 7777.00,
        7777.00, '2026-06-25')
) AS v (
    break_id, code, entity, plane, channel, order_id, payout_id, expected, actual, event_effect, due)
LEFT JOIN orders AS o ON o.order_id = v.order_id
LEFT JOIN mainspring.lines AS l ON l.entity = v.entity;
INSERT INTO mainspring.break_events (break_id, event, business_date, happened_at, run_id, os_user, detail)
SELECT b.break_id, 'opened', b.first_seen, '2026-06-30 20:00:00Z', 1, 'test', '{}'
FROM mainspring.breaks AS b
WHERE b.break_id >= '0000000000000007'
ORDER BY b.break_id;

-- What the nights of 31 May and 30 June printed; in May the charge of payment 14 was still missing from its payout.
INSERT INTO mainspring.closings (business_date, channel, currency, position, amount, run_id) VALUES
    ('2026-05-31', 'stripe', 'PKR', 'at_gateway', 1680.00, 1),
    ('2026-05-31', 'stripe', 'PKR', 'settled', -480.00, 1),
    ('2026-05-31', 'stripe', 'PKR', 'paid_out', 4800.00, 1),
    ('2026-05-31', 'stripe', 'PKR', 'reserve', 480.00, 1),
    ('2026-05-31', 'stripe', 'PKR', 'open_breaks', -300.00, 1),
    ('2026-05-31', 'tcs', 'PKR', 'at_gateway', 1500.00, 1),
    ('2026-06-30', 'stripe', 'PKR', 'at_gateway', -300.00, 2),
    ('2026-06-30', 'stripe', 'PKR', 'settled', 5000.00, 2),
    ('2026-06-30', 'stripe', 'PKR', 'open_breaks', -320.00, 2),
    ('2026-06-30', 'stripe', 'USD', 'paid_out', 485.20, 2),
    ('2026-06-30', 'tcs', 'PKR', 'at_gateway', 1000.00, 2),
    ('2026-06-30', 'bank', 'PKR', 'open_breaks', 7777.00, 2);

-- Two nights, and what happened to breaks: nothing was known before them. On the second one found that payment 8 lacks
-- 300.00 and not 250.00, and resolved the sums of order 2, which were 1.00 wrong since the first of June.
INSERT INTO mainspring.runs (
    job, business_date, window_from, window_to, cut_off, status, exit_code, owner_token, host, process_id, os_user,
    started_at, heartbeat_at, finished_at, summary)
SELECT
    'nightly', v.day::date, v.day::date, v.day::date, v.cut_off::timestamptz, 'done', 0, 'paper', 'paper', 1, 'test',
    v.cut_off::timestamptz, v.cut_off::timestamptz, v.cut_off::timestamptz, '{}'
FROM (VALUES ('2026-06-29', '2026-06-29 19:00:00Z'), ('2026-06-30', '2026-06-30 19:00:00Z')) AS v (day, cut_off);
UPDATE mainspring.break_events AS e
SET
    business_date = coalesce(CASE e.event WHEN 'resolved' THEN b.resolved_on END, e.business_date),
    detail = jsonb_build_object('currency', b.currency, 'money_effect', CASE
        WHEN e.event = 'resolved' THEN jsonb_build_array(b.money_effect, NULL)
        WHEN b.break_id = '0000000000000001' THEN jsonb_build_array(NULL, -250.00)
        ELSE jsonb_build_array(NULL, b.money_effect) END)
FROM mainspring.breaks AS b
WHERE b.break_id = e.break_id AND e.event <> 'acknowledged';
INSERT INTO mainspring.break_events (break_id, event, business_date, happened_at, run_id, os_user, detail)
VALUES (
    '0000000000000001', 'changed', '2026-06-30', '2026-06-30 20:00:00Z', 2, 'test',
    '{"currency": "PKR", "money_effect": [-250.00, -300.00]}');
