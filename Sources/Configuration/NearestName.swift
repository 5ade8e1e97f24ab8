/// Finds what somebody meant: the known name that is nearest to the one written.
package enum NearestName {
    /// “Did you mean …?”, where a name is near enough to be meant.
    package static func advice(for name: String, among known: [String]) -> String? {
        let scored = known.map { (distance(name.lowercased(), $0.lowercased()), $0) }.sorted { $0.0 < $1.0 }
        guard let (steps, best) = scored.first, steps <= max(2, name.count / 3) else { return nil }
        return "Did you mean “\(best)”?"
    }

    /// Levenshtein's distance, in characters.
    private static func distance(_ left: String, _ right: String) -> Int {
        let right = Array(right)
        var row = Array(0...right.count)
        for (i, character) in left.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for j in right.indices {
                let cost = character == right[j] ? diagonal : diagonal + 1
                diagonal = row[j + 1]
                row[j + 1] = min(cost, row[j] + 1, diagonal + 1)
            }
        }
        return row[right.count]
    }
}
