-- Breaks, for `mainspring breaks list`.

-- name: list
SELECT
    b.break_id, b.code, b.entity, b.plane, b.role, b.root_break_id, b.severity, b.status, b.channel, b.order_number,
    b.payment_id, b.transaction_id, b.tracking_number, b.payout_id, b.currency, b.expected, b.actual, b.money_effect,
    b.explanation, b.business_date, b.due_date, b.first_seen, b.last_seen, b.resolved_on, b.evidence_file,
    b.evidence_line, b.owner, b.note
FROM mainspring.breaks AS b
WHERE (:'all'::boolean OR b.status <> 'RESOLVED')
    AND (:'codes'::text[] IS NULL OR b.code = ANY (:'codes'::text[]))
ORDER BY b.role DESC, abs(b.money_effect) DESC, b.code, b.break_id
LIMIT :'limit'::bigint;

-- name: count
SELECT count(*) AS breaks
FROM mainspring.breaks AS b
WHERE (:'all'::boolean OR b.status <> 'RESOLVED')
    AND (:'codes'::text[] IS NULL OR b.code = ANY (:'codes'::text[]));
