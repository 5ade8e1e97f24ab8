-- The limit of a first reconciliation: plain SQL that reads the same statement files and persists the same lines, money
-- events and buckets, in tables of the same columns, constraints and indexes, and judges nothing beyond “agrees”, “on its
-- way” and “differs”. No checks of the input, no breaks, no evidence, no payouts, no proof, no second run.
--   psql --set=inbox=FOLDER --file=bench/limits/reconcile_limit.sql
\set ON_ERROR_STOP on
\pset format unaligned
SET work_mem = '256MB';
SET jit = off;
DROP SCHEMA IF EXISTS bench_limit CASCADE;
CREATE SCHEMA bench_limit;
CREATE TABLE bench_limit.lines (LIKE mainspring.lines INCLUDING ALL);
CREATE TABLE bench_limit.money_events (LIKE mainspring.money_events INCLUDING ALL);
CREATE TABLE bench_limit.allocations (LIKE mainspring.allocations INCLUDING ALL);

BEGIN;
CREATE TEMPORARY TABLE stripe (
    line_no bigint GENERATED ALWAYS AS IDENTITY, automatic_payout_id text, automatic_payout_effective_at_utc timestamp,
    balance_transaction_id text, created_utc timestamp, available_on_utc timestamp, currency text, gross numeric,
    fee numeric, net numeric, reporting_category text, source_id text, description text, customer_facing_amount numeric,
    customer_facing_currency text, charge_id text, payment_intent_id text, order_number text);
CREATE TEMPORARY TABLE tcs (
    line_no bigint GENERATED ALWAYS AS IDENTITY, remittance text, remitted text, consignment text, order_ref text,
    delivered text, status text, cod numeric, charges numeric, tax numeric, income_tax numeric, sales_tax numeric,
    net numeric);
CREATE TEMPORARY TABLE jazzcash (
    line_no bigint GENERATED ALWAYS AS IDENTITY, processed text, batch text, merchant text, rrn text, txn text,
    bill_ref text, currency text, txn_date text, txn_time text, txn_type text, dc text, gross numeric, mdr numeric,
    fed numeric, wht numeric, net numeric);
CREATE TEMPORARY TABLE bank (
    line_no bigint GENERATED ALWAYS AS IDENTITY, day date, type text, reference text, description text, currency text,
    amount numeric, balance numeric);
SELECT format(
    '\copy %s FROM PROGRAM ''for f in %s/%s/imported/*.csv %s/%s/*.csv; do test ! -f "$f" || tail -n +2 "$f"; done'' (FORMAT csv)',
    v.columns, :'inbox', v.statement, :'inbox', v.statement)
FROM (VALUES
    ('stripe', 'stripe (automatic_payout_id, automatic_payout_effective_at_utc, balance_transaction_id, created_utc, available_on_utc, currency, gross, fee, net, reporting_category, source_id, description, customer_facing_amount, customer_facing_currency, charge_id, payment_intent_id, order_number)'),
    ('tcs', 'tcs (remittance, remitted, consignment, order_ref, delivered, status, cod, charges, tax, income_tax, sales_tax, net)'),
    ('jazzcash', 'jazzcash (processed, batch, merchant, rrn, txn, bill_ref, currency, txn_date, txn_time, txn_type, dc, gross, mdr, fed, wht, net)'),
    ('bank', 'bank (day, type, reference, description, currency, amount, balance)')
) AS v (statement, columns)
\g (tuples_only=on) /tmp/bench_copy.sql
\i /tmp/bench_copy.sql
ANALYZE stripe;
ANALYZE tcs;
ANALYZE jazzcash;
ANALYZE bank;

INSERT INTO bench_limit.lines (
    file_id, line_no, line_key, entity, channel, standing, line_type, gateway_line_id, transaction_id,
    other_transaction_id, merchant_reference, tracking_number, payout_id, currency, gross, fee, fee_tax, income_tax,
    sales_tax, net, captured_at, settled_at, payment_id, order_id, matched_by)
