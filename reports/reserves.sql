/*
title: Reserves
description: >-
  What gateways hold back, hold by hold. Those that were held or released in the window, and all that are still held at
  its end. Statements don't say which hold a release is of, so releases are set against the oldest holds first; a row
  without a hold is what was released beyond all of them. Opening, held and released come to closing in each row, and
  the sums are those of the position reserve in the clearing roll-forward.
owner: finance
parameters:
  from: { type: date }
  to: { type: date }
  time_zone: { type: text }
columns:
  channel: { heading: Channel, kind: text, width: 12 }
  currency: { heading: Currency, kind: text, width: 10 }
  held_on: { heading: Held on, kind: date, width: 12 }
  payout_id: { heading: Held back from, kind: text, width: 29 }
  line_id: { heading: Line, kind: text, width: 29 }
  amount: { heading: Amount of the hold, kind: money, width: 18, total: sum }
  opening: { heading: Opening, kind: money, width: 17, total: sum }
  held: { heading: Held, kind: money, width: 17, total: sum }
  released: { heading: Released, kind: money, width: 17, total: sum }
  closing: { heading: Still held, kind: money, width: 17, total: sum }
  released_on: { heading: Released by, kind: date, width: 12 }
  days_held: { heading: Days held, kind: integer, width: 11 }
  evidence_file: { heading: File, kind: text, width: 24 }
  evidence_line: { heading: At line, kind: integer, width: 9 }
currency: currency
sort: [channel, currency, held_on, line_id]
formats: [csv, xlsx]
*/
WITH reserve_lines AS (
    SELECT
        l.channel, l.currency, l.line_type, l.gross, l.payout_id, l.entity, l.file_id, l.line_no, l.settled_at,
        (l.settled_at AT TIME ZONE :'time_zone'::text)::date AS day
    FROM mainspring.lines AS l
    WHERE l.standing = 'live' AND l.line_type IN ('reserve_hold', 'reserve_release')
        AND l.settled_at < (:'to'::date + 1)::timestamp AT TIME ZONE :'time_zone'::text
), holds AS (
    -- Each hold takes its place in the queue: it lies between what was held before it and what was held with it.
    SELECT
        l.channel, l.currency, l.day, l.payout_id, l.entity, l.file_id, l.line_no,
        -l.gross AS amount,
        sum(-l.gross) OVER queue + l.gross AS queue_from,
        sum(-l.gross) OVER queue AS queue_to
    FROM reserve_lines AS l
    WHERE l.line_type = 'reserve_hold'
    WINDOW queue AS (
        PARTITION BY l.channel, l.currency ORDER BY l.settled_at, l.entity ROWS UNBOUNDED PRECEDING)
), releases AS (
    -- What has been released up to and including each release.
    SELECT
        l.channel, l.currency, l.day,
        sum(l.gross) OVER (
            PARTITION BY l.channel, l.currency ORDER BY l.settled_at, l.entity ROWS UNBOUNDED PRECEDING) AS released
    FROM reserve_lines AS l
    WHERE l.line_type = 'reserve_release'
), sums AS (
    SELECT
        l.channel, l.currency,
        sum(CASE WHEN l.line_type = 'reserve_release' AND l.day < :'from'::date THEN l.gross ELSE 0.00 END)
            AS released_before,
        sum(CASE WHEN l.line_type = 'reserve_release' THEN l.gross ELSE 0.00 END) AS released,
        sum(CASE WHEN l.line_type = 'reserve_hold' AND l.day < :'from'::date THEN -l.gross ELSE 0.00 END)
            AS held_before,
        sum(CASE WHEN l.line_type = 'reserve_hold' THEN -l.gross ELSE 0.00 END) AS held
    FROM reserve_lines AS l
    GROUP BY l.channel, l.currency
), positions AS (
    SELECT
        h.channel, h.currency, h.day, h.payout_id, h.entity, h.file_id, h.line_no, h.amount, h.queue_to,
        CASE WHEN h.day < :'from'::date
            THEN h.amount - least(greatest(s.released_before - h.queue_from, 0.00), h.amount) ELSE 0.00 END AS opening,
        CASE WHEN h.day < :'from'::date THEN 0.00 ELSE h.amount END AS held,
        h.amount - least(greatest(s.released - h.queue_from, 0.00), h.amount) AS closing
    FROM holds AS h
    JOIN sums AS s ON s.channel = h.channel AND s.currency = h.currency
    UNION ALL
    -- Released without ever having been held.
    SELECT
        s.channel, s.currency, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
        least(s.held_before - s.released_before, 0.00), 0.00, least(s.held - s.released, 0.00)
    FROM sums AS s
), ends AS (
    -- The release that reached the end of a hold.
    SELECT p.entity, min(r.day) AS released_on
    FROM positions AS p
    JOIN releases AS r ON r.channel = p.channel AND r.currency = p.currency AND r.released >= p.queue_to
    WHERE p.closing = 0 AND (p.opening <> 0 OR p.held <> 0)
    GROUP BY p.entity
)
SELECT
    p.channel,
    p.currency,
    p.day AS held_on,
    p.payout_id,
    p.entity AS line_id,
    p.amount,
    p.opening,
    p.held,
    p.closing - p.opening - p.held AS released,
    p.closing,
    e.released_on,
    -- To its release, or to the end of the window.
    coalesce(e.released_on, :'to'::date) - p.day AS days_held,
    f.file_name AS evidence_file,
    p.line_no AS evidence_line
FROM positions AS p
LEFT JOIN ends AS e ON e.entity = p.entity
LEFT JOIN mainspring.files AS f ON f.file_id = p.file_id
WHERE p.opening <> 0 OR p.held <> 0 OR p.closing <> 0
ORDER BY p.channel, p.currency, p.day, p.entity;
