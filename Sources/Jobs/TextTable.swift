import Foundation

/// A small table for people: left-aligned words, right-aligned numbers.
package struct TextTable: Sendable {
    package enum Alignment: Sendable { case left, right }

    private let headings: [String]
    private let alignments: [Alignment]
    private var rows: [[String]] = []

    package init(_ columns: [(String, Alignment)]) {
        headings = columns.map(\.0)
        alignments = columns.map(\.1)
    }

    package var isEmpty: Bool { rows.isEmpty }

    package mutating func add(_ cells: [String]) { rows.append(cells) }

    /// The lines, indented, without trailing blanks.
    package func text(_ style: TextStyle = .plain, indent: Int = 2) -> String {
        let widths = headings.indices.map { column in
            ([headings] + rows).map { $0[column].count }.max() ?? 0
        }
        func line(_ cells: [String]) -> String {
            let padded = cells.indices.map { column in
                let space = String(repeating: " ", count: widths[column] - cells[column].count)
                return alignments[column] == .left ? cells[column] + space : space + cells[column]
            }
            let text = String(repeating: " ", count: indent) + padded.joined(separator: "  ")
            return String(text.reversed().drop { $0 == " " }.reversed())
        }
        return ([style.faint(line(headings))] + rows.map(line)).joined(separator: "\n")
    }
}

/// Numbers for people.
package enum Figures {
    /// `1,234,567`.
    package static func grouped(_ value: Int64) -> String { grouped("\(value)") }

    /// Groups the whole part of a plain decimal: `-1,234,567.50`.
    package static func grouped(_ plain: String) -> String {
        let sign = plain.hasPrefix("-") ? "-" : ""
        let parts = plain.drop { $0 == "-" }.split(separator: ".", maxSplits: 1)
        let digits = Array(parts.first ?? "0")
        var whole = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index) % 3 == 0 { whole.append(",") }
            whole.append(digit)
        }
        return sign + whole + (parts.count > 1 ? "." + parts[1] : "")
    }

    /// `0.4 s`, `12 s`, `3 min 20 s`.
    package static func time(_ seconds: Double) -> String {
        if seconds < 10 { return String(format: "%.1f s", seconds) }
        if seconds < 120 { return "\(Int(seconds.rounded())) s" }
        return "\(Int(seconds) / 60) min \(Int(seconds) % 60) s"
    }

    /// `1 file`, `2 files`.
    package static func counted(_ count: Int64, _ one: String, _ many: String) -> String {
        "\(grouped(count)) \(count == 1 ? one : many)"
    }
}
