-- Orders, their items, and payments with the gateways' answers.
INSERT INTO public.orders (
    order_id, order_number, customer_id, store_id, order_status, subtotal, advance_payment, advance_amount, tax_amount,
    shipping_cost, total_amount, currency, shipping_address_id, billing_address_id, tracking_number, carrier,
    expected_delivery_date, actual_delivery_date, customer_notes, admin_notes, created_at, updated_at)
SELECT
    o.n, o.order_number, o.customer_id, o.store_id, o.status, o.subtotal, o.advance IS NOT NULL, o.advance, o.tax,
    o.shipping, o.total, o.currency,
    -- Who has a second address has every third parcel sent there.
    CASE WHEN o.customer_id % 3 = 0 AND pick(231, o.n, 3) = 0 THEN size.sellers + size.customers + o.customer_id / 3
        ELSE size.sellers + o.customer_id END,
    size.sellers + o.customer_id, o.tracking, o.carrier,
    CASE WHEN o.status <> 'PENDING' THEN business_date(o.created_at) + 7 END,
    CASE WHEN o.delivered THEN o.delivered_on END,
    CASE WHEN pick(232, o.n, 300) = 0 THEN repeat(long_remark(), 4)
        WHEN pick(233, o.n, 100) < 14 THEN choose(234, o.n, customer_remarks()) END,
    CASE WHEN o.amended > 0 THEN 'Strap out of stock; ' || o.currency || ' ' || o.amended || ' refunded'
        WHEN pick(235, o.n, 100) < 9 THEN choose(236, o.n, office_remarks()) END,
    o.created_at,
    CASE o.status
        WHEN 'REFUNDED' THEN o.refunded_at
        WHEN 'CANCELLED' THEN CASE o.path WHEN 'RETURN' THEN o.returned_at ELSE o.cancelled_at END
        WHEN 'DELIVERED' THEN o.delivered_at WHEN 'SHIPPED' THEN o.shipped_at WHEN 'PROCESSING' THEN o.processed_at
        WHEN 'CONFIRMED' THEN o.confirmed_at ELSE o.created_at END
FROM plan_orders AS o, size
ORDER BY o.n;

INSERT INTO public.order_items (
    order_item_id, order_id, product_id, product_name, product_price, quantity, subtotal, created_at)
SELECT
    row_number() OVER (ORDER BY i.n, i.no), i.n, i.product_id, i.product_name, i.price, i.quantity,
    i.price * i.quantity,
    i.created_at
FROM (
    SELECT o.n, 1 AS no, o.product_1 AS product_id, o.name_1 AS product_name, o.price_1 AS price,
        o.quantity_1 AS quantity, coalesce(o.edited_at, o.created_at) AS created_at
    FROM plan_orders AS o
    UNION ALL
    SELECT o.n, 2, o.product_2, o.name_2, o.price_2, 1, o.created_at FROM plan_orders AS o WHERE o.product_2 IS NOT NULL
) AS i
ORDER BY i.n, i.no;

-- An answer's amount in the smallest unit. Spoilt ones: in words; with half a paisa.
CREATE FUNCTION minor_units(amount numeric, spoilt integer) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE spoilt WHEN 1 THEN '"PKR ' || amount || '"' WHEN 3 THEN (amount * 100)::bigint || '.5'
        ELSE (amount * 100)::bigint::text END;
CREATE FUNCTION epoch(moment timestamp) RETURNS bigint
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN extract(epoch FROM moment)::bigint;

