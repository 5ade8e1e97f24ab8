-- The logins under which Mainspring runs, each with the least that its work needs. An administrator of the server runs
-- this file once, after roles.sql or the first `mainspring migrate`:
--
--     psql -f logins.sql
--
-- None of them owns anything, and none may log in by password until one is set (\password mainspring_runner). NOINHERIT:
-- the runner has no right of its own; each step takes the role that it needs, and only that.
--
--     mainspring_runner    the jobs: DATABASE_URL of cron and systemd
--     mainspring_reader    reports and extracts by hand; it can't run a job
DO $logins$
DECLARE
    wanted text;
BEGIN
    FOREACH wanted IN ARRAY ARRAY['mainspring_runner', 'mainspring_reader'] LOOP
        IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = wanted) THEN
            BEGIN
                EXECUTE format(
                    'CREATE ROLE %I LOGIN NOINHERIT NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION CONNECTION LIMIT 20',
                    wanted);
            EXCEPTION WHEN duplicate_object OR unique_violation THEN
                NULL;
            END;
        END IF;
    END LOOP;
END
$logins$;
GRANT mainspring_job, mainspring_report TO mainspring_runner;
GRANT mainspring_report TO mainspring_reader;
