/*
title: Breaks
description: >-
  Every break that is not resolved, the gravest first, each root followed by its consequences. Money effect is actual
  less expected and stands on roots only, so that a rupee is counted once. Ages count from the run's business date.
owner: finance
parameters:
  business_date: { type: date }
columns:
  break_id: { heading: Break, kind: text, width: 18 }
  code: { heading: Code, kind: text, width: 23 }
  plane: { heading: Plane, kind: text, width: 10 }
  role: { heading: Role, kind: text, width: 13 }
  root_break_id: { heading: Root, kind: text, width: 18 }
  severity: { heading: Severity, kind: text, width: 10 }
  status: { heading: Status, kind: text, width: 15 }
  disposition: { heading: Disposition, kind: text, width: 14 }
  channel: { heading: Channel, kind: text, width: 12 }
  store_id: { heading: Store, kind: integer, width: 8 }
  order_number: { heading: Order number, kind: text, width: 17 }
  payment_id: { heading: Payment, kind: integer, width: 10 }
  transaction_id: { heading: Transaction, kind: text, width: 29 }
  tracking_number: { heading: Tracking number, kind: text, width: 17 }
  payout_id: { heading: Payout, kind: text, width: 28 }
  line_id: { heading: Line, kind: text, width: 29 }
  business_date: { heading: Business date, kind: date, width: 13 }
  due_date: { heading: Due, kind: date, width: 12 }
  first_seen: { heading: First seen, kind: date, width: 12 }
  last_seen: { heading: Last seen, kind: date, width: 12 }
  age_days: { heading: Age in days, kind: integer, width: 11 }
  overdue_days: { heading: Days overdue, kind: integer, width: 12 }
  currency: { heading: Currency, kind: text, width: 10 }
  expected: { heading: Expected, kind: money, width: 16 }
  actual: { heading: Actual, kind: money, width: 16 }
  difference: { heading: Difference, kind: money, width: 16 }
  money_effect: { heading: Money effect, kind: money, width: 17, total: sum }
  evidence_file: { heading: Evidence, kind: text, width: 22 }
  evidence_line: { heading: At line, kind: integer, width: 9 }
  owner: { heading: Owner, kind: text, width: 14 }
  approver: { heading: Approver, kind: text, width: 14 }
  note: { heading: Note, kind: text, width: 26 }
  next_action: { heading: What to do next, kind: text, width: 90 }
currency: currency
sort: [severity, currency, money_effect, root_break_id, break_id]
formats: [csv, xlsx]
*/
SELECT
    b.break_id,
    b.code,
    b.plane,
    b.role,
    b.root_break_id,
    b.severity,
    b.status,
    d.disposition,
    b.channel,
    -- What is wrong with a line says no order of its own; the payment that the line was matched to does.
    coalesce(b.store_id, o.store_id) AS store_id,
    coalesce(b.order_number, o.order_number) AS order_number,
    coalesce(b.payment_id, l.payment_id) AS payment_id,
    b.transaction_id,
    b.tracking_number,
    b.payout_id,
    -- A line's published id comes from its file and place, never from a sequence.
    l.entity AS line_id,
    b.business_date,
    b.due_date,
    b.first_seen,
    b.last_seen,
    :'business_date'::date - b.first_seen AS age_days,
    greatest(:'business_date'::date - b.due_date, 0) AS overdue_days,
    b.currency,
    b.expected,
    -- An amount in another currency stands in the next action in words: it must never enter this column's sums.
    CASE WHEN b.actual_currency = b.currency THEN b.actual END AS actual,
    CASE WHEN b.actual_currency = b.currency THEN b.actual - b.expected END AS difference,
    b.money_effect,
    b.evidence_file,
    b.evidence_line,
    b.owner,
    d.approved_by AS approver,
    b.note,
    CASE
        WHEN r.break_id IS NOT NULL THEN 'Follows from ' || r.code || ' ' || r.break_id || ': mend that one.'
        WHEN b.actual_currency <> b.currency AND b.actual IS NOT NULL
            THEN 'They say ' || b.actual || ' ' || b.actual_currency || '. ' || c.next_action
        ELSE coalesce(c.next_action, 'Compare expected with actual, and ask the owner of the side that is wrong.')
    END AS next_action
FROM mainspring.breaks AS b
LEFT JOIN mainspring.breaks AS r ON r.break_id = b.root_break_id
LEFT JOIN mainspring.lines AS l ON l.line_id = b.line_id
LEFT JOIN orders AS o ON o.order_id = l.order_id AND b.order_id IS NULL
LEFT JOIN mainspring.break_codes AS c ON c.code = b.code
LEFT JOIN (
    SELECT DISTINCT ON (d.break_id) d.break_id, d.disposition, d.approved_by
    FROM mainspring.dispositions AS d
    ORDER BY d.break_id, d.disposition_id DESC
) AS d ON d.break_id = b.break_id
WHERE b.status <> 'RESOLVED'
ORDER BY
    CASE coalesce(r.severity, b.severity) WHEN 'high' THEN 1 WHEN 'medium' THEN 2 ELSE 3 END,
    -- A root's currency holds its consequences together: theirs may be another.
    coalesce(r.currency, b.currency),
    abs(coalesce(r.money_effect, b.money_effect)) DESC,
    coalesce(b.root_break_id, b.break_id),
    b.role DESC,
    b.break_id;
