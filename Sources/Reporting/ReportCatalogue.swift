package import Configuration
package import Diagnostics
import FoundationEssentials

/// The reports, workbooks and pages of a home: `reports/*.sql`, `reports/workbooks/*.yml` and `reports/pages/*.yml`.
package struct ReportCatalogue: Sendable {
    /// By name.
    package let reports: [ReportDefinition]
    /// By name.
    package let workbooks: [WorkbookDefinition]
    /// By name.
    package let pages: [PageDefinition]

    /// What a name stands for.
    package enum Item: Sendable {
        case report(ReportDefinition)
        case workbook(WorkbookDefinition)
        case page(PageDefinition)
    }

    /// Reads every file; one that is wrong refuses the whole catalogue, so that `report check` finds it at once.
    /// - Throws: `report.invalid`, naming file and line.
    package static func load(home: Home) throws(Failure) -> ReportCatalogue {
        try load(folder: home.resolve("reports"))
    }

    /// The same for a folder that holds the reports themselves.
    package static func load(folder: String) throws(Failure) -> ReportCatalogue {
        var reports: [ReportDefinition] = []
        for file in try files(in: folder, ending: ".sql") { reports.append(try ReportDefinition.load(file: file)) }
        var workbooks: [WorkbookDefinition] = []
        let names = reports.map(\.name)
        for file in try files(in: folder + "/workbooks", ending: ".yml") {
            let workbook = try WorkbookDefinition.load(file: file, reports: names)
            try workbook.check(against: reports)
            workbooks.append(workbook)
        }
        var pages: [PageDefinition] = []
        for file in try files(in: folder + "/pages", ending: ".yml") {
            pages.append(try PageDefinition.load(file: file, reports: reports))
        }
        for page in pages { try requireOwnName(page.name, page.file, among: names + workbooks.map(\.name)) }
        for workbook in workbooks { try requireOwnName(workbook.name, workbook.file, among: names) }
        return ReportCatalogue(reports: reports, workbooks: workbooks, pages: pages)
    }

    /// Commands and jobs call each by its name alone.
    private static func requireOwnName(_ name: String, _ file: String, among others: [String]) throws(Failure) {
        guard others.contains(name) else { return }
        throw Failure(
            .reportInvalid, "There is a report or workbook “\(name)” already.", at: .file(file),
            advice: "Give the file another name.")
    }

    /// - Throws: `report.unknown`, with the nearest name.
    package func item(_ name: String) throws(Failure) -> Item {
        if let workbook = workbooks.first(where: { $0.name == name }) { return .workbook(workbook) }
        if let page = pages.first(where: { $0.name == name }) { return .page(page) }
        if let report = reports.first(where: { $0.name == name }) { return .report(report) }
        throw unknown(name, among: workbooks.map(\.name) + pages.map(\.name) + reports.map(\.name))
    }

    /// - Throws: `report.unknown`, with the nearest name.
    package func report(_ name: String) throws(Failure) -> ReportDefinition {
        guard let report = reports.first(where: { $0.name == name }) else {
            throw unknown(name, among: reports.map(\.name))
        }
        return report
    }

    /// Every report whose rows a name stands for: itself, those of a workbook, its cover's included, or those of a page.
    /// - Throws: `report.unknown`, with the nearest name.
    package func reports(behind name: String) throws(Failure) -> [ReportDefinition] {
        switch try item(name) {
        case .report(let report): return [report]
        case .workbook(let workbook):
            let names = workbook.sheets.map(\.report) + [workbook.figures, workbook.verdict].compactMap(\.self)
            return reports.filter { names.contains($0.name) }
        case .page(let page): return reports.filter { page.reports.contains($0.name) }
        }
    }

    private func unknown(_ name: String, among known: [String]) -> Failure {
        Failure(
            .reportUnknown, "There is no report “\(name)”.",
            advice: NearestName.advice(for: name, among: known) ?? "See `mainspring report list`.")
    }

    private static func files(in folder: String, ending: String) throws(Failure) -> [String] {
        guard FileManager.default.fileExists(atPath: folder) else { return [] }
        do {
            return try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(ending) }
                .sorted().map { folder + "/" + $0 }
        } catch {
            throw Failure(.fileUnreadable, "The folder can't be read.", at: .file(folder), advice: "Check its rights.")
        }
    }
}
