-- The completeness proof: what went in, counted from the source tables, against what stands in the buckets
-- (docs/reconciliation.md, “Proof”). What was looked at is proven event by event, by count and sum; everything else by the
-- sums of whole tables against the running balances, so that a change that the scope missed, a lost event or a tampered
-- amount fails here however old it is. A run that recounts looks at everything, and so proves it all event by event.

-- name: ledger-inputs
-- What the shop's records say of the payments in scope.
CREATE TEMPORARY TABLE recon_input ON COMMIT DROP AS
SELECT i.part, i.currency, count(*) AS payments, sum(i.amount) AS amount
FROM (
    SELECT 'capture' AS part, p.currency, p.captured AS amount FROM recon_payment AS p WHERE p.captured > 0
    UNION ALL
    SELECT 'refund', p.currency, -p.refunded FROM recon_payment AS p WHERE p.refunded > 0
) AS i
GROUP BY i.part, i.currency

-- name: line-inputs
-- The lines in scope by kind of money, straight from the lines: a line's gross as the kind of its type, its deductions apart, a fee
-- below nothing as one that is given back, a converted line in both of its currencies.
CREATE TEMPORARY TABLE recon_line_input ON COMMIT DROP AS
SELECT i.kind, i.currency, sum(i.lines)::bigint AS lines, sum(i.amount) AS amount
FROM (
    SELECT v.kind, v.currency, v.lines, v.amount
    FROM (
        SELECT
            l.kind, l.currency, l.charged_currency, l.charged_currency <> l.currency AS converted,
            sum(l.main) AS main, count(*) FILTER (WHERE l.main <> 0) AS mains,
            -sum(l.charged) AS gone, sum(l.gross) AS come, count(*) FILTER (WHERE l.gross <> 0) AS conversions,
            -sum(l.fee) FILTER (WHERE l.fee > 0 OR l.is_dispute) AS fee,
            count(*) FILTER (WHERE l.fee > 0 OR l.is_dispute AND l.fee <> 0) AS fees,
            -sum(l.fee) FILTER (WHERE l.fee < 0 AND NOT l.is_dispute) AS fee_refund,
            count(*) FILTER (WHERE l.fee < 0 AND NOT l.is_dispute) AS fee_refunds,
            -sum(l.fee_tax) FILTER (WHERE l.kind <> 'fee_tax') AS fee_tax,
            count(*) FILTER (WHERE l.kind <> 'fee_tax' AND l.fee_tax <> 0) AS fee_taxes,
            -sum(l.income_tax) FILTER (WHERE l.kind <> 'income_tax_withheld') AS income_tax,
            count(*) FILTER (WHERE l.kind <> 'income_tax_withheld' AND l.income_tax <> 0) AS income_taxes,
            -sum(l.sales_tax) AS sales_tax,
            count(*) FILTER (WHERE l.sales_tax <> 0) AS sales_taxes,
            sum(l.difference) AS difference,
            count(*) FILTER (WHERE l.difference <> 0) AS differences
        FROM (
            SELECT
                CASE
                    WHEN t.kind = 'conversion_in' AND l.gross < 0 THEN 'conversion_out'
                    WHEN t.kind = 'fee' AND t.sign * c.charged - l.fee > 0 THEN 'fee_refund'
                    ELSE t.kind
                END AS kind,
                t.kind IN ('chargeback', 'chargeback_reversal') AS is_dispute,
                l.currency, l.gross, l.fee - f.own AS fee, l.fee_tax, l.income_tax, l.sales_tax, c.charged,
                c.charged_currency,
                t.sign * c.charged - f.own - CASE t.kind
                    WHEN 'fee_tax' THEN l.fee_tax WHEN 'income_tax_withheld' THEN l.income_tax ELSE 0.00 END AS main,
                CASE WHEN t.kind NOT IN ('payout', 'bank_credit')
                    THEN l.net - l.gross + l.fee + l.fee_tax + l.income_tax + l.sales_tax ELSE 0.00 END AS difference
            FROM recon_line_scope AS s
            JOIN mainspring.lines AS l ON l.line_id = s.line_id
            JOIN recon_line_type AS t ON t.line_type = l.line_type
            CROSS JOIN LATERAL (
                SELECT
                    CASE WHEN t.part IS NULL THEN l.currency ELSE coalesce(l.presented_currency, l.currency) END
                        AS charged_currency,
                    CASE WHEN t.part IS NOT NULL AND l.presented_currency <> l.currency THEN l.presented_amount
                        ELSE l.gross END AS charged
            ) AS c
            -- What is in the column of fees of a line that is itself a fee, or one given back, is that.
            CROSS JOIN LATERAL (
                SELECT CASE WHEN t.kind = 'fee' OR t.kind = 'fee_refund' AND l.fee < 0 THEN l.fee ELSE 0.00 END AS own
            ) AS f
        ) AS l
        GROUP BY l.kind, l.currency, l.charged_currency
    ) AS g
    CROSS JOIN LATERAL (VALUES
        (g.kind, g.charged_currency, g.mains, g.main),
        ('conversion_out', g.charged_currency, CASE WHEN g.converted THEN g.conversions ELSE 0 END, g.gone),
        ('conversion_in', g.currency, CASE WHEN g.converted THEN g.conversions ELSE 0 END, g.come),
        (CASE WHEN g.kind IN ('chargeback', 'chargeback_reversal') THEN 'dispute_fee' ELSE 'fee' END, g.currency, g.fees,
            g.fee),
        ('fee_refund', g.currency, g.fee_refunds, g.fee_refund),
        ('fee_tax', g.currency, g.fee_taxes, g.fee_tax),
        ('income_tax_withheld', g.currency, g.income_taxes, g.income_tax),
        ('sales_tax_withheld', g.currency, g.sales_taxes, g.sales_tax),
        ('line_difference', g.currency, g.differences, g.difference)
    ) AS v (kind, currency, lines, amount)
    WHERE v.lines > 0
) AS i
GROUP BY i.kind, i.currency

