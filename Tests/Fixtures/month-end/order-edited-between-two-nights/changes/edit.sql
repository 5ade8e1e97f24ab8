-- On 5 June, three days after it was paid, a strap is added to order 1; nobody collects its price.
INSERT INTO order_items (order_id, product_name, product_price, quantity, subtotal, created_at)
    VALUES (1, 'Leather strap', 1500.00, 1, 1500.00, '2026-06-05 11:00:00');
UPDATE orders SET subtotal = 11500.00, total_amount = 11500.00, order_status = 'DELIVERED',
    actual_delivery_date = '2026-06-09' WHERE order_id = 1;
