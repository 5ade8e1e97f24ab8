-- The first night of the demo opens every break of its truth; what clears is counted part by part, not from closings.
SELECT
    'Breaks' AS section,
    t.code AS figure,
    NULL AS channel,
    NULL AS currency,
    NULL::numeric AS before,
    NULL::numeric AS after,
    0 AS open_before,
    count(*) AS opened,
    0 AS resolved,
    count(*) AS open_after
FROM demo_truth AS t
GROUP BY t.code
UNION ALL
SELECT 'Money that clears', p.figure, c.channel, c.currency, 0, sum(p.amount), NULL, NULL, NULL, NULL
FROM mainspring.clearing_parts AS c
CROSS JOIN LATERAL (
    VALUES
        ('At the gateway or courier', c.at_gateway),
        ('Settled, not paid out', c.settled),
        ('Paid out, not at the bank', c.paid_out),
        ('Held in reserve', c.reserve),
        ('In open breaks', c.open_breaks)
) AS p (figure, amount)
GROUP BY p.figure, c.channel, c.currency
HAVING sum(p.amount) <> 0;
