/// A job, as a file `jobs/NAME.yml` tells it (docs/architecture.md, “Jobs”): what it does, in which order, for which window.
package struct JobDefinition: Sendable, Equatable {
    /// What the files of a job are looked up by, and the name its runs bear in the journal.
    package let name: String
    /// Cron syntax, in `business.time_zone`; for whoever installs the timer.
    package let schedule: String?
    package let window: WindowRule
    package let steps: [JobStep]

    package init(name: String, schedule: String? = nil, window: WindowRule = .previousDay, steps: [JobStep]) {
        self.name = name
        self.schedule = schedule
        self.window = window
        self.steps = steps
    }
}

/// Which days a job reports, counted from its business date.
package enum WindowRule: String, Sendable, CaseIterable {
    /// The business date itself: the day before the one on which the job is run.
    case previousDay = "previous-day"
    /// The last month that ends on or before the business date.
    case previousMonth = "previous-month"
}