-- A charge as Stripe's API answers it; its balance transaction is an id, or the object where the shop expands it.
CREATE UNLOGGED TABLE answers AS
SELECT
    p.payment_id,
    format(
        '{"id":"ch_%s","object":"charge","amount":%s,"amount_captured":%s,"amount_refunded":%s,'
        '"balance_transaction":%s,"captured":%s,"created":%s,"currency":%s,'
        '"description":"Order %s","disputed":%s,"failure_code":%s,"failure_message":%s,"livemode":true,'
        '"metadata":{"order_number":"%s"},"outcome":{"network_status":"%s","risk_level":"normal","risk_score":%s},'
        '"paid":%s,"payment_intent":"pi_%s","payment_method_details":{"card":{"brand":"%s",'
        '"country":"PK","exp_month":%s,"exp_year":%s,"funding":"%s","last4":"%s"},"type":"card"},"refunded":%s,'
        '"refunds":{"object":"list","data":[%s],"has_more":false,"url":"/v1/charges/ch_%s/refunds"},"status":"%s"}',
        id.charge, said.amount, CASE WHEN p.answer_status = 'failed' THEN '0' ELSE said.amount END,
        (p.answer_refunded * 100)::bigint,
        CASE
            WHEN p.answer_status <> 'succeeded' THEN 'null'
            WHEN pick(241, p.key, 16) > 0 THEN '"txn_' || id.transaction || '"'
            ELSE format('{"id":"txn_%s","object":"balance_transaction","amount":%s,"currency":%s,"fee":%s,"net":%s,'
                '"status":"available","type":"charge"}', id.transaction, said.amount, said.currency,
                (said.fee * 100)::bigint, ((p.answer_amount - said.fee) * 100)::bigint)
        END,
        (p.answer_status <> 'failed')::text, epoch(p.captured_at), said.currency, o.order_number,
        (p.disputed > 0)::text, CASE WHEN p.answer_status = 'failed' THEN '"card_declined"' ELSE 'null' END,
        CASE WHEN p.answer_status = 'failed' THEN '"Your card was declined."' ELSE 'null' END,
        o.order_number,
        CASE WHEN p.answer_status = 'failed' THEN 'declined_by_network' ELSE 'approved_by_network' END,
        pick(242, p.key, 60), (p.answer_status = 'succeeded')::text, id.intent,
        choose(243, p.key, ARRAY['visa', 'mastercard', 'unionpay']), 1 + pick(244, p.key, 12),
        2027 + pick(245, p.key, 5),
        choose(246, p.key, ARRAY['credit', 'debit', 'prepaid']), lpad(pick(247, p.key, 10000)::text, 4, '0'),
        (p.answer_refunded > 0 AND p.answer_refunded = p.answer_amount)::text,
        CASE WHEN p.answer_refunded > 0 THEN format(
            '{"id":"re_%s","object":"refund","amount":%s,"created":%s,"currency":%s,"reason":"requested_by_customer",'
            '"status":"succeeded"}',
            token(85, p.key), (p.answer_refunded * 100)::bigint, epoch(p.refunded_at), said.currency) END,
        id.charge, p.answer_status)::jsonb AS answer
FROM plan_payments AS p
JOIN plan_orders AS o ON o.n = p.n
CROSS JOIN LATERAL (
    SELECT token(82, p.key) AS charge, token(83, p.key) AS intent, token(84, p.key * 2) AS transaction
) AS id
CROSS JOIN LATERAL (
    SELECT minor_units(p.answer_amount, p.spoilt) AS amount,
        CASE p.spoilt WHEN 2 THEN 'null' ELSE '"' || lower(p.answer_currency) || '"' END AS currency,
        stripe_fee(p.answer_amount, p.answer_currency) AS fee
) AS said
WHERE p.object = 'charge'
UNION ALL
-- A payment intent.
SELECT
    p.payment_id,
    format(
        '{"id":"pi_%s","object":"payment_intent","amount":%s,"amount_capturable":%s,"amount_received":%s,'
        '"automatic_payment_methods":{"allow_redirects":"always","enabled":true},"canceled_at":%s,'
        '"cancellation_reason":%s,"capture_method":"%s","confirmation_method":"automatic","created":%s,"currency":%s,'
        '"description":"Order %s","last_payment_error":%s,"latest_charge":%s,"livemode":true,'
        '"metadata":{"order_number":"%s"},"next_action":%s,"payment_method":"pm_%s","payment_method_options":'
        '{"card":{"request_three_d_secure":"automatic"}},"payment_method_types":["card"],"receipt_email":null,'
        '"setup_future_usage":null,"statement_descriptor_suffix":"WATCHES","status":"%s"}',
        id.intent, said.amount, CASE p.answer_status WHEN 'requires_capture' THEN said.amount ELSE '0' END,
        CASE p.answer_status WHEN 'succeeded' THEN said.amount ELSE '0' END,
        CASE p.answer_status WHEN 'canceled' THEN epoch(p.touched_at)::text ELSE 'null' END,
        CASE p.answer_status WHEN 'canceled' THEN '"abandoned"' ELSE 'null' END,
        CASE p.answer_status WHEN 'requires_capture' THEN 'manual' ELSE 'automatic' END,
        epoch(p.captured_at), said.currency, o.order_number,
        CASE p.answer_status WHEN 'requires_payment_method'
            THEN '{"type":"card_error","code":"card_declined","message":"Your card was declined."}' ELSE 'null' END,
        CASE WHEN p.answer_status IN ('canceled', 'requires_action') THEN 'null'
            ELSE '"ch_' || token(82, p.key) || '"' END,
        o.order_number,
        CASE p.answer_status WHEN 'requires_action' THEN '{"type":"use_stripe_sdk"}' ELSE 'null' END,
        token(87, p.key), p.answer_status)::jsonb
