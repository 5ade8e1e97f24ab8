/// What a step did, as the journal keeps it: read = written + rejected.
struct StepOutcome {
    /// `done`; `refused` when bad input was left out and the rest went on; `skipped` when nothing was to be done.
    var status = "done"
    var read: Int64 = 0
    var written: Int64 = 0
    var rejected: Int64 = 0
    /// Rows that are different after the step from before it.
    var changed: Int64 = 0
    var detail = StepDetail()
    /// Done once the step's transaction is committed: moving an imported file out of the inbox.
    var afterCommit: [() throws -> Void] = []

    /// What a step that is left out leaves in the journal.
    static var skipped: StepOutcome {
        var outcome = StepOutcome()
        outcome.status = "skipped"
        return outcome
    }
}

/// The particulars of a step: the journal's `detail`, and a part of the summary that `--json` prints.
package struct StepDetail: Codable, Sendable, Equatable {
    /// A row that a step of statements changed, or only reports: `store:3`, before and after.
    package struct Change: Codable, Sendable, Equatable {
        package var entity: String
        /// What is the matter: `store.drift`, `product.sold_out`.
        package var finding: String
        /// Whether it was written; a step may report a row that it leaves alone.
        package var applied: Bool
        /// Columns and their values, as PostgreSQL prints them.
        package var before: [String: String?]
        package var after: [String: String?]
    }

    /// A statement file of an import.
    package struct File: Codable, Sendable, Equatable {
        package var file: String
        package var statement: String
        /// `imported`, `already imported`, `superseded` (imported before, and its changed lines let stand now) or
        /// `refused`.
        package var result: String
        package var lines: Int64
        package var resent: Int64
        package var duplicates: Int64
        /// Lines that an earlier file brought with other content; the earlier one stands.
        package var changed: Int64
        /// The control totals that were checked, by name.
        package var controlTotals: [String: String]
        /// Why it was refused: an error code and its message.
        package var code: String?
        package var message: String?
        /// Why lines of earlier files may give way, as the command said.
        package var supersedeReason: String?
        /// How many lines took the place of an earlier file's.
        package var superseding: Int64?
        /// How many rows may be left out, as the command said; how many were, and to which file beside this one.
        package var maxRejects: Int64?
        package var rejected: Int64?
        package var rejectsFile: String?
    }

    /// How many rows there are of each finding.
    package var findings: [String: Int64] = [:]
    /// The first `changesKept` of them; the rest are only counted.
    package var changes: [Change] = []
    /// The stores to which it was limited; nil means all.
    package var stores: [Int64]?
    package var files: [File] = []
    package var breaks: BreakFigures?
    package var proof: CompletenessProof?

    /// The journal stays small however many rows a step changes.
    package static let changesKept = 200
}
