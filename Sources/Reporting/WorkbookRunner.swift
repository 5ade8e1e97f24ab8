import Diagnostics
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

    /// Writes the workbook to `path`.
    ///
    /// - Parameter extra: gives further writers for a report's rows, so that a CSV file comes from the same pass as
    ///   the sheet.
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
        var content = CoverBuilder(workbook: workbook, context: context)
        var tables: [WrittenTable] = []
        for sheet in workbook.sheets {
            let report = try catalogue.report(sheet.report)
            let writer = try book.sheet(
                named: report.header.sheet, columns: report.tabularColumns, currency: context.businessCurrency)
            var verdict = Verdict(of: report)
            let table = try runner.run(report, on: connection, into: [writer] + extra(report)) { verdict.see($0) }
            content.add(report, table, verdict: report.name == workbook.verdict ? verdict : nil)
            tables.append(table)
        }
        if let name = workbook.figures {
            let report = try catalogue.report(name)
            let columns = try CoverFigures.Columns(of: report)
            var figures = CoverFigures(columns: columns)
            _ = try runner.run(report, on: connection, into: []) { figures.see($0) }
            content.figures = figures.sections
        }
        try cover.fill(content.content)
        try book.close()
        return tables
    }
}
