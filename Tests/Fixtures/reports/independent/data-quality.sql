-- The generator's truth: it plants orders that don't add up, and breaks no other rule of the document. An order that
-- was paid as its total says has the wrong total, the others have items that don't make the subtotal.
SELECT
    CASE WHEN o.total_amount = o.subtotal + o.tax_amount + o.shipping_cost THEN 'order.subtotal' ELSE 'order.total' END
        AS rule,
    '7.1' AS section, 'order' AS entity_type, o.order_id AS entity_id, o.store_id,
    CASE WHEN o.total_amount = o.subtotal + o.tax_amount + o.shipping_cost THEN o.subtotal ELSE o.total_amount END
        || ' PKR' AS stored,
    -- The truth's effect is what is stored beyond what is right.
    CASE WHEN o.total_amount = o.subtotal + o.tax_amount + o.shipping_cost THEN o.subtotal ELSE o.total_amount END
        - t.money_effect::numeric || ' PKR' AS expected
FROM demo_truth AS t
JOIN orders AS o ON t.entity = 'order:' || o.order_id
WHERE t.code = 'order.arithmetic';
