import FoundationEssentials
import Money
import Tabular

/// Draws a chart as inline SVG: colours come from the page's style, so that it is readable in the dark and on paper; its
/// words are text, its title and description what a screen reader tells.
struct ChartDrawing {
    private let data: ChartData
    /// Makes the ids of this drawing unlike those of others on the page.
    private let id: String
    private var parts: [String] = []

    private static let width = 640.0
    private static let classes = 8

    /// The chart with its figures as a table.
    static func draw(_ data: ChartData, id: String) -> PageContent.Drawing {
        var drawing = ChartDrawing(data, id: id)
        return .init(title: data.fullTitle, svg: drawing.svg(), note: data.note, table: table(data))
    }

    private init(_ data: ChartData, id: String) {
        self.data = data
        self.id = id
    }

    /// By series, then by category; what is missing counts as nothing in a drawing.
    private var values: [[Double]] {
        data.series.map { line in line.values.map { $0.flatMap { Double($0.description) } ?? 0 } }
    }

    private mutating func svg() -> String {
        // Pieces of a pie are hard to compare, and to read on a phone: they are bars here.
        let height = [.bar, .pie].contains(data.kind) ? bars() : columns()
        let title = Self.escaped(data.fullTitle)
        let description = Self.escaped(data.textAlternative)
        return """
            <svg viewBox="0 0 \(Int(Self.width)) \(Int(height))" role="img" aria-labelledby="\(id)t \(id)d">
            <title id="\(id)t">\(title)</title>
            <desc id="\(id)d">\(description)</desc>
            \(parts.joined(separator: "\n"))
            </svg>
            """
    }

    // MARK: Bars that lie, a row a category

    private mutating func bars() -> Double {
        let (labels, figures, bar) = (170.0, 90.0, 16.0)
        let top = legend()
        let scale = Scale(reach(values), from: labels, to: Self.width - figures)
        let inGroup = data.isStacked ? 1 : max(values.count, 1)
        let row = bar * Double(inGroup) + 8
        for (place, category) in data.categories.enumerated() {
            let y = top + row * Double(place)
            let middle = y + bar * Double(inGroup) / 2 + 4
            text(category, x: labels - 8, y: middle, anchor: "end", most: 26)
            var (positive, negative) = (0.0, 0.0)
            for (series, line) in values.enumerated() {
                let value = line[place]
                let start = data.isStacked ? (value < 0 ? negative : positive) : 0
                if value < 0 { negative += value } else { positive += value }
                let offset = data.isStacked ? 0 : bar * Double(series)
                rectangle(
                    x: scale.at(start), to: scale.at(start + value), y: y + offset, to: y + offset + bar - 2, series)
                if !data.isStacked {
                    text(short(value), x: max(scale.at(value), scale.at(0)) + 6, y: y + offset + 12, anchor: "start")
                }
            }
            if data.isStacked {
                text(short(positive + negative), x: scale.at(positive) + 6, y: middle, anchor: "start")
            }
        }
        let end = top + row * Double(data.categories.count)
        line(x: scale.at(0), to: scale.at(0), y: top - 4, to: end)
        return end + 6
    }

    // MARK: Columns and lines along an axis

    private mutating func columns() -> Double {
        let (left, bottom, height) = (70.0, 24.0, 260.0)
        let top = legend() + 6
        let scale = Scale(reach(values), from: height - bottom, to: top)
        for tick in scale.ticks {
            line(x: left, to: Self.width, y: scale.at(tick), to: scale.at(tick))
            text(short(tick), x: left - 8, y: scale.at(tick) + 4, anchor: "end", class: "soft")
        }
        let count = max(data.categories.count, 1)
        let step = (Self.width - left) / Double(count)
        // Labels that would run into each other are left out, counted from the newest.
        let every = max(1, Int((70 / step).rounded(.up)))
        for (place, category) in data.categories.enumerated() where (count - 1 - place).isMultiple(of: every) {
            text(
                category, x: left + step * (Double(place) + 0.5), y: height - 6, anchor: "middle", class: "soft",
                most: 14)
        }
        if data.kind == .line { lines(scale, left, step) } else { uprights(scale, left, step) }
        line(x: left, to: Self.width, y: scale.at(0), to: scale.at(0))
        return height
    }

    private mutating func uprights(_ scale: Scale, _ left: Double, _ step: Double) {
        let inGroup = data.isStacked ? 1 : max(values.count, 1)
        let wide = min(step * 0.8, 60) / Double(inGroup)
        for place in data.categories.indices {
            let middle = left + step * (Double(place) + 0.5)
            var (positive, negative) = (0.0, 0.0)
            for (series, line) in values.enumerated() {
                let value = line[place]
                let start = data.isStacked ? (value < 0 ? negative : positive) : 0
                if value < 0 { negative += value } else { positive += value }
                let x = middle - wide * Double(inGroup) / 2 + (data.isStacked ? 0 : wide * Double(series))
                rectangle(x: x, to: x + wide - 1, y: scale.at(start + value), to: scale.at(start), series)
            }
        }
    }

    private mutating func lines(_ scale: Scale, _ left: Double, _ step: Double) {
        for (series, line) in values.enumerated() {
            let points = line.enumerated().map { place, value in
                "\(Self.number(left + step * (Double(place) + 0.5))),\(Self.number(scale.at(value)))"
            }
            parts.append(
                "<polyline class=\"l\(series % Self.classes)\" points=\"\(points.joined(separator: " "))\"/>")
        }
    }

