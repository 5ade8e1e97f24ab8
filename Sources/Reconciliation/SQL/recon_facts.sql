-- What is known of each payment in scope, side by side, and what differs (docs/reconciliation.md, “Breaks”). What a
-- difference is called, and what follows from what, is recon_verdicts.sql.

-- name: tolerance-table
CREATE TEMPORARY TABLE recon_tolerance (
    channel   text NOT NULL,
    currency  text NOT NULL,
    tolerance numeric NOT NULL,
    PRIMARY KEY (channel, currency)
) ON COMMIT DROP

-- name: tolerances
INSERT INTO recon_tolerance (channel, currency, tolerance)
SELECT DISTINCT t.channel, t.currency, t.tolerance
FROM unnest(:'channels'::text[], :'currencies'::text[], :'tolerances'::numeric[]) AS t (channel, currency, tolerance)

-- name: totals
-- What the live lines of a payment add up to, as the customer was charged: captures, refunds and disputes apart, in the
-- payment's own currency and, apart, in the one other that its lines may have. A courier settles a parcel as a whole.
CREATE TEMPORARY TABLE recon_total ON COMMIT DROP AS
SELECT
    m.payment_id,
    count(*) FILTER (WHERE m.part <> 'dispute') AS lines,
    count(*) FILTER (WHERE m.part = 'capture') AS capture_lines,
    count(*) FILTER (WHERE m.part = 'refund') AS refund_lines,
    coalesce(sum(m.charged) FILTER (WHERE m.own AND m.part = 'capture'), 0.00) AS received_captures,
    coalesce(sum(m.charged) FILTER (WHERE m.own AND m.part = 'refund'), 0.00) AS received_refunds,
    coalesce(sum(m.charged) FILTER (WHERE m.own AND m.part = 'dispute'), 0.00) AS disputed,
    coalesce(sum(m.charged) FILTER (WHERE NOT m.own AND m.part = 'dispute'), 0.00) AS foreign_disputed,
    min(m.charged_currency) FILTER (WHERE NOT m.own AND m.part = 'dispute') AS foreign_disputed_currency,
    count(*) FILTER (WHERE NOT m.own AND m.part = 'capture') AS foreign_captures,
    count(*) FILTER (WHERE NOT m.own AND m.part = 'refund') AS foreign_refunds,
    min(m.charged_currency) FILTER (WHERE NOT m.own AND m.part <> 'dispute') AS foreign_currency,
    coalesce(sum(m.charged) FILTER (WHERE NOT m.own AND m.part <> 'dispute'), 0.00) AS foreign_received,
    min(m.line_id) AS first_line,
    min(m.line_id) FILTER (WHERE m.own AND m.part = 'capture') AS first_capture_line
FROM (
    SELECT
        m.payment_id, m.line_id, m.charged, m.charged_currency, m.charged_currency = p.currency AS own,
        CASE WHEN p.courier AND m.part = 'refund' THEN 'capture' ELSE m.part END AS part
    FROM recon_matched AS m
    JOIN recon_payment AS p ON p.payment_id = m.payment_id
) AS m
GROUP BY m.payment_id

