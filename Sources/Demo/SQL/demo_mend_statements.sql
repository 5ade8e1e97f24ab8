-- The statements of a later night (demo_mend.sql): what was captured or given back three days ago is settled, what was
-- paid out comes to the bank, and some files mend what was planted.

-- name: statements
-- Gateways settle a business day three days later: those of the nights are in the middle of a week.
CREATE UNLOGGED TABLE captured AS
SELECT
    p.payment_id, lower(p.payment_gateway) AS gateway, p.currency, p.amount, p.transaction_id, o.order_number,
    p.payment_completed_at, p.gateway_response AS answer
FROM public.payments AS p
JOIN public.orders AS o ON o.order_id = p.order_id
WHERE p.payment_completed_at >= :'night'::date::timestamp - interval '77 hours'
    AND p.payment_completed_at < :'night'::date::timestamp - interval '53 hours'
    AND p.payment_status IN ('COMPLETED', 'REFUNDED')
    AND NOT EXISTS (
        SELECT FROM truth AS t WHERE t.entity IN ('payment:' || p.payment_id, 'order:' || p.order_id));
-- The last thing that became of a payment which was refunded, all of it or a part, is its refund.
CREATE UNLOGGED TABLE given_back AS
SELECT
    p.payment_id, p.gateway, p.currency, p.refunded, p.updated_at, p.transaction_id, p.order_number
FROM (
    SELECT
        p.*, lower(p.payment_gateway) AS gateway, o.order_number,
        CASE
            WHEN p.payment_status = 'REFUNDED' THEN p.amount
            WHEN p.gateway_response ->> 'amount_refunded' ~ '^[0-9]+$'
                THEN (p.gateway_response ->> 'amount_refunded')::numeric / 100
        END::numeric(12,2) AS refunded
    FROM public.payments AS p
    JOIN public.orders AS o ON o.order_id = p.order_id
    WHERE p.updated_at >= :'night'::date::timestamp - interval '77 hours'
        AND p.updated_at < :'night'::date::timestamp - interval '53 hours'
        AND p.payment_status IN ('COMPLETED', 'REFUNDED')
        AND NOT EXISTS (
            SELECT FROM truth AS t WHERE t.entity IN ('payment:' || p.payment_id, 'order:' || p.order_id))
) AS p
WHERE p.refunded > 0;

-- Stripe's file of the day: the payouts of what became of it three days ago, with the lines that come late.
CREATE UNLOGGED TABLE stripe_day AS
WITH lines AS (
    SELECT
        0 AS sort, p.payment_id, 'charge' AS category, p.currency, p.amount AS gross,
        stripe_fee(p.amount, p.currency) AS fee, p.payment_completed_at AS created_at, p.transaction_id, p.order_number
    FROM captured AS p
    WHERE p.gateway = 'stripe' AND p.transaction_id ~ '^(ch|pi)_'
    UNION ALL
    SELECT
        0, b.payment_id, 'refund', b.currency, -b.refunded,
        -- With every third a part of the fee comes back.
        CASE WHEN b.payment_id % 3 = 0
            THEN -round(b.refunded * CASE b.currency WHEN 'PKR' THEN 0.034 ELSE 0.029 END, 2) ELSE 0.00 END,
        b.updated_at, b.transaction_id, b.order_number
    FROM given_back AS b
    WHERE b.gateway = 'stripe' AND b.transaction_id LIKE 'ch\_%'
    UNION ALL
    SELECT
        1, m.payment_id, CASE m.recipe WHEN 'won back' THEN 'dispute_reversal' ELSE 'charge' END, m.currency, m.amount,
        CASE m.recipe WHEN 'won back' THEN 0.00 ELSE stripe_fee(m.amount, m.currency) END, p.payment_completed_at,
        m.transaction_id, m.order_number
    FROM mended AS m
    JOIN public.payments AS p ON p.payment_id = m.payment_id
    WHERE m.recipe IN ('settled late', 'won back')
),
paid AS (
    SELECT
        l.sort, l.payment_id, l.category, l.currency, l.gross, l.fee, l.created_at, l.transaction_id, l.order_number,
        'po_' || token('payout ' || l.currency) AS payout_id,
        'txn_' || token(l.category || ' ' || l.payment_id) AS txn_id
    FROM lines AS l
)
SELECT
    p.payout_id, 'a' || p.currency AS payout_order, p.sort, p.payment_id, p.txn_id, p.created_at, p.currency, p.gross,
    p.fee, p.category,
    CASE p.category WHEN 'refund' THEN 're_' || token('refund ' || p.payment_id) ELSE p.transaction_id END AS source_id,
    CASE p.category WHEN 'refund' THEN 'REFUND FOR CHARGE (Order ' || p.order_number || ')'
        ELSE 'Order ' || p.order_number END AS description,
    CASE WHEN left(p.transaction_id, 3) = 'ch_' THEN p.transaction_id END AS charge_id,
    CASE WHEN left(p.transaction_id, 3) = 'pi_' THEN p.transaction_id END AS intent_id, p.order_number
