import Foundation

/// A day on which a zone's clock is put forward, and the times that it then doesn't have.
struct ClockChange: Sendable, Equatable {
    /// The day, ISO.
    let date: String
    let day: Int
    let month: Int
    /// 0 is Sunday, as cron counts.
    let weekday: Int
    /// Minutes of the day, from midnight, that are passed over.
    let minutes: Range<Int>

    /// The changes within two years after a moment.
    static func gaps(of zone: TimeZone, after moment: Date) -> [ClockChange] {
        var gaps: [ClockChange] = []
        var at = moment
        let end = moment.addingTimeInterval(2 * 366 * 86_400)
        var calendar = Foundation.Calendar(identifier: .gregorian)
        while let next = zone.nextDaylightSavingTimeTransition(after: at), next < end, next > at {
            at = next
            let before = zone.secondsFromGMT(for: next.addingTimeInterval(-1))
            let after = zone.secondsFromGMT(for: next)
            guard after > before, let clock = TimeZone(secondsFromGMT: before) else { continue }
            // The last clock time before the change, as if it went on.
            calendar.timeZone = clock
            let parts = calendar.dateComponents([.year, .month, .day, .hour, .minute, .weekday], from: next)
            guard let year = parts.year, let month = parts.month, let day = parts.day, let hour = parts.hour,
                let minute = parts.minute, let weekday = parts.weekday
            else { continue }
            let first = hour * 60 + minute
            gaps.append(
                ClockChange(
                    date: String(format: "%04d-%02d-%02d", year, month, day), day: day, month: month,
                    weekday: weekday - 1, minutes: first..<(first + (after - before) / 60)))
        }
        return gaps
    }

    /// The times of a schedule that the day doesn't have. A job of every hour loses none: the hour itself is missing.
    func missed(by schedule: CronSchedule) -> [String] {
        guard schedule.hours.values.count < 24, schedule.months.values.contains(month) else { return [] }
        let onDay = schedule.days.values.contains(day)
        let onWeekday = schedule.weekdays.values.contains(weekday)
        guard schedule.eitherDay ? onDay || onWeekday : onDay && onWeekday else { return [] }
        return schedule.hours.values.flatMap { hour in
            schedule.minutes.values.filter { minutes.contains(hour * 60 + $0) }
                .map { String(format: "%02d:%02d", hour, $0) }
        }
    }
}
