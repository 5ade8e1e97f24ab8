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

-- name: payments
-- The consequence that carries money in the other currency of a currency.mismatch is its settlement break.
INSERT INTO recon_found (
    break_id, code, entity, plane, role, root_break_id, channel, order_id, payment_id, line_id, payout_id,
    evidence_line, currency, expected, actual, actual_currency, money_effect, event_effect, explanation, business_date,
    due_date)
SELECT
    left(encode(sha256(convert_to(v.code || ' payment:' || f.payment_id, 'UTF8')), 'hex'), 16),
    v.code, 'payment:' || f.payment_id, v.plane,
    CASE WHEN v.code = f.root_code THEN 'root' ELSE 'consequence' END,
    CASE WHEN v.code <> f.root_code
        THEN left(encode(sha256(convert_to(f.root_code || ' payment:' || f.payment_id, 'UTF8')), 'hex'), 16) END,
    f.channel, f.order_id, f.payment_id, NULL, NULL, f.first_line,
    v.currency, v.expected, v.actual, v.actual_currency,
    CASE WHEN v.code = f.root_code THEN f.effect ELSE 0.00 END,
    CASE
        WHEN v.code = f.root_code THEN f.events_effect
        WHEN v.code = f.differs_code AND f.foreign_received <> 0 THEN f.foreign_received
        ELSE 0.00
    END,
    v.explanation, f.business_date, v.due_date
FROM (
    SELECT
        f.payment_id, 'gateway.unknown' AS code, 'data' AS plane, f.currency, f.net AS expected, 0.00 AS actual,
        f.currency AS actual_currency, 'No mapping in config/gateways reads this payment.' AS explanation,
        f.business_date AS due_date
    FROM recon_flagged AS f
    WHERE f.gateway_unknown
    UNION ALL
    SELECT
        f.payment_id, 'currency.mismatch', 'gateway', f.currency, f.expected,
        CASE WHEN f.foreign_received <> 0 THEN f.foreign_received ELSE f.answer_amount END,
        CASE WHEN f.foreign_received <> 0 THEN f.foreign_currency ELSE f.answer_currency END,
        'The payment is in ' || f.currency || ', the gateway answers in ' || f.answer_currency || '.', f.business_date
    FROM recon_flagged AS f
    WHERE f.currency_mismatch
    UNION ALL
    SELECT
        f.payment_id, 'status.mismatch', 'gateway', f.currency, f.net,
        CASE WHEN f.lines > 0 THEN f.received ELSE f.word END, f.currency,
        'The payment is ' || f.payment_status || ', the gateway says ' || f.answer_status || '.', f.business_date
    FROM recon_flagged AS f
    WHERE f.status_mismatch
    UNION ALL
    SELECT
        f.payment_id, CASE WHEN f.courier THEN 'cod.remittance_missing' ELSE 'settlement.missing' END,
        CASE WHEN f.courier THEN 'courier' ELSE 'gateway' END, f.currency, f.expected, f.received, f.currency,
        'Captured and due on ' || f.due || ', and no statement of ' || f.channel || ' has a line of it.', f.due
    FROM recon_flagged AS f
    WHERE f.missing
    UNION ALL
    SELECT
        f.payment_id, 'amount.mismatch', 'gateway', f.currency, f.amount, f.answer_amount, f.currency,
        'The payment is over ' || f.amount || ', the gateway answers ' || round(f.answer_amount, 2) || '.',
        f.business_date
    FROM recon_flagged AS f
    WHERE f.amount_mismatch
    UNION ALL
    SELECT
        f.payment_id, f.differs_code, CASE WHEN f.courier THEN 'courier' ELSE 'gateway' END,
        CASE WHEN f.foreign_received <> 0 AND f.root_code <> f.differs_code THEN f.foreign_currency
        ELSE f.currency END,
        CASE WHEN f.foreign_received <> 0 AND f.root_code <> f.differs_code THEN 0.00 ELSE f.expected END,
        CASE WHEN f.foreign_received <> 0 AND f.root_code <> f.differs_code THEN f.foreign_received
        ELSE f.received END,
        CASE WHEN f.foreign_received <> 0 AND f.root_code <> f.differs_code THEN f.foreign_currency
        ELSE f.currency END,
        'The statement of ' || f.channel || ' comes to ' || f.received || ' in ' || f.currency || ', expected '
            || f.expected || '.',
        f.business_date
    FROM recon_flagged AS f
    WHERE f.differs
    UNION ALL
    SELECT
        f.payment_id, 'response.unreadable', 'data', f.currency, NULL, NULL, f.currency,
        'The gateway''s answer has no readable ' || concat_ws(
            ', ', CASE WHEN f.answer_status IS NULL THEN 'status' END,
            CASE WHEN f.answer_amount IS NULL THEN 'amount' END,
            CASE WHEN f.answer_currency IS NULL THEN 'currency' END) || '.',
        f.business_date
    FROM recon_flagged AS f
    WHERE f.unreadable
    UNION ALL
    SELECT
        f.payment_id, 'response.missing', 'data', f.currency, NULL, NULL, f.currency,
        'The payment is ' || f.payment_status || ' without an answer of the gateway.', f.business_date
    FROM recon_flagged AS f
    WHERE f.unanswered
) AS v
JOIN recon_flagged AS f ON f.payment_id = v.payment_id
