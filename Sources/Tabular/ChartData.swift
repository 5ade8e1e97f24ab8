package import Money

/// The figures of one chart, exact, in one currency or in none.
package struct ChartData: Sendable, Equatable {
    package var title: String
    package var kind: ChartKind
    package var isStacked: Bool
    /// What the figures are: `money`, `integer` or `decimal`.
    package var unit: CellKind
    /// The currency of all figures; nil where they are no money.
    package var currency: String?
    /// The heading of the column that the categories are from.
    package var categoryHeading: String
    /// Labels, in the order of the axis.
    package var categories: [String]
    package var series: [Series]
    /// What is not drawn, or drawn together; empty when everything is.
    package var note: String

    /// One line, or one colour of columns: a figure for each category; nil is none.
    package struct Series: Sendable, Equatable {
        package var name: String
        package var values: [ExactDecimal?]
    }

    /// The title, with the currency.
    package var fullTitle: String { currency.map { $0.isEmpty ? title : "\(title), \($0)" } ?? title }

    /// How high it is drawn, in rows of 20 pixels: lying bars need a row each.
    var rows: Int { kind == .bar ? max(16, categories.count + 6) : 16 }

    /// The chart in words, for those who don't see it.
    package var textAlternative: String {
        let shape =
            switch kind {
            case .column: "Columns"
            case .bar: "Bars"
            case .line: "Lines"
            case .pie: "Pie"
            }
        var text = "\(shape): \(fullTitle)."
        if let first = categories.first, let last = categories.last, categories.count > 1 {
            text += " \(categories.count) categories, \(first) to \(last)."
        }
        for line in series.prefix(3) {
            let figures = zip(categories, line.values).compactMap { label, value in value.map { (label, $0) } }
            guard let high = figures.max(by: { $0.1.isLess(than: $1.1) }),
                let low = figures.min(by: { $0.1.isLess(than: $1.1) })
            else { continue }
            text += " \(line.name): highest \(high.1) (\(high.0)), lowest \(low.1) (\(low.0))."
        }
        return series.count > 3 ? text + " And \(series.count - 3) series more." : text
    }
}

extension ExactDecimal {
    /// For finding the largest; beyond 38 digits of a common scale it compares roughly.
    func isLess(than other: ExactDecimal) -> Bool {
        let common = max(scale, other.scale)
        if let left = units(atScale: common), let right = other.units(atScale: common) { return left < right }
        return CellValue.approximately(self) < CellValue.approximately(other)
    }

    var magnitude: ExactDecimal { ExactDecimal(units: units < 0 ? -units : units, scale: scale) }
}

/// The charts of one `ChartSpec`: one, or one a currency; none of nothing but zeros.
package struct ChartSection: Sendable, Equatable {
    package var title: String
    package var charts: [ChartData]
}
