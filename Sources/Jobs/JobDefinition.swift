package import Reporting

/// A job, as a file `jobs/NAME.yml` tells it (docs/architecture.md, “Jobs”): what it does, in which order, for which window.
package struct JobDefinition: Sendable, Equatable {
    /// What the files of a job are looked up by, and the name its runs bear in the journal.
    package let name: String
    /// What it is for, in a sentence.
    package let about: String?
    /// Cron syntax, in `business.time_zone`; for whoever installs the timer.
    package let schedule: String?
    package let window: WindowRule
    /// What a run of it may be given, by `--set`.
    package let parameters: [ReportParameter]
    package let steps: [JobStep]
    /// What is done when a run of it fails, or ends otherwise than a run should.
    package let onFailure: [Reaction]

    package init(
        name: String, about: String? = nil, schedule: String? = nil, window: WindowRule = .previousDay,
        parameters: [ReportParameter] = [], steps: [JobStep], onFailure: [Reaction] = []
    ) {
        self.name = name
        self.about = about
        self.schedule = schedule
        self.window = window
        self.parameters = parameters
        self.steps = steps
        self.onFailure = onFailure
    }

    /// When it is due; nil for a job without a schedule.
    package var cron: CronSchedule? { schedule.flatMap { try? CronSchedule($0) } }

    /// The same job, whatever its parameters say for themselves.
    package static func == (left: JobDefinition, right: JobDefinition) -> Bool {
        left.name == right.name && left.schedule == right.schedule && left.window == right.window
            && left.steps == right.steps && left.onFailure == right.onFailure
            && left.parameters.map(\.name) == right.parameters.map(\.name)
    }
}

/// Which days a job reports, counted from its business date.
package enum WindowRule: String, Sendable, CaseIterable {
    /// The business date itself: the day before the one on which the job is run.
    case previousDay = "previous-day"
    /// The last month that ends on or before the business date.
    case previousMonth = "previous-month"
    /// The business date that is under way, up to the moment at which the run begins.
    case lastHour = "last-hour"

    /// Whether a business date is done once, and then is done. A job that looks at the day under way runs many times for
    /// it, each time with another cut-off: no run of it can be repeated byte for byte, made up for, or be missing.
    package var isOncePerDate: Bool { self != .lastHour }
}

/// What a job does when it fails.
package enum Reaction: String, Sendable, CaseIterable {
    /// A row in `notifications` for each administrator.
    case notifyAdmins = "notify-admins"
}
