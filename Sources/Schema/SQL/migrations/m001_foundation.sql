-- The ground that all else stands on: the roles, the schema `mainspring`, and the journal of migrations.
--
-- mainspring_admin   owns what migrations make; `mainspring migrate` works as this role
-- mainspring_job     the scheduled jobs
-- mainspring_report  reports and extracts: reads only, nothing personal
-- mainspring_write   the write paths
--
-- They are group roles without login: a login is granted those that it needs. What each may do is m030_grants.sql.
-- The block is that of config/deploy/roles.sql, word for word (a test holds them equal): a server whose migrating login
-- may not create roles runs that file first, and this block then finds nothing to do.
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

-- The login that migrates works as mainspring_admin, so it must belong to it. A superuser does already. Since PostgreSQL
-- 16 whoever creates a role belongs to it without the right to work as it: that needs a grant too.
DO $$
DECLARE
    is_able boolean := pg_has_role(current_user, 'mainspring_admin', 'MEMBER');
BEGIN
    IF current_setting('server_version_num')::integer >= 160000 THEN
        is_able := pg_has_role(current_user, 'mainspring_admin', 'SET')
            AND pg_has_role(current_user, 'mainspring_admin', 'USAGE');
    END IF;
    IF NOT is_able THEN
        BEGIN
            EXECUTE format('GRANT mainspring_admin TO %I', current_user);
        EXCEPTION WHEN unique_violation THEN
            NULL;
        END;
    END IF;
    -- Jobs stage statements in temporary tables; every role may, unless the server was hardened.
    IF NOT has_database_privilege('mainspring_job', current_database(), 'TEMPORARY') THEN
        EXECUTE format('GRANT TEMPORARY ON DATABASE %I TO mainspring_job', current_database());
    END IF;
    IF NOT has_schema_privilege('mainspring_admin', 'public', 'CREATE') THEN
        GRANT USAGE, CREATE ON SCHEMA public TO mainspring_admin;
    END IF;
END
$$;

CREATE SCHEMA mainspring AUTHORIZATION mainspring_admin;

-- The journal: one row a migration, written in the transaction that applied it. The checksum is the SHA-256 of its
-- text. `adopted` says that the shop's tables were there already (Django made them), so that nothing was run.
CREATE TABLE mainspring.schema_migrations (
    number     integer NOT NULL,
    name       text NOT NULL,
    checksum   text NOT NULL,
    adopted    boolean NOT NULL,
    applied_at timestamptz NOT NULL,
    CONSTRAINT schema_migrations_pkey PRIMARY KEY (number),
    CONSTRAINT schema_migrations_number_check CHECK (number >= 1),
    CONSTRAINT schema_migrations_checksum_check CHECK (checksum ~ '^[0-9a-f]{64}$')
);
ALTER TABLE mainspring.schema_migrations OWNER TO mainspring_admin;
