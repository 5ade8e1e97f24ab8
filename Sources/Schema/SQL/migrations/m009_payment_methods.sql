-- The payment methods that the shop starts with (schema document, section 8.1).
INSERT INTO public.payment_methods (method_name, method_description, is_active)
VALUES
    ('CASH_ON_DELIVERY', 'Paid in cash to the courier at the door', TRUE),
    ('CREDIT_CARD', 'Paid by credit or debit card through a gateway', TRUE),
    ('BANK_TRANSFER', 'Paid by transfer to the marketplace''s bank account', TRUE),
    ('DIGITAL_WALLET', 'Paid from a wallet such as JazzCash or Easypaisa', TRUE);