-- name: refunds-not-due
CREATE TEMPORARY TABLE recon_refund ON COMMIT DROP AS
SELECT
    e.event_id, e.payment_id, e.amount,
    sum(e.amount) OVER (
        PARTITION BY e.payment_id ORDER BY e.effective_at DESC, e.event_id DESC
        ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS running
FROM recon_payment AS p
CROSS JOIN recon_run AS r
JOIN mainspring.money_events AS e
    ON e.payment_id = p.payment_id AND e.side = 'ledger' AND e.channel = p.channel AND e.currency = p.currency
LEFT JOIN recon_due AS d
    ON d.due_days = p.due_days AND d.day = (e.effective_at AT TIME ZONE r.time_zone)::date
WHERE p.refunded > 0 AND p.settles_refunds AND p.settles AND e.kind = 'refund' AND e.amount < 0
    AND coalesce(d.due, (e.effective_at AT TIME ZONE r.time_zone)::date + p.due_days) >= r.business_date

-- name: facts
-- expected: what the statement should have said by now. A part that is not due yet is left out until its line comes.
-- Each step is worked out once a payment, not again wherever the next ones speak of it: OFFSET 0 keeps the planner from
-- writing one step into the other.
-- whole: something is wrong that explains whatever else differs of the payment, captures and refunds alike.
-- capture_breaks, refund_breaks: whether that part of the payment waits in the bucket `break`.
-- rounding: the difference of the captures that the channel's tolerance lets pass.
CREATE TEMPORARY TABLE recon_fact ON COMMIT DROP AS
WITH side AS (
    SELECT
        p.payment_id, p.payment_status, p.amount, p.currency, p.mapping, p.channel, p.courier, p.answers, p.settles,
        p.settles_refunds, p.answered, p.readable, p.ledger_class, p.answer_class, p.answer_status, p.answer_amount,
        p.answer_currency, p.answer_refunded, p.transaction_mismatch, p.captured, p.refunded, p.late, p.ledger_at,
        o.order_status,
        CASE WHEN p.settles_refunds THEN p.refunded ELSE 0.00 END AS settled_refund,
        coalesce(d.due, b.due_from + p.due_days) AS due,
        coalesce(t.lines, 0) AS lines, coalesce(t.capture_lines, 0) AS capture_lines,
        coalesce(t.received_captures, 0.00) AS received_captures,
        coalesce(t.received_refunds, 0.00) AS received_refunds,
        coalesce(t.disputed <> 0 OR t.foreign_disputed <> 0, FALSE) AS is_disputed,
        coalesce(t.foreign_captures, 0) AS foreign_captures,
        coalesce(t.foreign_refunds, 0) AS foreign_refunds, t.foreign_currency, t.first_capture_line,
        coalesce(n.amount, 0.00) AS refund_not_due,
        coalesce(x.tolerance, 0.00) AS tolerance,
        p.captured > 0 AND p.settles AND coalesce(t.capture_lines, 0) = 0
            AND coalesce(d.due, b.due_from + p.due_days) >= r.business_date AS capture_in_transit
    FROM recon_payment AS p
    CROSS JOIN recon_run AS r
    JOIN recon_order AS o ON o.order_id = p.order_id
    CROSS JOIN LATERAL (
        SELECT
            CASE WHEN p.due_from = 'delivery' THEN coalesce(o.actual_delivery_date, p.business_date)
            ELSE p.business_date END AS due_from
    ) AS b
    LEFT JOIN recon_due AS d ON d.due_days = p.due_days AND d.day = b.due_from
    LEFT JOIN recon_total AS t ON t.payment_id = p.payment_id
    LEFT JOIN recon_tolerance AS x ON x.channel = p.channel AND x.currency = p.currency
    LEFT JOIN (
        SELECT f.payment_id, -sum(f.amount) AS amount FROM recon_refund AS f GROUP BY f.payment_id
    ) AS n ON n.payment_id = p.payment_id
    OFFSET 0
), due AS (
    SELECT
        s.*,
        CASE
            WHEN NOT s.settles THEN 0.00
            WHEN s.capture_in_transit AND s.lines = 0 THEN s.settled_refund
            ELSE least(greatest(s.settled_refund + s.received_refunds, 0.00), s.refund_not_due)
        END AS refund_in_transit
    FROM side AS s
    OFFSET 0
), sums AS (
    SELECT
        d.*,
        d.captured - d.refunded AS net,
        CASE WHEN d.capture_in_transit THEN 0.00 ELSE d.captured END - (d.settled_refund - d.refund_in_transit)
            AS expected,
        d.received_captures - CASE WHEN d.capture_in_transit THEN 0.00 ELSE d.captured END
            + CASE WHEN d.courier THEN d.settled_refund - d.refund_in_transit ELSE 0.00 END AS capture_difference,
        CASE WHEN d.courier THEN 0.00 ELSE d.received_refunds + (d.settled_refund - d.refund_in_transit) END
            AS refund_difference,
        CASE
            WHEN d.answer_class = 'captured' AND d.answer_currency = d.currency
                THEN d.answer_amount - least(coalesce(d.answer_refunded, 0.00), d.answer_amount)
            ELSE 0.00
        END AS word
    FROM due AS d
    OFFSET 0
), compared AS (
    SELECT
        s.*,
        s.mapping IS NULL AS gateway_unknown,
        s.amount > 0 AND (
            s.answer_currency = s.currency AND s.answer_amount > 0
                AND greatest(s.answer_amount, s.amount)
                    IN (least(s.answer_amount, s.amount) * 100, least(s.answer_amount, s.amount) * 1000)
            OR s.received_captures > 0
                AND greatest(s.received_captures, s.amount)
                    IN (least(s.received_captures, s.amount) * 100, least(s.received_captures, s.amount) * 1000)
        ) IS TRUE AS amount_unit,
        s.readable AND s.answer_currency <> s.currency AS currency_mismatch,
        s.foreign_captures + s.foreign_refunds > 0
            AND (s.readable AND s.answer_currency = s.foreign_currency) IS NOT TRUE AS settlement_currency,
        s.readable AND s.answer_class IS NOT NULL AND s.answer_class <> s.ledger_class AND NOT s.late
            AS status_mismatch,
        s.courier AND s.received_captures > 0 AND s.order_status NOT IN ('DELIVERED', 'REFUNDED') AS cod_status,
        NOT s.courier AND s.capture_lines > 0 AND s.captured = 0 AND NOT s.late
            AND (s.readable AND s.answer_class <> s.ledger_class) IS NOT TRUE AS settlement_status,
        s.lines = 0 AND s.captured > 0 AND s.settles AND NOT s.capture_in_transit AS missing,
        s.lines > 0 AND (
            s.foreign_captures > 0
            OR s.capture_difference <> 0
                AND (s.captured = 0 OR s.capture_lines = 0 OR abs(s.capture_difference) > s.tolerance)
        ) AS capture_differs,
        s.lines > 0 AND (s.foreign_refunds > 0 OR s.refund_difference <> 0) AS refund_differs,
        s.readable AND s.answer_currency = s.currency AND s.answer_amount <> s.amount AS amount_differs,
        s.answers AND s.answered AND NOT s.readable AS unreadable,
        s.answers AND NOT s.answered AND s.payment_status IN ('COMPLETED', 'FAILED', 'REFUNDED') AS unanswered,
        s.answers AND (s.payment_status = 'PROCESSING' OR s.answer_status = 'authorized') IS TRUE
            AND s.ledger_at < (SELECT cut_off FROM recon_run) - interval '48 hours' AS waits
    FROM sums AS s
    OFFSET 0
)
SELECT
    f.payment_id, f.channel, f.currency, f.courier, f.mapping, f.settles, f.settles_refunds, f.lines, f.due,
    f.first_capture_line, f.capture_in_transit, f.refund_in_transit, f.expected, f.capture_difference,
    f.refund_difference, f.word, f.net, f.gateway_unknown, f.transaction_mismatch, f.amount_unit, f.currency_mismatch,
    f.settlement_currency, f.status_mismatch, f.cod_status, f.settlement_status, f.missing, f.capture_differs,
    f.refund_differs, f.capture_differs OR f.refund_differs AS differs,
    f.amount_differs AND NOT f.amount_unit AS amount_mismatch, f.unreadable, f.unanswered,
    f.waits AND NOT (
        f.whole OR f.capture_differs OR f.refund_differs OR f.amount_differs OR f.unreadable OR f.unanswered
    ) AS stuck,
    f.is_disputed, f.whole,
    f.missing OR f.capture_differs OR f.whole AND f.refund_differs AS capture_breaks,
    f.missing OR f.refund_differs OR f.whole AND f.capture_differs AS refund_breaks,
    CASE
        WHEN f.capture_lines > 0 AND NOT f.capture_differs AND NOT (f.whole AND f.refund_differs)
            THEN f.capture_difference
        ELSE 0.00
    END AS rounding
FROM (
    SELECT
        c.*,
        c.gateway_unknown OR c.transaction_mismatch OR c.amount_unit OR c.currency_mismatch OR c.settlement_currency
            OR c.status_mismatch OR c.cod_status OR c.settlement_status OR c.missing AS whole
    FROM compared AS c
) AS f

-- name: flagged
-- The few of which anything is to be said, with what it is said of. moved: what a cause of the whole payment moves
-- between the two sides; told: the same, or, as long as no line came and none is due, by the gateway's word.
CREATE TEMPORARY TABLE recon_flagged ON COMMIT DROP AS
SELECT
    f.*,
    CASE WHEN f.missing OR f.differs THEN f.received - f.expected ELSE 0.00 END AS moved,
    CASE
        WHEN f.missing OR f.differs THEN f.received - f.expected
        WHEN f.lines > 0 THEN 0.00
        ELSE f.word - f.net
    END AS told,
    CASE
        WHEN NOT f.courier THEN 'settlement.amount'
        WHEN f.received < f.expected THEN 'cod.remittance_short'
        ELSE 'cod.remittance_over'
    END AS differs_code,
    CASE WHEN f.courier THEN 'courier' ELSE 'gateway' END AS plane,
    CASE WHEN f.differs OR f.answer_amount IS NULL THEN f.received_captures ELSE f.answer_amount END AS said,
    greatest(f.captured, f.received_captures) AS taken,
    greatest(f.refunded, -f.received_refunds) AS given_back
FROM (
    SELECT
        f.*, p.order_id, p.payment_status, p.amount, p.captured, p.refunded, p.business_date, p.answer_status,
        p.answer_class, p.answer_amount, p.answer_currency, o.order_status, coalesce(t.refund_lines, 0) AS refund_lines,
        coalesce(t.received_captures, 0.00) AS received_captures,
        coalesce(t.received_refunds, 0.00) AS received_refunds,
        coalesce(t.received_captures + t.received_refunds, 0.00) AS received,
        coalesce(t.disputed, 0.00) AS disputed,
        coalesce(nullif(t.disputed, 0.00), t.foreign_disputed) AS charged_back,
        CASE WHEN t.foreign_disputed_currency IS NULL OR t.disputed <> 0 THEN f.currency
        ELSE t.foreign_disputed_currency END AS charged_back_currency,
        t.foreign_currency,
        coalesce(t.foreign_received, 0.00) AS foreign_received, t.first_line
    FROM recon_fact AS f
    JOIN recon_payment AS p ON p.payment_id = f.payment_id
    JOIN recon_order AS o ON o.order_id = p.order_id
    LEFT JOIN recon_total AS t ON t.payment_id = f.payment_id
    WHERE f.whole OR f.differs OR f.amount_mismatch OR f.unreadable OR f.unanswered OR f.stuck OR f.is_disputed
        OR :'all'::boolean
) AS f

-- name: analyze-totals
ANALYZE recon_total (payment_id, first_capture_line);
ANALYZE recon_refund;
ANALYZE recon_tolerance

-- name: analyze-facts
ANALYZE recon_fact (payment_id, refund_in_transit, rounding);
ANALYZE recon_flagged (payment_id)
