-- What `mainspring explain` tells of an order and its payments, of a line, a payout or a break (docs/finance.md, “Why is this a break?”). The
-- subject's orders and lines have been judged by the reconciliation's own stages first: what is told here are the facts
-- and verdicts that the next night would reach. Nothing is written.

-- name: payment
SELECT 'payment:' || p.payment_id AS entity, p.payment_id, p.order_id, NULL::bigint AS line_id, NULL::text AS payout_id
FROM payments AS p
WHERE p.payment_id = :'id'::bigint

-- name: order
SELECT 'order:' || o.order_id AS entity, NULL::integer AS payment_id, o.order_id, NULL::bigint AS line_id,
    NULL::text AS payout_id
FROM orders AS o
WHERE o.order_id = :'id'::bigint OR o.order_number = :'text'::text
ORDER BY o.order_number = :'text'::text DESC
LIMIT 1

-- name: line
SELECT l.entity, l.payment_id, l.order_id, l.line_id, l.payout_id
FROM mainspring.files AS f
JOIN mainspring.lines AS l ON l.file_id = f.file_id
WHERE l.line_no = :'id'::bigint AND (f.sha256 LIKE :'text'::text || '%' OR f.file_name = :'text'::text)
ORDER BY f.file_id
LIMIT 1

-- name: payout
SELECT 'payout:' || p.payout_id AS entity, NULL::integer AS payment_id, NULL::integer AS order_id,
    NULL::bigint AS line_id, p.payout_id
FROM mainspring.payouts AS p
WHERE p.payout_id = :'text'::text
LIMIT 1

-- name: break
SELECT b.entity, b.payment_id, b.order_id, b.line_id, b.payout_id
FROM mainspring.breaks AS b
WHERE b.break_id = :'text'::text

-- name: scope
-- The orders and lines that the subject speaks of, now or before.
INSERT INTO recon_line_scope (line_id)
SELECT l.line_id FROM mainspring.lines AS l WHERE l.line_id = :'line_id'::bigint;
INSERT INTO recon_scope (order_id)
SELECT t.order_id
FROM (
    SELECT :'order_id'::integer AS order_id
    UNION
    SELECT p.order_id FROM payments AS p WHERE p.payment_id = :'payment_id'::integer
    UNION
    SELECT p.order_id
    FROM recon_line_scope AS s
    JOIN mainspring.lines AS l ON l.line_id = s.line_id
    JOIN payments AS p ON p.transaction_id IN (l.transaction_id, l.other_transaction_id)
    UNION
    SELECT o.order_id
    FROM recon_line_scope AS s
    JOIN mainspring.lines AS l ON l.line_id = s.line_id
    JOIN orders AS o ON o.order_number = l.merchant_reference OR o.tracking_number = l.tracking_number
    UNION
    SELECT p.order_id
    FROM recon_line_scope AS s
    JOIN mainspring.lines AS l ON l.line_id = s.line_id
    JOIN payments AS p
        ON p.payment_id = CASE WHEN l.merchant_reference ~ '^[0-9]{1,9}$' THEN l.merchant_reference::integer END
) AS t
WHERE t.order_id IS NOT NULL

-- name: payouts
-- The payouts that the subject speaks of; others are in scope only because a break of theirs is open.
CREATE TEMPORARY TABLE explain_payout ON COMMIT DROP AS
SELECT DISTINCT p.channel, p.payout_id, p.currency
FROM recon_payout AS p
LEFT JOIN recon_line AS l ON l.payout_id = p.payout_id
LEFT JOIN recon_matched AS m ON m.line_id = l.line_id
WHERE p.payout_id = :'payout_id'::text OR l.line_id = :'line_id'::bigint
    OR m.payment_id IS NOT NULL AND coalesce(m.payment_id = :'payment_id'::integer, TRUE)

