import Diagnostics
package import Postgres
package import Tabular

/// Writes reports, workbooks and pages as files of a folder: what a job's report and extract steps do.
package struct ReportPublisher: Sendable {
    package let catalogue: ReportCatalogue
    package let runner: ReportRunner
    package var text: TextFiles
    /// Holds the rows of workbooks until they are closed; nil is the folder itself.
    package var temporaryFolder: String?
    /// Whether a report whose header says so becomes a folder of files, one for each value of a column, and an index.
    package var splits = true

    package init(
        catalogue: ReportCatalogue, runner: ReportRunner, text: TextFiles = .init(),
        temporaryFolder: String? = nil
    ) {
        self.catalogue = catalogue
        self.runner = runner
        self.text = text
        self.temporaryFolder = temporaryFolder
    }

    /// Writes one report as `NAME.csv`, `NAME.xlsx` and so on, from one pass over its rows, one workbook as `NAME.xlsx`, or
    /// one page as `NAME.html`. A report that is split becomes `NAME/VALUE.csv` and so on, and `NAME/index.csv`.
    ///
    /// - Parameters:
    ///   - formats: those wanted; nil is what the report's header names. A workbook is XLSX and a page HTML, whatever is
    ///     asked.
    ///   - files: what lies in the folder already, for the links of a page.
    ///   - folder: must exist; see `OutputFolder`.
    /// - Returns: the files as a manifest holds them.
    /// - Throws: `report.unknown`, `report.invalid`, what the server or the disk says.
    package func publish(
        _ name: String, formats: [ReportHeader.Format]? = nil, into folder: String, files: [Manifest.File] = [],
        on connection: Connection
    ) throws -> [Manifest.File] {
        switch try catalogue.item(name) {
        case .report(let report): try publish(report, formats: formats, into: folder, on: connection)
        case .workbook(let workbook):
            [try publish(workbook, from: LiveRows(runner: runner, connection: connection), into: folder)]
        case .page(let page):
            [try publish(page, from: LiveRows(runner: runner, connection: connection), into: folder, files: files)]
        }
    }

    /// Reads one report into a spool for the workbooks of a run, and writes its own files from the same pass, if it has
    /// any to write.
    package func publish(
        _ report: ReportDefinition, formats: [ReportHeader.Format], into folder: String, spool: String?,
        on connection: Connection
    ) throws -> [Manifest.File] {
        guard let spool else { return try publish(report, formats: formats, into: folder, on: connection) }
        let path = SpooledRows.path(of: report, in: spool)
        let keeper = try RowSpool(path: path, columns: report.tabularColumns)
        return try publish(report, formats: formats, into: folder, on: connection, and: keeper)
    }

    /// Writes one workbook from the spools of its reports.
    package func publish(
        _ workbook: WorkbookDefinition, spool: String, into folder: String
    ) throws -> Manifest.File {
        try publish(workbook, from: SpooledRows(folder: spool), into: folder)
    }

    /// Writes one page from the spools of its reports, with links to `files`.
    package func publish(
        _ page: PageDefinition, spool: String, into folder: String, files: [Manifest.File]
    ) throws -> Manifest.File {
        try publish(page, from: SpooledRows(folder: spool), into: folder, files: files)
    }

    private func publish(
        _ report: ReportDefinition, formats: [ReportHeader.Format]?, into folder: String, on connection: Connection,
        and spool: RowSpool? = nil
    ) throws -> [Manifest.File] {
        let wanted = formats ?? report.header.formats
        let formats = ReportHeader.Format.allCases.filter(wanted.contains)
        func files(_ base: String, _ columns: [Column], charts: [ChartSpec]) throws -> TableFiles {
            let frame = TableFrame(
                title: report.title, description: report.description, sheet: report.header.sheet,
                window: runner.context.windowInWords(of: report), columns: columns, charts: charts)
            return try TableFiles(
                base, in: folder, formats: formats, frame, text: text, context: runner.context,
                temporaryFolder: temporaryFolder)
        }
        if splits, !formats.isEmpty, let split = report.header.split {
            let writer = try SplitWriter(
                split, of: report, in: folder, ending: text.ending(formats.contains(.xlsx) ? .xlsx : formats[0])
            ) { try files($0, $1, charts: []) }
            _ = try runner.run(report, on: connection, into: [writer] + [spool].compactMap(\.self))
            return writer.written
        }
        let table = try files(report.name, report.tabularColumns, charts: report.charts)
        return try table.close(runner.run(report, on: connection, into: table.writers + [spool].compactMap(\.self)))
    }

    private func publish(
        _ workbook: WorkbookDefinition, from rows: any ReportRows, into folder: String
    ) throws -> Manifest.File {
        let path = "\(workbook.name).xlsx"
        let tables = try WorkbookRunner(catalogue: catalogue, context: runner.context)
            .run(workbook, from: rows, to: "\(folder)/\(path)", temporaryFolder: temporaryFolder)
        return try .measure(path, in: folder, format: "xlsx", tables: tables)
    }

    private func publish(
        _ page: PageDefinition, from rows: any ReportRows, into folder: String, files: [Manifest.File]
    ) throws -> Manifest.File {
        let path = "\(page.name).html"
        try PageRunner(catalogue: catalogue, context: runner.context)
            .run(page, from: rows, files: files, to: "\(folder)/\(path)")
        return try .measure(path, in: folder, format: "html", tables: [])
    }
}
