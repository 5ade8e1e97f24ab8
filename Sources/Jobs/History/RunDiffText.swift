extension RunDiff {
    /// The difference as a page for people: figures first, then what moved them.
    package func text(_ style: TextStyle) -> String {
        let title = style.strong("From run \(from.run) (\(Self.name(from))) to run \(to.run) (\(Self.name(to)))")
        let parts = [stepTable(style), standingTable(style), fileTable(style), breakTable(style)].filter { !$0.isEmpty }
        let figures = parts.isEmpty ? ["No figure moved."] : parts
        return ([title] + figures + [rows]).filter { !$0.isEmpty }.joined(separator: "\n\n")
    }

    private static func name(_ side: Side) -> String { "\(side.job) for \(side.businessDate), \(side.status)" }

    private static func moved(_ before: String?, _ after: String?) -> String {
        before == after ? after ?? "" : "\(before ?? "none") → \(after ?? "none")"
    }

    private static func moved(_ before: Int64?, _ after: Int64?) -> String {
        moved(before.map { Figures.grouped($0) }, after.map { Figures.grouped($0) })
    }

    private static func money(_ before: String?, _ after: String?) -> String {
        moved(before.map { Figures.grouped($0) }, after.map { Figures.grouped($0) })
    }

    private func stepTable(_ style: TextStyle) -> String {
        var table = TextTable([
            ("step", .left), ("status", .left), ("read", .right), ("written", .right), ("rejected", .right),
            ("changed", .right),
        ])
        for step in steps {
            let (old, new) = (step.before, step.after)
            table.add([
                step.step, Self.moved(old?.status, new?.status), Self.moved(old?.read, new?.read),
                Self.moved(old?.written, new?.written), Self.moved(old?.rejected, new?.rejected),
                Self.moved(old?.changed, new?.changed),
            ])
        }
        return table.isEmpty ? "" : table.text(style)
    }

    private func standingTable(_ style: TextStyle) -> String {
        var table = TextTable([("where the ledger's money stands", .left), ("", .left), ("amount", .right)])
        for line in standing { table.add([line.bucket, line.currency, Self.money(line.before, line.after)]) }
        return table.isEmpty ? "" : table.text(style)
    }

    private func fileTable(_ style: TextStyle) -> String {
        var table = TextTable([("file", .left), ("", .left), ("rows", .right), ("sum", .right)])
        for file in files {
            let sums = file.sums.sorted { $0.key < $1.key }.map {
                "\($0.key) \(Self.money($0.value.before, $0.value.after))"
            }
            table.add([file.path, file.what, Self.moved(file.rows.before, file.rows.after), sums.first ?? ""])
            for sum in sums.dropFirst() { table.add(["", "", "", sum]) }
        }
        return table.isEmpty ? "" : table.text(style)
    }

    private func breakTable(_ style: TextStyle) -> String {
        var table = TextTable([
            ("break", .left), ("opened", .right), ("reopened", .right), ("changed", .right), ("resolved", .right),
        ])
        for code in breaks {
            table.add([
                code.code, Figures.grouped(code.opened), Figures.grouped(code.reopened), Figures.grouped(code.changed),
                Figures.grouped(code.resolved),
            ])
        }
        return table.isEmpty ? "" : table.text(style)
    }

    /// The source rows behind it, a few of each kind.
    private var rows: String {
        let shown = 10
        func list<Entry>(_ title: String, _ listed: Listed<Entry>, _ line: (Entry) -> String) -> [String] {
            guard listed.count > 0 else { return [] }
            var lines =
                ["\(title): \(Figures.grouped(listed.count))"] + listed.first.prefix(shown).map { "  \(line($0))" }
            let more = listed.count - Int64(min(shown, listed.first.count))
            if more > 0 { lines.append("  … and \(Figures.grouped(more)) more") }
            return lines
        }
        let lines =
            list("Statement files imported", imports) {
                "\($0.statement)  \($0.file), \(Figures.counted($0.lines, "line", "lines")), run \($0.run)"
            }
            + list("Money of the ledger that is new or moved", payments) {
                "payment:\($0.payment)  \($0.kind) \($0.currency) \(Figures.grouped($0.amount)), run \($0.run)"
            }
            + list("What happened to breaks", sources) {
                "\($0.entity)  \($0.code) \($0.event), \($0.currency) "
                    + "\(Self.money($0.moneyEffectBefore, $0.moneyEffectAfter)), run \($0.run)"
            }
        return lines.joined(separator: "\n")
    }
}
