import Diagnostics
package import Postgres
package import Tabular

/// Runs a report once and gives its rows to any number of writers, in constant memory.
package struct ReportRunner: Sendable {
    package let context: ReportContext
    /// Told the number of rows so far, every 10,000 rows.
    package var progress: (@Sendable (String, Int) -> Void)?

    package init(context: ReportContext, progress: (@Sendable (String, Int) -> Void)? = nil) {
        self.context = context
        self.progress = progress
    }

    /// Streams the report out of the database, one pass for all writers, and finishes each.
    ///
    /// The values of the parameters become escaped, typed literals: COPY takes no parameters, and no value can become
    /// a part of the SQL. The connection's role and snapshot decide what is seen.
    /// - Parameter observer: sees each row pass by.
    /// - Returns: rows and exact sums, on which all writers agree.
    /// - Throws: `parameter.missing`, `parameter.invalid`, `report.invalid`, what the server or a writer says.
    package func run(
        _ report: ReportDefinition, on connection: Connection, into writers: [any RowWriter],
        observer: ((UnsafeBufferPointer<FieldBytes?>) throws -> Void)? = nil
    ) throws -> WrittenTable {
        guard !report.header.showsPersonalData || context.allowsPersonalData else {
            throw Failure(
                .reportInvalid, "The report \(report.name) shows personal data, which is not allowed here.",
                at: .file(report.file), advice: "Run it by hand with --personal-data, if you may.")
        }
        let copy = try report.query.template.copyOut(context.values(for: report))
        let columns = report.columns.count
        var rows = 0
        do {
            try report.withRights(of: context.personalRole, on: connection) {
                _ = try connection.copyRows(copy) { row in
                    guard row.count == columns else { throw Self.ragged(report, found: row.count) }
                    for writer in writers { try writer.write(row.fields) }
                    try observer?(row.fields)
                    rows += 1
                    if rows.isMultiple(of: 10_000) { progress?(report.name, rows) }
                }
            }
        } catch let error as PostgresError { throw error.failure }
        return try Self.finish(writers, of: report, rows: rows)
    }

    /// Finishes the writers of one stream of rows.
    /// - Throws: `internal` when two of them tell different stories.
    static func finish(_ writers: [any RowWriter], of report: ReportDefinition, rows: Int) throws -> WrittenTable {
        var written: WrittenTable?
        for writer in writers {
            let table = try writer.finish()
            guard table.rows == rows, table.sums == (written ?? table).sums || table.sums.isEmpty else {
                throw Failure(.internalError, "Two files of the report \(report.name) do not hold the same rows.")
            }
            if written == nil || !table.sums.isEmpty { written = table }
        }
        return written ?? WrittenTable(rows: rows, sums: [])
    }

    private static func ragged(_ report: ReportDefinition, found: Int) -> Failure {
        Failure(
            .reportInvalid,
            "The SELECT gives \(found) columns, and the header declares \(report.columns.count).",
            at: .file(report.file, line: report.query.line), advice: "See `mainspring report check`.")
    }
}
