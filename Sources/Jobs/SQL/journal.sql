-- The journal: mainspring.runs, run_steps and run_files (docs/architecture.md, "The pipeline's own state").
-- Moments are parameters, taken from the server's clock a statement earlier: within a transaction now() stands still.

-- name: calendar
-- The business date (by default yesterday's, in the business's zone), its end as a moment, and the window it reports:
-- the day itself, or the last month that ends on or before it. A window of the last hour is of the day under way, and
-- what is seen of it ends now.
WITH asked AS (
    SELECT
        coalesce(
            :'business_date'::date,
            (:'moment'::timestamptz AT TIME ZONE :'time_zone'::text)::date
            - CASE :'window_rule'::text WHEN 'last-hour' THEN 0 ELSE 1 END
        ) AS business_date
),
dated AS (
    SELECT
        a.business_date,
        (a.business_date::timestamp AT TIME ZONE :'time_zone'::text) AS begins,
        ((a.business_date + 1)::timestamp AT TIME ZONE :'time_zone'::text) AS ends,
        (date_trunc('month', a.business_date + 1) - interval '1 month')::date AS month_from,
        date_trunc('month', a.business_date + 1)::date - 1 AS month_to
    FROM asked AS a
)
SELECT
    d.business_date,
    CASE :'window_rule'::text WHEN 'last-hour' THEN least(d.ends, :'moment'::timestamptz) ELSE d.ends END AS cut_off,
    CASE :'window_rule'::text WHEN 'last-hour' THEN d.begins ELSE d.ends END <= :'moment'::timestamptz AS is_due,
    CASE :'window_rule'::text WHEN 'previous-month' THEN d.month_from ELSE d.business_date END AS window_from,
    CASE :'window_rule'::text WHEN 'previous-month' THEN d.month_to ELSE d.business_date END AS window_to
FROM dated AS d;

-- name: holder
-- Who holds the writer's lock, as far as the server tells: the backend, and what it calls itself.
SELECT
    l.pid,
    coalesce(nullif(a.application_name, ''), 'a session without a name') AS application_name
FROM pg_locks AS l
LEFT JOIN pg_stat_activity AS a ON a.pid = l.pid
WHERE l.locktype = 'advisory'
    AND l.granted
    AND l.database = (SELECT d.oid FROM pg_database AS d WHERE d.datname = current_database())
    AND ((l.classid::bigint << 32) | l.objid::bigint) = :'lock_key'::bigint
    AND l.objsubid = 1;

-- name: running
SELECT
    r.run_id,
    r.job,
    r.business_date,
    r.os_user,
    r.host,
    r.process_id,
    to_char(r.started_at AT TIME ZONE :'time_zone'::text, 'YYYY-MM-DD HH24:MI:SS') AS started_local
FROM mainspring.runs AS r
WHERE r.status = 'running'
ORDER BY r.run_id DESC
LIMIT 1;

-- name: bury
-- Whoever holds the lock is the only one who runs: a run that still says `running` is of a process that died. The new
-- token keeps that process out, should it turn out to be only slow.
UPDATE mainspring.runs
SET
    status = 'interrupted',
    finished_at = :'moment'::timestamptz,
    owner_token = 'dead',
    error_code = 'run.died',
    error_message = 'The process that ran this ended without a word; its last step was rolled back.'
WHERE status = 'running';

-- name: forget-heartbeats
DELETE FROM mainspring.heartbeats;

-- name: open
INSERT INTO mainspring.runs (
    job, business_date, window_from, window_to, cut_off, status, owner_token, host, process_id, os_user, started_at,
    heartbeat_at, summary, partial, plan, parameters
)
VALUES (
    :'job'::text, :'business_date'::date, :'window_from'::date, :'window_to'::date, :'cut_off'::timestamptz, 'running',
    :'owner_token'::text, :'host'::text, :'process_id'::int, :'os_user'::text, :'moment'::timestamptz,
    :'moment'::timestamptz, '{}'::jsonb, :'partial'::boolean, :'plan'::jsonb, :'parameters'::jsonb
)
RETURNING run_id;

