import Configuration
package import Diagnostics
import Tabular

/// A workbook as its file defines it: `reports/workbooks/NAME.yml`, which binds reports into one XLSX, a sheet each,
/// behind a cover.
package struct WorkbookDefinition: Sendable {
    /// The file's name without `.yml`.
    package let name: String
    package let file: String
    package let title: String
    package let description: String
    package let owner: String
    /// The report whose rows are the figures on the cover.
    package let figures: String?
    /// The report whose ties decide what the cover says of the whole.
    package let verdict: String?
    /// In the order of the sheets.
    package let sheets: [Sheet]
    /// What comes to the same on two sheets.
    package let ties: [WorkbookTie]

    /// A report that becomes a sheet, and where the file names it.
    package struct Sheet: Sendable, Equatable {
        package let report: String
        package let location: Location
    }

    /// Reads a workbook's file; `reports` are the names that it may bind.
    /// - Throws: `report.invalid`, naming file, line and column.
    package static func load(file: String, reports: [String]) throws(Failure) -> WorkbookDefinition {
        let base = file.split(separator: "/").last.map(String.init) ?? file
        do throws(Failure) {
            let name = base.hasSuffix(".yml") ? String(base.dropLast(4)) : base
            return try WorkbookDefinition(name: name, file: file, YAMLNode.parse(file: file), reports: reports)
        } catch {
            throw Failure(.reportInvalid, error.message, at: error.location, advice: error.advice)
        }
    }

    private init(name: String, file: String, _ node: YAMLNode, reports: [String]) throws(Failure) {
        let root = try node.mapping(allowed: ["title", "description", "owner", "cover", "sheets", "ties"])
        self.name = name
        self.file = file
        title = try root.required("title").string()
        description = try root.required("description").string()
        owner = try root.required("owner").string()
        let cover = try root.optional("cover")?.mapping(allowed: ["figures", "verdict"])
        figures = try cover?.optional("figures")?.name(among: reports)
        var sheets: [Sheet] = []
        for item in try root.required("sheets").list() {
            let report = try item.name(among: reports)
            guard !sheets.contains(where: { $0.report == report }) else {
                throw Failure(.reportInvalid, "The report “\(report)” stands twice.", at: item.location)
            }
            sheets.append(Sheet(report: report, location: item.location))
        }
        guard !sheets.isEmpty else {
            throw Failure(.reportInvalid, "A workbook has at least one sheet.", at: root.location)
        }
        verdict = try cover?.optional("verdict")?.name(among: sheets.map(\.report))
        self.sheets = sheets
        ties = try WorkbookTie.list(root.optional("ties"))
    }

    /// Holds the workbook against the reports that it binds: no two sheets have one name, and ties are of money.
    /// - Throws: `report.invalid`, naming file and line.
    package func check(against reports: [ReportDefinition]) throws(Failure) {
        var bound: [ReportDefinition] = []
        for sheet in sheets {
            guard let report = reports.first(where: { $0.name == sheet.report }) else { continue }
            let name = report.header.sheet
            // Excel tells no names apart by their case.
            let taken = bound.first { $0.header.sheet.lowercased() == name.lowercased() }?.name
            let isOurs = ["cover", Workbook.chartsName.lowercased()].contains(name.lowercased())
            guard taken == nil, !isOurs else {
                throw Failure(
                    .reportInvalid,
                    "The sheet of “\(report.name)” is “\(name)”, "
                        + (taken.map { "and so is that of “\($0)”." } ?? "which every workbook has already."),
                    at: sheet.location, advice: "Give one of the reports another `sheet:` in its header.")
            }
            bound.append(report)
        }
        for tie in ties { try tie.check(sheets: bound) }
    }
}
