/*
title: Seller statement
description: >-
  Each store's account with the marketplace, month by month and currency by currency: what it opened with, what was
  earned, what was taken off, what was paid out, and what it closes with. Every line is an event of the books on the day
  on which it happened: captures and refunds by the shop's records, what gateways and couriers took off by their
  statements, commission when an order is delivered. Deductions are negative. A payout to a seller is a debit of the
  bank that names the number of a statement. On hold is what isn't payable yet at the end of the month.
owner: finance
window: month
parameters:
  from: { type: date }
  to: { type: date }
  time_zone: { type: text }
  commission: { type: config, file: config/commission.yml }
columns:
  store_id: { heading: Store, kind: integer, width: 8 }
  store_name: { heading: Store name, kind: text, width: 26 }
  seller_id: { heading: Seller, kind: integer, width: 8 }
  statement_no: { heading: Statement, kind: text, width: 26 }
  period: { heading: Month, kind: date, width: 12 }
  currency: { heading: Currency, kind: text, width: 10 }
  commission_basis: { heading: Terms, kind: text, width: 60 }
  line_no: { heading: Line, kind: integer, width: 7 }
  posted_date: { heading: Posted, kind: date, width: 12 }
  event: { heading: Event, kind: text, width: 22 }
  order_number: { heading: Order number, kind: text, width: 18 }
  payment_id: { heading: Payment, kind: integer, width: 10 }
  order_delivered_on: { heading: Delivered, kind: date, width: 12 }
  gross_goods: { heading: Goods, kind: money, width: 16, total: sum }
  shipping: { heading: Shipping, kind: money, width: 14, total: sum }
  tax_collected: { heading: Tax collected, kind: money, width: 15, total: sum }
  order_total: { heading: Captured, kind: money, width: 16, total: sum }
  refund: { heading: Refunded, kind: money, width: 15, total: sum }
  chargeback: { heading: Charged back, kind: money, width: 15, total: sum }
  commission: { heading: Commission, kind: money, width: 14, total: sum }
  commission_tax: { heading: Tax on commission, kind: money, width: 17, total: sum }
  gateway_fee: { heading: Gateway fees, kind: money, width: 14, total: sum }
  fee_tax: { heading: Tax on fees, kind: money, width: 13, total: sum }
  income_tax_withheld: { heading: Income tax withheld, kind: money, width: 19, total: sum }
  sales_tax_withheld: { heading: Sales tax withheld, kind: money, width: 18, total: sum }
  courier_charges: { heading: Courier charges, kind: money, width: 15, total: sum }
  adjustment: { heading: Adjustments and conversions, kind: money, width: 26, total: sum }
  net: { heading: Net, kind: money, width: 16, total: sum }
  running_balance: { heading: Balance, kind: money, width: 17 }
  break_id: { heading: Break, kind: text, width: 18 }
  bank_reference: { heading: Bank reference, kind: text, width: 22 }
  opening_balance: { heading: Opening balance, kind: money, width: 17, total: sum }
  earned: { heading: Earned, kind: money, width: 16, total: sum }
  deductions: { heading: Deductions, kind: money, width: 15, total: sum }
  paid_out: { heading: Paid out, kind: money, width: 15, total: sum }
  on_hold: { heading: On hold, kind: money, width: 16, total: sum }
  closing_balance: { heading: Closing balance, kind: money, width: 17, total: sum }
currency: currency
sort: [store_id, currency, period, line_no]
split:
  by: store_id
  index: [
    store_id, store_name, seller_id, statement_no, period, currency, opening_balance, earned, deductions, paid_out,
    on_hold, closing_balance]
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
        o.order_id, o.store_id, o.order_number, o.currency, o.total_amount, o.shipping_cost, o.tax_amount,
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
    -- What happened to the orders' money: the shop's own captures and refunds, and what statements took off.
    SELECT
        e.event_id, e.order_id, e.payment_id, e.line_id, e.kind, e.currency, e.amount,
        (e.effective_at AT TIME ZONE :'time_zone'::text)::date AS day,
        coalesce(c.counterparty = 'courier', FALSE) AS is_courier
    FROM mainspring.money_events AS e
    LEFT JOIN mainspring.allocations AS a
        ON a.event_id = e.event_id AND a.superseded_by IS NULL AND a.bucket = 'excluded'
        AND a.reason IN ('resent', 'duplicate', 'line changed', 'superseded')
    LEFT JOIN mainspring.channels AS c ON c.channel = e.channel
    WHERE e.order_id IS NOT NULL
        AND e.effective_at < (:'to'::date + 1)::timestamp AT TIME ZONE :'time_zone'::text
        -- The lines' gross and refunds say of the same money what the shop's records say.
        AND e.kind NOT IN ('gross', 'line_difference', 'payout', 'bank_credit', 'reserve_hold', 'reserve_release')
        AND (e.side = 'ledger' OR e.kind <> 'refund')
        -- A line that stands elsewhere already, or no longer.
        AND a.event_id IS NULL
), captures AS (
    -- How much of the order's total was captured before and after each: goods, shipping and tax follow in proportion.
    SELECT
        e.*, s.store_id, s.order_number, s.delivered_on, s.total_amount, s.shipping_cost, s.tax_amount, s.decimals,
        CASE WHEN e.currency = s.currency THEN
            coalesce(greatest(least(e.so_far, s.total_amount), 0) / nullif(s.total_amount, 0), 0)
        ELSE 0 END AS share,
        CASE WHEN e.currency = s.currency THEN
            coalesce(greatest(least(e.so_far - e.amount, s.total_amount), 0) / nullif(s.total_amount, 0), 0)
        ELSE 0 END AS share_before
    FROM (
        SELECT
            e.*,
            sum(e.amount) OVER (
                PARTITION BY e.order_id, e.currency ORDER BY e.day, e.event_id ROWS UNBOUNDED PRECEDING) AS so_far
        FROM events AS e
        WHERE e.kind IN ('capture', 'void')
    ) AS e
    JOIN sold AS s ON s.order_id = e.order_id
), commissions AS (
    -- Taken when the order is delivered; given back as its total is refunded, not before it was taken.
    SELECT
        s.order_id, s.store_id, s.order_number, s.delivered_on, s.currency, s.delivered_on AS day,
        0::bigint AS event_id, -s.commission AS commission,
        -round(s.commission * s.tax_percent / 100, s.decimals) AS commission_tax
    FROM sold AS s
    WHERE s.delivered_on <= :'to'::date AND s.commission <> 0
    UNION ALL
    SELECT
        r.order_id, r.store_id, r.order_number, r.delivered_on, r.currency, greatest(r.day, r.delivered_on), r.event_id,
        round(r.commission * r.share, r.decimals) - round(r.commission * r.share_before, r.decimals),
        round(round(r.commission * r.share, r.decimals) * r.tax_percent / 100, r.decimals)
            - round(round(r.commission * r.share_before, r.decimals) * r.tax_percent / 100, r.decimals)
    FROM (
        SELECT
            s.*, e.day, e.event_id,
            coalesce(least(e.so_far, s.total_amount) / nullif(s.total_amount, 0), 0) AS share,
            coalesce(least(e.so_far - e.amount, s.total_amount) / nullif(s.total_amount, 0), 0) AS share_before
        FROM (
            SELECT
                e.order_id, e.currency, e.day, e.event_id, -e.amount AS amount,
                sum(-e.amount) OVER (
                    PARTITION BY e.order_id, e.currency ORDER BY e.day, e.event_id ROWS UNBOUNDED PRECEDING) AS so_far
            FROM events AS e
            WHERE e.kind = 'refund'
        ) AS e
        JOIN sold AS s ON s.order_id = e.order_id AND s.currency = e.currency
        WHERE s.delivered_on <= :'to'::date AND s.commission <> 0
    ) AS r
), posted (
    store_id, currency, day, place, event, order_id, order_number, payment_id, reference, delivered_on, gross_goods,
    shipping, tax_collected, order_total, refund, chargeback, commission, commission_tax, gateway_fee, fee_tax,
    income_tax_withheld, sales_tax_withheld, courier_charges, adjustment, conversion, paid_out, bank_reference
) AS (
    SELECT
        c.store_id, c.currency, c.day, 1, CASE c.kind WHEN 'void' THEN 'capture taken back' ELSE 'captured' END,
        c.order_id, c.order_number, c.payment_id, c.event_id, c.delivered_on,
        c.amount - (round(c.shipping_cost * c.share, c.decimals) - round(c.shipping_cost * c.share_before, c.decimals))
            - (round(c.tax_amount * c.share, c.decimals) - round(c.tax_amount * c.share_before, c.decimals)),
        round(c.shipping_cost * c.share, c.decimals) - round(c.shipping_cost * c.share_before, c.decimals),
        round(c.tax_amount * c.share, c.decimals) - round(c.tax_amount * c.share_before, c.decimals),
        c.amount, 0.00, 0.00, 0.00, 0.00, 0.00, 0.00, 0.00, 0.00, 0.00, 0.00, 0.00, 0.00, NULL::text
    FROM captures AS c
    UNION ALL
    SELECT
        s.store_id, e.currency, e.day, 2, 'refunded', e.order_id, s.order_number, e.payment_id, e.event_id,
        s.delivered_on, 0.00, 0.00, 0.00, 0.00, e.amount, 0.00, 0.00, 0.00, 0.00, 0.00, 0.00, 0.00, 0.00, 0.00, 0.00,
        0.00, NULL
    FROM events AS e
    JOIN sold AS s ON s.order_id = e.order_id
    WHERE e.kind = 'refund'
    UNION ALL
    SELECT
        c.store_id, c.currency, c.day, 3, CASE WHEN c.event_id = 0 THEN 'commission' ELSE 'commission given back' END,
        c.order_id, c.order_number, NULL, c.event_id, c.delivered_on, 0.00, 0.00, 0.00, 0.00, 0.00, 0.00, c.commission,
        c.commission_tax, 0.00, 0.00, 0.00, 0.00, 0.00, 0.00, 0.00, 0.00, NULL
    FROM commissions AS c
    WHERE c.commission <> 0
    UNION ALL
    -- A line of a statement, with all that it takes off; what the marketplace bears is not the seller's.
    SELECT
        l.store_id, l.currency, l.day, 4, l.event, l.order_id, l.order_number, l.payment_id, l.line_id, l.delivered_on,
        0.00, 0.00, 0.00, 0.00, 0.00, l.chargeback, 0.00, 0.00, l.gateway_fee, l.fee_tax, l.income_tax_withheld,
        l.sales_tax_withheld, l.courier_charges, l.adjustment, l.conversion, 0.00, NULL
    FROM (
        SELECT
            s.store_id, e.currency, e.day, e.order_id, s.order_number, e.payment_id, e.line_id, s.delivered_on,
            CASE
                WHEN bool_or(e.kind = 'chargeback') THEN 'charged back'
                WHEN bool_or(e.kind = 'chargeback_reversal') THEN 'chargeback won'
                WHEN bool_or(e.kind IN ('conversion_in', 'conversion_out')) THEN 'converted'
                WHEN bool_or(e.kind = 'adjustment') THEN 'adjusted'
                WHEN bool_or(e.kind = 'dispute_fee') THEN 'fee of a dispute'
                WHEN bool_or(e.kind = 'fee_refund') AND NOT bool_or(e.kind = 'fee') THEN 'fee given back'
                WHEN bool_or(e.is_courier) THEN 'remitted by the courier'
                ELSE 'settled by the gateway'
            END AS event,
            coalesce(sum(e.amount) FILTER (WHERE e.kind IN ('chargeback', 'chargeback_reversal')), 0.00) AS chargeback,
            coalesce(sum(e.amount) FILTER (WHERE e.kind IN ('fee', 'fee_refund', 'dispute_fee')
                AND NOT e.is_courier AND s.gateway_fees = 'seller'), 0.00) AS gateway_fee,
            coalesce(sum(e.amount) FILTER (WHERE e.kind = 'fee_tax'
                AND CASE WHEN e.is_courier THEN s.courier_charges ELSE s.gateway_fees END = 'seller'), 0.00) AS fee_tax,
            coalesce(sum(e.amount) FILTER (WHERE e.kind = 'income_tax_withheld'), 0.00) AS income_tax_withheld,
            coalesce(sum(e.amount) FILTER (WHERE e.kind = 'sales_tax_withheld'), 0.00) AS sales_tax_withheld,
            coalesce(sum(e.amount) FILTER (WHERE e.kind IN ('fee', 'fee_refund', 'dispute_fee')
                AND e.is_courier AND s.courier_charges = 'seller'), 0.00) AS courier_charges,
            coalesce(sum(e.amount) FILTER (WHERE e.kind = 'adjustment'), 0.00) AS adjustment,
            coalesce(sum(e.amount) FILTER (WHERE e.kind IN ('conversion_in', 'conversion_out')), 0.00) AS conversion
        FROM events AS e
        JOIN sold AS s ON s.order_id = e.order_id
        WHERE e.line_id IS NOT NULL
        GROUP BY
            s.store_id, e.currency, e.day, e.order_id, s.order_number, e.payment_id, e.line_id, s.delivered_on
    ) AS l
    WHERE l.chargeback <> 0 OR l.gateway_fee <> 0 OR l.fee_tax <> 0 OR l.income_tax_withheld <> 0
        OR l.sales_tax_withheld <> 0 OR l.courier_charges <> 0 OR l.adjustment <> 0 OR l.conversion <> 0
    UNION ALL
    -- A debit of the bank that names the number of a statement paid that store.
    SELECT
        s.store_id, l.currency, (l.settled_at AT TIME ZONE :'time_zone'::text)::date, 5, 'paid out', NULL, NULL, NULL,
        l.line_id, NULL, 0.00, 0.00, 0.00, 0.00, 0.00, 0.00, 0.00, 0.00, 0.00, 0.00, 0.00, 0.00, 0.00, 0.00, 0.00,
        l.gross, coalesce(l.gateway_line_id, l.merchant_reference)
    FROM mainspring.lines AS l
    JOIN stores AS s ON s.store_id = CASE
        WHEN l.merchant_reference ~ '^SS-[0-9]{1,9}-[0-9]{4}-[0-9]{2}-[A-Z]{3}$'
            THEN split_part(l.merchant_reference, '-', 2)::integer END
    WHERE l.line_type = 'bank_debit' AND l.standing = 'live'
        AND l.settled_at < (:'to'::date + 1)::timestamp AT TIME ZONE :'time_zone'::text
), netted AS (
    SELECT
        p.*,
        -- What was converted was earned in one currency, and is held in another.
        p.order_total + p.refund + p.chargeback + p.conversion AS earned,
        -(p.commission + p.commission_tax + p.gateway_fee + p.fee_tax + p.income_tax_withheld + p.sales_tax_withheld
            + p.courier_charges + p.adjustment) AS deductions,
        p.order_total + p.refund + p.chargeback + p.commission + p.commission_tax + p.gateway_fee + p.fee_tax
            + p.income_tax_withheld + p.sales_tax_withheld + p.courier_charges + p.adjustment + p.conversion
            + p.paid_out AS net
    FROM posted AS p
), periods AS (
    -- The months of the window; the first and the last as far as it goes.
    SELECT
        m.month::date AS period,
        greatest(m.month::date, :'from'::date) AS starts,
        least((m.month + interval '1 month')::date - 1, :'to'::date) AS ends,
        m.month::date >= :'from'::date AND (m.month + interval '1 month')::date - 1 <= :'to'::date AS is_whole
    FROM generate_series(
        -- From the first event on: a window may begin long before it.
        greatest(
            date_trunc('month', :'from'::date::timestamp),
            date_trunc('month', (SELECT min(n.day) FROM netted AS n)::timestamp)),
        :'to'::date::timestamp, interval '1 month') AS m (month)
), sums AS (
    SELECT
        a.store_id, a.currency, p.period, p.starts, p.ends, p.is_whole,
        coalesce(sum(n.net) FILTER (WHERE n.day < p.starts), 0.00) AS opening_balance,
        coalesce(sum(n.earned) FILTER (WHERE n.day >= p.starts), 0.00) AS earned,
        coalesce(sum(n.deductions) FILTER (WHERE n.day >= p.starts), 0.00) AS deductions,
        coalesce(-sum(n.paid_out) FILTER (WHERE n.day >= p.starts), 0.00) AS paid_out,
        count(n.day) FILTER (WHERE n.day >= p.starts) AS lines
    FROM (SELECT DISTINCT n.store_id, n.currency FROM netted AS n) AS a
    CROSS JOIN periods AS p
    JOIN netted AS n ON n.store_id = a.store_id AND n.currency = a.currency AND n.day <= p.ends
    GROUP BY a.store_id, a.currency, p.period, p.starts, p.ends, p.is_whole
), troubled AS (
    -- Orders whose money nobody has explained yet.
    SELECT coalesce(b.order_id, l.order_id) AS order_id, min(b.business_date) AS since, min(b.break_id) AS break_id
    FROM mainspring.breaks AS b
    LEFT JOIN mainspring.lines AS l ON l.line_id = b.line_id
    WHERE b.status <> 'RESOLVED' AND coalesce(b.order_id, l.order_id) IS NOT NULL
        AND (b.money_effect <> 0 OR b.code = 'settlement.chargeback')
    GROUP BY 1
), awaited AS (
    -- What of an order is still on its way at a gateway or courier, day by day.
    SELECT
        e.order_id, e.currency, (e.effective_at AT TIME ZONE :'time_zone'::text)::date AS day,
        sum(CASE e.side WHEN 'ledger' THEN a.amount ELSE -a.amount END) AS amount
    FROM mainspring.money_events AS e
    JOIN mainspring.allocations AS a ON a.event_id = e.event_id AND a.superseded_by IS NULL
    WHERE e.order_id IS NOT NULL
        AND e.effective_at < (:'to'::date + 1)::timestamp AT TIME ZONE :'time_zone'::text
        AND (
            (e.side = 'ledger' AND a.bucket IN ('agreed', 'in_transit_gateway'))
            OR (e.kind IN ('gross', 'refund') AND a.bucket = 'agreed' AND a.reason <> 'rounding')
        )
    GROUP BY e.order_id, e.currency, 3
), held AS (
    -- Orders with money in the seller's favour that isn't payable at the end of the month.
    SELECT b.store_id, b.currency, b.period, sum(b.balance) AS on_hold
    FROM (
        SELECT n.store_id, n.currency, p.period, p.ends, n.order_id, sum(n.net) AS balance
        FROM periods AS p
        JOIN netted AS n ON n.day <= p.ends
        WHERE n.order_id IS NOT NULL
        GROUP BY n.store_id, n.currency, p.period, p.ends, n.order_id
        HAVING sum(n.net) > 0
    ) AS b
    JOIN sold AS s ON s.order_id = b.order_id
    LEFT JOIN troubled AS t ON t.order_id = b.order_id AND t.since <= b.ends
    LEFT JOIN (
        SELECT a.order_id, a.currency, p.period
        FROM periods AS p
        JOIN awaited AS a ON a.day <= p.ends
        GROUP BY a.order_id, a.currency, p.period
        HAVING sum(a.amount) > 0
    ) AS w ON w.order_id = b.order_id AND w.currency = b.currency AND w.period = b.period
    WHERE s.delivered_on IS NULL
        OR s.delivered_on + s.payable_days > b.ends
        OR t.order_id IS NOT NULL
        OR (s.payable_after = 'settled' AND w.order_id IS NOT NULL)
    GROUP BY b.store_id, b.currency, b.period
), statements AS (
    SELECT
        s.*, r.store_name, r.seller_id,
        s.opening_balance + s.earned - s.deductions - s.paid_out AS closing_balance,
        coalesce(h.on_hold, 0.00) AS on_hold,
        'SS-' || s.store_id || '-' || to_char(s.period, 'YYYY-MM') || '-' || s.currency
            || CASE WHEN s.is_whole THEN '' ELSE '-DRAFT' END AS statement_no,
        CASE
            WHEN t.store_id IS NULL OR (t.percent = 0 AND coalesce((t.fixed ->> s.currency)::numeric, 0) = 0)
                THEN 'No commission is taken (config/commission.yml)'
            ELSE 'Commission ' || t.percent || ' % of goods'
                || coalesce(' and ' || s.currency || ' ' || (t.fixed ->> s.currency) || ' an order', '')
                || ', tax on it ' || t.tax_percent || ' %'
        END
            || '; gateway fees are the '
            || CASE t.gateway_fees WHEN 'platform' THEN 'marketplace''s' ELSE 'seller''s' END
            || ', courier charges the '
            || CASE t.courier_charges WHEN 'platform' THEN 'marketplace''s' ELSE 'seller''s' END
            || '; payable ' || coalesce(t.payable_days, 0) || ' days after delivery'
            || CASE t.payable_after WHEN 'delivered' THEN '' ELSE ', once settled' END
            || '.' AS commission_basis
    FROM sums AS s
    JOIN stores AS r ON r.store_id = s.store_id
    LEFT JOIN held AS h ON h.store_id = s.store_id AND h.currency = s.currency AND h.period = s.period
    LEFT JOIN terms AS t
        ON t.store_id = s.store_id AND s.ends >= t.starts AND (t.ends IS NULL OR s.ends < t.ends)
    WHERE s.lines > 0 OR s.opening_balance <> 0
), lines AS (
    SELECT
        n.*, p.period,
        row_number() OVER w AS line_no,
        sum(n.net) OVER w AS moved
    FROM netted AS n
    JOIN periods AS p ON n.day BETWEEN p.starts AND p.ends
    WINDOW w AS (
        PARTITION BY n.store_id, n.currency, p.period
        ORDER BY n.day, n.place, n.order_number, n.reference, n.event ROWS UNBOUNDED PRECEDING)
)
SELECT
    s.store_id,
    s.store_name,
    s.seller_id,
    s.statement_no,
    s.period,
    s.currency,
    s.commission_basis,
    0::bigint AS line_no,
    s.starts AS posted_date,
    'opening balance' AS event,
    NULL AS order_number,
    NULL::integer AS payment_id,
    NULL::date AS order_delivered_on,
    NULL::numeric AS gross_goods,
    NULL::numeric AS shipping,
    NULL::numeric AS tax_collected,
    NULL::numeric AS order_total,
    NULL::numeric AS refund,
    NULL::numeric AS chargeback,
    NULL::numeric AS commission,
    NULL::numeric AS commission_tax,
    NULL::numeric AS gateway_fee,
    NULL::numeric AS fee_tax,
    NULL::numeric AS income_tax_withheld,
    NULL::numeric AS sales_tax_withheld,
    NULL::numeric AS courier_charges,
    NULL::numeric AS adjustment,
    NULL::numeric AS net,
    s.opening_balance AS running_balance,
    NULL AS break_id,
    NULL AS bank_reference,
    NULL::numeric AS opening_balance,
    NULL::numeric AS earned,
    NULL::numeric AS deductions,
    NULL::numeric AS paid_out,
    NULL::numeric AS on_hold,
    NULL::numeric AS closing_balance
FROM statements AS s
UNION ALL
SELECT
    s.store_id, s.store_name, s.seller_id, s.statement_no, s.period, s.currency, s.commission_basis, l.line_no, l.day,
    l.event, l.order_number, l.payment_id, l.delivered_on, l.gross_goods, l.shipping, l.tax_collected, l.order_total,
    l.refund, l.chargeback, l.commission, l.commission_tax, l.gateway_fee, l.fee_tax, l.income_tax_withheld,
    l.sales_tax_withheld, l.courier_charges, l.adjustment + l.conversion, l.net, s.opening_balance + l.moved,
    t.break_id, l.bank_reference, NULL, NULL, NULL, NULL, NULL, NULL
FROM statements AS s
JOIN lines AS l ON l.store_id = s.store_id AND l.currency = s.currency AND l.period = s.period
LEFT JOIN troubled AS t ON t.order_id = l.order_id
UNION ALL
SELECT
    s.store_id, s.store_name, s.seller_id, s.statement_no, s.period, s.currency, s.commission_basis, s.lines + 1,
    s.ends, 'closing balance', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
    NULL, NULL, NULL, NULL, s.closing_balance, NULL, NULL, s.opening_balance, s.earned, s.deductions, s.paid_out,
    s.on_hold, s.closing_balance
FROM statements AS s
ORDER BY store_id, currency, period, line_no;
