import Diagnostics
import Tabular

/// The files of one table, a file for each format, written from one pass over its rows.
struct TableFiles {
    /// What takes the rows; `ReportRunner` finishes them.
    let writers: [any RowWriter]
    /// From the folder, without its ending.
    private let base: String
    private let folder: String
    private let formats: [ReportHeader.Format]
    private let book: Workbook?

    /// Begins `BASE.csv` and `BASE.xlsx` in a folder.
    init(
        _ base: String, in folder: String, formats: [ReportHeader.Format], columns: [Column],
        charts: [ChartSpec] = [], sheet: String, properties: Workbook.Properties, csv: CSVWriterOptions,
        currency: String, temporaryFolder: String?
    ) throws {
        var writers: [any RowWriter] = []
        var book: Workbook?
        if formats.contains(.csv) {
            writers.append(
                try CSVWriter(path: "\(folder)/\(base).csv", columns: columns, options: csv, currency: currency))
        }
        if formats.contains(.xlsx) {
            let workbook = try Workbook(
                path: "\(folder)/\(base).xlsx", temporaryFolder: temporaryFolder, properties: properties)
            writers.append(try workbook.sheet(named: sheet, columns: columns, currency: currency, charts: charts))
            book = workbook
        }
        self.writers = writers
        self.base = base
        self.folder = folder
        self.formats = formats
        self.book = book
    }

    /// Ends the files, once the writers are finished.
    /// - Returns: the files as a manifest holds them.
    func close(_ table: WrittenTable) throws -> [Manifest.File] {
        try book?.close()
        return try formats.map {
            try .measure("\(base).\($0.rawValue)", in: folder, format: $0.rawValue, tables: [table])
        }
    }
}
