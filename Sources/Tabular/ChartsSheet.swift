import CLibXLSXWriter
import Diagnostics
import Money

/// The sheet of charts: each native chart with its figures in a small table beside it.
///
/// It is kept in memory, unlike the sheets of rows, so that libxlsxwriter finds the figures that a chart carries along
/// for programs that don't compute.
final class ChartsSheet {
    /// The charts of one sheet of rows.
    struct Group {
        let sheet: String
        let sections: [ChartSection]
    }

    private let file: WorkbookFile
    private let part: SheetPart
    private var row: UInt32 = 0
    /// The most series that a chart has.
    private var widest = 1
    private var breaks: [UInt32] = []
    /// Where the row begins that is the first of a page.
    private var pageStart: UInt32 = 0

    /// A chart covers ten columns of 64 pixels.
    private static let chartColumns = 10
    private static let tableColumn = 11
    private var labelWidth = 14.0
    private var valueWidths: [Double] = []

    init(in file: WorkbookFile, part: SheetPart) {
        self.file = file
        self.part = part
    }

    /// Writes all charts, one below the other.
    func fill(_ groups: [Group]) throws {
        let sheet = part.worksheet
        worksheet_gridlines(sheet, UInt8(LXW_HIDE_ALL_GRIDLINES.rawValue))
        try cell(0, file.formats.coverTitle()).write(text: "Charts")
        row = 2
        let charts = groups.flatMap(\.sections).flatMap(\.charts)
        widest = max(1, charts.map(\.series.count).max() ?? 1)
        measure(charts)
        for group in groups {
            for section in group.sections {
                if section.charts.isEmpty { try writeNothing(section, group) }
                for chart in section.charts {
                    startPageIfNeeded(height: height(of: chart))
                    try write(chart, group)
                }
            }
        }
        try setUp()
    }

    /// Columns wide enough for what stands in them, all charts considered.
    private func measure(_ charts: [ChartData]) {
        valueWidths = [Double](repeating: 14, count: widest)
        for chart in charts {
            let labels = chart.categories.map(\.count) + [chart.categoryHeading.count]
            labelWidth = min(34, max(labelWidth, Double((labels.max() ?? 0) + 2)))
            for (index, series) in chart.series.enumerated() {
                let figures = series.values.compactMap { $0.map { $0.description.count * 4 / 3 } }
                let wanted = max(series.name.count, figures.max() ?? 0) + 3
                valueWidths[index] = min(28, max(valueWidths[index], Double(wanted)))
            }
        }
    }

    private func writeNothing(_ section: ChartSection, _ group: Group) throws {
        try heading(section.title)
        try cell(0, file.formats.link()).write(text: "See \(group.sheet)", linkTo: group.sheet)
        try cell(4, file.formats.coverNote()).write(text: "There is nothing to draw.")
        row += 3
    }

    private func write(_ chart: ChartData, _ group: Group) throws {
        try heading(chart.fullTitle)
        try cell(0, file.formats.link()).write(text: "See \(group.sheet)", linkTo: group.sheet)
        if !chart.note.isEmpty { try cell(4, file.formats.coverNote()).write(text: chart.note) }
        row += 1
        let top = row
        try writeTable(chart)
        try NativeChart(chart, part: part, file: file, tableRow: top, tableColumn: UInt16(Self.tableColumn))
            .insert(atRow: top)
        row = top + height(of: chart) - 2
    }

    private func heading(_ title: String) throws {
        for column in 0...(Self.tableColumn + widest) {
            try cell(UInt16(column), file.formats.coverHeading()).write(text: column == 0 ? title : "")
        }
        row += 1
    }

    private func writeTable(_ chart: ChartData) throws {
        let first = UInt16(Self.tableColumn)
        let top = row
        try cell(first, file.formats.header(isNumeric: false)).write(text: chart.categoryHeading)
        for (index, series) in chart.series.enumerated() {
            try cell(first + 1 + UInt16(index), file.formats.header(isNumeric: true)).write(text: series.name)
        }
        let figures = Column("figure", kind: chart.unit, total: .sum)
        let format = try file.formats.cell(figures, currency: chart.currency)
        for (index, category) in chart.categories.enumerated() {
            row = top + 1 + UInt32(index)
            try cell(first, nil).write(text: category)
            for (position, series) in chart.series.enumerated() {
                guard let value = series.values[index] else { continue }
                try cell(first + 1 + UInt16(position), format).write(number: CellValue.approximately(value))
            }
        }
    }

    /// With heading and the blank row below.
    private func height(of chart: ChartData) -> UInt32 { UInt32(max(chart.rows, chart.categories.count + 1) + 3) }

    /// A chart isn't cut by the edge of a page.
    private func startPageIfNeeded(height: UInt32) {
        guard row > pageStart, row + height > pageStart + rowsOfAPage else { return }
        breaks.append(row)
        pageStart = row
    }

    /// In percent: what makes the widest chart as wide as a page, 740 points of A4 in landscape within its margins; a
    /// little less, for other fonts. Two charts stand on a page.
    private var scale: UInt32 {
        let pixels =
            64 * Double(Self.chartColumns) + 26 + SheetLook.pixels(labelWidth)
            + valueWidths.reduce(0) { $0 + SheetLook.pixels($1) }
        return UInt32(min(75, max(25, 690 / (pixels * 0.75) * 100)))
    }

    /// A page has 480 points, a row 15.
    private var rowsOfAPage: UInt32 { 32 * 100 / scale - 1 }

    private func setUp() throws {
        let sheet = part.worksheet
        try part.check(worksheet_set_column(sheet, 10, 10, 3, nil))
        let first = UInt16(Self.tableColumn)
        let last = first + UInt16(widest)
        try part.check(worksheet_set_column(sheet, first, first, labelWidth, nil))
        for (index, width) in valueWidths.enumerated() {
            let column = first + 1 + UInt16(index)
            try part.check(worksheet_set_column(sheet, column, column, width, nil))
        }
        worksheet_set_landscape(sheet)
        worksheet_set_paper(sheet, 9)  // A4
        // Not fitted to the page: fitted, Excel leaves out the page breaks.
        worksheet_set_print_scale(sheet, UInt16(scale))
        try part.check(worksheet_print_area(sheet, 0, 0, max(row, 1), last))
        if !breaks.isEmpty {
            // A zero ends the list.
            var list = breaks + [0]
            try part.check(worksheet_set_h_pagebreaks(sheet, &list))
        }
        try part.check(worksheet_set_header(sheet, file.headline))
        try part.check(worksheet_set_footer(sheet, "&L&A&RPage &P of &N"))
    }

    private func cell(_ column: UInt16, _ format: CellFormat?) -> Cell {
        Cell(part: part, row: row, column: column, format: format)
    }
}
