-- Running balances (docs/reconciliation.md, “Running balances”): what the bridge, the roll-forward and the proof are summed
-- from, so that a night costs what changed and not all that ever happened. Only the reconciliation writes them, together
-- with the events and parts that they are sums of; the weekly audit counts them again from those.

-- What happened: whole events, by the business day on which they took effect. A bank's credits are kept apart by the
-- payout that they name, since that decides whose money they are.
CREATE TABLE mainspring.movements (
    day       date NOT NULL,
    side      text NOT NULL,
    channel   text NOT NULL,
    kind      text NOT NULL,
    currency  text NOT NULL,
    payout_id text NOT NULL,
    events    bigint NOT NULL,
    amount    numeric(18,2) NOT NULL,
    PRIMARY KEY (day, side, channel, kind, currency, payout_id)
);

-- Where it stands: the live parts of those events. `money_in` is the sum of the parts above zero.
CREATE TABLE mainspring.balances (
    day       date NOT NULL,
    side      text NOT NULL,
    channel   text NOT NULL,
    kind      text NOT NULL,
    currency  text NOT NULL,
    payout_id text NOT NULL,
    bucket    text NOT NULL,
    reason    text NOT NULL,
    parts     bigint NOT NULL,
    amount    numeric(18,2) NOT NULL,
    money_in  numeric(18,2) NOT NULL,
    PRIMARY KEY (day, side, channel, kind, currency, payout_id, bucket, reason)
);

-- The zone whose days those are. In another zone, or without a row, the next reconciliation counts everything afresh.
CREATE TABLE mainspring.balance_zone (
    time_zone text PRIMARY KEY
);

-- What each order owes, as the last reconciliation that looked at it saw it; and what all of them come to.
CREATE TABLE mainspring.order_positions (
    order_id     integer PRIMARY KEY,
    currency     text NOT NULL,
    is_over      boolean NOT NULL,
    total_amount numeric(14,2) NOT NULL,
    due          numeric(14,2) NOT NULL,
    captured     numeric(14,2) NOT NULL,
    refunded     numeric(14,2) NOT NULL
);
CREATE TABLE mainspring.order_balances (
    currency        text PRIMARY KEY,
    orders_due      bigint NOT NULL,
    orders_captured bigint NOT NULL,
    orders_refunded bigint NOT NULL,
    orders_early    bigint NOT NULL,
    orders_forgiven bigint NOT NULL,
    due             numeric(18,2) NOT NULL,
    captured        numeric(18,2) NOT NULL,
    refunded        numeric(18,2) NOT NULL,
    early           numeric(18,2) NOT NULL,
    forgiven        numeric(18,2) NOT NULL
);

DROP VIEW mainspring.order_dues;
CREATE VIEW mainspring.order_dues AS
SELECT
    p.order_id, p.currency, p.is_over, p.total_amount, p.due, p.captured, p.refunded,
    -- Paid for what is not due yet, up to the order's total: what is beyond it is a break.
    CASE
        WHEN p.is_over THEN 0.00
        WHEN p.captured = p.refunded THEN greatest(p.captured - p.due, 0.00)
        ELSE greatest(least(p.captured - p.refunded, p.total_amount) - p.due, 0.00)
    END AS early,
    -- Refunded of what was due, on an order that stands: nobody waits for it any more.
    CASE
        WHEN p.is_over OR p.refunded = 0 THEN 0.00
        WHEN p.captured = p.refunded THEN greatest(p.due - p.captured, 0.00)
        ELSE least(p.refunded, greatest(p.due - (p.captured - p.refunded), 0.00))
    END AS forgiven
FROM mainspring.order_positions AS p;

