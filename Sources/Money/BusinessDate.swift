package import Diagnostics

/// A calendar day in the business time zone: year, month and day of the Gregorian calendar, with no time and no zone.
package struct BusinessDate: Sendable, Hashable, Comparable {
    /// Days since 1970-01-01.
    package let dayNumber: Int

    private static let days = dayNumber(1, 1, 1)...dayNumber(9999, 12, 31)

    /// A day of the years 1 to 9999; `date.invalid` when the calendar has no such day.
    package init(year: Int, month: Int, day: Int) throws(Failure) {
        guard (1...9999).contains(year), (1...12).contains(month),
            (1...BusinessDate.daysInMonth(year: year, month: month)).contains(day)
        else { throw BusinessDate.invalid("\(year)-\(month)-\(day)") }
        dayNumber = BusinessDate.dayNumber(year, month, day)
    }

    /// Reads `2026-06-30`, and nothing else.
    package init(_ text: String) throws(Failure) {
        let bytes = Array(text.utf8)
        guard bytes.count == 10, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"),
            let year = BusinessDate.number(bytes[0..<4]), let month = BusinessDate.number(bytes[5..<7]),
            let day = BusinessDate.number(bytes[8..<10])
        else { throw BusinessDate.invalid(text) }
        do { try self.init(year: year, month: month, day: day) } catch { throw BusinessDate.invalid(text) }
    }

    /// The day so many days after 1970-01-01; `date.invalid` outside the years 1 to 9999.
    package init(dayNumber: Int) throws(Failure) {
        guard BusinessDate.days.contains(dayNumber) else {
            throw Failure(.dateInvalid, "The date lies outside the years 1 to 9999.")
        }
        self.dayNumber = dayNumber
    }

    private init(unchecked dayNumber: Int) { self.dayNumber = dayNumber }

    /// By the calendar.
    package static func < (left: BusinessDate, right: BusinessDate) -> Bool { left.dayNumber < right.dayNumber }

    /// So many days later, or earlier when negative; stops at the first and last day of the years 1 to 9999.
    package func adding(days: Int) -> BusinessDate {
        let (sum, overflow) = dayNumber.addingReportingOverflow(days)
        let range = BusinessDate.days
        guard !overflow else { return BusinessDate(unchecked: days < 0 ? range.lowerBound : range.upperBound) }
        return BusinessDate(unchecked: min(max(sum, range.lowerBound), range.upperBound))
    }

    package var year: Int { civil.year }
    /// 1 to 12.
    package var month: Int { civil.month }
    /// 1 to 31.
    package var day: Int { civil.day }
    /// 1 is Monday, 7 is Sunday, as ISO 8601 counts.
    package var weekday: Int {
        // 1970-01-01 was a Thursday, three days after a Monday.
        let sinceMonday = (dayNumber + 3) % 7
        return (sinceMonday + 7) % 7 + 1
    }

    package var firstOfMonth: BusinessDate { BusinessDate(unchecked: dayNumber - day + 1) }
    package var lastOfMonth: BusinessDate {
        let (year, month, day) = civil
        return BusinessDate(unchecked: dayNumber - day + BusinessDate.daysInMonth(year: year, month: month))
    }
    /// `2026-06`.
    package var monthText: String { String(description.prefix(7)) }
}

extension BusinessDate: CustomStringConvertible {
    /// ISO 8601: `2026-06-30`.
    package var description: String {
        let (year, month, day) = civil
        return "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))"
    }

    private func padded(_ value: Int, _ width: Int) -> String {
        let digits = String(value)
        return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }
}

extension BusinessDate {
    private static func invalid(_ text: String) -> Failure {
        Failure(.dateInvalid, "“\(text)” is not a date.", advice: "Write year, month and day, such as 2026-06-30.")
    }

    private static func number(_ digits: ArraySlice<UInt8>) -> Int? {
        var value = 0
        for byte in digits {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
            value = value * 10 + Int(byte - UInt8(ascii: "0"))
        }
        return value
    }

    private static func daysInMonth(year: Int, month: Int) -> Int {
        switch month {
        case 4, 6, 9, 11: 30
        case 2: year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400)) ? 29 : 28
        default: 31
        }
    }

    // Years are counted from March, so that the leap day is a year's last; 400 years (an era) have 146,097 days, and
    // 1970-01-01 is day 719,468 after 0000-03-01.
    private static func dayNumber(_ year: Int, _ month: Int, _ day: Int) -> Int {
        let marchYear = month <= 2 ? year - 1 : year
        let era = (marchYear >= 0 ? marchYear : marchYear - 399) / 400
        let yearOfEra = marchYear - era * 400
        let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    private var civil: (year: Int, month: Int, day: Int) {
        let shifted = dayNumber + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * marchMonth + 2) / 5 + 1)
    }
}
