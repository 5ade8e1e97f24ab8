-- Each event from its own source, in the bucket that the truth gives it.
SELECT
    e.channel, e.currency, e.side, e.kind, e.bucket, e.reason, count(*) AS count,
    CASE WHEN e.side = 'ledger' THEN sum(e.amount) END AS ledger_amount,
    CASE WHEN e.side = 'statement' THEN sum(e.amount) END AS statement_amount,
    sum(CASE e.side WHEN 'ledger' THEN -e.amount ELSE e.amount END) AS difference,
    round(sum(abs(e.amount)) / (
        SELECT sum(abs(a.amount)) FROM demo_events AS a
        WHERE (a.channel, a.currency, a.side, a.kind) = (e.channel, e.currency, e.side, e.kind)
    ) * 100, 2) AS share_of_input
FROM demo_events AS e
GROUP BY e.channel, e.currency, e.side, e.kind, e.bucket, e.reason;
