import CLibXLSXWriter
import Diagnostics

/// One table of a workbook: a frozen header with a filter, typed cells, totals as formulas, named ranges, ready to
/// print. Beyond 1,048,575 rows it flows on to `NAME (2)`, which begins with what was brought forward.
package final class SheetWriter: RowWriter {
    package let columns: [Column]
    /// The figures of the charts over this table; nil where there are none.
    let charts: ChartGatherer?
    private let file: WorkbookFile
    private let name: String
    private let look: SheetLook
    // One thread, and no call back into itself: access needs no check at run time.
    @exclusivity(unchecked) private var sums: TableSums
    @exclusivity(unchecked) private var parts: [FilledPart]
    @exclusivity(unchecked) private var rows = 0
    private var finished: WrittenTable?
    @exclusivity(unchecked) private var text = CellText()
    @exclusivity(unchecked) private var formats: SheetFormats
    /// On the last part.
    private var links = 0

    /// A worksheet takes 65,530 hyperlinks: these, and those of its own rows.
    private static let mostLinks = 65_500

    init(
        in file: WorkbookFile, named name: String, columns: [Column], currency: String?, charts: [ChartSpec] = []
    ) throws {
        guard (1...Int(LXW_COL_MAX)).contains(columns.count) else {
            throw Failure(.reportInvalid, "A sheet has 1 to \(LXW_COL_MAX) columns, “\(name)” has \(columns.count).")
        }
        self.columns = columns
        self.file = file
        self.name = name
        self.charts = charts.isEmpty ? nil : try ChartGatherer(charts, columns: columns, currency: currency)
        look = SheetLook(columns: columns)
        sums = TableSums(columns: columns, defaultCurrency: currency)
        formats = try SheetFormats(file.formats, columns: columns, currency: currency)
        parts = []
        try startPart()
    }

    /// Writes a row; throws `disk.full` when the temporary folder has no room for it.
    package func write(_ fields: UnsafeBufferPointer<FieldBytes?>) throws {
        guard fields.count == columns.count, finished == nil, file.handle != nil else {
            throw Failure(
                .internalError, "A row of \(fields.count) fields does not belong to this table, or it is finished.",
                at: .named("sheet \(name)"))
        }
        if parts[parts.count - 1].isFull(file.rowsPerSheet) { try startPart() }
        rows += 1
        parts[parts.count - 1].rows += 1
        let part = parts[parts.count - 1]
        let slot = try sums.add(fields, row: rows)
        let money = try formats.money(slot: slot, code: sums.codes.isEmpty ? nil : sums.codes[slot])
        for index in fields.indices {
            guard let field = fields[index], !field.isEmpty else { continue }
            look.measure(field, column: index, row: rows)
            try write(field, index, part, money)
        }
        try part.part.checkRowsKept()
        try charts?.write(fields)
    }

    /// The name of the table's first sheet.
    var sheetName: String { parts[0].part.name }

    /// Writes the totals; once, however often it is asked for.
    package func finish() throws -> WrittenTable {
        if let finished { return finished }
        var totals = self.totals
        let last = parts[parts.count - 1]
        if rows > 0, totals.rowCount > 0, Int(last.row) + totals.rowCount > Int(LXW_ROW_MAX) - 1 {
            try startPart()
        }
        totals.isEmpty = rows == 0
        for (index, part) in parts.enumerated() {
            let isLast = index == parts.count - 1
            try look.end(
                part, lastRow: part.row + UInt32(isLast ? totals.rowCount : 0),
                oneCurrency: sums.codes.count < 2, file)
            try file.define([name, "data"] + (index == 0 ? [] : ["\(index + 1)"]), as: part.reference(columns.count))
        }
        try totals.write(below: parts, of: name, in: file)
        let table = sums.table(rows: rows)
        finished = table
        return table
    }

    private var totals: SheetTotals { SheetTotals(columns: columns, sums: sums, formats: formats) }

    private func startPart() throws {
        let suffix = parts.isEmpty ? "" : " (\(parts.count + 1))"
        let sheet = try file.addPart(named: SheetName.clean(name, suffix: suffix))
        let part = FilledPart(
            part: sheet, brought: try parts.last.map { try totals.bringForward(from: $0, to: sheet) } ?? [])
        links = 0
        parts.append(part)
        try look.begin(part, formats: file.formats)
    }
}

