package import Money

/// What a generated marketplace consists of, as the one who made it knows.
package struct DemoSummary: Sendable, Equatable {
    /// A table of the shop and how many rows it holds.
    package struct Table: Sendable, Equatable {
        package var name: String
        package var rows: Int
    }

    /// How many breaks of one code and role were planted, and what they come to.
    package struct Planted: Sendable, Equatable {
        package var code: String
        /// `root` or `consequence`.
        package var role: String
        package var count: Int
        /// The sum of the money effects, in major units with two decimals; plants of several currencies never share a
        /// code.
        package var effect: String
    }

    /// A file in the inbox.
    package struct File: Sendable, Equatable {
        package var path: String
        /// Lines after the header.
        package var rows: Int
        package var bytes: Int
        /// 64 hexadecimal digits.
        package var sha256: String
    }

    package var seed: Int
    package var orders: Int
    /// The last business date of the marketplace.
    package var anchor: BusinessDate
    /// All 22, in the order of the schema document.
    package var tables: [Table]
    /// By code and role.
    package var planted: [Planted]
    /// The statements, by name.
    package var statements: [File]
    package var truth: File
}

/// How far the generator has come.
package struct DemoProgress: Sendable, Equatable {
    /// What it does now, for a person: `Plans the orders`.
    package var stage: String
    /// From 1.
    package var number: Int
    package var count: Int
}