FROM paid AS p
UNION ALL
SELECT
    min(p.payout_id), 'a' || p.currency, 2, 0, 'txn_' || token('payout row ' || p.currency),
    :'night'::date::timestamp, p.currency, -sum(p.gross - p.fee), 0.00, 'payout', min(p.payout_id), 'STRIPE PAYOUT',
    NULL, NULL, NULL
FROM paid AS p
GROUP BY p.currency
UNION ALL
-- A payout whose row had been missing.
SELECT
    m.payout_id, 'b' || m.payout_id, 2, 0, 'txn_' || token('payout row ' || m.payout_id), :'night'::date::timestamp,
    'PKR', m.effect, 0.00, 'payout', m.payout_id, 'STRIPE PAYOUT', NULL, NULL, NULL
FROM mended AS m
WHERE m.recipe = 'paid out';

-- TCS remits what it had forgotten, and what it had remitted too little.
CREATE UNLOGGED TABLE tcs_day AS
SELECT
    m.tracking_number AS consignment, m.order_number, m.actual_delivery_date AS delivered_on, l.cod, l.charges,
    round(l.charges * 0.16, 2) AS tax, round(l.cod * 0.0025, 2) AS income_tax, round(l.cod * 0.02, 2) AS sales_tax
FROM mended AS m
CROSS JOIN LATERAL (SELECT -m.effect AS cod, 250 + round(-m.effect * 0.008, 2) AS charges) AS l
WHERE m.recipe IN ('remitted late', 'made up');

-- JazzCash's batch of the day, with the sales that it had forgotten: discount, the tax on it and the income tax
-- withheld come off each sale.
CREATE UNLOGGED TABLE jazzcash_day AS
WITH sales AS (
    SELECT c.payment_id, c.transaction_id, c.order_number, c.payment_completed_at, c.amount, c.answer
    FROM captured AS c
    WHERE c.gateway = 'jazzcash'
    UNION ALL
    SELECT m.payment_id, m.transaction_id, m.order_number, m.payment_completed_at, m.amount, m.answer
    FROM mended AS m
    WHERE m.recipe = 'batched late'
),
lines AS (
    SELECT
        0 AS sort, c.payment_id, 'SALE' AS kind,
        coalesce(c.answer ->> 'pp_RetreivalReferenceNo', c.answer ->> 'pp_RetrievalReferenceNo',
            lpad(chance('sale ' || c.payment_id, 1000000000000)::text, 12, '0')) AS rrn,
        c.transaction_id AS reference, c.order_number AS bill, c.payment_completed_at AS taken_at, c.amount,
        round(c.amount * 0.02, 2) AS mdr, round(round(c.amount * 0.02, 2) * 0.16, 2) AS fed,
        round(c.amount * 0.01, 2) AS wht
    FROM sales AS c
    UNION ALL
    SELECT
        0, b.payment_id, 'REFUND', lpad(chance('refund ' || b.payment_id, 1000000000000)::text, 12, '0'),
        b.transaction_id, b.order_number, b.updated_at, -b.refunded, 0, 0, 0
    FROM given_back AS b
    WHERE b.gateway = 'jazzcash'
)
SELECT l.sort, l.payment_id, l.kind, l.rrn, l.reference, l.bill, l.taken_at, l.amount, l.mdr, l.fed, l.wht
FROM lines AS l
UNION ALL
SELECT
    1, 0, 'SETTLEMENT', NULL, NULL, NULL, :'night'::date::timestamp + interval '13 hours',
    -sum(l.amount - l.mdr - l.fed - l.wht), 0, 0, 0
