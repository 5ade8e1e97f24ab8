-- What happened from payments, answers and files, where it stands from each part of each event, one by one. No
-- commission is configured, and no seller was paid by a debit that says so.
WITH stripe AS (
    -- A line that comes again, in a later file or twice in one, is the first one.
    SELECT DISTINCT ON (d.balance_transaction_id)
        'stripe ' || d.balance_transaction_id AS line, d.automatic_payout_effective_at_utc::date AS day,
        d.reporting_category AS category, upper(d.currency) AS currency,
        coalesce(upper(nullif(d.customer_facing_currency, '')), upper(d.currency)) AS charged_in,
        d.gross::numeric AS gross, d.fee::numeric AS fee, nullif(d.customer_facing_amount, '')::numeric AS charged
    FROM demo_stripe AS d
    WHERE d.reporting_category IN ('charge', 'refund', 'dispute', 'dispute_reversal', 'fee')
    ORDER BY d.balance_transaction_id, d.file, d.line::integer
), given_back AS (
    SELECT
        p.payment_id, p.order_id, p.currency,
        CASE p.payment_status WHEN 'REFUNDED' THEN p.amount
            ELSE (p.gateway_response ->> 'amount_refunded')::numeric / 100 END AS amount,
        -- When the answer says, else when the gateway booked it, else when the shop wrote it down.
        coalesce(
            (to_timestamp((p.gateway_response #>> '{refunds,data,0,created}')::bigint) AT TIME ZONE 'UTC'
                + interval '5 hours')::date,
            (
                SELECT min(to_date(j.transaction_date, 'YY/MM/DD'))
                FROM demo_jazzcash AS j
                WHERE j.transaction_type = 'REFUND' AND j.txn_ref_no = p.transaction_id
            ),
            (p.updated_at + interval '5 hours')::date) AS day
    FROM payments AS p
    WHERE p.payment_status = 'REFUNDED'
        OR (p.payment_status = 'COMPLETED' AND (p.gateway_response ->> 'amount_refunded')::numeric > 0)
), taken AS (
    SELECT
        p.payment_id, p.order_id, p.currency, p.amount,
        (coalesce(p.payment_completed_at, p.payment_initiated_at, p.created_at) + interval '5 hours')::date AS day
    FROM payments AS p
    WHERE p.payment_status IN ('COMPLETED', 'REFUNDED')
), sent AS (
    -- Through whom a payment was taken.
    SELECT
        p.payment_id,
        CASE
            WHEN m.method_name = 'BANK_TRANSFER' THEN 'bank_transfer'
            WHEN m.method_name = 'CASH_ON_DELIVERY' THEN 'tcs'
            WHEN lower(p.payment_gateway) IN ('stripe', 'jazzcash') THEN lower(p.payment_gateway)
            ELSE 'unknown'
        END AS channel
    FROM payments AS p
    JOIN payment_methods AS m USING (payment_method_id)
), amounts (channel, currency, day, step_no, amount) AS (
    SELECT s.channel, t.currency, t.day, 5, t.amount
    FROM taken AS t
    JOIN sent AS s USING (payment_id)
    UNION ALL
    SELECT s.channel, g.currency, g.day, 6, -g.amount
    FROM given_back AS g
    JOIN sent AS s USING (payment_id)
    UNION ALL
    SELECT 'stripe', s.currency, s.day, CASE s.category WHEN 'dispute' THEN 7 ELSE 8 END, s.gross
    FROM stripe AS s
    WHERE s.category LIKE 'dispute%'
    UNION ALL
    SELECT
        'stripe', s.currency, s.day, CASE WHEN s.category LIKE 'dispute%' THEN 11 WHEN f.amount > 0 THEN 10 ELSE 9 END,
        f.amount
    FROM stripe AS s
    CROSS JOIN LATERAL (SELECT CASE s.category WHEN 'fee' THEN s.gross ELSE 0 END - s.fee AS amount) AS f
    UNION ALL
    SELECT 'stripe', s.currency, s.day, 16, s.gross FROM stripe AS s WHERE s.charged_in <> s.currency
    UNION ALL
    SELECT 'stripe', s.charged_in, s.day, 17, -abs(s.charged) * sign(s.gross)
    FROM stripe AS s
    WHERE s.charged_in <> s.currency
    UNION ALL
    SELECT 'jazzcash', 'PKR', to_date(j.processing_date, 'YY/MM/DD'), v.step_no, -v.amount::numeric
    FROM demo_jazzcash AS j
    CROSS JOIN LATERAL (VALUES (9, j.mdr), (12, j.fed_amount), (13, j.wht_amount)) AS v (step_no, amount)
    WHERE j.transaction_type <> 'SETTLEMENT'
    UNION ALL
    SELECT 'tcs', 'PKR', to_date(t.remittance_date, 'DD-MM-YYYY'), v.step_no, -v.amount::numeric
    FROM demo_tcs AS t
    CROSS JOIN LATERAL (
        VALUES (9, t.service_charges), (12, t.sales_tax), (13, t.income_tax_withheld), (14, t.sales_tax_withheld)
    ) AS v (step_no, amount)
    WHERE t.remittance_no <> 'TOTAL'
    UNION ALL
    -- A credit is of the channel whose payout it names.
    SELECT
        CASE
            WHEN b.payout LIKE 'po@_%' ESCAPE '@' THEN 'stripe' WHEN b.payout LIKE 'RM-%' THEN 'tcs'
            WHEN b.payout LIKE 'JC-%' THEN 'jazzcash' ELSE 'bank'
        END, b.currency, b.day, 25, b.amount
    FROM (
        SELECT DISTINCT
            b.reference, b.date::date AS day, b.currency, b.amount::numeric,
            substring(b.description FROM 'po_[A-Za-z0-9]+|RM-[0-9]+|JC-[0-9]+') AS payout
        FROM demo_bank AS b
        WHERE b.type IN ('CREDIT', 'DEBIT')
    ) AS b
    -- A debit that names a payout takes it back; all others are the shop's own.
    WHERE b.amount > 0 OR b.payout IS NOT NULL
), stands (channel, currency, day, posting, amount) AS (
    SELECT s.channel, s.currency, s.day, v.posting, v.amount
    FROM (
        SELECT
            CASE e.kind WHEN 'bank_credit' THEN coalesce((
                SELECT min(o.channel) FROM mainspring.payouts AS o WHERE o.payout_id = e.payout_id
            ), 'bank') ELSE e.channel END AS channel,
            e.currency, (e.effective_at + interval '5 hours')::date AS day, e.side, e.kind, a.bucket, a.reason, a.amount
        FROM mainspring.allocations AS a
        JOIN mainspring.money_events AS e USING (event_id)
        WHERE a.superseded_by IS NULL AND a.reason NOT IN ('resent', 'duplicate', 'line changed', 'bank debit')
    ) AS s
    CROSS JOIN LATERAL (
        VALUES
            ('at_gateway', CASE
                WHEN s.side = 'ledger' AND s.bucket <> 'break' AND s.bucket <> 'excluded' THEN s.amount
                WHEN s.kind IN ('gross', 'refund') AND s.side = 'statement' AND s.reason = 'matched' THEN -s.amount
            END),
            ('settled', CASE
                WHEN s.side = 'ledger' OR s.channel = 'tcs' OR s.kind = 'bank_credit' THEN NULL
                WHEN s.kind <> 'payout' THEN s.amount WHEN s.bucket <> 'break' THEN -s.amount
            END),
            ('paid_out', CASE
                WHEN s.side = 'ledger' THEN NULL
                WHEN s.kind = 'bank_credit' THEN CASE WHEN s.bucket <> 'break' THEN -s.amount END
                WHEN s.kind = 'payout' OR s.channel = 'tcs' THEN s.amount
            END),
            ('reserve', CASE WHEN s.bucket = 'reserve' THEN -s.amount END),
            ('open_breaks', CASE WHEN s.bucket = 'break' THEN
                CASE s.side WHEN 'ledger' THEN s.amount ELSE -s.amount END END),
            ('rounding', CASE WHEN s.reason = 'rounding' THEN -s.amount END)
    ) AS v (posting, amount)
), entries AS (
    SELECT s.day, s.channel, s.currency, s.posting, sum(s.amount) AS amount
    FROM (
        SELECT s.day, s.channel, s.currency, s.posting, s.amount FROM stands AS s
        UNION ALL
        SELECT
            a.day, a.channel, a.currency, p.posting, CASE p.posting WHEN 'bank' THEN a.amount ELSE -a.amount END
        FROM amounts AS a
        JOIN (
            VALUES (5, 'captured'), (6, 'refunded'), (7, 'chargeback'), (8, 'chargeback_reversal'), (9, 'fee'),
                (10, 'fee_refund'), (11, 'dispute_fee'), (12, 'fee_tax'), (13, 'income_tax_withheld'),
                (14, 'sales_tax_withheld'), (16, 'conversion_in'), (17, 'conversion_out'), (25, 'bank')
        ) AS p (step_no, posting) USING (step_no)
        UNION ALL
        SELECT a.day, a.channel, a.currency, 'no_statement', a.amount
        FROM amounts AS a
        WHERE a.channel = 'bank_transfer'
    ) AS s
    WHERE s.day BETWEEN :'from'::date AND :'to'::date
    GROUP BY s.day, s.channel, s.currency, s.posting
)
SELECT
    e.day AS entry_date, e.channel, e.currency, e.posting, greatest(e.amount, 0) AS debit,
    greatest(-e.amount, 0) AS credit
FROM entries AS e
WHERE e.amount <> 0;
