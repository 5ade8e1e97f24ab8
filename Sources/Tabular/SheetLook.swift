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

    /// The header row, which stays in view and on every printed page.
    func begin(_ part: SheetPart, formats: WorkbookFormats) throws {
        let sheet = part.worksheet
        worksheet_freeze_panes(sheet, 1, 0)
        for (index, column) in columns.enumerated() {
            let format = try formats.header(isNumeric: column.kind.isNumeric)
            try Cell(part: part, row: 0, column: UInt16(index), format: format).write(text: column.heading)
        }
        worksheet_set_landscape(sheet)
        worksheet_set_paper(sheet, 9)  // A4
        worksheet_fit_to_pages(sheet, 1, 0)
        try part.check(worksheet_repeat_rows(sheet, 0, 0))
        try part.check(worksheet_set_footer(sheet, "&L&A&RPage &P of &N"))
    }

    /// What needs to know the rows. The filter has to be set before the totals row is written: later, libxlsxwriter
    /// refuses it in constant memory.
    func end(_ filled: FilledPart, formats: WorkbookFormats) throws {
        let part = filled.part
        let lastRow = UInt32(filled.rows)
        try part.check(worksheet_autofilter(part.worksheet, 0, 0, lastRow, UInt16(columns.count - 1)))
        for (index, column) in columns.enumerated() {
            let width = column.width ?? derivedWidth(index)
            try part.check(worksheet_set_column(part.worksheet, UInt16(index), UInt16(index), width, nil))
            guard filled.rows > 0 else { continue }
            switch column.conditional {
            case .none: break
            case .flag: try flag(part, index, lastRow, formats)
            case .dataBar: try condition(part, index, lastRow, LXW_CONDITIONAL_DATA_BAR)
            case .scale: try condition(part, index, lastRow, LXW_CONDITIONAL_2_COLOR_SCALE)
            }
        }
    }

    /// How wide a column of so many characters is drawn.
    static func pixels(_ characters: Double) -> Double { (characters * 7 + 5).rounded(.down) }

    private func derivedWidth(_ index: Int) -> Double {
        // The filter's arrow stands on the heading.
        let wanted = Double(max(columns[index].heading.count + 3, longest[index] + 2))
        return min(max(wanted, SheetLook.widths.lowerBound), SheetLook.widths.upperBound)
    }

    private func condition(
        _ part: SheetPart, _ index: Int, _ lastRow: UInt32, _ type: lxw_conditional_format_types
    ) throws {
        var condition = lxw_conditional_format()
        condition.type = UInt8(type.rawValue)
        try apply(&condition, part, index, lastRow)
    }

    private func flag(_ part: SheetPart, _ index: Int, _ lastRow: UInt32, _ formats: WorkbookFormats) throws {
        let cell = "\(columnLetters(index))2"
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
                try apply(&condition, part, index, lastRow)
            }
        }
    }

    private func apply(
        _ condition: inout lxw_conditional_format, _ part: SheetPart, _ index: Int, _ lastRow: UInt32
    ) throws {
        let column = UInt16(index)
        try part.check(
            worksheet_conditional_format_range(part.worksheet, 1, column, lastRow, column, &condition))
    }
}
