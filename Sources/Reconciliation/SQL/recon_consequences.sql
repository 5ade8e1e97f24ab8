-- One cause, one root, across payments, orders, lines, payouts and the bank (docs/reconciliation.md, “What follows
-- from what”). Each break was found by a rule of its own; those that one fact explains are tied to the deepest of them.
-- Only names and exact sums tie: nothing follows because an amount happens to be alike. A follower has no money of its
-- own: `moves` is the part of its effect that the root takes with it, nothing where the root's effect holds it already.

-- name: broken-lines
-- The lines that breaks speak of, each with the payment behind it.
CREATE TEMPORARY TABLE recon_broken_line ON COMMIT DROP AS
SELECT
    l.line_id, l.channel, l.standing, l.kind, l.part, l.line_type, l.transaction_id, l.other_transaction_id,
    l.merchant_reference, l.tracking_number, l.payout_id, l.currency, l.gross, l.fee, l.fee_tax, l.income_tax,
    l.sales_tax, l.net, l.charged, l.charged_currency, l.converted, m.payment_id
FROM (SELECT DISTINCT f.line_id FROM recon_found AS f WHERE f.line_id IS NOT NULL) AS b
JOIN recon_line AS l ON l.line_id = b.line_id
LEFT JOIN recon_matched AS m ON m.line_id = l.line_id;
CREATE TEMPORARY TABLE recon_link (
    break_id text NOT NULL,
    cause    text NOT NULL,
    step     integer NOT NULL,
    moves    numeric NOT NULL
) ON COMMIT DROP

-- name: analyze
ANALYZE recon_found;
ANALYZE recon_broken_line

-- name: line-links
-- Of one line, the first that applies: it came again with other content, its net does not add up, nobody's, its rate,
-- what it cost. From a line that came again follows what its new content puts right, of the line and of its payment.
INSERT INTO recon_link (break_id, cause, step, moves)
SELECT b.break_id, a.break_id, 1, CASE WHEN b.code = 'settlement.orphan' THEN o.gross ELSE b.money_effect END
FROM recon_found AS a
JOIN recon_broken_line AS c ON c.line_id = a.line_id
JOIN mainspring.lines AS k ON k.line_id = c.line_id
JOIN mainspring.lines AS o ON o.line_key = k.line_key AND o.standing = 'live'
JOIN recon_found AS b ON b.line_id = o.line_id AND b.role = 'root'
CROSS JOIN recon_run AS x
LEFT JOIN recon_charge AS h ON h.line_id = o.line_id
LEFT JOIN recon_fee_rule AS r
    ON r.channel = c.channel AND r.currency = c.currency AND h.day BETWEEN r.valid_from AND r.valid_until
LEFT JOIN recon_rate AS q
    ON q.base = c.charged_currency AND q.quote = c.currency
    AND (coalesce(k.captured_at, k.settled_at) AT TIME ZONE x.time_zone)::date BETWEEN q.valid_from AND q.valid_until
LEFT JOIN recon_payment AS p ON p.transaction_id = c.transaction_id AND p.channel = c.channel
LEFT JOIN recon_payment AS t ON t.transaction_id = c.other_transaction_id AND t.channel = c.channel
WHERE a.code = 'settlement.line_changed' AND CASE b.code
    WHEN 'settlement.line_arithmetic' THEN c.net = c.gross - c.fee - c.fee_tax - c.income_tax - c.sales_tax
    WHEN 'settlement.orphan' THEN coalesce(p.payment_id, t.payment_id) IS NOT NULL
    WHEN 'settlement.fx' THEN abs(c.gross - c.charged * q.rate) <= abs(c.charged) * q.rate * q.tolerance / 100
    WHEN 'settlement.fee' THEN abs(c.fee - round(c.gross * r.percent / 100 + r.fixed, 2)) <= 0.01
    WHEN 'settlement.fee_tax' THEN abs(c.fee_tax - round(c.fee * h.fee_tax_percent / 100, 2)) <= 0.01
    WHEN 'settlement.withholding' THEN
        abs(c.income_tax + c.sales_tax - round(c.gross * h.income_percent / 100, 2)
            - round(c.gross * h.sales_percent / 100, 2)) <= 0.01
    ELSE FALSE
