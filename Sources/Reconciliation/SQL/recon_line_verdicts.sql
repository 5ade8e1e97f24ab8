-- The breaks of statement lines that are true now (docs/reconciliation.md, “Breaks”). Payouts and bank lines have theirs in
-- recon_payout_verdicts.sql.

-- name: suggestions
-- Whom a line that names nobody may mean: the one payment of its channel that waits for this very amount, taken at most
-- five days away. It is told, never booked.
CREATE TEMPORARY TABLE recon_suggestion ON COMMIT DROP AS
SELECT m.line_id, min(f.payment_id) AS payment_id
FROM recon_matched AS m
CROSS JOIN recon_run AS r
JOIN recon_flagged AS f
    ON f.channel = m.channel AND f.currency = m.charged_currency AND f.captured = m.charged AND f.missing
    AND abs((coalesce(m.captured_at, m.settled_at) AT TIME ZONE r.time_zone)::date - f.business_date) <= 5
WHERE m.payment_id IS NULL AND m.part = 'capture'
GROUP BY m.line_id
HAVING count(*) = 1

-- name: line-breaks
-- What no payment of ours stands behind, what comes twice in one file, what came again with other content, and a net that
-- is not the gross less its deductions.
INSERT INTO recon_found (
    break_id, code, entity, plane, role, root_break_id, channel, order_id, payment_id, line_id, payout_id,
    evidence_line, currency, expected, actual, actual_currency, money_effect, event_effect, explanation, business_date,
    due_date)
SELECT
    left(encode(sha256(convert_to(v.code || ' ' || l.entity, 'UTF8')), 'hex'), 16),
    v.code, l.entity, CASE WHEN c.channel IS NOT NULL THEN 'courier' ELSE 'gateway' END, 'root', NULL, l.channel,
    NULL, NULL, l.line_id, NULL, l.line_id, v.currency, v.expected, v.expected + v.effect, v.currency, v.effect,
    v.event_effect, v.explanation, (l.settled_at AT TIME ZONE r.time_zone)::date,
    (l.settled_at AT TIME ZONE r.time_zone)::date
FROM (
    -- A chargeback stands on the bridge in a row of its own, known or not.
    SELECT
        m.line_id, CASE WHEN c.channel IS NOT NULL THEN 'cod.unknown_tracking' ELSE 'settlement.orphan' END AS code,
        m.charged_currency AS currency, 0.00 AS expected, m.charged AS effect,
        CASE WHEN m.part = 'dispute' THEN 0.00 ELSE m.charged END AS event_effect,
        CASE WHEN c.channel IS NOT NULL THEN 'No order of ours went out under this consignment.'
        ELSE 'No payment of ours stands behind this line.' END
            || coalesce(' Payment ' || g.payment_id || ' waits for this very amount: is it that one?', '') AS explanation
    FROM recon_matched AS m
    LEFT JOIN recon_courier AS c ON c.channel = m.channel
    LEFT JOIN recon_suggestion AS g ON g.line_id = m.line_id
    WHERE m.payment_id IS NULL AND m.charged <> 0
    UNION ALL
    SELECT
        l.line_id, 'settlement.duplicate', l.charged_currency, 0.00, coalesce(l.sign * l.charged, 0.00), 0.00,
        'The same line stands twice in one file; the second one counts nowhere.'
    FROM recon_line AS l
    WHERE l.standing = 'duplicate'
    UNION ALL
    SELECT
        l.line_id, 'settlement.line_changed', l.currency, 0.00, 0.00, 0.00,
        'A line that was imported before came again with other content; the first one stands.'
    FROM recon_line AS l
    WHERE l.standing = 'changed'
    UNION ALL
    SELECT
        l.line_id, 'settlement.line_arithmetic', l.currency, l.components, l.net - l.components, l.net - l.components,
        'The line says net ' || l.net || '; its gross less its deductions is ' || l.components || '.'
    FROM (
        SELECT l.line_id, l.currency, l.net, l.gross - l.fee - l.fee_tax - l.income_tax - l.sales_tax AS components
        FROM recon_line AS l
        WHERE l.standing = 'live' AND l.kind NOT IN ('payout', 'bank_credit')
    ) AS l
    WHERE l.net <> l.components
) AS v
JOIN recon_line AS l ON l.line_id = v.line_id
CROSS JOIN recon_run AS r
LEFT JOIN recon_courier AS c ON c.channel = l.channel