SELECT
    1, s.line_no, s.balance_transaction_id, 'line:' || s.line_no, 'stripe',
    CASE WHEN s.ordinal > 1 THEN 'resent' ELSE 'live' END,
    CASE s.reporting_category WHEN 'dispute' THEN 'chargeback' WHEN 'dispute_reversal' THEN 'chargeback_reversal'
        WHEN 'tax' THEN 'fee_tax' WHEN 'risk_reserved_funds' THEN 'reserve_hold'
        WHEN 'other_adjustment' THEN 'adjustment' ELSE s.reporting_category END,
    s.balance_transaction_id, s.charge_id, s.payment_intent_id, s.order_number, NULL, s.automatic_payout_id,
    upper(s.currency), s.gross, s.fee, 0, 0, 0, s.net, s.created_utc, s.automatic_payout_effective_at_utc,
    coalesce(a.payment_id, b.payment_id), coalesce(a.order_id, b.order_id),
    CASE WHEN a.payment_id IS NOT NULL OR b.payment_id IS NOT NULL THEN 'transaction_id' END
FROM (SELECT s.*, row_number() OVER (PARTITION BY s.balance_transaction_id ORDER BY s.line_no) AS ordinal FROM stripe AS s)
    AS s
LEFT JOIN payments AS a ON a.transaction_id = s.charge_id
LEFT JOIN payments AS b ON b.transaction_id = s.payment_intent_id AND a.payment_id IS NULL;
INSERT INTO bench_limit.lines (
    file_id, line_no, line_key, entity, channel, standing, line_type, merchant_reference, tracking_number, payout_id,
    currency, gross, fee, fee_tax, income_tax, sales_tax, net, captured_at, settled_at, payment_id, order_id, matched_by)
SELECT
    2, t.line_no, 'tcs' || t.line_no, 'line:' || t.line_no, 'tcs', 'live',
    CASE t.status WHEN 'DELIVERED' THEN 'charge' ELSE 'fee' END, t.order_ref, t.consignment, t.remittance, 'PKR', t.cod,
    t.charges, t.tax, t.income_tax, t.sales_tax, t.net, to_timestamp(t.delivered, 'DD-MM-YYYY'),
    to_timestamp(t.remitted, 'DD-MM-YYYY'), p.payment_id, o.order_id,
    CASE WHEN p.payment_id IS NOT NULL THEN 'merchant_reference' END
FROM tcs AS t
LEFT JOIN orders AS o ON o.order_number = t.order_ref AND t.status = 'DELIVERED'
LEFT JOIN payments AS p ON p.order_id = o.order_id AND p.payment_gateway IS NULL AND p.payment_status = 'COMPLETED'
WHERE t.remittance <> 'TOTAL';
INSERT INTO bench_limit.lines (
    file_id, line_no, line_key, entity, channel, standing, line_type, transaction_id, merchant_reference, payout_id,
    currency, gross, fee, fee_tax, income_tax, sales_tax, net, captured_at, settled_at, payment_id, order_id, matched_by)
SELECT
    3, j.line_no, 'jazzcash' || j.line_no, 'line:' || j.line_no, 'jazzcash', 'live',
    CASE j.txn_type WHEN 'SALE' THEN 'charge' WHEN 'REVERSAL' THEN 'charge_failure' WHEN 'SETTLEMENT' THEN 'payout'
        ELSE replace(lower(j.txn_type), ' ', '_') END,
    j.txn, j.bill_ref, j.batch, CASE j.currency WHEN '586' THEN 'PKR' WHEN '840' THEN 'USD' ELSE 'AED' END,
    d.sign * j.gross, j.mdr, j.fed, j.wht, 0, d.sign * j.net, to_date(j.txn_date, 'YY/MM/DD'),
    to_date(j.processed, 'YY/MM/DD'), p.payment_id, p.order_id,
    CASE WHEN p.payment_id IS NOT NULL THEN 'transaction_id' END
FROM jazzcash AS j
CROSS JOIN LATERAL (SELECT CASE j.dc WHEN 'D' THEN -1 ELSE 1 END AS sign) AS d
LEFT JOIN payments AS p ON p.transaction_id = j.txn;
INSERT INTO bench_limit.lines (
    file_id, line_no, line_key, entity, channel, standing, line_type, gateway_line_id, payout_id, currency, gross, fee,
    fee_tax, income_tax, sales_tax, net, settled_at)
SELECT
    4, b.line_no, b.reference, 'line:' || b.line_no, 'bank', 'live',
    CASE b.type WHEN 'OPENING' THEN 'opening_balance' WHEN 'CLOSING' THEN 'closing_balance'
        ELSE 'bank_' || lower(b.type) END,
    b.reference, substring(b.description FROM 'po_[A-Za-z0-9]+|RM-[0-9]+|JC-[0-9]+'), b.currency, b.amount, 0, 0, 0, 0,
    b.amount, b.day
