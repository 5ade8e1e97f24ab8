/*
title: Seller payables, aged
sheet: Seller payables
description: >-
  Who is owed what since when, at the end of the window. A store's balance is the closing balance of its statement. Of
  it, what isn't payable yet stands by its reason: not delivered, delivered too few days ago, still on its way at a
  gateway or courier, or in an open break. What is payable is aged from the day on which it became so; payouts go
  against the oldest first. What a store owes, order by order, is negative and netted with nothing.
owner: finance
parameters:
  to: { type: date }
  time_zone: { type: text }
  commission: { type: config, file: config/commission.yml }
columns:
  store_id: { heading: Store, kind: integer, width: 8 }
  store_name: { heading: Store name, kind: text, width: 28 }
  seller_id: { heading: Seller, kind: integer, width: 8 }
  currency: { heading: Currency, kind: text, width: 10 }
  balance: { heading: Balance, kind: money, width: 18, total: sum }
  not_delivered: { heading: Not delivered, kind: money, width: 16, total: sum }
  within_term: { heading: Within its term, kind: money, width: 16, total: sum }
  on_its_way: { heading: On its way, kind: money, width: 16, total: sum }
  in_open_breaks: { heading: In open breaks, kind: money, width: 16, total: sum }
  owed_by_store: { heading: Owed by the store, kind: money, width: 17, total: sum }
  paid_ahead: { heading: Paid ahead, kind: money, width: 15, total: sum }
  payable: { heading: Payable, kind: money, width: 18, total: sum }
  d0_30: { heading: 0–30 days, kind: money, width: 16, total: sum }
  d31_60: { heading: 31–60 days, kind: money, width: 16, total: sum }
  d61_90: { heading: 61–90 days, kind: money, width: 16, total: sum }
  d91_plus: { heading: 91+ days, kind: money, width: 16, total: sum }
  oldest_since: { heading: Oldest since, kind: date, width: 13 }
  orders_payable: { heading: Orders payable, kind: integer, width: 15, total: sum }
currency: currency
sort: [store_id, currency]
formats: [csv, xlsx]
*/
WITH listed AS (
    SELECT t.*
    FROM jsonb_to_recordset(:'commission'::jsonb) AS t (
        "from" date, store_id integer, percent numeric, fixed jsonb, tax_percent numeric, gateway_fees text,
        courier_charges text, payable_after text, payable_days integer)
), terms AS (
    -- Per store: the terms of all stores until it has some of its own, each until the next.
    SELECT
        s.store_id,
        t."from" AS starts,
        lead(t."from") OVER (PARTITION BY s.store_id ORDER BY t."from") AS ends,
        t.percent, t.fixed, t.tax_percent, t.gateway_fees, t.courier_charges, t.payable_after, t.payable_days
    FROM stores AS s
    LEFT JOIN (
        SELECT l.store_id, min(l."from") AS since
        FROM listed AS l
        WHERE l.store_id IS NOT NULL
        GROUP BY l.store_id
    ) AS own ON own.store_id = s.store_id
    JOIN listed AS t
        ON t.store_id = s.store_id OR (t.store_id IS NULL AND (own.since IS NULL OR t."from" < own.since))
), sold AS (
    -- Orders under the terms of the day on which they were placed.
    SELECT
        o.order_id, o.store_id, o.currency, o.total_amount,
        CASE WHEN o.order_status IN ('DELIVERED', 'REFUNDED') THEN o.actual_delivery_date END AS delivered_on,
        coalesce(t.gateway_fees, 'seller') AS gateway_fees,
        coalesce(t.courier_charges, 'seller') AS courier_charges,
        coalesce(t.payable_after, 'settled') AS payable_after,
        coalesce(t.payable_days, 0) AS payable_days,
        coalesce(t.tax_percent, 0) AS tax_percent,
        d.decimals,
        round(o.subtotal * coalesce(t.percent, 0) / 100, d.decimals)
            + coalesce((t.fixed ->> o.currency)::numeric, 0) AS commission
    FROM orders AS o
    CROSS JOIN LATERAL (
        SELECT CASE WHEN o.currency IN ('CLP', 'ISK', 'JPY', 'KRW', 'PYG', 'UGX', 'VND', 'XAF', 'XOF') THEN 0 ELSE 2 END
            AS decimals
    ) AS d
    LEFT JOIN terms AS t
        ON t.store_id = o.store_id
        AND (o.created_at::timestamptz AT TIME ZONE :'time_zone'::text)::date >= t.starts
        AND (t.ends IS NULL OR (o.created_at::timestamptz AT TIME ZONE :'time_zone'::text)::date < t.ends)
    WHERE o.created_at < (:'to'::date + 1)::timestamp AT TIME ZONE :'time_zone'::text
), events AS (
    -- What happened to an order's money, as its seller's statement has it.
    SELECT e.order_id, e.currency, e.kind, sum(e.amount) AS amount
    FROM mainspring.money_events AS e
    JOIN sold AS s ON s.order_id = e.order_id
    LEFT JOIN mainspring.allocations AS a
        ON a.event_id = e.event_id AND a.superseded_by IS NULL AND a.bucket = 'excluded'
        AND a.reason IN ('resent', 'duplicate', 'line changed', 'superseded')
    LEFT JOIN mainspring.channels AS c ON c.channel = e.channel
    WHERE e.effective_at < (:'to'::date + 1)::timestamp AT TIME ZONE :'time_zone'::text
        AND e.kind NOT IN ('gross', 'line_difference', 'payout', 'bank_credit', 'reserve_hold', 'reserve_release')
        AND (e.side = 'ledger' OR e.kind <> 'refund')
        AND a.event_id IS NULL
        AND (
            e.kind NOT IN ('fee', 'fee_refund', 'dispute_fee', 'fee_tax')
            OR CASE WHEN c.counterparty = 'courier' THEN s.courier_charges ELSE s.gateway_fees END = 'seller'
        )
    GROUP BY e.order_id, e.currency, e.kind
), balances AS (
    SELECT b.order_id, b.currency, sum(b.amount) AS amount
    FROM (
        SELECT e.order_id, e.currency, e.amount FROM events AS e
        UNION ALL
        -- Commission on what was not refunded, with the tax on it.
        SELECT
            c.order_id, c.currency,
            -(c.commission - round(c.commission * c.share, c.decimals))
            - (round(c.commission * c.tax_percent / 100, c.decimals)
                - round(round(c.commission * c.share, c.decimals) * c.tax_percent / 100, c.decimals))
        FROM (
            SELECT
                s.*,
                coalesce(least(coalesce(-r.amount, 0.00), s.total_amount) / nullif(s.total_amount, 0), 0) AS share
            FROM sold AS s
            LEFT JOIN events AS r ON r.order_id = s.order_id AND r.currency = s.currency AND r.kind = 'refund'
            WHERE s.delivered_on <= :'to'::date AND s.commission <> 0
        ) AS c
    ) AS b
    GROUP BY b.order_id, b.currency
), troubled AS (
    -- Orders whose money nobody has explained yet.
    SELECT coalesce(b.order_id, l.order_id) AS order_id
    FROM mainspring.breaks AS b
    LEFT JOIN mainspring.lines AS l ON l.line_id = b.line_id
    WHERE b.status <> 'RESOLVED' AND coalesce(b.order_id, l.order_id) IS NOT NULL
        AND b.business_date <= :'to'::date AND (b.money_effect <> 0 OR b.code = 'settlement.chargeback')
    GROUP BY 1
), awaited AS (
    -- What of an order is still on its way at a gateway or courier, and when it last moved.
    SELECT
        e.order_id, e.currency,
        sum(CASE e.side WHEN 'ledger' THEN a.amount ELSE -a.amount END) AS amount,
        max((e.effective_at AT TIME ZONE :'time_zone'::text)::date) FILTER (WHERE e.side = 'statement') AS settled_on
    FROM mainspring.money_events AS e
    JOIN mainspring.allocations AS a ON a.event_id = e.event_id AND a.superseded_by IS NULL
    WHERE e.order_id IS NOT NULL
        AND e.effective_at < (:'to'::date + 1)::timestamp AT TIME ZONE :'time_zone'::text
        AND (
            (e.side = 'ledger' AND a.bucket IN ('agreed', 'in_transit_gateway'))
            OR (e.kind IN ('gross', 'refund') AND a.bucket = 'agreed' AND a.reason <> 'rounding')
        )
    GROUP BY e.order_id, e.currency
), items AS (
    SELECT
        s.store_id, b.currency, b.order_id, b.amount,
        CASE
            WHEN b.amount < 0 THEN 'owed by the store'
            WHEN s.delivered_on IS NULL OR s.delivered_on > :'to'::date THEN 'not delivered'
            WHEN t.order_id IS NOT NULL THEN 'in open breaks'
            WHEN s.payable_after = 'settled' AND w.amount > 0 THEN 'on its way'
            WHEN s.delivered_on + s.payable_days > :'to'::date THEN 'within its term'
            ELSE 'payable'
        END AS state,
        greatest(
            s.delivered_on + s.payable_days, CASE s.payable_after WHEN 'settled' THEN w.settled_on END) AS since
    FROM balances AS b
    JOIN sold AS s ON s.order_id = b.order_id
    LEFT JOIN troubled AS t ON t.order_id = b.order_id
    LEFT JOIN awaited AS w ON w.order_id = b.order_id AND w.currency = b.currency
    WHERE b.amount <> 0
), paid AS (
    -- Debits of the bank that name the number of a statement.
    SELECT s.store_id, l.currency, -sum(l.gross) AS amount
    FROM mainspring.lines AS l
    JOIN stores AS s ON s.store_id = CASE
        WHEN l.merchant_reference ~ '^SS-[0-9]{1,9}-[0-9]{4}-[0-9]{2}-[A-Z]{3}$'
            THEN split_part(l.merchant_reference, '-', 2)::integer END
    WHERE l.line_type = 'bank_debit' AND l.standing = 'live'
        AND l.settled_at < (:'to'::date + 1)::timestamp AT TIME ZONE :'time_zone'::text
    GROUP BY s.store_id, l.currency
), aged AS (
    -- Of each payable order, what the payouts have not reached: the oldest is paid first.
    SELECT
        i.store_id, i.currency, i.since, :'to'::date - i.since AS days,
        greatest(least(i.amount, i.so_far - coalesce(p.amount, 0.00)), 0.00) AS amount
    FROM (
        SELECT
            i.*,
            sum(i.amount) OVER (
                PARTITION BY i.store_id, i.currency ORDER BY i.since, i.order_id ROWS UNBOUNDED PRECEDING) AS so_far
        FROM items AS i
        WHERE i.state = 'payable'
    ) AS i
    LEFT JOIN paid AS p ON p.store_id = i.store_id AND p.currency = i.currency
), owed AS (
    SELECT
        a.store_id, a.currency, sum(a.amount) AS payable,
        sum(a.amount) FILTER (WHERE a.days <= 30) AS d0_30,
        sum(a.amount) FILTER (WHERE a.days BETWEEN 31 AND 60) AS d31_60,
        sum(a.amount) FILTER (WHERE a.days BETWEEN 61 AND 90) AS d61_90,
        sum(a.amount) FILTER (WHERE a.days > 90) AS d91_plus,
        min(a.since) AS oldest_since,
        count(*) AS orders_payable
    FROM aged AS a
    WHERE a.amount > 0
    GROUP BY a.store_id, a.currency
), states AS (
    SELECT
        i.store_id, i.currency, sum(i.amount) AS amount,
        sum(CASE i.state WHEN 'payable' THEN i.amount ELSE 0.00 END) AS payable,
        sum(CASE i.state WHEN 'not delivered' THEN i.amount ELSE 0.00 END) AS not_delivered,
        sum(CASE i.state WHEN 'within its term' THEN i.amount ELSE 0.00 END) AS within_term,
        sum(CASE i.state WHEN 'on its way' THEN i.amount ELSE 0.00 END) AS on_its_way,
        sum(CASE i.state WHEN 'in open breaks' THEN i.amount ELSE 0.00 END) AS in_open_breaks,
        sum(CASE i.state WHEN 'owed by the store' THEN i.amount ELSE 0.00 END) AS owed_by_store
    FROM items AS i
    GROUP BY i.store_id, i.currency
), accounts AS (
    SELECT
        coalesce(i.store_id, p.store_id) AS store_id,
        coalesce(i.currency, p.currency) AS currency,
        coalesce(i.amount, 0.00) - coalesce(p.amount, 0.00) AS balance,
        coalesce(i.not_delivered, 0.00) AS not_delivered,
        coalesce(i.within_term, 0.00) AS within_term,
        coalesce(i.on_its_way, 0.00) AS on_its_way,
        coalesce(i.in_open_breaks, 0.00) AS in_open_breaks,
        coalesce(i.owed_by_store, 0.00) AS owed_by_store,
        -greatest(coalesce(p.amount, 0.00) - coalesce(i.payable, 0.00), 0.00) AS paid_ahead
    FROM states AS i
    FULL JOIN paid AS p ON p.store_id = i.store_id AND p.currency = i.currency
)
SELECT
    a.store_id,
    s.store_name,
    s.seller_id,
    a.currency,
    a.balance,
    a.not_delivered,
    a.within_term,
    a.on_its_way,
    a.in_open_breaks,
    a.owed_by_store,
    a.paid_ahead,
    coalesce(o.payable, 0.00) AS payable,
    o.d0_30,
    o.d31_60,
    o.d61_90,
    o.d91_plus,
    o.oldest_since,
    coalesce(o.orders_payable, 0) AS orders_payable
FROM accounts AS a
JOIN stores AS s ON s.store_id = a.store_id
LEFT JOIN owed AS o ON o.store_id = a.store_id AND o.currency = a.currency
ORDER BY a.store_id, a.currency;
