import Money
import Testing

@testable import Jobs

@Suite("A converted schedule is due at the very same moments")
struct CronShiftPropertyTests {
    /// A generator whose values follow from its seed.
    private struct Seeded: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state ^ (state >> 29)
        }
    }

    /// The minutes since 1970 at which a clock without changes, so many minutes ahead of UTC, makes a schedule due.
    private func moments(_ schedule: CronSchedule, ahead: Int, days: Range<Int>) throws -> Set<Int> {
        var moments: Set<Int> = []
        for number in days {
            let date = try BusinessDate(dayNumber: number)
            guard schedule.months.values.contains(date.month) else { continue }
            let day = schedule.days.values.contains(date.day)
            let weekday = schedule.weekdays.values.contains(date.weekday % 7)
            guard schedule.eitherDay ? day || weekday : day && weekday else { continue }
            for hour in schedule.hours.values {
                for minute in schedule.minutes.values { moments.insert(number * 1440 + hour * 60 + minute - ahead) }
            }
        }
        return moments
    }

    private func field(_ range: ClosedRange<Int>, _ random: inout Seeded) -> String {
        let (first, second) = (Int.random(in: range, using: &random), Int.random(in: range, using: &random))
        switch Int.random(in: 0...5, using: &random) {
        case 0...2: return "*"
        case 3: return "\(first)"
        case 4: return "\(min(first, second))-\(max(first, second))"
        default: return "*/\(Int.random(in: 2...7, using: &random))"
        }
    }

    @Test("over fourteen months, for random schedules and zones of whole and broken hours", arguments: 1...40)
    func same(_ seed: Int) throws {
        var random = Seeded(state: UInt64(seed) &* 7_919)
        var converted = 0
        for _ in 0..<10 {
            let minute = "\(Int.random(in: 0...59, using: &random))"
            let words = [
                minute, field(0...23, &random), field(1...28, &random), field(1...12, &random), field(0...6, &random),
            ]
            let text = words.joined(separator: " ")
            let business = [300, 345, -300, 720].randomElement(using: &random) ?? 0
            let schedule = try CronSchedule(text)
            guard let lines = CronShift(minutes: -business).schedules(schedule) else { continue }
            converted += 1
            // The first and the last days are left out of the comparison: the two clocks begin them at other moments.
            let days = 20_500..<20_930
            let inside = (20_503 * 1440)..<(20_927 * 1440)
            let wanted = try moments(schedule, ahead: business, days: days).filter(inside.contains)
            let written = try lines.map { try moments(CronSchedule($0), ahead: 0, days: days) }
            let found = written.reduce(into: Set<Int>()) { $0.formUnion($1) }.filter(inside.contains)
            #expect(found == wanted, "seed \(seed): \(text) by \(business) → \(lines)")
            let sum = written.map { $0.filter(inside.contains).count }.reduce(0, +)
            #expect(sum == found.count, "seed \(seed): started twice: \(text) → \(lines)")
        }
        #expect(converted > 0)
    }
}
