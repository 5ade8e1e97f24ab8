-- What is told about runs beside the journal itself: figures for monitors, notifications, the state of the jobs.

-- name: job-figures
-- When a run of the job was last done, and up to which moment its business dates are done, in seconds since 1970.
SELECT
    coalesce(round(extract(epoch FROM max(r.finished_at)), 3), 0) AS last_success,
    coalesce(round(extract(epoch FROM max(r.cut_off)), 3), 0) AS done_until
FROM mainspring.runs AS r
WHERE r.job = :'job'::text AND r.status = 'done' AND NOT r.partial;

-- name: open-breaks
-- A code that has no open break any more stays in the list, with 0.
SELECT b.code, count(*) FILTER (WHERE b.status <> 'RESOLVED') AS open
FROM mainspring.breaks AS b
GROUP BY b.code
ORDER BY b.code;

-- name: notify-admins
-- One row for each administrator who may act, unless he has been told of this run.
INSERT INTO public.notifications (user_id, notification_type, title, message, is_read, created_at)
SELECT u.user_id, 'JOB_FAILED', :'title'::text, :'message'::text, FALSE, :'moment'::timestamptz AT TIME ZONE 'UTC'
FROM public.administrators AS a
JOIN public.users AS u ON u.user_id = a.user_id
WHERE u.is_active
    AND u.role = 'ADMIN'
    AND NOT EXISTS (
        SELECT
        FROM public.notifications AS n
        WHERE n.user_id = u.user_id AND n.notification_type = 'JOB_FAILED' AND n.title = :'title'::text
    );

-- name: deaths
-- Runs that ended without a word and were found dead lately.
SELECT r.run_id, r.job, r.business_date
FROM mainspring.runs AS r
WHERE r.status = 'interrupted'
    AND r.error_code = 'run.died'
    AND r.finished_at > :'moment'::timestamptz - interval '1 day'
    AND r.run_id <> :'run_id'::bigint
ORDER BY r.run_id;
