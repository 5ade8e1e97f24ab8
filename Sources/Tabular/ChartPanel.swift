import Money

/// The sums of one chart in one currency: by category and series.
struct ChartPanel {
    private let keep: ChartSpec.Keep
    private let isDates: Bool
    /// In the order in which they came.
    private var series: [String]
    private var categories: [String: Entry] = [:]
    private var others = Entry(order: .max)
    private var hasOthers = false
    private var hasLeftOut = false
    private var seen = 0

    static let others = "others"
    /// Kept while rows pass: more than is drawn, so that the largest of them can be found.
    private static let mostCategories = 1_000
    private static let mostSeries = 24

    private struct Entry {
        let order: Int
        /// By series; nil where nothing was added.
        var sums: [ExactSum?] = []

        mutating func add(_ number: ExactDecimal, series: Int) -> Bool {
            if sums.count <= series { sums.append(contentsOf: repeatElement(nil, count: series + 1 - sums.count)) }
            var sum = sums[series] ?? ExactSum()
            guard sum.add(number) else { return false }
            sums[series] = sum
            return true
        }

        mutating func add(_ other: Entry) -> Bool {
            for (index, sum) in other.sums.enumerated() {
                if let sum, !add(sum.value, series: index) { return false }
            }
            return true
        }

        /// How large it is drawn: all series together, whatever their signs.
        var size: ExactDecimal {
            var size = ExactSum()
            for sum in sums { if let sum { _ = size.add(sum.value.magnitude) } }
            return size.value
        }
    }

    /// `series` are those that stand first, in their order, if they have figures.
    init(_ keep: ChartSpec.Keep, isDates: Bool, series: [String]) {
        self.series = series
        self.keep = keep
        self.isDates = isDates
    }

    /// Adds a figure; false when the sum has more than 38 digits.
    mutating func add(_ number: ExactDecimal, category: String, series name: String) -> Bool {
        let position = position(ofSeries: name)
        if categories[category] == nil {
            seen += 1
            if categories.count == Self.mostCategories, !makeRoom(for: category) {
                if isDates { return true }
                hasOthers = true
                return others.add(number, series: position)
            }
        }
        return categories[category, default: Entry(order: seen)].add(number, series: position)
    }

    /// The series beyond the last that has a place are one.
    private mutating func position(ofSeries name: String) -> Int {
        if let known = series.firstIndex(of: name) { return known }
        guard series.count < Self.mostSeries else { return series.count - 1 }
        series.append(series.count == Self.mostSeries - 1 ? Self.others : name)
        return series.count - 1
    }

    /// Of dates the earliest goes, or the latest where the first ones are kept.
    private mutating func makeRoom(for category: String) -> Bool {
        guard isDates else { return false }
        hasLeftOut = true
        if case .first = keep {
            guard let last = categories.keys.max(), category < last else { return false }
            categories[last] = nil
        } else {
            guard let first = categories.keys.min(), category > first else { return false }
            categories[first] = nil
        }
        return true
    }

    /// Puts in categories, series and note; false when a sum has more than 38 digits.
    func fill(_ data: inout ChartData) -> Bool {
        var notes: [String] = []
        var (rows, rest, restIsFirst) = chosen()
        if isDates {
            if hasLeftOut || !rest.isEmpty {
                notes.append(restIsFirst ? "The last \(rows.count) only." : "The first \(rows.count) only.")
            }
            let areMonths = rows.allSatisfy { $0.key.count == 10 && $0.key.hasSuffix("-01") }
            data.categories = rows.map { areMonths ? String($0.key.dropLast(3)) : $0.key }
        } else {
            if hasOthers || !rest.isEmpty {
                var sum = others
                for entry in rest { if !sum.add(entry.value) { return false } }
                rows.insert((Self.others, sum), at: restIsFirst ? 0 : rows.count)
                notes.append("What has no place of its own is summed as others.")
            }
            data.categories = rows.map(\.key)
        }
        guard let lines = lines(rows.map(\.value)) else { return false }
        data.series = lines
        data.note = notes.joined(separator: " ")
        return true
    }

    /// What is drawn in its order, what is not, and whether that comes before.
    private func chosen() -> (rows: [(key: String, value: Entry)], rest: [(key: String, value: Entry)], Bool) {
        let all = categories.sorted { isDates ? $0.key < $1.key : $0.value.order < $1.value.order }
        // “others” takes a place as well.
        let most = isDates ? ChartSpec.mostCategories : ChartSpec.mostCategories - 1
        switch keep {
        case .all where isDates:
            return (Array(all.suffix(most)), Array(all.dropLast(most)), true)
        case .all:
            let count = all.count == ChartSpec.mostCategories && !hasOthers ? all.count : most
            return (Array(all.prefix(count)), Array(all.dropFirst(count)), false)
        case .first(let count):
            return (Array(all.prefix(min(count, most))), Array(all.dropFirst(min(count, most))), false)
        case .last(let count):
            return (Array(all.suffix(min(count, most))), Array(all.dropLast(min(count, most))), true)
        case .largest(let count):
            let bySize = all.sorted { $1.value.size.isLess(than: $0.value.size) }
            return (Array(bySize.prefix(min(count, most))), Array(bySize.dropFirst(min(count, most))), false)
        }
    }

    private func lines(_ entries: [Entry]) -> [ChartData.Series]? {
        var lines = series.enumerated().map { index, name in
            ChartData.Series(
                name: name,
                values: entries.map { $0.sums.indices.contains(index) ? $0.sums[index]?.value : nil })
        }
        lines.removeAll { $0.values.allSatisfy { $0 == nil } }
        guard lines.count > ChartSpec.mostSeries else { return lines }
        var sums = [ExactSum?](repeating: nil, count: entries.count)
        for line in lines[(ChartSpec.mostSeries - 1)...] {
            for (index, value) in line.values.enumerated() {
                guard let value else { continue }
                var sum = sums[index] ?? ExactSum()
                guard sum.add(value) else { return nil }
                sums[index] = sum
            }
        }
        lines.removeSubrange((ChartSpec.mostSeries - 1)...)
        lines.append(.init(name: Self.others, values: sums.map { $0?.value }))
        return lines
    }
}
