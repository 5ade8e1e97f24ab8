import Diagnostics
import Testing

@testable import Money

@Suite("Business dates and windows")
struct BusinessDateTests {
    @Test(
        "days count from 1970, across leap years and centuries",
        arguments: [
            ("1970-01-01", 0), ("1969-12-31", -1), ("2000-02-29", 11_016), ("2026-06-30", 20_634),
            ("1900-03-01", -25_508),
            ("0001-01-01", -719_162), ("9999-12-31", 2_932_896),
        ])
    func dayNumbers(text: String, number: Int) throws {
        #expect(try BusinessDate(text).dayNumber == number)
        #expect(try BusinessDate(dayNumber: number).description == text)
    }

    @Test("every day of 400 years is followed by the next")
    func everyDay() throws {
        var date = try BusinessDate("1999-12-31")
        var before = date
        for _ in 0..<146_097 {
            date = date.adding(days: 1)
            #expect(try BusinessDate(year: date.year, month: date.month, day: date.day) == date)
            let isNext = date.day == before.day + 1 || (date.day == 1 && before == before.lastOfMonth)
            #expect(isNext && before < date)
            before = date
        }
        #expect(date.description == "2399-12-31")
    }

    @Test(
        "what is no day is refused",
        arguments: [
            "", "2026-6-30", "2026-06-31", "2026-02-29", "1900-02-29", "2026-13-01", "2026-00-10", "2026-01-00",
            "0000-01-01", "2026/06/30", "2026-06-30 ", "20260630", "yesterday", "２０２６-06-30", "+026-06-30",
        ])
    func invalid(text: String) {
        let failure = #expect(throws: Failure.self) { try BusinessDate(text) }
        #expect(failure?.code == .dateInvalid)
        #expect(failure?.message.contains(text) == true)
    }

    @Test("weekdays", arguments: [("2026-06-30", 2), ("1970-01-01", 4), ("1969-12-28", 7), ("2026-07-05", 7)])
    func weekdays(text: String, weekday: Int) throws {
        #expect(try BusinessDate(text).weekday == weekday)
    }

    @Test("months")
    func months() throws {
        let date = try BusinessDate("2024-02-10")
        #expect(date.firstOfMonth.description == "2024-02-01")
        #expect(date.lastOfMonth.description == "2024-02-29")
        #expect(date.monthText == "2024-02")
    }

    @Test("adding days stops at the ends of the calendar")
    func ends() throws {
        let date = try BusinessDate("2026-06-30")
        #expect(date.adding(days: .max).description == "9999-12-31")
        #expect(date.adding(days: .min).description == "0001-01-01")
        #expect(throws: Failure.self) { try BusinessDate(dayNumber: 2_932_897) }
    }

    @Test("windows include both ends")
    func windows() throws {
        let date = try BusinessDate("2026-03-01")
        #expect(Window.previousDay(of: date).description == "2026-02-28")
        #expect(Window.previousMonth(of: date).description == "2026-02-01 to 2026-02-28")
        #expect(Window.month(of: date).dayCount == 31)
        let window = try Window(from: date, to: date.adding(days: 2))
        #expect(window.dates.map(\.description) == ["2026-03-01", "2026-03-02", "2026-03-03"])
        #expect(window.contains(date) && window.contains(date.adding(days: 2)))
        #expect(!window.contains(date.adding(days: 3)) && !window.contains(date.adding(days: -1)))
        #expect(
            #expect(throws: Failure.self) { try Window(from: date, to: date.adding(days: -1)) }?.code
                == .parameterInvalid)
    }
}
