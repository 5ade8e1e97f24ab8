-- From the courier's files inwards: a parcel's rows are added up first, then looked for among the orders.
WITH told AS (
    SELECT
        t.consignment_no AS parcel,
        sum(t.cod_amount::numeric) AS remitted,
        min(to_date(t.remittance_date, 'DD-MM-YYYY')) FILTER (WHERE t.status = 'DELIVERED') AS remitted_on,
        -sum(t.service_charges::numeric) FILTER (WHERE t.status = 'DELIVERED') AS delivery_charges,
        -sum(t.service_charges::numeric) FILTER (WHERE t.status = 'RETURNED') AS return_charges,
        -sum(t.sales_tax::numeric) AS charges_tax,
        -sum(t.income_tax_withheld::numeric) - sum(t.sales_tax_withheld::numeric) AS tax_withheld
    FROM demo_tcs AS t
    WHERE t.remittance_no <> 'TOTAL'
    GROUP BY t.consignment_no
), sent AS (
    SELECT
        o.carrier, o.currency, to_char(o.created_at + interval '5 hours', 'YYYY-MM') AS month, o.order_status AS status,
        o.actual_delivery_date AS there_on, t.*,
        (
            SELECT coalesce(sum(p.amount), 0)
            FROM payments AS p, payment_methods AS m
            WHERE p.order_id = o.order_id AND m.payment_method_id = p.payment_method_id
                AND m.method_name LIKE 'CASH%' AND p.payment_status IN ('COMPLETED', 'REFUNDED')
        ) AS collected
    FROM orders AS o
    LEFT JOIN told AS t ON t.parcel = o.tracking_number
    WHERE o.tracking_number <> ''
        AND o.order_id IN (
            SELECT p.order_id FROM payments AS p, payment_methods AS m
            WHERE m.payment_method_id = p.payment_method_id AND m.method_name LIKE 'CASH%')
        AND (o.created_at + interval '5 hours')::date BETWEEN :'from'::date AND :'to'::date
)
SELECT
    s.carrier, (s.month || '-01')::date AS month, s.currency, count(*) AS parcels,
    sum((s.status NOT IN ('DELIVERED', 'REFUNDED', 'CANCELLED'))::integer) AS under_way,
    sum((s.status IN ('DELIVERED', 'REFUNDED'))::integer) AS delivered,
    sum((s.status = 'CANCELLED')::integer) AS returned,
    round(avg(CASE s.status WHEN 'CANCELLED' THEN 100 WHEN 'DELIVERED' THEN 0 WHEN 'REFUNDED' THEN 0 END), 2)
        AS return_rate,
    sum(s.collected) AS collected, coalesce(sum(s.remitted), 0) AS remitted,
    sum(CASE WHEN s.collected > coalesce(s.remitted, 0) THEN s.collected - coalesce(s.remitted, 0) ELSE 0 END)
        AS not_remitted,
    sum(CASE WHEN s.remitted > s.collected THEN s.remitted - s.collected ELSE 0 END) AS remitted_over,
    count(s.remitted_on) AS remitted_parcels, round(avg(s.remitted_on - s.there_on), 1) AS average_days,
    max(s.remitted_on - s.there_on) AS longest_days, coalesce(sum(s.delivery_charges), 0) AS delivery_charges,
    coalesce(sum(s.return_charges), 0) AS return_charges, coalesce(sum(s.charges_tax), 0) AS charges_tax,
    coalesce(sum(s.tax_withheld), 0) AS tax_withheld
FROM sent AS s
GROUP BY s.carrier, s.month, s.currency;
