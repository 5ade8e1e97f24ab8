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

    /// How many bad rows a refusal names.
    static let listed = 20

    private var fileName: String { URL(fileURLWithPath: path).lastPathComponent }

    func outcome() throws -> ImportOutcome {
        let digest = try sha256(ofFile: path)
        let sql = try SQLLibrary(embedded: PackageResources.statement_import_sql, source: "statement_import.sql")
        try connection.execute(try sql["one-at-a-time"].bind())
        let known = try connection.query(try sql["known"].bind(["sha256": .text(digest)]))
        if let row = known.first { return try again(sql, digest: digest, fileName: try row.text("file_name")) }
        return try connection.savepoint {
            let reader = try StatementReader(path: path, profile: profile)
            let compiled = CompiledStatement(profile: profile, header: reader.header)
            _ = try connection.query(try sql["settings"].bind())
            try connection.script(compiled.createStaged)
            try connection.copyIn(compiled.copy) { writer in try reader.copy(into: &writer) }
            try connection.script(try sql["analyze"].literal())
            let rejects = try leaveOut(try badRows(compiled), compiled)
            try checkFooter(compiled, rejected: rejects.rows)
            try connection.execute(Statement(compiled.parse, [.text(run.timeZone)], name: "statement parse"))
            try checkBalances(sql)
            let imported = try store(sql, digest: digest, rejects)
            try connection.script(try sql["drop"].literal())
            return .imported(imported)
        }
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

    /// How many rows can't be read; more than may be left out refuse the file, the first of them by name.
    private func badRows(_ compiled: CompiledStatement) throws -> Int {
        let problems = try connection.query(
            Statement(compiled.problems(limit: Self.listed), name: "statement problems"))
        guard let first = problems.first else { return 0 }
        let count = try connection.query(Statement(compiled.problemCount, name: "statement problem count")).first?
            .int("rows")
        if let count, count <= min(options.maxRejects, ImportOptions.mostRejects) { return count }
        var listing: [String] = []
        for problem in problems {
            let value = try problem.optionalText("value").map { "“\($0)” " } ?? ""
            listing.append(
                "line \(try problem.int("line_no")), column “\(try problem.text("header"))”: \(value)"
                    + (try problem.text("reason")))
        }
        let rows = count ?? listing.count
        let allowed = options.maxRejects > 0 ? ", more than the \(options.maxRejects) that may be left out" : ""
        throw Failure(
            .statementRefused,
            "\(fileName): \(rows == 1 ? "1 row" : "\(rows) rows") can't be read\(allowed), and nothing of the file is stored: "
                + listing.joined(separator: "; ") + ".",
            at: .file(path, line: try first.int("line_no")),
            advice: "Mend the file or config/settlements/\(profile.name).yml, and import it again.")
    }

    /// Refuses a bank's file whose balances and movements do not add up, in each currency.
    private func checkBalances(_ sql: SQLLibrary) throws {
        guard profile.counterparty == .bank, let row = try connection.query(try sql["balances"].bind()).first else {
            return
        }
        let currency = try row.text("currency")
        let single = try row.int("openings") <= 1 && row.int("closings") <= 1
        let message =
            try single
            ? "it opens with \(row.text("opening")) \(currency) and moves \(row.text("movements")), but closes with "
                + "\(row.text("closing"))."
            : "it has several opening or closing balances in \(currency)."
        throw Failure(
            .statementRefused, "\(fileName): \(message) Nothing of the file is stored.",
            at: .file(path, line: try row.int("closing_line")),
            advice: "Ask for the whole file again, one for each account and month.")
    }

    /// Writes the bad rows to their file and takes them out of the staged ones.
    private func leaveOut(_ rows: Int, _ compiled: CompiledStatement) throws -> (rows: Int, file: String?) {
        guard rows > 0 else { return (0, nil) }
        let file = try RejectsFile(of: path, header: compiled.headings)
        try connection.forEach(Statement(compiled.rejects, name: "statement rejects")) { row in
            try file.write(row)
        }
        try file.finish()
        try connection.execute(Statement(compiled.deleteRejects, name: "statement rejects left out"))
        return (rows, file.name)
    }

    /// With rows left out the count must still agree; the totals hold them too, and can't be compared.
    private func checkFooter(_ compiled: CompiledStatement, rejected: Int) throws {
        guard let footer = profile.footer, let sql = compiled.footerCheck(footer, rejected: rejected) else { return }
        guard let row = try connection.query(Statement(sql, name: "statement footer")).first else { return }
        func refuse(_ message: String, line: Int?) -> Failure {
            Failure(
                .statementRefused, "\(fileName): \(message) Nothing of the file is stored.",
                at: .file(path, line: line), advice: "Ask for the whole file again.")
        }
        let footers = try row.int("footers")
        let line = try row.optionalInt("footer_line")
        guard footers == 1, try row.bool("is_last") else {
            throw refuse(
                footers == 0
                    ? "the last row “\(footer.value)” with the control totals is missing; the file was cut off."
                    : "the row “\(footer.value)” with the control totals isn't the one last row.", line: line)
        }
        guard try row.bool("count_agrees") else {
            throw refuse(
                "its last row counts \(try row.optionalText("said_count") ?? "no") lines, the file has "
                    + "\(try row.int("lines") + rejected).", line: line)
        }
        guard rejected == 0 else { return }
        for total in footer.totals where try !row.bool("\(total)_agrees") {
            throw refuse(
                "the control total of \(total) is \(try row.optionalText("said_\(total)") ?? "missing"), the lines "
                    + "come to \(try row.text("sum_\(total)")).", line: line)
        }
    }

    private func store(
        _ sql: SQLLibrary, digest: String, _ rejects: (rows: Int, file: String?)
    ) throws -> ImportedStatement {
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        let bytes = (attributes?[.size] as? NSNumber)?.int64Value ?? 0
        let keyed = profile.fields.contains { $0.name == "line_id" } ? "key-by-id" : "key-by-content"
        try connection.execute(try sql[keyed].bind(["channel": .text(profile.channel)]))
        try connection.script(try sql["analyze-keyed"].literal())
        try connection.execute(try sql["standing"].bind(["supersede": .bool(options.supersedeReason != nil)]))
        try connection.script(try sql["analyze-standing"].literal())
        for guess in ["guess-by-transaction", "guess-by-reference", "guess-by-tracking"] {
            try connection.execute(try sql[guess].bind(["channel": .text(profile.channel)]))
            try connection.script(try sql["analyze-guess"].literal())
        }
        let totals = try connection.query(try sql["totals"].bind()).map { row in
            ControlTotal(
                lineType: try row.text("line_type"), currency: try row.text("currency"), lines: try row.int("lines"),
                gross: try row.text("gross"), deductions: try row.text("deductions"), net: try row.text("net"))
        }
        let file = try connection.query(
            try sql["file"].bind([
                "sha256": .text(digest), "statement": .text(profile.name), "channel": .text(profile.channel),
                "file_name": .text(fileName), "bytes": .int(bytes), "run_id": .int(run.runID),
                "imported_at": .timestamptz(Date().formatted(.iso8601)),
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
        return ImportedStatement(
            fileID: fileID, lines: standings.values.reduce(0, +), live: standings["live"] ?? 0,
            resent: standings["resent"] ?? 0, duplicates: standings["duplicate"] ?? 0,
            changed: standings["changed"] ?? 0, superseding: superseding, rejected: rejects.rows,
            rejectsFile: rejects.file, totals: totals)
    }
}
