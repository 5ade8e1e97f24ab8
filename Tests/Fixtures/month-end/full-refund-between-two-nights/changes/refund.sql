-- The watch of order 1 comes back on 12 June, and all of its money goes back.
UPDATE payments SET payment_status = 'REFUNDED', gateway_response = '{"pp_ResponseCode": "131", "pp_TxnRefNo": "T1", "pp_Amount": "850000", "pp_TxnCurrency": "PKR", "pp_BillReference": "ORD-1"}' WHERE payment_id = 1;
UPDATE orders SET order_status = 'REFUNDED' WHERE order_id = 1;
