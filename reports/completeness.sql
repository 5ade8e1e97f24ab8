/*
title: Completeness
description: >-
  Every money event that is known, in the bucket in which it is. Difference is statement less ledger: filter the
  bucket “agreed” and each channel comes to zero; filter “break” and it is what the open breaks hold. An event that
  is in no bucket would stand here under “none”.
owner: finance
columns:
  channel: { heading: Channel, kind: text, width: 18 }
  currency: { heading: Currency, kind: text, width: 10 }
  side: { heading: Side, kind: text, width: 12 }
  kind: { heading: Kind, kind: text, width: 20 }
  bucket: { heading: Bucket, kind: text, width: 20 }
  reason: { heading: Reason, kind: text, width: 30 }
  count: { heading: Events, kind: integer, width: 11, total: sum }
  ledger_amount: { heading: Ledger, kind: money, width: 20, total: sum }
  statement_amount: { heading: Statement, kind: money, width: 20, total: sum }
  difference: { heading: Statement less ledger, kind: money, width: 21, total: sum }
  share_of_input: { heading: Share of input, kind: percent, width: 15 }
currency: currency
sort: [channel, currency, side, kind, bucket, reason]
formats: [csv, xlsx]
*/
WITH parts AS (
    SELECT
        c.channel, c.currency, c.side, c.kind, c.bucket, c.reason, sum(c.count)::bigint AS count,
        sum(c.amount) AS amount, sum(c.size) AS size
    FROM (
        SELECT
            b.channel, b.currency, b.side, b.kind, b.bucket, b.reason, b.parts AS count, b.amount,
            2 * b.money_in - b.amount AS size
        FROM mainspring.balances AS b
        UNION ALL
        -- What happened and is in no bucket: what the reconciliation forgot must show.
        SELECT
            m.channel, m.currency, m.side, m.kind, 'none', 'in no bucket', 0, m.amount - coalesce(b.amount, 0.00),
            abs(m.amount - coalesce(b.amount, 0.00))
        FROM (
            SELECT m.channel, m.currency, m.side, m.kind, sum(m.amount) AS amount
            FROM mainspring.movements AS m
            GROUP BY m.channel, m.currency, m.side, m.kind
        ) AS m
        LEFT JOIN (
            SELECT b.channel, b.currency, b.side, b.kind, sum(b.amount) AS amount
            FROM mainspring.balances AS b
            GROUP BY b.channel, b.currency, b.side, b.kind
        ) AS b ON b.channel = m.channel AND b.currency = m.currency AND b.side = m.side AND b.kind = m.kind
        WHERE m.amount <> coalesce(b.amount, 0.00)
    ) AS c
    GROUP BY c.channel, c.currency, c.side, c.kind, c.bucket, c.reason
)
SELECT
    p.channel,
    p.currency,
    p.side,
    p.kind,
    p.bucket,
    p.reason,
    p.count,
    CASE p.side WHEN 'ledger' THEN p.amount END AS ledger_amount,
    CASE p.side WHEN 'statement' THEN p.amount END AS statement_amount,
    CASE p.side WHEN 'ledger' THEN -p.amount ELSE p.amount END AS difference,
    round(
        100 * p.size / nullif(sum(p.size) OVER (PARTITION BY p.channel, p.currency, p.side, p.kind), 0),
        2
    ) AS share_of_input
FROM parts AS p
ORDER BY p.channel, p.currency, p.side, p.kind, p.bucket, p.reason;
