/*
title: Unidentified receipts
description: >-
  Credits at the bank that name no payout of ours, up to the night's cut-off: nobody's money until somebody says whose.
  Suggested is the one payout of the same currency and amount that isn't at the bank and was sent at most ten days
  before or after; where several fit, or none, nothing is. A suggestion is shown and never booked. What has been
  identified since stands here no longer.
owner: finance
parameters:
  business_date: { type: date }
  cut_off: { type: timestamp }
  time_zone: { type: text }
columns:
  bank: { heading: Bank statement, kind: text, width: 15 }
  credited_on: { heading: Credited, kind: date, width: 12 }
  bank_reference: { heading: Bank reference, kind: text, width: 24 }
  named_payout: { heading: Payout it names, kind: text, width: 29 }
  currency: { heading: Currency, kind: text, width: 10 }
  amount: { heading: Amount, kind: money, width: 18, total: sum }
  age_days: { heading: Days open, kind: integer, width: 11, conditional: scale }
  suggested_channel: { heading: Suggested channel, kind: text, width: 18 }
  suggested_payout: { heading: Suggested payout, kind: text, width: 29 }
  candidates: { heading: Payouts that fit, kind: integer, width: 16 }
  break_id: { heading: Break, kind: text, width: 18 }
  status: { heading: Status, kind: text, width: 15 }
  owner: { heading: Owner, kind: text, width: 14 }
  note: { heading: Note, kind: text, width: 26 }
  line_id: { heading: Line, kind: text, width: 29 }
  evidence_file: { heading: File, kind: text, width: 24 }
  evidence_line: { heading: At line, kind: integer, width: 9 }
currency: currency
sort: [bank, currency, credited_on, line_id]
formats: [csv, xlsx]
*/
WITH credits AS (
    -- A payout id that two channels use belongs to neither, so payout_channels doesn't have it.
    SELECT
        l.line_id, l.entity, l.channel, l.gateway_line_id, l.payout_id, l.currency, l.gross, l.line_no, l.file_id,
        (l.settled_at AT TIME ZONE :'time_zone'::text)::date AS credited_on
    FROM mainspring.lines AS l
    LEFT JOIN mainspring.payout_channels AS p ON p.payout_id = l.payout_id AND p.currency = l.currency
    WHERE l.line_type = 'bank_credit' AND l.standing = 'live' AND l.gross <> 0
        AND l.settled_at < :'cut_off'::timestamptz AND p.channel IS NULL
), waiting AS (
    -- Payouts that were sent and aren't at the bank; a courier's comes to what its lines do.
    SELECT
        p.channel, p.payout_id, p.currency,
        coalesce(p.payout_amount, p.lines_net) AS amount,
        (p.paid_at AT TIME ZONE :'time_zone'::text)::date AS paid_on
    FROM mainspring.payouts AS p
    JOIN mainspring.channels AS c ON c.channel = p.channel
    WHERE p.bank_amount IS NULL AND c.banked AND (p.payout_amount IS NOT NULL OR c.payouts = 'lines')
), suggestions AS (
    SELECT
        c.line_id, count(*) AS candidates, min(w.channel) AS channel, min(w.payout_id) AS payout_id
    FROM credits AS c
    JOIN waiting AS w
        ON w.currency = c.currency AND w.amount = c.gross
        AND w.paid_on BETWEEN c.credited_on - 10 AND c.credited_on + 10
    GROUP BY c.line_id
)
SELECT
    c.channel AS bank,
    c.credited_on,
    c.gateway_line_id AS bank_reference,
    c.payout_id AS named_payout,
    c.currency,
    c.gross AS amount,
    :'business_date'::date - c.credited_on AS age_days,
    CASE WHEN s.candidates = 1 THEN s.channel END AS suggested_channel,
    CASE WHEN s.candidates = 1 THEN s.payout_id END AS suggested_payout,
    coalesce(s.candidates, 0) AS candidates,
    b.break_id,
    b.status,
    b.owner,
    b.note,
    c.entity AS line_id,
    f.file_name AS evidence_file,
    c.line_no AS evidence_line
FROM credits AS c
JOIN mainspring.files AS f ON f.file_id = c.file_id
LEFT JOIN suggestions AS s ON s.line_id = c.line_id
LEFT JOIN mainspring.breaks AS b
    ON b.line_id = c.line_id AND b.code = 'bank.unidentified' AND b.status <> 'RESOLVED'
ORDER BY c.channel, c.currency, c.credited_on, c.entity;