    // MARK: Pieces

    /// Names the series where there are several; answers where the drawing begins.
    private mutating func legend() -> Double {
        guard data.series.count > 1 else { return 6 }
        var (x, y) = (0.0, 0.0)
        for (index, series) in data.series.enumerated() {
            let wide = 26 + 6.8 * Double(min(series.name.count, 24))
            if x + wide > Self.width {
                x = 0
                y += 18
            }
            rectangle(x: x, to: x + 12, y: y + 2, to: y + 14, index)
            text(series.name, x: x + 17, y: y + 12, anchor: "start", most: 24)
            x += wide
        }
        return y + 28
    }

    private func reach(_ values: [[Double]]) -> ClosedRange<Double> {
        var (low, high) = (0.0, 0.0)
        for place in data.categories.indices {
            let column = values.map { $0[place] }
            let sums = (column.filter { $0 < 0 }.reduce(0, +), column.filter { $0 > 0 }.reduce(0, +))
            low = min(low, data.isStacked ? sums.0 : column.min() ?? 0)
            high = max(high, data.isStacked ? sums.1 : column.max() ?? 0)
        }
        return low...max(high, low == 0 ? 1 : 0)
    }

    private mutating func rectangle(x: Double, to x2: Double, y: Double, to y2: Double, _ series: Int) {
        let (left, wide) = (min(x, x2), abs(x2 - x))
        let (top, high) = (min(y, y2), abs(y2 - y))
        parts.append(
            "<rect class=\"s\(series % Self.classes)\" x=\"\(Self.number(left))\" y=\"\(Self.number(top))\" "
                + "width=\"\(Self.number(wide))\" height=\"\(Self.number(high))\"/>")
    }

    private mutating func line(x: Double, to x2: Double, y: Double, to y2: Double) {
        parts.append(
            "<line class=\"axis\" x1=\"\(Self.number(x))\" x2=\"\(Self.number(x2))\" y1=\"\(Self.number(y))\" "
                + "y2=\"\(Self.number(y2))\"/>")
    }

    private mutating func text(
        _ text: String, x: Double, y: Double, anchor: String, class name: String? = nil, most: Int = 40
    ) {
        let shown = text.count > most ? text.prefix(most - 1) + "…" : text[...]
        let look = name.map { " class=\"\($0)\"" } ?? ""
        parts.append(
            "<text\(look) x=\"\(Self.number(x))\" y=\"\(Self.number(y))\" text-anchor=\"\(anchor)\">"
                + "\(Self.escaped(String(shown)))</text>")
    }

    /// `12.3 M`: what fits beside a bar. The table below a chart has every digit.
    private func short(_ value: Double) -> String {
        let size = abs(value)
        let (unit, divisor) =
            size >= 1e9 ? (" bn", 1e9) : size >= 1e6 ? (" M", 1e6) : size >= 1e4 ? (" k", 1e3) : ("", 1.0)
        let scaled = size / divisor
        let tenths = Int((scaled * 10).rounded())
        let digits =
            divisor == 1 && tenths.isMultiple(of: 10) || scaled >= 100
            ? PageText.grouped("\(Int(scaled.rounded()))") : "\(PageText.grouped("\(tenths / 10)")).\(tenths % 10)"
        return (value < 0 ? "−" : "") + digits + unit
    }

    /// Two decimals at most, so that the same figures draw the same bytes.
    private static func number(_ value: Double) -> String {
        let hundredths = Int((value * 100).rounded())
        let (whole, part) = (abs(hundredths) / 100, abs(hundredths) % 100)
        let sign = hundredths < 0 ? "-" : ""
        return part == 0 ? "\(sign)\(whole)" : "\(sign)\(whole).\(part < 10 ? "0" : "")\(part)"
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
            .replacing("\"", with: "&quot;")
    }

    private static func table(_ data: ChartData) -> PageContent.Table {
        .init(
            caption: data.fullTitle,
            headings: [.init(text: data.categoryHeading, isNumeric: false)]
                + data.series.map { .init(text: $0.name, isNumeric: true) },
            rows: data.categories.enumerated().map { place, category in
                .init(
                    cells: [.init(category)]
                        + data.series.map { series in
                            let plain = series.values[place]?.description ?? ""
                            return .init(PageText.grouped(plain), look: plain.hasPrefix("-") ? ["n", "neg"] : ["n"])
                        })
            })
    }
}

/// From figures to places, with round figures for its marks.
private struct Scale {
    private let low: Double
    private let high: Double
    private let from: Double
    private let to: Double
    let ticks: [Double]

    init(_ reach: ClosedRange<Double>, from: Double, to: Double) {
        let span = max(reach.upperBound - reach.lowerBound, 1e-9)
        var step = 1e-9
        // 1, 2, 5, 10, 20, …: the first that needs at most five marks.
        var factors = [2.0, 2.5, 2.0]
        while span / step > 5 {
            step *= factors[0]
            factors.append(factors.removeFirst())
        }
        let first = (reach.lowerBound / step).rounded(.down)
        let last = (reach.upperBound / step).rounded(.up)
        low = first * step
        high = last * step
        ticks = stride(from: first, through: last, by: 1).map { $0 * step }
        self.from = from
        self.to = to
    }

    func at(_ value: Double) -> Double { from + (value - low) / (high - low) * (to - from) }
}
