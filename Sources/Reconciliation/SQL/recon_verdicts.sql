-- The breaks of payments that are true now, each with its plane, its role, its root and its money effect
-- (docs/reconciliation.md, “Breaks”). Those of orders are in recon_order_verdicts.sql, those of lines, payouts and the
-- bank in recon_line_verdicts.sql; what becomes of those that were open is recon_breaks.sql.

-- name: found-table
CREATE TEMPORARY TABLE recon_found (
    break_id        text PRIMARY KEY,
    code            text NOT NULL,
    entity          text NOT NULL,
    plane           text NOT NULL,
    role            text NOT NULL,
    root_break_id   text,
    channel         text NOT NULL,
    order_id        integer,
    payment_id      integer,
    line_id         bigint,
    payout_id       text,
    evidence_line   bigint,
    currency        text NOT NULL,
    expected        numeric,
    actual          numeric,
    actual_currency text NOT NULL,
    money_effect    numeric NOT NULL,
    event_effect    numeric NOT NULL,
    explanation     text NOT NULL,
    business_date   date NOT NULL,
    due_date        date NOT NULL
) ON COMMIT DROP

-- name: conditions
-- All that is true of a payment, ranked. A cause of the whole payment explains whatever else is wrong with it; without
-- one its captures and its refunds each have a cause of their own. `effect` is the money that a condition carries as a
-- root, `event_effect` what its events in the bucket `break` come to. An explanation asks for all of them, also for
-- those that do not hold.
CREATE TEMPORARY TABLE recon_condition ON COMMIT DROP AS
SELECT
    f.payment_id, c.holds IS TRUE AS holds, c.rank, c.code, c.family, c.plane, c.currency, c.expected, c.actual,
    c.actual_currency, c.effect, c.event_effect, c.due_date, c.explanation
