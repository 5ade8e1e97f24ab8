-- The statement files, a month each, and the truth; all from the plan.

-- name: months
-- `account`: what a file is called before its month.
SELECT f.statement, f.statement || coalesce('-' || f.currency, '') AS account, f.currency,
    to_char(f.month, 'YYYY-MM-DD') AS month
FROM (
    SELECT DISTINCT 'stripe' AS statement, NULL AS currency, month FROM stripe_file
    UNION SELECT DISTINCT 'tcs', NULL, month FROM tcs_file
    UNION SELECT DISTINCT 'jazzcash', NULL, month FROM jazzcash_file
    UNION SELECT DISTINCT 'bank', currency, month FROM bank_file
) AS f
ORDER BY f.statement, f.currency, f.month;

-- name: stripe
SELECT
    payout_id(f.payout_day, f.currency) AS automatic_payout_id,
    to_char(f.payout_day::timestamp, 'YYYY-MM-DD HH24:MI:SS') AS automatic_payout_effective_at_utc,
    f.txn_id AS balance_transaction_id,
    to_char(f.created_at, 'YYYY-MM-DD HH24:MI:SS') AS created_utc,
    to_char(f.payout_day::timestamp - interval '1 day', 'YYYY-MM-DD HH24:MI:SS') AS available_on_utc,
    lower(f.currency) AS currency,
    f.gross, f.fee, f.gross - f.fee + f.net_off AS net,
    f.category AS reporting_category,
    f.source_id, f.description,
    CASE WHEN f.category IN ('charge', 'refund') THEN coalesce(f.presented_amount, f.gross) END AS customer_facing_amount,
    CASE WHEN f.category IN ('charge', 'refund') THEN lower(coalesce(f.presented_currency, f.currency)) END
        AS customer_facing_currency,
    f.charge_id,
    f.intent_id AS payment_intent_id,
    f.order_number AS "payment_metadata[order_number]"
FROM stripe_file AS f
WHERE f.month = :'month'::date
ORDER BY f.line_no;

-- name: tcs
-- The last line is the courier's own total: the control totals of the file.
SELECT
    t."Remittance No", t."Remittance Date", t."Consignment No", t."Order Ref", t."Delivery Date", t."Status",
    t."COD Amount", t."Service Charges", t."Sales Tax", t."Income Tax Withheld", t."Sales Tax Withheld", t."Net Payable"
FROM (
    SELECT
        0 AS part, f.line_no,
        f.remittance_no AS "Remittance No", to_char(f.remitted_on, 'DD-MM-YYYY') AS "Remittance Date",
        f.consignment AS "Consignment No", f.order_number AS "Order Ref",
        to_char(f.delivered_on, 'DD-MM-YYYY') AS "Delivery Date", f.status AS "Status", f.cod AS "COD Amount",
        f.charges AS "Service Charges", f.tax AS "Sales Tax", f.income_tax AS "Income Tax Withheld",
        f.sales_tax AS "Sales Tax Withheld", f.net AS "Net Payable"
    FROM tcs_file AS f
    WHERE f.month = :'month'::date
    UNION ALL
    SELECT
        1, 0, 'TOTAL', NULL, count(*)::text, NULL, NULL, NULL, sum(f.cod), sum(f.charges), sum(f.tax),
        sum(f.income_tax), sum(f.sales_tax), sum(f.net)
    FROM tcs_file AS f
    WHERE f.month = :'month'::date
) AS t
ORDER BY t.part, t.line_no;

-- name: jazzcash
SELECT
    to_char(f.batch_day, 'YY/MM/DD') AS "Processing Date",
    f.batch AS "Batch Number",
    'MC25041' AS "Merchant Number",
    f.rrn AS "RRN",
    f.reference AS "Txn Ref No",
    f.bill AS "Bill Reference",
    '586' AS "Currency Code",
    to_char(f.taken_at + interval '5 hours', 'YY/MM/DD') AS "Transaction Date",
    to_char(f.taken_at + interval '5 hours', 'HH24:MI:SS') AS "Transaction Time",
    f.kind AS "Transaction Type",
    CASE WHEN f.amount < 0 THEN 'D' ELSE 'C' END AS "D/C",
    abs(f.amount) AS "Transaction Amount",
    f.mdr AS "MDR",
    f.fed AS "FED Amount",
    f.wht AS "WHT Amount",
    abs(f.net) AS "Net Amount"
FROM jazzcash_file AS f
WHERE f.month = :'month'::date
ORDER BY f.line_no;

