-- What the chain from a payment to the bank needs (docs/reconciliation.md): bank statements, lines settled in another
-- currency than they were charged in, lines put right by a later file, payouts followed to the bank, and the closings
-- that the next day opens with. Then the one view from which every bridge is summed.

ALTER TABLE mainspring.lines
    DROP CONSTRAINT lines_line_type_check,
    ADD CONSTRAINT lines_line_type_check CHECK (line_type IN (
        'charge', 'partial_capture_reversal', 'charge_failure', 'refund', 'refund_failure', 'chargeback',
        'chargeback_reversal', 'dispute_fee', 'fee', 'fee_refund', 'fee_tax', 'withholding', 'reserve_hold',
        'reserve_release', 'conversion', 'adjustment', 'transfer', 'payout', 'payout_reversal', 'bank_credit',
        'bank_debit', 'opening_balance', 'closing_balance')),
    DROP CONSTRAINT lines_standing_check,
    ADD CONSTRAINT lines_standing_check CHECK (
        standing IN ('live', 'resent', 'duplicate', 'changed', 'superseded')),
    -- A hash sorts by its bytes, not by a language.
    ALTER COLUMN line_key TYPE text COLLATE "C",
    -- What the customer was charged, where the line is in the currency that it was settled in.
    ADD COLUMN presented_amount numeric(14,2),
    ADD COLUMN presented_currency text,
    ADD CONSTRAINT lines_presented_check CHECK ((presented_amount IS NULL) = (presented_currency IS NULL));
CREATE INDEX lines_superseded ON mainspring.lines (line_key) WHERE standing = 'superseded';

-- The bank names a payout by its id alone; balances are two lines a statement.
DROP INDEX mainspring.lines_payout;
CREATE INDEX lines_payout ON mainspring.lines (payout_id) WHERE payout_id IS NOT NULL;
CREATE INDEX lines_balances ON mainspring.lines (channel, currency, settled_at)
    WHERE line_type IN ('opening_balance', 'closing_balance');

-- Only the reconciliation writes these, in one transaction; its proof counts what a key would guard
-- (docs/decisions/015-no-foreign-keys-inside-the-pipeline.md).
ALTER TABLE mainspring.allocations DROP CONSTRAINT allocations_event_id_fkey;
ALTER TABLE mainspring.money_events DROP CONSTRAINT money_events_line_id_fkey;

-- `line_difference`: what a line's net says beyond its own components.
ALTER TABLE mainspring.money_events
    DROP CONSTRAINT money_events_kind_check,
    ADD CONSTRAINT money_events_kind_check CHECK (kind IN (
        'capture', 'void', 'refund',
        'gross', 'chargeback', 'chargeback_reversal', 'fee', 'fee_tax', 'fee_refund', 'income_tax_withheld',
        'sales_tax_withheld', 'dispute_fee', 'reserve_hold', 'reserve_release', 'adjustment', 'conversion_out',
        'conversion_in', 'payout', 'bank_credit', 'line_difference'));

-- Why a file was let put right what an earlier one said.
ALTER TABLE mainspring.files ADD COLUMN supersede_reason text;

ALTER TABLE mainspring.payouts
    ADD COLUMN settled_at     timestamptz,
    ADD COLUMN payout_line    bigint,
    ADD COLUMN bank_amount    numeric(14,2),
    ADD COLUMN bank_at        timestamptz,
    ADD COLUMN bank_line      bigint,
    ADD COLUMN bank_reference text;

-- The channels as the configuration has them, written by each reconciliation. `payouts`: whether the statement has a row
-- for each payout, or the payout is what its lines come to. `banked`: whether payouts are awaited at the bank.
CREATE TABLE mainspring.channels (
    channel      text PRIMARY KEY,
    counterparty text NOT NULL CHECK (counterparty IN ('gateway', 'courier', 'bank')),
    payouts      text NOT NULL CHECK (payouts IN ('row', 'lines')),
    banked       boolean NOT NULL
);

