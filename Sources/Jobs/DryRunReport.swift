import Tabular

/// What a run would do, found by looking only: what `run --dry-run --json` prints. docs/operator.md documents each field;
/// fields are added, never renamed.
package struct DryRunReport: Codable, Sendable, Equatable {
    package struct Step: Codable, Sendable, Equatable {
        package var number: Int
        package var step: String
        package var kind: String
        /// `would run`; `skipped`, by the command or by the step's own condition; `depends`, on what steps before it change.
        package var status: String
        /// Of a step of statements: how many rows of each finding, and the first of them.
        package var findings: [String: Int64] = [:]
        package var changes: [StepDetail.Change] = []
        /// How many of the rows would be written.
        package var wouldChange: Int64 = 0
        /// Of an import: what lies in the inbox. Of reports and extracts: what would be written.
        package var files: [File] = []
        /// Of a reconciliation.
        package var scope: Scope?
    }

    package struct File: Codable, Sendable, Equatable {
        package var file: String
        /// `new`, `already imported`, `unreadable`, `unknown statement`, or `would be written`.
        package var state: String
        package var message: String?
    }

    /// How much a reconciliation would look at; its breaks are only known by a rehearsal.
    package struct Scope: Codable, Sendable, Equatable {
        /// Nothing has ever been reconciled: all is new.
        package var everything: Bool
        /// Changed since the last reconciliation.
        package var orders: Int64
        package var payments: Int64
        /// Statement lines that no run has seen; those of the inbox's new files are not among them.
        package var lines: Int64
        package var openBreaks: Int64
    }

    package var job: String
    package var businessDate: String
    package var from: String
    package var to: String
    package var cutOff: String
    package var timeZone: String
    package var steps: [Step] = []

    /// For people.
    package func text(_ style: TextStyle) -> String {
        let title =
            style.strong("\(job), business date \(businessDate)")
            + ": a dry run; nothing was written, nothing was locked."
        let parts = steps.map { step in
            let head = "\(style.strong("\(step.number) \(step.step)"))  \(Self.verdict(step))"
            return ([head] + Self.lines(step)).joined(separator: "\n")
        }
        return ([title] + parts).joined(separator: "\n\n")
    }

    private static func verdict(_ step: Step) -> String {
        switch step.status {
        case "skipped": return "would be skipped"
        case "depends": return "would run if its condition holds, which depends on what the steps before it change"
        default: break
        }
        if let scope = step.scope {
            let orders = Figures.counted(scope.orders, "order", "orders")
            let what = "\(orders) and \(Figures.counted(scope.payments, "payment", "payments"))"
            let lines = Figures.counted(scope.lines, "new line", "new lines")
            let breaks = Figures.counted(scope.openBreaks, "open break", "open breaks")
            return scope.everything
                ? "would look at everything: \(what), \(lines)"
                : "would look at \(what) changed since the last one, \(lines), \(breaks), and what is in transit"
        }
        switch step.kind {
        case "import":
            let new = step.files.filter { $0.state == "new" }.count
            return "would import \(Figures.counted(Int64(new), "file", "files"))"
        case "report", "extract": return "would write \(Figures.counted(Int64(step.files.count), "file", "files"))"
        case "sql":
            let found = step.findings.values.reduce(0, +)
            return found == 0
                ? "would change nothing"
                : "would change \(Figures.counted(step.wouldChange, "row", "rows")) of \(Figures.grouped(found)) found"
        default: return "would run"
        }
    }

    private static func lines(_ step: Step) -> [String] {
        let shown = 5
        var lines = step.findings.sorted { $0.key < $1.key }.map { "  \(Figures.grouped($0.value)) \($0.key)" }
        lines += step.changes.prefix(shown).map { "  " + ChangesText.line($0) }
        let found = step.findings.values.reduce(0, +)
        if found > Int64(shown) { lines.append("    … and \(Figures.grouped(found - Int64(shown))) more") }
        if step.kind == "import" {
            lines += step.files.map { "  \($0.file): \($0.state)" + ($0.message.map { ", \($0)" } ?? "") }
        } else if !step.files.isEmpty {
            lines.append("  " + step.files.map(\.file).joined(separator: ", "))
        }
        if step.scope != nil, step.status != "skipped" {
            lines.append("  Which breaks it would open or resolve, --rehearse tells.")
        }
        return lines
    }
}
