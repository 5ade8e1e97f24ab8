-- What the configuration agrees with each channel that sends statements: how payouts come, by when, at what cost
-- (docs/adding-a-gateway.md). Small tables, written once a run.

-- name: tables
CREATE TEMPORARY TABLE recon_settlement (
    channel          text PRIMARY KEY,
    counterparty     text NOT NULL,
    payouts_by_lines boolean NOT NULL,
    paid_days        integer,
    banked_days      integer,
    returned_fee     numeric,
    judges_taxes     boolean NOT NULL
) ON COMMIT DROP;
CREATE TEMPORARY TABLE recon_fee_rule (
    channel     text NOT NULL,
    currency    text NOT NULL,
    valid_from  date NOT NULL,
    valid_until date NOT NULL,
    percent     numeric NOT NULL,
    fixed       numeric NOT NULL
) ON COMMIT DROP;
CREATE TEMPORARY TABLE recon_tax_rule (
    channel     text NOT NULL,
    kind        text NOT NULL,
    valid_from  date NOT NULL,
    valid_until date NOT NULL,
    percent     numeric NOT NULL
) ON COMMIT DROP;
CREATE TEMPORARY TABLE recon_rate (
    base        text NOT NULL,
    quote       text NOT NULL,
    valid_from  date NOT NULL,
    valid_until date NOT NULL,
    rate        numeric NOT NULL,
    tolerance   numeric NOT NULL
) ON COMMIT DROP

-- name: settlement
-- Several statements may speak of one channel; they agree on its terms.
INSERT INTO recon_settlement (
    channel, counterparty, payouts_by_lines, paid_days, banked_days, returned_fee, judges_taxes)
VALUES (
    :'channel'::text, :'counterparty'::text, :'by_lines'::boolean, :'paid_days'::integer, :'banked_days'::integer,
    :'returned_fee'::numeric, :'judges_taxes'::boolean)
ON CONFLICT (channel) DO NOTHING

-- name: fees
-- A rule holds until the day before the next one of the same channel and currency begins.
INSERT INTO recon_fee_rule (channel, currency, valid_from, valid_until, percent, fixed)
SELECT
    :'channel'::text, f.currency, f.valid_from::date,
    coalesce(lead(f.valid_from::date) OVER (PARTITION BY f.currency ORDER BY f.valid_from::date) - 1, 'infinity'::date),
    f.percent, f.fixed
FROM unnest(:'currencies'::text[], :'froms'::text[], :'percents'::numeric[], :'fixed'::numeric[])
    AS f (currency, valid_from, percent, fixed)

-- name: taxes
INSERT INTO recon_tax_rule (channel, kind, valid_from, valid_until, percent)
SELECT
    t.channel, t.kind, t.valid_from::date,
    coalesce(
        lead(t.valid_from::date) OVER (PARTITION BY t.channel, t.kind ORDER BY t.valid_from::date) - 1, 'infinity'::date),
    t.percent
FROM unnest(:'channels'::text[], :'kinds'::text[], :'froms'::text[], :'percents'::numeric[])
    AS t (channel, kind, valid_from, percent)

-- name: rates
-- A rate of dollars in rupees is also one of rupees in dollars.
INSERT INTO recon_rate (base, quote, valid_from, valid_until, rate, tolerance)
SELECT
    v.base, v.quote, v.valid_from,
    coalesce(lead(v.valid_from) OVER (PARTITION BY v.base, v.quote ORDER BY v.valid_from) - 1, 'infinity'::date),
    v.rate, v.tolerance
FROM (
    SELECT r.base, r.quote, r.valid_from::date AS valid_from, r.rate, r.tolerance
    FROM unnest(:'bases'::text[], :'quotes'::text[], :'froms'::text[], :'rates'::numeric[], :'tolerances'::numeric[])
        AS r (base, quote, valid_from, rate, tolerance)
    UNION ALL
    SELECT r.quote, r.base, r.valid_from::date, 1 / r.rate, r.tolerance
    FROM unnest(:'bases'::text[], :'quotes'::text[], :'froms'::text[], :'rates'::numeric[], :'tolerances'::numeric[])
        AS r (base, quote, valid_from, rate, tolerance)
) AS v

-- name: channels
-- What views and reports need of it stays.
INSERT INTO mainspring.channels (channel, counterparty, payouts, banked)
SELECT
    s.channel, s.counterparty, CASE WHEN s.payouts_by_lines THEN 'lines' ELSE 'row' END, s.banked_days IS NOT NULL
FROM recon_settlement AS s
ON CONFLICT (channel) DO UPDATE
SET counterparty = excluded.counterparty, payouts = excluded.payouts, banked = excluded.banked
WHERE (channels.counterparty, channels.payouts, channels.banked)
    IS DISTINCT FROM (excluded.counterparty, excluded.payouts, excluded.banked)
