import Diagnostics
import Money
package import Tabular

/// How the files of text (CSV, JSON) are written.
package struct TextFiles: Sendable, Equatable {
    package var csv: CSVWriterOptions
    /// Packs each file as it is written; none leaves it as it is.
    package var compression: Compression?

    package init(csv: CSVWriterOptions = .init(), compression: Compression? = nil) {
        self.csv = csv
        self.compression = compression
    }

    /// The ending of a file of a format: `csv`, `csv.gz`, `xlsx`.
    package func ending(_ format: ReportHeader.Format) -> String {
        guard [.csv, .json].contains(format), let compression else { return format.ending }
        return "\(format.ending).\(compression.rawValue)"
    }
}

/// What stands above and around a table's rows.
struct TableFrame {
    var title: String
    var description: String
    var sheet: String
    /// Which dates it covers, in words.
    var window: String
    var columns: [Column]
    var charts: [ChartSpec] = []
}

/// The files of one table, a file for each format, written from one pass over its rows.
struct TableFiles {
    /// What takes the rows; `ReportRunner` finishes them.
    private(set) var writers: [any RowWriter] = []
    /// From the folder, without its ending.
    private let base: String
    private let folder: String
    private let formats: [ReportHeader.Format]
    private let text: TextFiles
    private let frame: TableFrame
    private let context: ReportContext
    private var book: Workbook?
    private var page: SectionWriter?

    /// More rows than that no page shows; the other formats hold them all.
    private static let rowsOfPage = 1_000

    /// Begins `BASE.csv`, `BASE.xlsx` and so on in a folder.
    init(
        _ base: String, in folder: String, formats: [ReportHeader.Format], _ frame: TableFrame, text: TextFiles,
        context: ReportContext, temporaryFolder: String?
    ) throws {
        self.base = base
        self.folder = folder
        self.formats = formats
        self.text = text
        self.frame = frame
        self.context = context
        let (columns, currency) = (frame.columns, context.businessCurrency)
        for format in formats {
            let path = "\(folder)/\(base).\(text.ending(format))"
            switch format {
            case .csv:
                writers.append(
                    try CSVWriter(
                        path: path, columns: columns, options: text.csv, compression: text.compression,
                        currency: currency))
            case .json:
                writers.append(
                    try JSONRowsWriter(path: path, columns: columns, compression: text.compression, currency: currency))
            case .xlsx:
                let book = try Workbook(
                    path: path, temporaryFolder: temporaryFolder,
                    properties: .init(title: frame.title, created: context.businessDate))
                writers.append(
                    try book.sheet(named: frame.sheet, columns: columns, currency: currency, charts: frame.charts))
                self.book = book
            case .html:
                let page = try SectionWriter(
                    columns: columns, charts: frame.charts, limit: Self.rowsOfPage, currency: currency)
                writers.append(page)
                self.page = page
            }
        }
    }

    /// Ends the files, once the writers are finished.
    /// - Returns: the files as a manifest holds them.
    func close(_ table: WrittenTable) throws -> [Manifest.File] {
        try book?.close()
        if let page {
            var content = PageContent(
                title: frame.title, subtitle: "", businessDate: context.businessDate.description,
                window: frame.window)
            let section = try page.section(
                title: frame.title, description: frame.description, anchor: "s1", path: nil)
            content.sections = [section]
            try WholeFile.write(
                try PageTemplate.page.render(content), to: "\(folder)/\(base).\(text.ending(.html))", mode: 0o640)
        }
        return try formats.map {
            try .measure("\(base).\(text.ending($0))", in: folder, format: $0.rawValue, tables: [table])
        }
    }
}