END
UNION ALL
SELECT b.break_id, a.break_id, 1, b.money_effect
FROM recon_found AS a
JOIN recon_broken_line AS c ON c.line_id = a.line_id AND c.part IN ('capture', 'refund')
JOIN mainspring.lines AS k ON k.line_id = c.line_id
JOIN mainspring.lines AS o ON o.line_key = k.line_key AND o.standing = 'live'
LEFT JOIN recon_matched AS s ON s.line_id = o.line_id
LEFT JOIN recon_payment AS p ON p.transaction_id = c.transaction_id AND p.channel = c.channel
LEFT JOIN recon_payment AS q ON q.transaction_id = c.other_transaction_id AND q.channel = c.channel
JOIN recon_found AS b
    ON b.payment_id = coalesce(s.payment_id, p.payment_id, q.payment_id) AND b.role = 'root'
    AND b.currency = c.charged_currency AND b.code IN (
        'settlement.missing', 'settlement.amount', 'settlement.refund_unrecorded', 'settlement.refund_missing',
        'settlement.refund_amount')
WHERE a.code = 'settlement.line_changed'
    AND b.money_effect + c.charged = CASE WHEN s.payment_id IS NULL THEN 0.00 ELSE s.charged END
UNION ALL
SELECT b.break_id, a.break_id, 2, l.gross
FROM recon_found AS a
JOIN recon_found AS b ON b.line_id = a.line_id AND b.code IN ('settlement.orphan', 'cod.unknown_tracking')
JOIN recon_broken_line AS l ON l.line_id = a.line_id
WHERE a.code = 'settlement.line_arithmetic'
UNION ALL
-- A fee of what the reference rate gives was taken before the rate was applied: the rate's difference holds it.
SELECT
    b.break_id, a.break_id, 4,
    CASE WHEN b.code = 'settlement.fee' AND abs(l.fee - round(a.expected * r.percent / 100 + r.fixed, 2)) <= 0.01
        THEN 0.00 ELSE b.money_effect END
FROM recon_found AS a
JOIN recon_found AS b
    ON b.line_id = a.line_id AND b.code IN ('settlement.fee', 'settlement.fee_tax', 'settlement.withholding')
JOIN recon_broken_line AS l ON l.line_id = a.line_id
JOIN recon_charge AS c ON c.line_id = a.line_id
LEFT JOIN recon_fee_rule AS r
    ON r.channel = l.channel AND r.currency = l.currency AND c.day BETWEEN r.valid_from AND r.valid_until
WHERE a.code = 'settlement.fx'
UNION ALL
-- The tax of the fee that was agreed.
SELECT b.break_id, a.break_id, 5, 0.00
FROM recon_found AS a
JOIN recon_found AS b ON b.line_id = a.line_id AND b.code = 'settlement.fee_tax'
JOIN recon_charge AS c ON c.line_id = a.line_id
WHERE a.code = 'settlement.fee' AND abs(c.fee_tax - round(c.expected_fee * c.fee_tax_percent / 100, 2)) <= 0.01

