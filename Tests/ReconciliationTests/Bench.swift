import Configuration
import Foundation
import Money
import Postgres
import Reconciliation
import TestSupport
import Testing

/// A small shop on a real PostgreSQL, its statement files, and runs of the reconciler under the jobs' own role.
struct Bench {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path

    let owner: Connection
    let job: Connection
    let folder: String
    let catalogue: ChannelCatalogue

    /// A migrated database of its own, with one customer and one store.
    ///
    /// - Parameter terms: whether what the shipped statements agree on (fees, taxes, when payouts are due) is judged too.
    static func with<T>(terms: Bool = false, _ body: (Bench) throws -> T) throws -> T {
        try with(terms: terms) { bench, _ in try body(bench) }
    }

    /// The same, and where the database is.
    static func with<T>(terms: Bool = false, _ body: (Bench, ConnectionTarget) throws -> T) throws -> T {
        try TestDatabase.withShop { owner, target in
            let job = try Connection(target, role: "mainspring_job")
            defer { job.close() }
            let folder = "\(NSTemporaryDirectory())/recon-\(UUID().uuidString)"
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(atPath: folder) }
            try owner.script(people)
            let catalogue = try terms ? ChannelCatalogue.load(configFolder: "\(root)/config") : withoutTerms(folder)
            return try body(Bench(owner: owner, job: job, folder: folder, catalogue: catalogue), target)
        }
    }

    /// The shipped catalogue as it reads without terms: a copy of its files, less the keys that hold them.
    private static func withoutTerms(_ folder: String) throws -> ChannelCatalogue {
        let config = "\(folder)/config"
        try FileManager.default.copyItem(atPath: "\(root)/config", toPath: config)
        for name in try FileManager.default.contentsOfDirectory(atPath: "\(config)/settlements") {
            let path = "\(config)/settlements/\(name)"
            var isTerm = false
            let lines = try String(contentsOfFile: path, encoding: .utf8).split(
                separator: "\n", omittingEmptySubsequences: false
            ).filter { line in
                if line.first != " ", !line.isEmpty {
                    isTerm = ["paid:", "banked:", "fees:", "returned:", "tolerance:", "judge_taxes:"].contains {
                        line.hasPrefix($0)
                    }
                }
                return !isTerm
            }
            try lines.joined(separator: "\n").write(toFile: path, atomically: true, encoding: .utf8)
        }
        return try ChannelCatalogue.load(configFolder: config)
    }

    private static let people = """
        INSERT INTO users (user_id, email, password_hash, first_name, last_name, role)
            VALUES (1, 'a@example.pk', 'x', 'Ayesha', 'Khan', 'CUSTOMER'), (2, 'b@example.pk', 'x', 'Bilal', 'Awan', 'SELLER');
        INSERT INTO customers (customer_id, user_id) VALUES (1, 1);
        INSERT INTO sellers (seller_id, user_id, cnic) VALUES (1, 2, '35202-1234567-1');
        INSERT INTO addresses (address_id, user_id, address_type, address_line1, city)
            VALUES (1, 1, 'BOTH', '1 Mall Road', 'Lahore');
        INSERT INTO stores (store_id, seller_id, store_name, store_slug) VALUES (1, 1, 'Waqt', 'waqt');
        """

    // MARK: The shop

    /// An order whose one item costs the total.
    func order(
        _ id: Int, _ status: String = "DELIVERED", total: String = "1000.00", currency: String = "PKR",
        at: String = "2026-06-01 08:00:00", carrier: String? = "TCS", tracking: String? = nil,
        delivered: String? = "2026-06-04", advance: String? = nil
    ) throws {
        try owner.execute(
            Statement(
                """
                INSERT INTO orders (order_id, order_number, customer_id, store_id, order_status, subtotal, advance_payment,
                    advance_amount, total_amount, currency, shipping_address_id, tracking_number, carrier,
                    actual_delivery_date, created_at, updated_at)
                VALUES ($1::int, $2::text, 1, 1, $3::text, $4::numeric, $5::numeric IS NOT NULL, $5::numeric, $4::numeric,
                    $6::text, 1, $7::text, $8::text, $9::date, $10::timestamp, $10::timestamp)
                """,
                [
                    .int(id), .text("ORD-\(id)"), .text(status), .numeric(total), .optional(advance), .text(currency),
                    .optional(tracking), .optional(carrier), .optional(delivered), .text(at),
                ]))
        try owner.execute(
            Statement(
                """
                INSERT INTO order_items (order_id, product_name, product_price, quantity, subtotal, created_at)
                VALUES ($1::int, 'Seiko 5', $2::numeric, 1, $2::numeric, $3::timestamp)
                """, [.int(id), .numeric(total), .text(at)]))
    }

    func payment(
        _ id: Int, order: Int, _ status: String = "COMPLETED", method: String = "CREDIT_CARD",
        gateway: String? = "Stripe",
        amount: String = "1000.00", currency: String = "PKR", transaction: String? = nil, answer: String? = nil,
        at: String = "2026-06-01 08:05:00"
    ) throws {
        try owner.execute(
            Statement(
                """
                INSERT INTO payments (payment_id, order_id, payment_method_id, payment_status, amount, currency,
                    transaction_id, payment_gateway, gateway_response, payment_initiated_at, payment_completed_at,
                    created_at, updated_at)
                SELECT $1::int, $2::int, m.payment_method_id, $3::text, $4::numeric, $5::text, $6::text, $7::text, $8::jsonb,
                    $9::timestamp, CASE WHEN $3::text IN ('COMPLETED', 'REFUNDED') THEN $9::timestamp END, $9::timestamp,
                    $9::timestamp
                FROM payment_methods AS m WHERE m.method_name = $10::text
                """,
                [
                    .int(id), .int(order), .text(status), .numeric(amount), .text(currency), .optional(transaction),
                    .optional(gateway), answer.map { .json($0) } ?? .null, .text(at), .text(method),
                ]))
    }

    /// A card payment with its order, its answer and a transaction id `ch_ID`.
    func card(
        _ id: Int, _ status: String = "COMPLETED", amount: String = "1000.00", answer: String? = nil,
        orderStatus: String = "DELIVERED", at: String = "2026-06-01 08:05:00"
    ) throws {
        try order(id, orderStatus, total: amount, at: at)
        try payment(
            id, order: id, status, amount: amount, transaction: "ch_\(id)",
            answer: answer ?? Self.charge("ch_\(id)", amount), at: at)
    }

    /// An order to be paid at the door, delivered by TCS under consignment `TN-ID`.
    func door(
        _ id: Int, _ status: String = "COMPLETED", amount: String = "1000.00", delivered: String? = "2026-06-04",
        orderStatus: String = "DELIVERED"
    ) throws {
        try order(id, orderStatus, total: amount, tracking: "TN-\(id)", delivered: delivered)
        try payment(
            id, order: id, status, method: "CASH_ON_DELIVERY", gateway: nil, amount: amount,
            at: "\(delivered ?? "2026-06-01") 09:00:00")
    }

    /// A Stripe charge as the API answers it.
    static func charge(
        _ id: String, _ amount: String, status: String = "succeeded", captured: Bool = true, refunded: String = "0",
        currency: String = "pkr", created: Int = 1_780_300_000
    ) -> String {
        let minor = amount.replacing(".", with: "")
        let back = refunded == "0" ? "0" : refunded.replacing(".", with: "")
        return """
            {"id": "\(id)", "object": "charge", "amount": \(minor), "amount_captured": \(captured ? minor : "0"),
             "amount_refunded": \(back), "captured": \(captured), "created": \(created), "currency": "\(currency)",
             "disputed": false, "refunded": \(back == minor), "status": "\(status)", "metadata": {}}
            """
    }

    // MARK: Statements

    static let stripeHeader =
        "automatic_payout_id,automatic_payout_effective_at_utc,balance_transaction_id,created_utc,available_on_utc,"
        + "currency,gross,fee,net,reporting_category,source_id,description,customer_facing_amount,"
        + "customer_facing_currency,charge_id,payment_intent_id,payment_metadata[order_number]"

    /// A row of Stripe's statement.
    static func stripe(
        _ line: String, _ type: String = "charge", gross: String = "1000.00", fee: String = "29.00", net: String? = nil,
        charge: String = "", order: String = "", payout: String = "po_1", at: String = "2026-06-03 00:00:00",
        currency: String = "pkr"
    ) throws -> String {
        let net = try net ?? Self.difference(gross, fee)
        return "\(payout),\(at),\(line),2026-06-01 08:05:00,\(at),\(currency),\(gross),\(fee),\(net),\(type),,,,,"
            + "\(charge),,\(order)"
    }

    static func difference(_ left: String, _ right: String) throws -> String {
        let currency = try Currency("PKR")
        return try (Money(parsing: left, currency: currency) - Money(parsing: right, currency: currency)).plain
    }

    static let tcsHeader =
        "Remittance No,Remittance Date,Consignment No,Order Ref,Delivery Date,Status,COD Amount,Service Charges,"
        + "Sales Tax,Income Tax Withheld,Sales Tax Withheld,Net Payable"

    /// A whole TCS file: rows of (consignment, order reference, amount), and the right footer.
    static func tcs(_ rows: [(tracking: String, order: String, amount: String)], at: String = "15-06-2026") throws
        -> String
    {
        var text = tcsHeader + "\n"
        var total = 0
        for row in rows {
            text +=
                "RM-1,\(at),\(row.tracking),\(row.order),04-06-2026,DELIVERED,\(row.amount),0.00,0.00,0.00,0.00,"
                + "\(row.amount)\n"
            total += Int(row.amount.replacing(".", with: "")) ?? 0
        }
        let sum = "\(total / 100).\(total % 100 < 10 ? "0" : "")\(total % 100)"
        return text + "TOTAL,,\(rows.count),,,,\(sum),0.00,0.00,0.00,0.00,\(sum)\n"
    }

    func write(_ name: String, _ text: String) throws -> String {
        let path = "\(folder)/\(name)"
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        return path
    }

    @discardableResult func importStripe(
        _ rows: [String], name: String = "stripe.csv", run: ReconciliationRun? = nil
    ) throws -> ImportOutcome {
        let text = ([Self.stripeHeader] + rows).joined(separator: "\n") + "\n"
        return try importFile(write(name, text), as: "stripe", run: run)
    }

    @discardableResult func importFile(
        _ path: String, as statement: String, run: ReconciliationRun? = nil
    ) throws -> ImportOutcome {
        let run = try run ?? Self.night("2026-06-30")
        return try job.transaction {
            try StatementImporter(catalogue: catalogue).importFile(path, as: statement, run: run, on: job)
        }
    }

    // MARK: Runs

    /// The run of a business date in Karachi: it sees all before that day's end.
    static func night(_ date: String, run: Int64 = 1, resolves: Bool = true) throws -> ReconciliationRun {
        let date = try BusinessDate(date)
        return ReconciliationRun(
            runID: run, businessDate: date, window: .day(date), cutOff: "\(date)T19:00:00Z", timeZone: "Asia/Karachi",
            osUser: "tester", resolves: resolves)
    }

    @discardableResult func reconcile(_ run: ReconciliationRun? = nil) throws -> ReconciliationOutcome {
        let run = try run ?? Self.night("2026-06-30")
        let outcome = try job.transaction(.repeatableRead) {
            try Reconciler(catalogue: catalogue).reconcile(run, on: job)
        }
        #expect(try drift() == [], "the running balances are what all events, parts and orders come to")
        return outcome
    }

    /// Where the running balances differ from what they are sums of, by table.
    func drift() throws -> [String] {
        try [
            ("movements", "counted_movements"), ("balances", "counted_balances"),
            ("order_balances", "counted_order_balances"),
        ].flatMap { kept, counted in
            let kept = "SELECT 'kept' AS which, k.* FROM mainspring.\(kept) AS k"
            let counted = "SELECT 'counted', c.* FROM mainspring.\(counted) AS c"
            let differences =
                "(\(kept) EXCEPT ALL \(counted.replacing("'counted'", with: "'kept'")))"
                + " UNION ALL (\(counted) EXCEPT ALL \(kept.replacing("'kept'", with: "'counted'")))"
            return try owner.query(Statement("SELECT d::text AS line FROM (\(differences)) AS d")).map {
                try $0.text("line")
            }
        }
    }

    /// Open breaks as `code entity role effect`, sorted.
    func openBreaks() throws -> [String] {
        try owner.query(
            "SELECT concat_ws(' ', code, entity, role, money_effect) AS line FROM mainspring.breaks WHERE status <> 'RESOLVED' ORDER BY code, entity"
        ).map { try $0.text("line") }
    }

    /// Live allocations as `side kind bucket reason count amount`, sorted.
    func buckets() throws -> [String] {
        try owner.query(
            """
            SELECT concat_ws(' ', e.side, e.kind, e.currency, a.bucket, a.reason, count(*), sum(a.amount)) AS line
            FROM mainspring.allocations AS a JOIN mainspring.money_events AS e ON e.event_id = a.event_id
            WHERE a.superseded_by IS NULL
            GROUP BY e.side, e.kind, e.currency, a.bucket, a.reason ORDER BY 1
            """
        ).map { try $0.text("line") }
    }

    func text(_ sql: String) throws -> String? { try owner.query(Statement(sql)).first?.optionalText(at: 0) }
    func run(_ sql: String) throws { try owner.script(sql) }
}
