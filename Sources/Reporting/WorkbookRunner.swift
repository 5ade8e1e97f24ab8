import Diagnostics
package import Tabular

/// Runs the reports of a workbook and binds them into one XLSX behind its cover.
package struct WorkbookRunner: Sendable {
    package let catalogue: ReportCatalogue
    package let context: ReportContext

    package init(catalogue: ReportCatalogue, context: ReportContext) {
        self.catalogue = catalogue
        self.context = context
    }

    /// The reports whose rows a workbook needs: its sheets, and the figures of its cover.
    package static func reports(of workbook: WorkbookDefinition) -> [String] {
        workbook.sheets.map(\.report) + [workbook.figures].compactMap(\.self)
    }

    /// Writes the workbook to `path`.
    /// - Returns: what each sheet holds, in the order of the sheets.
    @discardableResult package func run(
        _ workbook: WorkbookDefinition, from rows: any ReportRows, to path: String, temporaryFolder: String? = nil
    ) throws -> [WrittenTable] {
        let book = try Workbook(
            path: path, temporaryFolder: temporaryFolder,
            properties: .init(title: workbook.title, created: context.businessDate))
        let cover = try book.coverSheet()
        let reports = try workbook.sheets.map { try catalogue.report($0.report) }
        if reports.contains(where: { !$0.charts.isEmpty }) { try book.placeCharts() }
        var content = CoverBuilder(workbook: workbook, context: context)
        var ties = SheetTies()
        var tables: [WrittenTable] = []
        for report in reports {
            let writer = try book.sheet(
                named: report.header.sheet, columns: report.tabularColumns, currency: context.businessCurrency,
                charts: report.charts)
            var verdict = Verdict(of: report)
            let table = try rows.write(report, into: [writer]) { verdict.see($0) }
            content.add(report, table, verdict: report.name == workbook.verdict ? verdict : nil)
            ties.add(report, table, first: try rows.firstPass(of: report))
            tables.append(table)
        }
        if let name = workbook.figures {
            let report = try catalogue.report(name)
            let columns = try CoverFigures.Columns(of: report)
            var figures = CoverFigures(columns: columns)
            _ = try rows.write(report, into: []) { figures.see($0) }
            content.figures = figures.sections
        }
        content.ties = ties.results(workbook, reports)
        try cover.fill(content.content)
        try book.close()
        return tables
    }
}
