-- A staged statement on its way into mainspring.lines (docs/reconciliation.md, “Statements”). The staging table and the
-- typed lines are temporary; what fills them is compiled from the profile of the statement.

-- name: one-at-a-time
-- Two importers would both find a file, or a line, new: the second one waits for the first one's end.
LOCK TABLE mainspring.files IN SHARE ROW EXCLUSIVE MODE

-- name: known
SELECT f.file_name FROM mainspring.files AS f WHERE f.sha256 = :'sha256'::text

-- name: settings
-- A file is small beside the shop: its lines are looked up by index, not by reading all orders and payments. A small
-- sample tells enough of tables that live for one file.
SELECT
    set_config('random_page_cost', '1.1', TRUE),
    set_config('jit', 'off', TRUE),
    set_config('default_statistics_target', '10', TRUE)

-- name: tables
CREATE TEMPORARY TABLE statement_line (
    line_no              bigint NOT NULL,
    gateway_line_id      text,
    line_type            text NOT NULL,
    transaction_id       text,
    other_transaction_id text,
    merchant_reference   text,
    tracking_number      text,
    payout_id            text,
    currency             text NOT NULL,
    gross                numeric(14,2) NOT NULL,
    fee                  numeric(14,2) NOT NULL,
    fee_tax              numeric(14,2) NOT NULL,
    income_tax           numeric(14,2) NOT NULL,
    sales_tax            numeric(14,2) NOT NULL,
    net                  numeric(14,2) NOT NULL,
    presented_amount     numeric(14,2),
    presented_currency   text,
    captured_at          timestamptz,
    settled_at           timestamptz NOT NULL
) ON COMMIT DROP;
CREATE TEMPORARY TABLE statement_key (
    line_no  bigint NOT NULL,
    line_key text COLLATE "C" NOT NULL,
    ordinal  bigint NOT NULL
) ON COMMIT DROP;
CREATE TEMPORARY TABLE statement_standing (
    line_no  bigint NOT NULL,
    line_key text COLLATE "C" NOT NULL,
    standing text NOT NULL,
    -- It takes the place of an earlier file's line.
    supersedes boolean NOT NULL
) ON COMMIT DROP;
CREATE TEMPORARY TABLE statement_guess (
    line_no    bigint NOT NULL,
    payment_id integer NOT NULL,
    order_id   integer NOT NULL,
    matched_by text NOT NULL
) ON COMMIT DROP

-- name: key
-- The gateway's own line id, where it has one; `ordinal` above 1 is a duplicate in the file. Without an id a line is its
-- content and its ordinal among equals: never a duplicate, and of a content that two files bring, as many lines stand as
-- the file with the most has. concat_ws leaves out what is NULL: a line that was not converted keeps the key that it had
-- before conversions were read.
INSERT INTO statement_key (line_no, line_key, ordinal)
SELECT
    c.line_no,
    left(encode(sha256(convert_to(CASE
        WHEN :'by_id'::boolean THEN concat_ws(chr(31), :'channel'::text, 'id', c.content)
        ELSE concat_ws(chr(31), c.content, c.ordinal) END, 'UTF8')), 'hex'), 32),
    CASE WHEN :'by_id'::boolean THEN c.ordinal ELSE 1 END
FROM (
    SELECT k.line_no, k.content, row_number() OVER (PARTITION BY k.content ORDER BY k.line_no) AS ordinal
    FROM (
        SELECT
            l.line_no,
            -- Equal is equal in every language: bytes are compared sooner.
            CASE
                WHEN :'by_id'::boolean THEN l.gateway_line_id
                ELSE concat_ws(chr(31), :'channel'::text, 'content', l.line_type, coalesce(l.transaction_id, ''),
                    coalesce(l.merchant_reference, ''), coalesce(l.tracking_number, ''), coalesce(l.payout_id, ''),
                    l.currency, l.gross, l.fee, l.fee_tax, l.income_tax, l.sales_tax, l.net,
                    coalesce(l.captured_at::text, ''), l.settled_at, l.presented_amount, l.presented_currency)
            END COLLATE "C" AS content
        FROM statement_line AS l
    ) AS k
) AS c

-- name: analyze-line
-- Only what lines are looked up by: the planner needs to know how many there are, and how many have none.
ANALYZE statement_line (
    line_no, line_type, transaction_id, other_transaction_id, merchant_reference, tracking_number)

-- name: analyze-key
ANALYZE statement_key (line_no, line_key)

-- name: standing
-- The key holds the channel. One line has a key and is live; LIMIT says so to the planner, which would read all lines for
-- each file to look up its own.
INSERT INTO statement_standing (line_no, line_key, standing, supersedes)
SELECT
    s.line_no, s.line_key, CASE WHEN s.changes AND :'supersede'::boolean THEN 'live' ELSE s.standing END,
    s.changes AND :'supersede'::boolean