-- What a night closed with, as it was known then; the next day opens with it.
CREATE TABLE mainspring.closings (
    business_date date NOT NULL,
    channel       text NOT NULL,
    currency      text NOT NULL,
    position      text NOT NULL CHECK (position IN ('at_gateway', 'settled', 'paid_out', 'reserve', 'open_breaks')),
    amount        numeric(14,2) NOT NULL,
    run_id        bigint NOT NULL,
    PRIMARY KEY (business_date, channel, currency, position)
);

-- Each live part of each money event, and what it adds to where money stands: taken and not settled, settled and not
-- paid out, paid out and not at the bank, held in reserve, in open breaks. A day's closing is the sum of all parts up to
-- its end; the movements of a day are the sums of its events by kind (docs/reconciliation.md, “The bridge”).
CREATE VIEW mainspring.clearing_parts AS
SELECT
    p.event_id, p.side, p.kind, p.channel, p.currency, p.effective_at, p.payment_id, p.order_id, p.payout_id, p.bucket,
    p.reason, p.amount,
    CASE
        WHEN p.side = 'ledger' AND p.bucket IN ('agreed', 'in_transit_gateway') THEN p.amount
        WHEN p.side = 'statement' AND p.kind IN ('gross', 'refund') AND p.bucket = 'agreed' AND p.reason <> 'rounding'
            THEN -p.amount
        ELSE 0.00
    END AS at_gateway,
    CASE
        WHEN p.by_lines THEN 0.00
        WHEN p.counts AND p.kind NOT IN ('payout', 'bank_credit') THEN p.amount
        WHEN p.counts AND p.kind = 'payout' AND p.bucket <> 'break' THEN -p.amount
        ELSE 0.00
    END AS settled,
    CASE
        WHEN p.counts AND p.kind = 'bank_credit' AND p.bucket <> 'break' THEN -p.amount
        WHEN p.counts AND p.kind = 'payout' THEN p.amount
        WHEN p.counts AND p.by_lines AND p.kind <> 'bank_credit' THEN p.amount
        ELSE 0.00
    END AS paid_out,
    CASE WHEN p.counts AND p.kind IN ('reserve_hold', 'reserve_release') THEN -p.amount ELSE 0.00 END AS reserve,
    CASE WHEN p.bucket <> 'break' THEN 0.00 WHEN p.side = 'ledger' THEN -p.amount ELSE p.amount END AS open_breaks
FROM (
    SELECT
        e.event_id, e.side, e.kind, CASE WHEN e.kind = 'bank_credit' THEN coalesce(b.channel, e.channel) ELSE e.channel END
            AS channel,
        e.currency, e.effective_at, e.payment_id, e.order_id, e.payout_id, a.bucket, a.reason, a.amount,
        coalesce(c.payouts = 'lines', FALSE) AS by_lines,
        -- Lines that stand elsewhere already, or no longer, are no money of the channel.
        e.side = 'statement'
            AND NOT (a.bucket = 'excluded' AND a.reason IN ('resent', 'duplicate', 'line changed', 'superseded', 'bank debit'))
            AS counts
    FROM mainspring.money_events AS e
    JOIN mainspring.allocations AS a ON a.event_id = e.event_id AND a.superseded_by IS NULL
    LEFT JOIN mainspring.channels AS c ON c.channel = e.channel
    LEFT JOIN (
        -- A payout id that two channels use names neither.
        SELECT o.payout_id, o.currency, min(o.channel) AS channel
        FROM mainspring.payouts AS o
        GROUP BY o.payout_id, o.currency
        HAVING count(*) = 1
    ) AS b ON e.kind = 'bank_credit' AND b.payout_id = e.payout_id AND b.currency = e.currency
) AS p;

GRANT SELECT, INSERT, UPDATE, DELETE ON mainspring.channels, mainspring.closings TO mainspring_job;
GRANT SELECT ON mainspring.clearing_parts TO mainspring_job;
GRANT SELECT ON mainspring.channels, mainspring.closings, mainspring.clearing_parts TO mainspring_report;
