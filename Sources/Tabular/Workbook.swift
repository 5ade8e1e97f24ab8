import CLibXLSXWriter
import Diagnostics
package import Money

/// An XLSX workbook, written in constant memory by libxlsxwriter.
///
/// Sheets stand in the order in which they were asked for; each may be written until `close`. The same rows, columns
/// and properties make the same bytes. Until `close` has returned, the file is the workbook's, and goes with it. A
/// workbook and its sheets are used by one thread at a time.
package final class Workbook {
    /// What a file manager shows of the document.
    package struct Properties: Sendable, Equatable {
        package var title: String
        package var author: String
        /// A fixed day (the window's end), so that the bytes repeat.
        package var created: BusinessDate

        package init(title: String, author: String = "Mainspring", created: BusinessDate) {
            self.title = title
            self.author = author
            self.created = created
        }
    }

    let file: WorkbookFile
    private var sheets: [SheetWriter] = []
    /// Where the charts go, if a place was kept for them.
    private var chartsPart: SheetPart?

    /// Creates the file, mode 0640.
    ///
    /// `temporaryFolder` holds the rows of the sheets until `close`, several bytes for each byte of the workbook; nil
    /// is the folder of the workbook. What is in there has no name and goes with the process.
    package init(path: String, temporaryFolder: String? = nil, properties: Properties) throws {
        file = try WorkbookFile(
            path: path, temporaryFolder: temporaryFolder ?? splitPath(path).parent,
            headline: SheetPrint.headline(title: properties.title, day: properties.created.description))
        if let handle = file.handle { setProperties(properties, of: handle) }
    }

    /// Adds a sheet for a table. The name is shortened to 31 characters and freed from what Excel refuses in it.
    ///
    /// `currency` is what money is in where no column says so. `charts` are drawn on the sheet “Charts”.
    package func sheet(
        named name: String, columns: [Column], currency: String? = nil, charts: [ChartSpec] = []
    ) throws -> SheetWriter {
        let sheet = try SheetWriter(in: file, named: name, columns: columns, currency: currency, charts: charts)
        sheets.append(sheet)
        return sheet
    }

    /// Adds the cover at this place among the sheets; it is filled before `close`.
    package func coverSheet(named name: String = "Cover") throws -> CoverSheet {
        CoverSheet(in: file, part: try file.addPart(named: name))
    }

    /// Keeps the place for the charts of all sheets; otherwise they come last.
    package func placeCharts() throws {
        chartsPart = try chartsPart ?? file.addPart(named: Workbook.chartsName, isInMemory: true)
    }

    /// The sheet of charts.
    package static let chartsName = "Charts"

    /// Finishes sheets that nobody finished, writes the file, and proves that all that was written is in it.
    ///
    /// Throws `disk.full` when the temporary folder or the output had no room, and then leaves nothing behind.
    package func close() throws {
        do {
            for sheet in sheets { _ = try sheet.finish() }
            try writeCharts()
            try file.pack()
        } catch {
            file.abandon()
            throw error
        }
    }

    private func writeCharts() throws {
        var groups: [ChartsSheet.Group] = []
        for sheet in sheets {
            guard let charts = sheet.charts else { continue }
            groups.append(.init(sheet: sheet.sheetName, sections: try charts.sections()))
        }
        guard !groups.isEmpty || chartsPart != nil else { return }
        try placeCharts()
        if let chartsPart { try ChartsSheet(in: file, part: chartsPart).fill(groups) }
    }

    private func setProperties(_ properties: Properties, of workbook: UnsafeMutablePointer<lxw_workbook>) {
        properties.title.withCString { title in
            properties.author.withCString { author in
                var fields = lxw_doc_properties()
                fields.title = UnsafeMutablePointer(mutating: title)
                fields.author = UnsafeMutablePointer(mutating: author)
                fields.created = properties.created.dayNumber * 86_400
                // It copies them; it refuses none of up to 255 characters, and leaves the rest out.
                _ = workbook_set_properties(workbook, &fields)
            }
        }
    }
}