-- name: charge-links
-- A charge whose amount or currency is wrong, with a rate or with costs that are right for what should have been charged.
INSERT INTO recon_link (break_id, cause, step, moves)
SELECT v.break_id, v.cause, 3, 0.00
FROM (
    SELECT
        b.break_id, a.break_id AS cause, b.code, l.fee, l.fee + l.fee_tax + l.income_tax + l.sales_tax AS costs,
        l.income_tax + l.sales_tax AS withheld, l.gross, l.charged, w.amount AS wanted, q.rate, q.tolerance,
        round(w.gross * r.percent / 100 + r.fixed, 2) AS wanted_fee, c.fee_tax_percent,
        round(w.gross * c.income_percent / 100, 2) + round(w.gross * c.sales_percent / 100, 2) AS wanted_withheld
    FROM recon_broken_line AS l
    JOIN recon_charge AS c ON c.line_id = l.line_id
    JOIN recon_found AS b
        ON b.line_id = l.line_id AND b.code IN (
            'settlement.fx', 'settlement.fee', 'settlement.withholding', 'cod.charges')
    JOIN recon_found AS a
        ON a.payment_id = l.payment_id AND a.role = 'root' AND a.code IN (
            'amount.unit', 'currency.mismatch', 'settlement.currency', 'cod.status', 'amount.mismatch',
            'settlement.amount', 'cod.remittance_short', 'cod.remittance_over')
    JOIN recon_flagged AS f ON f.payment_id = l.payment_id
    CROSS JOIN LATERAL (
        SELECT v.amount, CASE WHEN l.converted THEN l.gross ELSE v.amount END AS gross
        FROM (
            SELECT CASE WHEN l.charged_currency = f.currency THEN l.charged - f.capture_difference ELSE f.amount END
                AS amount
        ) AS v
    ) AS w
    LEFT JOIN recon_fee_rule AS r
        ON r.channel = l.channel AND r.currency = CASE WHEN l.converted THEN l.currency ELSE f.currency END
        AND c.day BETWEEN r.valid_from AND r.valid_until
    LEFT JOIN recon_rate AS q
        ON q.base = f.currency AND q.quote = l.currency AND c.day BETWEEN q.valid_from AND q.valid_until
) AS v
WHERE CASE v.code
    WHEN 'settlement.fx' THEN v.wanted > 0 AND abs(v.gross - v.wanted * v.rate) <= v.wanted * v.rate * v.tolerance / 100
    WHEN 'settlement.fee' THEN abs(v.fee - v.wanted_fee) <= 0.01
    WHEN 'settlement.withholding' THEN abs(v.withheld - v.wanted_withheld) <= 0.01
    ELSE abs(v.costs - v.wanted_fee - round(v.wanted_fee * v.fee_tax_percent / 100, 2) - v.wanted_withheld) <= 0.01
END

-- name: payment-links
-- Nobody's line, which names a payment that waits for it all the same: one that is kept under another gateway, one whose
-- answer speaks of this transaction, the one missing payment of the order that the line names, in another currency.
INSERT INTO recon_link (break_id, cause, step, moves)
WITH nobodys AS (
    SELECT
        f.break_id, f.currency, CASE WHEN l.part = 'dispute' THEN 0.00 ELSE f.money_effect END AS effect, l.channel,
        l.charged_currency, l.merchant_reference, n.name
    FROM recon_found AS f
    JOIN recon_broken_line AS l ON l.line_id = f.line_id
    CROSS JOIN LATERAL (VALUES (l.transaction_id), (l.other_transaction_id)) AS n (name)
    WHERE f.code = 'settlement.orphan'
), named AS (
    SELECT n.break_id, p.payment_id
    FROM nobodys AS n
    JOIN recon_payment AS p ON p.transaction_id = n.name AND p.channel <> n.channel
    UNION
    SELECT n.break_id, w.payment_id FROM nobodys AS n JOIN recon_answer AS w ON w.transaction_id = n.name
    UNION
    SELECT n.break_id, w.payment_id FROM nobodys AS n JOIN recon_answer AS w ON w.other_transaction_id = n.name
    UNION
    SELECT n.break_id, min(p.payment_id)
    FROM nobodys AS n
    JOIN recon_order AS o ON o.order_number = n.merchant_reference
    JOIN recon_payment AS p ON p.order_id = o.order_id AND p.channel = n.channel AND p.currency <> n.charged_currency
    GROUP BY n.break_id
    HAVING count(DISTINCT p.payment_id) = 1
)
SELECT DISTINCT n.break_id, a.break_id, 3, CASE WHEN n.currency = a.currency THEN n.effect ELSE 0.00 END
FROM named AS m
JOIN nobodys AS n ON n.break_id = m.break_id
JOIN recon_found AS a
    ON a.payment_id = m.payment_id AND a.role = 'root' AND a.code IN (
        'gateway.unknown', 'transaction.mismatch', 'settlement.missing', 'cod.remittance_missing')
UNION ALL
-- Charged for bringing back what was collected and never remitted: the courier says it was not delivered.
SELECT b.break_id, a.break_id, 3, b.money_effect
FROM recon_found AS b
JOIN recon_broken_line AS l ON l.line_id = b.line_id
JOIN recon_order AS o
    ON o.tracking_number = l.tracking_number AND o.carrier_channel = l.channel AND o.order_status = 'DELIVERED'
