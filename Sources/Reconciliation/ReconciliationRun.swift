package import Money

/// What a run looks at: its business date, the moment up to which it sees anything, and what it may do.
package struct ReconciliationRun: Sendable, Equatable {
    /// `mainspring.runs.run_id` of the run that all of this is written for.
    package let runID: Int64
    package let businessDate: BusinessDate
    /// What is reported; scope does not depend on it (docs/reconciliation.md, “Scope”).
    package let window: Window
    /// ISO 8601 with an offset; nothing at or after it is seen. A run older than the last one sees what that one saw.
    package let cutOff: String
    /// The zone of business dates, an IANA name.
    package let timeZone: String
    /// Who runs it, for `break_events`.
    package let osUser: String
    /// Whether breaks that are gone are RESOLVED; a back-fill never resolves.
    package let resolves: Bool
    /// Whether everything is looked at again and the running balances are counted afresh, whatever the watermark says.
    package let full: Bool

    package init(
        runID: Int64, businessDate: BusinessDate, window: Window, cutOff: String, timeZone: String, osUser: String,
        resolves: Bool, full: Bool = false
    ) {
        self.runID = runID
        self.businessDate = businessDate
        self.window = window
        self.cutOff = cutOff
        self.timeZone = timeZone
        self.osUser = osUser
        self.resolves = resolves
        self.full = full
    }
}