FROM (
    SELECT c.line_no, c.line_key, c.standing, c.standing = 'changed' AS changes
    FROM (
        SELECT
            k.line_no, k.line_key,
            CASE
                WHEN k.ordinal > 1 THEN 'duplicate'
                WHEN o.line_id IS NULL THEN 'live'
                WHEN (o.line_type, o.transaction_id, o.other_transaction_id, o.merchant_reference, o.tracking_number,
                        o.payout_id, o.currency, o.gross, o.fee, o.fee_tax, o.income_tax, o.sales_tax, o.net,
                        o.captured_at, o.settled_at, o.presented_amount, o.presented_currency)
                    IS NOT DISTINCT FROM
                    (l.line_type, l.transaction_id, l.other_transaction_id, l.merchant_reference, l.tracking_number,
                        l.payout_id, l.currency, l.gross, l.fee, l.fee_tax, l.income_tax, l.sales_tax, l.net,
                        l.captured_at, l.settled_at, l.presented_amount, l.presented_currency) THEN 'resent'
                ELSE 'changed'
            END AS standing
        FROM statement_key AS k
        JOIN statement_line AS l ON l.line_no = k.line_no
        LEFT JOIN LATERAL (
            SELECT o.* FROM mainspring.lines AS o WHERE o.line_key = k.line_key AND o.standing = 'live' LIMIT 1
        ) AS o ON TRUE
    ) AS c
) AS s

-- name: supersede
-- Before the new ones are stored: of a key one line is live. What a file between said otherwise is decided with it.
UPDATE mainspring.lines AS o
SET standing = 'superseded'
FROM statement_standing AS s
WHERE s.supersedes AND o.line_key = s.line_key AND o.standing IN ('live', 'changed')

-- name: supersede-known
-- The changed lines of a file that was imported before are let stand after all.
UPDATE mainspring.lines AS o
SET standing = 'superseded'
FROM mainspring.lines AS n
JOIN mainspring.files AS f ON f.file_id = n.file_id
WHERE f.sha256 = :'sha256'::text AND n.standing = 'changed' AND o.line_key = n.line_key AND o.file_id <> n.file_id
    AND o.standing IN ('live', 'changed')

-- name: let-stand
UPDATE mainspring.lines AS n
SET standing = 'live'
FROM mainspring.files AS f
WHERE f.sha256 = :'sha256'::text AND n.file_id = f.file_id AND n.standing = 'changed'

-- name: note-reason
UPDATE mainspring.files AS f
SET supersede_reason = :'reason'::text
WHERE f.sha256 = :'sha256'::text

