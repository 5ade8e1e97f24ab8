import Diagnostics
import Testing

@testable import Jobs

@Suite("A schedule is read to the letter of cron")
struct CronScheduleTests {
    @Test("numbers, ranges, lists, steps and names")
    func read() throws {
        let schedule = try CronSchedule("*/20 4-8,22 1-31/10 feb,JUN 5-7")
        #expect(schedule.minutes.values == [0, 20, 40] && schedule.minutes.isStar)
        #expect(schedule.hours.values == [4, 5, 6, 7, 8, 22])
        #expect(schedule.days.values == [1, 11, 21, 31] && !schedule.days.isStar)
        #expect(schedule.months.values == [2, 6])
        #expect(schedule.weekdays.values == [0, 5, 6])
        #expect(schedule.eitherDay)
    }

    @Test("Sunday is 0, 7 and sun; blanks and tabs part the fields")
    func sunday() throws {
        for text in ["0 0 * * 0", "0 0 * * 7", "0\t0  *\t* Sun"] {
            #expect(try CronSchedule(text).weekdays.values == [0], "\(text)")
        }
        #expect(try CronSchedule("0 0 * * *").weekdays.values == Array(0...6))
        #expect(try CronSchedule("0 0 * * */2").weekdays.values == [0, 2, 4, 6])
    }

    @Test("a day of the month and one of the week count as either, unless one begins with a star")
    func days() throws {
        #expect(try CronSchedule("0 0 1 * 1").eitherDay)
        #expect(try !CronSchedule("0 0 * * 1").eitherDay)
        #expect(try !CronSchedule("0 0 */2 * 1").eitherDay)
        #expect(try CronSchedule("0 0 31 2 1").eitherDay)
    }

    @Test(
        "what cron wouldn't take is refused, and the field is named",
        arguments: [
            ("daily", "1 of five fields"), ("", "0 of five fields"), ("@daily", "1 of five fields"),
            ("30 2 * *", "4 of five fields"), ("0 30 2 * * *", "6 of five fields"),
            ("61 * * * *", "The minute of “61 * * * *” can't be “61”."), ("60 2 * * *", "minute"),
            ("-1 2 * * *", "minute"), ("5,,7 2 * * *", "minute"), ("5- 2 * * *", "minute"), ("1/5 2 * * *", "minute"),
            ("*/0 2 * * *", "minute"), ("*/ 2 * * *", "minute"), ("*/-2 2 * * *", "minute"), ("1.5 2 * * *", "minute"),
            ("0 24 * * *", "hour"), ("0 22-4 * * *", "hour"), ("0 2,x * * *", "hour"), ("0 +2 * * *", "hour"),
            ("0 0 0 * *", "day of the month"), ("0 0 32 * *", "day of the month"), ("0 0 L * *", "day of the month"),
            ("0 0 ? * *", "day of the month"), ("0 0 * 0 *", "month"), ("0 0 * 13 *", "month"),
            ("0 0 * janua *", "month"), ("0 0 * * 8", "day of the week"), ("0 0 * * fri-sun", "day of the week"),
            ("0 0 * * 1#2", "day of the week"), ("0 0 * * ١", "day of the week"), ("0 0 31 2 *", "never comes"),
            ("0 0 31 4,6,9,11 *", "never comes"),
        ])
    func refused(_ text: String, _ words: String) throws {
        let failure = try #require(#expect(throws: Failure.self) { try CronSchedule(text) })
        #expect(failure.code == .jobInvalid)
        #expect(failure.message.contains(words), "\(failure.message)")
        #expect(failure.advice?.isEmpty == false)
    }

    @Test("a name that is nearly right is named")
    func nearest() throws {
        let failure = try #require(#expect(throws: Failure.self) { try CronSchedule("0 0 * * mond") })
        #expect(failure.advice == "Did you mean “mon”?")
    }
}
