-- On 15 June the shop gives 2,500.00 back for ORD-1; Stripe's answer is stored again.
UPDATE payments
SET gateway_response = '{"id": "ch_1", "object": "charge", "amount": 1000000, "amount_captured": 1000000, "amount_refunded": 250000, "captured": true, "created": 1780301100, "currency": "pkr", "disputed": false, "refunded": false, "status": "succeeded", "metadata": {}, "refunds": {"data": [{"created": 1781517600}]}}'
WHERE payment_id = 1;
