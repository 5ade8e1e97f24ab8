-- Every money event of the marketplace, or the parts that it falls into, from the shop's payments, the statements'
-- files and the generator's truth: what it is, on which business date it happened, and in which bucket it belongs
-- (docs/reconciliation.md). `event` names the event, `amount` is signed from the shop's side.
CREATE TEMPORARY TABLE demo_lines AS
-- The line of a statement, and whether it counts: Stripe repeats some in a later file, twice in one, or with another
-- fee.
SELECT
    'stripe' AS channel, f.file, f.line, f.standing, f.settled::date AS day, f.payout AS payout_id,
    upper(f.currency) AS currency, f.category AS type, f.gross, f.fee, 0.00 AS fee_tax, 0.00 AS income_tax,
    0.00 AS sales_tax, f.net, upper(coalesce(f.charged_in, f.currency)) AS charged_in,
    CASE WHEN f.charged_in <> f.currency THEN abs(f.charged) * sign(f.gross) ELSE f.gross END AS charged,
    f.charge_id AS id, f.intent_id AS other_id, f.order_number, f.created AS created
FROM (
    SELECT
        d.file, d.line, d.automatic_payout_id AS payout, d.automatic_payout_effective_at_utc AS settled, d.currency,
        d.reporting_category AS category, d.gross::numeric, d.fee::numeric, d.net::numeric,
        nullif(d.customer_facing_currency, '') AS charged_in,
        nullif(d.customer_facing_amount, '')::numeric AS charged, d.charge_id, d.payment_intent_id AS intent_id,
        d.payment_metadata_order_number AS order_number, d.created_utc::timestamp AS created,
        CASE
            WHEN row_number() OVER same = 1 THEN 'live'
            WHEN d.file = first_value(d.file) OVER same THEN 'duplicate'
            WHEN d.fee = first_value(d.fee) OVER same THEN 'resent'
            ELSE 'line changed'
        END AS standing
    FROM demo_stripe AS d
    WINDOW same AS (PARTITION BY d.balance_transaction_id ORDER BY d.file, d.line::integer)
) AS f
UNION ALL
SELECT
    'jazzcash', d.file, d.line, 'live', to_date(d.processing_date, 'YY/MM/DD'), d.batch_number, 'PKR',
    CASE d.transaction_type WHEN 'SALE' THEN 'charge' WHEN 'REFUND' THEN 'refund' ELSE 'payout' END,
    d.transaction_amount::numeric * s.sign, d.mdr::numeric, d.fed_amount::numeric, d.wht_amount::numeric, 0,
    d.net_amount::numeric * s.sign, 'PKR', d.transaction_amount::numeric * s.sign, d.txn_ref_no, NULL, d.bill_reference,
    to_date(d.transaction_date, 'YY/MM/DD') - interval '5 hours'
FROM demo_jazzcash AS d
CROSS JOIN LATERAL (SELECT CASE d.d_c WHEN 'C' THEN 1 ELSE -1 END AS sign) AS s
UNION ALL
SELECT
    'tcs', d.file, d.line, 'live', to_date(d.remittance_date, 'DD-MM-YYYY'), d.remittance_no, 'PKR',
    CASE d.status WHEN 'DELIVERED' THEN 'charge' ELSE 'fee' END, d.cod_amount::numeric, d.service_charges::numeric,
    d.sales_tax::numeric, d.income_tax_withheld::numeric, d.sales_tax_withheld::numeric, d.net_payable::numeric, 'PKR',
    d.cod_amount::numeric, d.consignment_no, NULL, d.order_ref, NULL
FROM demo_tcs AS d
WHERE d.remittance_no <> 'TOTAL'
UNION ALL
SELECT
    'bank', d.file, d.line, 'live', d.date::date,
    substring(d.description FROM '(po_[A-Za-z0-9]+|RM-[0-9]+|JC-[0-9]+)'), d.currency, 'bank', d.amount::numeric, 0, 0,
    0, 0, d.amount::numeric, d.currency, d.amount::numeric, d.reference, NULL, NULL, NULL
FROM demo_bank AS d
WHERE d.type IN ('CREDIT', 'DEBIT');

