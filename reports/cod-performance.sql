/*
title: COD performance
description: >-
  What couriers do with parcels that are paid for at the door, by the business month in which the order was placed. One
  row a carrier, month and currency. A parcel is an order with cash on delivery that has a tracking number. Returned are
  those that were cancelled with the courier. Collected is what was paid at the door by our books, remitted what the
  courier's statements say for the same parcels before deductions; what is missing, due or not yet, and what is too much
  stand apart. Days run from delivery to remittance.
owner: operations
window: history
parameters:
  from: { type: date }
  to: { type: date }
  cut_off: { type: timestamp }
  time_zone: { type: text }
columns:
  carrier: { heading: Carrier, kind: text, width: 14 }
  month: { heading: Month, kind: date, width: 12 }
  currency: { heading: Currency, kind: text, width: 10 }
  parcels: { heading: Parcels, kind: integer, width: 10, total: sum }
  under_way: { heading: Under way, kind: integer, width: 11, total: sum }
  delivered: { heading: Delivered, kind: integer, width: 11, total: sum }
  returned: { heading: Returned, kind: integer, width: 10, total: sum }
  return_rate: { heading: Return rate, kind: percent, width: 12, conditional: scale }
  collected: { heading: Collected, kind: money, width: 19, total: sum }
  remitted: { heading: Remitted, kind: money, width: 19, total: sum }
  not_remitted: { heading: Not remitted, kind: money, width: 18, total: sum }
  remitted_over: { heading: Remitted too much, kind: money, width: 18, total: sum }
  remitted_parcels: { heading: Parcels remitted, kind: integer, width: 15, total: sum }
  average_days: { heading: Days to remit, kind: decimal, width: 13 }
  longest_days: { heading: Longest, kind: integer, width: 10 }
  delivery_charges: { heading: Delivery charges, kind: money, width: 17, total: sum }
  return_charges: { heading: Return charges, kind: money, width: 16, total: sum }
  charges_tax: { heading: Tax on charges, kind: money, width: 16, total: sum }
  tax_withheld: { heading: Tax withheld, kind: money, width: 16, total: sum }
  charges_percent: { heading: Charges of remitted, kind: percent, width: 19 }
currency: currency
sort: [month, carrier, currency]
formats: [csv, xlsx]
charts:
  - title: What became of parcels
    kind: column
    category: month
    series: [delivered, returned, under_way]
    last: 12
    stacked: true
  - { title: Cash collected and remitted, kind: column, category: month, series: [collected, remitted], last: 12 }
*/
WITH parcels AS (
    -- One parcel an order, also where a second attempt to collect was recorded.
    SELECT
        o.order_id, o.carrier, o.currency, o.order_status, o.actual_delivery_date,
        date_trunc('month', o.created_at AT TIME ZONE 'UTC' AT TIME ZONE :'time_zone'::text)::date AS month,
        -- Collected as the books say; a payment of another currency pays nothing of this parcel.
        sum(CASE WHEN p.payment_status IN ('COMPLETED', 'REFUNDED') AND p.currency = o.currency THEN p.amount
            ELSE 0.00 END) AS collected
    FROM orders AS o
    JOIN payments AS p ON p.order_id = o.order_id
    JOIN payment_methods AS t ON t.payment_method_id = p.payment_method_id
    WHERE t.method_name = 'CASH_ON_DELIVERY' AND o.tracking_number IS NOT NULL
        AND o.created_at >= (:'from'::date)::timestamp AT TIME ZONE :'time_zone'::text
        AND o.created_at < (:'to'::date + 1)::timestamp AT TIME ZONE :'time_zone'::text
        AND o.created_at < :'cut_off'::timestamptz
    GROUP BY o.order_id
), couriers AS (
    SELECT c.channel FROM mainspring.channels AS c WHERE c.counterparty = 'courier'
), statements AS (
    -- A courier's lines of the same parcels, whether a payment was found for them or only the consignment.
    SELECT
        o.order_id, l.currency, l.line_type, l.gross, l.fee, l.fee_tax, l.income_tax, l.sales_tax,
        (l.settled_at AT TIME ZONE :'time_zone'::text)::date AS remitted_on
    FROM couriers AS c
    JOIN mainspring.lines AS l ON l.channel = c.channel
    JOIN orders AS o ON o.tracking_number = l.tracking_number AND lower(o.carrier) = lower(l.carrier)
    WHERE l.standing = 'live' AND l.settled_at < :'cut_off'::timestamptz
), remittances AS (
    SELECT
        s.order_id, s.currency,
        sum(CASE WHEN s.line_type = 'charge' THEN s.gross ELSE 0.00 END) AS remitted,
        min(CASE WHEN s.line_type = 'charge' THEN s.remitted_on END) AS remitted_on,
        sum(CASE WHEN s.line_type = 'charge' THEN -s.fee ELSE 0.00 END) AS delivery_charges,
        sum(CASE WHEN s.line_type = 'fee' THEN s.gross - s.fee ELSE 0.00 END) AS return_charges,
        sum(-s.fee_tax) AS charges_tax,
        sum(-s.income_tax - s.sales_tax) AS tax_withheld
    FROM statements AS s
    GROUP BY s.order_id, s.currency
), figures AS (
    SELECT
        p.*,
        r.remitted_on,
        coalesce(r.remitted, 0.00) AS remitted,
        coalesce(r.delivery_charges, 0.00) AS delivery_charges,
        coalesce(r.return_charges, 0.00) AS return_charges,
        coalesce(r.charges_tax, 0.00) AS charges_tax,
        coalesce(r.tax_withheld, 0.00) AS tax_withheld
    FROM parcels AS p
    LEFT JOIN remittances AS r ON r.order_id = p.order_id AND r.currency = p.currency
)
SELECT
    coalesce(f.carrier, '(none)') AS carrier,
    f.month,
    f.currency,
    count(*) AS parcels,
    count(*) FILTER (WHERE f.order_status IN ('PENDING', 'CONFIRMED', 'PROCESSING', 'SHIPPED')) AS under_way,
    count(*) FILTER (WHERE f.order_status IN ('DELIVERED', 'REFUNDED')) AS delivered,
    count(*) FILTER (WHERE f.order_status = 'CANCELLED') AS returned,
    round(100.0 * count(*) FILTER (WHERE f.order_status = 'CANCELLED')
        / nullif(count(*) FILTER (WHERE f.order_status IN ('DELIVERED', 'REFUNDED', 'CANCELLED')), 0), 2)
        AS return_rate,
    sum(f.collected) AS collected,
    sum(f.remitted) AS remitted,
    sum(greatest(f.collected - f.remitted, 0.00)) AS not_remitted,
    sum(greatest(f.remitted - f.collected, 0.00)) AS remitted_over,
    count(f.remitted_on) AS remitted_parcels,
    round(avg(f.remitted_on - f.actual_delivery_date), 1) AS average_days,
    max(f.remitted_on - f.actual_delivery_date) AS longest_days,
    sum(f.delivery_charges) AS delivery_charges,
    sum(f.return_charges) AS return_charges,
    sum(f.charges_tax) AS charges_tax,
    sum(f.tax_withheld) AS tax_withheld,
    round(sum(-f.delivery_charges - f.return_charges) * 100 / nullif(sum(f.remitted), 0), 2) AS charges_percent
FROM figures AS f
GROUP BY coalesce(f.carrier, '(none)'), f.month, f.currency
ORDER BY f.month, carrier, f.currency;
