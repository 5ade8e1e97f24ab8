import Configuration
package import Diagnostics
import Tabular

/// What the header of a report's file says.
package struct ReportHeader: Sendable {
    /// What a report can be had as: any of them when somebody asks.
    package enum Format: String, Sendable, CaseIterable {
        case csv, xlsx, html, json

        /// The ending of its files: JSON is an object a line.
        package var ending: String { self == .json ? "jsonl" : rawValue }

        /// Those that a job writes where the header names none.
        static let usual = [Format.csv, .xlsx]
    }

    /// Which dates `from` and `to` are when nobody names any.
    package enum WindowRule: String, Sendable, CaseIterable {
        /// The run's window.
        case run
        /// The month so far: from the first day of the month in which the run's window ends, up to the window's end.
        case month
        /// All that came before, up to the run's business date.
        case history
    }

    package let title: String
    /// The name of the report's sheet in a workbook, at most 31 characters; the title where the header names none.
    package let sheet: String
    package let description: String
    /// Who answers for the figures.
    package let owner: String
    package let window: WindowRule
    package let parameters: [ReportParameter]
    package let columns: [ReportColumn]
    /// The column that holds the currency of a row's money.
    package let currencyColumn: String?
    /// What the rows are ordered by, as columns; the last makes it a full order.
    package let sort: [SortKey]
    package let formats: [Format]
    /// How its rows fall into files of their own; nil: one file.
    package let split: ReportSplit?
    /// In the order of the header.
    package let charts: [ChartDefinition]
    /// Whether it shows personal data: refused unless it is asked for (docs/semantics.md, “Personal data”).
    package let showsPersonalData: Bool

    /// A column that rows are ordered by, upwards unless it says otherwise.
    package struct SortKey: Sendable, Equatable {
        package let column: String
        package let isDescending: Bool
    }

    static let keys = [
        "title", "sheet", "description", "owner", "window", "parameters", "columns", "currency", "sort", "formats",
        "split", "charts", "personal_data",
    ]

    /// Reads the YAML of a header whose first line is line `lineOffset` + 1 of `file`.
    /// - Throws: `report.invalid`.
    package init(yaml: String, file: String, lineOffset: Int) throws(Failure) {
        do throws(Failure) {
            let node = try YAMLNode.parse(text: yaml, file: file, lineOffset: lineOffset)
            try self.init(node)
        } catch {
            throw Failure(.reportInvalid, error.message, at: error.location, advice: error.advice)
        }
    }

    private init(_ node: YAMLNode) throws(Failure) {
        let root = try node.mapping(allowed: Self.keys)
        title = try root.required("title").string()
        description = try root.required("description").string()
        owner = try root.required("owner").string()
        sheet = try Self.sheetName(root.required(root.optional("sheet") == nil ? "title" : "sheet"))
        window = try Self.window(root.optional("window"))
        parameters = try ReportParameter.list(root.optional("parameters"))
        columns = try ReportColumn.list(root.required("columns"))
        currencyColumn = try Self.currencyColumn(root, columns: columns)
        sort = try Self.sort(root.required("sort"), columns: columns)
        formats = try Self.formats(root.optional("formats"))
        split = try ReportSplit.read(root.optional("split"), columns: columns, sort: sort, currency: currencyColumn)
        charts = try ChartDefinition.list(
            root.optional("charts"), columns: columns, currencyColumn: currencyColumn)
        showsPersonalData = try root.optional("personal_data")?.boolean() ?? false
    }

    private static func sheetName(_ node: YAMLNode) throws(Failure) -> String {
        let name = try node.string()
        let isRefused = name.contains { "[]:*?/\\".contains($0) } || name.hasPrefix("'") || name.hasSuffix("'")
        guard !name.isEmpty, name.utf16.count <= 31, !isRefused else {
            throw Failure(
                .reportInvalid, "“\(name)” can't be the name of a sheet.", at: node.location,
                advice: "Use `sheet:` with at most 31 characters, none of [ ] : * ? / \\.")
        }
        return name
    }

    private static func window(_ node: YAMLNode?) throws(Failure) -> WindowRule {
        guard let node else { return .run }
        return WindowRule(rawValue: try node.name(among: WindowRule.allCases.map(\.rawValue))) ?? .run
    }

    private static func currencyColumn(_ root: YAMLMapping, columns: [ReportColumn]) throws(Failure) -> String? {
        guard let node = root.optional("currency") else {
            if let money = columns.first(where: { $0.kind == .money }) {
                throw Failure(
                    .reportInvalid, "The column “\(money.name)” is money, and the header names no currency column.",
                    at: money.location, advice: "Add `currency:` with the name of the column that holds the code.")
            }
            return nil
        }
        return try node.name(among: columns.filter { $0.kind == .text }.map(\.name))
    }

    private static func sort(_ node: YAMLNode, columns: [ReportColumn]) throws(Failure) -> [SortKey] {
        var keys: [SortKey] = []
        for item in try node.oneOrMore() {
            let words = try item.string().split(separator: " ").map(String.init)
            guard let column = words.first, words.count == 1 || words.dropFirst() == ["desc"] else {
                throw Failure(
                    .reportInvalid, "A sort key is a column, or a column and desc.", at: item.location,
                    advice: "Write for example [month desc, currency].")
            }
            guard columns.contains(where: { $0.name == column }) else {
                throw Failure(
                    .reportInvalid, "The sort key “\(column)” isn't one of the columns.", at: item.location,
                    advice: NearestName.advice(for: column, among: columns.map(\.name)))
            }
            keys.append(SortKey(column: column, isDescending: words.count == 2))
        }
        guard !keys.isEmpty else { throw Failure(.reportInvalid, "The sort key is empty.", at: node.location) }
        return keys
    }

    private static func formats(_ node: YAMLNode?) throws(Failure) -> [Format] {
        guard let node else { return Format.usual }
        var formats: [Format] = []
        for item in try node.oneOrMore() {
            if let format = Format(rawValue: try item.name(among: Format.allCases.map(\.rawValue))) {
                formats.append(format)
            }
        }
        return formats
    }
}