-- name: sources
-- What each side says, the shop first.
SELECT v.side, v.place, v.says
FROM (
    SELECT
        1 AS rank, o.order_id::bigint AS sort, 'shop' AS side, 'order ' || o.order_number AS place,
        concat_ws(
            ', ', o.order_status, 'total ' || o.total_amount || ' ' || o.currency,
            CASE WHEN o.advance_payment THEN 'advance ' || o.advance_amount END, 'ordered on ' || o.business_date,
            'delivered on ' || o.actual_delivery_date, o.carrier_channel || ' ' || o.tracking_number) AS says
    FROM recon_order AS o
    UNION ALL
    SELECT
        2, p.payment_id, 'shop', 'payment:' || p.payment_id,
        concat_ws(
            ', ', p.payment_status, p.amount || ' ' || p.currency, p.method_name, 'transaction ' || p.transaction_id,
            'on ' || p.business_date, CASE WHEN p.refunded <> 0 THEN 'refunded ' || p.refunded END)
    FROM recon_payment AS p
    WHERE :'payment_id'::integer IS NULL OR p.payment_id = :'payment_id'::integer
    UNION ALL
    SELECT
        3, p.payment_id, 'gateway', 'the answer in payment:' || p.payment_id,
        CASE
            WHEN NOT p.answers THEN 'none is expected'
            WHEN NOT p.answered THEN 'none is stored'
            WHEN NOT p.readable THEN 'cannot be read: status ' || coalesce(p.answer_status, 'unknown to the mapping')
                || ', amount ' || coalesce(round(p.answer_amount, 2)::text, 'unreadable') || ', currency '
                || coalesce(p.answer_currency, 'unreadable')
            ELSE concat_ws(
                ', ', p.answer_status, round(p.answer_amount, 2) || ' ' || p.answer_currency,
                CASE WHEN p.answer_refunded <> 0 THEN 'refunded ' || round(p.answer_refunded, 2) END)
        END
    FROM recon_payment AS p
    WHERE :'payment_id'::integer IS NULL OR p.payment_id = :'payment_id'::integer
    UNION ALL
    SELECT
        4, l.line_id, CASE WHEN c.counterparty = 'bank' THEN 'bank' ELSE 'statement' END,
        f.file_name || ':' || l.line_no,
        concat_ws(
            ', ', l.line_type || ' ' || l.gross || ' ' || l.currency,
            CASE WHEN l.converted THEN 'charged ' || l.charged || ' ' || l.charged_currency END,
            CASE WHEN l.fee > 0 THEN 'fee ' || l.fee WHEN l.fee < 0 THEN 'fee given back ' || -l.fee END,
            CASE WHEN l.fee_tax <> 0 THEN 'tax on it ' || l.fee_tax END,
            CASE WHEN l.income_tax + l.sales_tax <> 0 THEN 'withheld ' || l.income_tax + l.sales_tax END,
            CASE WHEN l.net <> l.gross THEN 'net ' || l.net END,
            'on ' || (l.settled_at AT TIME ZONE r.time_zone)::date, 'payout ' || l.payout_id,
            CASE l.standing WHEN 'live' THEN NULL ELSE 'does not count: ' || l.standing END)
    FROM recon_line AS l
    CROSS JOIN recon_run AS r
    JOIN mainspring.files AS f ON f.file_id = l.file_id
    LEFT JOIN mainspring.channels AS c ON c.channel = l.channel
    LEFT JOIN recon_matched AS m ON m.line_id = l.line_id
    LEFT JOIN (SELECT DISTINCT p.payout_id FROM explain_payout AS p) AS p ON p.payout_id = l.payout_id
    WHERE m.payment_id IS NOT NULL AND coalesce(m.payment_id = :'payment_id'::integer, TRUE)
        OR l.line_id = :'line_id'::bigint OR l.kind IN ('payout', 'bank_credit') AND p.payout_id IS NOT NULL
    UNION ALL
    SELECT
        5, 0, 'payout', p.channel || ' ' || p.payout_id,
        concat_ws(
            ', ', p.lines || ' lines come to ' || p.lines_net || ' ' || p.currency,
            CASE WHEN p.by_lines THEN NULL ELSE coalesce('paid out ' || p.payout_amount, 'no payout row') END,
            coalesce('at the bank ' || p.bank_amount || ' on ' || (p.bank_at AT TIME ZONE r.time_zone)::date,
                'not at the bank'))
    FROM recon_payout AS p
    JOIN explain_payout AS e ON e.channel = p.channel AND e.payout_id = p.payout_id AND e.currency = p.currency
    CROSS JOIN recon_run AS r
) AS v
ORDER BY v.rank, v.sort

