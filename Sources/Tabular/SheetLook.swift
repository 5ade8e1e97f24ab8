import CLibXLSXWriter
import Diagnostics

/// What makes a sheet pleasant: header, widths, filter, colours, print set-up.
final class SheetLook {
    private let columns: [Column]
    /// The longest content of the first rows, in characters.
    private var longest: [Int]

    /// Rows that decide the widths.
    private static let measuredRows = 200
    private static let widths = 7.0...60.0

    init(columns: [Column]) {
        self.columns = columns
        longest = [Int](repeating: 0, count: columns.count)
    }

    /// Takes the length of a cell among the first rows into account; `row` counts from 1.
    func measure(_ field: FieldBytes, column: Int, row: Int) {
        guard row <= SheetLook.measuredRows else { return }
        var count = 0
        for byte in field.prefix(240) where byte & 0xC0 != 0x80 { count += 1 }
        // Grouping and a minus sign come on top of the digits.
        if columns[column].kind.isNumeric { count += count / 3 }
        longest[column] = max(longest[column], count)
    }

    /// The header row, which stays in view.
    func begin(_ filled: FilledPart, formats: WorkbookFormats) throws {
        worksheet_freeze_panes(filled.part.worksheet, filled.headerRow + 1, 0)
        for (index, column) in columns.enumerated() {
            let format = try formats.header(isNumeric: column.kind.isNumeric)
            try Cell(part: filled.part, row: filled.headerRow, column: UInt16(index), format: format)
                .write(text: column.heading)
        }
    }

    /// What needs to know the rows. The filter has to be set before the totals row is written: later, libxlsxwriter
    /// refuses it in constant memory.
    /// - Parameters:
    ///   - lastRow: the last row of the sheet, totals included.
    ///   - oneCurrency: whether all money is in one; otherwise bars and scales would compare what can't be.
    func end(_ filled: FilledPart, lastRow end: UInt32, oneCurrency: Bool, _ file: WorkbookFile) throws {
        let part = filled.part
        let sheet = part.worksheet
        let rows = filled.rowRange
        try part.check(worksheet_autofilter(sheet, filled.headerRow, 0, filled.row, UInt16(columns.count - 1)))
        let widths = columns.enumerated().map { index, column in column.width ?? derivedWidth(index) }
        for (index, width) in widths.enumerated() {
            try part.check(worksheet_set_column(sheet, UInt16(index), UInt16(index), width, nil))
        }
        try SheetPrint(widths: widths, headline: file.headline)
            .apply(to: part, headerRow: filled.headerRow, lastRow: end)
        guard filled.rows > 0 else { return }
        // An id or a CNIC is text that looks like a number: Excel needs not warn of it.
        let all = "A\(rows.lowerBound + 1):\(columnLetters(columns.count - 1))\(rows.upperBound + 1)"
        try part.check(worksheet_ignore_errors(sheet, UInt8(LXW_IGNORE_NUMBER_STORED_AS_TEXT.rawValue), all))
        for (index, column) in columns.enumerated() {
            if column.conditional == .flag { try flag(filled, index, file.formats) }
            guard oneCurrency || column.kind != .money else { continue }
            if column.conditional == .dataBar { try dataBar(filled, index) }
            if column.conditional == .scale { try scale(filled, index) }
        }
    }

    /// How wide a column of so many characters is drawn.
    static func pixels(_ characters: Double) -> Double { (characters * 7 + 5).rounded(.down) }

    private func derivedWidth(_ index: Int) -> Double {
        // The filter's arrow stands on the heading.
        let wanted = Double(max(columns[index].heading.count + 3, longest[index] + 2))
        return min(max(wanted, SheetLook.widths.lowerBound), SheetLook.widths.upperBound)
    }

    /// Bars from zero: those of negative figures run the other way, in red.
    private func dataBar(_ filled: FilledPart, _ index: Int) throws {
        var condition = lxw_conditional_format()
        condition.type = UInt8(LXW_CONDITIONAL_DATA_BAR.rawValue)
        condition.data_bar_2010 = UInt8(LXW_TRUE.rawValue)
        condition.bar_solid = UInt8(LXW_TRUE.rawValue)
        condition.bar_color = 0xA9C4E4
        condition.bar_negative_color = 0xE9B0A8
        try apply(&condition, filled, index)
    }

    /// From white, the lowest, to blue.
    private func scale(_ filled: FilledPart, _ index: Int) throws {
        var condition = lxw_conditional_format()
        condition.type = UInt8(LXW_CONDITIONAL_2_COLOR_SCALE.rawValue)
        condition.min_color = 0xFFFFFF
        condition.max_color = 0xA9C4E4
        try apply(&condition, filled, index)
    }

    private func flag(_ filled: FilledPart, _ index: Int, _ formats: WorkbookFormats) throws {
        let cell = "\(columnLetters(index))\(filled.rowRange.lowerBound + 1)"
        let good = "=IF(ISLOGICAL(\(cell)),\(cell),OR(\(cell)=\"pass\",\(cell)=\"agreed\",\(cell)=\"ok\"))"
        let bad =
            "=IF(ISLOGICAL(\(cell)),NOT(\(cell)),IF(ISNUMBER(\(cell)),\(cell)<>0,OR(\(cell)=\"fail\",\(cell)=\"failed\")))"
        for (formula, format) in [
            (good, try formats.flag(isGood: true, kind: columns[index].kind)),
            (bad, try formats.flag(isGood: false, kind: columns[index].kind)),
        ] {
            try formula.withCString { text in
                var condition = lxw_conditional_format()
                condition.type = UInt8(LXW_CONDITIONAL_TYPE_FORMULA.rawValue)
                // libxlsxwriter copies the formula.
                condition.value_string = UnsafeMutablePointer(mutating: text)
                condition.format = format
                try apply(&condition, filled, index)
            }
        }
    }

    private func apply(_ condition: inout lxw_conditional_format, _ filled: FilledPart, _ index: Int) throws {
        let (column, rows) = (UInt16(index), filled.rowRange)
        try filled.part.check(
            worksheet_conditional_format_range(
                filled.part.worksheet, rows.lowerBound, column, rows.upperBound, column, &condition))
    }
}
