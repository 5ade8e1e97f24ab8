import Configuration
import Tabular

/// A JSON Schema of the header of a report's file, made from the same declarations that read it.
package enum ReportSchema {
    private typealias Node = SchemaNode

    /// The document, indented.
    package static var text: String {
        let properties: [String: Node] = [
            "title": Node.type("string"), "description": Node.type("string"), "owner": Node.type("string"),
            "sheet": Node.pattern("[^\\[\\]:*?/\\\\]{1,31}"),
            "window": Node.words(ReportHeader.WindowRule.allCases.map(\.rawValue)), "parameters": parameters,
            "columns": Node.named(column), "currency": Node.type("string"),
            "sort": Node.oneOrMore(Node.pattern("[a-z_0-9]+( desc)?")),
            "formats": Node.oneOrMore(Node.words(ReportHeader.Format.allCases.map(\.rawValue))),
            "charts": Node.list(of: chart), "split": split, "personal_data": Node.type("boolean"),
        ]
        return Node.document(
            Node.closed(properties, required: ["title", "description", "owner", "columns", "sort"]),
            title: "The header of a report of Mainspring")
    }

    private static var parameters: Node {
        let parameter = Node.closed(
            [
                "type": Node.words(ReportParameter.Kind.allCases.map(\.rawValue)), "default": Node.scalar,
                "file": Node.type("string"), "about": Node.type("string"),
            ], required: ["type"])
        return Node.named(.object(parameter))
    }

    private static var column: Node {
        .object(
            Node.closed(
                [
                    "heading": Node.type("string"), "kind": Node.words(CellKind.allCases.map(\.rawValue)),
                    "width": Node.type("integer"), "total": Node.words(ReportColumn.totals.map(\.rawValue)),
                    "conditional": Node.words(ReportColumn.conditionals.map(\.rawValue)),
                    "link": Node.words(ReportColumn.links.map(\.rawValue)),
                ], required: ["heading", "kind"]))
    }

    private static var chart: Node {
        .object(
            Node.closed(
                [
                    "title": Node.type("string"), "kind": Node.words(ChartKind.allCases.map(\.rawValue)),
                    "category": Node.type("string"), "series": Node.oneOrMore(Node.type("string")),
                    "split": Node.type("string"), "first": Node.type("integer"), "last": Node.type("integer"),
                    "largest": Node.type("integer"), "stacked": Node.type("boolean"),
                ], required: ["title", "kind", "category", "series"]))
    }

    private static var split: Node {
        .object(
            Node.closed(
                ["by": Node.type("string"), "index": Node.oneOrMore(Node.type("string"))], required: ["by", "index"]))
    }
}
