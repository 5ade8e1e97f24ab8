-- Money events: append-only. The ledger's are the difference between what the shop's records say now and what the
-- events so far add up to; a line's are its components, once (docs/reconciliation.md, “The unit: a money event”).

-- name: ledger-wanted
-- A refund is dated by the answer, else by the statement's lines when they cover all that was refunded, else by when
-- the record changed.
CREATE TEMPORARY TABLE recon_ledger ON COMMIT DROP AS
SELECT p.payment_id, p.order_id, p.channel, p.currency, 'capture' AS part, p.captured AS amount, p.ledger_at AS dated
FROM recon_payment AS p
WHERE p.captured > 0
UNION ALL
SELECT
    p.payment_id, p.order_id, p.channel, p.currency, 'refund', -p.refunded,
    coalesce(p.answer_refunded_at, l.refunded_at, greatest(p.updated_at, p.ledger_at))
FROM recon_payment AS p
LEFT JOIN (
    SELECT m.payment_id, -sum(m.charged) AS refunded, max(coalesce(m.captured_at, m.settled_at)) AS refunded_at
    FROM recon_matched AS m
    WHERE m.line_type = 'refund' AND m.payment_id IS NOT NULL
    GROUP BY m.payment_id
) AS l ON l.payment_id = p.payment_id AND l.refunded >= p.refunded
WHERE p.refunded > 0

-- name: ledger-event-table
-- The ledger's events of the payments in scope, those of earlier runs and those of this one (`is_new`).
CREATE TEMPORARY TABLE recon_ledger_event (
    event_id   bigint NOT NULL,
    payment_id integer NOT NULL,
    order_id   integer,
    channel    text NOT NULL,
    kind       text NOT NULL,
    currency   text NOT NULL,
    amount     numeric(14,2) NOT NULL,
    day        date NOT NULL,
    revision   integer NOT NULL,
    is_new     boolean NOT NULL
) ON COMMIT DROP

-- name: known-ledger-events
INSERT INTO recon_ledger_event (
    event_id, payment_id, order_id, channel, kind, currency, amount, day, revision, is_new)
SELECT
    e.event_id, e.payment_id, e.order_id, e.channel, e.kind, e.currency, e.amount,
    (e.effective_at AT TIME ZONE r.time_zone)::date, e.revision, FALSE
FROM recon_payment AS p
JOIN mainspring.money_events AS e ON e.payment_id = p.payment_id AND e.side = 'ledger'
CROSS JOIN recon_run AS r

-- name: ledger-had
CREATE TEMPORARY TABLE recon_ledger_had ON COMMIT DROP AS
SELECT
    e.payment_id, e.channel, e.currency, CASE e.kind WHEN 'refund' THEN 'refund' ELSE 'capture' END AS part,
    min(e.order_id) AS order_id, sum(e.amount) AS amount, max(e.revision) AS revision
FROM recon_ledger_event AS e
GROUP BY e.payment_id, e.channel, e.currency, CASE e.kind WHEN 'refund' THEN 'refund' ELSE 'capture' END

-- name: ledger-events
-- A fall of what was captured, a change of channel or of currency is a void, dated when the record changed.
WITH booked AS (
    INSERT INTO mainspring.money_events (
        side, channel, kind, amount, currency, effective_at, recorded_at, payment_id, order_id, line_id, payout_id,
        revision, run_id)
    SELECT
        'ledger', d.channel,
        CASE WHEN d.part = 'refund' THEN 'refund' WHEN d.amount > 0 THEN 'capture' ELSE 'void' END,
        d.amount, d.currency, d.dated, r.cut_off, d.payment_id, d.order_id, NULL, NULL,
        d.revision + row_number() OVER (PARTITION BY d.payment_id ORDER BY d.part, d.channel, d.currency), r.run_id
    FROM (
        SELECT
            coalesce(w.payment_id, h.payment_id) AS payment_id,
            coalesce(w.order_id, h.order_id) AS order_id,
            coalesce(w.channel, h.channel) AS channel,
            coalesce(w.currency, h.currency) AS currency,
            coalesce(w.part, h.part) AS part,
            coalesce(w.amount, 0.00) - coalesce(h.amount, 0.00) AS amount,
            CASE
                WHEN w.payment_id IS NULL OR (w.part = 'capture' AND w.amount < h.amount)
                    THEN greatest(p.updated_at, p.ledger_at)
                ELSE w.dated
            END AS dated,
            coalesce(t.revision, 0) AS revision
        FROM recon_ledger AS w
        FULL JOIN recon_ledger_had AS h
            ON h.payment_id = w.payment_id AND h.channel = w.channel AND h.currency = w.currency AND h.part = w.part
        JOIN recon_payment AS p ON p.payment_id = coalesce(w.payment_id, h.payment_id)
        LEFT JOIN (
            SELECT h.payment_id, max(h.revision) AS revision FROM recon_ledger_had AS h GROUP BY h.payment_id
        ) AS t ON t.payment_id = p.payment_id
    ) AS d
    CROSS JOIN recon_run AS r
    WHERE d.amount <> 0
    RETURNING event_id, payment_id, order_id, channel, kind, currency, amount, effective_at, revision
)
INSERT INTO recon_ledger_event (
    event_id, payment_id, order_id, channel, kind, currency, amount, day, revision, is_new)
SELECT
    b.event_id, b.payment_id, b.order_id, b.channel, b.kind, b.currency, b.amount,
    (b.effective_at AT TIME ZONE r.time_zone)::date, b.revision, TRUE
