package import Diagnostics
package import Reconciliation

/// What a step of the kind `maintain` does.
package enum Maintenance: String, Sendable, CaseIterable {
    /// The planner's statistics of the pipeline's tables, which the jobs' role may not ANALYZE by itself.
    case statistics
    /// What has had its time: old runs of the journal and old output folders, as `mainspring expire` deletes them.
    case expire
}

/// One entry of a job's `steps`.
package struct JobStep: Sendable, Equatable {
    package enum Work: Sendable, Equatable {
        /// Every new statement file of the inbox.
        case importInbox
        /// Statement files named on the command line, and what their import may do.
        case importFiles([String], statement: String, ImportOptions)
        case reconcilePayments
        /// The statements of `jobs/NAME.sql`.
        case statements(String)
        /// Housekeeping of the database.
        case maintain(Maintenance)
        /// Reports and workbooks, by name.
        case reports([String])
        /// Extracts, by name.
        case extracts([String])
    }

    package let work: Work
    /// Its own limits, condition and values.
    package let options: StepOptions
    /// Where it stands, for messages about it.
    package let location: Location?

    package init(_ work: Work, options: StepOptions = StepOptions(), at location: Location? = nil) {
        self.work = work
        self.options = options
        self.location = location
    }

    /// Whether it writes to the database; steps that only read come after the last of those and share one snapshot.
    package var writes: Bool {
        switch work {
        case .importInbox, .importFiles, .reconcilePayments, .statements, .maintain: true
        case .reports, .extracts: false
        }
    }

    /// The key of the step in a job's file; the journal's `kind`.
    package var kind: String {
        switch work {
        case .importInbox, .importFiles: "import"
        case .reconcilePayments: "reconcile"
        case .statements: "sql"
        case .maintain: "maintain"
        case .reports: "report"
        case .extracts: "extract"
        }
    }

    /// What the journal, progress and the summary call the step.
    package var title: String {
        switch work {
        case .importInbox: "import inbox"
        case .importFiles(_, let statement, _): "import \(statement)"
        case .reconcilePayments: "reconcile payments"
        case .statements(let name): name
        case .maintain(let work): "maintain \(work.rawValue)"
        case .reports(let names): names.count == 1 ? "report \(names[0])" : "\(names.count) reports"
        case .extracts(let names): names.count == 1 ? "extract \(names[0])" : "\(names.count) extracts"
        }
    }

    /// The same work: a job does it once.
    package static func == (left: JobStep, right: JobStep) -> Bool { left.work == right.work }
}
