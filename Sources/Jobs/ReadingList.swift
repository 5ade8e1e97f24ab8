import Reporting

/// What the reading steps of a run do, and in which order: each report is read from the database once, then the workbooks
/// and the pages are bound from what was read.
struct ReadingList {
    struct Report: Sendable {
        var reading: RunPlan.Reading
        var report: ReportDefinition
        /// Where its own files lie.
        var folder: String
        /// Whether the job asks for files of its own; otherwise only a workbook needs its rows.
        var isAsked: Bool
        /// Where its rows are kept for workbooks and pages; nil when none needs them.
        var spool: String?
    }

    struct Workbook: Sendable {
        var reading: RunPlan.Reading
        var workbook: WorkbookDefinition
        var folder: String
        var spool: String
    }

    struct Page: Sendable {
        var reading: RunPlan.Reading
        var page: PageDefinition
        var folder: String
        var spool: String
    }

    private(set) var reports: [Report] = []
    private(set) var workbooks: [Workbook] = []
    private(set) var pages: [Page] = []
    /// Holds the spools of all steps; removed before the folder is published.
    let spools: String
    /// Folders that must be there.
    private(set) var folders: Set<String> = []

    /// - Parameter staging: the output folder that is being made.
    /// - Throws: `report.unknown`.
    init(_ readings: [RunPlan.Reading], in catalogue: ReportCatalogue, staging: String) throws {
        spools = "\(staging)/.spools"
        // Reports of a step share its parameters, and so their rows; those of another step need not.
        for step in Set(readings.map(\.step)).sorted() {
            try add(readings.filter { $0.step == step }, of: step, in: catalogue, staging: staging)
        }
    }

    private mutating func add(
        _ readings: [RunPlan.Reading], of step: Int, in catalogue: ReportCatalogue, staging: String
    ) throws {
        let spool = "\(spools)/\(step)"
        var needed: [String] = []
        for reading in readings {
            let folder = folder(of: reading, in: staging)
            switch try catalogue.item(reading.name) {
            case .report: continue
            case .workbook(let workbook):
                needed += WorkbookRunner.reports(of: workbook)
                workbooks.append(Workbook(reading: reading, workbook: workbook, folder: folder, spool: spool))
            case .page(let page):
                needed += page.reports
                pages.append(Page(reading: reading, page: page, folder: folder, spool: spool))
            }
            folders.insert(spool)
        }
        for reading in readings {
            guard case .report(let report) = try catalogue.item(reading.name) else { continue }
            reports.append(
                Report(
                    reading: reading, report: report, folder: folder(of: reading, in: staging), isAsked: true,
                    spool: needed.contains(report.name) ? spool : nil))
        }
        for name in Set(needed).subtracting(readings.map(\.name)).sorted() {
            let reading = RunPlan.Reading(step: step, name: name, folder: "")
            reports.append(
                Report(
                    reading: reading, report: try catalogue.report(name), folder: staging, isAsked: false, spool: spool)
            )
        }
    }

    private mutating func folder(of reading: RunPlan.Reading, in staging: String) -> String {
        let folder = reading.folder.isEmpty ? staging : "\(staging)/\(reading.folder)"
        folders.insert(folder)
        return folder
    }
}
