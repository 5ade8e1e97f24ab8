-- The victims of what is planted among orders and payments (demo_08_plant_*.sql): each bears one recipe, so that no two
-- plants ever meet on an order. A recipe takes its victims from a class of orders that fit it, in an order by chance.
CREATE UNLOGGED TABLE victims AS
WITH recipes (recipe, class, base) AS (
    VALUES
        -- demo_08_plant_payments.sql
        ('captured, gateway says failed', 'card', 4), ('paid late, order confirmed', 'card', 3),
        ('gateway took less', 'card', 5), ('other currency', 'card', 4), ('no line', 'card', 5),
        ('line differs', 'card', 5), ('no answer', 'card', 5), ('answer spoilt', 'card', 4),
        ('unknown gateway', 'card', 4), ('items differ', 'card', 3), ('total differs', 'card', 2),
        ('underpaid', 'card', 5), ('paid late, order pending', 'abandoned', 3),
        ('not remitted', 'cod', 6), ('remitted short', 'cod', 6), ('remitted over', 'cod', 4),
        -- demo_08_plant_orders.sql
        ('overpaid', 'card', 3), ('paid in dollars', 'card', 3), ('edited after payment', 'card', 4),
        ('paid, then cancelled', 'card', 3), ('refunded by word only', 'card', 3), ('refunded in part', 'card', 4),
        ('refunded behind the order', 'card', 3), ('refunded, never paid', 'failed', 3),
        ('advance never came', 'advance', 3), ('paid twice', 'twice', 3),
        -- demo_08_plant_settlements.sql
        ('refunded in part, and well', 'card', 12), ('dispute won', 'card', 4), ('dispute lost', 'card', 4),
        ('lost twice', 'card', 3), ('refund in no statement', 'card', 4), ('refund settled short', 'card', 4),
        ('refund nobody recorded', 'card', 4), ('wrong unit', 'card', 4), ('answer of another', 'card', 4),
        ('settled in dollars', 'card', 3), ('under way for weeks', 'card', 4), ('settled though failed', 'failed', 3),
        ('delivered unheard', 'cod', 4), ('settled in rupees', 'dollars', 4), ('settled off the rate', 'dollars', 4)
),
quotas AS (
    SELECT
        recipes.recipe, recipes.class, quota(recipes.base) AS quota,
        sum(quota(recipes.base)) OVER (PARTITION BY recipes.class ORDER BY recipes.recipe COLLATE "C")
            - quota(recipes.base) AS taken
    FROM recipes
),
-- Most are delivered orders of the last year that were settled long ago. `twice` had a first attempt that failed.
candidates AS (
    SELECT
        fit.class, o.n, p.payment_id,
        row_number() OVER (PARTITION BY fit.class ORDER BY pick(71, o.n, 1000000007), o.n) AS rank
    FROM plan_orders AS o
    JOIN plan_payments AS p ON p.n = o.n AND p.part = 2
    LEFT JOIN plan_payments AS f ON f.n = o.n AND f.part = 1
    CROSS JOIN LATERAL (
        SELECT
            o.path = 'DELIVER' AND o.status = 'DELIVERED' AND p.line_amount IS NOT NULL AS settled,
            o.day BETWEEN :'anchor'::date - 600 AND :'anchor'::date - 25 AS unfinished_long_ago
    ) AS fact
    CROSS JOIN LATERAL (
        SELECT CASE
            WHEN o.currency = 'USD' THEN CASE WHEN fact.settled AND o.day <= :'anchor'::date - 30 THEN 'dollars' END
            WHEN o.currency <> 'PKR' THEN NULL
            WHEN o.method = 'ADVANCE' THEN CASE WHEN fact.settled THEN 'advance' END
            WHEN o.advance IS NOT NULL THEN NULL
            WHEN o.path = 'ABANDON' AND p.channel = 'stripe' AND fact.unfinished_long_ago THEN 'abandoned'
            WHEN o.path = 'FAIL' AND p.status = 'FAILED' AND fact.unfinished_long_ago THEN 'failed'
            WHEN NOT fact.settled OR o.day NOT BETWEEN :'anchor'::date - 360 AND :'anchor'::date - 30 THEN NULL
            WHEN o.method = 'COD' AND o.delivered_on <= :'anchor'::date - 35 AND o.total > 8000 THEN 'cod'
            WHEN f.n IS NOT NULL THEN 'twice'
            WHEN o.method IN ('CARD', 'WALLET') AND o.total > 8000 THEN 'card'
        END AS class
    ) AS fit
    WHERE fit.class IS NOT NULL
)
SELECT q.recipe, c.n, c.payment_id, c.rank
FROM quotas AS q
JOIN candidates AS c ON c.class = q.class AND c.rank > q.taken AND c.rank <= q.taken + q.quota;
CREATE UNIQUE INDEX victims_n ON victims (n);
ANALYZE victims;
