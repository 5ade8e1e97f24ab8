/*
title: The night in words
description: Three sentences for whoever reads nothing else; the same figures stand on the cover of the finance pack.
owner: finance
parameters:
  business_date: { type: date }
  time_zone: { type: text }
columns:
  place: { heading: Place, kind: integer, width: 8 }
  sentence: { heading: Sentence, kind: text, width: 120 }
sort: [place]
formats: [csv]
*/
WITH agreed AS (
    SELECT b.currency, sum(b.amount) AS amount
    FROM mainspring.clearing_balances AS b
    WHERE b.side = 'ledger' AND b.bucket = 'agreed'
    GROUP BY b.currency
), agreed_words AS (
    SELECT string_agg(a.currency || ' ' || to_char(a.amount, 'FM999,999,999,999,990.00'), ', ' ORDER BY a.currency) AS words
    FROM agreed AS a
    WHERE a.amount <> 0
), effects AS (
    SELECT b.currency, sum(b.money_effect) AS amount
    FROM mainspring.breaks AS b
    WHERE b.status <> 'RESOLVED' AND b.role = 'root'
    GROUP BY b.currency
), effect_words AS (
    SELECT string_agg(e.currency || ' ' || to_char(e.amount, 'FM999,999,999,999,990.00'), ', ' ORDER BY e.currency) AS words
    FROM effects AS e
    WHERE e.amount <> 0
), standing AS (
    SELECT count(*) AS breaks, count(*) FILTER (WHERE b.role = 'root') AS causes
    FROM mainspring.breaks AS b
    WHERE b.status <> 'RESOLVED'
), moved AS (
    SELECT
        count(DISTINCT e.break_id) FILTER (WHERE e.event IN ('opened', 'reopened')) AS opened,
        count(DISTINCT e.break_id) FILTER (WHERE e.event = 'resolved') AS resolved
    FROM mainspring.break_events AS e
    WHERE e.business_date = :'business_date'::date
)
SELECT
    1 AS place,
    'Up to the end of ' || :'business_date'::date || ' in ' || :'time_zone'::text || ', '
        || coalesce(w.words || ' agree between our books and the statements to the last paisa.', 'nothing agrees yet.')
        AS sentence
FROM agreed_words AS w
UNION ALL
SELECT
    2,
    CASE
        WHEN s.breaks = 0 THEN 'No break is open.'
        ELSE to_char(s.breaks, 'FM999,999,990')
            || CASE s.breaks WHEN 1 THEN ' break is open (' ELSE ' breaks are open (' END
            || to_char(s.causes, 'FM999,999,990') || CASE s.causes WHEN 1 THEN ' cause)' ELSE ' causes)' END
            || coalesce(', worth ' || w.words, '') || '.'
    END
FROM standing AS s
CROSS JOIN effect_words AS w
UNION ALL
SELECT
    3,
    CASE
        WHEN m.opened = 0 AND m.resolved = 0 THEN 'No break was opened and none was resolved on this business date.'
        ELSE 'On this business date ' || to_char(m.opened, 'FM999,999,990')
            || CASE m.opened WHEN 1 THEN ' break was' ELSE ' breaks were' END || ' opened and '
            || to_char(m.resolved, 'FM999,999,990') || CASE m.resolved WHEN 1 THEN ' was' ELSE ' were' END || ' resolved.'
    END
FROM moved AS m
ORDER BY place;