CREATE TEMPORARY TABLE demo_matches AS
-- Whose payment a live line of a charge or refund is: by an id, by a parcel, or by its order's only captured payment.
SELECT l.file, l.line, p.payment_id
FROM demo_lines AS l
JOIN payments AS p ON p.transaction_id IN (l.id, l.other_id) AND lower(p.payment_gateway) = l.channel
WHERE l.type IN ('charge', 'refund', 'dispute', 'dispute_reversal')
UNION ALL
SELECT l.file, l.line, p.payment_id
FROM demo_lines AS l
JOIN orders AS o ON o.order_number = l.order_number
JOIN payments AS p
    ON p.order_id = o.order_id AND lower(p.payment_gateway) = l.channel
    AND p.payment_status IN ('COMPLETED', 'REFUNDED') AND p.currency = l.charged_in
WHERE l.type IN ('charge', 'refund')
    AND NOT EXISTS (SELECT FROM payments AS q WHERE q.transaction_id IN (l.id, l.other_id))
UNION ALL
SELECT l.file, l.line, p.payment_id
FROM demo_lines AS l
JOIN orders AS o ON o.tracking_number = l.id AND upper(o.carrier) = 'TCS'
JOIN payments AS p ON p.order_id = o.order_id AND p.payment_status NOT IN ('FAILED', 'CANCELLED')
JOIN payment_methods AS m ON m.payment_method_id = p.payment_method_id AND m.method_name = 'CASH_ON_DELIVERY'
WHERE l.channel = 'tcs' AND l.type = 'charge';

CREATE TEMPORARY TABLE demo_causes AS
-- What the truth says of a payment that keeps its money from agreeing: of captures, and of refunds.
SELECT
    p.payment_id, t.code,
    CASE WHEN t.code LIKE 'settlement.refund%' THEN 'refund' ELSE 'capture' END AS part
FROM demo_truth AS t
JOIN payments AS p ON t.entity = 'payment:' || p.payment_id
WHERE t.role = 'root' AND t.money_effect::numeric <> 0
    AND t.code NOT IN ('payment.duplicate', 'settlement.double_loss');

