import Diagnostics
import Money

/// The formats of one table's cells: one for each column, and for money one for each currency's decimals.
struct SheetFormats {
    /// By column; nil for text. Money columns have that of the default currency.
    let columns: [CellFormat?]
    let link: CellFormat
    let workbook: WorkbookFormats
    private let definitions: [Column]
    private let defaultExponent: Int
    private var moneyBySlot: [CellFormat?] = []
    private(set) var exponentBySlot: [Int] = []
    private let moneyColumn: Int?

    init(_ workbook: WorkbookFormats, columns: [Column], currency: String?) throws {
        self.workbook = workbook
        definitions = columns
        let exponent = currency.flatMap { Currency.exponent(of: $0) } ?? 2
        defaultExponent = exponent
        self.columns = try columns.map { try workbook.cell($0, exponent: exponent) }
        link = try workbook.link()
        moneyColumn = columns.firstIndex { $0.kind == .money }
    }

    /// The format of money in the currency of a slot of `TableSums`; nil where the table has no money.
    mutating func money(slot: Int, code: String?) throws -> CellFormat? {
        guard let moneyColumn, let code else { return nil }
        if slot < moneyBySlot.count { return moneyBySlot[slot] }
        // Slots are numbered as they appear: this one is new.
        let exponent = Currency.exponent(of: code) ?? defaultExponent
        let format = try workbook.cell(definitions[moneyColumn], exponent: exponent)
        moneyBySlot.append(format)
        exponentBySlot.append(exponent)
        return format
    }

    /// The decimals of a slot's currency.
    func exponent(slot: Int) -> Int { slot < exponentBySlot.count ? exponentBySlot[slot] : defaultExponent }
}
