/// Holds a live catalogue against the expected one.
struct Comparison {
    let expected: Catalogue
    let live: Catalogue
    private let liveRelations: Set<String>

    init(expected: Catalogue, live: Catalogue) {
        self.expected = expected
        self.live = live
        liveRelations = Set(live.entries.lazy.filter { $0.kind == .table || $0.kind == .view }.map(\.relation))
    }

    /// Every finding, in an order in which the statements can be run.
    func findings() -> [Finding] {
        relations() + columns() + primaryKeys() + uniques() + checks() + indexes() + foreignKeys() + triggers()
            + missingGrants() + excessGrants()
    }

    private func isThere(_ entry: CatalogueEntry) -> Bool { liveRelations.contains(entry.relation) }

    // MARK: Relations

    private func relations() -> [Finding] {
        (expected.of(.table) + expected.of(.view)).filter { !isThere($0) }.map { relation in
            Finding(
                grade: .blocks, subject: relation.relation,
                what: "The \(relation.kind.rawValue) \(relation.relation) is missing.",
                statement: relation.kind == .view ? relation.statement : createTable(relation.relation))
        }
    }

    /// The table with what belongs to it alone; what leads to other tables is a finding of its own.
    private func createTable(_ relation: String) -> String {
        var parts = expected.of(.column, on: relation).map(\.columnDefinition)
        for kind in [CatalogueEntry.Kind.primaryKey, .unique] {
            parts += expected.of(kind, on: relation).filter { !$0.note.isEmpty }.map {
                "CONSTRAINT \($0.name) \($0.note)"
            }
        }
        parts += expected.of(.check, on: relation).map { "CONSTRAINT \($0.name) \($0.rule)" }
        return "CREATE TABLE \(relation) (\n    " + parts.joined(separator: ",\n    ") + "\n);"
    }

    // MARK: Columns

    private func columns() -> [Finding] {
        let views = Set(expected.of(.view).map(\.relation))
        return expected.of(.column).filter(isThere).flatMap { column -> [Finding] in
            let subject = "\(column.relation).\(column.name)"
            guard let found = live.of(.column, on: column.relation).first(where: { $0.name == column.name }) else {
                let view = expected.of(.view, on: column.relation).first
                return [
                    Finding(
                        grade: .blocks, subject: subject, what: "The column \(subject) is missing.",
                        statement: (view ?? column).statement)
                ]
            }
            return views.contains(column.relation)
                ? [] : column.differences(from: found, grantingTo: sequenceRoles(column))
        }
    }

    /// The roles that insert into a table and so need its sequence; none before there are roles.
    private func sequenceRoles(_ column: CatalogueEntry) -> [String] {
        let writers = expected.of(.grant, on: column.relation).filter { $0.rule == "INSERT" }.map(\.name)
        return writers.isEmpty ? [] : ["mainspring_admin"] + writers
    }

    // MARK: Rules of one table

    /// Nothing refers to these, so a partitioned one may carry its partition key in the primary key.
    private static let mayBePartitioned: Set<String> = [
        "public.messages", "public.notifications", "public.admin_activity_log",
    ]

    private func primaryKeys() -> [Finding] {
        expected.of(.primaryKey).filter(isThere).compactMap { key in
            let found = live.of(.primaryKey, on: key.relation).first
            if let found {
                if found.rule == key.rule { return nil }
                let partitioned = key.rule.replacing(")", with: ", created_at)")
                if Self.mayBePartitioned.contains(key.relation) && found.rule == partitioned { return nil }
            }
            return Finding(
                grade: .blocks, subject: key.relation,
                what: found == nil
                    ? "The table \(key.relation) has no primary key."
                    : "The primary key of \(key.relation) is another.",
                statement: (found.map { $0.removal + " " } ?? "") + key.statement)
        }
    }

    private func uniques() -> [Finding] {
        expected.of(.unique).filter { isThere($0) || $0.note.isEmpty }.compactMap { unique in
            let candidates = live.of(.unique, on: unique.relation)
            let same = candidates.filter { $0.means == unique.means }
            if same.contains(where: { !$0.flag }) { return nil }
            if let deferrable = same.first {
                return Finding(
                    grade: .differs, subject: unique.relation,
                    what: "The unique rule \(deferrable.name) of \(unique.relation) is deferrable.",
                    statement: deferrable.removal + " " + unique.statement)
            }
            return missing(unique, "Nothing keeps \(unique.relation) unique by \(unique.rule.columns).", candidates)
        }
    }

