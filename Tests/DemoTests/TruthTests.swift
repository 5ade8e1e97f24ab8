import Demo
import Foundation
import Postgres
import TestSupport
import Testing

@Suite("The truth of a generated marketplace")
struct TruthTests {
    /// What the demo promises to plant (docs/demo.md).
    static let codes: Set<String> = [
        "bank.balance_gap", "bank.payout_amount", "bank.payout_missing", "bank.unidentified", "cod.charges",
        "cod.returned_charge", "payout.missing", "payout.unitemised", "settlement.fee", "settlement.fee_tax",
        "settlement.line_arithmetic", "settlement.withholding",
        "amount.mismatch", "amount.unit", "cod.remittance_missing", "cod.remittance_over", "cod.remittance_short",
        "cod.status", "cod.unknown_tracking", "currency.mismatch", "gateway.unknown", "order.advance_missing",
        "order.arithmetic", "order.currency", "order.edited_after_capture", "order.overpaid",
        "order.paid_but_cancelled", "order.refund_missing", "order.refund_partial", "order.refund_unrecorded",
        "order.refunded_unpaid", "order.underpaid", "payment.duplicate", "payment.stuck", "payout.total",
        "response.missing", "response.unreadable", "settlement.amount", "settlement.chargeback",
        "settlement.currency", "settlement.double_loss", "settlement.duplicate", "settlement.fx",
        "settlement.line_changed", "settlement.missing", "settlement.orphan", "settlement.refund_amount",
        "settlement.refund_missing", "settlement.refund_unrecorded", "settlement.status", "status.mismatch",
        "transaction.mismatch",
    ]

