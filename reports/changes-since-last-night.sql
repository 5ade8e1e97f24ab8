/*
title: Changes since last night
description: >-
  What this business date moved: the open breaks by code, and the money that clears by channel and position, before and
  after. Before is the business date that was closed last before this one. Breaks that were opened and mended between the
  two nights stand nowhere.
owner: finance
parameters:
  business_date: { type: date }
columns:
  section: { heading: Section, kind: text, width: 18 }
  figure: { heading: Figure, kind: text, width: 27 }
  channel: { heading: Channel, kind: text, width: 16 }
  currency: { heading: Currency, kind: text, width: 10 }
  before: { heading: Before, kind: money, width: 20 }
  after: { heading: After, kind: money, width: 20 }
  change: { heading: Change, kind: money, width: 20, conditional: data-bar }
  open_before: { heading: Open before, kind: integer, width: 13, total: sum }
  opened: { heading: Opened, kind: integer, width: 10, total: sum }
  resolved: { heading: Resolved, kind: integer, width: 10, total: sum }
  open_after: { heading: Open after, kind: integer, width: 13, total: sum }
currency: currency
sort: [section, figure, channel, currency]
formats: [csv, xlsx]
*/
WITH events AS (
    -- What happened to each code on this date, however often its run was repeated.
    SELECT
        b.code,
        count(DISTINCT b.break_id) FILTER (WHERE e.event IN ('opened', 'reopened')) AS opened,
        count(DISTINCT b.break_id) FILTER (WHERE e.event = 'resolved') AS resolved
    FROM mainspring.break_events AS e
    JOIN mainspring.breaks AS b ON b.break_id = e.break_id
    WHERE e.business_date = :'business_date'::date AND e.event IN ('opened', 'reopened', 'resolved')
    GROUP BY b.code
), standing AS (
    SELECT b.code, count(*) AS open_after
    FROM mainspring.breaks AS b
    WHERE b.status <> 'RESOLVED'
    GROUP BY b.code
), codes AS (
    SELECT
        coalesce(e.code, s.code) AS code,
        coalesce(e.opened, 0) AS opened,
        coalesce(e.resolved, 0) AS resolved,
        coalesce(s.open_after, 0) AS open_after
    FROM events AS e
    FULL JOIN standing AS s ON s.code = e.code
), last_night AS (
    SELECT max(c.business_date) AS business_date
    FROM mainspring.closings AS c
    WHERE c.business_date < :'business_date'::date
), positions AS (
    SELECT
        c.position,
        c.channel,
        c.currency,
        coalesce(sum(c.amount) FILTER (WHERE c.business_date = n.business_date), 0.00) AS before,
        coalesce(sum(c.amount) FILTER (WHERE c.business_date = :'business_date'::date), 0.00) AS after
    FROM last_night AS n
    JOIN mainspring.closings AS c
        ON c.business_date = :'business_date'::date OR c.business_date = n.business_date
    GROUP BY c.position, c.channel, c.currency
)
SELECT
    'Breaks' AS section,
    c.code AS figure,
    NULL AS channel,
    NULL AS currency,
    NULL::numeric AS before,
    NULL::numeric AS after,
    NULL::numeric AS change,
    -- Opened and mended on one date: neither before nor after.
    greatest(c.open_after - c.opened + c.resolved, 0) AS open_before,
    c.opened,
    c.resolved,
    c.open_after
FROM codes AS c
WHERE c.opened > 0 OR c.resolved > 0
UNION ALL
SELECT
    'Money that clears',
    CASE p.position
        WHEN 'at_gateway' THEN 'At the gateway or courier'
        WHEN 'settled' THEN 'Settled, not paid out'
        WHEN 'paid_out' THEN 'Paid out, not at the bank'
        WHEN 'reserve' THEN 'Held in reserve'
        ELSE 'In open breaks'
    END,
    p.channel,
    p.currency,
    p.before,
    p.after,
    p.after - p.before,
    NULL,
    NULL,
    NULL,
    NULL
FROM positions AS p
WHERE p.after <> p.before
ORDER BY section, figure, channel, currency;
