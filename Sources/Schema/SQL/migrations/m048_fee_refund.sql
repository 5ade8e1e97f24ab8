-- What a gateway gives back of its fees is a kind of its own (docs/reconciliation.md, “The unit: a money event”), not a
-- lesser fee. What was booked as a fee above nothing before this gets the name by which the next night's proof counts it:
-- the money, its line and its buckets stay what they are.
UPDATE mainspring.money_events AS e
SET kind = 'fee_refund'
WHERE e.side = 'statement' AND e.kind = 'fee' AND e.amount > 0;

ALTER TABLE mainspring.money_events
    ADD CONSTRAINT money_events_fee_check CHECK (kind <> 'fee' OR amount < 0);
