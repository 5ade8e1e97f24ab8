import Diagnostics
import Jobs
import Reporting
import Tabular

/// The reports, workbooks and pages of a home, as `report list` prints them.
struct ReportList: Encodable {
    struct Entry: Encodable {
        var name: String
        /// `report`, `workbook` or `page`.
        var kind: String
        var title: String
        var formats: [String]
        var description: String
    }

    var reports: [Entry]

    init(_ catalogue: ReportCatalogue) {
        reports =
            catalogue.workbooks.map {
                Entry(name: $0.name, kind: "workbook", title: $0.title, formats: ["xlsx"], description: $0.description)
            }
            + catalogue.pages.map {
                Entry(name: $0.name, kind: "page", title: $0.title, formats: ["html"], description: $0.description)
            }
            + catalogue.reports.map {
                Entry(
                    name: $0.name, kind: "report", title: $0.title, formats: $0.header.formats.map(\.rawValue),
                    description: $0.description)
            }
    }

    func text(_ style: TextStyle) -> String {
        var table = TextTable([("name", .left), ("kind", .left), ("formats", .left), ("title", .left)])
        for entry in reports {
            table.add([entry.name, entry.kind, entry.formats.joined(separator: ","), entry.title])
        }
        return table.text(style)
    }
}

/// One report, workbook or page, as `report show` prints it.
struct ReportPage: Encodable {
    struct Parameter: Encodable {
        var name: String
        var kind: String
        var fallback: String?
    }

    struct Column: Encodable {
        var name: String
        var heading: String
        var kind: String
    }

    var name: String
    var kind: String
    var title: String
    var description: String
    var owner: String
    var file: String
    var parameters: [Parameter] = []
    var columns: [Column] = []
    /// The reports that a workbook binds.
    var sheets: [String] = []
    /// The reports that a page binds.
    var sections: [String] = []

    init(_ item: ReportCatalogue.Item) {
        switch item {
        case .report(let report):
            (name, kind, title, description) = (report.name, "report", report.title, report.description)
            (owner, file) = (report.header.owner, report.file)
            parameters = report.parameters.map {
                Parameter(name: $0.name, kind: $0.kind.rawValue, fallback: $0.fallback)
            }
            columns = report.columns.map { Column(name: $0.name, heading: $0.heading, kind: $0.kind.rawValue) }
        case .workbook(let workbook):
            (name, kind, title, description) = (workbook.name, "workbook", workbook.title, workbook.description)
            (owner, file) = (workbook.owner, workbook.file)
            sheets = workbook.sheets.map(\.report)
        case .page(let page):
            (name, kind, title, description) = (page.name, "page", page.title, page.description)
            (owner, file) = (page.owner, page.file)
            sections = page.sections.map(\.report)
        }
    }

    func text(_ style: TextStyle) -> String {
        var lines = ["\(style.strong(title))  (\(name), \(kind))", description, "owner \(owner), file \(file)"]
        if !sheets.isEmpty { lines.append("sheets \(sheets.joined(separator: ", "))") }
        if !sections.isEmpty { lines.append("sections \(sections.joined(separator: ", "))") }
        if !parameters.isEmpty {
            let listed = parameters.map { "\($0.name) (\($0.kind)\($0.fallback.map { ", default \($0)" } ?? ""))" }
            lines.append("parameters \(listed.joined(separator: ", "))")
        }
        var table = TextTable([("column", .left), ("heading", .left), ("kind", .left)])
        for column in columns { table.add([column.name, column.heading, column.kind]) }
        if !table.isEmpty { lines.append(table.text(style)) }
        return lines.joined(separator: "\n")
    }
}
