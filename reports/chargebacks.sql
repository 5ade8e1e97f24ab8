/*
title: Chargebacks
description: >-
  Disputes and how they ended, as the statements say. Those that came or were won in the window, and all that are not
  won. One row a transaction and settlement currency. Lost is what was taken back and hasn't come again; what the
  dispute itself cost stands apart. An open dispute is a control: its money is on the bridge, and its break stays until
  it is won or its loss is recorded. Deductions are negative.
owner: finance
parameters:
  from: { type: date }
  to: { type: date }
  business_date: { type: date }
  time_zone: { type: text }
columns:
  channel: { heading: Channel, kind: text, width: 12 }
  state: { heading: State, kind: text, width: 16 }
  charged_back_on: { heading: Charged back, kind: date, width: 13 }
  reversed_on: { heading: Won on, kind: date, width: 12 }
  age_days: { heading: Days open, kind: integer, width: 11 }
  transaction_id: { heading: Transaction, kind: text, width: 29 }
  payment_id: { heading: Payment, kind: integer, width: 10 }
  order_number: { heading: Order number, kind: text, width: 17 }
  store_id: { heading: Store, kind: integer, width: 8 }
  currency: { heading: Currency, kind: text, width: 10 }
  charged: { heading: Charged, kind: money, width: 17, total: sum }
  refunded: { heading: Refunded, kind: money, width: 17, total: sum }
  charged_back: { heading: Charged back, kind: money, width: 17, total: sum }
  reversed: { heading: Won back, kind: money, width: 17, total: sum }
  lost: { heading: Lost by now, kind: money, width: 17, total: sum }
  dispute_fees: { heading: Dispute fees, kind: money, width: 15, total: sum }
  double_loss: { heading: Lost twice, kind: money, width: 15, total: sum }
  payout_id: { heading: Deducted from, kind: text, width: 29 }
  break_id: { heading: Break, kind: text, width: 18 }
  next_action: { heading: What to do next, kind: text, width: 72 }
currency: currency
sort: [channel, charged_back_on, transaction_id, payment_id, currency]
formats: [csv, xlsx]
*/
WITH dispute_lines AS (
    SELECT
        l.*,
        -- The line's payment, or what it names where it found none.
        coalesce('payment ' || l.payment_id, l.transaction_id, l.merchant_reference, l.entity) AS dispute
    FROM mainspring.lines AS l
    WHERE l.standing = 'live' AND l.line_type IN ('chargeback', 'chargeback_reversal')
        AND l.settled_at < (:'to'::date + 1)::timestamp AT TIME ZONE :'time_zone'::text
), disputes AS (
    SELECT
        l.channel, l.dispute, l.currency,
        min(l.payment_id) AS payment_id,
        min(l.order_id) AS order_id,
        min(l.transaction_id) AS transaction_id,
        min((l.settled_at AT TIME ZONE :'time_zone'::text)::date) FILTER (WHERE l.line_type = 'chargeback')
            AS charged_back_on,
        max((l.settled_at AT TIME ZONE :'time_zone'::text)::date) FILTER (WHERE l.line_type = 'chargeback_reversal')
            AS reversed_on,
        min(l.payout_id) FILTER (WHERE l.line_type = 'chargeback') AS payout_id,
        sum(CASE l.line_type WHEN 'chargeback' THEN l.gross ELSE 0.00 END) AS charged_back,
        sum(CASE l.line_type WHEN 'chargeback_reversal' THEN l.gross ELSE 0.00 END) AS reversed,
        -- What a line of a dispute takes is the price of the dispute.
        sum(-l.fee) AS fees,
        sum(l.gross) AS lost
    FROM dispute_lines AS l
    GROUP BY l.channel, l.dispute, l.currency
), shown AS (
    SELECT
        d.*,
        CASE WHEN d.lost >= 0 THEN 'won' WHEN d.reversed > 0 THEN 'won in part' ELSE 'open' END AS state
    FROM disputes AS d
    WHERE d.lost < 0 OR d.charged_back_on BETWEEN :'from'::date AND :'to'::date
        OR d.reversed_on BETWEEN :'from'::date AND :'to'::date
), sales AS (
    -- What the same payment brought and gave back, in the currency of the dispute.
    SELECT
        s.channel, s.dispute, s.currency,
        sum(CASE WHEN l.line_type IN ('charge', 'partial_capture_reversal', 'charge_failure')
            THEN l.gross ELSE 0.00 END) AS charged,
        sum(CASE WHEN l.line_type IN ('refund', 'refund_failure') THEN l.gross ELSE 0.00 END) AS refunded,
        sum(CASE WHEN l.line_type = 'dispute_fee' THEN l.gross ELSE 0.00 END) AS fees
    FROM shown AS s
    JOIN mainspring.lines AS l
        ON l.payment_id = s.payment_id AND l.channel = s.channel AND l.currency = s.currency AND l.standing = 'live'
    WHERE l.settled_at < (:'to'::date + 1)::timestamp AT TIME ZONE :'time_zone'::text
    GROUP BY s.channel, s.dispute, s.currency
)
SELECT
    s.channel,
    CASE WHEN t.break_id IS NOT NULL THEN 'lost twice' WHEN b.status = 'RESOLVED' AND s.lost < 0 THEN 'loss recorded'
        ELSE s.state END AS state,
    s.charged_back_on,
    s.reversed_on,
    CASE WHEN s.lost < 0 THEN :'business_date'::date - s.charged_back_on END AS age_days,
    s.transaction_id,
    s.payment_id,
    o.order_number,
    o.store_id,
    s.currency,
    coalesce(g.charged, 0.00) AS charged,
    coalesce(g.refunded, 0.00) AS refunded,
    s.charged_back,
    s.reversed,
    s.lost,
    s.fees + coalesce(g.fees, 0.00) AS dispute_fees,
    t.money_effect AS double_loss,
    s.payout_id,
    coalesce(t.break_id, b.break_id) AS break_id,
    CASE WHEN s.lost < 0 AND coalesce(t.status, b.status) <> 'RESOLVED' THEN c.next_action END AS next_action
FROM shown AS s
LEFT JOIN sales AS g ON g.channel = s.channel AND g.dispute = s.dispute AND g.currency = s.currency
LEFT JOIN orders AS o ON o.order_id = s.order_id
LEFT JOIN mainspring.breaks AS b ON b.payment_id = s.payment_id AND b.code = 'settlement.chargeback'
LEFT JOIN mainspring.breaks AS t
    ON t.payment_id = s.payment_id AND t.code = 'settlement.double_loss' AND t.status <> 'RESOLVED'
LEFT JOIN mainspring.break_codes AS c ON c.code = coalesce(t.code, b.code)
ORDER BY s.channel, s.charged_back_on, s.transaction_id, s.payment_id, s.currency;
