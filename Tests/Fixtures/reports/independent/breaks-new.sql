-- The marketplace's first night: all that the generator planted, and nothing else, is new, and weighs nothing before.
SELECT
    'new' AS change, t.code, left(encode(sha256(convert_to(t.code || ' ' || t.entity, 'UTF8')), 'hex'), 16) AS break_id,
    t.role, 'OPEN' AS status, DATE '2026-06-30' AS changed_on, NULL::date AS since, 0 AS effect_before,
    t.money_effect::numeric AS effect_now, greatest(t.money_effect::numeric, 0) AS change_over,
    -greatest(-t.money_effect::numeric, 0) AS change_under
FROM demo_truth AS t;