    private func checks() -> [Finding] {
        expected.of(.check).filter { isThere($0) }.compactMap { check in
            let candidates = live.of(.check, on: check.relation)
            if let same = candidates.first(where: { $0.means == check.means }) {
                guard same.flag else { return nil }
                return Finding(
                    grade: .differs, subject: check.relation,
                    what: "The rule \(same.name) was never checked against the rows that were there.",
                    statement: "ALTER TABLE \(check.relation) VALIDATE CONSTRAINT \(same.quotedName);")
            }
            return missing(check, "Nothing holds \(check.relation) to \(check.name): \(check.rule).", candidates)
        }
    }

    private func indexes() -> [Finding] {
        expected.of(.index).compactMap { index in
            let candidates = [CatalogueEntry.Kind.index, .unique, .primaryKey].flatMap { kind in
                live.of(kind, on: index.relation)
            }
            if candidates.contains(where: { $0.means == index.means }) { return nil }
            return missing(index, "The index \(index.name) of \(index.relation) is missing.", candidates)
        }
    }

    /// A rule that is not there; where its name is taken by another rule, that one goes first.
    private func missing(_ entry: CatalogueEntry, _ what: String, _ candidates: [CatalogueEntry]) -> Finding {
        let sameName = candidates.first { $0.name == entry.name }
        return Finding(
            grade: .weakens, subject: entry.relation, what: what,
            statement: (sameName.map { $0.removal + " " } ?? "") + entry.statement)
    }

    private func foreignKeys() -> [Finding] {
        expected.of(.foreignKey).compactMap { key in
            let candidates = live.of(.foreignKey, on: key.relation)
            guard let found = candidates.first(where: { $0.rule == key.rule }) else {
                return missing(key, "Nothing holds \(key.relation) to \(key.rule).", candidates)
            }
            guard found.note != key.note || found.flag else { return nil }
            // NO ACTION keeps history as RESTRICT does, only later in the transaction.
            let isHarmless = found.note == key.note || (found.note == "NO ACTION" && key.note == "RESTRICT")
            var differences: [String] = []
            if found.note != key.note { differences.append("says ON DELETE \(found.note), not \(key.note)") }
            if found.flag { differences.append("is deferrable") }
            return Finding(
                grade: isHarmless ? .differs : .weakens, subject: key.relation,
                what: "The foreign key \(found.name) of \(key.relation) \(differences.joined(separator: " and ")).",
                statement: found.removal + " " + key.statement)
        }
    }

    private func triggers() -> [Finding] {
        expected.of(.trigger).compactMap { trigger in
            let candidates = live.of(.trigger, on: trigger.relation)
            if candidates.contains(where: { !$0.flag }) { return nil }
            if let disabled = candidates.first {
                return Finding(
                    grade: .weakens, subject: trigger.relation,
                    what: "The trigger \(disabled.name), which keeps updated_at, is disabled.",
                    statement: "ALTER TABLE \(trigger.relation) ENABLE TRIGGER \(disabled.quotedName);")
            }
            return Finding(
                grade: .weakens, subject: trigger.relation,
                what: "No trigger keeps \(trigger.relation).updated_at, so incremental work would miss changes.",
                statement: trigger.statement)
        }
    }

    // MARK: Rights

    private func missingGrants() -> [Finding] {
        (expected.of(.grant) + expected.of(.columnGrant)).filter { grant in
            let isWhole = live.of(.grant, on: grant.relation).contains {
                $0.name == grant.name && $0.rule == grant.rule
            }
            if isWhole || grant.kind == .grant { return !isWhole }
            let columns =
                live.of(.columnGrant, on: grant.relation)
                .first { $0.name == grant.name && $0.rule == grant.rule }?.columns ?? []
            return !grant.columns.isSubset(of: columns)
        }.map { grant in
            Finding(
                grade: .blocks, subject: grant.relation,
                what: "The role \(grant.name) may not \(grant.rule) \(grant.relation).",
                statement: grant.statement)
        }
    }

    private func excessGrants() -> [Finding] {
        (live.of(.grant) + live.of(.columnGrant)).compactMap { grant in
            func same(_ other: CatalogueEntry) -> Bool { other.name == grant.name && other.rule == grant.rule }
            if expected.of(.grant, on: grant.relation).contains(where: same) { return nil }
            let columns = expected.of(.columnGrant, on: grant.relation).first(where: same)
            if let columns, grant.kind == .columnGrant, grant.columns.isSubset(of: columns.columns) { return nil }
            return Finding(
                grade: .weakens, subject: grant.relation,
                what: "The role \(grant.name) may \(grant.rule) more of \(grant.relation) than its work needs.",
                statement: grant.removal + (columns.map { " " + $0.statement } ?? ""))
        }
    }
}

extension CatalogueEntry {
    /// The columns of a column grant.
    var columns: Set<String> { Set(note.split(separator: ", ").map { String($0) }) }
}

extension String {
    /// `(a, b) WHERE …` of `USING btree (a, b) WHERE …`.
    fileprivate var columns: String { String(drop { $0 != "(" }) }
}
