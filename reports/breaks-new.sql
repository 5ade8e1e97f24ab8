/*
title: Breaks since the last run
sheet: Breaks since last run
description: >-
  What happened to breaks since the run before of the same job: those that are new, came back, changed or were
  resolved, the gravest first. Effect before and effect now say what each added to the open breaks then and adds now.
  What lies between them moved either what is over or what is under, which are never netted: a break of −100.00 that
  is resolved moves what is under by 100.00. Breaks that are as they were are on the sheet Breaks.
owner: finance
parameters:
  business_date: { type: date }
columns:
  change: { heading: What happened, kind: text, width: 15 }
  break_id: { heading: Break, kind: text, width: 18 }
  code: { heading: Code, kind: text, width: 28 }
  plane: { heading: Plane, kind: text, width: 10 }
  role: { heading: Role, kind: text, width: 13 }
  root_break_id: { heading: Root, kind: text, width: 18 }
  severity: { heading: Severity, kind: text, width: 10 }
  status: { heading: Status now, kind: text, width: 15 }
  channel: { heading: Channel, kind: text, width: 12 }
  store_id: { heading: Store, kind: integer, width: 8 }
  order_number: { heading: Order number, kind: text, width: 17 }
  payment_id: { heading: Payment, kind: integer, width: 10 }
  payout_id: { heading: Payout, kind: text, width: 29 }
  business_date: { heading: Business date, kind: date, width: 13 }
  due_date: { heading: Due, kind: date, width: 12 }
  since: { heading: Compared with, kind: date, width: 14 }
  changed_on: { heading: Changed on, kind: date, width: 12 }
  currency: { heading: Currency, kind: text, width: 10 }
  effect_before: { heading: Effect before, kind: money, width: 17, total: sum }
  effect_now: { heading: Effect now, kind: money, width: 17, total: sum }
  change_over: { heading: Over moved by, kind: money, width: 17, total: sum }
  change_under: { heading: Under moved by, kind: money, width: 17, total: sum }
  evidence_file: { heading: Evidence, kind: text, width: 22 }
  evidence_line: { heading: At line, kind: integer, width: 9 }
  owner: { heading: Owner, kind: text, width: 14 }
  next_action: { heading: What to do next, kind: text, width: 90 }
currency: currency
sort: [change, severity, currency, effect_now, effect_before, break_id]
formats: [csv, xlsx]
charts:
  - { title: What breaks changed by, kind: bar, category: code, series: [change_over, change_under], largest: 10 }
*/
WITH this_run AS (
    -- The run that this is a report of: the last that was begun for the business date.
    SELECT r.job
    FROM mainspring.runs AS r
    WHERE r.business_date = :'business_date'::date
    ORDER BY r.run_id DESC
    LIMIT 1
), compared AS (
    -- The run before of the same job; made by hand for a day without a run, any run before. None: everything is new.
    SELECT coalesce(max(r.business_date), '-infinity'::date) AS since
    FROM mainspring.runs AS r
    WHERE r.business_date < :'business_date'::date AND r.status = 'done' AND NOT r.partial
        AND r.job = coalesce((SELECT t.job FROM this_run AS t), r.job)
), happened AS (
    SELECT
        v.break_id,
        v.event,
        v.business_date,
        (v.detail -> 'money_effect' ->> 0)::numeric AS old_effect,
        (v.detail -> 'money_effect' ->> 1)::numeric AS new_effect,
        row_number() OVER (PARTITION BY v.break_id ORDER BY v.break_event_id) AS first_no,
        row_number() OVER (PARTITION BY v.break_id ORDER BY v.break_event_id DESC) AS last_no
    FROM mainspring.break_events AS v
    CROSS JOIN compared AS c
    WHERE v.business_date > c.since AND v.business_date <= :'business_date'::date
        -- What somebody said of a break changes neither its facts nor its money.
        AND v.event <> 'acknowledged'
), changes AS (
    -- From the first thing that happened to what it was before, from the last to what it is now.
    SELECT
        f.break_id,
        f.event AS first_event,
        l.event AS last_event,
        l.business_date AS changed_on,
        CASE WHEN f.event IN ('opened', 'reopened') THEN 0.00 ELSE coalesce(f.old_effect, 0.00) END AS effect_before,
        CASE WHEN l.event = 'resolved' THEN 0.00 ELSE coalesce(l.new_effect, 0.00) END AS effect_now
    FROM happened AS f
    JOIN happened AS l ON l.break_id = f.break_id AND l.last_no = 1
    WHERE f.first_no = 1
), named AS (
    SELECT
        c.*,
        CASE
            WHEN c.first_event IN ('opened', 'reopened') AND c.last_event = 'resolved' THEN 'came and went'
            WHEN c.last_event = 'resolved' THEN 'resolved'
            WHEN c.first_event = 'opened' THEN 'new'
            WHEN c.first_event = 'reopened' THEN 'came back'
            ELSE 'changed'
        END AS change
    FROM changes AS c
)
SELECT
    n.change,
    b.break_id,
    b.code,
    b.plane,
    b.role,
    b.root_break_id,
    b.severity,
    b.status,
    b.channel,
    b.store_id,
    b.order_number,
    b.payment_id,
    b.payout_id,
    b.business_date,
    b.due_date,
    nullif(p.since, '-infinity'::date) AS since,
    n.changed_on,
    b.currency,
    n.effect_before::numeric(14,2) AS effect_before,
    n.effect_now::numeric(14,2) AS effect_now,
    -- Over is what is more than expected, under what is less. Both together are effect now less effect before.
    (greatest(n.effect_now, 0.00) - greatest(n.effect_before, 0.00))::numeric(14,2) AS change_over,
    (least(n.effect_now, 0.00) - least(n.effect_before, 0.00))::numeric(14,2) AS change_under,
    b.evidence_file,
    b.evidence_line,
    b.owner,
    CASE
        WHEN n.last_event = 'resolved' THEN 'None: it is right now.'
        WHEN r.break_id IS NOT NULL THEN 'Follows from ' || r.code || ' ' || r.break_id || ': mend that one.'
        ELSE coalesce(k.next_action, 'Compare expected with actual, and ask the owner of the side that is wrong.')
    END AS next_action
FROM named AS n
CROSS JOIN compared AS p
JOIN mainspring.breaks AS b ON b.break_id = n.break_id
LEFT JOIN mainspring.breaks AS r ON r.break_id = b.root_break_id
LEFT JOIN mainspring.break_codes AS k ON k.code = b.code
ORDER BY
    CASE n.change
        WHEN 'new' THEN 1 WHEN 'came back' THEN 2 WHEN 'changed' THEN 3 WHEN 'came and went' THEN 4 ELSE 5
    END,
    CASE b.severity WHEN 'high' THEN 1 WHEN 'medium' THEN 2 ELSE 3 END,
    b.currency,
    abs(n.effect_now) DESC,
    abs(n.effect_before) DESC,
    b.break_id;
