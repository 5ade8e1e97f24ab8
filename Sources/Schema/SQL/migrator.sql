-- What the migrator asks. The journal itself is made by m001_foundation.sql.

-- name: lock
-- Held until the transaction ends: a second migrator of this database waits here, then sees what the first has done.
SELECT pg_advisory_xact_lock(:'key'::bigint);

-- name: has-journal
SELECT to_regclass('mainspring.schema_migrations') IS NOT NULL AS present;

-- name: journal
SELECT number, name, checksum, adopted FROM mainspring.schema_migrations ORDER BY number;

-- name: checksums
-- The SHA-256 of each text, in the order given.
SELECT given.place, encode(sha256(convert_to(given.body, 'UTF8')), 'hex') AS checksum
FROM unnest(:'bodies'::text[]) WITH ORDINALITY AS given (body, place)
ORDER BY given.place;

-- name: record
INSERT INTO mainspring.schema_migrations (number, name, checksum, adopted, applied_at)
VALUES (:'number'::integer, :'name'::text, :'checksum'::text, :'adopted'::boolean, clock_timestamp());

-- name: shop-tables
-- Which of the shop's tables are there before we have made any.
SELECT c.relname::text AS name
FROM pg_catalog.pg_class AS c
WHERE c.relnamespace = to_regnamespace('public') AND c.relkind IN ('r', 'p') AND c.relname = ANY (:'tables'::text[])
ORDER BY c.relname;

-- name: rights
-- Whether this login can do what m001_foundation.sql needs, asked before it begins, so that the answer can be exact.
SELECT
    current_user::text AS login,
    current_database()::text AS database_name,
    (SELECT rolsuper OR rolcreaterole FROM pg_catalog.pg_roles WHERE rolname = current_user) AS may_create_roles,
    has_database_privilege(current_database(), 'CREATE') AS may_create_schema,
    has_schema_privilege('public', 'CREATE') AS may_create_tables,
    EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'mainspring_admin') AS has_admin_role,
    (SELECT count(*) FROM pg_catalog.pg_roles
     WHERE rolname IN ('mainspring_admin', 'mainspring_job', 'mainspring_report', 'mainspring_write')) AS roles,
    coalesce(
        (SELECT pg_has_role(oid, 'MEMBER') FROM pg_catalog.pg_roles WHERE rolname = 'mainspring_admin'),
        FALSE) AS is_member;
