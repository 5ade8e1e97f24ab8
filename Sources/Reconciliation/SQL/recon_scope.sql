-- The working set of a reconciliation: which orders, payments and lines are looked at (docs/reconciliation.md, “Scope”).
-- Everything lives in temporary tables that fall at commit. The unit of scope is the order: an order, its items and all
-- of its payments are judged together, and so are all lines of those payments.

-- name: settings
-- Batch work: joins of millions of rows in memory, unless whoever runs it gave less or more; no compiling of queries that
-- run once.
SELECT
    set_config('work_mem', coalesce(nullif(current_setting('mainspring.work_memory', TRUE), ''), '256MB'), TRUE),
    set_config('jit', 'off', TRUE),
    -- A small sample tells enough of tables that live for one run.
    set_config('default_statistics_target', '20', TRUE),
    set_config('max_parallel_workers_per_gather', '2', TRUE)

-- name: settings-everything
-- When everything is looked at, every join is of whole tables: never row by row, whatever old statistics suggest; and no
-- line is like the one before, so that remembering what came of it costs more than it saves.
SELECT set_config(s.name, 'off', TRUE) FROM pg_settings AS s WHERE s.name IN ('enable_nestloop', 'enable_memoize')

-- name: isolation
SELECT current_setting('transaction_isolation') AS isolation

-- name: drop-leftovers
-- A second reconciliation in one transaction starts afresh.
DROP VIEW IF EXISTS pg_temp.recon_wanted, pg_temp.recon_event, pg_temp.recon_owed;
DROP TABLE IF EXISTS
    pg_temp.recon_run, pg_temp.recon_line_type, pg_temp.recon_scope, pg_temp.recon_line_scope, pg_temp.recon_order,
    pg_temp.recon_carrier, pg_temp.recon_item, pg_temp.recon_line, pg_temp.recon_mapping, pg_temp.recon_mapping_name,
    pg_temp.recon_mapping_method, pg_temp.recon_courier, pg_temp.recon_answer, pg_temp.recon_gateway,
    pg_temp.recon_base, pg_temp.recon_payment, pg_temp.recon_due, pg_temp.recon_holiday, pg_temp.recon_match,
    pg_temp.recon_match_reference, pg_temp.recon_match_tracking, pg_temp.recon_matched, pg_temp.recon_ledger,
    pg_temp.recon_ledger_had, pg_temp.recon_total, pg_temp.recon_refund, pg_temp.recon_fact,
    pg_temp.recon_flagged, pg_temp.recon_payout, pg_temp.recon_found, pg_temp.recon_refund_part,
    pg_temp.recon_ledger_event, pg_temp.recon_line_event, pg_temp.recon_split, pg_temp.recon_balance_change,
    pg_temp.recon_order_due, pg_temp.recon_order_change, pg_temp.recon_line_bucket, pg_temp.recon_live, pg_temp.recon_described, pg_temp.recon_change,
    pg_temp.recon_input, pg_temp.recon_line_input, pg_temp.recon_balance, pg_temp.recon_sum, pg_temp.recon_root,
    pg_temp.recon_order_money, pg_temp.recon_order_payment_root, pg_temp.recon_order_currency_root,
    pg_temp.recon_order_duplicate, pg_temp.recon_order_condition,
    pg_temp.recon_tolerance, pg_temp.recon_condition, pg_temp.recon_verdict, pg_temp.recon_cause,
    pg_temp.recon_settlement,
    pg_temp.recon_fee_rule, pg_temp.recon_tax_rule, pg_temp.recon_rate, pg_temp.recon_payout_state,
    pg_temp.recon_banked, pg_temp.recon_charge, pg_temp.recon_suggestion, pg_temp.recon_position, pg_temp.recon_broken_line, pg_temp.recon_link,
    pg_temp.recon_top

-- name: run-table
CREATE TEMPORARY TABLE recon_run (
    run_id         bigint NOT NULL,
    business_date  date NOT NULL,
    cut_off        timestamptz NOT NULL,
    time_zone      text NOT NULL,
    os_user        text NOT NULL,
    resolves       boolean NOT NULL,
    weekend        integer[] NOT NULL,
    -- NULL when no reconciliation has ever run: everything is new then.
    since          timestamptz,
    seen_until     timestamptz,
    -- Whether the running balances are counted afresh: asked for, never counted, or counted for another zone's days.
    recounts       boolean NOT NULL
) ON COMMIT DROP

