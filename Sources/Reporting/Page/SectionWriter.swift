import Tabular

/// A section of a page: a table's charts and its first rows, kept while all rows pass by.
final class SectionWriter: RowWriter {
    let columns: [Column]
    private let shown: [Int]
    private let limit: Int
    private let charts: ChartGatherer
    private var kept: [PageContent.Table.Row] = []
    private var rows = 0

    /// - Parameters:
    ///   - names: the columns that are shown; all where there are none.
    ///   - limit: how many rows are shown; 0 for charts alone.
    ///   - currency: what money is in where no column says so.
    init(columns: [Column], charts: [ChartSpec], names: [String]? = nil, limit: Int, currency: String?) throws {
        self.columns = columns
        shown = names?.compactMap { name in columns.firstIndex { $0.name == name } } ?? Array(columns.indices)
        self.limit = limit
        self.charts = try ChartGatherer(charts, columns: columns, currency: currency)
    }

    func write(_ fields: UnsafeBufferPointer<FieldBytes?>) throws {
        rows += 1
        try charts.write(fields)
        guard kept.count < limit else { return }
        kept.append(.init(cells: shown.map { PageText.cell(fields[$0], columns[$0]) }))
    }

    /// Sums are kept by whoever writes all rows.
    func finish() throws -> WrittenTable { WrittenTable(rows: rows, sums: []) }

    /// What has passed.
    /// - Parameters:
    ///   - anchor: the section's place, for the link to it.
    ///   - path: where all rows lie, from the page; nil where no file holds them.
    func section(title: String, description: String, anchor: String, path: String?) throws -> PageContent.Section {
        var content = PageContent.Section(anchor: anchor, title: title, description: description)
        let drawn = try charts.sections().flatMap(\.charts)
        content.drawings = drawn.enumerated().map { ChartDrawing.draw($1, id: "\(anchor)c\($0 + 1)") }
        content.hasDrawings = !drawn.isEmpty
        content.isEmpty = rows == 0
        if !kept.isEmpty {
            content.table = .init(
                caption: title,
                headings: shown.map { .init(text: columns[$0].heading, isNumeric: columns[$0].kind.isNumeric) },
                rows: kept)
        }
        if rows > kept.count, limit > 0 { content.rest = "\(PageText.grouped("\(rows - kept.count)")) rows more." }
        if let path {
            let count = rows == 1 ? "1 row" : "\(PageText.grouped("\(rows)")) rows"
            content.more = .init(href: path, text: rows > kept.count ? "All \(count)" : "The file of these \(count)")
        }
        return content
    }
}
