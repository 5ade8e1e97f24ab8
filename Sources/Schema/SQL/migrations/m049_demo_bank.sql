-- What the bank of a generated marketplace knows beyond the statements that it sent: the balance of each account, and the
-- payouts on their way to it. `mainspring demo --night` goes on from there.
ALTER TABLE mainspring.demo_marks ADD COLUMN bank jsonb NOT NULL DEFAULT '[]';