-- name: bank
SELECT
    to_char(f.day, 'YYYY-MM-DD') AS "Date",
    CASE
        WHEN f.sort = 0 THEN 'OPENING' WHEN f.sort = 2 THEN 'CLOSING' WHEN f.amount < 0 THEN 'DEBIT' ELSE 'CREDIT'
    END AS "Type",
    CASE f.sort WHEN 0 THEN 'OPEN' WHEN 2 THEN 'CLOSE' ELSE 'FT' END || '-' || f.currency || '-'
        || to_char(f.day, 'YYYYMMDD') || CASE f.sort WHEN 1 THEN '-' || lpad(f.no::text, 2, '0') ELSE '' END
        AS "Reference",
    CASE f.sort WHEN 0 THEN 'Opening balance' WHEN 2 THEN 'Closing balance' ELSE f.description END AS "Description",
    f.currency AS "Currency",
    CASE f.sort WHEN 1 THEN f.amount ELSE f.balance END AS "Amount",
    f.balance AS "Balance"
FROM bank_file AS f
WHERE f.currency = :'currency'::text AND f.month = :'month'::date
ORDER BY f.line_no;

-- name: written
INSERT INTO written_files (account, month, sha256) VALUES (:'account'::text, :'month'::date, :'sha256'::text);

-- name: truth
-- A line is known by its file's content and its place in it, so its entity is known only now.
SELECT t.code, t.entity, t.role, t.money_effect
FROM (
    SELECT p.code, p.entity, p.role, p.money_effect FROM planted AS p WHERE p.entity IS NOT NULL
    UNION ALL
    SELECT p.code, 'line:' || left(w.sha256, 16) || ':' || f.line_no, p.role, p.money_effect
    FROM planted AS p
    JOIN (
        SELECT 'stripe' AS statement, 'stripe' AS account, line_id, month, line_no FROM stripe_file
        UNION ALL SELECT 'tcs', 'tcs', line_id, month, line_no FROM tcs_file
        UNION ALL SELECT 'jazzcash', 'jazzcash', line_id, month, line_no FROM jazzcash_file
        UNION ALL SELECT 'bank', 'bank-' || currency, line_id, month, line_no FROM bank_file
    ) AS f ON f.statement = p.statement AND f.line_id = p.line_id
    JOIN written_files AS w ON w.account = f.account AND w.month = f.month
    WHERE p.entity IS NULL
) AS t
ORDER BY t.code COLLATE "C", t.entity COLLATE "C";

-- name: planted
SELECT p.code, p.role, count(*) AS plants, sum(p.money_effect)::text AS effect
FROM planted AS p
GROUP BY p.code, p.role
ORDER BY p.code COLLATE "C", p.role COLLATE "C";

-- name: rows
SELECT t.name, t.rows
FROM (
    SELECT 1 AS no, 'users' AS name, (SELECT count(*) FROM public.users) AS rows
    UNION ALL SELECT 2, 'customers', (SELECT count(*) FROM public.customers)
    UNION ALL SELECT 3, 'sellers', (SELECT count(*) FROM public.sellers)
    UNION ALL SELECT 4, 'administrators', (SELECT count(*) FROM public.administrators)
    UNION ALL SELECT 5, 'addresses', (SELECT count(*) FROM public.addresses)
    UNION ALL SELECT 6, 'stores', (SELECT count(*) FROM public.stores)
    UNION ALL SELECT 7, 'product_categories', (SELECT count(*) FROM public.product_categories)
    UNION ALL SELECT 8, 'brands', (SELECT count(*) FROM public.brands)
    UNION ALL SELECT 9, 'products', (SELECT count(*) FROM public.products)
    UNION ALL SELECT 10, 'images', (SELECT count(*) FROM public.images)
    UNION ALL SELECT 11, 'product_images', (SELECT count(*) FROM public.product_images)
    UNION ALL SELECT 12, 'review_images', (SELECT count(*) FROM public.review_images)
    UNION ALL SELECT 13, 'orders', (SELECT count(*) FROM public.orders)
    UNION ALL SELECT 14, 'order_items', (SELECT count(*) FROM public.order_items)
    UNION ALL SELECT 15, 'payment_methods', (SELECT count(*) FROM public.payment_methods)
    UNION ALL SELECT 16, 'payments', (SELECT count(*) FROM public.payments)
    UNION ALL SELECT 17, 'reviews', (SELECT count(*) FROM public.reviews)
    UNION ALL SELECT 18, 'chat_conversations', (SELECT count(*) FROM public.chat_conversations)
    UNION ALL SELECT 19, 'messages', (SELECT count(*) FROM public.messages)
    UNION ALL SELECT 20, 'favorites', (SELECT count(*) FROM public.favorites)
    UNION ALL SELECT 21, 'admin_activity_log', (SELECT count(*) FROM public.admin_activity_log)
    UNION ALL SELECT 22, 'notifications', (SELECT count(*) FROM public.notifications)
) AS t
ORDER BY t.no;
