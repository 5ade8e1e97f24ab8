-- The audit trail of administrators (schema document, section 11.2).

-- name: administrator
-- An administrator by id, and whether the account may act.
SELECT a.admin_id, a.access_level::text AS access_level, u.role = 'ADMIN' AND u.is_active AS may_act
FROM public.administrators AS a
JOIN public.users AS u ON u.user_id = a.user_id
WHERE a.admin_id = :'admin_id'::integer;

-- name: record
INSERT INTO public.admin_activity_log
    (admin_id, action_type, entity_type, entity_id, description, ip_address, user_agent, created_at)
VALUES (
    :'admin_id'::integer, :'action_type'::text, :'entity_type'::text, :'entity_id'::integer, :'description'::text,
    :'ip_address'::inet, :'user_agent'::text, :'at'::timestamptz AT TIME ZONE 'UTC')
RETURNING log_id;
