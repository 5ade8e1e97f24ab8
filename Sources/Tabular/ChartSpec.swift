/// How a chart draws its figures.
package enum ChartKind: String, Sendable, CaseIterable {
    case column
    case bar
    case line
    case pie
}

/// A chart over the rows of a table, by the names of its columns (docs/adding-a-report.md, “Charts”).
///
/// Rows of one category are added up. Where the series are money there is a chart a currency: two never share an axis.
package struct ChartSpec: Sendable, Equatable {
    package var title: String
    package var kind: ChartKind
    /// The column whose values stand along the axis, or are the pieces of the pie.
    package var category: String
    /// The columns that are drawn: all of money, or none.
    package var series: [String]
    /// Makes a series of each value of this column.
    package var split: String?
    package var keep: Keep
    /// Series stand on each other, not side by side.
    package var isStacked: Bool

    package init(
        title: String, kind: ChartKind, category: String, series: [String], split: String? = nil, keep: Keep = .all,
        isStacked: Bool = false
    ) {
        self.title = title
        self.kind = kind
        self.category = category
        self.series = series
        self.split = split
        self.keep = keep
        self.isStacked = isStacked
    }

    /// Which categories stay.
    package enum Keep: Sendable, Equatable {
        case all
        case first(Int)
        case last(Int)
        /// Those with the largest figures, largest first.
        case largest(Int)
    }

    /// A chart has no more categories; the rest is summed as “others”, or left out where categories are dates.
    package static let mostCategories = 60
    /// A chart has no more series; the rest is summed as “others”.
    package static let mostSeries = 12
    /// No more currencies have a chart of their own.
    package static let mostCurrencies = 6
}
