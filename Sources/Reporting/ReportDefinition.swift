package import Diagnostics
import FoundationEssentials
import Postgres
package import Tabular

/// A report as its file defines it: `reports/NAME.sql`, a YAML header in the leading comment, then one SELECT that psql
/// runs as it is (docs/adding-a-report.md).
package struct ReportDefinition: Sendable {
    /// The file's name without `.sql`: how commands, jobs and workbooks call the report.
    package let name: String
    /// Where it was read from.
    package let file: String
    package let header: ReportHeader
    /// The SELECT, without its closing semicolon, on the lines on which it stands in the file.
    package let query: ReportQuery

    package var title: String { header.title }
    package var description: String { header.description }
    package var parameters: [ReportParameter] { header.parameters }
    package var columns: [ReportColumn] { header.columns }

    /// A path of the home's own, or an absolute one as it is. The home is the folder above the report's own.
    package func resolve(_ path: String) -> String {
        guard !path.hasPrefix("/") else { return path }
        let folder = file.split(separator: "/", omittingEmptySubsequences: false).dropLast(2)
        return (folder + [path[...]]).joined(separator: "/")
    }

    /// The columns as writers know them.
    package var tabularColumns: [Column] {
        columns.map { $0.tabular(isCurrency: $0.name == header.currencyColumn) }
    }

    /// The charts as writers know them.
    package var charts: [ChartSpec] { header.charts.map(\.chart) }

    /// Reads a report's file.
    /// - Throws: `report.invalid`, naming file, line and column.
    package static func load(file: String) throws(Failure) -> ReportDefinition {
        guard let data = FileManager.default.contents(atPath: file) else {
            throw Failure(
                .reportInvalid, "The report's file can't be read.", at: .file(file),
                advice: "Check that it exists and its rights.")
        }
        guard data.count <= 1 << 20, let text = String(data: data, encoding: .utf8) else {
            throw Failure(
                .reportInvalid, "The report's file isn't UTF-8 text of at most 1 MiB.", at: .file(file),
                advice: "Save it as UTF-8.")
        }
        let base = file.split(separator: "/").last.map(String.init) ?? file
        let name = base.hasSuffix(".sql") ? String(base.dropLast(4)) : base
        return try ReportDefinition(name: name, text: text, file: file)
    }

    /// Reads a report out of a text that came from `file`.
    package init(name: String, text: String, file: String) throws(Failure) {
        let parts = try ReportText(text, file: file)
        self.name = name
        self.file = file
        header = try ReportHeader(yaml: parts.header, file: file, lineOffset: parts.headerLine - 1)
        query = try ReportQuery(parts.query, name: name, file: file, line: parts.queryLine)
        try checkParameters()
    }

    /// The header's parameters and the SELECT's are the same set.
    private func checkParameters() throws(Failure) {
        let declared = Set(parameters.map(\.name))
        let used = Set(query.template.parameters)
        if let name = query.template.parameters.first(where: { !declared.contains($0) }) {
            throw Failure(
                .reportInvalid, "The SELECT uses the parameter “\(name)”, which the header doesn't declare.",
                at: .file(file, line: query.line), advice: "Add it under parameters, with its type.")
        }
        if let parameter = parameters.first(where: { !used.contains($0.name) }) {
            throw Failure(
                .reportInvalid, "The parameter “\(parameter.name)” is declared, and the SELECT doesn't use it.",
                at: parameter.location, advice: "Remove it, or use it as :'\(parameter.name)'.")
        }
    }
}

/// A report's text, cut into the header's YAML and the SELECT.
struct ReportText {
    let header: String
    /// The line of the file on which the YAML begins.
    let headerLine: Int
    let query: String
    /// The line of the file on which the text after the comment begins.
    let queryLine: Int

    init(_ text: String, file: String) throws(Failure) {
        func invalid(_ message: String, line: Int) -> Failure {
            Failure(
                .reportInvalid, message, at: .file(file, line: line),
                advice: "Begin the file with /*, the YAML header and */, then write the SELECT.")
        }
        let text = text.replacing("\r\n", with: "\n")
        let lead = text.prefix { $0.isWhitespace }
        let rest = text[lead.endIndex...]
        let firstLine = 1 + lead.count(where: \.isNewline)
        guard rest.hasPrefix("/*") else { throw invalid("The file doesn't begin with a header.", line: firstLine) }
        let body = rest.dropFirst(2)
        guard let end = body.firstRange(of: "*/") else {
            throw invalid("The header's comment is never closed.", line: firstLine)
        }
        let yaml = body[..<end.lowerBound]
        // PostgreSQL nests comments: an opening inside would swallow the SELECT.
        if let nested = yaml.firstRange(of: "/*") {
            let line = firstLine + yaml[..<nested.lowerBound].count(where: \.isNewline)
            throw invalid("A comment begins inside the header.", line: line)
        }
        header = String(yaml)
        headerLine = firstLine
        query = String(body[end.upperBound...])
        queryLine = firstLine + yaml.count(where: \.isNewline)
    }
}
