/// One thing in which a live database is not what the schema document and the pipeline need.
package struct Finding: Sendable, Equatable {
    /// How much it matters.
    package enum Grade: String, Sendable, CaseIterable, Comparable {
        /// Jobs cannot run, or would compute something wrong.
        case blocks
        /// Jobs run, but the database does not hold a rule, or a query is slow.
        case weakens
        /// Another way to the same end, as Django makes it; nothing has to be done.
        case differs

        package static func < (left: Grade, right: Grade) -> Bool {
            (allCases.firstIndex(of: left) ?? 0) < (allCases.firstIndex(of: right) ?? 0)
        }
    }

    package let grade: Grade
    /// What it is about: `public.users`, `public.users.email`.
    package let subject: String
    /// One full sentence.
    package let what: String
    /// The SQL that mends it, one or more statements, or a command of Mainspring. Findings are ordered so that running
    /// the statements one after the other works.
    package let statement: String
}
