package import Money

/// What a later night of a marketplace brought.
package struct DemoNight: Sendable, Equatable {
    /// How many breaks of a code were put right.
    package struct Mended: Sendable, Equatable {
        package var code: String
        package var count: Int
    }

    package var night: Int
    package var businessDate: BusinessDate
    /// By code of the root; what followed from it is gone too.
    package var mended: [Mended]
    /// Payments that a bank had thought about, and that were made or failed now.
    package var decided: Int
    /// The statements that came, by name.
    package var statements: [DemoSummary.File]
    /// What is left.
    package var truth: DemoSummary.File
}
