import Postgres
import Reconciliation
import Testing

/// Statements with all that they can say, and the bridge.
extension Bench {
    // MARK: Rows

    /// A row of Stripe's statement whose money was charged in another currency than it is settled in.
    static func converted(
        _ line: String, shown: String, in shownCurrency: String, gross: String, fee: String, net: String? = nil,
        charge: String, payout: String = "po_1", at: String = "2026-06-03 00:00:00"
    ) throws -> String {
        let net = try net ?? difference(gross, fee)
        return "\(payout),\(at),\(line),2026-06-01 08:05:00,\(at),pkr,\(gross),\(fee),\(net),charge,,,\(shown),"
            + "\(shownCurrency),\(charge),,"
    }

    /// The row of a payout.
    static func payout(_ id: String, _ amount: String, at: String = "2026-06-03 00:00:00", currency: String = "pkr")
        throws -> String
    {
        try stripe(
            "txn_\(id)", "payout", gross: "-\(amount)", fee: "0.00", payout: id, at: at, currency: currency)
    }

    /// A TCS file of (consignment, status, COD amount, charges, sales tax on them, income tax, sales tax withheld), its
    /// nets and its footer as they follow from those.
    static func tcsFile(
        _ rows: [(String, String, [String])], remittance: String = "RM-1", at: String = "15-06-2026"
    ) throws -> String {
        var text = tcsHeader + "\n"
        var totals = Array(repeating: "0.00", count: 6)
        for (tracking, status, amounts) in rows {
            let net = try amounts.dropFirst().reduce(amounts[0], difference)
            for (index, amount) in (amounts + [net]).enumerated() {
                totals[index] = try difference(totals[index], difference("0.00", amount))
            }
            text += "\(remittance),\(at),\(tracking),,04-06-2026,\(status),\(amounts.joined(separator: ",")),\(net)\n"
        }
        return text + "TOTAL,,\(rows.count),,,,\(totals.joined(separator: ","))\n"
    }

    static let bankHeader = "Date,Type,Reference,Description,Currency,Amount,Balance"

    /// A bank's file of (date, description, amount above zero for a credit, below for a debit), each with a reference of
    /// its own.
    static func bank(_ rows: [(String, String, String)], currency: String = "PKR", balances: [String] = []) -> String {
        ([bankHeader] + balances
            + rows.map { date, text, amount in
                let type = amount.hasPrefix("-") ? "DEBIT" : "CREDIT"
                return "\(date),\(type),B-\(date)-\(text)-\(currency),\(text),\(currency),\(amount),"
            })
            .joined(separator: "\n") + "\n"
    }

    @discardableResult func importBank(
        _ rows: [(String, String, String)], name: String = "bank.csv", currency: String = "PKR",
        balances: [String] = []
    ) throws -> ImportOutcome {
        try importFile(write(name, Self.bank(rows, currency: currency, balances: balances)), as: "bank")
    }

    // MARK: What is found

    /// Open breaks as `code entity role effect`, a line by its number in its file only.
    func found() throws -> [String] {
        try owner.query(
            """
            SELECT concat_ws(' ', code, regexp_replace(entity, '^line:[0-9a-f]+', 'line'), role, money_effect) AS line
            FROM mainspring.breaks WHERE status <> 'RESOLVED'
            ORDER BY code COLLATE "C", entity COLLATE "C", money_effect
            """
        ).map { try $0.text("line") }
    }

    /// Where money stands after all that is known: `channel currency position amount`, without what is nothing.
    func positions() throws -> [String] {
        try owner.query(
            """
            SELECT concat_ws(' ', p.channel, p.currency, v.position, sum(v.amount)) AS line
            FROM mainspring.clearing_parts AS p
            CROSS JOIN LATERAL (VALUES
                ('at_gateway', p.at_gateway), ('settled', p.settled), ('paid_out', p.paid_out), ('reserve', p.reserve),
                ('open_breaks', p.open_breaks)
            ) AS v (position, amount)
            GROUP BY p.channel, p.currency, v.position HAVING sum(v.amount) <> 0
            ORDER BY p.channel COLLATE "C", p.currency, v.position
            """
        ).map { try $0.text("line") }
    }

