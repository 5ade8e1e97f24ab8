package import Configuration
import Diagnostics
import Foundation
import Money
package import Postgres
import Tabular

/// Lets go of what has had its time: old rows of the journal that nothing refers to, and old output folders of dates that
/// no closed period covers.
///
/// Money events, lines, their parts, payouts, breaks and their history, and closings are never deleted, however old: they
/// are the books (`retention.keep_years`), and no command takes anything from them.
package struct Expiry: Sendable {
    /// What went, or would go. docs/operator.md documents each field; fields are added, never renamed.
    package struct Report: Codable, Sendable, Equatable {
        package struct Run: Codable, Sendable, Equatable {
            package var run: Int64
            package var job: String
            package var businessDate: String
            package var status: String
        }

        /// The shape's version.
        package var version = 1
        package var dryRun: Bool
        /// Runs that ended before this (UTC), and folders of business dates before that, are old.
        package var runsBefore: String
        package var foldersBefore: String
        package var runs: [Run]
        /// Output folders, from the home or absolute as the config says.
        package var folders: [String]
        /// Old folders that stay, because their date lies in a closed period.
        package var keptFolders: [String]
    }

    private let home: Home
    private let settings: Settings

    package init(home: Home, settings: Settings) {
        self.home = home
        self.settings = settings
    }

    /// Finds what is old, and deletes it unless `dryRun` says to look only.
    ///
    /// - Parameter connection: under the job's role; without a dry run it takes the writer's lock while it deletes.
    /// - Throws: `run.locked`; `file.unwritable` for a folder that can't be removed.
    package func run(dryRun: Bool, on connection: Connection) throws -> Report {
        guard !dryRun else { return try find(dryRun: true, on: connection) }
        return try WriterLock.holding(connection, timeZone: settings.businessTimeZone) {
            let report = try connection.transaction(.readCommitted) { try forgetRuns(on: connection) }
            try remove(report)
            return report
        }
    }

    /// Deletes the old runs in the caller's transaction, which holds the writer's lock.
    /// - Returns: them, and the folders that `remove` may take once that transaction is committed.
    func forgetRuns(on connection: Connection) throws -> Report {
        let report = try find(dryRun: false, on: connection)
        let library = try Self.library()
        for name in ["forget-files", "forget-steps", "forget-runs"] {
            try connection.execute(try library[name].bind(["runs": .intArray(report.runs.map(\.run))]))
        }
        return report
    }

    /// Removes the folders of a report.
    func remove(_ report: Report) throws {
        for folder in report.folders { try OutputFolder.remove(home.resolve(folder)) }
    }

    private func find(dryRun: Bool, on connection: Connection) throws -> Report {
        let limits = try query(
            "limits",
            [
                "moment": try Journal(connection).moment(), "time_zone": .text(settings.businessTimeZone),
                "journal_days": .int(Int64(settings.retention.journalDays)),
                "reports_days": .int(Int64(settings.retention.reportsDays)),
            ], on: connection)[0]
        let before = try limits.text("runs_before")
        let runs = try query("runs", ["before": .timestamptz(before)], on: connection).map { row in
            Report.Run(
                run: try row.int64("run_id"), job: try row.text("job"), businessDate: try row.text("business_date"),
                status: try row.text("status"))
        }
        let limit = try BusinessDate(limits.text("folders_before"))
        let old = folders().filter { $0.date < limit }
        let closed = Set(
            try query("closed", ["dates": .textArray(old.map { "\($0.date)" })], on: connection)
                .map { try $0.text("day") })
        return Report(
            dryRun: dryRun, runsBefore: before, foldersBefore: "\(limit)", runs: runs,
            folders: old.filter { !closed.contains("\($0.date)") }.map(\.path),
            keptFolders: old.filter { closed.contains("\($0.date)") }.map(\.path))
    }

    /// The output folders that runs have written: `JOB/DATE` with a manifest in it. What else lies there isn't ours.
    private func folders() -> [(path: String, date: BusinessDate)] {
        let base = settings.outputDirectory
        func names(_ path: String) -> [String] {
            ((try? FileManager.default.contentsOfDirectory(atPath: home.resolve(path))) ?? []).sorted()
        }
        func isLink(_ path: String) -> Bool {
            (try? FileManager.default.destinationOfSymbolicLink(atPath: home.resolve(path))) != nil
        }
        return names(base).flatMap { job in
            names("\(base)/\(job)").compactMap { name in
                let path = "\(base)/\(job)/\(name)"
                guard let date = try? BusinessDate(name), !isLink(path),
                    let manifest = try? Manifest.read(fromFolder: home.resolve(path)),
                    manifest.job == job, manifest.businessDate == name
                else { return nil }
                return (path, date)
            }
        }
    }

    private static func library() throws -> SQLLibrary {
        try SQLLibrary(embedded: PackageResources.expire_sql, source: "Sources/Jobs/SQL/expire.sql")
    }

    private func query(_ name: String, _ values: [String: SQLValue], on connection: Connection) throws -> [Row] {
        try connection.query(try Self.library()[name].bind(values))
    }
}

extension Expiry.Report {
    /// What went or would go, for people.
    package func text(_ style: TextStyle) -> String {
        let verb = dryRun ? "would be deleted" : "deleted"
        var lines = [
            "\(Figures.counted(Int64(runs.count), "run", "runs")) of the journal that ended before \(runsBefore): \(verb)."
        ]
        if dryRun {
            lines += runs.prefix(20).map { "  run \($0.run)  \($0.job) for \($0.businessDate), \($0.status)" }
            if runs.count > 20 { lines.append("  … and \(Figures.grouped(Int64(runs.count - 20))) more") }
        }
        lines.append(
            "\(Figures.counted(Int64(folders.count), "output folder", "output folders")) of business dates before "
                + "\(foldersBefore): \(verb).")
        lines += folders.map { "  \($0)" }
        if !keptFolders.isEmpty {
            lines.append("Kept, because their date lies in a closed period:")
            lines += keptFolders.map { "  \($0)" }
        }
        lines.append(
            style.faint("Money events, statement lines, breaks and closings are never deleted."))
        return lines.joined(separator: "\n")
    }
}
