-- From the demo's truth and, part by part, from what agrees.
SELECT
    1 AS place,
    format(
        'Up to the end of 2026-06-30 in Asia/Karachi, %s agree between our books and the statements to the last paisa.',
        string_agg(concat_ws(' ', a.currency, trim(to_char(a.amount, '999G999G999G999G990D00'))), ', ' ORDER BY a.currency)
    ) AS sentence
FROM (
    SELECT e.currency, sum(p.amount) AS amount
    FROM mainspring.allocations AS p
    JOIN mainspring.money_events AS e ON e.event_id = p.event_id
    WHERE p.superseded_by IS NULL AND p.bucket = 'agreed' AND e.side = 'ledger'
    GROUP BY e.currency
    HAVING sum(p.amount) <> 0
) AS a
UNION ALL
SELECT
    2,
    format(
        '%s breaks are open (%s causes), worth %s.', count(*), count(*) FILTER (WHERE t.role = 'root'),
        'PKR ' || trim(to_char(sum(t.money_effect::numeric) FILTER (WHERE t.role = 'root'), '999G999G999G999G990D00')))
FROM demo_truth AS t
UNION ALL
SELECT 3, format('On this business date %s breaks were opened and 0 were resolved.', count(*))
FROM demo_truth AS t;
