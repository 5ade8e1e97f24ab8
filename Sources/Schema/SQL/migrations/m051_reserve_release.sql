-- Reserve that is let go is a release, whatever the gateway's word for it (docs/adding-a-gateway.md). What was stored as a
-- hold above zero before this gets that name, in lines and events alike: the same line sent again must not look changed,
-- and the next night's proof counts lines by it. The money and its buckets stay what they are.
UPDATE mainspring.money_events AS e
SET kind = 'reserve_release'
FROM mainspring.lines AS l
WHERE l.line_id = e.line_id AND e.side = 'statement' AND e.kind = 'reserve_hold' AND l.line_type = 'reserve_hold'
    AND l.gross > 0;

UPDATE mainspring.lines AS l
SET line_type = 'reserve_release'
WHERE l.line_type = 'reserve_hold' AND l.gross > 0;