FROM recon_flagged AS f
CROSS JOIN LATERAL (VALUES
    (5, 'gateway.unknown', 'whole', 'data', f.gateway_unknown,
        f.currency, f.net, 0.00, f.currency, -f.net, -f.net, f.business_date,
        'No mapping in config/gateways reads this payment.'),
    (7, 'transaction.mismatch', 'whole', 'data', f.transaction_mismatch,
        f.currency, f.expected, f.expected + f.moved, f.currency, f.moved, f.moved, f.business_date,
        'The stored answer is of another transaction than the payment.'),
    (9, 'amount.unit', 'whole', 'gateway', f.amount_unit,
        f.currency, f.amount, f.said, f.currency, f.moved, f.moved, f.business_date,
        'The payment is over ' || f.amount || ', the gateway says ' || round(f.said, 2)
            || ': a hundred or a thousand times apart.'),
    (10, 'currency.mismatch', 'whole', 'gateway', f.currency_mismatch,
        f.currency, f.expected, CASE WHEN f.foreign_received <> 0 THEN f.foreign_received ELSE f.answer_amount END,
        CASE WHEN f.foreign_received <> 0 THEN f.foreign_currency ELSE f.answer_currency END,
        f.told, f.moved, f.business_date,
        'The payment is in ' || f.currency || ', the gateway answers in ' || f.answer_currency || '.'),
    (11, 'settlement.currency', 'whole', f.plane, f.settlement_currency,
        f.currency, f.expected, f.foreign_received, f.foreign_currency, f.moved, f.moved, f.business_date,
        'The payment is in ' || f.currency || ', the statement settles it in ' || f.foreign_currency || '.'),
    (20, 'status.mismatch', 'whole', 'gateway', f.status_mismatch,
        f.currency, f.net, CASE WHEN f.lines > 0 THEN f.received ELSE f.word END, f.currency,
        f.told, f.moved, f.business_date,
        'The payment is ' || f.payment_status || ', the gateway says ' || f.answer_status || '.'),
    (22, 'cod.status', 'whole', 'courier', f.cod_status,
        f.currency, f.expected, f.received, f.currency, f.moved, f.moved, f.business_date,
        'The courier remitted ' || f.received || '; the order is ' || f.order_status || '.'),
    (24, 'settlement.status', 'whole', 'gateway', f.settlement_status,
        f.currency, f.expected, f.received, f.currency, f.moved, f.moved, f.business_date,
        'The statement settles ' || f.received || '; the payment is ' || f.payment_status
            || ', and the gateway''s answer decides nothing.'),
    (30, CASE WHEN f.courier THEN 'cod.remittance_missing' ELSE 'settlement.missing' END, 'whole', f.plane, f.missing,
        f.currency, f.expected, f.received, f.currency, f.moved, f.moved, f.due,
        'Captured and due on ' || f.due || ', and no statement of ' || f.channel || ' has a line of it.'),
    (40, 'amount.mismatch', 'capture', 'gateway', f.amount_mismatch,
        f.currency, f.amount, f.answer_amount, f.currency,
        CASE WHEN f.capture_differs THEN f.capture_difference WHEN f.lines > 0 THEN 0.00 ELSE f.word - f.net END,
        CASE WHEN f.capture_differs THEN f.capture_difference ELSE 0.00 END, f.business_date,
        'The payment is over ' || f.amount || ', the gateway answers ' || round(f.answer_amount, 2) || '.'),
    -- Money in another currency than the payment's is carried by the consequence of what brought it there.
    (50, f.differs_code, 'capture', f.plane, f.capture_differs OR f.foreign_currency IS NOT NULL,
        coalesce(f.foreign_currency, f.currency),
        CASE WHEN f.foreign_currency IS NULL THEN f.received_captures - f.capture_difference ELSE 0.00 END,
        CASE WHEN f.foreign_currency IS NULL THEN f.received_captures ELSE f.foreign_received END,
        coalesce(f.foreign_currency, f.currency), f.capture_difference, f.capture_difference, f.business_date,
        'The statement of ' || f.channel || ' comes to ' || f.received_captures || ' in ' || f.currency || ', expected '
            || f.received_captures - f.capture_difference || '.'),
    (60, 'settlement.refund_unrecorded', 'refund', 'gateway',
        f.refund_differs AND f.refund_lines > 0 AND f.refunded = 0,
        f.currency, 0.00, f.received_refunds, f.currency, f.refund_difference, f.refund_difference, f.business_date,
        'The statement has a refund of ' || -f.received_refunds || ', the shop has none.'),
    (61, 'settlement.refund_missing', 'refund', 'gateway', f.refund_differs AND f.refund_lines = 0,
        f.currency, -f.refund_difference, 0.00, f.currency, f.refund_difference, f.refund_difference, f.business_date,
        'Refunded with ' || f.refund_difference || ' and due, and no statement of ' || f.channel || ' has it.'),
    (62, 'settlement.refund_amount', 'refund', 'gateway', f.refund_differs AND f.refund_lines > 0 AND f.refunded > 0,
        f.currency, f.received_refunds - f.refund_difference, f.received_refunds, f.currency, f.refund_difference,
        f.refund_difference, f.business_date,
        'The statement has refunds of ' || -f.received_refunds || ', expected '
            || f.refund_difference - f.received_refunds || '.'),
    (80, 'response.unreadable', 'answer', 'data', f.unreadable,
        f.currency, NULL, NULL, f.currency, 0.00, 0.00, f.business_date,
        'The gateway''s answer has no readable ' || concat_ws(
            ', ', CASE WHEN f.answer_status IS NULL THEN 'status' END,
            CASE WHEN f.answer_amount IS NULL THEN 'amount' END,
            CASE WHEN f.answer_currency IS NULL THEN 'currency' END) || '.'),
    (85, 'payment.stuck', 'answer', 'gateway', f.stuck,
        f.currency, NULL, NULL, f.currency, 0.00, 0.00, f.business_date,
        'The payment is ' || f.payment_status || coalesce(', the gateway says ' || f.answer_status, '')
            || ', for more than two days.'),
    (90, 'response.missing', 'answer', 'data', f.unanswered,
        f.currency, NULL, NULL, f.currency, 0.00, 0.00, f.business_date,
        'The payment is ' || f.payment_status || ' without an answer of the gateway.'),
    (95, 'settlement.double_loss', 'dispute', 'gateway', f.disputed < 0 AND f.taken - f.given_back + f.disputed < 0,
        f.currency, 0.00, f.taken - f.given_back + f.disputed, f.currency, f.taken - f.given_back + f.disputed, 0.00,
        f.business_date,
        'Captured ' || f.taken || ', refunded ' || f.given_back || ' and charged back ' || -f.disputed || '.'),
    (99, 'settlement.chargeback', 'dispute', 'gateway', f.is_disputed,
        f.charged_back_currency, 0.00, f.charged_back, f.charged_back_currency, 0.00, 0.00, f.business_date, 'Charged back and not won back: ' || -f.charged_back || '.')
) AS c (
    rank, code, family, plane, holds, currency, expected, actual, actual_currency, effect, event_effect, due_date,
    explanation)
