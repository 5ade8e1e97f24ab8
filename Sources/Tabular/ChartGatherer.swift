package import Diagnostics
import Money

/// Gathers the figures of charts while a table's rows pass by, in bounded memory.
package final class ChartGatherer: RowWriter {
    package let columns: [Column]
    private var panels: [ChartPanels]
    private var rows = 0

    /// `currency` is what money is in where no column says so; its chart comes first.
    package init(_ charts: [ChartSpec], columns: [Column], currency: String?) throws(Failure) {
        self.columns = columns
        var panels: [ChartPanels] = []
        for chart in charts { panels.append(try ChartPanels(chart, columns: columns, currency: currency)) }
        self.panels = panels
    }

    package func write(_ fields: UnsafeBufferPointer<FieldBytes?>) throws {
        rows += 1
        for index in panels.indices { try panels[index].add(fields, row: rows) }
    }

    /// Sums are kept by whoever writes the rows for people.
    package func finish() throws -> WrittenTable { WrittenTable(rows: rows, sums: []) }

    /// The charts of what has passed so far.
    package func sections() throws -> [ChartSection] { try panels.map { try $0.section() } }
}

/// One chart's figures, apart by currency where they are money.
struct ChartPanels {
    private let chart: ChartSpec
    private let columns: [Column]
    private let category: Int
    private let series: [Int]
    private let split: Int?
    private let currencyColumn: Int?
    private let isMoney: Bool
    private let defaultCurrency: String
    private var byCurrency: [String: ChartPanel] = [:]
    private var leftOutCurrencies: Set<String> = []

    /// Currencies that are kept while rows pass; more than that are only counted.
    private static let mostPanels = 12

    init(_ chart: ChartSpec, columns: [Column], currency: String?) throws(Failure) {
        func position(_ name: String) throws(Failure) -> Int {
            guard let index = columns.firstIndex(where: { $0.name == name }) else {
                throw Failure(.internalError, "The chart “\(chart.title)” is over “\(name)”, which is no column.")
            }
            return index
        }
        self.chart = chart
        self.columns = columns
        category = try position(chart.category)
        var series: [Int] = []
        for name in chart.series { series.append(try position(name)) }
        self.series = series
        isMoney = series.contains { columns[$0].kind == .money }
        currencyColumn = isMoney ? columns.firstIndex(where: \.isCurrency) : nil
        var split: Int?
        // Money is apart by currency in any case.
        if let name = chart.split, let index = try Optional(position(name)), index != currencyColumn { split = index }
        self.split = split
        defaultCurrency = currency ?? ""
    }

    mutating func add(_ fields: UnsafeBufferPointer<FieldBytes?>, row: Int) throws(Failure) {
        var key = ""
        if isMoney {
            key = currencyColumn.map { text(fields[$0]) } ?? defaultCurrency
            if byCurrency[key] == nil, byCurrency.count == Self.mostPanels {
                if leftOutCurrencies.count < 200 { leftOutCurrencies.insert(key) }
                return
            }
        }
        let label = label(fields[category])
        let part = split.map { text(fields[$0]) }
        for index in series {
            guard let field = fields[index], !field.isEmpty else { continue }
            guard let number = ExactDecimal(field) else {
                throw Failure(
                    .moneyInvalid,
                    "Column \(columns[index].name) of row \(row) holds “\(excerpt(field))”, which no chart can show.",
                    advice: "Leave the row out, or make the value NULL.")
            }
            let name = part.map { series.count == 1 ? $0 : "\($0): \(columns[index].heading)" }
            let empty = panel
            let fits = byCurrency[key, default: empty].add(
                number, category: label, series: name ?? columns[index].heading)
            guard fits else {
                throw Failure(.moneyOverflow, "A figure of the chart “\(chart.title)” has more than 38 digits.")
            }
        }
    }

    /// Declared series keep their order, whichever has a figure first.
    private var panel: ChartPanel {
        ChartPanel(
            chart.keep, isDates: columns[category].kind == .date,
            series: split == nil ? series.map { columns[$0].heading } : [])
    }

    func section() throws -> ChartSection {
        let codes = byCurrency.keys.sorted {
            ($0 == defaultCurrency ? 0 : 1, $0) < ($1 == defaultCurrency ? 0 : 1, $1)
        }
        let drawn = codes.prefix(ChartSpec.mostCurrencies)
        let missing = codes.count - drawn.count + leftOutCurrencies.count
        let unit = series.map { columns[$0].kind }.first { $0 != .integer } ?? .integer
        var charts: [ChartData] = []
        for code in drawn {
            guard let panel = byCurrency[code] else { continue }
            var data = ChartData(
                title: chart.title, kind: chart.kind, isStacked: chart.isStacked, unit: unit,
                currency: isMoney ? code : nil, categoryHeading: columns[category].heading, categories: [], series: [],
                note: "")
            guard panel.fill(&data) else {
                throw Failure(.moneyOverflow, "A figure of the chart “\(chart.title)” has more than 38 digits.")
            }
            // Where all is nothing there is nothing to see.
            guard data.series.contains(where: { $0.values.contains { ($0?.units ?? 0) != 0 } }) else { continue }
            // A piece of a pie can't be less than nothing.
            let isBelowZero = data.series.contains { $0.values.contains { ($0?.units ?? 0) < 0 } }
            if data.kind == .pie, isBelowZero { data.kind = .column }
            if missing > 0, code == drawn.last {
                data.note += (data.note.isEmpty ? "" : " ") + "\(missing) currencies more have no chart."
            }
            charts.append(data)
        }
        return ChartSection(title: chart.title, charts: charts)
    }

    private func text(_ field: FieldBytes?) -> String {
        guard let field, !field.isEmpty else { return "none" }
        return String(String(decoding: field.prefix(240), as: UTF8.self).prefix(60))
    }

    private func label(_ field: FieldBytes?) -> String {
        let text = text(field)
        guard columns[category].kind == .boolean else { return text }
        return text == "t" ? "yes" : text == "f" ? "no" : text
    }
}
