import Tabular

/// How a run ended, for people: plain sentences first, then a small table, then what was left where.
package struct SummaryText: Sendable {
    private let summary: RunSummary
    private let style: TextStyle

    package init(_ summary: RunSummary, style: TextStyle = .plain) {
        self.summary = summary
        self.style = style
    }

    package var text: String {
        [title, sentences, steps, breaks, changes, refused, leftOut, files, proof].filter { !$0.isEmpty }
            .joined(separator: "\n\n")
    }

    private var title: String {
        let end =
            switch summary.status {
            case "done": style.good("done")
            case "rehearsed": style.good("rehearsed")
            case "interrupted": style.warning("interrupted")
            default: style.bad("failed")
            }
        return "\(style.strong("\(summary.job), business date \(summary.businessDate)")): \(end)"
            + " in \(Figures.time(summary.seconds))"
            + (summary.status == "rehearsed" ? "; all of it was rolled back" : " (run \(summary.run))")
    }

    /// What was checked; what agrees and what does not, and how much money that is; where to read on.
    private var sentences: String {
        var lines: [String] = []
        if summary.failure != nil {
            lines.append("Nothing of the step that failed remains; what was done before it stands.")
        }
        if let breaks = summary.breaks {
            let orders = Figures.counted(breaks.orders, "order", "orders")
            let payments = Figures.counted(breaks.payments, "payment", "payments")
            let statementLines = Figures.counted(breaks.lines, "statement line", "statement lines")
            lines.append(
                "Checked \(orders), \(payments) with their gateways' answers and \(statementLines), up to the end of "
                    + "\(summary.businessDate) in \(summary.timeZone).")
            lines.append(verdict(breaks))
        }
        if let folder = summary.folder {
            let (workbook, page) = (atTop("xlsx"), atTop("html"))
            let first = [
                workbook.map { "the workbook is \(folder)/\($0)" }, page.map { "the page is \(folder)/\($0)" },
            ]
            .compactMap(\.self)
            let place =
                first.isEmpty ? "the files lie in \(folder)" : first.joined(separator: ", ") + "; all else lies beside"
            lines.append(place.prefix(1).uppercased() + place.dropFirst() + ".")
        }
        return lines.joined(separator: "\n")
    }

    /// The first file of a format that lies in the folder itself.
    private func atTop(_ format: String) -> String? {
        summary.files.first { $0.format == format && !$0.path.contains("/") }?.path
    }

    private func verdict(_ breaks: BreakFigures) -> String {
        let sums = breaks.standing["agreed"] ?? [:]
        let agreed = style.good("\(Self.money(sums)) \(sums.count > 1 ? "agree" : "agrees") to the last paisa")
        guard breaks.open > 0 else { return "\(agreed), and no break is open." }
        let open = Figures.counted(breaks.open, "break is open", "breaks are open")
        let causes = breaks.openRoots == 1 ? "1 cause" : "\(Figures.grouped(breaks.openRoots)) causes"
        return "\(agreed); \(style.warning(open)) (\(causes)), worth \(Self.money(breaks.totalEffect))."
    }

    /// Per currency, never summed across: `PKR -1,234.00 and USD 10.00`.
    private static func money(_ sums: [String: String]) -> String {
        let effects = amounts(sums)
        guard let last = effects.last else { return "no money" }
        return effects.count == 1 ? last : effects.dropLast().joined(separator: ", ") + " and " + last
    }

    /// The amounts that are not zero, by currency.
    private static func amounts(_ sums: [String: String]) -> [String] {
        sums.filter { $0.value.contains { "123456789".contains($0) } }.sorted { $0.key < $1.key }
            .map { "\($0.key) \(Figures.grouped($0.value))" }
    }

    private var steps: String {
        var table = TextTable([
            ("step", .left), ("read", .right), ("written", .right), ("left out", .right), ("changed", .right),
            ("time", .right), ("", .left),
        ])
        for step in summary.steps {
            table.add([
                "\(step.number) \(step.step)", Figures.grouped(step.read), Figures.grouped(step.written),
                Figures.grouped(step.rejected), Figures.grouped(step.changed), Figures.time(step.seconds),
                step.status == "done" ? "" : step.status,
            ])
        }
        return table.isEmpty ? "" : table.text(style)
    }

    private var breaks: String {
        guard let figures = summary.breaks, !figures.codes.isEmpty else { return "" }
        var table = TextTable([
            ("break", .left), ("opened", .right), ("resolved", .right), ("open", .right), ("money effect", .right),
        ])
        for code in figures.codes.sorted(by: { $0.code < $1.code }) {
            let effects = Self.amounts(code.moneyEffect)
            table.add([
                code.code, Figures.grouped(code.opened), Figures.grouped(code.resolved), Figures.grouped(code.open),
                effects.first ?? "",
            ])
            for effect in effects.dropFirst() { table.add(["", "", "", "", effect]) }
        }
        return table.text(style)
    }

    /// A few of the rows that steps of statements changed or report; the journal keeps more.
    private var changes: String {
        let shown = 5
        let parts = summary.steps.filter { !$0.detail.changes.isEmpty }.map { step in
            let counts = step.detail.findings.sorted { $0.key < $1.key }.map {
                "\(Figures.grouped($0.value)) \($0.key)"
            }
            var lines = ["  \(step.step): \(counts.joined(separator: ", "))"]
            lines += step.detail.changes.prefix(shown).map { "  " + ChangesText.line($0) }
            let total = step.detail.findings.values.reduce(0, +)
            if total > Int64(shown) {
                lines.append(
                    "    … and \(Figures.grouped(total - Int64(shown))) more: mainspring history \(summary.run)")
            }
            return lines.joined(separator: "\n")
        }
        return parts.joined(separator: "\n")
    }

    private var refused: String {
        guard !summary.refused.isEmpty else { return "" }
        let lines = summary.refused.map { "  \($0.file): [\($0.code ?? "")] \($0.message ?? "")" }
        return ([style.bad("Refused; mend the file and run again:")] + lines).joined(separator: "\n")
    }

    /// Rows that an import may leave out and did.
    private var leftOut: String {
        let files = summary.steps.flatMap(\.detail.files).filter { $0.rejectsFile != nil }
        guard !files.isEmpty else { return "" }
        let lines = files.map { file in
            "  \(file.file): \(Figures.counted(file.rejected ?? 0, "row", "rows")), to \(file.rejectsFile ?? "")"
        }
        return ([style.bad("Left out, because they can't be read:")] + lines).joined(separator: "\n")
    }

    private var files: String {
        var table = TextTable([("file", .left), ("rows", .right), ("bytes", .right)])
        for line in FileLine.lines(summary.files) {
            table.add([line.name, Figures.grouped(line.rows), Figures.grouped(line.bytes)])
        }
        return table.isEmpty ? "" : table.text(style)
    }

    private var proof: String {
        guard let proof = summary.proof else { return "" }
        let kinds = Figures.counted(Int64(proof.lines.count), "sum", "sums")
        if proof.holds {
            return style.good(
                "Proof of completeness: \(kinds) of the inputs equal those of the buckets; nothing lost, nothing twice."
            )
        }
        let broken = proof.lines.filter { !$0.holds }.map {
            "  \($0.side) \($0.kind) \($0.currency): \($0.inputCount) events, \($0.inputSum), but \($0.bucketCount), \($0.bucketSum) in the buckets"
        }
        return ([style.bad("Proof of completeness FAILED:")] + broken).joined(separator: "\n")
    }
}
