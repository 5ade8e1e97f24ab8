-- What a dry run asks instead of doing (docs/operator.md, "Dry run"): plain SELECTs, for a role that can only read.

-- name: reconcile-scope
-- How much a reconciliation would look at, as far as it can be known without doing it: what changed since the watermark
-- (less the overlap for transactions that were open then), the lines that no run has seen, and the breaks that are open.
WITH mark AS (
    SELECT max(w.moment) AS moment, max(w.moment) - make_interval(secs => :'overlap_seconds'::int) AS since
    FROM mainspring.watermarks AS w
    WHERE w.name = 'reconcile'
)
SELECT
    m.moment IS NULL AS everything,
    (
        SELECT count(*)
        FROM orders AS o
        WHERE o.created_at < :'cut_off'::timestamptz AND (m.since IS NULL OR o.updated_at >= m.since)
    ) AS orders,
    (
        SELECT count(*)
        FROM payments AS p
        JOIN orders AS o ON o.order_id = p.order_id
        WHERE o.created_at < :'cut_off'::timestamptz AND (m.since IS NULL OR p.updated_at >= m.since)
    ) AS payments,
    (
        SELECT count(*)
        FROM mainspring.lines AS l
        WHERE l.settled_at < greatest(:'cut_off'::timestamptz, m.moment)
            AND (
                l.line_id > coalesce(
                    (SELECT max(e.line_id) FROM mainspring.money_events AS e WHERE e.side = 'statement'), 0)
                OR l.settled_at >= m.moment
            )
    ) AS lines,
    (SELECT count(*) FROM mainspring.breaks AS b WHERE b.status <> 'RESOLVED') AS open_breaks
FROM mark AS m;
