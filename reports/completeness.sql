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
        e.channel,
        e.currency,
        e.side,
        e.kind,
        coalesce(a.bucket, 'none') AS bucket,
        coalesce(a.reason, 'in no bucket') AS reason,
        count(*) AS count,
        sum(coalesce(a.amount, e.amount)) AS amount,
        sum(abs(coalesce(a.amount, e.amount))) AS size
    FROM mainspring.money_events AS e
    -- Outer: what the reconciliation forgot must show.
    LEFT JOIN mainspring.allocations AS a ON a.event_id = e.event_id AND a.superseded_by IS NULL
    GROUP BY 1, 2, 3, 4, 5, 6
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
