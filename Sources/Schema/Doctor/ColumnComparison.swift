extension CatalogueEntry {
    /// In what a live column is not this one.
    /// - Parameter roles: who needs the right to the column's sequence, should it get one.
    func differences(from live: CatalogueEntry, grantingTo roles: [String]) -> [Finding] {
        let subject = "\(relation).\(name)"
        var findings: [Finding] = []
        func add(_ grade: Finding.Grade, _ what: String, _ statement: String) {
            findings.append(Finding(grade: grade, subject: subject, what: what, statement: statement))
        }
        let isSerial = note.hasPrefix("DEFAULT nextval(")
        if live.rule != rule {
            add(
                typeGrade(live.rule), "The column \(subject) is \(live.rule), not \(rule).",
                retype(keepingDefault: isSerial))
        }
        if isSerial {
            if live.note.hasSuffix("AS IDENTITY") {
                add(.differs, "The column \(subject) is an identity, not SERIAL.", serialize(grantedTo: roles))
            } else if live.note.isEmpty {
                add(
                    .blocks, "The column \(subject) takes its number from nowhere.", serialize(grantedTo: roles)
                )
            }
        } else if live.rule == rule && live.note != note {
            add(
                .differs,
                "The column \(subject) has \(live.note.isEmpty ? "no default" : live.note), not "
                    + "\(note.isEmpty ? "no default" : note).",
                "ALTER TABLE \(relation) ALTER COLUMN \(name) \(note.isEmpty ? "DROP DEFAULT" : "SET \(note)");")
        }
        if flag && !live.flag {
            add(
                .weakens, "The column \(subject) may be NULL.",
                "ALTER TABLE \(relation) ALTER COLUMN \(name) SET NOT NULL;")
        } else if !flag && live.flag {
            add(
                .differs, "The column \(subject) may not be NULL.",
                "ALTER TABLE \(relation) ALTER COLUMN \(name) DROP NOT NULL;")
        }
        return findings
    }

    /// Whether another type serves the same end.
    private func typeGrade(_ live: String) -> Finding.Grade {
        switch (rule, live) {
        case ("timestamp without time zone", "timestamp with time zone"), ("integer", "bigint"): return .differs
        case ("text", _) where live.hasPrefix("character varying"): return .weakens
        case (_, "text") where rule.hasPrefix("character varying"): return .differs
        default: break
        }
        let expectedLengths = rule.lengths
        let liveLengths = live.lengths
        guard rule.prefix(while: { $0 != "(" }) == live.prefix(while: { $0 != "(" }) else { return .blocks }
        if rule.hasPrefix("numeric") {
            // Another scale rounds money; a narrower precision refuses it.
            guard expectedLengths.count == 2, liveLengths.count == 2 else {
                return liveLengths.isEmpty ? .differs : .blocks
            }
            if liveLengths[1] != expectedLengths[1] { return .blocks }
        }
        guard let wanted = expectedLengths.first, let found = liveLengths.first else {
            return liveLengths.isEmpty ? .differs : .weakens
        }
        return found > wanted ? .differs : .weakens
    }
}

extension String {
    /// `[12, 2]` of `numeric(12,2)`.
    fileprivate var lengths: [Int] {
        drop { $0 != "(" }.split { !$0.isNumber }.compactMap { Int($0) }
    }
}