JOIN recon_found AS a ON a.order_id = o.order_id AND a.code = 'cod.remittance_missing' AND a.role = 'root'
WHERE b.code = 'cod.returned_charge'
UNION ALL
-- A refund that only the shop says it sent is lost but once.
SELECT b.break_id, a.break_id, 6, 0.00
FROM recon_found AS b
JOIN recon_flagged AS f ON f.payment_id = b.payment_id AND f.taken + f.received_refunds + f.disputed >= 0
JOIN recon_found AS a
    ON a.entity = b.entity AND a.role = 'root' AND a.code IN (
        'currency.mismatch', 'settlement.currency', 'status.mismatch', 'settlement.missing',
        'settlement.refund_missing', 'settlement.refund_amount')
WHERE b.code = 'settlement.double_loss'

-- name: order-links
INSERT INTO recon_link (break_id, cause, step, moves)
-- The money that the order lacks came, and names it; no payment stands behind it.
SELECT b.break_id, a.break_id, 7, 0.00
FROM recon_found AS a
JOIN recon_broken_line AS l ON l.line_id = a.line_id
JOIN recon_order AS o ON o.order_number = l.merchant_reference AND o.currency = l.charged_currency
JOIN recon_found AS b
    ON b.entity = 'order:' || o.order_id AND b.role = 'root'
    AND b.code IN ('order.underpaid', 'order.advance_missing') AND b.money_effect + l.charged >= 0
WHERE a.code IN ('settlement.orphan', 'cod.unknown_tracking')
UNION ALL
-- The courier brought back what the shop counts as delivered, and still waits to be paid for.
SELECT b.break_id, a.break_id, 7, b.money_effect
FROM recon_found AS a
JOIN recon_broken_line AS l ON l.line_id = a.line_id
JOIN recon_order AS o ON o.tracking_number = l.tracking_number AND o.carrier_channel = l.channel
JOIN recon_payment AS p ON p.order_id = o.order_id AND p.courier AND p.captured = 0
JOIN recon_found AS b ON b.entity = 'order:' || o.order_id AND b.role = 'root' AND b.code = 'order.underpaid'
WHERE a.code = 'cod.returned_charge' AND o.order_status = 'DELIVERED'
UNION ALL
-- What the courier delivered and remitted was not cancelled.
SELECT b.break_id, a.break_id, 7, 0.00
FROM recon_found AS a
JOIN recon_found AS b ON b.order_id = a.order_id AND b.code = 'order.paid_but_cancelled' AND b.role = 'root'
JOIN recon_order AS o ON o.order_id = a.order_id AND b.actual <= o.total_amount
WHERE a.code = 'cod.status' AND a.role = 'root'
UNION ALL
-- A total that is wrong by what its payment is: the one was copied from the other.
SELECT b.break_id, a.break_id, 7, 0.00
FROM recon_found AS a
JOIN recon_found AS b
    ON b.order_id = a.order_id AND b.code = 'order.arithmetic' AND b.role = 'root' AND b.currency = a.currency
    AND b.money_effect = -a.money_effect
WHERE a.role = 'root' AND a.money_effect <> 0
    AND a.code IN ('amount.mismatch', 'settlement.amount', 'cod.remittance_short', 'cod.remittance_over')