-- What a part of an event adds to where money stands, as a factor of its amount: taken and not settled, settled and not
-- paid out, paid out and not at the bank, held in reserve, in open breaks. `by_lines`: the payouts of its channel are
-- what their lines come to. A part whose factors are all 0 stands nowhere: it is no money of the channel.
CREATE FUNCTION mainspring.clearing_factors(side text, kind text, bucket text, reason text, by_lines boolean)
RETURNS TABLE (at_gateway integer, settled integer, paid_out integer, reserve integer, open_breaks integer)
LANGUAGE sql IMMUTABLE
AS $$
    SELECT
        CASE
            WHEN f.side = 'ledger' AND f.bucket IN ('agreed', 'in_transit_gateway') THEN 1
            WHEN f.side = 'statement' AND f.kind IN ('gross', 'refund') AND f.bucket = 'agreed'
                AND f.reason <> 'rounding' THEN -1
            ELSE 0
        END,
        CASE
            WHEN f.by_lines THEN 0
            WHEN f.counts AND f.kind NOT IN ('payout', 'bank_credit') THEN 1
            WHEN f.counts AND f.kind = 'payout' AND f.bucket <> 'break' THEN -1
            ELSE 0
        END,
        CASE
            WHEN f.counts AND f.kind = 'bank_credit' AND f.bucket <> 'break' THEN -1
            WHEN f.counts AND f.kind = 'payout' THEN 1
            WHEN f.counts AND f.by_lines AND f.kind <> 'bank_credit' THEN 1
            ELSE 0
        END,
        CASE WHEN f.counts AND f.kind IN ('reserve_hold', 'reserve_release') THEN -1 ELSE 0 END,
        CASE WHEN f.bucket <> 'break' THEN 0 WHEN f.side = 'ledger' THEN -1 ELSE 1 END
    FROM (
        SELECT
            clearing_factors.side, clearing_factors.kind, clearing_factors.bucket, clearing_factors.reason,
            clearing_factors.by_lines,
            -- Lines that stand elsewhere already, or no longer, are no money of the channel.
            clearing_factors.side = 'statement' AND NOT (
                clearing_factors.bucket = 'excluded' AND clearing_factors.reason IN (
                    'resent', 'duplicate', 'line changed', 'superseded', 'bank debit')
            ) AS counts
    ) AS f
$$;

-- Whose payout a bank's credit names; an id that two channels use names neither.
CREATE VIEW mainspring.payout_channels AS
SELECT o.payout_id, o.currency, min(o.channel) AS channel
FROM mainspring.payouts AS o
GROUP BY o.payout_id, o.currency
HAVING count(*) = 1;

-- The parts themselves, for one payment, line or payout; and the same of the running balances, for everything else.
CREATE OR REPLACE VIEW mainspring.clearing_parts AS
SELECT
    e.event_id, e.side, e.kind,
    CASE WHEN e.kind = 'bank_credit' THEN coalesce(b.channel, e.channel) ELSE e.channel END AS channel,
    e.currency, e.effective_at, e.payment_id, e.order_id, e.payout_id, a.bucket, a.reason, a.amount,
    f.at_gateway * a.amount AS at_gateway, f.settled * a.amount AS settled, f.paid_out * a.amount AS paid_out,
    f.reserve * a.amount AS reserve, f.open_breaks * a.amount AS open_breaks
FROM mainspring.money_events AS e
JOIN mainspring.allocations AS a ON a.event_id = e.event_id AND a.superseded_by IS NULL
LEFT JOIN mainspring.channels AS c ON c.channel = e.channel
LEFT JOIN mainspring.payout_channels AS b
    ON e.kind = 'bank_credit' AND b.payout_id = e.payout_id AND b.currency = e.currency
CROSS JOIN LATERAL mainspring.clearing_factors(e.side, e.kind, a.bucket, a.reason, coalesce(c.payouts = 'lines', FALSE))
    AS f;

