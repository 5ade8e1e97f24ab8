/*
title: File register
description: >-
  Which statements came and which are missing, per channel, business date and currency: the days of the window, and
  every day that still lacks something. A statement is expected for a day when something that it must tell was due by
  then, by the business days and holidays that the reconciliation counts with; nothing is expected of a day on which
  nothing happened. Missing: no file of the channel covers the time in which the item had to appear. Incomplete: a
  file covers it, and the item isn't in it. Gap: a bank's statement opens with another balance than the one before it
  closed with.
owner: finance
window: month
parameters:
  from: { type: date }
  to: { type: date }
  time_zone: { type: text }
columns:
  channel: { heading: Channel, kind: text, width: 12 }
  counterparty: { heading: Who sends it, kind: text, width: 13 }
  business_date: { heading: Business date, kind: date, width: 13 }
  currency: { heading: Currency, kind: text, width: 10 }
  status: { heading: Status, kind: text, width: 12 }
  files: { heading: Files, kind: integer, width: 8 }
  file: { heading: File, kind: text, width: 26 }
  imported_on: { heading: Imported on, kind: date, width: 12 }
  lines: { heading: Lines, kind: integer, width: 9, total: sum }
  repeated_lines: { heading: Lines that don't count, kind: integer, width: 20, total: sum }
  net_received: { heading: Net received, kind: money, width: 19, total: sum }
  missing_items: { heading: Items missing, kind: integer, width: 14, total: sum, conditional: flag }
  missing_in: { heading: Missing money in, kind: money, width: 18, total: sum }
  missing_out: { heading: Missing money out, kind: money, width: 18, total: sum }
  expected_from: { heading: Expected from, kind: date, width: 13 }
  balance_gap: { heading: Balance gap, kind: money, width: 17 }
  break_id: { heading: First break, kind: text, width: 18 }
  next_action: { heading: What to do next, kind: text, width: 78 }
currency: currency
sort: [channel, business_date, currency]
formats: [csv, xlsx]
*/
WITH banks AS (
    SELECT min(c.channel) AS channel FROM mainspring.channels AS c WHERE c.counterparty = 'bank'
), awaited AS (
    -- What was due and is in no statement: open causes only, so that nothing is expected twice. Whose statement must
    -- tell it: the bank's of a payout that isn't there, else that of the channel itself.
    SELECT
        CASE WHEN b.code = 'bank.payout_missing' THEN k.channel ELSE b.channel END AS channel,
        b.due_date AS day, b.currency, b.business_date, b.break_id, b.code,
        -- What is missing, from the shop's side: a break of lines that a payout lacks has them with the payout's sign.
        CASE b.code WHEN 'payout.unitemised' THEN b.money_effect ELSE -b.money_effect END AS amount
    FROM mainspring.breaks AS b
    CROSS JOIN banks AS k
    WHERE b.status <> 'RESOLVED' AND b.role = 'root' AND b.due_date <= :'to'::date
        AND b.code IN (
            'settlement.missing', 'settlement.refund_missing', 'cod.remittance_missing', 'payout.missing',
            'payout.unitemised', 'bank.payout_missing')
), gaps AS (
    SELECT
        b.channel, b.due_date AS day, b.currency, sum(b.actual - b.expected) AS balance_gap,
        min(b.break_id) AS break_id
    FROM mainspring.breaks AS b
    WHERE b.status <> 'RESOLVED' AND b.code = 'bank.balance_gap' AND b.due_date <= :'to'::date
    GROUP BY b.channel, b.due_date, b.currency
), since AS (
    -- No line before the window matters, but for those that an item could be among.
    SELECT least(
        :'from'::date, (SELECT min(a.business_date) FROM awaited AS a), (SELECT min(g.day) FROM gaps AS g)
    )::timestamp AT TIME ZONE :'time_zone'::text AS first_moment
), line_days AS (
    -- Every line as its file holds it, also one that came before and doesn't count: the file came all the same.
    SELECT
        l.file_id, l.channel, l.currency,
        (l.settled_at AT TIME ZONE :'time_zone'::text)::date AS day,
        count(*) FILTER (WHERE l.standing = 'live') AS lines,
        count(*) FILTER (WHERE l.standing <> 'live') AS repeated_lines,
        sum(CASE WHEN l.standing <> 'live' OR l.line_type IN (
            'payout', 'payout_reversal', 'opening_balance', 'closing_balance') THEN 0.00 ELSE l.net END) AS net
    FROM mainspring.lines AS l
    WHERE l.settled_at >= (SELECT s.first_moment FROM since AS s)
        AND l.settled_at < (:'to'::date + 1)::timestamp AT TIME ZONE :'time_zone'::text
    GROUP BY l.file_id, l.channel, l.currency, (l.settled_at AT TIME ZONE :'time_zone'::text)::date
), covered AS (
    -- The time that a file speaks of, from its first line to its last. A bank's file is of one account: one currency.
    SELECT
        d.file_id, d.channel, CASE WHEN c.counterparty = 'bank' THEN d.currency END AS account,
        min(d.day) AS first_day, max(d.day) AS last_day
    FROM line_days AS d
    LEFT JOIN mainspring.channels AS c ON c.channel = d.channel
    GROUP BY d.file_id, d.channel, CASE WHEN c.counterparty = 'bank' THEN d.currency END
), received AS (
    SELECT
        d.channel, d.day, d.currency,
        count(*) AS files,
        min(f.file_name) AS file,
        max((f.imported_at AT TIME ZONE :'time_zone'::text)::date) AS imported_on,
        sum(d.lines)::bigint AS lines,
        sum(d.repeated_lines)::bigint AS repeated_lines,
        sum(d.net) AS net_received
    FROM line_days AS d
    JOIN mainspring.files AS f ON f.file_id = d.file_id
    GROUP BY d.channel, d.day, d.currency
), items AS (
    SELECT
        a.*,
        EXISTS (
            SELECT FROM covered AS v
            WHERE v.channel = a.channel AND v.account IS NOT DISTINCT FROM CASE WHEN a.code = 'bank.payout_missing'
                THEN a.currency END
                AND v.first_day <= a.day AND v.last_day >= a.business_date
        ) AS is_covered
    FROM awaited AS a
), missing AS (
    SELECT
        i.channel, i.day, i.currency,
        count(*) AS items,
        count(*) FILTER (WHERE i.is_covered) AS covered_items,
        sum(greatest(i.amount, 0.00)) AS money_in,
        sum(least(i.amount, 0.00)) AS money_out,
        min(i.business_date) AS expected_from,
        min(i.break_id) AS break_id
    FROM items AS i
    GROUP BY i.channel, i.day, i.currency
), days AS (
    SELECT r.channel, r.day, r.currency FROM received AS r WHERE r.day BETWEEN :'from'::date AND :'to'::date
    UNION
    SELECT m.channel, m.day, m.currency FROM missing AS m
    UNION
    SELECT g.channel, g.day, g.currency FROM gaps AS g
), register AS (
    SELECT
        d.channel, d.day, d.currency, r.files, r.file, r.imported_on, r.lines, r.repeated_lines, r.net_received,
        m.items, m.money_in, m.money_out, m.expected_from, g.balance_gap,
        coalesce(m.break_id, g.break_id) AS break_id,
        CASE
            WHEN m.items > m.covered_items THEN 'missing'
            WHEN g.balance_gap IS NOT NULL THEN 'gap'
            WHEN m.items > 0 THEN 'incomplete'
            ELSE 'received'
        END AS status
    FROM days AS d
    LEFT JOIN received AS r ON r.channel = d.channel AND r.day = d.day AND r.currency = d.currency
    LEFT JOIN missing AS m ON m.channel = d.channel AND m.day = d.day AND m.currency = d.currency
    LEFT JOIN gaps AS g ON g.channel = d.channel AND g.day = d.day AND g.currency = d.currency
)
SELECT
    r.channel,
    c.counterparty,
    r.day AS business_date,
    r.currency,
    r.status,
    coalesce(r.files, 0) AS files,
    r.file,
    r.imported_on,
    coalesce(r.lines, 0) AS lines,
    coalesce(r.repeated_lines, 0) AS repeated_lines,
    coalesce(r.net_received, 0.00) AS net_received,
    coalesce(r.items, 0) AS missing_items,
    coalesce(r.money_in, 0.00) AS missing_in,
    coalesce(r.money_out, 0.00) AS missing_out,
    r.expected_from,
    r.balance_gap,
    r.break_id,
    CASE r.status
        WHEN 'missing' THEN 'Ask for the statement of these days, and import it.'
        WHEN 'gap' THEN 'Import the bank statement that is missing before this one.'
        WHEN 'incomplete'
            THEN 'See whether a file of these days is missing; else ask for the lines that it lacks (Breaks).'
    END AS next_action
FROM register AS r
LEFT JOIN mainspring.channels AS c ON c.channel = r.channel
ORDER BY r.channel, r.day, r.currency;