FROM lines AS l
HAVING count(*) > 0;

-- What is paid out today comes to the bank tomorrow or the day after.
INSERT INTO bank_coming (currency, day, payout_id, description, amount)
SELECT
    p.currency, :'night'::date + 1 + (chance('bank ' || p.payout_id, 3) = 0)::integer, p.payout_id,
    p.payer || ' ' || p.payout_id, p.amount
FROM (
    SELECT d.currency, d.payout_id, 'Inward transfer STRIPE' AS payer, -d.gross AS amount
    FROM stripe_day AS d
    WHERE d.category = 'payout'
    UNION ALL
    SELECT 'PKR', 'JC-' || to_char(:'night'::date, 'YYYYMMDD'), 'JazzCash settlement', -d.amount
    FROM jazzcash_day AS d
    WHERE d.kind = 'SETTLEMENT'
    UNION ALL
    SELECT
        'PKR', 'RM-' || to_char(:'night'::date, 'YYYYMMDD'), 'TCS COD remittance',
        sum(d.cod - d.charges - d.tax - d.income_tax - d.sales_tax)
    FROM tcs_day AS d
    HAVING count(*) > 0
) AS p
WHERE p.amount <> 0;

-- The bank's day: what was on its way, payouts that it had mislaid, and what it takes back or adds where it had booked
-- another amount.
CREATE UNLOGGED TABLE bank_day AS
WITH moved AS (
    SELECT c.currency, 1 AS sort, c.payout_id, c.description, c.amount
    FROM bank_coming AS c
    WHERE c.payout_id IS NOT NULL AND c.day <= :'night'::date
    UNION ALL
    SELECT
        'PKR', 1, m.payout_id,
        CASE m.recipe WHEN 'banked late' THEN 'Inward transfer STRIPE ' ELSE 'Correction STRIPE ' END || m.payout_id,
        -m.effect
    FROM mended AS m
    WHERE m.recipe IN ('banked late', 'bank put right')
),
accounts AS (
    SELECT c.currency, c.amount AS opening FROM bank_coming AS c WHERE c.payout_id IS NULL
),
rows_of_day AS (
    SELECT a.currency, a.opening, s.sort, NULL AS payout_id, NULL AS description, 0.00 AS amount
    FROM accounts AS a
    CROSS JOIN (VALUES (0), (2)) AS s (sort)
    UNION ALL
    SELECT a.currency, a.opening, m.sort, m.payout_id, m.description, m.amount
    FROM moved AS m
    JOIN accounts AS a ON a.currency = m.currency
)
SELECT
    r.currency, r.sort, r.description, r.amount, row_number() OVER numbered AS no,
    (r.opening + sum(r.amount) OVER (PARTITION BY r.currency ORDER BY r.sort, r.payout_id COLLATE "C"))::numeric(14,2)
        AS balance
FROM rows_of_day AS r
WINDOW numbered AS (PARTITION BY r.currency, r.sort ORDER BY r.payout_id COLLATE "C");

-- name: files
SELECT 'bank' AS statement, 'bank-' || d.currency AS account, d.currency FROM bank_day AS d WHERE d.sort = 0
UNION ALL
SELECT 'jazzcash', 'jazzcash', NULL WHERE EXISTS (SELECT FROM jazzcash_day)
UNION ALL
SELECT 'stripe', 'stripe', NULL WHERE EXISTS (SELECT FROM stripe_day)
UNION ALL
SELECT 'tcs', 'tcs', NULL WHERE EXISTS (SELECT FROM tcs_day)
ORDER BY account

-- name: bank
SELECT
    :'night'::date AS "Date",
    CASE
        WHEN d.sort = 0 THEN 'OPENING' WHEN d.sort = 2 THEN 'CLOSING' WHEN d.amount < 0 THEN 'DEBIT' ELSE 'CREDIT'
    END AS "Type",
    CASE d.sort WHEN 0 THEN 'OPEN' WHEN 2 THEN 'CLOSE' ELSE 'FT' END || '-' || d.currency || '-'
        || to_char(:'night'::date, 'YYYYMMDD') || CASE d.sort WHEN 1 THEN '-' || lpad(d.no::text, 2, '0') ELSE '' END
        AS "Reference",
    CASE d.sort WHEN 0 THEN 'Opening balance' WHEN 2 THEN 'Closing balance' ELSE d.description END AS "Description",
    d.currency AS "Currency",
    CASE d.sort WHEN 1 THEN d.amount ELSE d.balance END AS "Amount",
    d.balance AS "Balance"
