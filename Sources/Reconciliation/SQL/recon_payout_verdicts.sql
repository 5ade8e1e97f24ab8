-- The breaks of payouts and of the bank that are true now (docs/reconciliation.md, “Breaks”). Payouts are few, a day's or
-- a week's worth of lines each: all of them are judged, for a payout becomes late without anything being imported.

-- name: state
-- `amount`: what should have come to the bank. `name`: how breaks call it: the payout id, with its channel and currency
-- only where several payouts bear the same id.
CREATE TEMPORARY TABLE recon_payout_state ON COMMIT DROP AS
SELECT
    v.channel, v.payout_id, v.currency, v.payout_amount, v.payout_line, v.lines, v.lines_net, v.bank_amount,
    v.bank_line, v.name, v.by_lines, v.paid_on, v.settled_on,
    CASE WHEN v.by_lines THEN v.lines_net ELSE coalesce(v.payout_amount, v.lines_net) END AS amount,
    v.payout_amount IS NULL AND NOT v.by_lines AS unpaid,
    CASE WHEN v.paid_days IS NOT NULL THEN coalesce(d.due, v.settled_on + v.paid_days) END AS paid_due,
    CASE WHEN v.banked_days IS NOT NULL THEN coalesce(k.due, v.paid_on + v.banked_days) END AS bank_due
FROM (
    SELECT
        p.*, s.payouts_by_lines AS by_lines, s.paid_days, s.banked_days,
        (p.paid_at AT TIME ZONE r.time_zone)::date AS paid_on,
        (p.settled_at AT TIME ZONE r.time_zone)::date AS settled_on,
        p.payout_id || CASE WHEN count(*) OVER (PARTITION BY p.payout_id) > 1
            THEN ':' || p.channel || ':' || p.currency ELSE '' END AS name
    FROM mainspring.payouts AS p
    JOIN recon_settlement AS s ON s.channel = p.channel
    CROSS JOIN recon_run AS r
    WHERE p.paid_at < r.cut_off
) AS v
LEFT JOIN recon_due AS d ON d.due_days = v.paid_days AND d.day = v.settled_on
LEFT JOIN recon_due AS k ON k.due_days = v.banked_days AND k.day = v.paid_on

-- name: payout-breaks
INSERT INTO recon_found (
    break_id, code, entity, plane, role, root_break_id, channel, order_id, payment_id, line_id, payout_id,
    evidence_line, currency, expected, actual, actual_currency, money_effect, event_effect, explanation, business_date,
    due_date)
SELECT
    left(encode(sha256(convert_to(v.code || ' payout:' || v.name, 'UTF8')), 'hex'), 16),
    v.code, 'payout:' || v.name, v.plane, 'root', NULL, v.channel, NULL, NULL, NULL, v.payout_id, v.evidence,
    v.currency, v.expected, v.actual, v.currency, v.actual - v.expected,
    CASE WHEN v.in_events THEN v.actual - v.expected ELSE 0.00 END, v.explanation, v.business_date, v.due_date
