-- Filling is faster when foreign keys are checked once, as a set, and indexes are built once, sorted. Both come off
-- here and on again, word for word, in demo_17_rehook.sql: in the same transaction, so nobody sees the shop without
-- them. Primary keys and UNIQUE constraints stay, and so do partial indexes: PostgreSQL may word a predicate otherwise
-- when it reads it back, and doctor compares words.
CREATE UNLOGGED TABLE unhooked AS
SELECT
    1 AS turn, c.conrelid::regclass::text AS on_table, c.conname::text AS name,
    format('ALTER TABLE %s DROP CONSTRAINT %I', c.conrelid::regclass, c.conname) AS off,
    format('ALTER TABLE %s ADD CONSTRAINT %I %s', c.conrelid::regclass, c.conname, pg_get_constraintdef(c.oid)) AS back
FROM pg_catalog.pg_constraint AS c
WHERE c.contype = 'f' AND c.connamespace = 'public'::regnamespace
UNION ALL
SELECT
    2, i.indrelid::regclass::text, i.indexrelid::regclass::text,
    format('DROP INDEX %s', i.indexrelid::regclass), pg_get_indexdef(i.indexrelid)
FROM pg_catalog.pg_index AS i
JOIN pg_catalog.pg_class AS t ON t.oid = i.indrelid AND t.relnamespace = 'public'::regnamespace
WHERE i.indpred IS NULL AND NOT EXISTS (SELECT FROM pg_catalog.pg_constraint AS c WHERE c.conindid = i.indexrelid)
    AND t.relname IN (
        'users', 'customers', 'sellers', 'administrators', 'addresses', 'stores', 'product_categories', 'brands',
        'products', 'images', 'product_images', 'review_images', 'orders', 'order_items', 'payments', 'reviews',
        'chat_conversations', 'messages', 'favorites', 'admin_activity_log', 'notifications');
DO $$
DECLARE
    hook record;
BEGIN
    FOR hook IN SELECT u.off FROM mainspring_demo.unhooked AS u ORDER BY u.turn, u.on_table, u.name LOOP
        EXECUTE hook.off;
    END LOOP;
END
$$;
