import Configuration
package import Diagnostics

/// A page as its file defines it: `reports/pages/NAME.yml`, which binds reports into one self-contained HTML file that
/// people look at in the morning.
package struct PageDefinition: Sendable {
    /// The file's name without `.yml`.
    package let name: String
    package let file: String
    package let title: String
    package let description: String
    package let owner: String
    /// The report whose ties decide what the page says first.
    package let verdict: String?
    /// The report whose rows are sentences: the column `sentence`.
    package let words: String?
    /// The report whose rows are the figures at the top, as those on a workbook's cover.
    package let figures: String?
    /// In the order of the page.
    package let sections: [Section]

    /// A report's charts and first rows.
    package struct Section: Sendable, Equatable {
        package let report: String
        /// The section's heading; the report's title where the file gives none.
        package let title: String?
        /// The columns that are shown; all where the file names none.
        package let columns: [String]?
        /// How many rows are shown; none for charts alone.
        package let rows: Int
        package let location: Location
    }

    /// More rows than anybody reads on a page; the report's own files hold them all.
    static let mostRows = 100
    static let usualRows = 10

    /// Reads a page's file; `reports` are those that it may bind.
    /// - Throws: `report.invalid`, naming file, line and column.
    package static func load(file: String, reports: [ReportDefinition]) throws(Failure) -> PageDefinition {
        let base = file.split(separator: "/").last.map(String.init) ?? file
        do throws(Failure) {
            let name = base.hasSuffix(".yml") ? String(base.dropLast(4)) : base
            return try PageDefinition(name: name, file: file, YAMLNode.parse(file: file), reports: reports)
        } catch {
            throw Failure(.reportInvalid, error.message, at: error.location, advice: error.advice)
        }
    }

    private init(name: String, file: String, _ node: YAMLNode, reports: [ReportDefinition]) throws(Failure) {
        let root = try node.mapping(
            allowed: ["title", "description", "owner", "verdict", "words", "figures", "sections"])
        let names = reports.map(\.name)
        self.name = name
        self.file = file
        title = try root.required("title").string()
        description = try root.required("description").string()
        owner = try root.required("owner").string()
        verdict = try root.optional("verdict")?.name(among: names)
        words = try root.optional("words")?.name(among: names)
        figures = try root.optional("figures")?.name(among: names)
        var sections: [Section] = []
        for item in try root.required("sections").list() { sections.append(try Section(item, reports: reports)) }
        guard !sections.isEmpty else {
            throw Failure(.reportInvalid, "A page has at least one section.", at: root.location)
        }
        self.sections = sections
    }

    /// The reports whose rows a page needs.
    package var reports: [String] { [verdict, words, figures].compactMap(\.self) + sections.map(\.report) }
}

extension PageDefinition.Section {
    init(_ node: YAMLNode, reports: [ReportDefinition]) throws(Failure) {
        let mapping = try node.mapping(allowed: ["report", "title", "columns", "rows"])
        location = node.location
        report = try mapping.required("report").name(among: reports.map(\.name))
        title = try mapping.optional("title")?.string()
        rows = try mapping.optional("rows")?.count(atLeast: 0) ?? PageDefinition.usualRows
        guard rows <= PageDefinition.mostRows else {
            throw Failure(
                .reportInvalid, "A section shows at most \(PageDefinition.mostRows) rows.",
                at: mapping.optional("rows")?.location ?? node.location, advice: "The report's own files hold them all."
            )
        }
        let name = report
        let known = reports.first { $0.name == name }?.columns.map(\.name) ?? []
        guard let list = mapping.optional("columns") else {
            columns = nil
            return
        }
        var columns: [String] = []
        for item in try list.list() { columns.append(try item.name(among: known)) }
        self.columns = columns
    }
}