WHERE c.holds OR :'all'::boolean

-- name: payment-roots
-- Each condition with the rank of its root: a cause of the whole payment before all; else each family has its own, and
-- what is wrong with the answer follows from the captures' first. A dispute stands for itself.
CREATE TEMPORARY TABLE recon_verdict ON COMMIT DROP AS
SELECT
    c.payment_id, c.rank, c.code, c.family, c.plane, c.currency, c.expected, c.actual, c.actual_currency, c.effect,
    c.event_effect, c.due_date, c.explanation, r.code AS root_code, c.rank = r.rank AS is_root
FROM (
    SELECT
        c.*,
        CASE
            WHEN c.family = 'dispute' THEN c.rank
            WHEN min(c.family) FILTER (WHERE c.family = 'whole') OVER p IS NOT NULL
                THEN min(c.rank) FILTER (WHERE c.family = 'whole') OVER p
            WHEN c.family = 'refund' THEN min(c.rank) FILTER (WHERE c.family = 'refund') OVER p
            ELSE min(c.rank) FILTER (WHERE c.family <> 'dispute') OVER p
        END AS root_rank
    FROM recon_condition AS c
    WHERE c.holds
    WINDOW p AS (PARTITION BY c.payment_id)
) AS c
JOIN recon_condition AS r ON r.payment_id = c.payment_id AND r.rank = c.root_rank

-- name: causes
-- By which code a payment's captures and its refunds wait in the bucket `break`.
CREATE TEMPORARY TABLE recon_cause ON COMMIT DROP AS
SELECT
    v.payment_id,
    coalesce(max(v.code) FILTER (WHERE v.family = 'whole'), max(v.code) FILTER (WHERE v.family = 'capture'))
        AS capture_code,
    coalesce(max(v.code) FILTER (WHERE v.family = 'whole'), max(v.code) FILTER (WHERE v.family = 'refund'))
        AS refund_code
FROM recon_verdict AS v
WHERE v.is_root
GROUP BY v.payment_id

-- name: roots
-- The roots that say something of what was paid: by how much the payment moves once they are put right, by
-- the gateway's word where it has one, else by what the statement's lines say.
CREATE TEMPORARY TABLE recon_root ON COMMIT DROP AS
SELECT
    f.order_id, f.payment_id, v.rank, v.code, f.currency, f.answer_currency, f.answer_class,
    f.answer_amount AS answered,
    CASE
        WHEN v.code IN ('status.mismatch', 'amount.mismatch') AND f.word <> f.net THEN f.word - f.net
        WHEN v.code = 'amount.unit' AND v.effect = 0 THEN f.word - f.net
        ELSE v.effect
    END AS moves
FROM recon_verdict AS v
JOIN recon_flagged AS f ON f.payment_id = v.payment_id
WHERE v.is_root AND v.family IN ('whole', 'capture', 'refund')
    AND v.code NOT IN ('gateway.unknown', 'transaction.mismatch', 'settlement.missing', 'cod.remittance_missing')

-- name: payments
INSERT INTO recon_found (
    break_id, code, entity, plane, role, root_break_id, channel, order_id, payment_id, line_id, payout_id,
    evidence_line, currency, expected, actual, actual_currency, money_effect, event_effect, explanation, business_date,
    due_date)
SELECT
    left(encode(sha256(convert_to(v.code || ' payment:' || v.payment_id, 'UTF8')), 'hex'), 16),
    v.code, 'payment:' || v.payment_id, v.plane,
    CASE WHEN v.code = 'settlement.chargeback' THEN 'control' WHEN v.is_root THEN 'root' ELSE 'consequence' END,
    CASE WHEN NOT v.is_root
        THEN left(encode(sha256(convert_to(v.root_code || ' payment:' || v.payment_id, 'UTF8')), 'hex'), 16) END,
    f.channel, f.order_id, v.payment_id, NULL, NULL, f.first_line,
    v.currency, v.expected, v.actual, v.actual_currency,
    CASE WHEN v.is_root THEN v.effect ELSE 0.00 END,
    CASE
        WHEN v.is_root THEN v.event_effect
        WHEN v.rank = 50 AND v.currency = f.foreign_currency THEN f.foreign_received
        ELSE 0.00
    END,
    v.explanation, f.business_date, v.due_date
FROM recon_verdict AS v
JOIN recon_flagged AS f ON f.payment_id = v.payment_id