-- name: charges
-- What each charge in scope cost, beside what was agreed and what the law takes. Lines that are wrong in themselves are
-- not judged: what they cost is unknown. A difference of a paisa is somebody's rounding.
CREATE TEMPORARY TABLE recon_charge ON COMMIT DROP AS
SELECT
    v.line_id, v.courier, v.fee, v.fee_tax, v.withheld, v.expected_fee, v.expected_withheld,
    -- A courier's card is one price, tax included; a gateway's tax is judged on the fee that it really took.
    round(CASE WHEN v.courier THEN v.expected_fee ELSE v.fee END * v.fee_tax_percent / 100, 2) AS expected_fee_tax,
    -- The terms themselves: what the charge would cost had another amount been charged (recon_consequences.sql).
    v.channel, v.day, v.fee_tax_percent, v.income_percent, v.sales_percent
FROM (
    SELECT
        l.line_id, l.channel, l.day, coalesce(i.percent, 0) AS income_percent, coalesce(w.percent, 0) AS sales_percent,
        s.counterparty = 'courier' AS courier, l.fee, l.fee_tax, l.income_tax + l.sales_tax AS withheld,
        CASE WHEN f.percent IS NULL THEN l.fee ELSE round(l.gross * f.percent / 100 + f.fixed, 2) END AS expected_fee,
        CASE WHEN s.judges_taxes
            THEN round(l.gross * coalesce(i.percent, 0) / 100, 2) + round(l.gross * coalesce(w.percent, 0) / 100, 2)
            ELSE l.income_tax + l.sales_tax END AS expected_withheld,
        CASE WHEN s.judges_taxes THEN coalesce(t.percent, 0)
            WHEN l.fee = 0 THEN 0 ELSE l.fee_tax * 100 / l.fee END AS fee_tax_percent
    FROM (
        SELECT l.*, (l.settled_at AT TIME ZONE r.time_zone)::date AS day
        FROM recon_line AS l
        JOIN recon_matched AS m ON m.line_id = l.line_id AND m.payment_id IS NOT NULL
        CROSS JOIN recon_run AS r
        WHERE l.line_type = 'charge' AND l.net = l.gross - l.fee - l.fee_tax - l.income_tax - l.sales_tax
    ) AS l
    JOIN recon_settlement AS s ON s.channel = l.channel
    LEFT JOIN recon_fee_rule AS f
        ON f.channel = l.channel AND f.currency = l.currency AND l.day BETWEEN f.valid_from AND f.valid_until
    LEFT JOIN recon_tax_rule AS t
        ON t.channel = l.channel AND t.kind = 'fee_tax' AND l.day BETWEEN t.valid_from AND t.valid_until
    LEFT JOIN recon_tax_rule AS i
        ON i.channel = l.channel AND i.kind = 'income_tax_withheld' AND l.day BETWEEN i.valid_from AND i.valid_until
    LEFT JOIN recon_tax_rule AS w
        ON w.channel = l.channel AND w.kind = 'sales_tax_withheld' AND l.day BETWEEN w.valid_from AND w.valid_until
) AS v

-- name: charge-breaks
-- Money that stands on the bridge in rows of its own: these breaks carry no event.
INSERT INTO recon_found (
    break_id, code, entity, plane, role, root_break_id, channel, order_id, payment_id, line_id, payout_id,
    evidence_line, currency, expected, actual, actual_currency, money_effect, event_effect, explanation, business_date,
    due_date)
SELECT
    left(encode(sha256(convert_to(v.code || ' ' || l.entity, 'UTF8')), 'hex'), 16),
    v.code, l.entity, v.plane, 'root', NULL, l.channel, m.order_id, m.payment_id, l.line_id, NULL, l.line_id, l.currency,
    v.expected, v.actual, l.currency, v.actual - v.expected, 0.00, v.explanation,
    (l.settled_at AT TIME ZONE r.time_zone)::date, (l.settled_at AT TIME ZONE r.time_zone)::date