-- name: unfinished
-- The run that is to be taken up again: the one that is named, or the newest of the job (and business date) that stopped
-- and that no later run has made up for.
WITH stopped AS (
    SELECT
        r.run_id,
        (
            SELECT min(l.run_id)
            FROM mainspring.runs AS l
            WHERE l.job = r.job AND l.business_date = r.business_date AND l.run_id > r.run_id
                AND l.status = 'done' AND NOT l.partial
        ) AS made_up_by
    FROM mainspring.runs AS r
    WHERE (:'run_id'::bigint IS NULL OR r.run_id = :'run_id'::bigint)
        AND (:'run_id'::bigint IS NOT NULL OR (r.job = :'job'::text AND r.status IN ('failed', 'interrupted')))
        AND (:'business_date'::date IS NULL OR r.business_date = :'business_date'::date)
)
SELECT
    r.run_id,
    r.job,
    r.business_date,
    r.window_from,
    r.window_to,
    r.cut_off,
    r.status,
    r.plan,
    r.parameters,
    s.made_up_by
FROM stopped AS s
JOIN mainspring.runs AS r ON r.run_id = s.run_id
WHERE :'run_id'::bigint IS NOT NULL OR s.made_up_by IS NULL
ORDER BY r.run_id DESC
LIMIT 1;

-- name: reopen
UPDATE mainspring.runs
SET
    status = 'running',
    owner_token = :'owner_token'::text,
    host = :'host'::text,
    process_id = :'process_id'::int,
    os_user = :'os_user'::text,
    started_at = :'moment'::timestamptz,
    heartbeat_at = :'moment'::timestamptz,
    finished_at = NULL,
    exit_code = NULL,
    error_code = NULL,
    error_message = NULL,
    summary = '{}'::jsonb,
    attempt = attempt + 1
WHERE run_id = :'run_id'::bigint AND status IN ('failed', 'interrupted')
RETURNING attempt;

-- name: forget-unfinished-steps
-- What an earlier attempt didn't finish; steps that read are always done anew, all together.
DELETE FROM mainspring.run_steps
WHERE run_id = :'run_id'::bigint
    AND (status = 'failed' OR (kind IN ('report', 'extract') AND status <> 'skipped'));

-- name: forget-files
DELETE FROM mainspring.run_files WHERE run_id = :'run_id'::bigint;

-- name: earlier
-- The last finished run of the same job and business date; and whether a later date has been reconciled since.
SELECT
    (
        SELECT max(r.run_id)
        FROM mainspring.runs AS r
        WHERE r.job = :'job'::text AND r.business_date = :'business_date'::date AND r.status = 'done' AND NOT r.partial
    ) AS finished_run,
    (
        SELECT to_char(max(r.finished_at) AT TIME ZONE :'time_zone'::text, 'YYYY-MM-DD HH24:MI')
        FROM mainspring.runs AS r
        WHERE r.job = :'job'::text AND r.business_date = :'business_date'::date AND r.status = 'done' AND NOT r.partial
    ) AS finished_local,
    EXISTS (
        SELECT
        FROM mainspring.runs AS r
        JOIN mainspring.run_steps AS s ON s.run_id = r.run_id
        WHERE s.kind = 'reconcile' AND s.status = 'done' AND r.business_date > :'business_date'::date
    ) AS later_reconciled;

-- name: last-done
-- The last business date before the one asked for that a run of the job has done.
SELECT max(r.business_date) AS business_date
FROM mainspring.runs AS r
WHERE r.job = :'job'::text AND r.status = 'done' AND NOT r.partial AND r.business_date < :'business_date'::date;

-- name: done-dates
SELECT r.business_date, max(r.run_id) AS run_id
FROM mainspring.runs AS r
WHERE r.job = :'job'::text AND r.status = 'done' AND NOT r.partial
    AND r.business_date BETWEEN :'from'::date AND :'to'::date
GROUP BY r.business_date
ORDER BY r.business_date;

-- name: heartbeat
UPDATE mainspring.runs
SET heartbeat_at = :'moment'::timestamptz
WHERE run_id = :'run_id'::bigint AND owner_token = :'owner_token'::text AND status = 'running';

-- name: fence
-- Each effect transaction begins here: a run that lost its lock has lost its token too, and writes nothing.
SELECT r.run_id
FROM mainspring.runs AS r
WHERE r.run_id = :'run_id'::bigint AND r.owner_token = :'owner_token'::text AND r.status = 'running'
FOR NO KEY UPDATE;