FROM booked AS b
CROSS JOIN recon_run AS r

-- name: line-event-table
-- The same of the lines in scope. `payout_id`: of a bank's credits only.
CREATE TEMPORARY TABLE recon_line_event (
    event_id  bigint NOT NULL,
    line_id   bigint NOT NULL,
    channel   text NOT NULL,
    kind      text NOT NULL,
    currency  text NOT NULL,
    payout_id text NOT NULL,
    amount    numeric(14,2) NOT NULL,
    day       date NOT NULL,
    is_new    boolean NOT NULL
) ON COMMIT DROP

-- name: known-line-events
INSERT INTO recon_line_event (event_id, line_id, channel, kind, currency, payout_id, amount, day, is_new)
SELECT
    e.event_id, e.line_id, e.channel, e.kind, e.currency,
    CASE e.kind WHEN 'bank_credit' THEN coalesce(e.payout_id, '') ELSE '' END, e.amount,
    (e.effective_at AT TIME ZONE r.time_zone)::date, FALSE
FROM recon_line AS l
JOIN mainspring.money_events AS e ON e.line_id = l.line_id AND e.side = 'statement'
CROSS JOIN recon_run AS r

-- name: line-events
-- What a line is in money: its gross as the kind of its type, its deductions as kinds of their own, and what its net says
-- beyond those. A line that is itself a deduction has that column in its gross's event. A fee that adds up to
-- something given is a fee refund; what a dispute line takes off is the price of the dispute, and what one gives back is
-- less of that price. A converted line has money in two currencies: what was charged comes and goes in the one, and what
-- was settled comes in the other.
WITH booked AS (
    INSERT INTO mainspring.money_events (
        side, channel, kind, amount, currency, effective_at, recorded_at, payment_id, order_id, line_id, payout_id,
        revision, run_id)
    SELECT
        'statement', l.channel, c.kind, c.amount, c.currency, l.settled_at, r.cut_off, m.payment_id, m.order_id,
        l.line_id, l.payout_id, 1, r.run_id
    FROM recon_line AS l
    CROSS JOIN recon_run AS r
    LEFT JOIN recon_matched AS m ON m.line_id = l.line_id
    CROSS JOIN LATERAL (
        SELECT
            o.own_fee,
            l.sign * l.charged - o.own_fee - CASE l.kind
                WHEN 'fee_tax' THEN l.fee_tax WHEN 'income_tax_withheld' THEN l.income_tax ELSE 0.00 END AS main
        FROM (
            SELECT CASE WHEN l.kind = 'fee' OR l.kind = 'fee_refund' AND l.fee < 0 THEN l.fee ELSE 0.00 END AS own_fee
        ) AS o
    ) AS o
    CROSS JOIN LATERAL (VALUES
        (CASE
            WHEN l.kind = 'conversion_in' AND l.gross < 0 THEN 'conversion_out'
            WHEN l.kind = 'fee' AND o.main > 0 THEN 'fee_refund'
            ELSE l.kind
        END, l.charged_currency, o.main),
        ('conversion_out', l.charged_currency, CASE WHEN l.converted THEN -l.charged END),
        ('conversion_in', l.currency, CASE WHEN l.converted THEN l.gross END),
        (CASE WHEN l.part = 'dispute' THEN 'dispute_fee' WHEN l.fee < 0 THEN 'fee_refund' ELSE 'fee' END, l.currency,
            o.own_fee - l.fee),
        ('fee_tax', l.currency, CASE WHEN l.kind <> 'fee_tax' THEN -l.fee_tax END),
        ('income_tax_withheld', l.currency, CASE WHEN l.kind <> 'income_tax_withheld' THEN -l.income_tax END),
        ('sales_tax_withheld', l.currency, -l.sales_tax),
        ('line_difference', l.currency, CASE WHEN l.kind NOT IN ('payout', 'bank_credit')
            THEN l.net - (l.gross - l.fee - l.fee_tax - l.income_tax - l.sales_tax) END)
    ) AS c (kind, currency, amount)
    LEFT JOIN recon_line_event AS e ON e.line_id = l.line_id AND e.kind = c.kind
    WHERE l.kind IS NOT NULL AND c.amount <> 0 AND e.event_id IS NULL
    RETURNING event_id, line_id, channel, kind, currency, payout_id, amount, effective_at
)
INSERT INTO recon_line_event (event_id, line_id, channel, kind, currency, payout_id, amount, day, is_new)
SELECT
    b.event_id, b.line_id, b.channel, b.kind, b.currency,
    CASE b.kind WHEN 'bank_credit' THEN coalesce(b.payout_id, '') ELSE '' END, b.amount,
    (b.effective_at AT TIME ZONE r.time_zone)::date, TRUE
FROM booked AS b
CROSS JOIN recon_run AS r

-- name: analyze-ledger
ANALYZE recon_ledger;
ANALYZE recon_ledger_had;
ANALYZE recon_matched

-- name: analyze-events
ANALYZE recon_ledger_event;
ANALYZE recon_line_event

-- name: events
-- The events in scope, both sides as one.
CREATE TEMPORARY VIEW recon_event AS
SELECT
    e.event_id, 'ledger' AS side, e.channel, e.kind, e.currency, '' AS payout_id, e.amount, e.day, e.is_new
FROM recon_ledger_event AS e
UNION ALL
SELECT e.event_id, 'statement', e.channel, e.kind, e.currency, e.payout_id, e.amount, e.day, e.is_new
FROM recon_line_event AS e