FROM (
    SELECT
        c.line_id, 'settlement.fee' AS code, 'gateway' AS plane, -c.expected_fee AS expected, -c.fee AS actual,
        'The fee is ' || c.fee || ', agreed is ' || c.expected_fee || '.' AS explanation
    FROM recon_charge AS c
    WHERE NOT c.courier AND abs(c.fee - c.expected_fee) > 0.01
    UNION ALL
    SELECT
        c.line_id, 'settlement.fee_tax', 'gateway', -c.expected_fee_tax, -c.fee_tax,
        'The tax on the fee is ' || c.fee_tax || ', by config/taxes.yml it is ' || c.expected_fee_tax || '.'
    FROM recon_charge AS c
    WHERE NOT c.courier AND abs(c.fee_tax - c.expected_fee_tax) > 0.01
    UNION ALL
    SELECT
        c.line_id, 'settlement.withholding', 'gateway', -c.expected_withheld, -c.withheld,
        'Tax withheld is ' || c.withheld || ', by config/taxes.yml it is ' || c.expected_withheld || '.'
    FROM recon_charge AS c
    WHERE NOT c.courier AND abs(c.withheld - c.expected_withheld) > 0.01
    UNION ALL
    SELECT
        c.line_id, 'cod.charges', 'courier', -(c.expected_fee + c.expected_fee_tax + c.expected_withheld),
        -(c.fee + c.fee_tax + c.withheld),
        'Charges, their tax and tax withheld are ' || c.fee + c.fee_tax + c.withheld || ', by the rate card '
            || c.expected_fee + c.expected_fee_tax + c.expected_withheld || '.'
    FROM recon_charge AS c
    WHERE c.courier
        AND abs(c.fee + c.fee_tax + c.withheld - c.expected_fee - c.expected_fee_tax - c.expected_withheld) > 0.01
    UNION ALL
    -- A parcel that came back costs what was agreed; one that was delivered costs nothing to bring back.
    SELECT
        b.line_id, 'cod.returned_charge', 'courier', CASE WHEN b.delivered THEN 0.00 ELSE -b.agreed END, -b.charged,
        CASE WHEN b.delivered THEN 'The courier charges for a return; the order is delivered.'
        ELSE 'The return is charged with ' || b.charged || ', agreed is ' || b.agreed || '.' END
    FROM (
        SELECT
            l.line_id, l.fee + l.fee_tax - l.gross AS charged,
            s.returned_fee + round(s.returned_fee * CASE WHEN s.judges_taxes THEN coalesce(t.percent, 0) ELSE 0 END / 100, 2)
                AS agreed,
            coalesce(o.order_status = 'DELIVERED', FALSE) AS delivered
        FROM recon_line AS l
        JOIN recon_settlement AS s ON s.channel = l.channel AND s.counterparty = 'courier'
        CROSS JOIN recon_run AS r
        LEFT JOIN recon_tax_rule AS t
            ON t.channel = l.channel AND t.kind = 'fee_tax'
            AND (l.settled_at AT TIME ZONE r.time_zone)::date BETWEEN t.valid_from AND t.valid_until
        LEFT JOIN recon_order AS o ON o.tracking_number = l.tracking_number AND o.carrier_channel = l.channel
        WHERE l.line_type = 'fee' AND l.standing = 'live' AND l.tracking_number IS NOT NULL
            AND s.returned_fee IS NOT NULL
    ) AS b
    WHERE b.charged <> 0 AND (b.delivered OR abs(b.charged - b.agreed) > 0.01)
    UNION ALL
    -- A conversion against the reference rate of the day on which the customer was charged; of a line that is wrong in
    -- itself nothing more is said.
    SELECT
        x.line_id, 'settlement.fx', 'gateway', round(x.charged * x.rate, 2), x.gross,
        x.charged || ' ' || x.charged_currency || ' were settled as ' || x.gross || ' ' || x.currency || '; the reference rate is '
            || trim_scale(x.rate) || '.'
    FROM (
        SELECT l.line_id, l.charged, l.charged_currency, l.gross, l.currency, q.rate, q.tolerance
        FROM recon_line AS l
        JOIN recon_matched AS m ON m.line_id = l.line_id AND m.payment_id IS NOT NULL
        CROSS JOIN recon_run AS r
        JOIN recon_rate AS q
            ON q.base = l.charged_currency AND q.quote = l.currency
            AND (coalesce(l.captured_at, l.settled_at) AT TIME ZONE r.time_zone)::date
                BETWEEN q.valid_from AND q.valid_until
        WHERE l.converted AND l.line_type = 'charge' AND l.standing = 'live' AND l.charged <> 0
            AND l.net = l.gross - l.fee - l.fee_tax - l.income_tax - l.sales_tax
    ) AS x
    WHERE abs(x.gross / x.charged - x.rate) > x.rate * x.tolerance / 100
) AS v
JOIN recon_line AS l ON l.line_id = v.line_id
CROSS JOIN recon_run AS r
LEFT JOIN recon_matched AS m ON m.line_id = l.line_id