-- name: matching
-- By what each line looked for its payment, and what it found.
SELECT
    f.file_name || ':' || l.line_no AS line, t.way, t.value,
    CASE
        WHEN m.matched_by = t.name THEN 'payment:' || m.payment_id
        WHEN t.value IS NULL THEN 'the line has none'
        WHEN m.matched_by IS NOT NULL THEN 'not needed'
        WHEN t.found = 0 THEN 'nothing of ours bears it'
        ELSE t.found || ' of ours bear it, and none can be meant alone: by channel ' || l.channel || ' and currency '
            || l.charged_currency
    END AS result
FROM recon_line AS l
JOIN mainspring.files AS f ON f.file_id = l.file_id
JOIN recon_matched AS m ON m.line_id = l.line_id
CROSS JOIN LATERAL (VALUES
    (1, 'transaction_id', 'transaction id', coalesce(l.transaction_id, l.other_transaction_id),
        (SELECT count(*) FROM payments AS p WHERE p.transaction_id IN (l.transaction_id, l.other_transaction_id))),
    (2, 'merchant_reference', 'order number or payment id', l.merchant_reference,
        (SELECT count(*) FROM recon_order AS o JOIN recon_payment AS p ON p.order_id = o.order_id
            WHERE l.merchant_reference IN (o.order_number, p.payment_id::text))),
    (3, 'tracking_number', 'consignment', l.tracking_number,
        (SELECT count(*) FROM recon_order AS o WHERE o.tracking_number = l.tracking_number))
) AS t (rank, name, way, value, found)
WHERE (:'payment_id'::integer IS NULL OR m.payment_id = :'payment_id'::integer) OR l.line_id = :'line_id'::bigint
ORDER BY l.line_id, t.rank

-- name: rules
-- Each rule of a payment in the order in which they are tried, with the values compared.
SELECT
    'payment:' || c.payment_id AS entity, c.code, coalesce(c.currency, f.currency) AS currency,
    CASE WHEN c.holds OR t.is_sum THEN round(c.expected, 2) END AS expected,
    CASE WHEN c.holds OR t.is_sum THEN round(c.actual, 2) END AS actual,
    coalesce(c.actual_currency, f.currency) AS actual_currency,
    CASE WHEN c.holds OR t.is_sum THEN round(c.actual, 2) - round(c.expected, 2) END AS difference,
    CASE
        WHEN NOT c.holds THEN 'in order'
        WHEN v.is_root THEN 'the cause'
        ELSE 'follows from ' || v.root_code
    END AS result
FROM recon_condition AS c
JOIN recon_fact AS f ON f.payment_id = c.payment_id
-- Rules that don't hold are told with their sums where they compare sums.
CROSS JOIN LATERAL (
    SELECT c.family IN ('capture', 'refund', 'dispute') OR c.code IN ('currency.mismatch', 'status.mismatch') AS is_sum
) AS t
LEFT JOIN recon_verdict AS v ON v.payment_id = c.payment_id AND v.rank = c.rank
WHERE (:'payment_id'::integer IS NULL OR c.payment_id = :'payment_id'::integer)
    AND (c.holds OR f.courier OR c.code NOT LIKE 'cod.%')
ORDER BY c.payment_id, c.rank

-- name: money
-- Where the money stands, part by part.
SELECT
    p.side, p.kind, (p.effective_at AT TIME ZONE r.time_zone)::date AS day, p.amount, p.currency, p.bucket, p.reason