FROM bank AS b;
ANALYZE bench_limit.lines;

-- The ledger's events, with what the gateway's answer says of refunds.
INSERT INTO bench_limit.money_events (
    side, channel, kind, amount, currency, effective_at, recorded_at, payment_id, order_id, revision, run_id)
SELECT
    'ledger', CASE WHEN p.payment_gateway IS NULL THEN coalesce(lower(o.carrier), 'bank_transfer') ELSE lower(p.payment_gateway) END,
    v.kind, v.amount, p.currency, coalesce(p.payment_completed_at, p.payment_initiated_at, p.created_at), now(),
    p.payment_id, p.order_id, v.revision, 1
FROM payments AS p
JOIN orders AS o ON o.order_id = p.order_id
CROSS JOIN LATERAL (VALUES
    ('capture', p.amount, 1),
    ('refund', CASE p.payment_status WHEN 'REFUNDED' THEN -p.amount
        ELSE -(p.gateway_response ->> 'amount_refunded')::numeric / 100 END, 2)
) AS v (kind, amount, revision)
WHERE p.payment_status IN ('COMPLETED', 'REFUNDED') AND v.amount <> 0;
-- The statements' events: each component of each line.
INSERT INTO bench_limit.money_events (
    side, channel, kind, amount, currency, effective_at, recorded_at, payment_id, order_id, line_id, payout_id, revision,
    run_id)
SELECT
    'statement', l.channel, v.kind, v.amount, l.currency, l.settled_at, now(), l.payment_id, l.order_id, l.line_id,
    l.payout_id, 1, 1
FROM bench_limit.lines AS l
CROSS JOIN LATERAL (VALUES
    (CASE WHEN l.line_type IN ('charge', 'charge_failure') THEN 'gross' WHEN l.line_type = 'bank_debit' THEN 'bank_credit'
        WHEN l.line_type = 'fee' AND l.gross > l.fee THEN 'fee_refund' ELSE l.line_type END, CASE l.line_type WHEN 'payout' THEN -l.gross
        WHEN 'fee' THEN l.gross - l.fee ELSE l.gross END),
    (CASE WHEN l.fee < 0 THEN 'fee_refund' ELSE 'fee' END, CASE WHEN l.line_type <> 'fee' THEN -l.fee END), ('fee_tax', -l.fee_tax),
    ('income_tax_withheld', -l.income_tax), ('sales_tax_withheld', -l.sales_tax)
) AS v (kind, amount)
WHERE v.amount <> 0 AND l.line_type NOT LIKE '%balance';
ANALYZE bench_limit.money_events;

-- The buckets: a payment agrees, is on its way, or differs.
INSERT INTO bench_limit.allocations (event_id, bucket, reason, amount, run_id)
SELECT
    e.event_id,
    CASE
        WHEN e.side = 'statement' AND e.kind IN ('payout', 'bank_credit') THEN 'agreed'
        WHEN e.side = 'statement' AND e.kind NOT IN ('gross', 'refund') THEN 'excluded'
        WHEN e.channel IN ('bank_transfer') THEN 'excluded'
        WHEN e.payment_id IS NULL THEN 'break'
        WHEN s.payment_id IS NULL THEN CASE WHEN l.dated > '2026-06-22' THEN 'in_transit_gateway' ELSE 'break' END
        WHEN s.amount = l.amount THEN 'agreed'
        ELSE 'break'
    END, 'plain', e.amount, 1
FROM bench_limit.money_events AS e
LEFT JOIN (
    SELECT e.payment_id, sum(e.amount) AS amount, min(e.effective_at) AS dated
    FROM bench_limit.money_events AS e
    WHERE e.side = 'ledger'
    GROUP BY e.payment_id
) AS l ON l.payment_id = e.payment_id
LEFT JOIN (
    SELECT e.payment_id, sum(e.amount) AS amount
    FROM bench_limit.money_events AS e
    WHERE e.side = 'statement' AND e.kind IN ('gross', 'refund') AND e.payment_id IS NOT NULL
    GROUP BY e.payment_id
) AS s ON s.payment_id = e.payment_id;
COMMIT;
\pset format aligned
SELECT e.side, e.kind, e.currency, count(*) AS events, sum(e.amount) AS amount
FROM bench_limit.money_events AS e
GROUP BY e.side, e.kind, e.currency
ORDER BY e.side, e.kind, e.currency;
DROP SCHEMA bench_limit CASCADE;
