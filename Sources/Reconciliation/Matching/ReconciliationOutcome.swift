package import Money

/// What a reconciliation looked at, wrote and found.
package struct ReconciliationOutcome: Sendable, Equatable {
    /// The business date as of which it judged: the run's, or the last run's if that was later.
    package var businessDate: BusinessDate
    /// Orders, payments and lines in scope.
    package var orders = 0
    package var payments = 0
    package var lines = 0
    /// Money events appended.
    package var events = 0
    /// Allocations written, and those that they supersede.
    package var allocations = 0
    package var superseded = 0
    /// Lines whose payment was found, or changed.
    package var matches = 0
    /// Payouts added or changed.
    package var payouts = 0
    /// What happened to breaks in this run.
    package var changes: [BreakChange] = []
    /// Every break that is open now, from earlier runs too.
    package var open: [OpenBreaks] = []
    package var completeness: [CompletenessRow] = []

    /// Rows read in all.
    package var rowsRead: Int { orders + payments + lines }
    /// Rows of the pipeline's own tables that are new or changed; 0 when a run finds nothing new.
    package var rowsChanged: Int = 0
    /// How many breaks this run opened, changed, resolved or reopened.
    package func count(_ event: BreakChange.Event) -> Int {
        changes.reduce(0) { $0 + ($1.event == event ? $1.breaks : 0) }
    }
    /// How many breaks are open now.
    package var openBreaks: Int { open.reduce(0) { $0 + $1.breaks } }
    /// Whether all that went in stands in exactly one bucket.
    package var isComplete: Bool { completeness.allSatisfy(\.pass) }
}

/// Breaks of a code to which the same happened.
package struct BreakChange: Sendable, Equatable {
    package enum Event: String, Sendable, CaseIterable { case opened, changed, resolved, reopened }
    package let event: Event
    package let code: String
    package let currency: String
    package let breaks: Int
}

/// Open breaks of a code, role and currency, with the sum of their money effects (major units, two decimals).
package struct OpenBreaks: Sendable, Equatable {
    package let code: String
    package let role: String
    package let currency: String
    package let breaks: Int
    package let moneyEffect: String
}

/// One tie of the completeness proof (docs/reconciliation.md, “Proof”): what went in against what stands in the buckets.
///
/// `side` is `ledger` or `statement` (`kind` is then a kind of money), `events` (each event's allocations sum to it),
/// `agreed` or `breaks` (`kind` is then a channel).
package struct CompletenessRow: Sendable, Equatable {
    package let side: String
    package let kind: String
    package let currency: String
    package let inputCount: Int
    package let inputSum: String
    package let bucketCount: Int
    package let bucketSum: String
    package let pass: Bool
}