-- `*_in`: what came in of the position; the rest of it went out.
CREATE VIEW mainspring.clearing_balances AS
SELECT
    p.day, p.side, p.kind, p.currency, p.payout_id, p.bucket, p.reason, p.parts, p.amount,
    CASE WHEN p.kind = 'bank_credit' THEN coalesce(b.channel, p.channel) ELSE p.channel END AS channel,
    f.at_gateway * p.amount AS at_gateway, f.settled * p.amount AS settled, f.paid_out * p.amount AS paid_out,
    f.reserve * p.amount AS reserve, f.open_breaks * p.amount AS open_breaks,
    abs(f.at_gateway) * p.money_in - CASE WHEN f.at_gateway < 0 THEN p.amount ELSE 0.00 END AS at_gateway_in,
    abs(f.settled) * p.money_in - CASE WHEN f.settled < 0 THEN p.amount ELSE 0.00 END AS settled_in,
    abs(f.paid_out) * p.money_in - CASE WHEN f.paid_out < 0 THEN p.amount ELSE 0.00 END AS paid_out_in,
    abs(f.reserve) * p.money_in - CASE WHEN f.reserve < 0 THEN p.amount ELSE 0.00 END AS reserve_in,
    f.at_gateway = 0 AND f.settled = 0 AND f.paid_out = 0 AND f.reserve = 0 AND f.open_breaks = 0 AS is_nowhere
FROM mainspring.balances AS p
LEFT JOIN mainspring.channels AS c ON c.channel = p.channel
LEFT JOIN mainspring.payout_channels AS b
    ON p.kind = 'bank_credit' AND b.payout_id = p.payout_id AND b.currency = p.currency
CROSS JOIN LATERAL mainspring.clearing_factors(p.side, p.kind, p.bucket, p.reason, coalesce(c.payouts = 'lines', FALSE))
    AS f;

-- Where whole events stand, by the channel whose money they are.
CREATE VIEW mainspring.clearing_movements AS
SELECT
    m.day, m.side, m.kind, m.currency, m.payout_id, m.events, m.amount,
    CASE WHEN m.kind = 'bank_credit' THEN coalesce(b.channel, m.channel) ELSE m.channel END AS channel
FROM mainspring.movements AS m
LEFT JOIN mainspring.payout_channels AS b
    ON m.kind = 'bank_credit' AND b.payout_id = m.payout_id AND b.currency = m.currency;

-- The same counted afresh, from all events, parts and orders: what the running balances must be (`jobs/audit-balances.sql`).
CREATE VIEW mainspring.counted_movements AS
SELECT
    e.day, e.side, e.channel, e.kind, e.currency, e.payout_id, count(*) AS events, sum(e.amount) AS amount
FROM (
    SELECT
        (e.effective_at AT TIME ZONE z.time_zone)::date AS day, e.side, e.channel, e.kind, e.currency, e.amount,
        CASE e.kind WHEN 'bank_credit' THEN coalesce(e.payout_id, '') ELSE '' END AS payout_id
    FROM mainspring.money_events AS e
    CROSS JOIN mainspring.balance_zone AS z
) AS e
GROUP BY e.day, e.side, e.channel, e.kind, e.currency, e.payout_id;

CREATE VIEW mainspring.counted_balances AS
SELECT
    e.day, e.side, e.channel, e.kind, e.currency, e.payout_id, e.bucket, e.reason, count(*) AS parts,
    sum(e.amount) AS amount, sum(greatest(e.amount, 0.00)) AS money_in
FROM (
    SELECT
        (e.effective_at AT TIME ZONE z.time_zone)::date AS day, e.side, e.channel, e.kind, e.currency, a.amount,
        CASE e.kind WHEN 'bank_credit' THEN coalesce(e.payout_id, '') ELSE '' END AS payout_id, a.bucket, a.reason
    FROM mainspring.money_events AS e
    JOIN mainspring.allocations AS a ON a.event_id = e.event_id AND a.superseded_by IS NULL
    CROSS JOIN mainspring.balance_zone AS z
) AS e
GROUP BY e.day, e.side, e.channel, e.kind, e.currency, e.payout_id, e.bucket, e.reason;

