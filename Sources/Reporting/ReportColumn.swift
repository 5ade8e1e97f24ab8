import Configuration
package import Diagnostics
package import Tabular

/// A column of a report, as the header declares it.
package struct ReportColumn: Sendable {
    package let name: String
    package let heading: String
    package let kind: CellKind
    /// In characters; nil lets the format choose.
    package let width: Double?
    package let total: ColumnTotal
    package let conditional: ConditionalFormat
    package let link: CellLink
    /// Where the header declares it.
    package let location: Location

    static let totals: [ColumnTotal] = [.none, .sum, .count]
    static let conditionals: [ConditionalFormat] = [.none, .flag, .dataBar, .scale]
    static let links: [CellLink] = [.none, .sheet]

    static func list(_ node: YAMLNode) throws(Failure) -> [ReportColumn] {
        let mapping = try node.anyMapping()
        var columns: [ReportColumn] = []
        for name in mapping.keys { columns.append(try ReportColumn(name, mapping.required(name))) }
        guard !columns.isEmpty else {
            throw Failure(.reportInvalid, "A report has at least one column.", at: node.location)
        }
        return columns
    }

    private init(_ name: String, _ node: YAMLNode) throws(Failure) {
        let mapping = try node.mapping(allowed: ["heading", "kind", "width", "total", "conditional", "link"])
        self.name = name
        location = node.location
        heading = try mapping.required("heading").string()
        kind = try Self.choice(mapping.required("kind"), CellKind.allCases) ?? .text
        width = try Self.width(mapping.optional("width"))
        total = try Self.choice(mapping.optional("total"), Self.totals) ?? .none
        conditional = try Self.choice(mapping.optional("conditional"), Self.conditionals) ?? .none
        link = try Self.choice(mapping.optional("link"), Self.links) ?? .none
        guard total != .sum || [.integer, .money, .decimal].contains(kind) else {
            throw Failure(
                .reportInvalid, "A column of kind \(kind.rawValue) has no sum.",
                at: mapping.optional("total")?.location, advice: "Sum integer, money or decimal columns only.")
        }
    }

    /// As writers know it.
    func tabular(isCurrency: Bool) -> Column {
        Column(
            name, heading: heading, kind: kind, width: width, total: total, conditional: conditional, link: link,
            isCurrency: isCurrency)
    }

    private static func width(_ node: YAMLNode?) throws(Failure) -> Double? {
        guard let node else { return nil }
        let width = try node.count(atLeast: 1)
        guard width <= 255 else {
            throw Failure(.reportInvalid, "A width is 1 to 255 characters.", at: node.location)
        }
        return Double(width)
    }

    private static func choice<T: RawRepresentable<String>>(_ node: YAMLNode?, _ all: [T]) throws(Failure) -> T? {
        guard let node else { return nil }
        return T(rawValue: try node.name(among: all.map(\.rawValue)))
    }
}
