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

    /// True when no row came: then the sheet says so instead.
    var isEmpty = false

    /// How many rows stand below the table.
    var rowCount: Int { isEmpty ? 2 : hasTotals ? sums.slots.count : 0 }

    private var hasTotals: Bool { columns.contains { $0.total != .none } }

    /// Writes them below the last part.
    func write(below parts: [FilledPart], of name: String, in file: WorkbookFile) throws {
        guard rowCount > 0, let last = parts.last else { return }
        if isEmpty {
            let cell = Cell(part: last.part, row: last.headerRow + 2, column: 0, format: try file.formats.coverNote())
            return try cell.write(text: "There are no rows.")
        }
        for (offset, slot) in sums.slots.enumerated() {
            let row = last.row + 1 + UInt32(offset)
            let line = Line(part: last.part, row: row, slot: slot, label: "Total", target: parts[0], order: offset)
            try write(line) { column in
                parts.filter { $0.rows > 0 }.map { term(column, slot, in: $0, from: last.part) }
            }
            try define(name, slot, row: row, part: last.part, in: file)
        }
        try last.part.checkRowsKept()
    }

    /// Writes above the header of a further sheet what the sheets before come to.
    /// - Returns: the slots of the currencies that have a row.
    func bringForward(from previous: FilledPart, to part: SheetPart) throws -> [Int] {
        guard hasTotals else { return [] }
        let slots = sums.slots
        for (row, slot) in slots.enumerated() {
            let line = Line(
                part: part, row: UInt32(row), slot: slot, label: "Brought forward", target: previous, order: row)
            try write(line) { column in
                var terms = [term(column, slot, in: previous, from: part)]
                if let above = previous.brought.firstIndex(of: slot) {
                    terms.append("\(SheetName.quoted(previous.part.name))!\(columnLetters(column))\(above + 1)")
                }
                return terms
            }
        }
        return slots
    }

    /// A row of sums in one currency.
    private struct Line {
        let part: SheetPart
        let row: UInt32
        let slot: Int
        let label: String
        /// Where a click on the label leads: the rows that are summed.
        let target: FilledPart
        /// A sheet has room for few links beside those of its rows.
        var isLinked: Bool { order < 20 }
        let order: Int
    }

    private func write(_ line: Line, terms: (Int) -> [String]) throws {
        let label =
            columns.firstIndex { $0.total == .none && !$0.isCurrency && $0.kind == .text }
            ?? columns.firstIndex { $0.total == .none && !$0.isCurrency }
        for (index, column) in columns.enumerated() {
            let format = try formats.workbook.total(column, exponent: formats.exponent(slot: line.slot))
            let cell = Cell(part: line.part, row: line.row, column: UInt16(index), format: format)
            switch column.total {
            case .sum, .count:
                guard let value = value(column, index, line.slot) else { continue }
                try cell.write(formula: "=" + terms(index).joined(separator: "+"), value: value)
            case .none where index == label && line.isLinked:
                let link = Cell(
                    part: line.part, row: line.row, column: cell.column, format: try formats.workbook.totalLink())
                let first = "A\(line.target.rowRange.lowerBound + 1)"
                try link.write(text: line.label, linkTo: line.target.part.name, cell: first)
            case .none where index == label: try cell.write(text: line.label)
            case .none where column.isCurrency: try cell.write(text: sums.codes[line.slot])
            case .none: try cell.writeBlank()
            }
        }
    }

    /// The exact sum or count of a column.
    private func value(_ column: Column, _ index: Int, _ slot: Int) -> Double? {
        if column.total == .count {
            return sums.counted.firstIndex(of: index).map { Double(sums.count(slot: slot, position: $0)) }
        }
        guard let position = sums.summed.firstIndex(of: index) else { return nil }
        let sum = sums.sum(slot: slot, position: position)?.value ?? ExactDecimal(units: 0, scale: 0)
        let value = CellValue.approximately(sum)
        return column.kind == .percent ? value / 100 : value
    }

    /// The sum of a part's rows; ranges of other parts name their sheet.
    private func term(_ column: Int, _ slot: Int, in part: FilledPart, from here: SheetPart) -> String {
        let sheet = part.part.name == here.name ? "" : SheetName.quoted(part.part.name) + "!"
        let values = sheet + range(column, part)
        let isCount = columns[column].total == .count
        guard sums.slots.count > 1, let currencyColumn = sums.currencyColumn else {
            return isCount ? "SUBTOTAL(103,\(values))" : "SUBTOTAL(109,\(values))"
        }
        let currencies = sheet + range(currencyColumn, part)
        let code = sums.codes[slot].split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"")
        return isCount
            ? "COUNTIFS(\(currencies),\"\(code)\",\(values),\"<>\")" : "SUMIF(\(currencies),\"\(code)\",\(values))"
    }

    /// `C2:C10`: the rows below the header.
    private func range(_ column: Int, _ part: FilledPart) -> String {
        let (letters, rows) = (columnLetters(column), part.rowRange)
        return "\(letters)\(rows.lowerBound + 1):\(letters)\(rows.upperBound + 1)"
    }

    /// `Breaks_money_effect_total`, with the currency behind it where there are several.
    private func define(_ name: String, _ slot: Int, row: UInt32, part: SheetPart, in file: WorkbookFile) throws {
        let code = sums.codes[slot]
        for (index, column) in columns.enumerated() where column.total != .none {
            let cell = "$\(columnLetters(index))$\(row + 1)"
            try file.define(
                [name, column.name, "total"] + (sums.slots.count > 1 ? [code.isEmpty ? "none" : code] : []),
                as: "\(SheetName.quoted(part.name))!\(cell)")
        }
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
    func write(text: String, linkTo sheet: String, cell: String = "A1") throws {
        let url = "internal:\(SheetName.quoted(SheetName.clean(sheet)))!\(cell)"
        try part.check(worksheet_write_url_opt(part.worksheet, row, column, url, format, text, nil))
    }

    func writeBlank() throws { try part.check(worksheet_write_blank(part.worksheet, row, column, format)) }
}
