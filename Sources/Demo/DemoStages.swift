import Diagnostics
import Postgres

/// The generator's scripts in their order. `SQL/` holds one file a topic; they plan in a schema that lives only inside
/// the transaction, then fill the shop from the plan.
enum DemoStages {
    struct Stage {
        let title: String
        let file: String
        let text: [UInt8]

        init(_ title: String, _ name: String, _ text: [UInt8]) {
            self.title = title
            file = "\(name).sql"
            self.text = text
        }

        func template() throws(Failure) -> SQLTemplate {
            try SQLTemplate(String(decoding: text, as: UTF8.self), source: file)
        }
    }

    /// Before the statement files are written.
    static let before: [Stage] = [
        Stage("Clears what an earlier demo left", "demo_00_clear", PackageResources.demo_00_clear_sql),
        Stage("Sets up the workshop", "demo_01_workshop", PackageResources.demo_01_workshop_sql),
        Stage("Sets out the words", "demo_02_words", PackageResources.demo_02_words_sql),
        Stage("Sets out brands and models", "demo_03_catalog", PackageResources.demo_03_catalog_sql),
        Stage("Plans the calendar", "demo_04_calendar", PackageResources.demo_04_calendar_sql),
        Stage(
            "Plans stores, products and customers", "demo_05_plan_catalog", PackageResources.demo_05_plan_catalog_sql),
        Stage("Plans the orders", "demo_06_plan_orders", PackageResources.demo_06_plan_orders_sql),
        Stage("Plans the payments", "demo_07_plan_payments", PackageResources.demo_07_plan_payments_sql),
        Stage("Chooses whom breaks befall", "demo_08_choose", PackageResources.demo_08_choose_sql),
        Stage("Plants breaks", "demo_08_plant_payments", PackageResources.demo_08_plant_payments_sql),
        Stage("Plants breaks of orders", "demo_08_plant_orders", PackageResources.demo_08_plant_orders_sql),
        Stage(
            "Plants breaks of settlements", "demo_08_plant_settlements",
            PackageResources.demo_08_plant_settlements_sql),
        Stage("Draws up JazzCash's statement", "demo_09_jazzcash", PackageResources.demo_09_jazzcash_sql),
        Stage("Draws up Stripe's lines", "demo_09_stripe_lines", PackageResources.demo_09_stripe_lines_sql),
        Stage("Draws up Stripe's payouts", "demo_09_stripe_payouts", PackageResources.demo_09_stripe_payouts_sql),
        Stage("Draws up TCS's remittances", "demo_10_tcs", PackageResources.demo_10_tcs_sql),
        Stage("Draws up the bank's statements", "demo_10_bank", PackageResources.demo_10_bank_sql),
        Stage(
            "Plans reviews, chats and pictures", "demo_11_plan_community", PackageResources.demo_11_plan_community_sql),
        Stage("Takes indexes and foreign keys off", "demo_12_unhook", PackageResources.demo_12_unhook_sql),
        Stage("Fills accounts", "demo_13_fill_people", PackageResources.demo_13_fill_people_sql),
        Stage("Fills stores and products", "demo_14_fill_catalog", PackageResources.demo_14_fill_catalog_sql),
        Stage("Fills orders and payments", "demo_15_fill_orders", PackageResources.demo_15_fill_orders_sql),
        Stage(
            "Fills reviews, chats and notifications", "demo_16_fill_community",
            PackageResources.demo_16_fill_community_sql),
        Stage("Puts indexes and foreign keys on again", "demo_17_rehook", PackageResources.demo_17_rehook_sql),
    ]

    /// After the statement files: the plan goes.
    static let after = Stage("Leaves its mark", "demo_18_finish", PackageResources.demo_18_finish_sql)

    static func statements() throws(Failure) -> SQLLibrary {
        try SQLLibrary(embedded: PackageResources.demo_statements_sql, source: "demo_statements.sql")
    }

    static func mending() throws(Failure) -> SQLLibrary {
        try SQLLibrary(embedded: PackageResources.demo_mend_sql, source: "demo_mend.sql")
    }

    /// The statements of a later night; made from what `mending` chose.
    static func mendingStatements() throws(Failure) -> SQLLibrary {
        try SQLLibrary(
            embedded: PackageResources.demo_mend_statements_sql, source: "demo_mend_statements.sql")
    }

    static func guardQueries() throws(Failure) -> SQLLibrary {
        try SQLLibrary(embedded: PackageResources.demo_guard_sql, source: "demo_guard.sql")
    }
}
