/// The shop's tables, as the schema document names them.
package enum Shop {
    /// All 22, in the order of the document's sections. They lie in the schema `public`.
    package static let tables: [String] = [
        "users", "customers", "sellers", "administrators", "addresses", "stores", "product_categories", "brands",
        "products", "images", "product_images", "review_images", "orders", "order_items", "payment_methods", "payments",
        "reviews", "chat_conversations", "messages", "favorites", "admin_activity_log", "notifications",
    ]

    /// The payment methods that the shop starts with (schema document, section 8.1).
    package static let paymentMethods: [String] = [
        "CASH_ON_DELIVERY", "CREDIT_CARD", "BANK_TRANSFER", "DIGITAL_WALLET",
    ]
}
