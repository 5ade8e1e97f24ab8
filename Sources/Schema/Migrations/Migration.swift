/// One numbered step that takes a database from nothing to what this program needs: a file of `SQL/migrations`.
package struct Migration: Sendable, Equatable {
    /// What a migration is about, which says under which role it runs and whether a shop that Django made needs it.
    package enum Area: Sendable, Equatable {
        /// Roles, the schema `mainspring`, the journal.
        case foundation
        /// The shop's 22 tables: adopted, not run, where they are there already.
        case shop
        /// The pipeline's own tables and views.
        case pipeline
        /// What each role may do.
        case grants
    }

    /// From 1, rising, with gaps.
    package let number: Int
    package let name: String
    package let area: Area
    /// The SQL, as the file has it; its SHA-256 is the checksum.
    package let text: String

    package init(_ number: Int, _ name: String, _ area: Area, text: String) {
        self.number = number
        self.name = name
        self.area = area
        self.text = text
    }

    init(_ number: Int, _ name: String, _ area: Area, _ embedded: [UInt8]) {
        self.init(number, name, area, text: String(decoding: embedded, as: UTF8.self))
    }

    /// `m004_orders.sql`
    package var fileName: String {
        let digits = String(number)
        return "m" + String(repeating: "0", count: max(0, 3 - digits.count)) + digits + "_\(name).sql"
    }

    /// Foundation and grants touch what belongs to the login that migrates: the database, the schema `public`, a shop's
    /// own tables. All else runs as mainspring_admin, so that any login of that group can migrate the next time.
    var runsAsAdmin: Bool { area == .shop || area == .pipeline }

    /// Every migration, in order.
    package static let all: [Migration] = [
        Migration(1, "foundation", .foundation, PackageResources.m001_foundation_sql),
        Migration(2, "accounts", .shop, PackageResources.m002_accounts_sql),
        Migration(3, "catalog", .shop, PackageResources.m003_catalog_sql),
        Migration(4, "orders", .shop, PackageResources.m004_orders_sql),
        Migration(5, "community", .shop, PackageResources.m005_community_sql),
        Migration(6, "foreign_keys", .shop, PackageResources.m006_foreign_keys_sql),
        Migration(7, "indexes", .shop, PackageResources.m007_indexes_sql),
        Migration(8, "updated_at", .shop, PackageResources.m008_updated_at_sql),
        Migration(9, "payment_methods", .shop, PackageResources.m009_payment_methods_sql),
        Migration(20, "pipeline", .pipeline, PackageResources.m020_pipeline_sql),
        Migration(25, "rules", .pipeline, PackageResources.m025_rules_sql),
        Migration(30, "grants", .grants, PackageResources.m030_grants_sql),
        Migration(40, "demo", .pipeline, PackageResources.m040_demo_sql),
        Migration(45, "spine", .pipeline, PackageResources.m045_spine_sql),
        Migration(46, "break_codes", .pipeline, PackageResources.m046_break_codes_sql),
        Migration(47, "order_dues", .pipeline, PackageResources.m047_order_dues_sql),
        Migration(48, "fee_refund", .pipeline, PackageResources.m048_fee_refund_sql),
        Migration(49, "demo_bank", .pipeline, PackageResources.m049_demo_bank_sql),
        Migration(50, "statistics", .pipeline, PackageResources.m050_statistics_sql),
        Migration(51, "reserve_release", .pipeline, PackageResources.m051_reserve_release_sql),
        Migration(52, "attempts", .pipeline, PackageResources.m052_attempts_sql),
        Migration(54, "heartbeats", .pipeline, PackageResources.m054_heartbeats_sql),
        Migration(55, "balances", .pipeline, PackageResources.m055_balances_sql),
    ]
}