FROM (
    SELECT
        'payout.total' AS code, 'payout' AS plane, p.name, p.channel, p.payout_id, p.currency,
        p.payout_line AS evidence, p.lines_net AS expected, p.payout_amount AS actual, TRUE AS in_events,
        p.paid_on AS business_date, p.paid_on AS due_date,
        'The payout is ' || p.payout_amount || ', its ' || p.lines || ' lines come to ' || p.lines_net || '.'
            AS explanation
    FROM recon_payout_state AS p
    WHERE NOT p.by_lines AND p.lines > 0 AND p.payout_amount <> p.lines_net
    UNION ALL
    SELECT
        'payout.unitemised', 'payout', p.name, p.channel, p.payout_id, p.currency, p.payout_line, 0.00,
        p.payout_amount, TRUE, p.paid_on, p.paid_on,
        'The payout is ' || p.payout_amount || ', and no line says what it is made of.'
    FROM recon_payout_state AS p
    WHERE NOT p.by_lines AND p.lines = 0 AND p.payout_amount <> 0
    UNION ALL
    SELECT
        'payout.missing', 'payout', p.name, p.channel, p.payout_id, p.currency, p.payout_line, p.lines_net, 0.00, FALSE,
        p.settled_on, p.paid_due,
        p.lines || ' lines come to ' || p.lines_net || '; a payout was due on ' || p.paid_due || ', and none is there.'
    FROM recon_payout_state AS p
    CROSS JOIN recon_run AS r
    WHERE p.unpaid AND p.lines_net <> 0 AND p.bank_amount IS NULL AND p.paid_due < r.business_date
    UNION ALL
    SELECT
        'bank.payout_missing', 'bank', p.name, p.channel, p.payout_id, p.currency, p.payout_line, p.amount, 0.00, FALSE,
        p.paid_on, p.bank_due,
        'The payout of ' || p.amount || ' was due at the bank on ' || p.bank_due || ', and no credit names it.'
    FROM recon_payout_state AS p
    CROSS JOIN recon_run AS r
    WHERE NOT p.unpaid AND p.amount <> 0 AND p.bank_amount IS NULL AND p.bank_due < r.business_date
        -- Before the first bank statement there is nothing to miss.
        AND (SELECT count(*) FROM mainspring.files AS f
            JOIN recon_settlement AS s ON s.channel = f.channel AND s.counterparty = 'bank') > 0
    UNION ALL
    SELECT
        'bank.payout_amount', 'bank', p.name, p.channel, p.payout_id, p.currency, p.bank_line, p.amount, p.bank_amount,
        TRUE, p.paid_on, p.paid_on,
        'The payout is ' || p.amount || ', the bank credited ' || p.bank_amount || '.'
    FROM recon_payout_state AS p
    WHERE p.bank_amount <> p.amount
) AS v

-- name: bank-breaks
-- Credits that name no payout of ours, and balances that don't carry over from one statement to the next.
INSERT INTO recon_found (
    break_id, code, entity, plane, role, root_break_id, channel, order_id, payment_id, line_id, payout_id,
    evidence_line, currency, expected, actual, actual_currency, money_effect, event_effect, explanation, business_date,
    due_date)
SELECT
    left(encode(sha256(convert_to(v.code || ' ' || v.entity, 'UTF8')), 'hex'), 16),
    v.code, v.entity, 'bank', v.role, NULL, v.channel, NULL, NULL, v.line_id, NULL, v.line_id, v.currency, v.expected,
    v.actual, v.currency, v.effect, v.effect, v.explanation, (v.settled_at AT TIME ZONE r.time_zone)::date,
    (v.settled_at AT TIME ZONE r.time_zone)::date
FROM (
    SELECT
        'bank.unidentified' AS code, 'root' AS role, l.line_id, l.entity, l.channel, l.currency, 0.00 AS expected,
        l.gross AS actual, l.gross AS effect, l.settled_at, 'No payout of ours stands behind this credit.' AS explanation
    FROM recon_line AS l
    JOIN recon_settlement AS s ON s.channel = l.channel AND s.counterparty = 'bank'
    LEFT JOIN recon_payout AS p ON p.payout_id = l.payout_id AND p.currency = l.currency AND p.alone
    WHERE l.standing = 'live' AND l.line_type = 'bank_credit' AND l.gross <> 0 AND p.payout_id IS NULL
    UNION ALL
    SELECT
        'bank.balance_gap', 'control', b.line_id, b.entity, b.channel, b.currency, b.carried, b.gross, 0.00,
        b.settled_at, 'The statement opens with ' || b.gross || '; the one before it closed with ' || b.carried || '.'
    FROM (
        SELECT
            l.line_id, l.entity, l.channel, l.currency, l.gross, l.settled_at, l.line_type,
            lag(l.gross) OVER balances AS carried, lag(l.line_type) OVER balances AS before
        FROM mainspring.lines AS l
        WHERE l.line_type IN ('opening_balance', 'closing_balance') AND l.standing = 'live'
            AND l.settled_at < (SELECT cut_off FROM recon_run)
        WINDOW balances AS (PARTITION BY l.channel, l.currency ORDER BY l.settled_at, l.file_id, l.line_no)
    ) AS b
    WHERE b.line_type = 'opening_balance' AND b.before = 'closing_balance' AND b.carried <> b.gross
) AS v
CROSS JOIN recon_run AS r