    @Test("every code is planted, sorted, once an entity; only roots carry money; the summary counts them")
    func codes() throws {
        try Marketplace.with(orders: 10_000, seed: 3) { market in
            let truth = try market.truth()
            #expect(try market.lines("truth.csv").first == "code,entity,role,money_effect")
            #expect(Set(truth.map { $0[0] }) == Self.codes)
            let keys = truth.map { "\($0[0]),\($0[1])" }
            #expect(Set(keys).count == keys.count)
            #expect(keys == keys.sorted { Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8)) })
            for code in Self.codes {
                // Of the bank's accounts one has a gap, and that carries no money.
                if code == "bank.balance_gap" { continue }
                let role = code == "settlement.chargeback" ? "control" : "root"
                let roots = truth.filter { $0[0] == code && $0[2] == role }.count
                #expect((3...10).contains(roots), "\(code) \(roots)")
            }
            for row in truth {
                #expect(
                    row[2] == "root" || (["consequence", "control"].contains(row[2]) && row[3] == "0.00"), "\(row)")
                #expect(row[3].wholeMatch(of: /-?[0-9]+\.[0-9]{2}/) != nil, "\(row)")
            }
            let counted = market.summary.planted.reduce(0) { $0 + $1.count }
            #expect(counted == truth.count && market.summary.truth.rows == truth.count)
            // No order or payment bears two roots, whatever is planted.
            let roots = truth.filter { $0[2] == "root" && !$0[1].hasPrefix("line:") && !$0[1].hasPrefix("payout:") }
            let orders = try Set(
                roots.map { row in
                    let id = row[1].split(separator: ":")[1]
                    return row[1].hasPrefix("order:")
                        ? String(id) : try market.value("SELECT order_id FROM payments WHERE payment_id = \(id)") ?? ""
                })
            #expect(orders.count == roots.count)
        }
    }

    @Test("even the smallest marketplace has every plant")
    func smallest() throws {
        try Marketplace.with(orders: DemoMarket.leastOrders, seed: 11) { market in
            let codes = try Set(market.truth().map { $0[0] })
            #expect(codes == Self.codes)
        }
    }

    @Test("a planted line is where the truth says: file by its hash, line by its number")
    func lines() throws {
        try Marketplace.with(orders: 1000) { market in
            let planted = try market.truth().filter { $0[1].hasPrefix("line:") }
            #expect(planted.count >= 4)
            for row in planted {
                let parts = row[1].split(separator: ":")
                let file = try #require(market.summary.statements.first { $0.sha256.hasPrefix(parts[1]) })
                let text = try String(contentsOfFile: file.path, encoding: .utf8)
                let line = text.components(separatedBy: "\n")[try #require(Int(parts[2])) - 1].components(
                    separatedBy: ",")
                switch row[0] {
                case "cod.unknown_tracking":
                    #expect(line[6] == row[3])
                    #expect(try market.count("SELECT count(*) FROM orders WHERE tracking_number = '\(line[2])'") == 0)
                case "settlement.orphan":
                    #expect(line[6] == row[3])
                    #expect(
                        try market.count("SELECT count(*) FROM payments WHERE transaction_id = '\(line[14])'") == 0)
                case "settlement.duplicate":
                    #expect(line[6] == row[3])
                    #expect(text.components(separatedBy: ",\(line[2]),").count == 3)
                case "settlement.fee", "settlement.line_arithmetic":
                    #expect(line[9] == "charge" && line[14].hasPrefix("ch_"))
                case "cod.charges", "cod.returned_charge":
                    #expect(line[5] == (row[0] == "cod.charges" ? "DELIVERED" : "RETURNED"))
                    #expect(try market.count("SELECT count(*) FROM orders WHERE tracking_number = '\(line[2])'") == 1)
                case "settlement.fee_tax", "settlement.withholding":
                    #expect(line[9] == "SALE" && line[10] == "C")
                case "bank.unidentified":
                    #expect(line[1] == "CREDIT" && line[5] == row[3])
                case "bank.balance_gap":
                    #expect(line[1] == "OPENING")
                case "settlement.fx":
                    #expect(line[5] == "pkr" && line[13] == "usd")
                default:
                    #expect(row[0] == "settlement.line_changed" && row[3] == "0.00")
                    #expect(file.path.hasSuffix("stripe-2026-06.csv"))
                }
            }
        }
    }

    @Test("orders that nothing was planted in add up, are paid as they should be, and ask for the advance they must")
    func orders() throws {
        try Marketplace.with(orders: 2000) { market in
            let arithmetic = try market.connection.query(
                .init(
                    "SELECT order_id FROM orders o JOIN (SELECT order_id, sum(subtotal) AS items,"
                        + " sum(product_price * quantity) AS value FROM order_items GROUP BY order_id) AS i"
                        + " USING (order_id)"
                        + " WHERE o.subtotal <> i.items OR i.items <> i.value"
                        + " OR total_amount <> o.subtotal + tax_amount + shipping_cost", name: "test")
            ).map { row in "order:\(try row.int("order_id"))" }
            let planted = try market.truth().filter { $0[0] == "order.arithmetic" }.map { $0[1] }
            #expect(Set(arithmetic) == Set(planted))
            for sql in [
                "SELECT count(*) FROM orders WHERE tax_amount <> round(subtotal * 0.18, 2)",
                "SELECT count(*) FROM orders o WHERE advance_payment <> (currency = 'PKR' AND EXISTS (SELECT FROM"
                    + " order_items i WHERE i.order_id = o.order_id AND product_price >= 500000))",
                "SELECT count(*) FROM orders WHERE advance_payment AND advance_amount <> round(subtotal * 0.20, 2)",
                "SELECT count(*) FROM payments WHERE payment_gateway IS NOT NULL AND currency = 'PKR'"
                    + " AND amount > 999999.99",
                "SELECT count(*) FROM orders o JOIN order_items i USING (order_id) JOIN products p USING (product_id)"
                    + " WHERE p.store_id <> o.store_id OR p.currency <> o.currency OR p.approval_status <> 'APPROVED'",
                "SELECT count(*) FROM orders o JOIN customers c USING (customer_id) JOIN addresses a"
                    + " ON a.address_id = o.shipping_address_id WHERE a.user_id <> c.user_id",
                "SELECT count(*) FROM reviews r JOIN orders o USING (order_id) WHERE r.customer_id <> o.customer_id"
                    + " OR r.store_id <> o.store_id OR NOT is_verified_purchase OR actual_delivery_date IS NULL",
                "SELECT count(*) FROM products WHERE favorite_count <>"
                    + " (SELECT count(*) FROM favorites f WHERE f.product_id = products.product_id)",
                "SELECT count(*) FROM products p WHERE (SELECT count(*) FROM product_images i"
                    + " WHERE i.product_id = p.product_id AND is_primary) <> 1",
            ] { #expect(try market.count(sql) == 0, "\(sql)") }
            let cash = try market.count(
                "SELECT count(DISTINCT order_id) FROM payments JOIN payment_methods USING (payment_method_id)"
                    + " WHERE method_name = 'CASH_ON_DELIVERY'")
            #expect((800...1000).contains(cash))
        }
    }

    @Test("refunds in part, disputes that were won and conversions near the reference rate happen, and are no break")
    func innocent() throws {
        try Marketplace.with(orders: 1000) { market in
            let planted = try Set(market.truth().map { $0[1] })
            let refunded = try market.connection.query(
                .init(
                    "SELECT payment_id, gateway_response ->> 'id' AS charge FROM payments JOIN orders o USING (order_id)"
                        + " WHERE order_status = 'DELIVERED' AND payment_status = 'COMPLETED' AND o.total_amount = amount"
                        + " AND (gateway_response ->> 'amount_refunded')::numeric > 0", name: "test")
            ).map { "payment:\(try $0.int("payment_id"))" }
            #expect(refunded.count > planted.intersection(refunded).count)
            var types: [String: Int] = [:]
            var converted = 0
            for file in market.summary.statements where file.path.contains("/stripe-") {
                for row in try String(contentsOfFile: file.path, encoding: .utf8).split(separator: "\n").dropFirst() {
                    let line = row.components(separatedBy: ",")
                    types[line[9], default: 0] += 1
                    if line[13] != "" && line[13] != line[5] { converted += 1 }
                }
            }
            let won = types["dispute_reversal"] ?? 0
            let lost = try market.truth().filter { $0[0] == "settlement.chargeback" }.count
            #expect(won > 0 && types["dispute"] == won + lost)
            #expect(converted > (try market.truth().filter { $0[0] == "settlement.fx" }.count))
        }
    }

    @Test("Stripe holds a reserve and lets it go 90 days later or more, and gives fees back; nothing of it is planted")
    func reserve() throws {
        try Marketplace.with(orders: 3000) { market in
            var held: [String: Decimal] = [:]
            var (released, refundFees, givenBack) = (0, 0, 0)
            for file in market.summary.statements where file.path.contains("/stripe-") {
                for row in try String(contentsOfFile: file.path, encoding: .utf8).split(separator: "\n").dropFirst() {
                    let line = row.components(separatedBy: ",")
                    if line[9] == "refund" && line[7].hasPrefix("-") { refundFees += 1 }
                    if line[9] == "fee" && !line[6].hasPrefix("-") { givenBack += 1 }
                    guard line[9] == "risk_reserved_funds" else { continue }
                    let (day, amount) = (String(line[1].prefix(10)), try #require(Decimal(string: line[6])))
                    if amount < 0 {
                        held["\(line[5]) \(day)"] = -amount
                        continue
                    }
                    released += 1
                    let since = try #require(line[11].firstMatch(of: /[0-9]{4}-[0-9]{2}-[0-9]{2}/))
                    #expect(held["\(line[5]) \(since.0)"] == amount, "\(line)")
                    #expect(try market.count("SELECT date '\(day)' - date '\(since.0)'") >= 90)
                }
            }
            #expect(released > 50 && held.count > released, "what was held of late is held still")
            #expect(refundFees > 10 && givenBack > 5)
        }
    }

    @Test("the night finds something to mend in some stores, not in all, and pieces that ran out")
    func mending() throws {
        try Marketplace.with(orders: 5000) { market in
            let differ = try market.count(
                "SELECT count(*) FROM stores s LEFT JOIN (SELECT store_id, sum(completed_orders) AS orders"
                    + " FROM mainspring.store_sales GROUP BY store_id) v USING (store_id)"
                    + " WHERE s.total_orders <> coalesce(v.orders, 0)")
            let stores = try market.count("SELECT count(*) FROM stores")
            #expect(differ > 0 && differ < stores)
            #expect(try market.count("SELECT count(*) FROM products WHERE status = 'ACTIVE' AND pieces = 0") > 0)
        }
    }

    @Test("people write long text, other scripts, and what a spreadsheet would run")
    func texts() throws {
        try Marketplace.with(orders: 2000) { market in
            for condition in [
                "length(customer_notes) > 1000", "customer_notes LIKE '=%'", "customer_notes LIKE '+%'",
                "customer_notes LIKE '%\"%'", "customer_notes LIKE '%' || chr(10) || '%'",
                "customer_notes ~ '[\u{0600}-\u{06FF}]'",
            ] {
                let found = try market.count("SELECT count(*) FROM orders WHERE \(condition)")
                #expect(found > 0, "\(condition)")
            }
            let urdu = "SELECT count(*) FROM reviews WHERE description ~ '[\u{0600}-\u{06FF}]'"
            #expect(try market.count(urdu) > 0)
            #expect(try market.count("SELECT count(*) FROM users WHERE password_hash NOT LIKE '!%'") == 0)
        }
    }
}
