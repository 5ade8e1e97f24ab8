import Tabular

/// The page over all runs: a table a job, newest business date first. Template: `Templates/index.mustache`.
package struct RunsPage: Sendable {
    /// The last run of a job for a business date.
    package struct Run: Sendable {
        package var job: String
        package var businessDate: String
        /// As the journal has it.
        package var status: String
        package var exitCode: Int64?
        /// nil for a run that looked at none.
        package var openBreaks: Int64?
        package var files: Int64
        /// The run's page, or its folder, from where this page lies; nil where there is nothing any more.
        package var href: String?

        package init(
            job: String, businessDate: String, status: String, exitCode: Int64?, openBreaks: Int64?, files: Int64,
            href: String?
        ) {
            self.job = job
            self.businessDate = businessDate
            self.status = status
            self.exitCode = exitCode
            self.openBreaks = openBreaks
            self.files = files
            self.href = href
        }

        private static let refused: Int64 = 4

        /// How it ended, and whether that is good.
        var ending: (text: String, look: String) {
            switch (status, exitCode) {
            case ("done", 0?): ("done", "good")
            case ("done", 3?): ("done, breaks over the limit", "bad")
            case ("done", Self.refused?): ("done, input refused", "bad")
            case ("done", _): ("done", "good")
            default: (status, "bad")
            }
        }
    }

    private struct Content {
        var title = "Runs"
        var subtitle = "Of each job the last business dates, newest first. A date leads to its page."
        var sections: [Section]
    }

    private struct Section {
        var title: String
        var table: PageContent.Table
    }

    private let runs: [Run]

    /// - Parameter runs: by job, newest first.
    package init(runs: [Run]) { self.runs = runs }

    /// Writes the page whole.
    package func write(to path: String) throws {
        var sections: [Section] = []
        for run in runs {
            if sections.last?.title != run.job { sections.append(Section(title: run.job, table: Self.empty(run.job))) }
            sections[sections.count - 1].table.rows.append(Self.row(run))
        }
        try WholeFile.write(try PageTemplate.index.render(Content(sections: sections)), to: path, mode: 0o640)
    }

    private static func empty(_ job: String) -> PageContent.Table {
        .init(
            caption: "Runs of \(job)",
            headings: [
                .init(text: "Business date", isNumeric: false), .init(text: "Ended", isNumeric: false),
                .init(text: "Open breaks", isNumeric: true), .init(text: "Files", isNumeric: true),
            ], rows: [])
    }

    private static func row(_ run: Run) -> PageContent.Table.Row {
        .init(cells: [
            .init(run.businessDate, href: run.href), .init(run.ending.text, look: [run.ending.look]),
            .init(run.openBreaks.map { PageText.grouped("\($0)") } ?? "", look: ["n"]),
            .init(PageText.grouped("\(run.files)"), look: ["n"]),
        ])
    }
}
