-- Retention (`mainspring expire`). Only what nothing of the books refers to ever goes: no money event, line, part, payout,
-- break, closing or watermark names a run that is deleted here, and none of those is deleted.

-- name: runs
-- Runs that ended before the moment and may go; of each job the last that is done stays.
SELECT r.run_id, r.job, r.business_date, r.status
FROM mainspring.runs AS r
WHERE r.status <> 'running'
    AND r.finished_at < :'before'::timestamptz
    AND r.run_id NOT IN (
        SELECT max(d.run_id)
        FROM mainspring.runs AS d
        WHERE d.status = 'done' AND NOT d.partial
        GROUP BY d.job
    )
    AND NOT EXISTS (SELECT FROM mainspring.files AS f WHERE f.run_id = r.run_id)
    AND NOT EXISTS (SELECT FROM mainspring.money_events AS e WHERE e.run_id = r.run_id)
    AND NOT EXISTS (SELECT FROM mainspring.allocations AS a WHERE a.run_id = r.run_id)
    AND NOT EXISTS (SELECT FROM mainspring.payouts AS p WHERE p.run_id = r.run_id)
    AND NOT EXISTS (SELECT FROM mainspring.breaks AS b WHERE b.opened_run = r.run_id)
    AND NOT EXISTS (SELECT FROM mainspring.breaks AS b WHERE b.last_run = r.run_id)
    AND NOT EXISTS (SELECT FROM mainspring.break_events AS v WHERE v.run_id = r.run_id)
    AND NOT EXISTS (SELECT FROM mainspring.closes AS c WHERE c.run_id = r.run_id)
    AND NOT EXISTS (SELECT FROM mainspring.closings AS k WHERE k.run_id = r.run_id)
    AND NOT EXISTS (SELECT FROM mainspring.watermarks AS w WHERE w.run_id = r.run_id)
ORDER BY r.run_id;

-- name: forget-files
DELETE FROM mainspring.run_files WHERE run_id = ANY (:'runs'::bigint[]);

-- name: forget-steps
DELETE FROM mainspring.run_steps WHERE run_id = ANY (:'runs'::bigint[]);

-- name: forget-runs
DELETE FROM mainspring.runs WHERE run_id = ANY (:'runs'::bigint[]) AND status <> 'running';

-- name: closed
-- Which of these business dates lie in a period that is closed.
SELECT d.day
FROM unnest(:'dates'::text[]) AS n (text)
CROSS JOIN LATERAL (SELECT n.text::date AS day) AS d
WHERE EXISTS (SELECT FROM mainspring.closes AS c WHERE d.day BETWEEN c.period_from AND c.period_to)
ORDER BY d.day;

-- name: limits
-- The moment before which a run is old, and the business date before which a folder is.
SELECT
    (:'moment'::timestamptz - make_interval(days => :'journal_days'::int))::text AS runs_before,
    (:'moment'::timestamptz AT TIME ZONE :'time_zone'::text)::date - :'reports_days'::int AS folders_before;
