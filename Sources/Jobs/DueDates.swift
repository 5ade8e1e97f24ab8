import Money

/// The business dates for which a job is due, by its schedule: the day before each on which it is started.
///
/// A job without a schedule is due for each day; one that reports a month, for the last of each.
struct DueDates: Sendable {
    private let schedule: CronSchedule?
    private let window: WindowRule

    init(_ job: JobDefinition) {
        schedule = job.schedule.flatMap { try? CronSchedule($0) }
        window = job.window
    }

    /// The dates from `first` to `last`, both included, in order.
    func dates(from first: BusinessDate, to last: BusinessDate) -> [BusinessDate] {
        guard first <= last else { return [] }
        return (first.dayNumber...last.dayNumber).map { first.adding(days: $0 - first.dayNumber) }.filter(isDue)
    }

    private func isDue(_ date: BusinessDate) -> Bool {
        if let schedule { return schedule.isDue(on: date.adding(days: 1)) }
        return window == .previousMonth ? date == date.lastOfMonth : true
    }
}

extension CronSchedule {
    /// Whether it comes at some time of a day.
    func isDue(on date: BusinessDate) -> Bool {
        guard months.values.contains(date.month) else { return false }
        // A business date counts Monday as 1 and Sunday as 7, cron Sunday as 0.
        let (day, weekday) = (days.values.contains(date.day), weekdays.values.contains(date.weekday % 7))
        return eitherDay ? day || weekday : day && weekday
    }
}
