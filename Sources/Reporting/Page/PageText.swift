import Money
import Tabular

/// How a page writes a field: digits in groups, a true minus, `yes` and `no`.
enum PageText {
    static func cell(_ field: FieldBytes?, _ column: Column) -> PageContent.Table.Cell {
        let isNumeric = column.kind.isNumeric
        guard let field else { return .init("", look: isNumeric ? ["n"] : []) }
        let plain = String(decoding: field, as: UTF8.self)
        var look: [String] = []
        if isNumeric { look.append("n") }
        if isNumeric, plain.hasPrefix("-") { look.append("neg") }
        if plain.count > 60 { look.append("long") }
        if column.conditional == .flag {
            if ["pass", "agreed", "ok", "t"].contains(plain) { look.append("good") }
            let isOff = isNumeric && plain.contains { "123456789".contains($0) }
            if isOff || ["fail", "failed", "f"].contains(plain) { look.append("bad") }
        }
        return .init(text(plain, column), look: look)
    }

    private static func text(_ plain: String, _ column: Column) -> String {
        switch column.kind {
        // An id is a name, and is not read as a quantity.
        case .integer where column.name.hasSuffix("_id") || column.name.hasSuffix("_no"): plain
        case .money, .decimal, .integer, .rating: grouped(plain)
        case .percent: grouped(plain) + " %"
        case .boolean: plain == "t" ? "yes" : "no"
        case .text, .date, .timestamp: plain
        }
    }

    /// `-1234567.80` is `−1,234,567.80`; what is no plain number stays as it is.
    static func grouped(_ plain: String) -> String {
        let isNegative = plain.hasPrefix("-")
        let body = isNegative ? plain.dropFirst() : plain[...]
        let parts = body.split(separator: ".", omittingEmptySubsequences: false)
        guard let whole = parts.first, !whole.isEmpty, whole.allSatisfy(\.isWholeNumber) else { return plain }
        var digits = ""
        for (index, digit) in whole.enumerated() {
            if index > 0, (whole.count - index).isMultiple(of: 3) { digits.append(",") }
            digits.append(digit)
        }
        return (isNegative ? "−" : "") + digits + (parts.count > 1 ? "." + parts[1] : "")
    }

    /// `12.3 MB`: for people, who know thousands.
    static func size(_ bytes: Int) -> String {
        let units = ["bytes", "kB", "MB", "GB"]
        var value = Double(bytes)
        var unit = 0
        while value >= 1000, unit < units.count - 1 {
            value /= 1000
            unit += 1
        }
        guard unit > 0 else { return "\(bytes) \(units[0])" }
        let tenths = Int((value * 10).rounded())
        return value < 10 ? "\(tenths / 10).\(tenths % 10) \(units[unit])" : "\(Int(value.rounded())) \(units[unit])"
    }

    /// The value of a line on a cover.
    static func value(_ value: CoverContent.Value) -> (text: String, isNegative: Bool) {
        switch value {
        case .none: ("", false)
        case .text(let text), .date(let text): (text, false)
        case .integer(let number): (grouped("\(number)"), number < 0)
        case .money(let plain, let currency): ("\(currency) \(grouped(plain))", plain.hasPrefix("-"))
        }
    }
}