FROM bank_day AS d
WHERE d.currency = :'currency'::text
ORDER BY d.sort, d.no

-- name: jazzcash
SELECT
    to_char(:'night'::date, 'YY/MM/DD') AS "Processing Date",
    'JC-' || to_char(:'night'::date, 'YYYYMMDD') AS "Batch Number",
    'MC25041' AS "Merchant Number",
    d.rrn AS "RRN",
    d.reference AS "Txn Ref No",
    d.bill AS "Bill Reference",
    '586' AS "Currency Code",
    to_char(d.taken_at + interval '5 hours', 'YY/MM/DD') AS "Transaction Date",
    to_char(d.taken_at + interval '5 hours', 'HH24:MI:SS') AS "Transaction Time",
    d.kind AS "Transaction Type",
    CASE WHEN d.amount < 0 THEN 'D' ELSE 'C' END AS "D/C",
    abs(d.amount) AS "Transaction Amount",
    d.mdr AS "MDR",
    d.fed AS "FED Amount",
    d.wht AS "WHT Amount",
    abs(d.amount - d.mdr - d.fed - d.wht) AS "Net Amount"
FROM jazzcash_day AS d
ORDER BY d.sort, d.taken_at, d.payment_id, d.kind COLLATE "C"

-- name: stripe
SELECT
    d.payout_id AS automatic_payout_id,
    to_char(:'night'::date::timestamp, 'YYYY-MM-DD HH24:MI:SS') AS automatic_payout_effective_at_utc,
    d.txn_id AS balance_transaction_id,
    to_char(d.created_at, 'YYYY-MM-DD HH24:MI:SS') AS created_utc,
    to_char(:'night'::date::timestamp - interval '1 day', 'YYYY-MM-DD HH24:MI:SS') AS available_on_utc,
    lower(d.currency) AS currency,
    d.gross, d.fee, d.gross - d.fee AS net, d.category AS reporting_category, d.source_id, d.description,
    CASE WHEN d.category IN ('charge', 'refund') THEN d.gross END AS customer_facing_amount,
    CASE WHEN d.category IN ('charge', 'refund') THEN lower(d.currency) END AS customer_facing_currency,
    d.charge_id, d.intent_id AS payment_intent_id, d.order_number AS "payment_metadata[order_number]"
FROM stripe_day AS d
ORDER BY d.payout_order COLLATE "C", d.sort, d.payment_id, d.txn_id COLLATE "C"

-- name: tcs
SELECT
    t."Remittance No", t."Remittance Date", t."Consignment No", t."Order Ref", t."Delivery Date", t."Status",
    t."COD Amount", t."Service Charges", t."Sales Tax", t."Income Tax Withheld", t."Sales Tax Withheld", t."Net Payable"
FROM (
    SELECT
        0 AS part, 'RM-' || to_char(:'night'::date, 'YYYYMMDD') AS "Remittance No",
        to_char(:'night'::date, 'DD-MM-YYYY') AS "Remittance Date", d.consignment AS "Consignment No",
        d.order_number AS "Order Ref", to_char(d.delivered_on, 'DD-MM-YYYY') AS "Delivery Date",
        'DELIVERED' AS "Status", d.cod AS "COD Amount", d.charges AS "Service Charges", d.tax AS "Sales Tax",
        d.income_tax AS "Income Tax Withheld", d.sales_tax AS "Sales Tax Withheld",
        d.cod - d.charges - d.tax - d.income_tax - d.sales_tax AS "Net Payable"
    FROM tcs_day AS d
    UNION ALL
    SELECT
        1, 'TOTAL', NULL, count(*)::text, NULL, NULL, NULL, sum(d.cod), sum(d.charges), sum(d.tax), sum(d.income_tax),
        sum(d.sales_tax), sum(d.cod - d.charges - d.tax - d.income_tax - d.sales_tax)
    FROM tcs_day AS d
) AS t
ORDER BY t.part, t."Consignment No" COLLATE "C"