-- name: run
-- Knowledge never shrinks: a run for an older business date than the last one sees what that one saw, so that the
-- buckets and breaks of a later night are never turned back. The overlap is for transactions that were open when the
-- last run looked.
INSERT INTO recon_run (
    run_id, business_date, cut_off, time_zone, os_user, resolves, weekend, since, seen_until, recounts)
SELECT
    :'run_id'::bigint,
    CASE
        WHEN w.moment > :'cut_off'::timestamptz
            THEN ((w.moment AT TIME ZONE :'time_zone'::text) - interval '1 microsecond')::date
        ELSE :'business_date'::date
    END,
    greatest(:'cut_off'::timestamptz, w.moment),
    :'time_zone'::text,
    :'os_user'::text,
    :'resolves'::boolean,
    :'weekend'::integer[],
    w.moment - make_interval(secs => :'overlap_seconds'::integer),
    w.moment,
    :'full'::boolean OR NOT EXISTS (
        SELECT FROM mainspring.balance_zone AS z WHERE z.time_zone = :'time_zone'::text
    )
FROM (SELECT 1 AS one) AS single
LEFT JOIN mainspring.watermarks AS w ON w.name = 'reconcile'

-- name: run-facts
SELECT business_date, cut_off, since IS NULL OR recounts AS everything, recounts FROM recon_run

-- name: line-types
-- What each type of a statement's line is in money events. `part`: which part of a payment the line settles.
-- `sign`: a payout leaves the gateway's account and comes to the shop.
CREATE TEMPORARY TABLE recon_line_type ON COMMIT DROP AS
SELECT v.line_type, v.kind, v.part, v.sign
FROM (VALUES
    ('charge', 'gross', 'capture', 1),
    ('partial_capture_reversal', 'gross', 'capture', 1),
    ('charge_failure', 'gross', 'capture', 1),
    ('refund', 'refund', 'refund', 1),
    ('refund_failure', 'refund', 'refund', 1),
    ('chargeback', 'chargeback', 'dispute', 1),
    ('chargeback_reversal', 'chargeback_reversal', 'dispute', 1),
    ('dispute_fee', 'dispute_fee', NULL, 1),
    ('fee', 'fee', NULL, 1),
    ('fee_refund', 'fee_refund', NULL, 1),
    ('fee_tax', 'fee_tax', NULL, 1),
    ('withholding', 'income_tax_withheld', NULL, 1),
    ('reserve_hold', 'reserve_hold', NULL, 1),
    ('reserve_release', 'reserve_release', NULL, 1),
    ('conversion', 'conversion_in', NULL, 1),
    ('adjustment', 'adjustment', NULL, 1),
    ('transfer', 'adjustment', NULL, 1),
    ('payout', 'payout', NULL, -1),
    ('payout_reversal', 'payout', NULL, -1),
    ('bank_credit', 'bank_credit', NULL, 1),
    ('bank_debit', 'bank_credit', NULL, 1)
) AS v (line_type, kind, part, sign)

-- name: analyze-run
-- One row, and some twenty: without a count the planner takes them for hundreds, and multiplies all else by that.
ANALYZE recon_run;
ANALYZE recon_line_type

-- name: scope-tables
CREATE TEMPORARY TABLE recon_scope (order_id integer PRIMARY KEY) ON COMMIT DROP;
CREATE TEMPORARY TABLE recon_line_scope (line_id bigint PRIMARY KEY) ON COMMIT DROP

-- name: scope-everything
INSERT INTO recon_scope (order_id)
SELECT o.order_id
FROM orders AS o
WHERE o.created_at < (SELECT cut_off FROM recon_run)
ORDER BY o.order_id

-- name: line-scope-everything
INSERT INTO recon_line_scope (line_id)
SELECT l.line_id
FROM mainspring.lines AS l
WHERE l.settled_at < (SELECT cut_off FROM recon_run)
ORDER BY l.line_id

-- name: line-scope-changed
-- Lines that no run has seen (one writer at a time: they come after the last that has events, or were settled after the
-- last cut-off), those that still look for their payment, and those that stand in an open break.
INSERT INTO recon_line_scope (line_id)
SELECT l.line_id
FROM mainspring.lines AS l
WHERE l.settled_at < (SELECT cut_off FROM recon_run)
    AND l.line_id > coalesce((SELECT max(e.line_id) FROM mainspring.money_events AS e WHERE e.side = 'statement'), 0)
