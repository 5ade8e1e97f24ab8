import Postgres
import Testing

/// The tables are the schema document's: every column, its place, its type; and what may be absent.
@Suite("The shop's tables are the schema document's")
struct DocumentTests {
    /// The columns that may be NULL: what a row can do without. All others refuse it.
    static let nullable: [String: Set<String>] = [
        "users": ["contact_number", "last_login"],
        "sellers": ["verification_date"],
        "addresses": ["address_line2", "state_province", "postal_code"],
        "stores": ["store_bio", "store_logo_url", "store_banner_url", "store_contact", "store_email"],
        "product_categories": ["category_description", "parent_category_id"],
        "brands": ["brand_description", "brand_logo_url", "country_of_origin"],
        "products": [
            "reference_number", "year_manufactured", "warranty_months", "original_price", "approved_by", "approved_at",
            "rejection_reason", "specifications", "description", "case_material", "movement_type", "case_diameter_mm",
            "water_resistance",
        ],
        "images": ["thumbnail_url", "alt_text"],
        "orders": [
            "advance_amount", "billing_address_id", "tracking_number", "carrier", "expected_delivery_date",
            "actual_delivery_date", "customer_notes", "admin_notes",
        ],
        "order_items": ["product_id"],
        "payment_methods": ["method_description"],
        "payments": [
            "transaction_id", "payment_gateway", "gateway_response", "payment_initiated_at", "payment_completed_at",
        ],
        "reviews": ["order_id", "product_id", "title", "description"],
        "chat_conversations": ["product_id", "last_message_at"],
        "messages": ["message_text", "attachment_url", "read_at"],
        "admin_activity_log": ["entity_id", "description", "ip_address", "user_agent"],
        "notifications": ["link_url", "read_at"],
    ]

    private struct DocumentColumn {
        let table: String
        let name: String
        let type: String
    }

    private static func columns() throws -> [DocumentColumn] {
        try SchemaFiles.fixture("document_columns.txt").split(separator: "\n").map { line in
            let words = line.split(separator: " ").map { String($0) }
            return DocumentColumn(table: words[0], name: words[1], type: words[2])
        }
    }

    /// The document's word for a type, as the catalogue spells it.
    private static func spelled(_ type: String) -> String {
        switch type {
        case "SERIAL": "integer"
        case "TIMESTAMP": "timestamp without time zone"
        default:
            type.lowercased().replacing("varchar", with: "character varying").replacing("decimal", with: "numeric")
        }
    }

    @Test("every table has the document's columns, in its order, with its types, and no other")
    func columns() throws {
        try withSeededShop { connection in
            let expected = try Self.columns()
            #expect(expected.count == 214)
            let live = try connection.query(
                """
                SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod)
                FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid
                WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.attnum > 0
                ORDER BY c.relname, a.attnum
                """
            ).map { row in (0..<3).map { row.optionalText(at: $0) ?? "" }.joined(separator: " ") }
            var tables: [String] = []
            for column in expected where !tables.contains(column.table) { tables.append(column.table) }
            #expect(tables.count == 22)
            let wanted = tables.sorted().flatMap { table in
                expected.filter { $0.table == table }.map { "\(table) \($0.name) \(Self.spelled($0.type))" }
            }
            #expect(live == wanted)
        }
    }

    @Test("SERIAL columns number their rows by themselves")
    func serial() throws {
        try withSeededShop { connection in
            for column in try Self.columns() where column.type == "SERIAL" {
                let sequence = try value(
                    "SELECT pg_get_serial_sequence('\(column.table)', '\(column.name)')", on: connection)
                #expect(sequence == "public.\(column.table)_\(column.name)_seq")
            }
        }
    }

    @Test("a column that a row cannot do without refuses NULL, every other takes it")
    func notNull() throws {
        try withSeededShop { connection in
            // The trigger would mend updated_at before the rule sees it.
            for (table, _) in TriggerTests.changes {
                try connection.script("ALTER TABLE \(table) DISABLE TRIGGER USER")
            }
            for column in try Self.columns() {
                let isNullable = Self.nullable[column.table]?.contains(column.name) ?? false
                let error = try refusal(of: "UPDATE \(column.table) SET \(column.name) = NULL", on: connection)
                if isNullable {
                    // A message must still say something, and a unique inquiry stays unique.
                    let other = error?.constraint
                    #expect(
                        error == nil || other == "messages_content_check" || other == "chat_conversations_inquiry_key",
                        "\(column.table).\(column.name): \(String(describing: error))")
                } else {
                    #expect(error?.sqlState == .notNullViolation, "\(column.table).\(column.name)")
                }
            }
        }
    }

    @Test("the payment methods are there")
    func paymentMethods() throws {
        try withSeededShop { connection in
            let names = try values(
                "SELECT method_name FROM payment_methods WHERE is_active ORDER BY payment_method_id", on: connection)
            #expect(names == ["CASH_ON_DELIVERY", "CREDIT_CARD", "BANK_TRANSFER", "DIGITAL_WALLET"])
        }
    }
}
