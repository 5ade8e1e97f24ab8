-- Store metrics: total_sales, total_orders, store_rating and total_reviews of every store (or of the stores given),
-- brought in line with the delivered orders and the approved reviews (docs/semantics.md, "Words").
--
-- A step's file has up to three named statements, which Mainspring runs in one transaction, in this order:
--   lock        takes the rows that may change, so that nobody changes them meanwhile;
--   difference  a pure SELECT of what would change, with the columns entity, finding, applies, before and after (two
--               objects of texts), and those that apply needs;
--   apply       takes columns of the difference's rows that apply as arrays, and writes only rows that differ.
-- Of all stores it looks at those whose orders, reviews or own row changed since it was last done (`changed_since`), and works out
-- their figures from all of their orders; with `everything`, or when it was never done, at every store. A store whose figures
-- differ though nothing of it changed since is `store.missed`: a review was deleted, or a transaction was open too long.
-- The figures are those of this moment, not of the cut-off: the shop itself moves them with every delivery, and a job
-- that set them back to midnight would undo the morning's.

-- name: lock
-- Lock first, aggregate in the next statement. A delivery that commits while we wait for its store's lock is seen by
-- the difference's own, later snapshot; one statement that aggregated and updated would overwrite it.
SELECT s.store_id
FROM stores AS s
WHERE (:'stores'::int[] IS NULL OR s.store_id = ANY (:'stores'::int[]))
    AND (
        :'everything'::boolean
        OR s.updated_at >= :'changed_since'::timestamptz
        OR s.store_id IN (
            SELECT o.store_id FROM orders AS o WHERE o.updated_at >= :'changed_since'::timestamptz
            UNION
            SELECT r.store_id FROM reviews AS r WHERE r.updated_at >= :'changed_since'::timestamptz
        )
    )
ORDER BY s.store_id
FOR NO KEY UPDATE;

-- name: difference
WITH touched AS (
    SELECT o.store_id FROM orders AS o WHERE o.updated_at >= :'changed_since'::timestamptz
    UNION
    SELECT r.store_id FROM reviews AS r WHERE r.updated_at >= :'changed_since'::timestamptz
    UNION
    SELECT s.store_id FROM stores AS s WHERE s.updated_at >= :'changed_since'::timestamptz
),
looked_at AS (
    SELECT s.store_id, t.store_id IS NOT NULL OR :'changed_since'::timestamptz IS NULL AS is_touched
    FROM stores AS s
    LEFT JOIN touched AS t ON t.store_id = s.store_id
    WHERE (:'everything'::boolean OR t.store_id IS NOT NULL)
        AND (:'stores'::int[] IS NULL OR s.store_id = ANY (:'stores'::int[]))
),
sales AS (
    SELECT
        v.store_id,
        sum(v.completed_orders) AS total_orders,
        sum(v.sales) FILTER (WHERE v.currency = :'business_currency'::text) AS total_sales
    FROM mainspring.store_sales AS v
    WHERE v.store_id IN (SELECT l.store_id FROM looked_at AS l)
    GROUP BY v.store_id
),
figures AS (
    SELECT
        s.store_id,
        l.is_touched,
        s.total_sales AS sales_before,
        s.total_orders AS orders_before,
        s.store_rating AS rating_before,
        s.total_reviews AS reviews_before,
        coalesce(n.total_sales, 0.00) AS sales_after,
        coalesce(n.total_orders, 0) AS orders_after,
        coalesce(r.rating, 0.00) AS rating_after,
        coalesce(r.reviews, 0) AS reviews_after
    FROM looked_at AS l
    JOIN stores AS s ON s.store_id = l.store_id
    LEFT JOIN sales AS n ON n.store_id = s.store_id
    LEFT JOIN mainspring.store_reviews AS r ON r.store_id = s.store_id
),
judged AS (
    SELECT
        f.*,
        -- DECIMAL(12,2) and INTEGER: what does not fit leaves the store as it was, is reported, and holds up no other.
        abs(f.sales_after) < 10000000000 AND f.orders_after <= 2147483647 AND f.reviews_after <= 2147483647 AS fits
    FROM figures AS f
)
SELECT
    'store:' || j.store_id AS entity,
    CASE
        WHEN NOT j.fits THEN 'store.overflow'
        WHEN j.is_touched THEN 'store.drift'
        ELSE 'store.missed'
    END AS finding,
    j.fits AS applies,
    jsonb_build_object(
        'total_sales', j.sales_before::text, 'total_orders', j.orders_before::text,
        'store_rating', j.rating_before::text, 'total_reviews', j.reviews_before::text
    ) AS before,
    jsonb_build_object(
        'total_sales', j.sales_after::text, 'total_orders', j.orders_after::text,
        'store_rating', j.rating_after::text, 'total_reviews', j.reviews_after::text
    ) AS after,
    j.store_id,
    j.sales_before,
    j.orders_before,
    j.rating_before,
    j.reviews_before,
    j.sales_after,
    j.orders_after,
    j.rating_after,
    j.reviews_after
FROM judged AS j
WHERE (j.sales_before, j.orders_before, j.rating_before, j.reviews_before)
    IS DISTINCT FROM (j.sales_after, j.orders_after, j.rating_after, j.reviews_after)
ORDER BY j.store_id;

-- name: apply
-- The second condition refuses a store that is no longer as the difference saw it (one that was opened in between, and
-- so was never locked): the next run takes it.
UPDATE stores AS s
SET
    total_sales = d.sales_after,
    total_orders = d.orders_after,
    store_rating = d.rating_after,
    total_reviews = d.reviews_after
FROM unnest(
    :'store_id'::int[], :'sales_before'::numeric[], :'orders_before'::int[], :'rating_before'::numeric[],
    :'reviews_before'::int[], :'sales_after'::numeric[], :'orders_after'::int[], :'rating_after'::numeric[],
    :'reviews_after'::int[]
) AS d (
    store_id, sales_before, orders_before, rating_before, reviews_before, sales_after, orders_after, rating_after,
    reviews_after
)
WHERE s.store_id = d.store_id
    AND (s.total_sales, s.total_orders, s.store_rating, s.total_reviews)
    IS NOT DISTINCT FROM (d.sales_before, d.orders_before, d.rating_before, d.reviews_before);
