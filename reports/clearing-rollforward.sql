/*
title: Clearing roll-forward
description: >-
  Where the money between customers and the bank stands, and what came and went. Per channel, currency and position. Not settled yet: captured, and not in a statement. Settled: in a
  statement, and not paid out. Paid out: not at the bank yet. Reserve: held back. The closing of a day is the opening
  of the next; what a night printed, and what came to light since, stand beside the opening.
owner: finance
parameters:
  from: { type: date }
  to: { type: date }
columns:
  channel: { heading: Channel, kind: text, width: 16 }
  currency: { heading: Currency, kind: text, width: 10 }
  position: { heading: Where it is, kind: text, width: 14 }
  opening: { heading: Opening, kind: money, width: 20, total: sum }
  money_in: { heading: Came in, kind: money, width: 20, total: sum }
  money_out: { heading: Went out, kind: money, width: 20, total: sum }
  closing: { heading: Closing, kind: money, width: 20, total: sum }
  printed_opening: { heading: Printed the day before, kind: money, width: 24 }
  came_to_light: { heading: Came to light since, kind: money, width: 21 }
currency: currency
sort: [channel, currency, position]
formats: [csv, xlsx]
charts:
  - { title: Money on its way to the bank at the close, kind: column, category: position, series: [closing], split: channel }
*/
WITH parts AS (
    -- What stands in each position up to the end of the window; the four are columns here, rows below.
    SELECT
        p.channel,
        p.currency,
        p.day < :'from'::date AS is_before,
        sum(p.at_gateway) AS at_gateway,
        sum(p.at_gateway_in) AS at_gateway_in,
        sum(p.settled) AS settled,
        sum(p.settled_in) AS settled_in,
        sum(p.paid_out) AS paid_out,
        sum(p.paid_out_in) AS paid_out_in,
        sum(p.reserve) AS reserve,
        sum(p.reserve_in) AS reserve_in
    FROM mainspring.clearing_balances AS p
    WHERE p.day <= :'to'::date
        AND (p.at_gateway_in, p.settled_in, p.paid_out_in, p.reserve_in, p.at_gateway, p.settled, p.paid_out, p.reserve)
        <> (0, 0, 0, 0, 0, 0, 0, 0)
    GROUP BY p.channel, p.currency, p.day < :'from'::date
), positions (channel, currency, place, position, is_before, amount, money_in) AS (
    SELECT p.channel, p.currency, 1, 'at_gateway', p.is_before, p.at_gateway, p.at_gateway_in FROM parts AS p
    UNION ALL
    SELECT p.channel, p.currency, 2, 'settled', p.is_before, p.settled, p.settled_in FROM parts AS p
    UNION ALL
    SELECT p.channel, p.currency, 3, 'paid_out', p.is_before, p.paid_out, p.paid_out_in FROM parts AS p
    UNION ALL
    SELECT p.channel, p.currency, 4, 'reserve', p.is_before, p.reserve, p.reserve_in FROM parts AS p
), moves AS (
    SELECT
        p.channel, p.currency, p.place, p.position,
        coalesce(sum(p.amount) FILTER (WHERE p.is_before), 0.00) AS opening,
        coalesce(sum(p.money_in) FILTER (WHERE NOT p.is_before), 0.00) AS money_in,
        coalesce(sum(p.amount - p.money_in) FILTER (WHERE NOT p.is_before), 0.00) AS money_out
    FROM positions AS p
    GROUP BY p.channel, p.currency, p.place, p.position
)
SELECT
    m.channel,
    m.currency,
    m.position,
    m.opening,
    m.money_in,
    m.money_out,
    m.opening + m.money_in + m.money_out AS closing,
    coalesce(c.amount, n.nothing) AS printed_opening,
    m.opening - coalesce(c.amount, n.nothing) AS came_to_light
FROM moves AS m
LEFT JOIN (
    -- Where a night printed its closings, a position without one stood at nothing.
    SELECT DISTINCT 0.00 AS nothing FROM mainspring.closings AS c WHERE c.business_date = :'from'::date - 1
) AS n ON TRUE
LEFT JOIN mainspring.closings AS c
    ON c.business_date = :'from'::date - 1 AND c.channel = m.channel AND c.currency = m.currency
    AND c.position = m.position
ORDER BY m.channel, m.currency, m.place;
