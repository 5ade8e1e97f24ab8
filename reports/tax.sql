/*
title: Tax
description: >-
  Sales tax by month, province, store and category: charged on orders in the month of their delivery, given back in the
  month of the refund. What an order says is the tax that was charged; the configured rate only says which orders carry
  another tax (exceptions). An order of several categories is shared among them, to the paisa. Beside it what was
  withheld and what tax was paid on fees, in the month of the statement, and the tax on the commission.
owner: finance
window: month
parameters:
  from: { type: date }
  to: { type: date }
  time_zone: { type: text }
  taxes: { type: config, file: config/taxes.yml }
  commission: { type: config, file: config/commission.yml }
columns:
  tax_month: { heading: Month, kind: date, width: 12 }
  province: { heading: Province, kind: text, width: 20 }
  store_id: { heading: Store, kind: integer, width: 8 }
  currency: { heading: Currency, kind: text, width: 10 }
  category: { heading: Category, kind: text, width: 22 }
  rate_configured: { heading: Rate configured, kind: percent, width: 16 }
  effective_rate: { heading: Effective rate, kind: percent, width: 15 }
  orders: { heading: Orders, kind: integer, width: 9, total: sum }
  taxable_value: { heading: Taxable value, kind: money, width: 18, total: sum }
  tax_charged: { heading: Tax charged, kind: money, width: 16, total: sum }
  refunded_value: { heading: Refunded value, kind: money, width: 16, total: sum }
  tax_refunded: { heading: Tax refunded, kind: money, width: 15, total: sum }
  net_taxable: { heading: Net taxable, kind: money, width: 18, total: sum }
  net_tax: { heading: Net tax, kind: money, width: 16, total: sum }
  shipping_value: { heading: Shipping, kind: money, width: 14, total: sum }
  shipping_tax: { heading: Tax on shipping, kind: money, width: 15, total: sum }
  income_tax_withheld: { heading: Income tax withheld, kind: money, width: 19, total: sum }
  sales_tax_withheld: { heading: Sales tax withheld, kind: money, width: 18, total: sum }
  fee_tax_paid: { heading: Tax paid on fees, kind: money, width: 16, total: sum }
  commission_tax_charged: { heading: Tax on commission, kind: money, width: 17, total: sum }
  rate_exception_count: { heading: Orders taxed otherwise, kind: integer, width: 21, total: sum, conditional: flag }
currency: currency
sort: [tax_month, province, store_id, currency, category, rate_configured]
formats: [csv, xlsx]
*/
WITH rates AS (
    -- Per category, NULL being all others, each rate until the next.
    SELECT
        r.category, r."from" AS starts,
        lead(r."from") OVER (PARTITION BY r.category ORDER BY r."from") AS ends,
        r.percent, r.price = 'inclusive' AS is_inclusive, r.taxes_shipping
    FROM jsonb_to_recordset(:'taxes'::jsonb) AS r (
        "from" date, category text, percent numeric, price text, taxes_shipping boolean)
), listed AS (
    SELECT t.*
    FROM jsonb_to_recordset(:'commission'::jsonb) AS t (
        "from" date, store_id integer, percent numeric, fixed jsonb, tax_percent numeric)
), terms AS (
    -- Per store: the terms of all stores until it has some of its own, each until the next.
    SELECT
        s.store_id,
        t."from" AS starts,
        lead(t."from") OVER (PARTITION BY s.store_id ORDER BY t."from") AS ends,
        t.percent, t.fixed, t.tax_percent
    FROM stores AS s
    LEFT JOIN (
        SELECT l.store_id, min(l."from") AS since
        FROM listed AS l
        WHERE l.store_id IS NOT NULL
        GROUP BY l.store_id
    ) AS own ON own.store_id = s.store_id
    JOIN listed AS t
        ON t.store_id = s.store_id OR (t.store_id IS NULL AND (own.since IS NULL OR t."from" < own.since))
), refunds AS (
    -- Each refund as a share of its order, of all that was refunded before it too.
    SELECT
        e.order_id, e.currency, (e.effective_at AT TIME ZONE :'time_zone'::text)::date AS day, e.event_id,
        -e.amount AS amount,
        sum(-e.amount) OVER (
            PARTITION BY e.order_id, e.currency ORDER BY e.effective_at, e.event_id ROWS UNBOUNDED PRECEDING) AS so_far
    FROM mainspring.money_events AS e
    WHERE e.side = 'ledger' AND e.kind = 'refund'
        AND e.effective_at < (:'to'::date + 1)::timestamp AT TIME ZONE :'time_zone'::text
), withheld AS (
    SELECT
        e.order_id, e.currency, date_trunc('month', e.effective_at AT TIME ZONE :'time_zone'::text)::date AS month,
        sum(CASE e.kind WHEN 'income_tax_withheld' THEN -e.amount ELSE 0.00 END) AS income_tax_withheld,
        sum(CASE e.kind WHEN 'sales_tax_withheld' THEN -e.amount ELSE 0.00 END) AS sales_tax_withheld,
        sum(CASE e.kind WHEN 'fee_tax' THEN -e.amount ELSE 0.00 END) AS fee_tax_paid
    FROM mainspring.money_events AS e
    LEFT JOIN mainspring.allocations AS a
        ON a.event_id = e.event_id AND a.superseded_by IS NULL AND a.bucket = 'excluded'
        AND a.reason IN ('resent', 'duplicate', 'line changed', 'superseded')
    WHERE e.kind IN ('income_tax_withheld', 'sales_tax_withheld', 'fee_tax') AND a.event_id IS NULL
        AND e.effective_at >= (:'from'::date)::timestamp AT TIME ZONE :'time_zone'::text
        AND e.effective_at < (:'to'::date + 1)::timestamp AT TIME ZONE :'time_zone'::text
    GROUP BY e.order_id, e.currency, 3
), concerned AS (
    -- Orders of which the window says something.
    SELECT o.order_id
    FROM orders AS o
    WHERE o.actual_delivery_date BETWEEN :'from'::date AND :'to'::date AND o.order_status IN ('DELIVERED', 'REFUNDED')
    UNION
    SELECT r.order_id FROM refunds AS r WHERE r.day >= :'from'::date
    UNION
    SELECT w.order_id FROM withheld AS w WHERE w.order_id IS NOT NULL
), sold AS (
    SELECT
        o.order_id, o.store_id, o.currency, o.subtotal, o.tax_amount, o.shipping_cost, o.total_amount,
        d.state_province AS province,
        CASE WHEN o.order_status IN ('DELIVERED', 'REFUNDED') THEN o.actual_delivery_date END AS delivered_on,
        (o.created_at::timestamptz AT TIME ZONE :'time_zone'::text)::date AS placed_on,
        coalesce(t.tax_percent, 0) AS commission_tax_percent,
        z.decimals,
        round(o.subtotal * coalesce(t.percent, 0) / 100, z.decimals)
            + coalesce((t.fixed ->> o.currency)::numeric, 0) AS commission
    FROM concerned AS c
    JOIN orders AS o ON o.order_id = c.order_id
    JOIN addresses AS d ON d.address_id = o.shipping_address_id
    CROSS JOIN LATERAL (
        SELECT CASE WHEN o.currency IN ('CLP', 'ISK', 'JPY', 'KRW', 'PYG', 'UGX', 'VND', 'XAF', 'XOF') THEN 0 ELSE 2 END
            AS decimals
    ) AS z
    LEFT JOIN terms AS t
        ON t.store_id = o.store_id
        AND (o.created_at::timestamptz AT TIME ZONE :'time_zone'::text)::date >= t.starts
        AND (t.ends IS NULL OR (o.created_at::timestamptz AT TIME ZONE :'time_zone'::text)::date < t.ends)
), goods AS (
    -- What an order has of each category. The product's category is today's: the order keeps none.
    SELECT i.order_id, coalesce(c.category_name, 'deleted products') AS category, sum(i.subtotal) AS value
    FROM concerned AS n
    JOIN order_items AS i ON i.order_id = n.order_id
    LEFT JOIN products AS p ON p.product_id = i.product_id
    LEFT JOIN product_categories AS c ON c.category_id = p.category_id
    GROUP BY i.order_id, 2
), rated AS (
    SELECT
        s.order_id, coalesce(g.category, 'no items') AS category, coalesce(g.value, s.subtotal) AS value,
        CASE WHEN own.starts IS NULL THEN al.percent ELSE own.percent END AS percent,
        coalesce(CASE WHEN own.starts IS NULL THEN al.is_inclusive ELSE own.is_inclusive END, FALSE) AS is_inclusive,
        coalesce(CASE WHEN own.starts IS NULL THEN al.taxes_shipping ELSE own.taxes_shipping END, FALSE)
            AS taxes_shipping
    FROM sold AS s
    LEFT JOIN goods AS g ON g.order_id = s.order_id
    LEFT JOIN rates AS own
        ON own.category = g.category AND s.placed_on >= own.starts AND (own.ends IS NULL OR s.placed_on < own.ends)
    LEFT JOIN rates AS al
        ON al.category IS NULL AND s.placed_on >= al.starts AND (al.ends IS NULL OR s.placed_on < al.ends)
), weighed AS (
    -- The tax that a category should carry is its weight when the order's tax is shared out.
    SELECT
        r.*,
        r.value * coalesce(r.percent, 0) / CASE WHEN r.is_inclusive THEN 100 + r.percent ELSE 100 END AS expected_tax
    FROM rated AS r
), judged AS (
    -- One row an order: which part of its tax is on shipping, and whether it is the tax that it should carry.
    SELECT
        s.*,
        least(s.tax_amount, w.shipping_tax) AS shipping_tax,
        abs(s.tax_amount - round(w.expected_tax, s.decimals) - w.shipping_tax) > 0.01 AS is_exception
    FROM sold AS s
    JOIN (
        SELECT
            s.order_id, sum(w.expected_tax) AS expected_tax,
            CASE WHEN bool_or(w.taxes_shipping)
                THEN round(s.shipping_cost * coalesce(max(w.percent), 0) / 100, s.decimals) ELSE 0.00 END
                AS shipping_tax
        FROM sold AS s
        JOIN weighed AS w ON w.order_id = s.order_id
        GROUP BY s.order_id, s.shipping_cost, s.decimals
    ) AS w ON w.order_id = s.order_id
), shares AS (
    -- Up to where each category reaches, of the order's value and of its tax: so the parts come to the whole.
    SELECT
        w.order_id, w.category, w.percent, w.is_inclusive,
        coalesce(w.value_to / nullif(w.value_all, 0), w.place / w.places) AS value_to,
        coalesce((w.value_to - w.value) / nullif(w.value_all, 0), (w.place - 1) / w.places) AS value_from,
        coalesce(w.tax_to / nullif(w.tax_all, 0), w.value_to / nullif(w.value_all, 0), w.place / w.places) AS tax_to,
        coalesce(
            (w.tax_to - w.expected_tax) / nullif(w.tax_all, 0), (w.value_to - w.value) / nullif(w.value_all, 0),
            (w.place - 1) / w.places) AS tax_from
    FROM (
        SELECT
            w.*,
            sum(w.value) OVER o AS value_to, sum(w.value) OVER a AS value_all,
            sum(w.expected_tax) OVER o AS tax_to, sum(w.expected_tax) OVER a AS tax_all,
            (row_number() OVER o)::numeric AS place, (count(*) OVER a)::numeric AS places
        FROM weighed AS w
        WINDOW a AS (PARTITION BY w.order_id),
            o AS (PARTITION BY w.order_id ORDER BY w.category ROWS UNBOUNDED PRECEDING)
    ) AS w
), happened (
    order_id, currency, decimals, month, is_sale, value, goods_tax, shipping, shipping_tax, refunded_value,
    refunded_tax, refunded_shipping, income_tax_withheld, sales_tax_withheld, fee_tax_paid, commission_tax
) AS (
    SELECT
        j.order_id, j.currency, j.decimals, date_trunc('month', j.delivered_on::timestamp)::date, TRUE, j.subtotal,
        j.tax_amount - j.shipping_tax, j.shipping_cost, j.shipping_tax, 0.00, 0.00, 0.00, 0.00, 0.00, 0.00,
        round(j.commission * j.commission_tax_percent / 100, j.decimals)
    FROM judged AS j
    WHERE j.delivered_on BETWEEN :'from'::date AND :'to'::date
    UNION ALL
    -- A refund gives back goods, tax and shipping in the order's proportions; only what was delivered was ever taxed.
    SELECT
        r.order_id, r.currency, r.decimals, date_trunc('month', r.day::timestamp)::date, FALSE, 0.00, 0.00,
        0.00, -(round(r.shipping_tax * r.share, r.decimals) - round(r.shipping_tax * r.share_before, r.decimals)),
        round(r.subtotal * r.share, r.decimals) - round(r.subtotal * r.share_before, r.decimals),
        round((r.tax_amount - r.shipping_tax) * r.share, r.decimals)
            - round((r.tax_amount - r.shipping_tax) * r.share_before, r.decimals),
        round(r.shipping_cost * r.share, r.decimals) - round(r.shipping_cost * r.share_before, r.decimals),
        0.00, 0.00, 0.00,
        round(round(r.commission * r.share_before, r.decimals) * r.commission_tax_percent / 100, r.decimals)
            - round(round(r.commission * r.share, r.decimals) * r.commission_tax_percent / 100, r.decimals)
    FROM (
        SELECT
            j.*, greatest(r.day, j.delivered_on) AS day,
            coalesce(least(r.so_far, j.total_amount) / nullif(j.total_amount, 0), 0) AS share,
            coalesce(least(r.so_far - r.amount, j.total_amount) / nullif(j.total_amount, 0), 0) AS share_before
        FROM refunds AS r
        JOIN judged AS j ON j.order_id = r.order_id AND j.currency = r.currency
        WHERE j.delivered_on <= :'to'::date
    ) AS r
    WHERE r.day BETWEEN :'from'::date AND :'to'::date
    UNION ALL
    SELECT
        w.order_id, w.currency, 2, w.month, FALSE, 0.00, 0.00, 0.00, 0.00, 0.00, 0.00, 0.00, w.income_tax_withheld,
        w.sales_tax_withheld, w.fee_tax_paid, 0.00
    FROM withheld AS w
), shared AS (
    SELECT
        h.month, j.province, j.store_id, h.currency, coalesce(c.category, 'of no order') AS category, c.percent,
        h.is_sale, coalesce(j.is_exception, FALSE) AS is_exception,
        h.value_part - CASE WHEN c.is_inclusive THEN h.goods_tax_part ELSE 0.00 END AS value,
        h.goods_tax_part AS tax,
        h.refunded_part - CASE WHEN c.is_inclusive THEN h.refunded_tax_part ELSE 0.00 END AS refunded_value,
        h.refunded_tax_part AS refunded_tax,
        h.shipping_part AS shipping,
        h.shipping_tax_part AS shipping_tax,
        h.income_tax_part AS income_tax_withheld,
        h.sales_tax_part AS sales_tax_withheld,
        h.fee_tax_part AS fee_tax_paid,
        h.commission_tax_part AS commission_tax
    FROM (
        SELECT
            h.order_id, h.month, h.currency, h.is_sale, c.category,
            round(h.value * c.value_to, h.decimals) - round(h.value * c.value_from, h.decimals) AS value_part,
            round(h.goods_tax * c.tax_to, h.decimals) - round(h.goods_tax * c.tax_from, h.decimals) AS goods_tax_part,
            round(h.refunded_value * c.value_to, h.decimals)
                - round(h.refunded_value * c.value_from, h.decimals) AS refunded_part,
            round(h.refunded_tax * c.tax_to, h.decimals)
                - round(h.refunded_tax * c.tax_from, h.decimals) AS refunded_tax_part,
            round((h.shipping - h.refunded_shipping) * c.value_to, h.decimals)
                - round((h.shipping - h.refunded_shipping) * c.value_from, h.decimals) AS shipping_part,
            round(h.shipping_tax * c.value_to, h.decimals)
                - round(h.shipping_tax * c.value_from, h.decimals) AS shipping_tax_part,
            -- Of a line that belongs to no order, all.
            round(h.income_tax_withheld * coalesce(c.value_to, 1), h.decimals)
                - round(h.income_tax_withheld * coalesce(c.value_from, 0), h.decimals) AS income_tax_part,
            round(h.sales_tax_withheld * coalesce(c.value_to, 1), h.decimals)
                - round(h.sales_tax_withheld * coalesce(c.value_from, 0), h.decimals) AS sales_tax_part,
            round(h.fee_tax_paid * coalesce(c.value_to, 1), h.decimals)
                - round(h.fee_tax_paid * coalesce(c.value_from, 0), h.decimals) AS fee_tax_part,
            round(h.commission_tax * c.value_to, h.decimals)
                - round(h.commission_tax * c.value_from, h.decimals) AS commission_tax_part
        FROM happened AS h
        LEFT JOIN shares AS c ON c.order_id = h.order_id
    ) AS h
    LEFT JOIN judged AS j ON j.order_id = h.order_id
    LEFT JOIN shares AS c ON c.order_id = h.order_id AND c.category = h.category
), summed AS (
    SELECT
        s.month, s.province, s.store_id, s.currency, s.category, s.percent,
        count(*) FILTER (WHERE s.is_sale) AS orders,
        coalesce(sum(s.value), 0.00) AS taxable_value,
        coalesce(sum(s.tax), 0.00) AS tax_charged,
        coalesce(sum(s.refunded_value), 0.00) AS refunded_value,
        coalesce(sum(s.refunded_tax), 0.00) AS tax_refunded,
        coalesce(sum(s.shipping), 0.00) AS shipping_value,
        coalesce(sum(s.shipping_tax), 0.00) AS shipping_tax,
        sum(s.income_tax_withheld) AS income_tax_withheld,
        sum(s.sales_tax_withheld) AS sales_tax_withheld,
        sum(s.fee_tax_paid) AS fee_tax_paid,
        coalesce(sum(s.commission_tax), 0.00) AS commission_tax,
        count(*) FILTER (WHERE s.is_sale AND s.is_exception) AS exceptions
    FROM shared AS s
    GROUP BY s.month, s.province, s.store_id, s.currency, s.category, s.percent
)
SELECT
    s.month AS tax_month,
    s.province,
    s.store_id,
    s.currency,
    s.category,
    s.percent AS rate_configured,
    round(100 * s.tax_charged / nullif(s.taxable_value, 0), 2) AS effective_rate,
    s.orders,
    s.taxable_value,
    s.tax_charged,
    s.refunded_value,
    s.tax_refunded,
    s.taxable_value - s.refunded_value AS net_taxable,
    s.tax_charged - s.tax_refunded AS net_tax,
    s.shipping_value,
    s.shipping_tax,
    s.income_tax_withheld,
    s.sales_tax_withheld,
    s.fee_tax_paid,
    s.commission_tax AS commission_tax_charged,
    s.exceptions AS rate_exception_count
FROM summed AS s
ORDER BY s.month, s.province, s.store_id, s.currency, s.category, s.percent;
