import Diagnostics
package import Postgres
package import Tabular

/// Where a workbook has the rows of its sheets from.
package protocol ReportRows {
    /// Gives a report's rows to each writer and to the observer, and finishes the writers.
    func write(
        _ report: ReportDefinition, into writers: [any RowWriter],
        observer: ((UnsafeBufferPointer<FieldBytes?>) throws -> Void)?
    ) throws -> WrittenTable

    /// What an earlier pass over the report's rows found, the one that wrote its files; nil where there was none.
    func firstPass(of report: ReportDefinition) throws -> WrittenTable?
}

/// Straight from the database, one report after the other.
package struct LiveRows: ReportRows {
    let runner: ReportRunner
    let connection: Connection

    package init(runner: ReportRunner, connection: Connection) {
        self.runner = runner
        self.connection = connection
    }

    package func write(
        _ report: ReportDefinition, into writers: [any RowWriter],
        observer: ((UnsafeBufferPointer<FieldBytes?>) throws -> Void)?
    ) throws -> WrittenTable {
        try runner.run(report, on: connection, into: writers, observer: observer)
    }

    package func firstPass(of report: ReportDefinition) -> WrittenTable? { nil }
}

/// From the spools that the reports of a run left, each read from the database once, side by side.
package struct SpooledRows: ReportRows {
    /// Holds `NAME.rows` of each report.
    let folder: String

    package init(folder: String) { self.folder = folder }

    static func path(of report: ReportDefinition, in folder: String) -> String { "\(folder)/\(report.name).rows" }

    package func write(
        _ report: ReportDefinition, into writers: [any RowWriter],
        observer: ((UnsafeBufferPointer<FieldBytes?>) throws -> Void)?
    ) throws -> WrittenTable {
        var rows = 0
        try RowSpool.replay(Self.path(of: report, in: folder), columns: report.columns.count) { fields in
            for writer in writers { try writer.write(fields) }
            try observer?(fields)
            rows += 1
        }
        return try ReportRunner.finish(writers, of: report, rows: rows)
    }

    package func firstPass(of report: ReportDefinition) throws -> WrittenTable? {
        try RowSpool.written(Self.path(of: report, in: folder))
    }
}