-- name: imported-file
-- A statement file by its content.
SELECT f.file_name
FROM mainspring.files AS f
WHERE f.sha256 = :'sha256'::text;

-- name: own-status
SELECT r.status
FROM mainspring.runs AS r
WHERE r.run_id = :'run_id'::bigint AND r.owner_token = :'owner_token'::text;

-- name: step
INSERT INTO mainspring.run_steps (
    run_id, step_no, step, kind, status, started_at, finished_at, rows_read, rows_written, rows_rejected, rows_changed,
    detail
)
VALUES (
    :'run_id'::bigint, :'step_no'::int, :'step'::text, :'kind'::text, :'status'::text,
    :'moment'::timestamptz - make_interval(secs => :'seconds'::float8), :'moment'::timestamptz, :'rows_read'::bigint,
    :'rows_written'::bigint, :'rows_rejected'::bigint, :'rows_changed'::bigint, :'detail'::jsonb
);

-- name: file
INSERT INTO mainspring.run_files (run_id, path, format, rows, bytes, sha256, sums)
VALUES (
    :'run_id'::bigint, :'path'::text, :'format'::text, :'rows'::bigint, :'bytes'::bigint, :'sha256'::text,
    :'sums'::jsonb
);

-- name: close
UPDATE mainspring.runs
SET
    status = :'status'::text,
    exit_code = :'exit_code'::int,
    finished_at = :'moment'::timestamptz,
    error_code = :'error_code'::text,
    error_message = :'error_message'::text,
    summary = :'summary'::jsonb
WHERE run_id = :'run_id'::bigint AND owner_token = :'owner_token'::text AND status = 'running';

-- name: last_done
-- From when on a step looks for changes: it last began then, less the time that a transaction may have been open. Limited
-- to some stores, it proved nothing about the others.
SELECT max(s.started_at) - make_interval(secs => :'overlap_seconds'::int) AS since
FROM mainspring.run_steps AS s
WHERE s.kind = 'sql' AND s.step = :'step'::text AND s.status = 'done' AND s.detail -> 'stores' IS NULL;

-- name: standing
-- Where the ledger's money stands: every capture and refund is in exactly one bucket, or in parts of several.
SELECT b.bucket, b.currency, sum(b.amount) AS amount
FROM mainspring.balances AS b
WHERE b.side = 'ledger'
GROUP BY b.bucket, b.currency
ORDER BY b.bucket, b.currency;

-- name: history
SELECT
    r.run_id,
    r.job,
    r.business_date,
    r.status,
    r.exit_code,
    r.os_user,
    r.host,
    to_char(r.started_at AT TIME ZONE :'time_zone'::text, 'YYYY-MM-DD HH24:MI:SS') AS started_local,
    round(extract(epoch FROM r.finished_at - r.started_at), 1) AS seconds,
    r.error_code,
    r.error_message,
    r.attempt,
    r.partial
FROM mainspring.runs AS r
WHERE :'job'::text IS NULL OR r.job = :'job'::text
ORDER BY r.run_id DESC
LIMIT :'limit'::int;

-- name: run
SELECT
    r.run_id,
    r.job,
    r.business_date,
    r.window_from,
    r.window_to,
    to_char(r.cut_off AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS cut_off,
    r.status,
    r.exit_code,
    r.os_user,
    r.host,
    r.process_id,
    to_char(r.started_at AT TIME ZONE :'time_zone'::text, 'YYYY-MM-DD HH24:MI:SS') AS started_local,
    round(extract(epoch FROM r.finished_at - r.started_at), 1) AS seconds,
    r.error_code,
    r.error_message,
    r.attempt,
    r.partial,
    r.summary
FROM mainspring.runs AS r
WHERE r.run_id = :'run_id'::bigint;

-- name: run_steps
SELECT
    s.step_no,
    s.step,
    s.kind,
    s.status,
    s.rows_read,
    s.rows_written,
    s.rows_rejected,
    s.rows_changed,
    round(extract(epoch FROM s.finished_at - s.started_at), 2) AS seconds,
    s.detail
FROM mainspring.run_steps AS s
WHERE s.run_id = :'run_id'::bigint
ORDER BY s.step_no;

-- name: run_files
SELECT f.path, f.format, f.rows, f.bytes, f.sha256, f.sums
FROM mainspring.run_files AS f
WHERE f.run_id = :'run_id'::bigint
ORDER BY f.path;
