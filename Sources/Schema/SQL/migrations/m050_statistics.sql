-- What the planner knows of the tables that a night fills. Whoever runs the night may not ANALYZE tables that it does not
-- own, and until autovacuum comes by, the night's own reports would be planned for the empty tables of before: at 100,000
-- orders the bridge took 34 s instead of 4.
CREATE FUNCTION mainspring.refresh_statistics() RETURNS void
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET default_statistics_target = 100
SET lock_timeout = '2s'
AS $$
BEGIN
    ANALYZE mainspring.lines;
    ANALYZE mainspring.money_events;
    ANALYZE mainspring.allocations;
    ANALYZE mainspring.payouts;
    ANALYZE mainspring.breaks;
EXCEPTION
    -- A vacuum that can't be put off holds a table: slower reports are better than no night.
    WHEN lock_not_available THEN
        RAISE NOTICE 'The statistics of the pipeline''s tables are not refreshed: another session holds one of them.';
END
$$;

REVOKE ALL ON FUNCTION mainspring.refresh_statistics() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION mainspring.refresh_statistics() TO mainspring_job;
