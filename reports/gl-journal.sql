/*
title: General ledger journal
sheet: GL journal
description: >-
  The money of the window as balanced entries, one for each day, channel and currency, on the accounts of
  config/accounts.yml. What happened is posted from money events, where it stands from the buckets that their parts are
  in; neither is worked out from the other, so that an entry balances because the bridge does. Beside the bridge stand
  bank transfers, of which no statement comes, the commission on delivered orders, and payouts to sellers. What is below
  zero is posted on the other side.
owner: finance
window: month
parameters:
  from: { type: date }
  to: { type: date }
  time_zone: { type: text }
  accounts: { type: config, file: config/accounts.yml }
  commission: { type: config, file: config/commission.yml }
columns:
  entry_date: { heading: Date, kind: date, width: 12 }
  entry_no: { heading: Entry, kind: text, width: 34 }
  channel: { heading: Channel, kind: text, width: 16 }
  currency: { heading: Currency, kind: text, width: 10 }
  line_no: { heading: Line, kind: integer, width: 7 }
  account: { heading: Account, kind: text, width: 12 }
  account_name: { heading: Account name, kind: text, width: 34 }
  posting: { heading: Posting, kind: text, width: 22 }
  debit: { heading: Debit, kind: money, width: 20, total: sum }
  credit: { heading: Credit, kind: money, width: 20, total: sum }
  bridge_step: { heading: Step of the bridge, kind: integer, width: 18 }
currency: currency
sort: [entry_date, entry_no, line_no]
formats: [csv, xlsx]
*/
WITH accounts AS (
    SELECT a.posting, a.channel, a.account, a.name
    FROM jsonb_to_recordset(:'accounts'::jsonb) AS a (posting text, channel text, account text, name text)
), postings (posting, line_no, is_credit, bridge_step, books_as) AS (
    -- Where money stands is debited as it grows; what brought it there is credited.
    VALUES
        ('bank', 1, FALSE, 25, 'bank'), ('at_gateway', 2, FALSE, 20, 'at_gateway'),
        ('settled', 3, FALSE, 21, 'settled'), ('paid_out', 4, FALSE, 22, 'paid_out'),
        ('reserve', 5, FALSE, 23, 'reserve'),
        ('no_statement', 6, FALSE, NULL, 'no_statement'), ('captured', 7, TRUE, 5, 'captured'),
        ('refunded', 8, TRUE, 6, 'refunded'), ('chargeback', 9, TRUE, 7, 'chargeback'),
        ('chargeback_reversal', 10, TRUE, 8, 'chargeback_reversal'), ('fee', 11, TRUE, 9, 'fee'),
        ('fee_refund', 12, TRUE, 10, 'fee_refund'), ('dispute_fee', 13, TRUE, 11, 'dispute_fee'),
        ('fee_tax', 14, TRUE, 12, 'fee_tax'), ('income_tax_withheld', 15, TRUE, 13, 'income_tax_withheld'),
        ('sales_tax_withheld', 16, TRUE, 14, 'sales_tax_withheld'), ('adjustment', 17, TRUE, 15, 'adjustment'),
        ('conversion_in', 18, TRUE, 16, 'conversion'), ('conversion_out', 19, TRUE, 17, 'conversion'),
        ('rounding', 20, TRUE, 18, 'rounding'), ('open_breaks', 21, TRUE, 19, 'open_breaks'),
        -- What sellers are paid, and the commission that they bear, come off what they are owed.
        ('paid_to_sellers', 22, TRUE, NULL, 'captured'), ('commission_borne', 23, TRUE, NULL, 'captured'),
        ('commission', 24, TRUE, NULL, 'commission'), ('commission_tax', 25, TRUE, NULL, 'commission_tax')
), stands AS (
    -- By how much each position grew on a day.
    SELECT
        p.day, p.channel, p.currency,
        sum(p.at_gateway) AS at_gateway,
        sum(p.settled) AS settled,
        sum(p.paid_out) AS paid_out,
        sum(p.reserve) AS reserve,
        sum(p.open_breaks) AS open_breaks,
        sum(CASE p.reason WHEN 'rounding' THEN p.amount ELSE 0.00 END) AS rounding
    FROM mainspring.clearing_balances AS p
    WHERE p.day BETWEEN :'from'::date AND :'to'::date AND NOT p.is_nowhere
    GROUP BY p.day, p.channel, p.currency
), moved AS (
    -- What happened on it: whole events, less those that stand nowhere.
    SELECT m.day, m.channel, m.currency, k.posting, sum(m.amount) AS amount
    FROM (
        SELECT m.day, m.channel, m.currency, m.side, m.kind, m.amount
        FROM mainspring.clearing_movements AS m
        WHERE m.day BETWEEN :'from'::date AND :'to'::date
        UNION ALL
        SELECT p.day, p.channel, p.currency, p.side, p.kind, -p.amount
        FROM mainspring.clearing_balances AS p
        WHERE p.day BETWEEN :'from'::date AND :'to'::date AND p.is_nowhere
    ) AS m
    JOIN (
        VALUES
            ('ledger', 'capture', 'captured'), ('ledger', 'void', 'captured'), ('ledger', 'refund', 'refunded'),
            ('statement', 'chargeback', 'chargeback'), ('statement', 'chargeback_reversal', 'chargeback_reversal'),
            ('statement', 'fee', 'fee'), ('statement', 'fee_refund', 'fee_refund'),
            ('statement', 'dispute_fee', 'dispute_fee'), ('statement', 'fee_tax', 'fee_tax'),
            ('statement', 'income_tax_withheld', 'income_tax_withheld'),
            ('statement', 'sales_tax_withheld', 'sales_tax_withheld'), ('statement', 'adjustment', 'adjustment'),
            ('statement', 'conversion_in', 'conversion_in'), ('statement', 'conversion_out', 'conversion_out'),
            ('statement', 'bank_credit', 'bank')
    ) AS k (side, kind, posting) ON k.side = m.side AND k.kind = m.kind
    GROUP BY m.day, m.channel, m.currency, k.posting
), transfers AS (
    -- Captures and refunds of channels that send no statement: they stand nowhere on the bridge.
    SELECT
        p.day, p.channel, p.currency, CASE p.kind WHEN 'refund' THEN 'refunded' ELSE 'captured' END AS posting,
        sum(p.amount) AS amount
    FROM mainspring.clearing_balances AS p
    WHERE p.day BETWEEN :'from'::date AND :'to'::date AND p.is_nowhere AND p.side = 'ledger'
    GROUP BY p.day, p.channel, p.currency, 4
), listed AS (
    SELECT t.*
    FROM jsonb_to_recordset(:'commission'::jsonb) AS t (
        "from" date, store_id integer, percent numeric, fixed jsonb, tax_percent numeric)
), terms AS (
    -- Per store: the terms of all stores until it has some of its own, each until the next.
    SELECT
        s.store_id,
        t."from" AS starts,
        lead(t."from") OVER (PARTITION BY s.store_id ORDER BY t."from") AS ends,
        t.percent, t.fixed, t.tax_percent
    FROM stores AS s
    LEFT JOIN (
        SELECT l.store_id, min(l."from") AS since
        FROM listed AS l
        WHERE l.store_id IS NOT NULL
        GROUP BY l.store_id
    ) AS own ON own.store_id = s.store_id
    JOIN listed AS t
        ON t.store_id = s.store_id OR (t.store_id IS NULL AND (own.since IS NULL OR t."from" < own.since))
), sold AS (
    -- Delivered orders on which commission is taken.
    SELECT
        o.order_id, o.currency, o.total_amount, o.actual_delivery_date AS delivered_on, t.tax_percent, d.decimals,
        round(o.subtotal * t.percent / 100, d.decimals) + coalesce((t.fixed ->> o.currency)::numeric, 0) AS commission
    FROM orders AS o
    JOIN terms AS t
        ON t.store_id = o.store_id
        AND (o.created_at::timestamptz AT TIME ZONE :'time_zone'::text)::date >= t.starts
        AND (t.ends IS NULL OR (o.created_at::timestamptz AT TIME ZONE :'time_zone'::text)::date < t.ends)
        AND (t.percent <> 0 OR t.fixed ? o.currency)
    CROSS JOIN LATERAL (
        SELECT CASE WHEN o.currency IN ('CLP', 'ISK', 'JPY', 'KRW', 'PYG', 'UGX', 'VND', 'XAF', 'XOF') THEN 0 ELSE 2 END
            AS decimals
    ) AS d
    WHERE o.order_status IN ('DELIVERED', 'REFUNDED') AND o.actual_delivery_date <= :'to'::date
), refunds AS (
    SELECT
        s.*, e.day,
        coalesce(least(e.so_far, s.total_amount) / nullif(s.total_amount, 0), 0) AS share,
        coalesce(least(e.so_far - e.amount, s.total_amount) / nullif(s.total_amount, 0), 0) AS share_before
    FROM (
        SELECT
            e.order_id, e.currency, (e.effective_at AT TIME ZONE :'time_zone'::text)::date AS day, -e.amount AS amount,
            sum(-e.amount) OVER (
                PARTITION BY e.order_id, e.currency ORDER BY e.effective_at, e.event_id ROWS UNBOUNDED PRECEDING
            ) AS so_far
        FROM mainspring.money_events AS e
        WHERE e.side = 'ledger' AND e.kind = 'refund'
            AND e.effective_at < (:'to'::date + 1)::timestamp AT TIME ZONE :'time_zone'::text
    ) AS e
    JOIN sold AS s ON s.order_id = e.order_id AND s.currency = e.currency
), commissions AS (
    -- Taken when the order is delivered; given back as its total is refunded, not before it was taken.
    SELECT c.day, c.currency, sum(c.commission) AS commission, sum(c.commission_tax) AS commission_tax
    FROM (
        SELECT
            s.delivered_on AS day, s.currency, s.commission,
            round(s.commission * s.tax_percent / 100, s.decimals) AS commission_tax
        FROM sold AS s
        UNION ALL
        SELECT
            greatest(r.day, r.delivered_on), r.currency,
            round(r.commission * r.share_before, r.decimals) - round(r.commission * r.share, r.decimals),
            round(round(r.commission * r.share_before, r.decimals) * r.tax_percent / 100, r.decimals)
                - round(round(r.commission * r.share, r.decimals) * r.tax_percent / 100, r.decimals)
        FROM refunds AS r
    ) AS c
    WHERE c.day BETWEEN :'from'::date AND :'to'::date
    GROUP BY c.day, c.currency
), paid AS (
    -- Debits of the bank that name the number of a seller's statement.
    SELECT (l.settled_at AT TIME ZONE :'time_zone'::text)::date AS day, l.currency, sum(l.gross) AS amount
    FROM mainspring.lines AS l
    JOIN stores AS s ON s.store_id = CASE
        WHEN l.merchant_reference ~ '^SS-[0-9]{1,9}-[0-9]{4}-[0-9]{2}-[A-Z]{3}$'
            THEN split_part(l.merchant_reference, '-', 2)::integer END
    WHERE l.line_type = 'bank_debit' AND l.standing = 'live'
        AND l.settled_at >= (:'from'::date)::timestamp AT TIME ZONE :'time_zone'::text
        AND l.settled_at < (:'to'::date + 1)::timestamp AT TIME ZONE :'time_zone'::text
    GROUP BY 1, l.currency
), amounts (day, channel, currency, posting, amount) AS (
    SELECT s.day, s.channel, s.currency, 'at_gateway', s.at_gateway FROM stands AS s
    UNION ALL
    SELECT s.day, s.channel, s.currency, 'settled', s.settled FROM stands AS s
    UNION ALL
    SELECT s.day, s.channel, s.currency, 'paid_out', s.paid_out FROM stands AS s
    UNION ALL
    SELECT s.day, s.channel, s.currency, 'reserve', s.reserve FROM stands AS s
    UNION ALL
    SELECT s.day, s.channel, s.currency, 'open_breaks', s.open_breaks FROM stands AS s
    UNION ALL
    SELECT s.day, s.channel, s.currency, 'rounding', s.rounding FROM stands AS s
    UNION ALL
    SELECT m.day, m.channel, m.currency, m.posting, m.amount FROM moved AS m
    UNION ALL
    SELECT t.day, t.channel, t.currency, t.posting, t.amount FROM transfers AS t
    UNION ALL
    SELECT t.day, t.channel, t.currency, 'no_statement', t.amount FROM transfers AS t
    UNION ALL
    SELECT c.day, 'commission', c.currency, 'commission_borne', -(c.commission + c.commission_tax) FROM commissions AS c
    UNION ALL
    SELECT c.day, 'commission', c.currency, 'commission', c.commission FROM commissions AS c
    UNION ALL
    SELECT c.day, 'commission', c.currency, 'commission_tax', c.commission_tax FROM commissions AS c
    UNION ALL
    SELECT p.day, 'sellers', p.currency, 'bank', p.amount FROM paid AS p
    UNION ALL
    SELECT p.day, 'sellers', p.currency, 'paid_to_sellers', p.amount FROM paid AS p
), summed AS (
    SELECT
        a.day, a.channel, a.currency, p.line_no, p.bridge_step, p.books_as, a.posting,
        CASE WHEN p.is_credit THEN -sum(a.amount) ELSE sum(a.amount) END AS amount
    FROM amounts AS a
    JOIN postings AS p ON p.posting = a.posting
    GROUP BY a.day, a.channel, a.currency, p.line_no, p.bridge_step, p.books_as, a.posting, p.is_credit
    HAVING sum(a.amount) <> 0
)
SELECT
    s.day AS entry_date,
    to_char(s.day, 'YYYY-MM-DD') || ' ' || s.currency || ' ' || s.channel AS entry_no,
    s.channel,
    s.currency,
    s.line_no::bigint AS line_no,
    coalesce(o.account, g.account) AS account,
    coalesce(o.name, g.name) AS account_name,
    s.posting,
    greatest(s.amount, 0.00) AS debit,
    greatest(-s.amount, 0.00) AS credit,
    s.bridge_step
FROM summed AS s
LEFT JOIN accounts AS o ON o.posting = s.books_as AND o.channel = s.channel
LEFT JOIN accounts AS g ON g.posting = s.books_as AND g.channel IS NULL
ORDER BY s.day, to_char(s.day, 'YYYY-MM-DD') || ' ' || s.currency || ' ' || s.channel, s.line_no;
