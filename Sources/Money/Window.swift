package import Diagnostics

/// A range of business dates, both ends included: what a run or a report looks at.
///
/// SQL turns it into a half-open range of instants in the business time zone (docs/semantics.md).
package struct Window: Sendable, Hashable {
    package let from: BusinessDate
    package let to: BusinessDate

    /// Throws `parameter.invalid` when the window would end before it begins.
    package init(from: BusinessDate, to: BusinessDate) throws(Failure) {
        guard from <= to else {
            throw Failure(.parameterInvalid, "The window ends on \(to), before it begins on \(from).")
        }
        self.from = from
        self.to = to
    }

    private init(_ from: BusinessDate, _ to: BusinessDate) {
        self.from = from
        self.to = to
    }

    /// One business date.
    package static func day(_ date: BusinessDate) -> Window { Window(date, date) }

    /// The day before `date`.
    package static func previousDay(of date: BusinessDate) -> Window { day(date.adding(days: -1)) }

    /// The whole month that holds `date`.
    package static func month(of date: BusinessDate) -> Window { Window(date.firstOfMonth, date.lastOfMonth) }

    /// The whole month before the one that holds `date`.
    package static func previousMonth(of date: BusinessDate) -> Window {
        month(of: date.firstOfMonth.adding(days: -1))
    }

    /// How many days it has, at least 1.
    package var dayCount: Int { to.dayNumber - from.dayNumber + 1 }

    /// Its days in order.
    package var dates: some Sequence<BusinessDate> { (0..<dayCount).lazy.map { from.adding(days: $0) } }

    /// True when the day lies in the window.
    package func contains(_ date: BusinessDate) -> Bool { from <= date && date <= to }
}

extension Window: CustomStringConvertible {
    /// `2026-06-30`, or `2026-06-01 to 2026-06-30`.
    package var description: String { from == to ? "\(from)" : "\(from) to \(to)" }
}
