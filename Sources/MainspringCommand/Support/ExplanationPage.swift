import Jobs
import Reconciliation

/// An explanation as a person reads it: the sources first, what would mend it last.
struct ExplanationPage {
    private let explanation: Explanation

    init(_ explanation: Explanation) { self.explanation = explanation }

    func text(_ style: TextStyle) -> String {
        var blocks = [style.strong(explanation.entity)]
        func block(_ title: String, _ table: TextTable) {
            guard !table.isEmpty else { return }
            blocks.append("\(style.strong(title))\n\(table.text(style))")
        }
        block("What each side says", sources)
        block("How lines found their payment", matching)
        block("Rules tried, in their order", rules)
        block("Where the money stands", money)
        blocks.append("\(style.strong("Breaks"))\n\(breaks(style))")
        return blocks.joined(separator: "\n\n")
    }

    private var sources: TextTable {
        var table = TextTable([("side", .left), ("where", .left), ("says", .left)])
        for source in explanation.sources { table.add([source.side, source.place, source.says]) }
        return table
    }

    private var matching: TextTable {
        var table = TextTable([("line", .left), ("by its", .left), ("which is", .left), ("result", .left)])
        for attempt in explanation.matching {
            table.add([attempt.line, attempt.way, attempt.value ?? "", attempt.result])
        }
        return table
    }

    private var rules: TextTable {
        var table = TextTable([
            ("of", .left), ("rule", .left), ("expected", .right), ("found", .right), ("difference", .right),
            ("result", .left),
        ])
        for rule in explanation.rules {
            let foreign = rule.actualCurrency == rule.currency ? "" : "\(rule.actualCurrency) "
            table.add([
                rule.entity, rule.code, rule.expected.map(Figures.grouped) ?? "",
                rule.actual.map { foreign + Figures.grouped($0) } ?? "",
                foreign.isEmpty ? rule.difference.map(Figures.grouped) ?? "" : "", rule.result,
            ])
        }
        return table
    }

    private var money: TextTable {
        var table = TextTable([
            ("side", .left), ("kind", .left), ("on", .left), ("amount", .right), ("bucket", .left), ("because", .left),
        ])
        for part in explanation.money {
            table.add([
                part.side, part.kind, part.day, "\(part.currency) \(Figures.grouped(part.amount))", part.bucket,
                part.reason,
            ])
        }
        return table
    }

    private func breaks(_ style: TextStyle) -> String {
        guard !explanation.breaks.isEmpty else { return "  " + style.good("None: every side agrees.") }
        return explanation.breaks.map { found in
            let effect = found.role == "root" ? "  \(found.currency) \(Figures.grouped(found.moneyEffect))" : ""
            var lines = [
                "  \(style.strong(found.code))  \(found.entity)  \(found.role)\(effect)  \(found.status)  "
                    + style.faint(found.breakID),
                "    \(found.explanation)",
            ]
            if let next = found.nextAction { lines.append("    next: \(next)") }
            return lines.joined(separator: "\n")
        }.joined(separator: "\n")
    }
}