    /// Where the bridge does not close, for any channel, currency and day: `channel currency day residual`.
    ///
    /// The positions come from the view, the movements from events and lines themselves, what the bank credited from the
    /// bank's lines: the two sides have no sum in common.
    func openBridges() throws -> [String] {
        try owner.query(Statement(Self.bridge)).map { try $0.text("line") }
    }

    /// Payouts of which something is left where nothing can be: settled, though paid out; paid out, though at the bank.
    func leftovers() throws -> [String] {
        try owner.query(
            """
            SELECT concat_ws(' ', o.payout_id, o.currency, sum(p.settled), sum(p.paid_out)) AS line
            FROM mainspring.payouts AS o
            JOIN mainspring.channels AS c ON c.channel = o.channel
            JOIN mainspring.clearing_parts AS p
                ON p.channel = o.channel AND p.payout_id = o.payout_id AND p.currency = o.currency
            GROUP BY o.payout_id, o.channel, o.currency, c.payouts, o.payout_amount, o.bank_amount
            HAVING c.payouts = 'row' AND o.payout_amount IS NOT NULL AND sum(p.settled) <> 0
                OR o.bank_amount IS NOT NULL AND sum(p.settled + p.paid_out) <> 0
            ORDER BY 1
            """
        ).map { try $0.text("line") }
    }

    private static let bridge = """
        WITH moved AS (
            SELECT e.channel, e.currency, e.effective_at, a.amount
            FROM mainspring.money_events AS e
            JOIN mainspring.allocations AS a ON a.event_id = e.event_id AND a.superseded_by IS NULL
            WHERE e.side = 'ledger' AND a.bucket <> 'excluded'
            UNION ALL
            SELECT e.channel, e.currency, e.effective_at, e.amount
            FROM mainspring.money_events AS e
            JOIN mainspring.lines AS l ON l.line_id = e.line_id AND l.standing = 'live'
            WHERE e.kind IN ('chargeback', 'chargeback_reversal', 'fee', 'fee_refund', 'dispute_fee', 'fee_tax',
                'income_tax_withheld', 'sales_tax_withheld', 'adjustment', 'conversion_in', 'conversion_out')
            UNION ALL
            SELECT e.channel, e.currency, e.effective_at, a.amount
            FROM mainspring.money_events AS e
            JOIN mainspring.allocations AS a
                ON a.event_id = e.event_id AND a.superseded_by IS NULL AND a.reason = 'rounding'
        ), steps AS (
            SELECT p.channel, p.currency, p.effective_at,
                p.open_breaks - p.at_gateway - p.settled - p.paid_out - p.reserve AS amount
            FROM mainspring.clearing_parts AS p
            UNION ALL
            SELECT m.channel, m.currency, m.effective_at, m.amount FROM moved AS m
            UNION ALL
            SELECT coalesce(o.channel, l.channel), l.currency, l.settled_at, -l.gross
            FROM mainspring.lines AS l
            LEFT JOIN (
                SELECT o.payout_id, o.currency, min(o.channel) AS channel FROM mainspring.payouts AS o
                GROUP BY o.payout_id, o.currency HAVING count(*) = 1
            ) AS o ON o.payout_id = l.payout_id AND o.currency = l.currency
            WHERE l.standing = 'live' AND l.line_type IN ('bank_credit', 'bank_debit')
                AND (l.line_type = 'bank_credit' OR o.channel IS NOT NULL)
                AND l.settled_at < (SELECT w.moment FROM mainspring.watermarks AS w WHERE w.name = 'reconcile')
        ), days AS (
            SELECT s.channel, s.currency, (s.effective_at AT TIME ZONE 'Asia/Karachi')::date AS day,
                sum(s.amount) AS amount
            FROM steps AS s
            GROUP BY s.channel, s.currency, (s.effective_at AT TIME ZONE 'Asia/Karachi')::date
        )
        SELECT concat_ws(' ', b.channel, b.currency, b.day, b.residual) AS line
        FROM (
            SELECT d.channel, d.currency, d.day,
                sum(d.amount) OVER (PARTITION BY d.channel, d.currency ORDER BY d.day) AS residual
            FROM days AS d
        ) AS b
        WHERE b.residual <> 0
        ORDER BY 1
        """
}