/// A worksheet and the number of data rows on it, which begin below the header.
struct FilledPart {
    let part: SheetPart
    var rows = 0
    /// What was brought forward from the sheet before, above the header: the slot of a currency's sums, a row each.
    let brought: [Int]
    let headerRow: UInt32

    init(part: SheetPart, brought: [Int] = []) {
        self.part = part
        self.brought = brought
        headerRow = UInt32(brought.count)
    }

    /// The data rows, counted from 0; the row below the header where there are none.
    var rowRange: ClosedRange<UInt32> { (headerRow + 1)...(headerRow + UInt32(max(rows, 1))) }

    /// The row that was begun last.
    var row: UInt32 { headerRow + UInt32(rows) }

    /// True when `limit` rows stand below the first row of the sheet.
    func isFull(_ limit: Int) -> Bool { rows + Int(headerRow) >= limit }

    /// Header and rows, as names and links write them.
    func reference(_ columns: Int) -> String {
        let last = headerRow + UInt32(rows) + 1
        return SheetName.quoted(part.name) + "!$A$\(headerRow + 1):$\(columnLetters(columns - 1))$\(last)"
    }
}

extension SheetWriter {
    private func write(_ field: FieldBytes, _ index: Int, _ part: FilledPart, _ money: CellFormat?) throws {
        let column = columns[index]
        switch column.kind {
        case .text:
            try writeText(field, index, part)
        case .integer, .decimal, .rating:
            try writeNumber(CellValue.number(field), field, index, part, formats.columns[index])
        case .money:
            try writeNumber(CellValue.number(field), field, index, part, money)
        case .percent:
            try writeNumber(CellValue.number(field).map { $0 / 100 }, field, index, part, formats.columns[index])
        case .date:
            try writeNumber(CellValue.day(field), field, index, part, formats.columns[index])
        case .timestamp:
            try writeNumber(CellValue.moment(field), field, index, part, formats.columns[index])
        case .boolean:
            guard field.count == 1, field[0] == UInt8(ascii: "t") || field[0] == UInt8(ascii: "f") else {
                return try writeText(field, index, part)
            }
            let value: Int32 = field[0] == UInt8(ascii: "t") ? 1 : 0
            try part.part.check(
                worksheet_write_boolean(
                    part.part.worksheet, part.row, UInt16(index), value, formats.columns[index]))
        }
    }

    /// What is no number for Excel (`NaN`, `infinity`, an id of twenty digits) is shown as the text it is.
    private func writeNumber(
        _ value: Double?, _ field: FieldBytes, _ index: Int, _ part: FilledPart, _ format: CellFormat?
    ) throws {
        guard let value else { return try writeText(field, index, part) }
        try part.part.check(
            worksheet_write_number(part.part.worksheet, part.row, UInt16(index), value, format))
    }

    private func writeText(_ field: FieldBytes, _ index: Int, _ part: FilledPart) throws {
        let worksheet = part.part.worksheet
        if columns[index].link == .sheet, links < SheetWriter.mostLinks {
            links += 1
            let target = SheetName.clean(String(decoding: field, as: UTF8.self))
            let url = "internal:\(SheetName.quoted(target))!A1"
            return try text.withCString(field) { text in
                try part.part.check(
                    worksheet_write_url_opt(
                        worksheet, part.row, UInt16(index), url, formats.link, text, nil))
            }
        }
        try text.withCString(field) { text in
            try part.part.check(worksheet_write_string(worksheet, part.row, UInt16(index), text, nil))
        }
    }
}
