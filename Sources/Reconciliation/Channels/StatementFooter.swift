import Configuration
import Diagnostics

/// The last row of a file: its control totals.
struct StatementFooter: Sendable, Equatable {
    /// The column in which `value` marks the row.
    let column: String
    let value: String
    /// The column that holds the number of lines.
    let count: String
    /// The amount fields whose columns hold their sums.
    let totals: [String]

    init(_ node: YAMLNode, fields: [StatementField]) throws(Failure) {
        let keys = try node.mapping(allowed: ["column", "value", "count", "totals"])
        column = try keys.required("column").string()
        value = try keys.required("value").string()
        count = try keys.required("count").string()
        let amounts = fields.filter(\.isAmount).map(\.name)
        var totals: [String] = []
        for item in try keys.required("totals").list() { totals.append(try item.name(among: amounts)) }
        self.totals = totals
    }
}
