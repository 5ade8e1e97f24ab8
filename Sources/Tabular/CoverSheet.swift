import CLibXLSXWriter
import Diagnostics
import Money

/// The first sheet of a pack: what it is, the figures that matter, and links to the sheets.
package final class CoverSheet {
    private let file: WorkbookFile
    private let part: SheetPart
    private var row: UInt32 = 0
    private var isFilled = false

    init(in file: WorkbookFile, part: SheetPart) {
        self.file = file
        self.part = part
    }

    /// Writes the cover, once.
    package func fill(_ content: CoverContent) throws {
        guard !isFilled, file.handle != nil else {
            throw Failure(.internalError, "The cover is filled, or its workbook closed.")
        }
        isFilled = true
        let sheet = part.worksheet
        worksheet_gridlines(sheet, UInt8(LXW_HIDE_ALL_GRIDLINES.rawValue))
        worksheet_set_paper(sheet, 9)  // A4
        worksheet_fit_to_pages(sheet, 1, 0)
        try part.check(worksheet_set_footer(sheet, "&L&A&RPage &P of &N"))
        for (column, width) in [34.0, 26.0, 70.0].enumerated() {
            try part.check(worksheet_set_column(sheet, UInt16(column), UInt16(column), width, nil))
        }
        try cell(0, file.formats.coverTitle()).write(text: content.title)
        row += 1
        try cell(0, file.formats.coverNote()).write(text: content.subtitle)
        for section in content.sections {
            row += 2
            for column in 0..<3 {
                try cell(UInt16(column), file.formats.coverHeading()).write(text: column == 0 ? section.heading : "")
            }
            for line in section.lines {
                row += 1
                try write(line)
            }
        }
        try part.checkRowsKept()
    }

    /// How many characters of a remark fit beside a figure before it goes on below.
    private static let remarkWidth = 82

    private func write(_ line: CoverContent.Line) throws {
        let lines = (line.note.count + Self.remarkWidth - 1) / Self.remarkWidth
        // LibreOffice fits no row to wrapped text by itself.
        if lines > 1 { try part.check(worksheet_set_row(part.worksheet, row, 15 * Double(lines), nil)) }
        if let sheet = line.sheet {
            try cell(0, file.formats.link()).write(text: line.label, linkTo: sheet)
        } else {
            try cell(0, file.formats.coverLabel()).write(text: line.label)
        }
        try write(line.value, line.isGood)
        if !line.note.isEmpty { try cell(2, file.formats.coverRemark()).write(text: line.note) }
    }

    private func write(_ value: CoverContent.Value, _ isGood: Bool?) throws {
        let formats = file.formats
        switch value {
        case .none:
            break
        case .text(let text):
            try cell(1, formats.coverValue(nil, isGood: isGood)).write(text: text)
        case .integer(let integer):
            try cell(1, formats.coverValue("#,##0", isGood: isGood)).write(number: Double(integer))
        case .money(let plain, let currency):
            guard let decimal = ExactDecimal(plain) else {
                throw Failure(.moneyInvalid, "“\(plain)” is not an amount of money.", at: .named("cover"))
            }
            let figure = WorkbookFormats.money(exponent: Currency.exponent(of: currency) ?? decimal.scale)
            let code = currency.filter { $0.isLetter || $0.isNumber }
            let pattern = figure.split(separator: ";").map { part in
                part.hasPrefix("[Red]") ? "[Red]\"\(code) \"" + part.dropFirst(5) : "\"\(code) \"" + part
            }
            try cell(1, formats.coverValue(pattern.joined(separator: ";"), isGood: isGood))
                .write(number: CellValue.approximately(decimal))
        case .date(let text):
            let day = Array(text.utf8).withUnsafeBytes { CellValue.day($0) }
            guard let day else { return try cell(1, formats.coverValue(nil, isGood: isGood)).write(text: text) }
            try cell(1, formats.coverValue("yyyy-mm-dd", isGood: isGood)).write(number: day)
        }
    }

    private func cell(_ column: UInt16, _ format: CellFormat?) -> Cell {
        Cell(part: part, row: row, column: column, format: format)
    }
}
