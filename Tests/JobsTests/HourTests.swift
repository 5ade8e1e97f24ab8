import Diagnostics
import Postgres
import TestSupport
import Testing

@testable import Jobs

@Suite("The window last-hour: the day under way, up to now")
struct HourTests {
    private func calendar(
        _ connection: Connection, _ rule: WindowRule, date: String? = nil, zone: String = "Asia/Karachi"
    ) throws -> Calendar {
        try Journal(connection).calendar(date: date, from: nil, to: nil, rule: rule, timeZone: zone)
    }

    /// A date of the server, in the zone, so many days from today.
    private func day(_ connection: Connection, _ days: Int) throws -> String {
        let sql = "SELECT ((clock_timestamp() AT TIME ZONE 'Asia/Karachi')::date + $1::int)::text AS day"
        return try connection.query(Statement(sql, [.int(days)]))[0].text("day")
    }

    @Test("its business date is today's, its cut-off is now; yesterday's ends where yesterday ended")
    func dates() throws {
        try TestDatabase.withShop { connection, _ in
            let today = try day(connection, 0)
            let yesterday = try day(connection, -1)
            let now = try calendar(connection, .lastHour)
            #expect(now.businessDate == today && now.windowFrom == today && now.windowTo == today)
            let sql = "SELECT clock_timestamp() - $1::timestamptz BETWEEN '0 s' AND '60 s' AS is_now"
            #expect(try connection.query(Statement(sql, [.timestamptz(now.cutOff)]))[0].bool("is_now"))
            let past = try calendar(connection, .lastHour, date: yesterday)
            #expect(try past.cutOff == calendar(connection, .previousDay, date: yesterday).cutOff)
        }
    }

    @Test("a date that has not begun is refused; the other windows refuse today's too")
    func refused() throws {
        try TestDatabase.withShop { connection, _ in
            let tomorrow = try day(connection, 1)
            let failure = try #require(
                #expect(throws: Failure.self) { try calendar(connection, .lastHour, date: tomorrow) })
            #expect(failure.code == .parameterInvalid && failure.message.contains("hasn't begun yet"))
            let today = try day(connection, 0)
            for rule in [WindowRule.previousDay, .previousMonth] {
                let failure = try #require(
                    #expect(throws: Failure.self) { try calendar(connection, rule, date: today) })
                #expect(failure.code == .parameterInvalid && failure.message.contains("isn't over yet"))
            }
        }
    }

    @Test("the shipped hour runs twice for a date, under its role, without a word and without a folder")
    func twice() throws {
        try TestDatabase.withShop { connection, target in
            try JobShop.fill(connection)
            try JobShop.order(connection, store: 1, total: "100.00")
            try JobShop.product(connection, pieces: 0, status: "ACTIVE")
            let home = try TemporaryHome()
            let progress = RecordedProgress()
            let job = try JobCatalogue(home: TemporaryHome.shipped).job("hourly")
            #expect(job.window == .lastHour && !job.window.isOncePerDate && job.onFailure == [.notifyAdmins])
            var changed: [Int64] = []
            for _ in 0..<2 {
                let summary = try Runner(
                    home.environment(target, home: TemporaryHome.shipped, progress: progress)
                ).run(job)
                #expect(summary.status == "done" && summary.folder == nil, "\(String(describing: summary.failure))")
                #expect(try summary.businessDate == day(connection, 0))
                changed.append(summary.steps.filter { $0.kind == "sql" }.reduce(0) { $0 + $1.changed })
            }
            #expect(changed == [2, 0])
            #expect(progress.notices.filter { $0.contains("already finished") }.isEmpty)
        }
    }
}