CREATE VIEW mainspring.counted_positions AS
SELECT
    o.order_id, o.currency, o.order_status IN ('CANCELLED', 'REFUNDED') AS is_over, o.total_amount,
    CASE
        WHEN o.order_status = 'DELIVERED' THEN o.total_amount
        WHEN o.order_status NOT IN ('CONFIRMED', 'PROCESSING', 'SHIPPED') THEN 0.00
        WHEN NOT coalesce(p.on_delivery, FALSE) THEN o.total_amount
        WHEN o.advance_payment THEN coalesce(o.advance_amount, 0.00)
        ELSE 0.00
    END AS due,
    coalesce(e.captured, 0.00) AS captured,
    coalesce(e.refunded, 0.00) AS refunded
FROM public.orders AS o
LEFT JOIN (
    SELECT
        e.order_id, e.currency,
        coalesce(sum(e.amount) FILTER (WHERE e.kind <> 'refund'), 0.00) AS captured,
        coalesce(-sum(e.amount) FILTER (WHERE e.kind = 'refund'), 0.00) AS refunded
    FROM mainspring.money_events AS e
    WHERE e.side = 'ledger'
    GROUP BY e.order_id, e.currency
) AS e ON e.order_id = o.order_id AND e.currency = o.currency
LEFT JOIN (
    SELECT
        p.order_id,
        bool_or(m.method_name = 'CASH_ON_DELIVERY' AND p.payment_status NOT IN ('FAILED', 'CANCELLED'))
            AS on_delivery
    FROM public.payments AS p
    JOIN public.payment_methods AS m ON m.payment_method_id = p.payment_method_id
    GROUP BY p.order_id
) AS p ON p.order_id = o.order_id;

CREATE VIEW mainspring.counted_order_balances AS
SELECT
    d.currency,
    count(*) FILTER (WHERE d.due > 0) AS orders_due,
    count(*) FILTER (WHERE d.captured > 0) AS orders_captured,
    count(*) FILTER (WHERE d.refunded > 0) AS orders_refunded,
    count(*) FILTER (WHERE d.early > 0) AS orders_early,
    count(*) FILTER (WHERE d.forgiven > 0) AS orders_forgiven,
    sum(d.due) AS due, sum(d.captured) AS captured, sum(d.refunded) AS refunded, sum(d.early) AS early,
    sum(d.forgiven) AS forgiven
FROM mainspring.order_dues AS d
GROUP BY d.currency;

-- What is still on its way is looked at every night, and is little of all.
CREATE INDEX allocations_in_transit ON mainspring.allocations (event_id)
    WHERE superseded_by IS NULL AND bucket = 'in_transit_gateway';
-- So are refunds, whose payments say only whether there was one.
CREATE INDEX money_events_refunds ON mainspring.money_events (payment_id) WHERE side = 'ledger' AND kind = 'refund';

GRANT SELECT, INSERT, UPDATE, DELETE ON
    mainspring.movements, mainspring.balances, mainspring.balance_zone, mainspring.order_positions,
    mainspring.order_balances
    TO mainspring_job;
GRANT SELECT ON
    mainspring.movements, mainspring.balances, mainspring.balance_zone, mainspring.order_positions,
    mainspring.order_balances, mainspring.order_dues, mainspring.payout_channels, mainspring.clearing_balances,
    mainspring.clearing_movements, mainspring.counted_movements, mainspring.counted_balances,
    mainspring.counted_positions, mainspring.counted_order_balances
    TO mainspring_job, mainspring_report;

CREATE OR REPLACE FUNCTION mainspring.refresh_statistics() RETURNS void
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET default_statistics_target = 100
SET lock_timeout = '2s'
AS $$
BEGIN
    ANALYZE mainspring.lines;
    ANALYZE mainspring.money_events;
    ANALYZE mainspring.allocations;
    ANALYZE mainspring.payouts;
    ANALYZE mainspring.breaks;
    ANALYZE mainspring.movements;
    ANALYZE mainspring.balances;
    ANALYZE mainspring.order_positions;
EXCEPTION
    -- A vacuum that can't be put off holds a table: slower reports are better than no night.
    WHEN lock_not_available THEN
        RAISE NOTICE 'The statistics of the pipeline''s tables are not refreshed: another session holds one of them.';
END
$$;
