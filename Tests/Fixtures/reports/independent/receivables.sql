-- What gateways and couriers owe, from the events of each payment: what waits, or what a break says is short. What
-- customers owe, from their orders. Of the breaks themselves only the day is taken on which each fell due.
WITH short AS (
    SELECT
        e.payment_id, sum(CASE e.side WHEN 'ledger' THEN -e.amount ELSE e.amount END) AS effect
    FROM demo_events AS e
    JOIN payments AS p ON p.payment_id = e.payment_id AND p.currency = e.currency
    WHERE e.bucket = 'break'
    GROUP BY e.payment_id
    HAVING sum(CASE e.side WHEN 'ledger' THEN -e.amount ELSE e.amount END) < 0
), waiting AS (
    SELECT e.payment_id, sum(e.amount) AS amount
    FROM demo_events AS e
    WHERE e.reason = 'not due'
    GROUP BY e.payment_id
), roots AS (
    SELECT
        substr(t.entity, 9)::integer AS payment_id, min(b.due_date) AS due_date,
        min(left(encode(sha256(convert_to(t.code || ' ' || t.entity, 'UTF8')), 'hex'), 16)) AS break_id
    FROM demo_truth AS t
    JOIN mainspring.breaks AS b ON b.code = t.code AND b.entity = t.entity
    WHERE t.entity LIKE 'payment:%' AND t.role = 'root' AND t.money_effect::numeric <> 0
        AND t.code NOT IN ('payment.duplicate', 'settlement.double_loss')
    GROUP BY t.entity
), items AS (
    SELECT
        o.*, p.payment_id, p.currency AS paid_in, x.channel, coalesce(w.amount, 0) AS not_due,
        CASE WHEN s.payment_id IS NOT NULL THEN r.due_date END AS due_date,
        CASE WHEN s.payment_id IS NOT NULL THEN r.break_id END AS break_id,
        (
            SELECT coalesce(sum(e.amount), 0) FROM demo_events AS e
            WHERE e.payment_id = p.payment_id AND e.side = 'ledger'
        ) AS due,
        (
            SELECT coalesce(sum(e.amount), 0) FROM demo_events AS e
            WHERE e.payment_id = p.payment_id AND e.currency = p.currency AND e.kind IN ('gross', 'refund')
                AND e.side = 'statement' AND e.reason NOT IN ('duplicate', 'resent', 'line changed')
        ) AS remitted,
        (
            SELECT coalesce(sum(-l.fee - l.fee_tax - l.income_tax - l.sales_tax), 0)
            FROM demo_matches AS m JOIN demo_lines AS l ON l.file = m.file AND l.line = m.line
            WHERE m.payment_id = p.payment_id AND l.standing = 'live' AND l.currency = p.currency
        ) AS deductions,
        (
            SELECT coalesce(sum(e.amount), 0) FROM demo_events AS e
            WHERE e.order_id = o.order_id AND e.payment_id <> p.payment_id AND e.currency = p.currency
        ) AS advance
    FROM payments AS p
    JOIN orders AS o USING (order_id)
    LEFT JOIN short AS s ON s.payment_id = p.payment_id
    LEFT JOIN waiting AS w ON w.payment_id = p.payment_id
    LEFT JOIN roots AS r ON r.payment_id = p.payment_id
    CROSS JOIN LATERAL (
        SELECT CASE
            WHEN lower(p.payment_gateway) IN ('stripe', 'jazzcash') THEN lower(p.payment_gateway)
            WHEN p.payment_gateway IS NOT NULL THEN 'unknown'
            ELSE lower(o.carrier)
        END AS channel
    ) AS x
    WHERE s.payment_id IS NOT NULL OR w.payment_id IS NOT NULL
), customers_owe AS (
    SELECT
        o.*, b.due_date, left(encode(sha256(convert_to(t.code || ' ' || t.entity, 'UTF8')), 'hex'), 16) AS break_id,
        -t.money_effect::numeric AS missing,
        (
            SELECT coalesce(sum(e.amount), 0) FROM demo_events AS e
            WHERE e.order_id = o.order_id AND e.side = 'ledger' AND e.currency = o.currency
        ) AS paid
    FROM demo_truth AS t
    JOIN orders AS o ON t.entity = 'order:' || o.order_id
    JOIN mainspring.breaks AS b ON b.code = t.code AND b.entity = t.entity
    WHERE t.role = 'root' AND t.money_effect::numeric < 0
        AND t.code IN ('order.underpaid', 'order.advance_missing', 'order.edited_after_capture')
), rows AS (
    SELECT
        CASE i.channel WHEN 'tcs' THEN 'courier' ELSE 'gateway' END AS counterparty_type, i.channel AS counterparty,
        i.store_id, i.order_number, i.payment_id, i.tracking_number, i.actual_delivery_date AS delivered_on,
        i.paid_in AS currency, i.total_amount AS order_total, i.advance AS advance_captured, i.due, i.remitted,
        i.deductions, i.due - i.remitted AS outstanding, i.due_date, i.not_due, i.break_id
    FROM items AS i
    WHERE i.due <> i.remitted OR i.not_due <> 0
    UNION ALL
    SELECT
        'customer', 'customer ' || c.customer_id, c.store_id, c.order_number, NULL, c.tracking_number,
        c.actual_delivery_date, c.currency, c.total_amount, c.paid, c.paid + c.missing, c.paid, 0, c.missing,
        c.due_date, 0, c.break_id
    FROM customers_owe AS c
)
SELECT
    r.*, greatest(date '2026-06-30' - r.due_date, 0) AS overdue_days,
    CASE WHEN r.due_date >= '2026-05-31' THEN r.outstanding - r.not_due END AS d1_30,
    CASE WHEN r.due_date BETWEEN '2026-05-01' AND '2026-05-30' THEN r.outstanding - r.not_due END AS d31_60,
    CASE WHEN r.due_date BETWEEN '2026-04-01' AND '2026-04-30' THEN r.outstanding - r.not_due END AS d61_90,
    CASE WHEN r.due_date BETWEEN '2026-01-01' AND '2026-03-31' THEN r.outstanding - r.not_due END AS d91_180,
    CASE WHEN r.due_date < '2026-01-01' THEN r.outstanding - r.not_due END AS d181_plus
FROM rows AS r;