-- name: events
-- Each event in scope with what its live allocations come to, summed by side and kind in one pass.
CREATE TEMPORARY TABLE recon_balance ON COMMIT DROP AS
SELECT
    b.side, CASE WHEN b.kind = 'void' THEN 'capture' ELSE b.kind END AS kind, b.currency,
    count(*) AS events, coalesce(sum(b.amount), 0.00) AS amount,
    count(*) FILTER (WHERE b.allocated <> 0) AS allocated_events, sum(b.allocated) AS allocated,
    count(*) FILTER (WHERE b.allocated = b.amount) AS whole_events
FROM (
    SELECT e.side, e.kind, e.currency, e.amount, coalesce(a.amount, 0.00) AS allocated
    FROM recon_event AS e
    LEFT JOIN (
        SELECT e.event_id, sum(a.amount) AS amount
        FROM recon_event AS e
        JOIN mainspring.allocations AS a ON a.event_id = e.event_id AND a.superseded_by IS NULL
        GROUP BY e.event_id
    ) AS a ON a.event_id = e.event_id
) AS b
GROUP BY b.side, CASE WHEN b.kind = 'void' THEN 'capture' ELSE b.kind END, b.currency

-- name: totals
-- The whole tables, each summed once, as the running balances have them: payments as the shop keeps them now, the
-- statements' lines, the money events, and the parts that are live.
CREATE TEMPORARY TABLE recon_sum ON COMMIT DROP AS
SELECT 'payments' AS source, 'capture' AS kind, p.currency, 0::bigint AS count, sum(p.amount) AS amount
FROM payments AS p
CROSS JOIN recon_run AS r
WHERE p.payment_status IN ('COMPLETED', 'REFUNDED') AND p.amount > 0 AND p.created_at < r.cut_off
    AND coalesce(p.payment_completed_at, p.payment_initiated_at, p.created_at) < r.cut_off
GROUP BY p.currency
UNION ALL
SELECT 'payments', 'refund', o.currency, 0, sum(o.amount)
FROM (
    SELECT p.currency, -p.amount AS amount
    FROM payments AS p
    CROSS JOIN recon_run AS r
    WHERE p.payment_status = 'REFUNDED' AND p.amount > 0 AND p.created_at < r.cut_off
        AND coalesce(p.payment_completed_at, p.payment_initiated_at, p.created_at) < r.cut_off
    UNION ALL
    -- A part that was given back stands in the gateway's answer alone: it is what it was when that was last read.
    SELECT e.currency, e.amount
    FROM mainspring.money_events AS e
    JOIN payments AS p ON p.payment_id = e.payment_id
    WHERE e.side = 'ledger' AND e.kind = 'refund' AND p.payment_status <> 'REFUNDED'
) AS o
GROUP BY o.currency
UNION ALL
-- A payout leaves the gateway's account; what the net of any other line says beyond its components is an event too.
SELECT 'lines', v.kind, l.currency, 0, v.amount
FROM (
    SELECT
        l.currency,
        sum(CASE
            WHEN l.line_type IN ('payout', 'payout_reversal') THEN -l.gross - c.deductions
            WHEN l.line_type IN ('bank_credit', 'bank_debit') THEN l.gross - c.deductions
            ELSE l.net
        END) AS net,
        sum(l.net - l.gross + c.deductions) FILTER (
            WHERE l.line_type NOT IN ('payout', 'payout_reversal', 'bank_credit', 'bank_debit')) AS difference
    FROM mainspring.lines AS l
    CROSS JOIN LATERAL (SELECT l.fee + l.fee_tax + l.income_tax + l.sales_tax AS deductions) AS c
    WHERE l.settled_at < (SELECT cut_off FROM recon_run) AND l.line_type NOT IN ('opening_balance', 'closing_balance')
    GROUP BY l.currency
) AS l
CROSS JOIN LATERAL (VALUES ('net', l.net), ('difference', coalesce(l.difference, 0.00))) AS v (kind, amount)
UNION ALL
SELECT 'events', e.side || ' ' || e.kind, e.currency, count(*), sum(e.amount)
FROM mainspring.money_events AS e
GROUP BY e.side, e.kind, e.currency
UNION ALL
SELECT 'parts', a.bucket || ' ' || a.reason, '', count(*), sum(a.amount)
FROM mainspring.allocations AS a
WHERE a.superseded_by IS NULL
GROUP BY a.bucket, a.reason

