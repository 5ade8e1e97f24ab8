-- Amounts and roles from the generator's truth; the breaks only say where they lie and since when they are due.
WITH causes AS (
    SELECT
        b.plane, b.code, b.channel, b.currency, b.due_date, t.money_effect::numeric AS effect,
        -- The ages by their last days; what is not due yet is in the first.
        width_bucket(greatest(:'business_date'::date - b.due_date, 0), ARRAY[2, 8, 31, 91]) AS age
    FROM demo_truth AS t
    JOIN mainspring.breaks AS b ON b.code = t.code AND b.entity = t.entity
    WHERE t.role <> 'consequence'
)
SELECT
    c.plane, c.code, c.channel, c.currency,
    nullif(sum((c.age = 0)::integer), 0) AS d0_1_count,
    sum(CASE WHEN c.age = 0 THEN (c.effect + abs(c.effect)) / 2 END) AS d0_1_over_amount,
    sum(CASE WHEN c.age = 0 THEN (c.effect - abs(c.effect)) / 2 END) AS d0_1_under_amount,
    nullif(sum((c.age = 1)::integer), 0) AS d2_7_count,
    sum(CASE WHEN c.age = 1 THEN (c.effect + abs(c.effect)) / 2 END) AS d2_7_over_amount,
    sum(CASE WHEN c.age = 1 THEN (c.effect - abs(c.effect)) / 2 END) AS d2_7_under_amount,
    nullif(sum((c.age = 2)::integer), 0) AS d8_30_count,
    sum(CASE WHEN c.age = 2 THEN (c.effect + abs(c.effect)) / 2 END) AS d8_30_over_amount,
    sum(CASE WHEN c.age = 2 THEN (c.effect - abs(c.effect)) / 2 END) AS d8_30_under_amount,
    nullif(sum((c.age = 3)::integer), 0) AS d31_90_count,
    sum(CASE WHEN c.age = 3 THEN (c.effect + abs(c.effect)) / 2 END) AS d31_90_over_amount,
    sum(CASE WHEN c.age = 3 THEN (c.effect - abs(c.effect)) / 2 END) AS d31_90_under_amount,
    nullif(sum((c.age = 4)::integer), 0) AS d91_plus_count,
    sum(CASE WHEN c.age = 4 THEN (c.effect + abs(c.effect)) / 2 END) AS d91_plus_over_amount,
    sum(CASE WHEN c.age = 4 THEN (c.effect - abs(c.effect)) / 2 END) AS d91_plus_under_amount,
    count(*) AS total_count, sum(c.effect + abs(c.effect)) / 2 AS total_over,
    sum(c.effect - abs(c.effect)) / 2 AS total_under, sum(c.effect) AS net_amount, 0 AS acknowledged_amount,
    min(c.due_date) AS oldest_due_date
FROM causes AS c
GROUP BY c.plane, c.code, c.channel, c.currency;
