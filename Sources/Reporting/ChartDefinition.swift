import Configuration
package import Diagnostics
package import Tabular

/// A chart as a report's header declares it, and where.
package struct ChartDefinition: Sendable {
    package let chart: ChartSpec
    package let location: Location

    private static let keys = ["title", "kind", "category", "series", "split", "first", "last", "largest", "stacked"]
    /// More charts than that nobody looks at.
    private static let most = 12

    static func list(
        _ node: YAMLNode?, columns: [ReportColumn], currencyColumn: String?
    ) throws(Failure) -> [ChartDefinition] {
        guard let node else { return [] }
        var charts: [ChartDefinition] = []
        for item in try node.list() {
            let chart = try ChartDefinition(item, columns: columns, currencyColumn: currencyColumn)
            guard !charts.contains(where: { $0.chart.title == chart.chart.title }) else {
                throw Failure(.reportInvalid, "Two charts have the title “\(chart.chart.title)”.", at: item.location)
            }
            charts.append(chart)
        }
        guard (1...most).contains(charts.count) else {
            throw Failure(.reportInvalid, "A report has 1 to \(most) charts, or no `charts:`.", at: node.location)
        }
        return charts
    }

    private init(_ node: YAMLNode, columns: [ReportColumn], currencyColumn: String?) throws(Failure) {
        let mapping = try node.mapping(allowed: Self.keys)
        location = node.location
        let kind = ChartKind(
            rawValue: try mapping.required("kind").name(among: ChartKind.allCases.map(\.rawValue)))
        let category = try Self.category(mapping.required("category"), columns)
        let series = try Self.series(mapping.required("series"), columns)
        let split = try mapping.optional("split")?.name(
            among: columns.filter { $0.kind == .text || $0.kind == .boolean }.map(\.name))
        chart = ChartSpec(
            title: try Self.title(mapping.required("title")), kind: kind ?? .column, category: category.name,
            series: series.map(\.name), split: split, keep: try Self.keep(mapping, category),
            isStacked: try mapping.optional("stacked")?.boolean() ?? false)
        try checkPie(series.count, currencyColumn)
    }

    private static func title(_ node: YAMLNode) throws(Failure) -> String {
        let title = try node.string()
        guard (1...120).contains(title.count) else {
            throw Failure(.reportInvalid, "A chart's title has 1 to 120 characters.", at: node.location)
        }
        return title
    }

    private static func category(_ node: YAMLNode, _ columns: [ReportColumn]) throws(Failure) -> ReportColumn {
        let column = try column(node, columns)
        guard ![.timestamp, .money].contains(column.kind) else {
            throw Failure(
                .reportInvalid, "A column of kind \(column.kind.rawValue) makes no categories: “\(column.name)”.",
                at: node.location, advice: "Name a column of text, dates or ratings.")
        }
        return column
    }

    private static func series(_ node: YAMLNode, _ columns: [ReportColumn]) throws(Failure) -> [ReportColumn] {
        var series: [ReportColumn] = []
        for item in try node.oneOrMore() {
            let column = try column(item, columns)
            guard [.integer, .money, .decimal].contains(column.kind) else {
                throw Failure(
                    .reportInvalid,
                    "A column of kind \(column.kind.rawValue) can't be added up, and so not drawn: “\(column.name)”.",
                    at: item.location, advice: "Draw integer, money or decimal columns.")
            }
            guard series.allSatisfy({ ($0.kind == .money) == (column.kind == .money) }) else {
                throw Failure(
                    .reportInvalid, "Money and other figures can't share an axis.", at: item.location,
                    advice: "Make two charts.")
            }
            guard !series.contains(where: { $0.name == column.name }) else {
                throw Failure(.reportInvalid, "The series “\(column.name)” stands twice.", at: item.location)
            }
            series.append(column)
        }
        guard (1...ChartSpec.mostSeries).contains(series.count) else {
            throw Failure(.reportInvalid, "A chart has 1 to \(ChartSpec.mostSeries) series.", at: node.location)
        }
        return series
    }

    private static func column(_ node: YAMLNode, _ columns: [ReportColumn]) throws(Failure) -> ReportColumn {
        let name = try node.name(among: columns.map(\.name))
        for column in columns where column.name == name { return column }
        throw Failure(.internalError, "The column “\(name)” is lost.", at: node.location)
    }

    private static func keep(_ mapping: YAMLMapping, _ category: ReportColumn) throws(Failure) -> ChartSpec.Keep {
        var keep = ChartSpec.Keep.all
        for key in ["first", "last", "largest"] {
            guard let node = mapping.optional(key) else { continue }
            let count = try node.count(atLeast: 1)
            guard keep == .all else {
                throw Failure(
                    .reportInvalid, "Only one of first, last and largest can be wanted.", at: node.location,
                    advice: "Remove the others.")
            }
            guard count <= ChartSpec.mostCategories else {
                throw Failure(
                    .reportInvalid, "A chart shows at most \(ChartSpec.mostCategories) categories.", at: node.location)
            }
            guard key != "largest" || category.kind != .date else {
                throw Failure(
                    .reportInvalid, "Dates stand in their order; the largest can't be picked.", at: node.location,
                    advice: "Use first or last.")
            }
            keep = key == "first" ? .first(count) : key == "last" ? .last(count) : .largest(count)
        }
        return keep
    }

    private func checkPie(_ series: Int, _ currencyColumn: String?) throws(Failure) {
        guard chart.kind == .pie else { return }
        guard series == 1, chart.split == nil || chart.split == currencyColumn, !chart.isStacked else {
            throw Failure(
                .reportInvalid, "A pie has one series, and nothing to split or stack.", at: location,
                advice: "Make it a column chart.")
        }
    }
}
