import CLibXLSXWriter
import Diagnostics
import Money

/// The totals below a table: formulas over its rows, with the values that they have cached beside them, for readers
/// that do not compute.
///
/// Rows of one currency: one total row of SUBTOTALs, which follow the filter. Several currencies: a row for each, by
/// SUMIF over the currency column, for a sum across currencies means nothing.
struct SheetTotals {
    let columns: [Column]
    let sums: TableSums
    let formats: SheetFormats

    /// How many total rows there are.
    var rowCount: Int { columns.contains { $0.total != .none } ? sums.slots.count : 0 }

    /// Writes them below the last part.
    func write(below parts: [FilledPart]) throws {
        guard rowCount > 0, let last = parts.last else { return }
        let label =
            columns.firstIndex { $0.total == .none && !$0.isCurrency && $0.kind == .text }
            ?? columns.firstIndex { $0.total == .none && !$0.isCurrency }
        for (offset, slot) in sums.slots.enumerated() {
            let row = UInt32(last.rows + 1 + offset)
            for (index, column) in columns.enumerated() {
                let format = try formats.workbook.total(column, exponent: formats.exponent(slot: slot))
                let cell = Cell(part: last.part, row: row, column: UInt16(index), format: format)
                switch column.total {
                case .sum, .count: try writeTotal(cell, column, slot, parts)
                case .none where index == label: try cell.write(text: "Total")
                case .none where column.isCurrency: try cell.write(text: sums.codes[slot])
                case .none: try cell.writeBlank()
                }
            }
        }
        try last.part.checkRowsKept()
    }

    private func writeTotal(_ cell: Cell, _ column: Column, _ slot: Int, _ parts: [FilledPart]) throws {
        let index = Int(cell.column)
        if column.total == .count {
            guard let position = sums.counted.firstIndex(of: index) else { return }
            return try cell.write(
                formula: formula("SUBTOTAL(103,", "COUNTIFS(", index, slot, parts, cell),
                value: Double(sums.count(slot: slot, position: position)))
        }
        guard let position = sums.summed.firstIndex(of: index) else { return }
        let sum = sums.sum(slot: slot, position: position)?.value ?? ExactDecimal(units: 0, scale: 0)
        let value = CellValue.approximately(sum)
        try cell.write(
            formula: formula("SUBTOTAL(109,", "SUMIF(", index, slot, parts, cell),
            value: column.kind == .percent ? value / 100 : value)
    }

    /// One term for each part that has rows; ranges of other parts name their sheet.
    private func formula(
        _ single: String, _ several: String, _ column: Int, _ slot: Int, _ parts: [FilledPart], _ cell: Cell
    ) -> String {
        let terms = parts.filter { $0.rows > 0 }.map { part in
            let sheet = part.part.name == cell.part.name ? "" : SheetName.quoted(part.part.name) + "!"
            let values = sheet + range(column, part.rows)
            guard sums.slots.count > 1, let currencyColumn = sums.currencyColumn else { return "\(single)\(values))" }
            let currencies = sheet + range(currencyColumn, part.rows)
            let code = sums.codes[slot].split(separator: "\"", omittingEmptySubsequences: false).joined(
                separator: "\"\"")
            return several == "SUMIF("
                ? "SUMIF(\(currencies),\"\(code)\",\(values))" : "COUNTIFS(\(currencies),\"\(code)\",\(values),\"<>\")"
        }
        return "=" + terms.joined(separator: "+")
    }

    /// `C2:C10`: the rows below the header.
    private func range(_ column: Int, _ rows: Int) -> String {
        let letters = columnLetters(column)
        return "\(letters)2:\(letters)\(rows + 1)"
    }
}

/// `A`, `Z`, `AA`: the letters of a column that counts from 0.
func columnLetters(_ column: Int) -> String {
    var letters = ""
    var rest = column + 1
    while rest > 0 {
        letters = String(Character(Unicode.Scalar(UInt8(ascii: "A") + UInt8((rest - 1) % 26)))) + letters
        rest = (rest - 1) / 26
    }
    return letters
}

/// A place for one value.
struct Cell {
    let part: SheetPart
    let row: UInt32
    let column: UInt16
    let format: CellFormat?

    func write(text: String) throws {
        guard !text.isEmpty else { return try writeBlank() }
        var safe = CellText()
        var text = text
        try text.withUTF8 { bytes in
            try safe.withCString(UnsafeRawBufferPointer(bytes)) { string in
                try part.check(worksheet_write_string(part.worksheet, row, column, string, format))
            }
        }
    }

    func write(number: Double) throws {
        try part.check(worksheet_write_number(part.worksheet, row, column, number, format))
    }

    func write(formula: String, value: Double) throws {
        try part.check(worksheet_write_formula_num(part.worksheet, row, column, formula, format, value))
    }

    /// Text that opens a sheet of the same workbook.
    func write(text: String, linkTo sheet: String) throws {
        let url = "internal:\(SheetName.quoted(SheetName.clean(sheet)))!A1"
        try part.check(worksheet_write_url_opt(part.worksheet, row, column, url, format, text, nil))
    }

    func writeBlank() throws { try part.check(worksheet_write_blank(part.worksheet, row, column, format)) }
}
