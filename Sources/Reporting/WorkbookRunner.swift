package import Diagnostics
import Money
package import Postgres
package import Tabular

/// Runs the reports of a workbook and binds them into one XLSX behind its cover.
package struct WorkbookRunner: Sendable {
    package let catalogue: ReportCatalogue
    package let runner: ReportRunner

    package init(catalogue: ReportCatalogue, runner: ReportRunner) {
        self.catalogue = catalogue
        self.runner = runner
    }

    /// Writes the workbook to `path`. `extra` gives further writers for a report's rows, so that a CSV file comes from
    /// the same pass as the sheet.
    /// - Returns: what each sheet holds, in the order of the sheets.
    @discardableResult package func run(
        _ workbook: WorkbookDefinition, on connection: Connection, to path: String, temporaryFolder: String? = nil,
        extra: (ReportDefinition) throws -> [any RowWriter] = { _ in [] }
    ) throws -> [WrittenTable] {
        let context = runner.context
        let book = try Workbook(
            path: path, temporaryFolder: temporaryFolder,
            properties: .init(title: workbook.title, created: context.businessDate))
        let cover = try book.coverSheet()
        var builder = CoverBuilder(workbook: workbook, context: context)
        var tables: [WrittenTable] = []
        for sheet in workbook.sheets {
            let report = try catalogue.report(sheet.report)
            let writer = try book.sheet(
                named: report.header.sheet, columns: report.tabularColumns, currency: context.businessCurrency)
            var writers: [any RowWriter] = [writer]
            writers += try extra(report)
            let verdict = report.name == workbook.verdict ? VerdictWriter(columns: report.tabularColumns) : nil
            if let verdict { writers.append(verdict) }
            let table = try runner.run(report, on: connection, into: writers)
            builder.add(report, table, verdict: verdict)
            tables.append(table)
        }
        if let name = workbook.figures {
            let report = try catalogue.report(name)
            let figures = try FigureWriter(report: report)
            _ = try runner.run(report, on: connection, into: [figures])
            builder.figures = figures.sections
        }
        try cover.fill(builder.content)
        try book.close()
        return tables
    }
}

/// Watches the rows of the control report pass by, and counts what passes and what fails.
final class VerdictWriter: RowWriter {
    let columns: [Column]
    private let column: Int?
    private(set) var passed = 0
    private(set) var failed = 0
    private var sums: TableSums?

    init(columns: [Column]) {
        self.columns = columns
        column = columns.firstIndex { $0.name == "pass" && $0.kind == .boolean }
    }

    func write(_ fields: UnsafeBufferPointer<FieldBytes?>) throws {
        guard let column else { return }
        if let field = fields[column], field.first == UInt8(ascii: "t") { passed += 1 } else { failed += 1 }
    }

    func finish() throws -> WrittenTable { WrittenTable(rows: passed + failed, sums: []) }
}
