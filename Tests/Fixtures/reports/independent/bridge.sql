-- Step by step from the events; what must have come to the bank is worked out from the day before the window and the
-- statements of the bank alone. Orders: each by itself, from its payments.
WITH placed AS (
    SELECT
        e.*,
        CASE
            WHEN e.kind <> 'bank_credit' THEN e.channel WHEN e.payout_id LIKE 'po%' THEN 'stripe'
            WHEN e.payout_id LIKE 'JC%' THEN 'jazzcash' WHEN e.payout_id LIKE 'RM%' THEN 'tcs' ELSE 'bank'
        END AS place
    FROM demo_events AS e
    -- What doesn't count, and what is no channel's to settle.
    WHERE e.reason NOT IN ('duplicate', 'resent', 'line changed', 'bank debit', 'no statement') AND e.day <= :'to'::date
), positions (place, currency, day, step_no, amount) AS (
    SELECT p.place, p.currency, p.day, 1, CASE p.side WHEN 'ledger' THEN p.amount ELSE -p.amount END
    FROM placed AS p
    WHERE p.bucket <> 'break' AND p.kind IN ('capture', 'gross', 'refund')
    UNION ALL
    SELECT p.place, p.currency, p.day, 2, CASE p.kind WHEN 'payout' THEN -p.amount ELSE p.amount END
    FROM placed AS p
    WHERE p.side = 'statement' AND p.kind <> 'bank_credit' AND p.place <> 'tcs'
        AND (p.kind <> 'payout' OR p.bucket <> 'break')
    UNION ALL
    SELECT p.place, p.currency, p.day, 3, CASE p.kind WHEN 'bank_credit' THEN -p.amount ELSE p.amount END
    FROM placed AS p
    WHERE p.kind = 'payout' OR p.kind = 'bank_credit' AND p.bucket <> 'break'
        OR p.side = 'statement' AND p.place = 'tcs' AND p.kind <> 'bank_credit'
    UNION ALL
    SELECT p.place, p.currency, p.day, 4, -p.amount
    FROM placed AS p
    WHERE p.kind LIKE 'reserve%'
), accounts AS (
    SELECT DISTINCT p.place, p.currency FROM placed AS p
), steps (place, currency, step_no, amount, count) AS (
    -- Openings, and the same positions at the end, taken off.
    SELECT a.place, a.currency, n.no + s.shift, s.sign * coalesce((
        SELECT sum(p.amount) FROM positions AS p
        WHERE p.place = a.place AND p.currency = a.currency AND p.step_no = n.no
            AND (s.sign < 0 OR p.day < :'from'::date)
    ), 0), NULL::bigint
    FROM accounts AS a
    CROSS JOIN generate_series(1, 4) AS n (no)
    CROSS JOIN (VALUES (0, 1), (19, -1)) AS s (shift, sign)
    UNION ALL
    SELECT a.place, a.currency, k.step_no, coalesce(sum(p.amount), 0), nullif(count(DISTINCT p.event), 0)
    FROM accounts AS a
    CROSS JOIN (
        VALUES
            (5, 'ledger', 'capture'), (6, 'ledger', 'refund'), (7, 'statement', 'chargeback'),
            (8, 'statement', 'chargeback_reversal'), (9, 'statement', 'fee'), (10, 'statement', 'fee_refund'),
            (11, 'statement', 'dispute_fee'), (12, 'statement', 'fee_tax'), (13, 'statement', 'income_tax_withheld'),
            (14, 'statement', 'sales_tax_withheld'), (16, 'statement', 'conversion_in'),
            (17, 'statement', 'conversion_out'), (25, 'statement', 'bank_credit')
    ) AS k (step_no, side, kind)
    LEFT JOIN placed AS p
        ON p.place = a.place AND p.currency = a.currency AND p.side = k.side AND p.kind = k.kind
        AND p.day >= :'from'::date
    GROUP BY a.place, a.currency, k.step_no
    UNION ALL
    -- Statement less ledger, of what happened in the window and is a break.
    SELECT a.place, a.currency, 19, coalesce(sum(CASE p.side WHEN 'ledger' THEN -p.amount ELSE p.amount END), 0), NULL
    FROM accounts AS a
    LEFT JOIN placed AS p
        ON p.place = a.place AND p.currency = a.currency AND p.bucket = 'break' AND p.day >= :'from'::date
    GROUP BY a.place, a.currency
), owed AS (
    SELECT
        o.order_id, o.currency, o.total_amount, o.order_status, coalesce(p.captured, 0) AS captured,
        coalesce(p.refunded, 0) AS refunded, coalesce(p.captured, 0) - coalesce(p.refunded, 0) AS net,
        CASE
            WHEN o.order_status IN ('PENDING', 'CANCELLED', 'REFUNDED') THEN 0
            WHEN o.order_status = 'DELIVERED' OR NOT EXISTS (
                SELECT FROM payments AS q JOIN payment_methods AS m USING (payment_method_id)
                WHERE q.order_id = o.order_id AND q.payment_status IN ('PENDING', 'PROCESSING', 'COMPLETED', 'REFUNDED')
                    AND m.method_name = 'CASH_ON_DELIVERY'
            ) THEN o.total_amount
            WHEN o.advance_payment THEN o.advance_amount ELSE 0
        END AS due
    FROM orders AS o
    LEFT JOIN LATERAL (
        SELECT
            sum(CASE WHEN e.kind = 'capture' THEN e.amount ELSE 0 END) AS captured,
            sum(CASE WHEN e.kind = 'refund' THEN -e.amount ELSE 0 END) AS refunded
        FROM demo_events AS e
        WHERE e.order_id = o.order_id AND e.currency = o.currency AND e.side = 'ledger'
    ) AS p ON TRUE
), judged AS (
    -- An order without a break is paid, or owes what its state says; what one with a break is off by is the break's.
    SELECT
        w.*,
        CASE
            WHEN w.order_status IN ('CANCELLED', 'REFUNDED') THEN 0
            WHEN w.net = 0 THEN greatest(w.captured - w.due, 0)
            ELSE greatest(least(w.net, w.total_amount) - w.due, 0)
        END AS early,
        CASE
            WHEN w.order_status IN ('CANCELLED', 'REFUNDED') OR w.refunded = 0 THEN 0
            WHEN w.net = 0 THEN greatest(w.due - w.captured, 0)
            ELSE least(w.refunded, greatest(w.due - w.net, 0))
        END AS forgiven,
        EXISTS (
            SELECT FROM demo_truth AS t
            WHERE t.entity = 'order:' || w.order_id AND t.code IN (
                'order.underpaid', 'order.advance_missing', 'order.overpaid', 'order.paid_but_cancelled',
                'order.refund_missing', 'order.refund_partial', 'order.refund_unrecorded')
        ) AS is_broken
    FROM owed AS w
), order_steps (currency, step_no, amount, count) AS (
    SELECT j.currency, 1, sum(j.due), sum((j.due > 0)::integer) FROM judged AS j GROUP BY j.currency
    UNION ALL
    SELECT j.currency, 2, sum(j.early), sum((j.early > 0)::integer) FROM judged AS j GROUP BY j.currency
    UNION ALL
    SELECT j.currency, 3, -sum(j.forgiven), sum((j.forgiven > 0)::integer) FROM judged AS j GROUP BY j.currency
    UNION ALL
    SELECT
        j.currency, 4, sum(CASE WHEN j.is_broken THEN j.net - j.due - j.early + j.forgiven ELSE 0 END),
        sum(j.is_broken::integer)
    FROM judged AS j
    GROUP BY j.currency
    UNION ALL
    SELECT j.currency, 5, sum(j.net), NULL FROM judged AS j GROUP BY j.currency
    UNION ALL
    SELECT j.currency, 6, sum(j.captured), sum((j.captured > 0)::integer) FROM judged AS j GROUP BY j.currency
    UNION ALL
    SELECT j.currency, 7, -sum(j.refunded), sum((j.refunded > 0)::integer) FROM judged AS j GROUP BY j.currency
    UNION ALL
    SELECT j.currency, 8, 0, NULL FROM judged AS j GROUP BY j.currency
)
SELECT
    s.place AS channel, s.currency, s.step_no, s.count, s.amount,
    CASE
        WHEN s.step_no <= 23 THEN (
            SELECT sum(t.amount) FROM steps AS t
            WHERE t.place = s.place AND t.currency = s.currency AND t.step_no <= s.step_no
        )
    END AS running_total
FROM steps AS s
WHERE s.step_no NOT BETWEEN 7 AND 18 OR s.amount <> 0 OR s.count > 0
UNION ALL
-- What the bank must have credited is what it did: nothing may be left.
SELECT s.place, s.currency, 24, NULL, s.amount, NULL FROM steps AS s WHERE s.step_no = 25
UNION ALL
SELECT a.place, a.currency, 26, NULL, 0, NULL FROM accounts AS a
UNION ALL
SELECT
    'orders', o.currency, o.step_no, o.count, o.amount,
    CASE
        WHEN o.step_no <= 4 THEN sum(o.amount) OVER (PARTITION BY o.currency ORDER BY o.step_no)
    END
FROM order_steps AS o;
