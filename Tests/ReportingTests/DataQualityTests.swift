import Postgres
import Testing

@testable import Reporting

/// Each rule of the report, broken by hand in a shop that keeps it.
@Suite("Data quality")
struct DataQualityTests {
    /// What is written, the rule that it breaks, and the row that must be named.
    private static let breaking = [
        ("user.role", "user 4", "UPDATE users SET role = 'SELLER' WHERE user_id = 4"),
        ("seller.undated", "seller 2", "UPDATE sellers SET verification_date = NULL WHERE seller_id = 2"),
        (
            "store.unverified_seller", "store 1",
            "UPDATE sellers SET verification_status = 'PENDING' WHERE seller_id = 1"
        ),
        ("store.drift", "store 3", "UPDATE stores SET total_sales = total_sales + 0.01 WHERE store_id = 3"),
        ("product.seller", "product 2", "UPDATE products SET seller_id = 3 WHERE product_id = 2"),
        ("product.sold_out", "product 2", "UPDATE products SET pieces = 0 WHERE product_id = 2"),
        ("product.unapproved", "product 4", "UPDATE products SET approval_status = 'PENDING' WHERE product_id = 4"),
        ("product.undecided", "product 6", "UPDATE products SET approved_at = NULL WHERE product_id = 6"),
        ("product.favorite_count", "product 4", "DELETE FROM favorites"),
        ("product.no_primary", "product 4", "UPDATE product_images SET is_primary = FALSE WHERE product_id = 4"),
        ("order.no_items", "order 7", "DELETE FROM order_items WHERE order_id = 7"),
        ("order.subtotal", "order 1", "UPDATE orders SET subtotal = 999, tax_amount = 181 WHERE order_id = 1"),
        ("order.item_subtotals", "order 2", "UPDATE order_items SET quantity = 3 WHERE order_id = 2"),
        ("order.total", "order 3", "UPDATE orders SET shipping_cost = 11 WHERE order_id = 3"),
        ("order.advance", "order 2", "UPDATE orders SET advance_amount = 2000.01 WHERE order_id = 2"),
        ("order.advance", "order 4", "UPDATE orders SET advance_amount = 1 WHERE order_id = 4"),
        (
            "order.delivered_undated", "order 12", "UPDATE orders SET actual_delivery_date = NULL WHERE order_id = 12"
        ),
        (
            "order.dated_undelivered", "order 9",
            "UPDATE orders SET actual_delivery_date = '2026-05-22' WHERE order_id = 9"
        ),
        ("payment.undated", "payment 1", "UPDATE payments SET payment_completed_at = NULL WHERE payment_id = 1"),
        ("review.verified", "review 5", "UPDATE reviews SET is_verified_purchase = TRUE WHERE review_id = 5"),
        (
            "review.customer", "review 4",
            """
            INSERT INTO customers (customer_id, user_id) VALUES (2, 5);
            UPDATE reviews SET customer_id = 2 WHERE review_id = 4
            """
        ),
        ("review.store", "review 3", "UPDATE reviews SET store_id = 3 WHERE review_id = 3"),
        ("message.read_at", "message 1", "UPDATE messages SET is_read = FALSE WHERE message_id = 1"),
        ("message.sender", "message 1", "UPDATE messages SET sender_id = 3 WHERE message_id = 1"),
    ]

    @Test func finds_each_rule_that_a_row_breaks_and_no_other() throws {
        let report = try ReportFiles.catalogue().report("data-quality")
        let rules = Set(
            try ReportFiles.text(report.file).matches(of: /'([a-z]+\.[a-z_]+)'/).map { String($0.1) })
        #expect(rules.subtracting(Self.breaking.map(\.0)) == [], "a rule that nothing breaks here")
        try PaperShop.withShop { (reader, owner) throws in
            func found() throws -> Set<String> {
                Set(
                    try PaperShop.csv(report, on: reader).text.split(separator: "\n").dropFirst().map { line in
                        let fields = line.split(separator: ",", omittingEmptySubsequences: false)
                        return "\(fields[0]), \(fields[2]) \(fields[3])"
                    })
            }
            var before = try found()
            for (rule, row, change) in Self.breaking {
                #expect(!before.contains("\(rule), \(row)"), "\(rule)")
                try owner.script(change)
                let after = try found()
                #expect(after.contains("\(rule), \(row)"), "\(rule)")
                before = after
            }
        }
    }
}
