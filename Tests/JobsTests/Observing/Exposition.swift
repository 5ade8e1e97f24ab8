import Foundation

/// A strict reader of the text format that Prometheus scrapes: what it doesn't know, it refuses.
struct Exposition: Equatable {
    struct Malformed: Error, CustomStringConvertible {
        let line: Int
        let what: String
        var description: String { "line \(line): \(what)" }
    }

    /// Series → value: `mainspring_run_rows{job="nightly",kind="read"}`.
    private(set) var values: [String: Double] = [:]
    private(set) var families: [String] = []

    /// One family after the other: HELP, TYPE, then its series; a line end after the last line; no series twice.
    init(_ text: String) throws {
        guard text.hasSuffix("\n") else { throw Malformed(line: 0, what: "no line end at the end") }
        var helped: String?
        var family: String?
        for (index, line) in text.dropLast().split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            func fail(_ what: String) -> Malformed { Malformed(line: index + 1, what: what) }
            if let match = line.wholeMatch(of: /# HELP ([a-zA-Z_:][a-zA-Z0-9_:]*) (\S.*)/) {
                guard !families.contains(String(match.1)) else { throw fail("\(match.1) twice") }
                helped = String(match.1)
                family = nil
            } else if let match = line.wholeMatch(of: /# TYPE ([a-zA-Z_:][a-zA-Z0-9_:]*) (gauge|counter)/) {
                guard helped == String(match.1) else { throw fail("TYPE without its HELP") }
                family = helped
                families.append(String(match.1))
            } else if let match = line.wholeMatch(
                of: /([a-zA-Z_:][a-zA-Z0-9_:]*)(\{(?:[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\["\\n])*",?)*\})? (\S+)/)
            {
                guard family == String(match.1) else { throw fail("a series of another family") }
                guard let value = Double(match.3) else { throw fail("no number") }
                guard match.2?.hasSuffix(",}") != true else { throw fail("a comma too many") }
                let series = "\(match.1)\(match.2 ?? "")"
                guard values.updateValue(value, forKey: series) == nil else { throw fail("\(series) twice") }
            } else {
                throw fail("neither HELP, TYPE nor a series: \(line)")
            }
        }
    }
}
