/// What the cells of a column are: it decides their format, whether they can be summed, and what is safe to write.
package enum CellKind: String, Sendable, CaseIterable {
    case text
    case integer
    /// A plain decimal in major units; its decimals follow the row's currency.
    case money
    /// Any other number with decimals.
    case decimal
    /// Per cent: the field `12.5` means 12.5 %.
    case percent
    /// A rating of 1.0 to 5.0, or its average.
    case rating
    /// `2026-06-30`, in business time.
    case date
    /// `2026-06-30 19:00:00`, in business time; a zone after it is not shown in a workbook.
    case timestamp
    /// PostgreSQL's `t` and `f`; files show `true` and `false`.
    case boolean

    /// True when fields are numbers: never quoted, never guarded, right-aligned.
    package var isNumeric: Bool {
        switch self {
        case .integer, .money, .decimal, .percent, .rating: true
        case .text, .date, .timestamp, .boolean: false
        }
    }
}

/// What stands below a column in a workbook's totals row.
package enum ColumnTotal: String, Sendable {
    case none
    case sum
    case count
}

/// How a column's cells draw the eye in a workbook.
package enum ConditionalFormat: String, Sendable {
    case none
    /// Green for `pass`, `agreed` and true; red for `fail`, false, and numbers other than zero.
    case flag
    case dataBar = "data-bar"
    /// A two-colour scale from the lowest to the highest value.
    case scale
}

/// Where a click on a cell leads.
package enum CellLink: String, Sendable {
    case none
    /// The cell's text is the name of a sheet of the same workbook.
    case sheet
}

/// One column of a table: its name in files, its heading for people, and what its cells are.
package struct Column: Sendable, Equatable {
    /// The name in the SELECT, and in a CSV file's header.
    package var name: String
    /// The heading in a workbook.
    package var heading: String
    package var kind: CellKind
    /// In characters; nil derives it from the heading and the first rows.
    package var width: Double?
    package var total: ColumnTotal
    package var conditional: ConditionalFormat
    package var link: CellLink
    /// True for the one column that names the currency (ISO 4217) of the row's money.
    package var isCurrency: Bool

    package init(
        _ name: String, heading: String? = nil, kind: CellKind = .text, width: Double? = nil,
        total: ColumnTotal = .none, conditional: ConditionalFormat = .none, link: CellLink = .none,
        isCurrency: Bool = false
    ) {
        self.name = name
        self.heading = heading ?? name
        self.kind = kind
        self.width = width
        self.total = total
        self.conditional = conditional
        self.link = link
        self.isCurrency = isCurrency
    }
}
