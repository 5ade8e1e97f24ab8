-- The workshop: a schema that lives only inside the generating transaction. Everything is planned in it first, and the
-- shop's tables are then filled from the plan by INSERT alone, so that no trigger of the shop ever sets a moment.
-- Parameters: seed, orders, anchor (the last business date).
CREATE SCHEMA mainspring_demo;
SET LOCAL search_path TO mainspring_demo, public;
SET LOCAL work_mem TO '128MB';
SET LOCAL maintenance_work_mem TO '256MB';
SET LOCAL jit TO off;

-- The only source of chance: a hash of (seed, tag, n). Each use has a tag of its own, so no two choices are tied, and
-- the same seed gives the same marketplace on every machine.
CREATE FUNCTION pick(tag integer, n bigint, choices bigint) RETURNS bigint
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (hashint8extended(n, :'seed'::bigint * 1000 + tag) & 9223372036854775807) % choices;

-- A fraction in [0, 1), exact in a float8.
CREATE FUNCTION fraction(tag integer, n bigint) RETURNS double precision
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (hashint8extended(n, :'seed'::bigint * 1000 + tag) & 9007199254740991)::double precision
        / 9007199254740992::double precision;

CREATE FUNCTION choose(tag integer, n bigint, words text[]) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN words[1 + pick(tag, n, cardinality(words))::integer];

-- 24 letters and digits, as gateways make their ids.
CREATE FUNCTION token(tag integer, n bigint) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN substr(translate(
        encode(sha256((:'seed'::text || ':' || tag::text || ':' || n::text)::bytea), 'base64'), '+/=', 'QzW'), 1, 24);

-- Business time is Karachi's: UTC+5 the year round since 2009. Columns are UTC.
CREATE FUNCTION business_date(moment timestamp) RETURNS date
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (moment + interval '5 hours')::date;
CREATE FUNCTION business_moment(day date, seconds bigint) RETURNS timestamp
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN day::timestamp - interval '5 hours' + seconds * interval '1 second';
CREATE FUNCTION seconds(count bigint) RETURNS interval
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN count * interval '1 second';
-- The moment at which the anchor's business day ends: nothing in the marketplace happens at or after it.
CREATE FUNCTION day_end() RETURNS timestamp
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN business_moment(:'anchor'::date + 1, 0);
CREATE FUNCTION first_day() RETURNS date
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN :'anchor'::date - 729;

-- When gateways pay out what was captured on a day: three days later or more, never on a weekend.
CREATE FUNCTION payout_day(captured date) RETURNS date
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN captured + CASE extract(isodow FROM captured) WHEN 3 THEN 5 WHEN 4 THEN 4 ELSE 3 END::integer;

-- How many of one plant: at 10,000 orders the number itself, at a hundred times the orders three times as many.
CREATE FUNCTION quota(base integer) RETURNS integer
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN greatest(1, round(base * sqrt(sqrt(:'orders'::double precision / 10000))))::integer;

-- How much of everything. Products from `sellable` on are drafts and listings that wait for approval or were refused.
CREATE UNLOGGED TABLE size AS
SELECT
    counts.*,
    (counts.products * 88 / 100)::integer AS sellable,
    (counts.stores + counts.stores / 8 + 3)::integer AS sellers,
    8 AS administrators
FROM (
    SELECT
        :'orders'::integer AS orders,
        (40 + :'orders'::bigint * 196 / 100000)::integer AS stores,
        (50 + :'orders'::bigint * 11 / 20)::integer AS customers,
        ((40 + :'orders'::bigint * 196 / 100000) * 20 + :'orders'::bigint / 25)::integer AS products
) AS counts;

-- What is planted, written by the statement that plants it. `line_id` names a statement line, whose entity is known
-- only once its file is written.
CREATE UNLOGGED TABLE planted (
    code         text NOT NULL,
    entity       text,
    statement    text,
    line_id      bigint,
    role         text NOT NULL,
    money_effect numeric(14,2) NOT NULL,
    CHECK ((entity IS NULL) = (line_id IS NOT NULL))
);
CREATE UNLOGGED TABLE written_files (account text NOT NULL, month date NOT NULL, sha256 text NOT NULL);