CREATE TEMPORARY TABLE demo_events AS
WITH ledger AS (
    SELECT
        p.*, 'payment ' || p.payment_id AS event,
        CASE m.method_name
            WHEN 'BANK_TRANSFER' THEN 'bank_transfer'
            WHEN 'CASH_ON_DELIVERY' THEN coalesce(lower(o.carrier), 'courier')
            ELSE CASE lower(p.payment_gateway)
                WHEN 'stripe' THEN 'stripe' WHEN 'jazzcash' THEN 'jazzcash' ELSE 'unknown' END
        END AS channel,
        EXISTS (
            SELECT FROM demo_matches AS s JOIN demo_lines AS l ON l.file = s.file AND l.line = s.line
            WHERE s.payment_id = p.payment_id AND l.type = 'charge'
        ) AS is_settled,
        EXISTS (
            SELECT FROM demo_matches AS s JOIN demo_lines AS l ON l.file = s.file AND l.line = s.line
            WHERE s.payment_id = p.payment_id AND l.type = 'refund'
        ) AS is_refund_settled,
        CASE
            WHEN p.payment_status = 'REFUNDED' THEN p.amount
            ELSE coalesce((p.gateway_response ->> 'amount_refunded')::numeric / 100, 0)
        END AS given_back,
        coalesce(
            to_timestamp((p.gateway_response #>> '{refunds,data,0,created}')::bigint) AT TIME ZONE 'UTC',
            (
                SELECT max(l.created) FROM demo_matches AS s JOIN demo_lines AS l ON l.file = s.file AND l.line = s.line
                WHERE s.payment_id = p.payment_id AND l.type = 'refund'
            ),
            p.updated_at
        ) AS given_back_at
    FROM payments AS p
    JOIN payment_methods AS m ON m.payment_method_id = p.payment_method_id
    JOIN orders AS o ON o.order_id = p.order_id
    WHERE p.payment_status IN ('COMPLETED', 'REFUNDED')
), components (event, file, line, channel, standing, day, payout_id, currency, kind, amount) AS (
    SELECT
        l.file || l.line || n.kind, l.file, l.line, l.channel, l.standing, l.day, l.payout_id, n.currency, n.kind,
        n.amount
    FROM demo_lines AS l
    CROSS JOIN LATERAL (
        VALUES
            ('gross', l.charged_in, CASE l.type WHEN 'charge' THEN l.charged END),
            ('refund', l.charged_in, CASE l.type WHEN 'refund' THEN l.charged END),
            ('conversion_out', l.charged_in, CASE WHEN l.charged_in <> l.currency THEN -l.charged END),
            ('conversion_in', l.currency, CASE WHEN l.charged_in <> l.currency THEN l.gross END),
            ('chargeback', l.currency, CASE l.type WHEN 'dispute' THEN l.gross END),
            ('chargeback_reversal', l.currency, CASE l.type WHEN 'dispute_reversal' THEN l.gross END),
            ('dispute_fee', l.currency, CASE WHEN l.type LIKE 'dispute%' THEN -l.fee END),
            (
                'fee', l.currency,
                CASE
                    WHEN l.type = 'fee' THEN least(l.gross, 0) - l.fee
                    WHEN l.type IN ('charge', 'refund') THEN -greatest(l.fee, 0)
                END
            ),
            (
                'fee_refund', l.currency,
                CASE
                    WHEN l.type = 'fee' THEN greatest(l.gross, 0)
                    WHEN l.type IN ('charge', 'refund') THEN -least(l.fee, 0)
                END
            ),
            ('fee_tax', l.currency, CASE WHEN l.type <> 'payout' THEN -l.fee_tax END),
            ('income_tax_withheld', l.currency, CASE WHEN l.type <> 'payout' THEN -l.income_tax END),
            ('sales_tax_withheld', l.currency, -l.sales_tax),
            ('reserve_hold', l.currency, CASE WHEN l.type = 'risk_reserved_funds' THEN least(l.gross, 0) END),
            ('reserve_release', l.currency, CASE WHEN l.type = 'risk_reserved_funds' THEN greatest(l.gross, 0) END),
            ('payout', l.currency, CASE l.type WHEN 'payout' THEN -l.gross END),
            ('bank_credit', l.currency, CASE l.type WHEN 'bank' THEN l.gross END),
            (
                'line_difference', l.currency,
                CASE WHEN l.type NOT IN ('payout', 'bank')
                    THEN l.net - l.gross + l.fee + l.fee_tax + l.income_tax + l.sales_tax END
            )
    ) AS n (kind, currency, amount)
    WHERE n.amount <> 0
), payout_causes AS (
    SELECT substr(t.entity, 8) AS payout_id, t.code, t.money_effect::numeric AS effect
    FROM demo_truth AS t
    WHERE t.entity LIKE 'payout:%'
), line_causes AS (
    SELECT f.file_name AS file, split_part(t.entity, ':', 3) AS line, t.code
    FROM demo_truth AS t
    JOIN mainspring.files AS f ON f.sha256 LIKE split_part(t.entity, ':', 2) || '%'
    WHERE t.entity LIKE 'line:%' AND t.code IN ('settlement.orphan', 'cod.unknown_tracking', 'bank.unidentified')
)
SELECT
    l.event, 'ledger' AS side, l.channel, 'capture' AS kind, l.currency, l.amount,
    (coalesce(l.payment_completed_at, l.payment_initiated_at, l.created_at) + interval '5 hours')::date AS day,
    l.payment_id, l.order_id, NULL AS payout_id,
    CASE
        WHEN l.channel = 'bank_transfer' THEN 'excluded' WHEN c.code IS NOT NULL THEN 'break'
        WHEN l.is_settled THEN 'agreed' ELSE 'in_transit_gateway'
    END AS bucket,
    CASE
        WHEN l.channel = 'bank_transfer' THEN 'no statement' WHEN c.code IS NOT NULL THEN c.code
        WHEN l.is_settled THEN 'matched' ELSE 'not due'
    END AS reason
FROM ledger AS l
LEFT JOIN demo_causes AS c ON c.payment_id = l.payment_id AND c.part = 'capture'
UNION ALL
SELECT
    l.event || ', back', 'ledger', l.channel, 'refund', l.currency, -l.given_back,
    (l.given_back_at + interval '5 hours')::date, l.payment_id, l.order_id, NULL,
    CASE
        WHEN l.channel = 'bank_transfer' THEN 'excluded' WHEN c.code IS NOT NULL THEN 'break'
        WHEN l.is_refund_settled THEN 'agreed' ELSE 'in_transit_gateway'
    END,
    CASE
        WHEN l.channel = 'bank_transfer' THEN 'no statement' WHEN c.code IS NOT NULL THEN c.code
        WHEN l.is_refund_settled THEN 'matched' ELSE 'not due'
    END
FROM ledger AS l
LEFT JOIN demo_causes AS c ON c.payment_id = l.payment_id AND c.part = 'refund'
WHERE l.given_back > 0
UNION ALL
-- What a payout or its credit has too much or too little is a part of its own.
SELECT
    n.event, 'statement', n.channel, n.kind, n.currency, w.amount, n.day, m.payment_id, NULL, n.payout_id,
    CASE
        WHEN n.standing <> 'live' THEN 'excluded' WHEN w.code IS NOT NULL THEN 'break'
        WHEN n.kind IN ('gross', 'refund') THEN 'agreed' WHEN n.kind LIKE 'reserve%' THEN 'reserve'
        WHEN n.kind = 'bank_credit' THEN CASE WHEN n.payout_id IS NULL THEN 'excluded' ELSE 'agreed' END
        WHEN n.kind = 'payout' THEN CASE WHEN w.is_banked THEN 'agreed' ELSE 'in_transit_paid_out' END
        ELSE 'excluded'
    END,
    CASE
        WHEN n.standing <> 'live' THEN n.standing WHEN w.code IS NOT NULL THEN w.code
        WHEN n.kind IN ('gross', 'refund') THEN 'matched' WHEN n.kind LIKE 'reserve%' THEN 'held'
        WHEN n.kind = 'bank_credit' THEN CASE WHEN n.payout_id IS NULL THEN 'bank debit' ELSE 'at the bank' END
        WHEN n.kind = 'payout' THEN CASE WHEN w.is_banked THEN 'at the bank' ELSE 'paid out' END
        WHEN n.kind LIKE 'chargeback%' THEN 'chargeback' WHEN n.kind LIKE 'conversion%' THEN 'conversion'
        ELSE 'deduction'
    END
FROM components AS n
LEFT JOIN demo_matches AS m ON m.file = n.file AND m.line = n.line AND n.standing = 'live'
LEFT JOIN demo_causes AS c
    ON c.payment_id = m.payment_id AND c.part = CASE n.kind WHEN 'gross' THEN 'capture' WHEN 'refund' THEN 'refund' END
LEFT JOIN line_causes AS i ON i.file = n.file AND i.line = n.line AND n.kind IN ('gross', 'bank_credit')
LEFT JOIN payout_causes AS q
    ON q.payout_id = n.payout_id
    AND (
        n.kind = 'payout' AND q.code IN ('payout.total', 'payout.unitemised')
        OR n.kind = 'bank_credit' AND q.code = 'bank.payout_amount'
    )
CROSS JOIN LATERAL (
    SELECT b.is_banked, p.code, p.amount
    FROM (
        SELECT EXISTS (
            SELECT FROM demo_lines AS k WHERE k.channel = 'bank' AND k.payout_id = n.payout_id
        ) AS is_banked
    ) AS b
    CROSS JOIN LATERAL (
        VALUES
            (
                CASE
                    WHEN n.kind = 'line_difference' THEN 'settlement.line_arithmetic'
                    WHEN q.code IS NULL THEN coalesce(i.code, c.code)
                END,
                n.amount - coalesce(q.effect, 0)
            ),
            (q.code, q.effect)
    ) AS p (code, amount)
    WHERE p.amount <> 0
) AS w;
ANALYZE demo_events;
