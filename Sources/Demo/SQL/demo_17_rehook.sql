-- Indexes, then foreign keys: as they were. A row that breaks one undoes the whole marketplace.
DO $$
DECLARE
    hook record;
BEGIN
    FOR hook IN SELECT u.back FROM mainspring_demo.unhooked AS u ORDER BY u.turn DESC, u.on_table, u.name LOOP
        EXECUTE hook.back;
    END LOOP;
END
$$;
