import Configuration
import Diagnostics
import Foundation
import Money
import Postgres
import TestSupport
import Testing

@testable import Jobs

@Suite("Several business dates: back-fill and catch-up")
struct DateSeriesTests {
    /// Notes the date for which it runs; fails for 2026-06-03 while the brand Omega is missing.
    private static let noting = """
        -- name: difference
        SELECT 'user:1' AS entity, 'test.note' AS finding, true AS applies, '{}'::jsonb AS before, '{}'::jsonb AS after,
            :'business_date'::date::text AS title;
        -- name: apply
        INSERT INTO notifications (user_id, notification_type, title, message, is_read, created_at)
        SELECT 1, 'TEST', t.title, '', false, '2026-01-01'::timestamp
        FROM unnest(:'title'::text[]) AS t (title)
        WHERE t.title <> '2026-06-03' OR 1 / (SELECT count(*) FROM brands WHERE brand_name = 'Omega') > 0
        """

    private func titles(_ connection: Connection) throws -> [String] {
        try connection.query("SELECT title FROM notifications ORDER BY notification_id").map { try $0.text("title") }
    }

    private func run(
        _ environment: RunEnvironment, _ range: DateRange, _ job: JobDefinition, date: String? = nil
    ) throws -> (code: ExitCode, summaries: [RunSummary]) {
        var options = RunOptions()
        options.isNamedJob = true
        options.date = date
        let series = DateSeries(environment)
        var summaries: [RunSummary] = []
        let dates = try series.dates(range, of: job, options)
        let code = try series.run(job, options, dates: dates) { summaries.append($0) }
        return (code, summaries)
    }

    private let job = Runner.job("note", name: "nightly")

    @Test("each date in order is a run of its own; the first that fails is the last; done ones are left out and told")
    func backfill() throws {
        try TestDatabase.withShop { connection, target in
            try JobShop.fill(connection)
            let home = try TemporaryHome(["jobs/note.sql": Self.noting])
            let progress = RecordedProgress()
            let environment = home.environment(target, progress: progress)
            let range = DateRange.dates(from: "2026-06-01", to: "2026-06-05")
            let first = try run(environment, range, job)
            #expect(first.code == .failed)
            #expect(first.summaries.map(\.businessDate) == ["2026-06-01", "2026-06-02", "2026-06-03"])
            #expect(first.summaries.allSatisfy { $0.from == $0.businessDate && $0.to == $0.businessDate })
            #expect(progress.notices.contains { $0.contains("2026-06-03 failed. 2 dates after it were not run.") })
            try connection.script("INSERT INTO brands (brand_name) VALUES ('Omega')")
            let second = try run(environment, range, job)
            #expect(second.code == .done && second.summaries.count == 3)
            #expect(try titles(connection) == (1...5).map { "2026-06-0\($0)" })
            #expect(progress.notices.contains("nightly for 2026-06-01 is done by run 1."))
            let third = try run(environment, range, job)
            #expect(third.code == .done && third.summaries.isEmpty)
            let failure = #expect(throws: Failure.self) {
                try run(environment, .dates(from: "2026-06-01", to: "2126-06-01"), job)
            }
            #expect(failure?.code == .parameterInvalid)
        }
    }

    @Test("a plain run tells what was missed since the last that is done, and catch-up runs it first")
    func catchUp() throws {
        try TestDatabase.withShop { connection, target in
            try JobShop.fill(connection)
            try connection.script("INSERT INTO brands (brand_name) VALUES ('Omega')")
            let home = try TemporaryHome(["jobs/note.sql": Self.noting])
            let progress = RecordedProgress()
            let environment = home.environment(target, progress: progress)
            var options = RunOptions()
            options.isNamedJob = true
            options.date = "2026-06-01"
            _ = try Runner(environment).run(job, options)
            #expect(progress.notices.isEmpty, "a job that never ran has missed nothing")
            let caught = try run(environment, .missed, job, date: "2026-06-04")
            #expect(caught.summaries.map(\.businessDate) == ["2026-06-02", "2026-06-03", "2026-06-04"])
            options.date = "2026-06-08"
            _ = try Runner(environment).run(job, options)
            #expect(
                progress.notices == [
                    "3 business dates were missed: 2026-06-05, 2026-06-06, 2026-06-07; "
                        + "`mainspring run nightly --catch-up` runs them first."
                ])
            let nothing = try run(environment, .missed, job, date: "2026-06-09")
            #expect(nothing.summaries.map(\.businessDate) == ["2026-06-09"])
        }
    }

    @Test("a back-fill resolves no break of a later date")
    func resolvesNothing() throws {
        try TestDatabase.withShop { connection, target in
            try JobShop.fill(connection)
            // An order whose subtotal no item explains; it is mended after the later night saw it.
            let order = try JobShop.order(connection, store: 1, total: "10.00", status: "PENDING")
            let home = try TemporaryHome()
            let environment = home.environment(target, home: TemporaryHome.shipped)
            let job = JobDefinition(name: "nightly", steps: [JobStep(.reconcilePayments)])
            let later = try run(environment, .dates(from: "2026-06-30", to: "2026-06-30"), job)
            #expect(later.summaries.first?.openBreaks == 1)
            try connection.script("UPDATE orders SET subtotal = 0, total_amount = 0 WHERE order_id = \(order)")
            let backfilled = try run(environment, .dates(from: "2026-06-28", to: "2026-06-29"), job)
            #expect(backfilled.summaries.map(\.openBreaks) == [1, 1])
            #expect(backfilled.summaries.allSatisfy { $0.breaks?.resolved == 0 })
            var options = RunOptions()
            options.date = "2026-07-01"
            #expect(try Runner(environment).run(job, options).openBreaks == 0)
        }
    }

    @Test("the dates for which a job is due follow from its schedule, as cron reads it")
    func due() throws {
        func dates(_ schedule: String?, _ window: WindowRule = .previousDay) throws -> [String] {
            let job = JobDefinition(name: "x", schedule: schedule, window: window, steps: [])
            return DueDates(job).dates(from: try BusinessDate("2026-06-24"), to: try BusinessDate("2026-07-02"))
                .map { "\($0)".suffix(5).description }
        }
        #expect(try dates("30 2 * * *").count == 9)
        #expect(try dates(nil).count == 9)
        #expect(try dates(nil, .previousMonth) == ["06-30"])
        #expect(try dates("0 4 1 * *", .previousMonth) == ["06-30"])
        // Mondays at three: for Sundays.
        #expect(try dates("0 3 * * mon") == ["06-28"])
        #expect(try dates("0 3 * * 1-5") == ["06-24", "06-25", "06-28", "06-29", "06-30", "07-01", "07-02"])
        // Day or weekday when neither is a star: the first, and Sundays (7 as well as 0).
        #expect(try dates("0 3 1 * 7") == ["06-27", "06-30"])
        #expect(try dates("0 3 */2 jul *") == ["06-30", "07-02"])
    }
}
