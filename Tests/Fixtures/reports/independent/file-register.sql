-- Received: the rows of the files, counted day by day. Missing: what the generator's truth says it left out, an item
-- each; on which day that was due is the night's own word, which the truth tests hold it to.
WITH rows AS (
    SELECT
        'stripe' AS channel, upper(s.currency) AS currency, s.file,
        (s.automatic_payout_effective_at_utc::timestamp + interval '5 hours')::date AS day,
        -- A line that an earlier row has already doesn't count.
        row_number() OVER (PARTITION BY s.balance_transaction_id ORDER BY s.file, s.line::integer) = 1 AS counts,
        CASE s.reporting_category WHEN 'payout' THEN 0 ELSE s.net::numeric END AS net
    FROM demo_stripe AS s
    UNION ALL
    SELECT
        'jazzcash', 'PKR', j.file, to_date(j.processing_date, 'YY/MM/DD'), TRUE,
        CASE WHEN j.transaction_type = 'SETTLEMENT' THEN 0 WHEN j.d_c = 'D' THEN -j.net_amount::numeric
            ELSE j.net_amount::numeric END
    FROM demo_jazzcash AS j
    UNION ALL
    SELECT 'tcs', 'PKR', t.file, to_date(t.remittance_date, 'DD-MM-YYYY'), TRUE, t.net_payable::numeric
    FROM demo_tcs AS t
    WHERE t.remittance_no <> 'TOTAL'
    UNION ALL
    SELECT
        'bank', b.currency, b.file, b.date::date, TRUE,
        CASE WHEN b.type IN ('CREDIT', 'DEBIT') THEN b.amount::numeric ELSE 0 END
    FROM demo_bank AS b
), received AS (
    SELECT
        r.channel, r.day, r.currency, count(DISTINCT r.file) AS files, min(r.file) AS file,
        sum(r.counts::integer) AS lines, sum((NOT r.counts)::integer) AS repeated_lines,
        sum(CASE WHEN r.counts THEN r.net ELSE 0 END) AS net_received
    FROM rows AS r
    GROUP BY r.channel, r.day, r.currency
), planted AS (
    SELECT
        CASE WHEN t.code = 'cod.remittance_missing' THEN 'tcs' WHEN t.code LIKE 'bank.%' THEN 'bank'
            WHEN p.payment_gateway ILIKE 'jazzcash' THEN 'jazzcash' ELSE 'stripe' END AS channel,
        b.due_date AS day, b.currency, t.code,
        CASE t.code WHEN 'payout.unitemised' THEN 1 ELSE -1 END * t.money_effect::numeric AS amount
    FROM demo_truth AS t
    JOIN mainspring.breaks AS b ON b.code = t.code AND b.entity = t.entity
    LEFT JOIN payments AS p ON t.entity = 'payment:' || p.payment_id
    WHERE t.role <> 'consequence'
        AND t.code IN (
            'settlement.missing', 'settlement.refund_missing', 'cod.remittance_missing', 'payout.missing',
            'payout.unitemised', 'bank.payout_missing', 'bank.balance_gap')
), missing AS (
    SELECT
        p.channel, p.day, p.currency, count(*) FILTER (WHERE p.code <> 'bank.balance_gap') AS items,
        sum(p.amount) FILTER (WHERE p.amount > 0) AS money_in, sum(p.amount) FILTER (WHERE p.amount < 0) AS money_out,
        bool_or(p.code = 'bank.balance_gap') AS has_gap
    FROM planted AS p
    GROUP BY p.channel, p.day, p.currency
)
SELECT
    channel, day AS business_date, currency, coalesce(r.files, 0) AS files, r.file, coalesce(r.lines, 0) AS lines,
    coalesce(r.repeated_lines, 0) AS repeated_lines, coalesce(r.net_received, 0) AS net_received,
    coalesce(m.items, 0) AS missing_items, coalesce(m.money_in, 0) AS missing_in,
    coalesce(m.money_out, 0) AS missing_out,
    -- The demo leaves lines out, never a file of a month in which something happened.
    CASE WHEN m.has_gap THEN 'gap' WHEN m.items > 0 THEN 'incomplete' ELSE 'received' END AS status
FROM received AS r
FULL JOIN missing AS m USING (channel, day, currency)
WHERE m.channel IS NOT NULL OR day BETWEEN :'from'::date AND :'to'::date;