-- name: payout-links
-- A payout differs from its lines by what one of them, or all that are wrong together, does not count or says too much.
-- A second line's own effect holds its money; the others take the payout's difference with them.
INSERT INTO recon_link (break_id, cause, step, moves)
WITH part AS (
    SELECT
        v.channel, v.payout_id, v.currency, v.cause, v.held, v.amount,
        sum(v.amount) OVER (PARTITION BY v.channel, v.payout_id, v.currency) AS amounts
    FROM (
        SELECT
            l.channel, l.payout_id, l.currency, a.break_id AS cause, a.code = 'settlement.duplicate' AS held,
            CASE WHEN a.code = 'settlement.duplicate' THEN l.net
            ELSE l.gross - l.fee - l.fee_tax - l.income_tax - l.sales_tax - l.net END AS amount
        FROM recon_found AS a
        JOIN recon_broken_line AS l ON l.line_id = a.line_id
        WHERE a.code IN ('settlement.duplicate', 'settlement.line_arithmetic') AND l.kind <> 'payout'
        UNION ALL
        SELECT c.channel, v.payout_id, c.currency, a.break_id, FALSE, v.amount
        FROM recon_found AS a
        JOIN recon_broken_line AS c ON c.line_id = a.line_id
        JOIN mainspring.lines AS k ON k.line_id = c.line_id
        JOIN mainspring.lines AS o ON o.line_key = k.line_key AND o.standing = 'live'
        CROSS JOIN LATERAL (
            SELECT n.payout_id, sum(n.amount) AS amount
            FROM (VALUES (c.payout_id, c.net), (o.payout_id, -o.net)) AS n (payout_id, amount)
            WHERE n.payout_id IS NOT NULL
            GROUP BY n.payout_id
        ) AS v
        WHERE a.code = 'settlement.line_changed' AND c.currency = o.currency
    ) AS v
)
SELECT DISTINCT ON (b.break_id) b.break_id, p.cause, 8, CASE WHEN p.held THEN 0.00 ELSE b.money_effect END
FROM recon_found AS b
JOIN recon_payout_state AS s
    ON s.channel = b.channel AND s.payout_id = b.payout_id AND s.currency = b.currency
JOIN part AS p ON p.channel = b.channel AND p.payout_id = b.payout_id AND p.currency = b.currency
WHERE b.money_effect IN (p.amount, p.amounts)
    AND (b.code IN ('payout.total', 'payout.unitemised', 'payout.missing')
        OR b.code = 'bank.payout_amount' AND s.by_lines)
ORDER BY b.break_id, p.amount <> b.money_effect, p.cause;
-- The bank has what the lines come to: the payout's row is wrong, not the bank.
INSERT INTO recon_link (break_id, cause, step, moves)
SELECT b.break_id, a.break_id, 9, b.money_effect
FROM recon_found AS a
JOIN recon_found AS b ON b.entity = a.entity AND b.channel = a.channel AND b.code = 'bank.payout_amount'
JOIN recon_payout_state AS s
    ON s.channel = a.channel AND s.payout_id = a.payout_id AND s.currency = a.currency AND s.bank_amount = s.lines_net
WHERE a.code = 'payout.total'

-- name: tops
-- What each break follows from in the end: the deepest cause of its deepest cause. What followed from a root that is
-- none any more follows from that one's root. The steps only lead to deeper causes, and no chain has more than five.
CREATE TEMPORARY TABLE recon_top ON COMMIT DROP AS
WITH edge AS (
    SELECT DISTINCT ON (l.break_id) l.break_id, l.cause, l.moves
    FROM recon_link AS l
    JOIN recon_found AS f ON f.break_id = l.break_id AND f.role = 'root'
    ORDER BY l.break_id, l.step, l.cause
), first AS (
    SELECT e.break_id, e.cause, e.moves FROM edge AS e
    UNION ALL
    SELECT f.break_id, f.root_break_id, 0.00
    FROM recon_found AS f
    JOIN edge AS e ON e.break_id = f.root_break_id
)
SELECT c.break_id, coalesce(e4.cause, e3.cause, e2.cause, e1.cause, c.cause) AS cause, c.moves
FROM first AS c
LEFT JOIN edge AS e1 ON e1.break_id = c.cause
LEFT JOIN edge AS e2 ON e2.break_id = e1.cause
LEFT JOIN edge AS e3 ON e3.break_id = e2.cause
LEFT JOIN edge AS e4 ON e4.break_id = e3.cause

-- name: follow
UPDATE recon_found AS f
SET role = 'consequence', root_break_id = t.cause, money_effect = 0.00
FROM recon_top AS t
WHERE f.break_id = t.break_id

-- name: carry
UPDATE recon_found AS f
SET money_effect = f.money_effect + t.moves
FROM (SELECT t.cause, sum(t.moves) AS moves FROM recon_top AS t GROUP BY t.cause) AS t
WHERE f.break_id = t.cause AND t.moves <> 0
