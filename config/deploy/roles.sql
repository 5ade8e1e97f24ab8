-- The four group roles of Mainspring, for a server whose migrating login may not create roles: an administrator of the
-- server runs this file once, naming that login, and `mainspring migrate` then needs no right to create roles.
--
--     psql -v login=shop_owner -f roles.sql
--
-- Roles belong to the whole server, so two databases may both want them, even at the same moment: whoever comes second
-- finds them there.
DO $roles$
DECLARE
    wanted text;
BEGIN
    FOREACH wanted IN ARRAY ARRAY['mainspring_admin', 'mainspring_job', 'mainspring_report', 'mainspring_write'] LOOP
        IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = wanted) THEN
            BEGIN
                EXECUTE format('CREATE ROLE %I NOLOGIN', wanted);
            EXCEPTION WHEN duplicate_object OR unique_violation THEN
                NULL;
            END;
        END IF;
        IF wanted <> 'mainspring_admin' AND NOT pg_has_role('mainspring_admin', wanted, 'MEMBER') THEN
            BEGIN
                EXECUTE format('GRANT %I TO mainspring_admin', wanted);
            EXCEPTION WHEN unique_violation THEN
                NULL;
            END;
        END IF;
    END LOOP;
END
$roles$;
-- The login that migrates. A login that only runs the jobs needs no more than mainspring_job and mainspring_report.
GRANT mainspring_admin TO :"login";
