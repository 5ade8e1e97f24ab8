/// A file below `expected/` of a month (docs/month-end.md).
enum MonthPage: String, CaseIterable {
    case breaks, buckets, bridge

    /// How many columns, from the left, say what a row is about; the rest is what it comes to.
    private var keyColumns: Int {
        switch self {
        case .breaks: 2
        case .buckets: 6
        case .bridge: 3
        }
    }

    /// What differs between the rows on paper and those that were found, each row as often as it stands there. A row
    /// that differs only in what it comes to is told in one line.
    func differences(paper: [String], found: [String]) -> [String] {
        let missing = Self.rest(of: paper, without: found)
        var surplus = Self.rest(of: found, without: paper)
        var differences: [String] = []
        for row in missing {
            let twin = surplus.firstIndex { key(of: $0) == key(of: row) }.map { surplus.remove(at: $0) }
            differences.append("expected \(row) / found \(twin ?? "nothing")")
        }
        return differences + surplus.map { "expected nothing / found \($0)" }
    }

    private func key(of row: String) -> [Substring] {
        Array(row.split(separator: ",", omittingEmptySubsequences: false).prefix(keyColumns))
    }

    /// The sorted rows, less one for each equal row of the other list.
    private static func rest(of rows: [String], without others: [String]) -> [String] {
        var counts = Dictionary(others.map { ($0, 1) }, uniquingKeysWith: +)
        return rows.sorted().filter { row in
            guard let count = counts[row], count > 0 else { return true }
            counts[row] = count - 1
            return false
        }
    }
}
