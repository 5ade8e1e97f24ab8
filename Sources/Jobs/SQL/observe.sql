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

-- name: beat
-- Only of a run that still is this process's: whoever has taken over has given it another token.
INSERT INTO mainspring.heartbeats (run_id, beat_at)
SELECT r.run_id, :'moment'::timestamptz
FROM mainspring.runs AS r
WHERE r.run_id = :'run_id'::bigint AND r.owner_token = :'owner_token'::text AND r.status = 'running'
ON CONFLICT (run_id) DO UPDATE SET beat_at = excluded.beat_at;

-- name: stop-beating
DELETE FROM mainspring.heartbeats WHERE run_id = :'run_id'::bigint;

-- name: clock
-- The moment, and the last business date that is over.
SELECT
    to_char(:'moment'::timestamptz AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS moment,
    (:'moment'::timestamptz AT TIME ZONE :'time_zone'::text)::date - 1 AS last_date;

-- name: job-states
-- Of each job the last run and the last whole one that is done, with their ages in seconds.
WITH ends AS (
    SELECT
        r.job,
        max(r.run_id) AS last_run,
        max(r.run_id) FILTER (WHERE r.status = 'done' AND NOT r.partial) AS last_done,
        max(r.business_date) FILTER (WHERE r.status = 'done' AND NOT r.partial) AS done_date
    FROM mainspring.runs AS r
    GROUP BY r.job
)
SELECT
    e.job,
    e.done_date,
    r.run_id,
    r.business_date,
    r.status,
    r.exit_code,
    r.error_code,
    to_char(r.started_at AT TIME ZONE :'time_zone'::text, 'YYYY-MM-DD HH24:MI:SS') AS started_local,
    round(extract(epoch FROM :'moment'::timestamptz - greatest(r.heartbeat_at, h.beat_at)), 1) AS silent_seconds,
    d.run_id AS done_run,
    to_char(d.finished_at AT TIME ZONE :'time_zone'::text, 'YYYY-MM-DD HH24:MI:SS') AS done_local,
    round(extract(epoch FROM :'moment'::timestamptz - d.finished_at), 1) AS done_seconds
FROM ends AS e
JOIN mainspring.runs AS r ON r.run_id = e.last_run
LEFT JOIN mainspring.heartbeats AS h ON h.run_id = r.run_id
LEFT JOIN mainspring.runs AS d ON d.run_id = e.last_done
ORDER BY e.job;

-- name: last-runs
-- Of each job and business date the last run that has ended; of each job no more than the newest ninety dates. The page
-- is the run's own where it wrote one.
WITH last AS (
    SELECT max(r.run_id) AS run_id
    FROM mainspring.runs AS r
    WHERE r.status <> 'running'
    GROUP BY r.job, r.business_date
), numbered AS (
    SELECT
        r.run_id,
        r.job,
        r.business_date,
        r.status,
        r.exit_code,
        (r.summary ->> 'openBreaks')::bigint AS open_breaks,
        row_number() OVER (PARTITION BY r.job ORDER BY r.business_date DESC) AS place
    FROM last AS l
    JOIN mainspring.runs AS r ON r.run_id = l.run_id
)
SELECT n.job, n.business_date, n.status, n.exit_code, n.open_breaks, count(f.path) AS files, min(f.path) FILTER (
    WHERE f.format = 'html' AND f.path NOT LIKE '%/%') AS page
FROM numbered AS n
LEFT JOIN mainspring.run_files AS f ON f.run_id = n.run_id
WHERE n.place <= 90
GROUP BY n.job, n.business_date, n.status, n.exit_code, n.open_breaks
ORDER BY n.job, n.business_date DESC;