FROM plan_payments AS p
JOIN plan_orders AS o ON o.n = p.n
CROSS JOIN LATERAL (SELECT token(83, p.key) AS intent) AS id
CROSS JOIN LATERAL (
    SELECT minor_units(p.answer_amount, p.spoilt) AS amount,
        CASE p.spoilt WHEN 2 THEN 'null' ELSE '"' || lower(p.answer_currency) || '"' END AS currency
) AS said
WHERE p.object = 'payment_intent'
UNION ALL
-- JazzCash calls back with what became of the payment. An amount is in paisa, as text.
SELECT
    p.payment_id,
    jsonb_build_object(
        'pp_Version', '1.1', 'pp_TxnType', 'MWALLET', 'pp_Language', 'EN', 'pp_MerchantID', 'MC25041',
        'pp_SubMerchantID', '', 'pp_TxnRefNo', jazzcash_ref(p.initiated_at, p.key),
        'pp_Amount', (p.answer_amount * 100)::bigint::text, 'pp_TxnCurrency', p.answer_currency,
        'pp_TxnDateTime', to_char(p.captured_at + interval '5 hours', 'YYYYMMDDHH24MISS'),
        'pp_BillReference', o.order_number, 'pp_ResponseCode', p.answer_status,
        'pp_ResponseMessage', CASE p.answer_status
            WHEN '000' THEN 'Thank you for Using JazzCash, your transaction was successful.'
            WHEN '101' THEN 'Transaction could not be completed.' WHEN '131' THEN 'Transaction is refunded.'
            WHEN '112' THEN 'Transaction is cancelled.' ELSE 'Transaction is pending.' END,
        'pp_RetreivalReferenceNo', jazzcash_rrn(p.key * 2), 'pp_AuthCode', '', 'pp_BankID', '', 'pp_ProductID', '',
        'pp_SettlementExpiry', '', 'pp_SecureHash', upper(encode(sha256(token(425, p.key)::bytea), 'hex')))
FROM plan_payments AS p
JOIN plan_orders AS o ON o.n = p.n
WHERE p.object = 'callback'
UNION ALL
-- The answer to an inquiry has two levels, and no amount: the outer code says that the inquiry worked.
SELECT
    p.payment_id,
    jsonb_build_object(
        'pp_ResponseCode', '000', 'pp_ResponseMessage', 'The requested operation has been performed successfully.',
        'pp_PaymentResponseCode', p.answer_status, 'pp_Status', CASE p.answer_status
            WHEN '121' THEN 'Completed' WHEN '124' THEN 'Pending' ELSE 'Failed' END,
        'pp_RetrievalReferenceNo', jazzcash_rrn(p.key * 2), 'pp_SettlementDate', '', 'pp_SettlementExpiry', '',
        'pp_AuthCode', '', 'pp_BankID', '', 'pp_ProductID', '',
        'pp_SecureHash', upper(encode(sha256(token(425, p.key)::bytea), 'hex')))
FROM plan_payments AS p
WHERE p.object = 'inquiry'
UNION ALL
-- A gateway that nobody mapped yet.
SELECT
    p.payment_id,
    jsonb_build_object('transaction_id', 'PF-' || left(token(86, p.key), 16), 'err_code', '000', 'err_msg', 'Success',
        'basket_id', o.order_number, 'transaction_amount', p.amount::text, 'transaction_currency', p.currency)
FROM plan_payments AS p
JOIN plan_orders AS o ON o.n = p.n
WHERE p.object = 'payfast';

INSERT INTO public.payments (
    payment_id, order_id, payment_method_id, payment_tier, payment_status, amount, currency, transaction_id,
    payment_gateway, gateway_response, payment_initiated_at, payment_completed_at, created_at, updated_at)
SELECT
    p.payment_id, p.n, m.payment_method_id,
    CASE WHEN pick(251, p.n, 100) < 80 THEN 'STANDARD' WHEN pick(251, p.n, 100) < 95 THEN 'EXPRESS' ELSE 'PREMIUM' END,
    p.status, p.amount, p.currency,
    CASE p.known_by
        WHEN 'charge' THEN 'ch_' || token(82, p.key) WHEN 'payment_intent' THEN 'pi_' || token(83, p.key)
        WHEN 'jazzcash' THEN jazzcash_ref(p.initiated_at, p.key)
        WHEN 'other' THEN 'ch_' || token(331, p.key)
        WHEN 'payfast' THEN 'PF-' || left(token(86, p.key), 16)
        ELSE CASE WHEN p.channel = 'bank' AND p.completed_at IS NOT NULL
            THEN 'FT' || to_char(p.completed_at, 'YYDDD') || upper(left(token(252, p.key), 10)) END
    END,
    p.gateway, a.answer, p.initiated_at, p.completed_at, p.initiated_at, p.touched_at
FROM plan_payments AS p
JOIN public.payment_methods AS m ON m.method_name = CASE p.method
    WHEN 'COD' THEN 'CASH_ON_DELIVERY' WHEN 'BANK' THEN 'BANK_TRANSFER' WHEN 'WALLET' THEN 'DIGITAL_WALLET'
    ELSE 'CREDIT_CARD' END
LEFT JOIN answers AS a ON a.payment_id = p.payment_id
ORDER BY p.payment_id;
DROP TABLE answers;