-- name: totals
-- Each row brings all of them too, as the file's row keeps them: the lines are added up once.
SELECT
    t.line_type, t.currency, t.lines, t.gross, t.deductions, t.net,
    jsonb_agg(jsonb_build_object(
        'type', t.line_type, 'currency', t.currency, 'lines', t.lines, 'gross', t.gross, 'deductions', t.deductions,
        'net', t.net)) OVER (
            ORDER BY t.line_type, t.currency ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS kept
FROM (
    SELECT
        l.line_type, l.currency, count(*) AS lines, sum(l.gross) AS gross,
        sum(l.fee + l.fee_tax + l.income_tax + l.sales_tax) AS deductions, sum(l.net) AS net
    FROM statement_line AS l
    GROUP BY l.line_type, l.currency
) AS t
ORDER BY t.line_type, t.currency

-- name: file
INSERT INTO mainspring.files (
    sha256, statement, channel, file_name, bytes, lines, control_totals, imported_at, run_id, supersede_reason)
VALUES (
    :'sha256'::text, :'statement'::text, :'channel'::text, :'file_name'::text, :'bytes'::bigint, :'lines'::bigint,
    :'control_totals'::jsonb, :'imported_at'::timestamptz, :'run_id'::bigint, :'reason'::text)
RETURNING file_id

-- name: balances
-- A bank's file says what the account had before and after: what was moved between must be all of it.
SELECT
    b.currency, b.openings, b.closings, b.opening, b.movements, b.closing, b.closing_line,
    b.opening + b.movements = b.closing AS agrees
FROM (
    SELECT
        l.currency,
        count(*) FILTER (WHERE l.line_type = 'opening_balance') AS openings,
        count(*) FILTER (WHERE l.line_type = 'closing_balance') AS closings,
        max(l.gross) FILTER (WHERE l.line_type = 'opening_balance') AS opening,
        coalesce(sum(l.gross) FILTER (WHERE l.line_type IN ('bank_credit', 'bank_debit')), 0.00) AS movements,
        max(l.gross) FILTER (WHERE l.line_type = 'closing_balance') AS closing,
        max(l.line_no) FILTER (WHERE l.line_type IN ('opening_balance', 'closing_balance')) AS closing_line
    FROM statement_line AS l
    GROUP BY l.currency
) AS b
WHERE b.openings > 1 OR b.closings > 1 OR (b.openings = 1 AND b.closings = 1 AND b.opening + b.movements <> b.closing)
ORDER BY b.currency
LIMIT 1

-- name: analyze-standing
ANALYZE statement_standing (line_no, standing)

-- name: analyze-guess
ANALYZE statement_guess (line_no)

-- name: guess-by-transaction
-- Lines are stored with the payment that they most likely speak of, so that the reconciliation, which decides, seldom
-- has to write a line again: by transaction id, else by order number or consignment where one captured payment fits. A
-- converted line is in the payment's currency by what was presented. What the first id finds needs no second look: an id
-- that is NULL is looked for in no index.
INSERT INTO statement_guess (line_no, payment_id, order_id, matched_by)
SELECT l.line_no, coalesce(a.payment_id, b.payment_id), coalesce(a.order_id, b.order_id), 'transaction_id'
FROM statement_line AS l
LEFT JOIN payments AS a
    ON a.transaction_id = l.transaction_id AND a.currency IN (l.currency, l.presented_currency)
LEFT JOIN payments AS b
    ON b.transaction_id = CASE WHEN a.payment_id IS NULL THEN l.other_transaction_id END
    AND b.currency IN (l.currency, l.presented_currency)
WHERE l.line_type IN (
        'charge', 'partial_capture_reversal', 'charge_failure', 'refund', 'refund_failure', 'chargeback',
        'chargeback_reversal')
    AND coalesce(a.payment_id, b.payment_id) IS NOT NULL

-- name: guess-by-reference
INSERT INTO statement_guess (line_no, payment_id, order_id, matched_by)
SELECT l.line_no, min(p.payment_id), min(p.order_id), 'merchant_reference'
FROM statement_line AS l
JOIN orders AS o ON o.order_number = l.merchant_reference
JOIN payments AS p ON p.order_id = o.order_id AND p.currency IN (l.currency, l.presented_currency)
LEFT JOIN statement_guess AS g ON g.line_no = l.line_no
WHERE g.line_no IS NULL AND p.payment_status IN ('COMPLETED', 'REFUNDED') AND p.amount > 0
    AND regexp_replace(lower(coalesce(p.payment_gateway, o.carrier)), '[^a-z0-9]', '', 'g') = :'channel'::text
    AND l.line_type IN (
        'charge', 'partial_capture_reversal', 'charge_failure', 'refund', 'refund_failure', 'chargeback',
        'chargeback_reversal')
GROUP BY l.line_no
HAVING count(*) = 1

-- name: guess-by-tracking
INSERT INTO statement_guess (line_no, payment_id, order_id, matched_by)
SELECT l.line_no, min(p.payment_id), min(p.order_id), 'tracking_number'
FROM statement_line AS l
JOIN orders AS o ON o.tracking_number = l.tracking_number
JOIN payments AS p ON p.order_id = o.order_id AND p.currency = l.currency
LEFT JOIN statement_guess AS g ON g.line_no = l.line_no
WHERE g.line_no IS NULL AND p.payment_status NOT IN ('FAILED', 'CANCELLED') AND p.payment_gateway IS NULL
    AND regexp_replace(lower(o.carrier), '[^a-z0-9]', '', 'g') = :'channel'::text
    AND l.line_type IN (
        'charge', 'partial_capture_reversal', 'charge_failure', 'refund', 'refund_failure', 'chargeback',
        'chargeback_reversal')
GROUP BY l.line_no
HAVING count(*) = 1

-- name: lines
INSERT INTO mainspring.lines (
    file_id, line_no, line_key, entity, channel, standing, line_type, gateway_line_id, transaction_id,
    other_transaction_id, merchant_reference, carrier, tracking_number, payout_id, currency, gross, fee, fee_tax,
    income_tax, sales_tax, net, presented_amount, presented_currency, captured_at, settled_at, payment_id, order_id,
    matched_by)
SELECT
    :'file_id'::bigint, l.line_no, s.line_key, :'entity'::text || l.line_no, :'channel'::text, s.standing, l.line_type,
    l.gateway_line_id, l.transaction_id, l.other_transaction_id, l.merchant_reference,
    CASE WHEN l.tracking_number IS NOT NULL THEN :'channel'::text END, l.tracking_number, l.payout_id, l.currency,
    l.gross, l.fee, l.fee_tax, l.income_tax, l.sales_tax, l.net, l.presented_amount, l.presented_currency, l.captured_at,
    l.settled_at, g.payment_id, g.order_id, g.matched_by
FROM statement_line AS l
JOIN statement_standing AS s ON s.line_no = l.line_no
LEFT JOIN statement_guess AS g ON g.line_no = l.line_no AND s.standing = 'live'
ORDER BY l.line_no

-- name: standings
SELECT s.standing, count(*) AS lines, count(*) FILTER (WHERE s.supersedes) AS superseding
FROM statement_standing AS s
GROUP BY s.standing

-- name: drop-staged
DROP TABLE statement_staged

-- name: drop
DROP TABLE statement_line;
DROP TABLE statement_key;
DROP TABLE statement_standing;
DROP TABLE statement_guess
