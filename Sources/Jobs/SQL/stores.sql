-- Stores that somebody named.

-- name: unknown
SELECT a.store_id
FROM unnest(:'stores'::int[]) AS a (store_id)
LEFT JOIN stores AS s ON s.store_id = a.store_id
WHERE s.store_id IS NULL
ORDER BY a.store_id;
