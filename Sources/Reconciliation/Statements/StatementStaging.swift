import Diagnostics
import Foundation
import Postgres

/// A statement file that was read, checked and typed: its lines, their keys and the payments that they most likely speak
/// of lie in temporary tables of a connection, and nothing is stored yet.
struct StagedStatement: Sendable {
    let totals: [ControlTotal]
    /// The same as `mainspring.files` keeps them.
    let keptTotals: String
    /// Rows that can't be read and were left out, and the file that they are in.
    let rejected: Int
    let rejectsFile: String?
}

/// Reads a statement file into the temporary tables of a connection; in a transaction, at whose end they go.
struct StatementStaging {
    let path: String
    let profile: SettlementProfile
    let options: ImportOptions
    let timeZone: String
    let sql: SQLLibrary
    let connection: Connection

    /// How many bad rows a refusal names.
    static let listed = 20

    private var fileName: String { URL(fileURLWithPath: path).lastPathComponent }

    func staged() throws -> StagedStatement {
        let reader = try StatementReader(path: path, profile: profile)
        let compiled = CompiledStatement(profile: profile, header: reader.header)
        _ = try connection.query(try sql["settings"].bind())
        try connection.script(compiled.createStaged)
        try connection.script(try sql["tables"].literal())
        let copied = try connection.copyIn(compiled.copy) { writer in try reader.copy(into: &writer) }
        let rejects = try typeLines(compiled, copied: Int(copied))
        try checkFooter(compiled, rejected: rejects.rows)
        try checkBalances()
        try connection.script(try sql["drop-staged"].literal())
        try connection.script(try sql["analyze-line"].literal())
        let isKeyed = profile.fields.contains { $0.name == "line_id" }
        try connection.execute(try sql["key"].bind(["channel": .text(profile.channel), "by_id": .bool(isKeyed)]))
        try connection.script(try sql["analyze-key"].literal())
        let (totals, kept) = try totals()
        try guess(among: totals)
        return StagedStatement(
            totals: totals, keptTotals: kept, rejected: rejects.rows, rejectsFile: rejects.file)
    }

    /// The good rows become typed lines; where there are others, they are named or left out.
    private func typeLines(_ compiled: CompiledStatement, copied: Int) throws -> (rows: Int, file: String?) {
        let typed = try connection.execute(
            Statement(compiled.parse, [.text(timeZone)], name: "statement parse"))
        let rows = try compiled.bodyCount.flatMap {
            try connection.query(Statement($0, name: "statement rows")).first?.int("rows")
        }
        guard typed != rows ?? copied else { return (0, nil) }
        let bad = try badRows(compiled)
        guard bad > 0 else { throw Failure(.internalError, "Of \(rows ?? copied) rows \(typed) are lines.") }
        return try leaveOut(bad, compiled)
    }

    private func totals() throws -> (totals: [ControlTotal], kept: String) {
        let rows = try connection.query(try sql["totals"].bind())
        let totals = try rows.map { row in
            ControlTotal(
                lineType: try row.text("line_type"), currency: try row.text("currency"), lines: try row.int("lines"),
                gross: try row.text("gross"), deductions: try row.text("deductions"), net: try row.text("net"))
        }
        return (totals, try rows.first?.text("kept") ?? "[]")
    }

    /// Looks for payments by each column that the statement has, until every line that can speak of one has it.
    private func guess(among totals: [ControlTotal]) throws {
        var left = totals.filter { Self.ofPayments.contains($0.lineType) }.reduce(0) { $0 + $1.lines }
        for (name, columns) in [
            ("guess-by-transaction", ["transaction_id", "other_transaction_id"]),
            ("guess-by-reference", ["merchant_reference"]), ("guess-by-tracking", ["tracking_number"]),
        ] where left > 0 && profile.fields.contains(where: { columns.contains($0.name) }) {
            left -= try connection.execute(try sql[name].bind(["channel": .text(profile.channel)]))
            try connection.script(try sql["analyze-guess"].literal())
        }
    }

    /// The line types that speak of a payment.
    private static let ofPayments: Set = [
        "charge", "partial_capture_reversal", "charge_failure", "refund", "refund_failure", "chargeback",
        "chargeback_reversal",
    ]

    // MARK: What is wrong

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
    private func checkBalances() throws {
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
}
