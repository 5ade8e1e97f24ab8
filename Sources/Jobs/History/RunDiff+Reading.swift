import Diagnostics
import Foundation
package import Postgres

extension History {
    /// What moved from the earlier of two runs to the later one.
    /// - Throws: `parameter.invalid` when the journal has no run of one of the numbers.
    package func difference(_ one: Int64, _ other: Int64, on connection: Connection) throws -> RunDiff {
        let (first, last) = (min(one, other), max(one, other))
        let (before, after) = (try run(first, on: connection), try run(last, on: connection))
        let between = Between(connection, after: first, upto: last)
        return RunDiff(
            from: before.side, to: after.side, steps: Self.steps(before.steps, after.steps),
            standing: Self.standing(before.standing, after.standing),
            files: Self.files(try between.files(of: first), try between.files(of: last)),
            breaks: try between.breaks(), sources: try between.sources(), imports: try between.imports(),
            payments: try between.payments())
    }

    static func steps(_ before: [Step], _ after: [Step]) -> [RunDiff.Step] {
        let titles = before.map(\.step) + after.map(\.step).filter { title in !before.contains { $0.step == title } }
        return titles.compactMap { title in
            let (old, new) = (before.first { $0.step == title }?.counts, after.first { $0.step == title }?.counts)
            return old == new ? nil : RunDiff.Step(step: title, before: old, after: new)
        }
    }

    static func standing(
        _ before: [String: [String: String]], _ after: [String: [String: String]]
    ) -> [RunDiff.Standing] {
        Set(before.keys).union(after.keys).sorted().flatMap { bucket in
            let (old, new) = (before[bucket] ?? [:], after[bucket] ?? [:])
            return Set(old.keys).union(new.keys).sorted().compactMap { currency in
                old[currency] == new[currency]
                    ? nil
                    : RunDiff.Standing(
                        bucket: bucket, currency: currency, before: old[currency], after: new[currency])
            }
        }
    }

    struct WrittenFile: Equatable {
        var rows: Int64
        var sha256: String
        var sums: [String: String]
    }

    static func files(_ before: [String: WrittenFile], _ after: [String: WrittenFile]) -> [RunDiff.File] {
        Set(before.keys).union(after.keys).sorted().compactMap { path in
            let (old, new) = (before[path], after[path])
            guard old?.sha256 != new?.sha256 else { return nil }
            let (oldSums, newSums) = (old?.sums ?? [:], new?.sums ?? [:])
            var sums: [String: RunDiff.Change<String>] = [:]
            for currency in Set(oldSums.keys).union(newSums.keys) where oldSums[currency] != newSums[currency] {
                sums[currency] = .init(before: oldSums[currency], after: newSums[currency])
            }
            return RunDiff.File(
                path: path, what: old == nil ? "added" : new == nil ? "removed" : "changed",
                rows: .init(before: old?.rows, after: new?.rows), sums: sums)
        }
    }
}

extension History.Detail {
    fileprivate var side: RunDiff.Side {
        RunDiff.Side(run: entry.run, job: entry.job, businessDate: entry.businessDate, status: entry.status)
    }

    /// Where the ledger's money stood when the run had reconciled.
    fileprivate var standing: [String: [String: String]] {
        steps.compactMap(\.detail.breaks).last?.standing ?? [:]
    }
}

extension History.Step {
    fileprivate var counts: RunDiff.Step.Counts {
        RunDiff.Step.Counts(status: status, read: read, written: written, rejected: rejected, changed: changed)
    }
}

/// What the journal, the breaks and the ledger say of the runs after one, up to another.
private struct Between {
    private let connection: Connection
    private let range: [String: SQLValue]

    init(_ connection: Connection, after: Int64, upto: Int64) {
        self.connection = connection
        range = ["after": .int(after), "upto": .int(upto)]
    }

    private func query(_ name: String, _ values: [String: SQLValue]) throws -> [Row] {
        let library = try SQLLibrary(
            embedded: PackageResources.history_sql, source: "Sources/Jobs/SQL/history.sql")
        return try connection.query(try library[name].bind(values))
    }

    private func listed(_ name: String) throws -> [Row] {
        try query(name, range.merging(["limit": .int(Int64(RunDiff.listed))]) { $1 })
    }

    func files(of run: Int64) throws -> [String: History.WrittenFile] {
        var files: [String: History.WrittenFile] = [:]
        for row in try query("files", ["run_id": .int(run)]) {
            files[try row.text("path")] = History.WrittenFile(
                rows: try row.int64("rows"), sha256: try row.text("sha256"),
                sums: try JSONDecoder().decode([String: String].self, from: Data(try row.text("sums").utf8)))
        }
        return files
    }

    func breaks() throws -> [RunDiff.Breaks] {
        var counts: [String: [String: Int64]] = [:]
        for row in try query("break-counts", range) {
            counts[try row.text("code"), default: [:]][try row.text("event")] = try row.int64("events")
        }
        return counts.sorted { $0.key < $1.key }.map { code, events in
            RunDiff.Breaks(
                code: code, opened: events["opened"] ?? 0, reopened: events["reopened"] ?? 0,
                changed: events["changed"] ?? 0, resolved: events["resolved"] ?? 0)
        }
    }

    func sources() throws -> RunDiff.Listed<RunDiff.Source> {
        let count = try query("break-counts", range).reduce(Int64(0)) { $0 + (try $1.int64("events")) }
        let first = try listed("break-events").map { row in
            RunDiff.Source(
                entity: try row.text("entity"), code: try row.text("code"), event: try row.text("event"),
                run: try row.int64("run_id"), currency: try row.text("currency"),
                moneyEffectBefore: try row.optionalText("before"), moneyEffectAfter: try row.optionalText("after"))
        }
        return RunDiff.Listed(count: count, first: first)
    }

    func imports() throws -> RunDiff.Listed<RunDiff.Import> {
        let rows = try listed("imports")
        return RunDiff.Listed(
            count: try rows.first?.int64("total") ?? 0,
            first: try rows.map { row in
                RunDiff.Import(
                    statement: try row.text("statement"), file: try row.text("file_name"),
                    lines: try row.int64("lines"), run: try row.int64("run_id"))
            })
    }

    func payments() throws -> RunDiff.Listed<RunDiff.Payment> {
        let rows = try listed("payments")
        return RunDiff.Listed(
            count: try rows.first?.int64("total") ?? 0,
            first: try rows.map { row in
                RunDiff.Payment(
                    payment: try row.int64("payment_id"), order: try row.optionalInt64("order_id"),
                    kind: try row.text("kind"), amount: try row.text("amount"), currency: try row.text("currency"),
                    run: try row.int64("run_id"))
            })
    }
}
