import CLibXLSXWriter
import Diagnostics
import Money

/// A cell format, owned by its workbook.
typealias CellFormat = UnsafeMutablePointer<lxw_format>

/// The formats of a workbook, made once each and in the order of their first use, so that bytes repeat.
final class WorkbookFormats {
    private let workbook: UnsafeMutablePointer<lxw_workbook>
    private var made: [String: CellFormat] = [:]

    init(_ workbook: UnsafeMutablePointer<lxw_workbook>) { self.workbook = workbook }

    static let green: UInt32 = 0x1E7B34
    static let red: UInt32 = 0xB3261E
    private static let headerFill: UInt32 = 0x1F3A5F
    private static let rule: UInt32 = 0x9AA5B1

    /// A data cell; `exponent` is that of the row's currency.
    func cell(_ column: Column, exponent: Int) throws -> CellFormat? {
        if column.kind == .boolean { return try boolean() }
        guard let pattern = WorkbookFormats.pattern(column, exponent: exponent) else { return nil }
        return try make("cell \(pattern)") { format in
            format_set_num_format(format, pattern)
            // Beside its heading, and away from the text in the next column.
            if [.date, .timestamp].contains(column.kind) { format_set_align(format, UInt8(LXW_ALIGN_LEFT.rawValue)) }
        }
    }

    /// The same for money of a currency, of which an amount has two decimals unless it is known.
    func cell(_ column: Column, currency: String?) throws -> CellFormat? {
        try cell(column, exponent: currency.flatMap { Currency.exponent(of: $0) } ?? 2)
    }

    /// A cell of a totals row.
    func total(_ column: Column, exponent: Int) throws -> CellFormat {
        let pattern =
            column.total == .count ? "#,##0\(WorkbookFormats.gap)" : WorkbookFormats.pattern(column, exponent: exponent)
        return try make("total \(pattern ?? "")") { format in
            format_set_bold(format)
            format_set_top(format, UInt8(LXW_BORDER_THIN.rawValue))
            format_set_top_color(format, WorkbookFormats.rule)
            if let pattern { format_set_num_format(format, pattern) }
        }
    }

    /// The label of a totals row, which leads to its rows.
    func totalLink() throws -> CellFormat {
        try make("total link") { format in
            format_set_bold(format)
            format_set_top(format, UInt8(LXW_BORDER_THIN.rawValue))
            format_set_top_color(format, WorkbookFormats.rule)
            format_set_font_color(format, 0x0B57D0)
            format_set_underline(format, UInt8(LXW_UNDERLINE_SINGLE.rawValue))
        }
    }

    func header(isNumeric: Bool) throws -> CellFormat {
        try make("header \(isNumeric)") { format in
            format_set_bold(format)
            format_set_font_color(format, 0xFFFFFF)
            format_set_bg_color(format, WorkbookFormats.headerFill)
            format_set_align(format, UInt8(LXW_ALIGN_VERTICAL_CENTER.rawValue))
            if isNumeric {
                format_set_align(format, UInt8(LXW_ALIGN_RIGHT.rawValue))
                format_set_indent(format, 1)
            }
        }
    }

    func link() throws -> CellFormat {
        try make("link") { format in
            format_set_align(format, UInt8(LXW_ALIGN_VERTICAL_TOP.rawValue))
            format_set_font_color(format, 0x0B57D0)
            format_set_underline(format, UInt8(LXW_UNDERLINE_SINGLE.rawValue))
        }
    }

    /// A flag's colours. LibreOffice shows booleans below a condition as 1 and 0 unless the format spells them out.
    func flag(isGood: Bool, kind: CellKind) throws -> CellFormat {
        try make("flag \(isGood) \(kind == .boolean)") { format in
            format_set_font_color(format, isGood ? WorkbookFormats.green : WorkbookFormats.red)
            format_set_bg_color(format, isGood ? 0xE3F4E6 : 0xFCE4E2)
            if kind == .boolean { format_set_num_format(format, "\"TRUE\";\"TRUE\";\"FALSE\"") }
        }
    }

    func boolean() throws -> CellFormat {
        try make("boolean") { format_set_align($0, UInt8(LXW_ALIGN_CENTER.rawValue)) }
    }

    func coverTitle() throws -> CellFormat {
        try make("cover title") { format in
            format_set_bold(format)
            format_set_font_size(format, 18)
            format_set_font_color(format, WorkbookFormats.headerFill)
        }
    }

    func coverNote() throws -> CellFormat {
        try make("cover note") { format_set_font_color($0, 0x5F6B7A) }
    }

    /// What stands beside a figure: long text goes on below, in its own column.
    func coverRemark() throws -> CellFormat {
        try make("cover remark") { format in
            format_set_font_color(format, 0x5F6B7A)
            format_set_text_wrap(format)
            format_set_align(format, UInt8(LXW_ALIGN_VERTICAL_TOP.rawValue))
        }
    }

    func coverLabel() throws -> CellFormat {
        try make("cover label") { format_set_align($0, UInt8(LXW_ALIGN_VERTICAL_TOP.rawValue)) }
    }

    func coverHeading() throws -> CellFormat {
        try make("cover heading") { format in
            format_set_bold(format)
            format_set_bottom(format, UInt8(LXW_BORDER_THIN.rawValue))
            format_set_bottom_color(format, WorkbookFormats.rule)
        }
    }

    /// A figure of the cover; `pattern` nil is text.
    func coverValue(_ pattern: String?, isGood: Bool?) throws -> CellFormat {
        try make("cover value \(pattern ?? "") \(isGood.map(String.init) ?? "")") { format in
            format_set_align(format, UInt8(LXW_ALIGN_LEFT.rawValue))
            format_set_align(format, UInt8(LXW_ALIGN_VERTICAL_TOP.rawValue))
            if let pattern { format_set_num_format(format, pattern) }
            if let isGood {
                format_set_bold(format)
                format_set_font_color(format, isGood ? WorkbookFormats.green : WorkbookFormats.red)
            }
        }
    }

    /// The number format of a column's cells; nil for text.
    static func pattern(_ column: Column, exponent: Int) -> String? {
        switch column.kind {
        case .text, .boolean: nil
        // Ids are not grouped; what is added up is a quantity.
        case .integer: column.total == .sum ? "#,##0\(gap)" : "0\(gap)"
        case .money: money(exponent: exponent, gap: gap)
        case .decimal: "#,##0.00####\(gap)"
        case .percent: "0.00%\(gap)"
        case .rating: "0.00\(gap)"
        case .date: "yyyy-mm-dd"
        case .timestamp: "yyyy-mm-dd hh:mm:ss"
        }
    }

    /// Blank space as wide as a bracket behind a number, or it would touch a text in the next column.
    private static let gap = "_)"

    static func money(exponent: Int, gap: String = "") -> String {
        let plain = exponent > 0 ? "#,##0." + String(repeating: "0", count: exponent) : "#,##0"
        return "\(plain)\(gap);[Red]-\(plain)\(gap)"
    }

    private func make(_ key: String, _ set: (CellFormat) -> Void) throws -> CellFormat {
        if let known = made[key] { return known }
        guard let format = workbook_add_format(workbook) else {
            throw Failure(.internalError, "libxlsxwriter could not make a cell format: out of memory.")
        }
        set(format)
        made[key] = format
        return format
    }
}
