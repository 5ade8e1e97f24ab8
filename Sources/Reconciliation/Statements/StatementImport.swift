import Diagnostics
import Foundation
import Postgres
import Tabular

/// One file on its way into `mainspring.files` and `mainspring.lines`.
struct StatementImport {
    let path: String
    let profile: SettlementProfile
    let run: ReconciliationRun
    let options: ImportOptions
    let connection: Connection

    private var fileName: String { URL(fileURLWithPath: path).lastPathComponent }

    /// Read once: a night imports many files.
    private static let library: Result<SQLLibrary, Failure> = {
        do throws(Failure) {
            return .success(
                try SQLLibrary(embedded: PackageResources.statement_import_sql, source: "statement_import.sql"))
        } catch {
            return .failure(error)
        }
    }()

    private var sql: SQLLibrary { get throws(Failure) { try Self.library.get() } }

    func outcome() throws -> ImportOutcome {
        let digest = try sha256(ofFile: path)
        if let outcome = try known(digest) { return outcome }
        return try connection.savepoint {
            let staged = try stage(on: connection)
            let imported = try store(staged, digest: digest)
            return .imported(imported)
        }
    }

    /// What becomes of a file that was imported before; nil for a new one. Another importer is waited for.
    private func known(_ digest: String) throws -> ImportOutcome? {
        let sql = try sql
        try connection.execute(try sql["one-at-a-time"].bind())
        let known = try connection.query(try sql["known"].bind(["sha256": .text(digest)]))
        return try known.first.map { try again(sql, digest: digest, fileName: try $0.text("file_name")) }
    }

    private func stage(on connection: Connection) throws -> StagedStatement {
        try StatementStaging(
            path: path, profile: profile, options: options, timeZone: run.timeZone, sql: sql, connection: connection
        ).staged()
    }

    /// A file that was imported before: its lines that an earlier file said otherwise may be let stand.
    private func again(_ sql: SQLLibrary, digest: String, fileName: String) throws -> ImportOutcome {
        guard let reason = options.supersedeReason else { return .alreadyImported(fileName: fileName) }
        let file: [String: SQLValue] = ["sha256": .text(digest)]
        try connection.execute(try sql["supersede-known"].bind(file))
        let lines = try connection.execute(try sql["let-stand"].bind(file))
        guard lines > 0 else { return .alreadyImported(fileName: fileName) }
        try connection.execute(try sql["note-reason"].bind(["sha256": .text(digest), "reason": .text(reason)]))
        return .superseded(fileName: fileName, lines: lines)
    }

    /// Stores what lies in the temporary tables.
    private func store(_ staged: StagedStatement, digest: String) throws -> ImportedStatement {
        let sql = try sql
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        let bytes = (attributes?[.size] as? NSNumber)?.int64Value ?? 0
        try connection.execute(try sql["standing"].bind(["supersede": .bool(options.supersedeReason != nil)]))
        try connection.script(try sql["analyze-standing"].literal())
        let file = try connection.query(
            try sql["file"].bind([
                "sha256": .text(digest), "statement": .text(profile.name), "channel": .text(profile.channel),
                "file_name": .text(fileName), "bytes": .int(bytes), "run_id": .int(run.runID),
                "lines": .int(Int64(staged.totals.reduce(0) { $0 + $1.lines })),
                "control_totals": .json(staged.keptTotals), "imported_at": .timestamptz(Date().formatted(.iso8601)),
                "reason": options.supersedeReason.map { .text($0) } ?? .null,
            ]))
        guard let fileID = try file.first?.int64("file_id") else {
            throw Failure(.internalError, "The file got no number.")
        }
        if options.supersedeReason != nil { try connection.execute(try sql["supersede"].bind()) }
        try connection.execute(
            try sql["lines"].bind([
                "file_id": .int(fileID), "channel": .text(profile.channel),
                "entity": .text("line:\(digest.prefix(16)):"),
            ]))
        var standings: [String: Int] = [:]
        var superseding = 0
        for row in try connection.query(try sql["standings"].bind()) {
            standings[try row.text("standing")] = try row.int("lines")
            superseding += try row.int("superseding")
        }
        try connection.script(try sql["drop"].literal())
        return ImportedStatement(
            fileID: fileID, lines: standings.values.reduce(0, +), live: standings["live"] ?? 0,
            resent: standings["resent"] ?? 0, duplicates: standings["duplicate"] ?? 0,
            changed: standings["changed"] ?? 0, superseding: superseding, rejected: staged.rejected,
            rejectsFile: staged.rejectsFile, totals: staged.totals)
    }
}