UNION
SELECT l.line_id
FROM mainspring.lines AS l
WHERE l.settled_at >= (SELECT seen_until FROM recon_run) AND l.settled_at < (SELECT cut_off FROM recon_run)
UNION
SELECT l.line_id
FROM mainspring.lines AS l
JOIN recon_line_type AS t ON t.line_type = l.line_type AND t.part IS NOT NULL
WHERE l.payment_id IS NULL AND l.standing = 'live' AND l.settled_at < (SELECT cut_off FROM recon_run)
UNION
-- A line that a later file put right, and the one that stands for it now: their money moves from the one to the other.
SELECT v.line_id
FROM mainspring.lines AS s
LEFT JOIN mainspring.lines AS n ON n.line_key = s.line_key AND n.standing = 'live'
CROSS JOIN LATERAL (VALUES (s.line_id), (n.line_id)) AS v (line_id)
WHERE s.standing = 'superseded' AND v.line_id IS NOT NULL
UNION
SELECT b.line_id
FROM mainspring.breaks AS b
WHERE b.status <> 'RESOLVED' AND b.line_id IS NOT NULL

-- name: scope-changed
-- Orders that changed or whose payments did, that wait for the gateway or courier, that stand in an open break, and
-- those that the lines in scope speak of, now or before.
INSERT INTO recon_scope (order_id)
SELECT o.order_id
FROM (
    SELECT o.order_id FROM orders AS o WHERE o.updated_at >= (SELECT since FROM recon_run)
    UNION
    SELECT p.order_id FROM payments AS p WHERE p.updated_at >= (SELECT since FROM recon_run)
    UNION
    SELECT e.order_id
    FROM mainspring.allocations AS a
    JOIN mainspring.money_events AS e ON e.event_id = a.event_id
    WHERE a.superseded_by IS NULL AND a.bucket = 'in_transit_gateway'
    UNION
    SELECT b.order_id FROM mainspring.breaks AS b WHERE b.status <> 'RESOLVED'
    UNION
    SELECT l.order_id
    FROM recon_line_scope AS s
    JOIN mainspring.lines AS l ON l.line_id = s.line_id
    UNION
    SELECT p.order_id
    FROM recon_line_scope AS s
    JOIN mainspring.lines AS l ON l.line_id = s.line_id
    JOIN payments AS p ON p.transaction_id = l.transaction_id
    UNION
    SELECT p.order_id
    FROM recon_line_scope AS s
    JOIN mainspring.lines AS l ON l.line_id = s.line_id
    JOIN payments AS p ON p.transaction_id = l.other_transaction_id
    UNION
    SELECT o.order_id
    FROM recon_line_scope AS s
    JOIN mainspring.lines AS l ON l.line_id = s.line_id
    JOIN orders AS o ON o.order_number = l.merchant_reference
    UNION
    SELECT p.order_id
    FROM recon_line_scope AS s
    JOIN mainspring.lines AS l ON l.line_id = s.line_id
    JOIN payments AS p
        ON p.payment_id = CASE WHEN l.merchant_reference ~ '^[0-9]{1,9}$' THEN l.merchant_reference::integer END
    UNION
    SELECT o.order_id
    FROM recon_line_scope AS s
    JOIN mainspring.lines AS l ON l.line_id = s.line_id
    JOIN orders AS o ON o.tracking_number = l.tracking_number
) AS touched
JOIN orders AS o ON o.order_id = touched.order_id
WHERE o.created_at < (SELECT cut_off FROM recon_run)

-- name: lines-of-scope
-- All lines of the payments that are judged, the old ones too; and what couriers charged for bringing back a parcel of an
-- order that is: such a line has no payment, and is wrong once the order is delivered.
INSERT INTO recon_line_scope (line_id)
SELECT l.line_id
FROM recon_scope AS s
JOIN payments AS p ON p.order_id = s.order_id
JOIN mainspring.lines AS l ON l.payment_id = p.payment_id
LEFT JOIN recon_line_scope AS has ON has.line_id = l.line_id
WHERE has.line_id IS NULL AND l.settled_at < (SELECT cut_off FROM recon_run)
UNION
SELECT l.line_id
FROM recon_scope AS s
JOIN orders AS o ON o.order_id = s.order_id
JOIN mainspring.lines AS l ON l.tracking_number = o.tracking_number AND l.payment_id IS NULL
JOIN mainspring.channels AS c ON c.channel = l.channel AND c.counterparty = 'courier'
LEFT JOIN recon_line_scope AS has ON has.line_id = l.line_id
WHERE has.line_id IS NULL AND l.line_type = 'fee' AND l.settled_at < (SELECT cut_off FROM recon_run)
ON CONFLICT (line_id) DO NOTHING

