import CLibXLSXWriter

/// How a sheet prints, so that it can be read: as wide as one page of A4, or of A3, if that leaves the letters large
/// enough; otherwise on several pages of A3 across, each with the columns that say which row it is.
struct SheetPrint {
    /// In characters.
    let widths: [Double]
    let headline: String

    /// Points of landscape pages within margins of half an inch.
    private static let a4 = 842.0 - 72
    private static let a3 = 1191.0 - 72
    /// Smaller than this part of their size, letters of 11 points aren't read any more.
    private static let legible = 0.6
    /// The scale of sheets on several pages across.
    private static let percent: UInt16 = 66

    private var points: Double { widths.reduce(0) { $0 + SheetLook.pixels($1) } * 0.75 }

    /// True when the columns need several pages across.
    var isWide: Bool { points * Self.legible > Self.a3 }

    /// How many columns say which row it is: those of the first 30 characters, at most four.
    var keyColumns: Int {
        var count = 0
        var characters = 0.0
        while count < min(4, widths.count - 1), characters < 30 {
            characters += widths[count]
            count += 1
        }
        return characters > 90 ? 1 : count
    }

    /// Sets up a sheet whose header stands in `headerRow`, and whose last row is `lastRow`.
    func apply(to part: SheetPart, headerRow: UInt32, lastRow: UInt32) throws {
        let sheet = part.worksheet
        worksheet_set_landscape(sheet)
        worksheet_set_margins(sheet, 0.5, 0.5, 0.75, 0.75)
        worksheet_set_paper(sheet, points * Self.legible > Self.a4 ? 8 : 9)  // A3, A4
        try part.check(worksheet_repeat_rows(sheet, 0, headerRow))
        if isWide {
            // Not fitted: fitted to a page, 35 columns would be specks.
            worksheet_set_print_scale(sheet, Self.percent)
            worksheet_print_across(sheet)
            try part.check(worksheet_repeat_columns(sheet, 0, UInt16(keyColumns - 1)))
            worksheet_freeze_panes(sheet, headerRow + 1, UInt16(keyColumns))
        } else {
            worksheet_fit_to_pages(sheet, 1, 0)
        }
        try part.check(worksheet_print_area(sheet, 0, 0, lastRow, UInt16(widths.count - 1)))
        try part.check(worksheet_set_header(sheet, headline))
        try part.check(worksheet_set_footer(sheet, "&L&A&RPage &P of &N"))
    }

    /// What stands above each page: the workbook on the left, its day on the right.
    static func headline(title: String, day: String) -> String {
        // An ampersand begins an instruction; 255 characters are taken.
        let title = String(title.prefix(100)).split(separator: "&", omittingEmptySubsequences: false)
        return "&L&\"-,Bold\"\(title.joined(separator: "&&"))&R\(day)"
    }
}
