-- Sold out (docs/semantics.md, "Words"): a product with no pieces left that is ACTIVE or RESERVED becomes SOLD. SOLD
-- with pieces left is restocked: reported, and set back to ACTIVE only when it is approved and stock.reactivate_restocked
-- is on (shops mark one-off watches SOLD by hand). DRAFT and INACTIVE are never touched.
-- What lock, difference and apply are is told in jobs/store-metrics.sql.

-- name: lock
SELECT p.product_id
FROM products AS p
WHERE (p.pieces = 0 AND p.status IN ('ACTIVE', 'RESERVED'))
    OR (
        :'reactivate_restocked'::boolean
        AND p.pieces > 0 AND p.status = 'SOLD' AND p.approval_status = 'APPROVED'
    )
ORDER BY p.product_id
FOR NO KEY UPDATE;

-- name: difference
WITH candidates AS (
    SELECT
        p.product_id,
        p.status,
        p.pieces,
        CASE
            WHEN p.pieces = 0 THEN 'SOLD'
            WHEN :'reactivate_restocked'::boolean AND p.approval_status = 'APPROVED' THEN 'ACTIVE'
            ELSE p.status
        END AS status_after
    FROM products AS p
    WHERE (p.pieces = 0 AND p.status IN ('ACTIVE', 'RESERVED')) OR (p.pieces > 0 AND p.status = 'SOLD')
)
SELECT
    'product:' || c.product_id AS entity,
    CASE
        WHEN c.pieces = 0 THEN 'product.sold_out'
        WHEN c.status_after = 'ACTIVE' THEN 'product.reactivated'
        ELSE 'product.restocked'
    END AS finding,
    c.status_after <> c.status AS applies,
    jsonb_build_object('status', c.status, 'pieces', c.pieces::text) AS before,
    jsonb_build_object('status', c.status_after, 'pieces', c.pieces::text) AS after,
    c.product_id,
    c.status AS status_before,
    c.pieces,
    c.status_after
FROM candidates AS c
ORDER BY c.product_id;

-- name: apply
-- A product that was sold out or restocked after the lock was never locked: it is written only if it is still as the
-- difference saw it.
UPDATE products AS p
SET status = d.status_after
FROM unnest(:'product_id'::int[], :'status_before'::text[], :'pieces'::int[], :'status_after'::text[])
    AS d (product_id, status_before, pieces, status_after)
WHERE p.product_id = d.product_id AND p.status = d.status_before AND p.pieces = d.pieces;
