import Money
package import Tabular

/// How a run ended and what it found: what `--json` prints, the journal's `summary`, and what the closing words are made
/// of. docs/operator.md documents each field; fields are added, never renamed.
package struct RunSummary: Codable, Sendable, Equatable {
    package struct Step: Codable, Sendable, Equatable {
        package var number: Int
        package var step: String
        package var kind: String
        /// `done`, `refused` (bad input was left out), `skipped` or `failed`.
        package var status: String
        package var read: Int64
        package var written: Int64
        package var rejected: Int64
        package var changed: Int64
        package var seconds: Double
        package var detail: StepDetail
    }

    package struct Failed: Codable, Sendable, Equatable {
        package var code: String
        package var message: String
        package var location: String?
        package var advice: String?
    }

    package var run: Int64
    package var job: String
    package var businessDate: String
    package var from: String
    package var to: String
    package var cutOff: String
    package var timeZone: String
    /// `done`, `failed` or `interrupted`; `rehearsed`, and then all of it was rolled back.
    package var status: String
    package var exitCode: Int32
    /// The run that had already finished this job for this date, if one had.
    package var finishedBefore: Int64?
    package var seconds: Double = 0
    package var steps: [Step] = []
    /// Open breaks when the run ended; nil for a run that looked at none.
    package var openBreaks: Int64?
    /// The output folder, and what lies in it; none for a run that wrote no files.
    package var folder: String?
    package var files: [Manifest.File] = []
    package var failure: Failed?

    package var breaks: BreakFigures? { steps.compactMap(\.detail.breaks).last }
    package var proof: CompletenessProof? { steps.compactMap(\.detail.proof).last }
    /// Statement files that were refused.
    package var refused: [StepDetail.File] { steps.flatMap(\.detail.files).filter { $0.result == "refused" } }
}

/// The breaks after a reconciliation, by code.
package struct BreakFigures: Codable, Sendable, Equatable {
    package struct Code: Codable, Sendable, Equatable {
        package var code: String
        package var opened: Int64
        package var resolved: Int64
        package var changed: Int64
        package var open: Int64
        /// The money effect of the open ones, by currency; roots only, so that a rupee is counted once.
        package var moneyEffect: [String: String]
    }

    package var codes: [Code] = []
    /// What was looked at.
    package var orders: Int64 = 0
    package var payments: Int64 = 0
    package var lines: Int64 = 0
    /// Of the open ones, those that have a cause of their own.
    package var openRoots: Int64 = 0
    /// Where the ledger's money stands: bucket → currency → plain decimal.
    package var standing: [String: [String: String]] = [:]

    /// The money effect of all open breaks, by currency, as plain decimals.
    package var totalEffect: [String: String] {
        var sums: [String: ExactSum] = [:]
        for (currency, amount) in codes.flatMap(\.moneyEffect) {
            guard let number = ExactDecimal(amount) else { continue }
            _ = sums[currency, default: ExactSum()].add(number)
        }
        return sums.mapValues { $0.description }
    }

    package var opened: Int64 { codes.reduce(0) { $0 + $1.opened } }
    package var resolved: Int64 { codes.reduce(0) { $0 + $1.resolved } }
    package var open: Int64 { codes.reduce(0) { $0 + $1.open } }
}

/// The proof that nothing was lost or counted twice: the sums of the inputs and of the buckets, side by side.
package struct CompletenessProof: Codable, Sendable, Equatable {
    package struct Line: Codable, Sendable, Equatable {
        package var side: String
        package var kind: String
        package var currency: String
        package var inputCount: Int64
        package var inputSum: String
        package var bucketCount: Int64
        package var bucketSum: String
        package var holds: Bool
    }

    package var lines: [Line] = []
    package var holds: Bool { lines.allSatisfy(\.holds) }
}

extension RunSummary.Step {
    init(_ step: JobStep, _ number: Int, _ outcome: StepOutcome, seconds: Double) {
        self.init(
            number: number, step: step.title, kind: step.kind, status: outcome.status, read: outcome.read,
            written: outcome.written, rejected: outcome.rejected, changed: outcome.changed, seconds: seconds,
            detail: outcome.detail)
    }
}

extension StepOutcome {
    init(_ step: RunSummary.Step) {
        status = step.status
        read = step.read
        written = step.written
        rejected = step.rejected
        changed = step.changed
        detail = step.detail
    }
}