-- name: payout-lines-of-scope
-- A payout is judged with its own row and with what the bank has of it, whichever of its lines is new.
INSERT INTO recon_line_scope (line_id)
SELECT l.line_id
FROM (
    SELECT l.payout_id
    FROM recon_line_scope AS s
    JOIN mainspring.lines AS l ON l.line_id = s.line_id
    WHERE l.payout_id IS NOT NULL
    UNION
    SELECT b.payout_id
    FROM mainspring.breaks AS b
    WHERE b.status <> 'RESOLVED' AND b.payout_id IS NOT NULL
) AS touched
JOIN mainspring.lines AS l ON l.payout_id = touched.payout_id
JOIN recon_line_type AS t ON t.line_type = l.line_type AND t.kind IN ('payout', 'bank_credit')
LEFT JOIN recon_line_scope AS has ON has.line_id = l.line_id
WHERE has.line_id IS NULL AND l.settled_at < (SELECT cut_off FROM recon_run)

-- name: orders
CREATE TEMPORARY TABLE recon_order ON COMMIT DROP AS
SELECT
    o.order_id, o.order_number, o.store_id, o.order_status, o.currency, o.subtotal, o.tax_amount, o.shipping_cost,
    o.total_amount, o.advance_payment, o.advance_amount, o.tracking_number, o.actual_delivery_date,
    (o.created_at::timestamptz AT TIME ZONE r.time_zone)::date AS business_date,
    c.channel AS carrier_channel
FROM recon_scope AS s
JOIN orders AS o ON o.order_id = s.order_id
CROSS JOIN recon_run AS r
LEFT JOIN recon_carrier AS c ON c.carrier = o.carrier

-- name: carriers
-- A carrier's name is folded once a name, not once an order: “M&P” and “m & p” are the channel `mp`.
CREATE TEMPORARY TABLE recon_carrier ON COMMIT DROP AS
SELECT n.carrier, nullif(regexp_replace(lower(n.carrier), '[^a-z0-9]', '', 'g'), '') AS channel
FROM (
    SELECT o.carrier
    FROM recon_scope AS s
    JOIN orders AS o ON o.order_id = s.order_id
    WHERE o.carrier IS NOT NULL
    GROUP BY o.carrier
) AS n

-- name: items
-- What the items of each order come to.
CREATE TEMPORARY TABLE recon_item ON COMMIT DROP AS
SELECT
    i.order_id,
    sum(i.subtotal) AS subtotals,
    sum(i.product_price * i.quantity) AS value,
    bool_or(i.subtotal <> i.product_price * i.quantity) AS item_differs,
    max(i.created_at)::timestamptz AS last_item_at
FROM recon_scope AS s
JOIN order_items AS i ON i.order_id = s.order_id
GROUP BY i.order_id

-- name: lines
-- `charged`: what the customer was charged, where the line was settled in another currency than that (`converted`);
-- everywhere else it is the gross.
CREATE TEMPORARY TABLE recon_line ON COMMIT DROP AS
SELECT
    l.line_id, l.line_no, l.file_id, l.entity, l.channel, l.standing, l.line_type, t.kind, t.part, t.sign,
    l.transaction_id, l.other_transaction_id, l.merchant_reference, l.tracking_number, l.payout_id, l.currency,
    l.gross, l.fee, l.fee_tax, l.income_tax, l.sales_tax, l.net, l.captured_at, l.settled_at,
    t.part IS NOT NULL AND l.presented_currency IS DISTINCT FROM l.currency AND l.presented_currency IS NOT NULL
        AS converted,
    CASE WHEN t.part IS NOT NULL AND l.presented_currency <> l.currency THEN l.presented_amount ELSE l.gross END
        AS charged,
    CASE WHEN t.part IS NOT NULL THEN coalesce(l.presented_currency, l.currency) ELSE l.currency END
        AS charged_currency,
    l.payment_id AS old_payment_id, l.order_id AS old_order_id, l.matched_by AS old_matched_by
FROM recon_line_scope AS s
JOIN mainspring.lines AS l ON l.line_id = s.line_id
LEFT JOIN recon_line_type AS t ON t.line_type = l.line_type

-- name: analyze-scope
ANALYZE recon_scope;
ANALYZE recon_line_scope

-- name: analyze-working-set
ANALYZE recon_order;
ANALYZE recon_item;
ANALYZE recon_line
