/*
title: Seller statements and the bridge
sheet: Seller control
description: >-
  Whether the sellers' statements hold all of the bridge, step by step and currency by currency, in the months of the
  window. What stands on the statements, what the marketplace bears by its terms, and what no store can be found for
  come together to the step of the bridge, with the money beside it of which no statement comes (bank transfers).
owner: finance
window: month
parameters:
  from: { type: date }
  to: { type: date }
  time_zone: { type: text }
  commission: { type: config, file: config/commission.yml }
columns:
  currency: { heading: Currency, kind: text, width: 10 }
  step_no: { heading: No., kind: integer, width: 6 }
  step: { heading: Step of the bridge, kind: text, width: 30 }
  statements: { heading: On statements, kind: money, width: 20 }
  platform: { heading: Borne by the marketplace, kind: money, width: 24 }
  no_store: { heading: Of no store, kind: money, width: 18 }
  together: { heading: Together, kind: money, width: 20 }
  bridge: { heading: On the bridge, kind: money, width: 20 }
  beside_bridge: { heading: Beside the bridge, kind: money, width: 20 }
  difference: { heading: Difference, kind: money, width: 16 }
  pass: { heading: Pass, kind: text, width: 8, conditional: flag }
currency: currency
sort: [currency, step_no]
formats: [csv, xlsx]
*/
WITH steps (step_no, step, side, kind) AS (
    VALUES
        (5, 'Captured', 'ledger', 'capture'), (5, 'Captured', 'ledger', 'void'), (6, 'Refunded', 'ledger', 'refund'),
        (7, 'Chargebacks', 'statement', 'chargeback'), (8, 'Chargebacks reversed', 'statement', 'chargeback_reversal'),
        (9, 'Fees', 'statement', 'fee'), (10, 'Fees given back', 'statement', 'fee_refund'),
        (11, 'Dispute fees', 'statement', 'dispute_fee'), (12, 'Tax on fees', 'statement', 'fee_tax'),
        (13, 'Income tax withheld', 'statement', 'income_tax_withheld'),
        (14, 'Sales tax withheld', 'statement', 'sales_tax_withheld'), (15, 'Adjustments', 'statement', 'adjustment'),
        (16, 'Converted into this currency', 'statement', 'conversion_in'),
        (17, 'Converted out of this currency', 'statement', 'conversion_out')
), listed AS (
    SELECT t.*
    FROM jsonb_to_recordset(:'commission'::jsonb) AS t (
        "from" date, store_id integer, gateway_fees text, courier_charges text)
), terms AS (
    -- Per store: the terms of all stores until it has some of its own, each until the next.
    SELECT
        s.store_id,
        t."from" AS starts,
        lead(t."from") OVER (PARTITION BY s.store_id ORDER BY t."from") AS ends,
        t.gateway_fees, t.courier_charges
    FROM stores AS s
    LEFT JOIN (
        SELECT l.store_id, min(l."from") AS since
        FROM listed AS l
        WHERE l.store_id IS NOT NULL
        GROUP BY l.store_id
    ) AS own ON own.store_id = s.store_id
    JOIN listed AS t
        ON t.store_id = s.store_id OR (t.store_id IS NULL AND (own.since IS NULL OR t."from" < own.since))
), events AS (
    -- The window's events, each with who bears it.
    SELECT
        e.currency, s.step_no, e.amount,
        CASE
            WHEN o.store_id IS NULL THEN 'no store'
            WHEN e.kind IN ('fee', 'fee_refund', 'dispute_fee', 'fee_tax') AND 'platform' =
                CASE WHEN c.counterparty = 'courier' THEN t.courier_charges ELSE t.gateway_fees END THEN 'platform'
            ELSE 'store'
        END AS bearer
    FROM mainspring.money_events AS e
    JOIN steps AS s ON s.side = e.side AND s.kind = e.kind
    LEFT JOIN mainspring.allocations AS a
        ON a.event_id = e.event_id AND a.superseded_by IS NULL AND a.bucket = 'excluded'
        AND a.reason IN ('resent', 'duplicate', 'line changed', 'superseded')
    LEFT JOIN mainspring.channels AS c ON c.channel = e.channel
    LEFT JOIN orders AS o ON o.order_id = e.order_id
    LEFT JOIN terms AS t
        ON t.store_id = o.store_id
        AND (o.created_at::timestamptz AT TIME ZONE :'time_zone'::text)::date >= t.starts
        AND (t.ends IS NULL OR (o.created_at::timestamptz AT TIME ZONE :'time_zone'::text)::date < t.ends)
    WHERE e.effective_at >= (:'from'::date)::timestamp AT TIME ZONE :'time_zone'::text
        AND e.effective_at < (:'to'::date + 1)::timestamp AT TIME ZONE :'time_zone'::text
        AND a.event_id IS NULL
), counted AS (
    SELECT
        e.currency, e.step_no,
        sum(CASE e.bearer WHEN 'store' THEN e.amount ELSE 0.00 END) AS statements,
        sum(CASE e.bearer WHEN 'platform' THEN e.amount ELSE 0.00 END) AS platform,
        sum(CASE e.bearer WHEN 'no store' THEN e.amount ELSE 0.00 END) AS no_store
    FROM events AS e
    GROUP BY e.currency, e.step_no
), bridged AS (
    -- The bridge itself, from the running balances, and what stands nowhere on it.
    SELECT m.currency, s.step_no, sum(m.bridge) AS bridge, sum(m.beside) AS beside_bridge
    FROM (
        SELECT m.currency, m.side, m.kind, m.amount AS bridge, 0.00 AS beside
        FROM mainspring.clearing_movements AS m
        WHERE m.day BETWEEN :'from'::date AND :'to'::date
        UNION ALL
        SELECT
            p.currency, p.side, p.kind, -p.amount,
            -- Lines that stand elsewhere already, or no longer, are no money at all.
            CASE p.side WHEN 'ledger' THEN p.amount ELSE 0.00 END
        FROM mainspring.clearing_balances AS p
        WHERE p.day BETWEEN :'from'::date AND :'to'::date AND p.is_nowhere
    ) AS m
    JOIN steps AS s ON s.side = m.side AND s.kind = m.kind
    GROUP BY m.currency, s.step_no
), compared AS (
    SELECT
        coalesce(c.currency, b.currency) AS currency,
        coalesce(c.step_no, b.step_no) AS step_no,
        coalesce(c.statements, 0.00) AS statements,
        coalesce(c.platform, 0.00) AS platform,
        coalesce(c.no_store, 0.00) AS no_store,
        coalesce(b.bridge, 0.00) AS bridge,
        coalesce(b.beside_bridge, 0.00) AS beside_bridge
    FROM counted AS c
    FULL JOIN bridged AS b ON b.currency = c.currency AND b.step_no = c.step_no
)
SELECT
    c.currency,
    c.step_no,
    n.step,
    c.statements,
    c.platform,
    c.no_store,
    c.statements + c.platform + c.no_store AS together,
    c.bridge,
    c.beside_bridge,
    c.statements + c.platform + c.no_store - c.bridge - c.beside_bridge AS difference,
    CASE WHEN c.statements + c.platform + c.no_store = c.bridge + c.beside_bridge THEN 'pass' ELSE 'fail' END AS pass
FROM compared AS c
JOIN (SELECT DISTINCT s.step_no, s.step FROM steps AS s) AS n ON n.step_no = c.step_no
WHERE c.statements <> 0 OR c.platform <> 0 OR c.no_store <> 0 OR c.bridge <> 0 OR c.beside_bridge <> 0
ORDER BY c.currency, c.step_no;
