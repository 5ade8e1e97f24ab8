import Foundation

/// A schedule as a clock reads it that is some minutes ahead, or behind.
struct CronShift: Sendable {
    /// How far the other clock is ahead.
    let minutes: Int

    /// How far the second zone's clock is ahead of the first's, if it is so for the two years that come.
    static func constantMinutes(from first: TimeZone, to second: TimeZone, after moment: Date) -> Int? {
        func distance(_ at: Date) -> Int { second.secondsFromGMT(for: at) - first.secondsFromGMT(for: at) }
        let now = distance(moment)
        let days = (0...732).map { moment.addingTimeInterval(Double($0) * 86_400) }
        return days.allSatisfy { distance($0) == now } && now % 60 == 0 ? now / 60 : nil
    }

    /// What to write for the other clock; several lines where some times fall on another day there. nil when it can't be
    /// written: the last days of a month have no number that is the same in each month.
    func schedules(_ schedule: CronSchedule) -> [String]? {
        guard minutes != 0 else { return [schedule.text] }
        // Minutes by hour, by how many days later the other clock reads it.
        var times: [Int: [Int: [Int]]] = [:]
        for hour in schedule.hours.values {
            for minute in schedule.minutes.values {
                let moment = hour * 60 + minute + minutes
                let day = moment >= 0 ? moment / 1440 : (moment + 1) / 1440 - 1
                let rest = moment - day * 1440
                times[day, default: [:]][rest / 60, default: []].append(rest % 60)
            }
        }
        var lines: [String] = []
        for (day, hours) in times.sorted(by: { $0.key < $1.key }) {
            guard let days = self.days(schedule, later: day) else { return nil }
            let byMinutes = Dictionary(grouping: hours.keys.sorted()) { hours[$0, default: []].sorted() }
            for (minutes, hours) in byMinutes.sorted(by: { $0.value[0] < $1.value[0] }) {
                let minute = CronText.list(minutes, all: 0...59)
                lines.append("\(minute) \(CronText.list(hours, all: 0...23)) \(days)")
            }
        }
        return lines
    }

    /// Day of the month, month and day of the week, so many days later.
    private func days(_ schedule: CronSchedule, later: Int) -> String? {
        guard later != 0 else { return schedule.words[2...4].joined(separator: " ") }
        let everyMonth = schedule.months.values.count == 12
        if schedule.isEveryDay { return everyMonth ? "* * *" : nil }
        var days = "*"
        var weekdays = "*"
        if schedule.days.values.count < 31 {
            let moved = schedule.days.values.map { $0 + later }
            guard let first = moved.first, first >= 1, (moved + schedule.days.values).allSatisfy({ $0 <= 28 }) else {
                return nil
            }
            days = CronText.list(moved, all: 1...31)
        }
        if schedule.weekdays.values.count < 7 {
            guard everyMonth else { return nil }
            weekdays = CronText.list(schedule.weekdays.values.map { ($0 + later + 7) % 7 }.sorted(), all: 0...6)
        }
        // A step of days and a day of the week together mean “both”, which lists of numbers do not.
        guard schedule.eitherDay || days == "*" || weekdays == "*" else { return nil }
        return "\(days) \(schedule.words[3]) \(weekdays)"
    }
}

/// Numbers as cron and systemd write them.
enum CronText {
    /// `*`, or numbers and ranges: `0-4,6`.
    static func list(_ values: [Int], all: ClosedRange<Int>, range: String = "-", _ name: (Int) -> String = { "\($0)" })
        -> String
    {
        if values.count == all.count { return "*" }
        var parts: [String] = []
        var index = 0
        while index < values.count {
            var end = index
            while end + 1 < values.count, values[end + 1] == values[end] + 1 { end += 1 }
            if end - index >= 2 {
                parts.append(name(values[index]) + range + name(values[end]))
            } else {
                parts += values[index...end].map(name)
            }
            index = end + 1
        }
        return parts.joined(separator: ",")
    }
}
