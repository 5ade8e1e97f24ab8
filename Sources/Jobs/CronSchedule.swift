import Configuration
package import Diagnostics

/// A schedule as cron writes it: minute, hour, day of the month, month, day of the week. Read to the letter of crontab(5),
/// so that what is accepted here means the same to every cron and to systemd.
package struct CronSchedule: Sendable, Equatable {
    /// One of the five fields.
    package struct Field: Sendable, Equatable {
        /// When it is due, ascending; days of the week count from Sunday, 0 to 6.
        package let values: [Int]
        /// Whether it begins with `*`: cron then asks that the day of the month *and* that of the week agree, otherwise
        /// that one of the two does.
        package let isStar: Bool
    }

    /// As written.
    package let text: String
    /// The five fields, as written.
    package let words: [String]
    package let minutes: Field
    package let hours: Field
    package let days: Field
    package let months: Field
    package let weekdays: Field

    /// Reads five fields.
    /// - Throws: `job.invalid`, which names the field.
    package init(_ text: String) throws(Failure) {
        let words = text.split { $0 == " " || $0 == "\t" }.map(String.init)
        guard words.count == CronPart.all.count else {
            throw Failure(
                .jobInvalid, "“\(text)” isn't cron syntax: it has \(words.count) of five fields.",
                advice: """
                    Write five fields, for example "30 2 * * *" for half past two each night: minute, hour, day of the \
                    month, month, day of the week.
                    """)
        }
        self.text = text
        self.words = words
        minutes = try CronPart.minute.read(words[0], of: text)
        hours = try CronPart.hour.read(words[1], of: text)
        days = try CronPart.day.read(words[2], of: text)
        months = try CronPart.month.read(words[3], of: text)
        weekdays = try CronPart.weekday.read(words[4], of: text)
        guard comes else {
            throw Failure(
                .jobInvalid, "“\(text)” never comes: none of its months has such a day.",
                advice: "Mend the day of the month, or the month.")
        }
    }

    /// Whether either of two days makes it due, the one of the month or the one of the week.
    package var eitherDay: Bool { !days.isStar && !weekdays.isStar }

    /// Whether no day of its months is left out.
    package var isEveryDay: Bool {
        let (all, week) = (days.values.count == 31, weekdays.values.count == 7)
        return eitherDay ? all || week : all && week
    }

    /// Whether there is a day on which it is due.
    private var comes: Bool {
        let longest = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        return eitherDay || months.values.contains { month in days.values.contains { $0 <= longest[month - 1] } }
    }
}

/// What one of the fields may hold.
private struct CronPart {
    let name: String
    let range: ClosedRange<Int>
    var names: [String] = []

    static let minute = CronPart(name: "minute", range: 0...59)
    static let hour = CronPart(name: "hour", range: 0...23)
    static let day = CronPart(name: "day of the month", range: 1...31)
    static let month = CronPart(
        name: "month", range: 1...12,
        names: ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"])
    /// Sunday is 0 and 7.
    static let weekday = CronPart(
        name: "day of the week", range: 0...7, names: ["sun", "mon", "tue", "wed", "thu", "fri", "sat"])
    static let all = [minute, hour, day, month, weekday]

    func read(_ word: String, of text: String) throws(Failure) -> CronSchedule.Field {
        var all: Set<Int> = []
        for item in word.split(separator: ",", omittingEmptySubsequences: false) {
            guard let due = values(of: item) else {
                throw Failure(
                    .jobInvalid, "The \(name) of “\(text)” can't be “\(item)”.", advice: advice(about: String(item)))
            }
            all.formUnion(due)
        }
        if range.upperBound == 7, all.remove(7) != nil { all.insert(0) }
        return CronSchedule.Field(values: all.sorted(), isStar: word.hasPrefix("*"))
    }

    /// `*`, `7`, `1-5`, and the last three with `/2` where there is a range to step through.
    private func values(of item: Substring) -> [Int]? {
        let halves = item.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let span = halves.first else { return nil }
        var step = 1
        if halves.count == 2 {
            guard let number = Self.number(halves[1]), number >= 1 else { return nil }
            step = number
        }
        // The seventh day is the first once more, and `*` means each once.
        if span == "*" { return Array(stride(from: range.lowerBound, through: min(range.upperBound, top), by: step)) }
        let ends = span.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = ends.first.flatMap(value), let last = ends.last.flatMap(value), first <= last,
            ends.count == 2 || halves.count == 1
        else { return nil }
        return Array(stride(from: first, through: last, by: step))
    }

    private var top: Int { range.upperBound == 7 ? 6 : range.upperBound }

    private func value(_ text: Substring) -> Int? {
        if let index = names.firstIndex(of: text.lowercased()) { return index + (range.lowerBound == 1 ? 1 : 0) }
        guard let number = Self.number(text), range.contains(number) else { return nil }
        return number
    }

    private static func number(_ text: Substring) -> Int? {
        text.allSatisfy { $0.isASCII && $0.isNumber } && text.count <= 4 ? Int(text) : nil
    }

    private func advice(about item: String) -> String {
        if item.count > 2, item.allSatisfy(\.isLetter), let near = NearestName.advice(for: item, among: names) {
            return near
        }
        let words = names.isEmpty ? "" : ", \(names[0]) to \(names[names.count - 1])"
        return """
            It is \(range.lowerBound) to \(range.upperBound)\(words), a range upwards (\(range.lowerBound)-\(top)), or \
            * or a range with a step (*/2).
            """
    }
}