-- name: proof
SELECT
    c.side, c.kind, c.currency, c.input_count, c.input_sum, c.bucket_count, c.bucket_sum,
    c.input_count = c.bucket_count AND c.input_sum = c.bucket_sum AS pass
FROM (
    SELECT
        'ledger' AS side, coalesce(i.part, b.kind) AS kind, coalesce(i.currency, b.currency) AS currency,
        coalesce(i.payments, 0) AS input_count, coalesce(i.amount, 0.00) AS input_sum,
        coalesce(b.payments, 0) AS bucket_count, coalesce(b.amount, 0.00) AS bucket_sum
    FROM recon_input AS i
    FULL JOIN (
        SELECT p.kind, p.currency, count(*) FILTER (WHERE p.amount <> 0) AS payments, sum(p.amount) AS amount
        FROM (
            SELECT
                CASE WHEN e.kind = 'void' THEN 'capture' ELSE e.kind END AS kind, e.currency, e.payment_id,
                sum(e.amount) AS amount
            FROM recon_ledger_event AS e
            GROUP BY CASE WHEN e.kind = 'void' THEN 'capture' ELSE e.kind END, e.currency, e.payment_id
        ) AS p
        GROUP BY p.kind, p.currency
    ) AS b ON b.kind = i.part AND b.currency = i.currency
    UNION ALL
    SELECT
        'statement', coalesce(i.kind, b.kind), coalesce(i.currency, b.currency),
        coalesce(i.lines, 0), coalesce(i.amount, 0.00), coalesce(b.allocated_events, 0), coalesce(b.allocated, 0.00)
    FROM recon_line_input AS i
    FULL JOIN (SELECT b.* FROM recon_balance AS b WHERE b.side = 'statement') AS b
        ON b.kind = i.kind AND b.currency = i.currency
    UNION ALL
    -- Every event's live allocations sum to it.
    SELECT
        'events', b.side, coalesce(b.currency, ''), sum(b.events)::bigint, sum(b.amount),
        sum(b.whole_events)::bigint, sum(b.allocated)
    FROM recon_balance AS b
    GROUP BY b.side, b.currency
    UNION ALL
    -- Everything that ever happened is in the running balances, and they hold nothing else.
    SELECT
        'all payments', coalesce(s.kind, m.kind), coalesce(s.currency, m.currency), 0, coalesce(s.amount, 0.00), 0,
        coalesce(m.amount, 0.00)
    FROM (SELECT s.* FROM recon_sum AS s WHERE s.source = 'payments') AS s
    FULL JOIN (
        SELECT CASE m.kind WHEN 'refund' THEN 'refund' ELSE 'capture' END AS kind, m.currency, sum(m.amount) AS amount
        FROM mainspring.movements AS m
        WHERE m.side = 'ledger'
        GROUP BY CASE m.kind WHEN 'refund' THEN 'refund' ELSE 'capture' END, m.currency
    ) AS m ON m.kind = s.kind AND m.currency = s.currency
    UNION ALL
    SELECT
        'all lines', coalesce(s.kind, m.kind), coalesce(s.currency, m.currency), 0, coalesce(s.amount, 0.00), 0,
        coalesce(m.amount, 0.00)
    FROM (SELECT s.* FROM recon_sum AS s WHERE s.source = 'lines') AS s
    FULL JOIN (
        SELECT v.kind, m.currency, sum(v.amount) AS amount
        FROM mainspring.movements AS m
        CROSS JOIN LATERAL (VALUES
            ('net', m.amount), ('difference', CASE m.kind WHEN 'line_difference' THEN m.amount ELSE 0.00 END)
        ) AS v (kind, amount)
        WHERE m.side = 'statement'
        GROUP BY v.kind, m.currency
    ) AS m ON m.kind = s.kind AND m.currency = s.currency
    UNION ALL
    SELECT
        'all events', coalesce(s.kind, m.kind), coalesce(s.currency, m.currency), coalesce(s.count, 0),
        coalesce(s.amount, 0.00), coalesce(m.events, 0), coalesce(m.amount, 0.00)
    FROM (SELECT s.* FROM recon_sum AS s WHERE s.source = 'events') AS s
    FULL JOIN (
        SELECT m.side || ' ' || m.kind AS kind, m.currency, sum(m.events)::bigint AS events, sum(m.amount) AS amount
        FROM mainspring.movements AS m
        GROUP BY m.side, m.kind, m.currency
    ) AS m ON m.kind = s.kind AND m.currency = s.currency
    UNION ALL
    SELECT
        'all parts', coalesce(s.kind, b.kind), '', coalesce(s.count, 0), coalesce(s.amount, 0.00),
        coalesce(b.parts, 0), coalesce(b.amount, 0.00)
    FROM (SELECT s.* FROM recon_sum AS s WHERE s.source = 'parts') AS s
    FULL JOIN (
        SELECT b.bucket || ' ' || b.reason AS kind, sum(b.parts)::bigint AS parts, sum(b.amount) AS amount
        FROM mainspring.balances AS b
        GROUP BY b.bucket, b.reason
    ) AS b ON b.kind = s.kind
    UNION ALL
    -- What happened stands somewhere: the balances' parts are the movements' events.
    SELECT
        'balances', coalesce(m.kind, b.kind), coalesce(m.currency, b.currency), 0, coalesce(m.amount, 0.00), 0,
        coalesce(b.amount, 0.00)
    FROM (
        SELECT m.side || ' ' || m.kind AS kind, m.currency, sum(m.amount) AS amount
        FROM mainspring.movements AS m
        GROUP BY m.side, m.kind, m.currency
    ) AS m
    FULL JOIN (
        SELECT b.side || ' ' || b.kind AS kind, b.currency, sum(b.amount) AS amount
        FROM mainspring.balances AS b
        GROUP BY b.side, b.kind, b.currency
    ) AS b ON b.kind = m.kind AND b.currency = m.currency
    UNION ALL
    -- What is agreed differs by nothing between the two sides; a difference within tolerance is a part of its own.
    SELECT 'agreed', d.channel, d.currency, 0, d.ledger, 0, d.statement
    FROM (
        SELECT
            b.channel, b.currency,
            coalesce(sum(b.amount) FILTER (WHERE b.side = 'ledger'), 0.00) AS ledger,
            coalesce(sum(b.amount) FILTER (WHERE b.side = 'statement'), 0.00) AS statement
        FROM mainspring.balances AS b
        WHERE b.bucket = 'agreed' AND b.reason IN ('matched', 'reversed')
        GROUP BY b.channel, b.currency
    ) AS d
    UNION ALL
    -- What the bank has of payouts is those payouts.
    SELECT 'bank', coalesce(d.kind, p.kind), coalesce(d.currency, p.currency), 0, coalesce(p.amount, 0.00), 0,
        coalesce(d.amount, 0.00)
    FROM (
        SELECT 'at the bank' AS kind, b.currency, sum(b.amount) AS amount
        FROM mainspring.balances AS b
        WHERE b.reason = 'at the bank' AND b.kind = 'bank_credit'
        GROUP BY b.currency
    ) AS d
    FULL JOIN (
        SELECT
            'at the bank' AS kind, p.currency,
            sum(CASE WHEN c.payouts = 'lines' THEN p.lines_net ELSE coalesce(p.payout_amount, p.lines_net) END) AS amount
        FROM mainspring.payouts AS p
        LEFT JOIN mainspring.channels AS c ON c.channel = p.channel
        WHERE p.bank_amount IS NOT NULL
        GROUP BY p.currency
    ) AS p ON p.currency = d.currency
    UNION ALL
    -- What stands in the bucket `break` is what the open breaks say that their events carry.
    SELECT
        'breaks', coalesce(d.channel, k.channel), coalesce(d.currency, k.currency), 0, coalesce(d.difference, 0.00), 0,
        coalesce(k.effect, 0.00)
    FROM (
        SELECT p.channel, p.currency, sum(p.open_breaks) AS difference
        FROM mainspring.clearing_balances AS p
        WHERE p.bucket = 'break'
        GROUP BY p.channel, p.currency
    ) AS d
    FULL JOIN (
        SELECT b.channel, b.currency, sum(b.event_effect) AS effect
        FROM mainspring.breaks AS b
        WHERE b.event_effect <> 0
        GROUP BY b.channel, b.currency
    ) AS k ON k.channel = d.channel AND k.currency = d.currency
) AS c
ORDER BY c.side, c.kind, c.currency
