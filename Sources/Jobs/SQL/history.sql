-- What two runs say of the same things, and what happened between them (`mainspring runs diff`).

-- name: files
SELECT f.path, f.rows, f.sha256, f.sums
FROM mainspring.run_files AS f
WHERE f.run_id = :'run_id'::bigint
ORDER BY f.path;

-- name: break-counts
-- What the runs after the first, up to the second, saw happen to breaks.
SELECT b.code, e.event, count(*) AS events
FROM mainspring.break_events AS e
JOIN mainspring.breaks AS b ON b.break_id = e.break_id
WHERE e.run_id > :'after'::bigint AND e.run_id <= :'upto'::bigint
GROUP BY b.code, e.event
ORDER BY b.code, e.event;

-- name: break-events
SELECT
    b.code, b.entity, e.event, e.run_id, b.currency,
    e.detail -> 'money_effect' ->> 0 AS before,
    e.detail -> 'money_effect' ->> 1 AS after
FROM mainspring.break_events AS e
JOIN mainspring.breaks AS b ON b.break_id = e.break_id
WHERE e.run_id > :'after'::bigint AND e.run_id <= :'upto'::bigint
ORDER BY b.role DESC, abs(b.money_effect) DESC, b.code, b.entity, e.break_event_id
LIMIT :'limit'::bigint;

-- name: imports
SELECT f.statement, f.file_name, f.lines, f.run_id, count(*) OVER () AS total
FROM mainspring.files AS f
WHERE f.run_id > :'after'::bigint AND f.run_id <= :'upto'::bigint
ORDER BY f.file_id
LIMIT :'limit'::bigint;

-- name: payments
-- Rows of the shop's payments whose money the runs between saw for the first time, or saw move.
SELECT e.payment_id, e.order_id, e.kind, e.amount, e.currency, e.run_id, count(*) OVER () AS total
FROM mainspring.money_events AS e
WHERE e.side = 'ledger' AND e.run_id > :'after'::bigint AND e.run_id <= :'upto'::bigint
ORDER BY abs(e.amount) DESC, e.event_id
LIMIT :'limit'::bigint;
