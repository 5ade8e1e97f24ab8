import CLibXLSXWriter
import Diagnostics

/// A chart of the workbook's own, over its table on the same sheet.
struct NativeChart {
    private let data: ChartData
    private let part: SheetPart
    private let file: WorkbookFile
    /// Where the table's header is.
    private let tableRow: UInt32
    private let tableColumn: UInt16

    /// Told apart without colours by their lightness too.
    private static let colours: [UInt32] = [
        0x1F3A5F, 0xD9822B, 0x3E8E7E, 0x8E3B46, 0x7A9CC6, 0xC2A83E, 0x5B4B8A, 0x9AA5B1, 0x2E6E3A, 0xE0A9A0, 0x4F5D2F,
        0x6B6B6B,
    ]

    init(_ data: ChartData, part: SheetPart, file: WorkbookFile, tableRow: UInt32, tableColumn: UInt16) {
        self.data = data
        self.part = part
        self.file = file
        self.tableRow = tableRow
        self.tableColumn = tableColumn
    }

    /// Puts the chart at the left edge of the sheet.
    func insert(atRow row: UInt32) throws {
        guard let workbook = file.handle, let chart = workbook_add_chart(workbook, UInt8(type.rawValue)) else {
            throw Failure(.internalError, "libxlsxwriter could not make a chart: out of memory.")
        }
        for index in data.series.indices { try addSeries(index, to: chart) }
        chart_title_set_name(chart, data.fullTitle)
        var font = lxw_chart_font()
        font.size = 12
        font.bold = UInt8(LXW_TRUE.rawValue)
        chart_title_set_name_font(chart, &font)
        let showsLegend = data.series.count > 1 || data.kind == .pie
        chart_legend_set_position(
            chart, UInt8((showsLegend ? LXW_CHART_LEGEND_BOTTOM : LXW_CHART_LEGEND_NONE).rawValue))
        if data.kind != .pie { setAxes(of: chart) }
        try data.textAlternative.withCString { text in
            var options = lxw_chart_options()
            // 480 by 288 pixels, unless scaled.
            options.x_scale = 640.0 / 480.0
            options.y_scale = Double(data.rows * 20) / 288
            options.description = UnsafeMutablePointer(mutating: text)
            try part.check(worksheet_insert_chart_opt(part.worksheet, row, 0, chart, &options))
        }
    }

    private var type: lxw_chart_type {
        switch (data.kind, data.isStacked) {
        case (.column, false): LXW_CHART_COLUMN
        case (.column, true): LXW_CHART_COLUMN_STACKED
        case (.bar, false): LXW_CHART_BAR
        case (.bar, true): LXW_CHART_BAR_STACKED
        case (.line, _): LXW_CHART_LINE
        case (.pie, _): LXW_CHART_PIE
        }
    }

    private func addSeries(_ index: Int, to chart: UnsafeMutablePointer<lxw_chart>) throws {
        guard let series = chart_add_series(chart, nil, nil) else {
            throw Failure(.internalError, "libxlsxwriter could not make a chart's series: out of memory.")
        }
        let (first, last) = (tableRow + 1, tableRow + UInt32(max(1, data.categories.count)))
        let column = tableColumn + 1 + UInt16(index)
        chart_series_set_categories(series, part.name, first, tableColumn, last, tableColumn)
        chart_series_set_values(series, part.name, first, column, last, column)
        chart_series_set_name_range(series, part.name, tableRow, column)
        if data.kind == .pie { return }
        let colour = Self.colours[index % Self.colours.count]
        if data.kind == .line {
            var line = lxw_chart_line()
            line.color = colour
            line.width = 2.25
            chart_series_set_line(series, &line)
        } else {
            var fill = lxw_chart_fill()
            fill.color = colour
            chart_series_set_fill(series, &fill)
        }
    }

    private func setAxes(of chart: UnsafeMutablePointer<lxw_chart>) {
        // Of bars the categories run downwards, from the first.
        let isBar = data.kind == .bar
        let values = isBar ? chart.pointee.x_axis : chart.pointee.y_axis
        let categories = isBar ? chart.pointee.y_axis : chart.pointee.x_axis
        if isBar {
            chart_axis_set_reverse(categories)
            chart_axis_set_crossing_max(categories)
        }
        chart_axis_set_num_format(values, data.unit == .decimal ? "#,##0.##" : "#,##0")
        var grid = lxw_chart_line()
        grid.color = 0xD9DEE4
        chart_axis_major_gridlines_set_line(values, &grid)
        // Below columns that hang down, not across them.
        chart_axis_set_label_position(categories, UInt8(LXW_CHART_AXIS_LABEL_POSITION_LOW.rawValue))
    }
}
