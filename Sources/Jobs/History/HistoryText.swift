extension History.List {
    /// The runs as a table for people.
    package func text(_ style: TextStyle) -> String {
        guard !runs.isEmpty else { return "No run has been recorded yet." }
        var table = TextTable([
            ("run", .right), ("job", .left), ("business date", .left), ("status", .left), ("exit", .right),
            ("began (\(timeZone))", .left), ("seconds", .right), ("by", .left),
        ])
        for run in runs {
            table.add([
                "\(run.run)", run.job, run.businessDate, run.standing, run.exitCode.map { "\($0)" } ?? "",
                run.startedAt, run.seconds ?? "", "\(run.user)@\(run.host)",
            ])
        }
        let errors = runs.compactMap { run in
            run.errorCode.map { "  run \(run.run): [\($0)] \(run.errorMessage ?? "")" }
        }
        return ([table.text(style)] + errors).joined(separator: "\n")
    }
}

extension History.Entry {
    /// How it ended, and what makes it no plain run: `done, attempt 2, a part`.
    fileprivate var standing: String {
        status + (attempt > 1 ? ", attempt \(attempt)" : "") + (partial ? ", a part" : "")
    }
}

extension History.Detail {
    /// The run as a page for people.
    package func text(_ style: TextStyle) -> String {
        let exit = entry.exitCode.map { ", exit code \($0)" } ?? ""
        var lines = [
            style.strong("Run \(entry.run): \(entry.job) for \(entry.businessDate), \(entry.standing)\(exit)"),
            "  window \(from) to \(to), cut-off \(cutOff)",
            "  began \(entry.startedAt) \(timeZone), by \(entry.user) on \(entry.host)"
                + (entry.seconds.map { ", \($0) s" } ?? ""),
        ]
        if let code = entry.errorCode { lines.append("  [\(code)] \(entry.errorMessage ?? "")") }
        var table = TextTable([
            ("step", .left), ("status", .left), ("read", .right), ("written", .right), ("rejected", .right),
            ("changed", .right), ("seconds", .right),
        ])
        for step in steps {
            table.add([
                "\(step.number) \(step.step)", step.status, Figures.grouped(step.read), Figures.grouped(step.written),
                Figures.grouped(step.rejected), Figures.grouped(step.changed), step.seconds,
            ])
        }
        if !table.isEmpty { lines += ["", table.text(style)] }
        let changes = steps.flatMap(\.detail.changes)
        if !changes.isEmpty { lines += ["", ChangesText(changes).text] }
        var listed = TextTable([
            ("file", .left), ("rows", .right), ("bytes", .right), ("sum", .right), ("sha256", .left),
        ])
        for file in files {
            let sums = file.sums.sorted { $0.key < $1.key }.map { "\($0.key) \(Figures.grouped($0.value))" }
            listed.add([
                file.path, Figures.grouped(file.rows), Figures.grouped(file.bytes), sums.first ?? "",
                String(file.sha256.prefix(16)),
            ])
            for sum in sums.dropFirst() { listed.add(["", "", "", sum, ""]) }
        }
        if !listed.isEmpty { lines += ["", listed.text(style)] }
        return lines.joined(separator: "\n")
    }
}

/// What a step of statements changed or only reports, a line a row: `store:3  total_sales 100.00 → 150.00`.
package struct ChangesText: Sendable {
    private let changes: [StepDetail.Change]

    package init(_ changes: [StepDetail.Change]) { self.changes = changes }

    package var text: String { changes.map(Self.line).joined(separator: "\n") }

    /// Only the columns that differ; all of them when none does.
    package static func line(_ change: StepDetail.Change) -> String {
        let names = change.after.keys.sorted()
        let differing = names.filter { change.before[$0] != change.after[$0] }
        let columns = (differing.isEmpty ? names : differing).map { name in
            let before = (change.before[name] ?? nil) ?? "NULL"
            let after = (change.after[name] ?? nil) ?? "NULL"
            return before == after ? "\(name) \(after)" : "\(name) \(before) → \(after)"
        }
        return "  \(change.entity)  \(change.finding)  \(columns.joined(separator: ", "))"
    }
}
