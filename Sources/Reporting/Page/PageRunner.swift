import Diagnostics
import Money
package import Tabular

/// Makes one self-contained HTML page of the reports that a page's file binds.
///
/// What differs from run to run (its number, its times) does not stand on it: the same data makes the same bytes.
package struct PageRunner: Sendable {
    package let catalogue: ReportCatalogue
    package let context: ReportContext

    package init(catalogue: ReportCatalogue, context: ReportContext) {
        self.catalogue = catalogue
        self.context = context
    }

    /// Writes the page to `path`.
    /// - Parameter files: what else lies in the folder, for its links.
    package func run(_ page: PageDefinition, from rows: any ReportRows, files: [Manifest.File], to path: String) throws
    {
        var content = PageContent(
            title: page.title, subtitle: page.description, businessDate: context.businessDate.description,
            window: context.window.description)
        if let report = try page.verdict.map(catalogue.report) {
            var verdict = Verdict(of: report)
            _ = try rows.write(report, into: []) { verdict.see($0) }
            if case .text(let text) = verdict.line.value {
                content.verdict = .init(text: "\(verdict.line.label): \(text)", isGood: verdict.line.isGood ?? false)
            }
        }
        if let report = try page.words.map(catalogue.report) { content.sentences = try sentences(report, rows) }
        if let report = try page.figures.map(catalogue.report) { content.groups = try groups(report, rows) }
        for (index, section) in page.sections.enumerated() {
            content.sections.append(try self.section(section, at: index, rows, files))
        }
        content.hasFigures = !content.groups.isEmpty
        content.hasFiles = !files.isEmpty
        content.fileTable = files.isEmpty ? nil : Self.table(of: files)
        try WholeFile.write(try PageTemplate.page.render(content), to: path, mode: 0o640)
    }

    private static func table(of files: [Manifest.File]) -> PageContent.Table {
        .init(
            caption: "Files of this folder",
            headings: [
                .init(text: "File", isNumeric: false), .init(text: "Rows", isNumeric: true),
                .init(text: "Size", isNumeric: true),
            ],
            rows: files.map { file in
                .init(cells: [
                    .init(file.path, href: file.path), .init(PageText.grouped("\(file.rows)"), look: ["n"]),
                    .init(PageText.size(file.bytes), look: ["n"]),
                ])
            })
    }

    private func sentences(_ report: ReportDefinition, _ rows: any ReportRows) throws -> [String] {
        guard let column = report.columns.firstIndex(where: { $0.name == "sentence" }) else {
            throw Failure(
                .reportInvalid, "A report of words has a column “sentence”.", at: .file(report.file),
                advice: "Add the column.")
        }
        var sentences: [String] = []
        _ = try rows.write(report, into: []) { fields in
            if let field = fields[column] { sentences.append(String(decoding: field, as: UTF8.self)) }
        }
        return sentences
    }

    private func groups(_ report: ReportDefinition, _ rows: any ReportRows) throws -> [PageContent.Group] {
        var figures = CoverFigures(columns: try CoverFigures.Columns(of: report))
        _ = try rows.write(report, into: []) { figures.see($0) }
        return figures.sections.map { section in
            .init(
                heading: section.heading,
                lines: section.lines.map { line in
                    let value = PageText.value(line.value)
                    return .init(label: line.label, value: value.text, note: line.note, isNegative: value.isNegative)
                })
        }
    }

    private func section(
        _ section: PageDefinition.Section, at index: Int, _ rows: any ReportRows, _ files: [Manifest.File]
    ) throws -> PageContent.Section {
        let report = try catalogue.report(section.report)
        let writer = try SectionWriter(
            columns: report.tabularColumns, charts: report.charts, names: section.columns, limit: section.rows,
            currency: context.businessCurrency)
        _ = try rows.write(report, into: [writer], observer: nil)
        // The first is CSV, where there is one: every program opens it.
        let file = files.first { file in
            file.path.split(separator: "/").last.map { $0.hasPrefix("\(report.name).") } ?? false
        }
        return try writer.section(
            title: section.title ?? report.title, description: report.description, anchor: "s\(index + 1)",
            path: file?.path)
    }
}