FROM (
    SELECT e.event_id
    FROM recon_payment AS q
    JOIN mainspring.money_events AS e ON e.payment_id = q.payment_id
    WHERE :'payment_id'::integer IS NULL OR q.payment_id = :'payment_id'::integer
    UNION
    SELECT e.event_id
    FROM recon_line AS l
    JOIN mainspring.money_events AS e ON e.line_id = l.line_id
    LEFT JOIN recon_matched AS m ON m.line_id = l.line_id
    LEFT JOIN (SELECT DISTINCT p.payout_id FROM explain_payout AS p) AS p ON p.payout_id = l.payout_id
    WHERE m.payment_id IS NOT NULL AND coalesce(m.payment_id = :'payment_id'::integer, TRUE)
        OR l.line_id = :'line_id'::bigint
        OR l.payout_id = :'payout_id'::text AND l.kind IN ('payout', 'bank_credit') AND p.payout_id IS NOT NULL
) AS s
JOIN mainspring.clearing_parts AS p ON p.event_id = s.event_id
CROSS JOIN recon_run AS r
ORDER BY p.side, p.effective_at, p.event_id, p.bucket, p.reason

-- name: breaks
-- What is found now, and what was found before and is not any more, roots first.
SELECT
    coalesce(f.break_id, b.break_id) AS break_id, coalesce(f.code, b.code) AS code, coalesce(f.entity, b.entity) AS entity,
    coalesce(f.role, b.role) AS role, coalesce(f.currency, b.currency) AS currency,
    coalesce(f.money_effect, b.money_effect)::numeric(14,2) AS money_effect,
    coalesce(f.explanation, b.explanation) AS explanation,
    CASE
        WHEN f.break_id IS NULL AND b.status <> 'RESOLVED' THEN 'mended: the next night resolves it'
        WHEN b.break_id IS NULL THEN 'new: the next night opens it'
        WHEN b.status = 'RESOLVED' AND f.break_id IS NULL THEN 'RESOLVED on ' || b.resolved_on
        ELSE b.status || ' since ' || b.first_seen
    END AS status,
    CASE WHEN f.break_id IS NULL OR f.role = 'consequence' THEN NULL ELSE c.next_action END AS next_action
FROM recon_found AS f
FULL JOIN (
    SELECT b.*
    FROM mainspring.breaks AS b
    LEFT JOIN recon_scope AS s ON s.order_id = b.order_id
    LEFT JOIN recon_line_scope AS l ON l.line_id = b.line_id
    LEFT JOIN (SELECT DISTINCT p.payout_id FROM explain_payout AS p) AS p ON p.payout_id = b.payout_id
    LEFT JOIN recon_matched AS m ON m.line_id = l.line_id
    WHERE s.order_id IS NOT NULL OR p.payout_id IS NOT NULL OR l.line_id = :'line_id'::bigint OR m.payment_id IS NOT NULL
) AS b ON b.break_id = f.break_id
LEFT JOIN mainspring.break_codes AS c ON c.code = coalesce(f.code, b.code)
LEFT JOIN (SELECT DISTINCT p.payout_id FROM explain_payout AS p) AS p ON p.payout_id = f.payout_id
LEFT JOIN recon_matched AS m ON m.line_id = f.line_id
WHERE (f.break_id IS NULL OR f.payout_id IS NULL OR p.payout_id IS NOT NULL)
    AND (f.line_id IS NULL OR f.line_id = :'line_id'::bigint OR m.payment_id IS NOT NULL)
    AND (:'payment_id'::integer IS NULL OR coalesce(f.payment_id, b.payment_id) IS NULL
        OR coalesce(f.payment_id, b.payment_id) = :'payment_id'::integer)
ORDER BY CASE coalesce(f.role, b.role) WHEN 'root' THEN 1 WHEN 'control' THEN 2 ELSE 3 END,
    f.break_id IS NULL, coalesce(f.code, b.code), coalesce(f.entity, b.entity)
