import Configuration
import Diagnostics
import Foundation
import Postgres
import TestSupport
import Testing

@testable import Jobs

/// A step that records which step ran, in admin_activity_log's neighbour `notifications`, which jobs may write.
private func noting(_ title: String, then sql: String = "") -> String {
    """
    -- name: difference
    SELECT 'user:1' AS entity, 'test.note' AS finding, true AS applies,
        '{}'::jsonb AS before, '{}'::jsonb AS after, '\(title)' AS title;
    -- name: apply
    INSERT INTO notifications (user_id, notification_type, title, message, is_read, created_at)
    SELECT 1, 'TEST', t.title, '', false, '2026-01-01'::timestamp FROM unnest(:'title'::text[]) AS t (title)\(sql);
    """
}

@Suite("What a run promises")
struct RunnerTests {
    private func titles(_ connection: Connection) throws -> [String] {
        try connection.query("SELECT title FROM notifications ORDER BY notification_id").map { try $0.text("title") }
    }

    private func journal(_ connection: Connection) throws -> [String] {
        try connection.query(
            """
            SELECT concat_ws(' ', r.run_id, r.status, r.exit_code, r.error_code, s.step, s.status) AS line
            FROM mainspring.runs AS r LEFT JOIN mainspring.run_steps AS s ON s.run_id = r.run_id
            ORDER BY r.run_id, s.step_no
            """
        ).map { try $0.text("line") }
    }

    @Test("a step's effects and its row in the journal are there together")
    func journalled() throws {
        try TestDatabase.withShop { connection, target in
            try JobShop.fill(connection)
            let home = try TemporaryHome(["jobs/one.sql": noting("one"), "jobs/two.sql": noting("two")])
            let summary = try Runner(home.environment(target)).run(Runner.job("one", "two"))
            #expect(summary.exitCode == 0 && summary.steps.map(\.written) == [1, 1])
            #expect(try titles(connection) == ["one", "two"])
            #expect(try journal(connection) == ["1 done 0 one done", "1 done 0 two done"])
            let counts = try connection.query(
                "SELECT rows_read = rows_written + rows_rejected AS adds_up FROM mainspring.run_steps")
            #expect(try counts.allSatisfy { try $0.bool("adds_up") })
        }
    }

    /// Notes what it is told, and whether another run could start just then.
    private final class Witness: RunObserver {
        let told = Locked<[String]>([])
        let target: ConnectionTarget

        init(_ target: ConnectionTarget) { self.target = target }

        func began(_ summary: RunSummary) { note("began \(summary.run)") }
        func ended(_ summary: RunSummary) { note("ended \(summary.run) \(summary.status) \(summary.exitCode)") }

        private func note(_ text: String) {
            let connection = try? Connection(target)
            defer { connection?.close() }
            let free = (try? connection?.tryAdvisoryLock(RunLock.key)) ?? false
            let row = try? connection?.query("SELECT status FROM mainspring.runs ORDER BY run_id DESC LIMIT 1").first
            told.set(told.get() + ["\(text), journal \((try? row?.text("status")) ?? "none"), lock free \(free)"])
        }
    }

    @Test("observers are told when the run is recorded, and when it has ended and let go of the lock")
    func observed() throws {
        try TestDatabase.withShop { connection, target in
            try JobShop.fill(connection)
            let home = try TemporaryHome([
                "jobs/one.sql": noting("one"), "jobs/bad.sql": noting("bad", then: " WHERE 1 / 0 > 0"),
            ])
            var environment = home.environment(target)
            let witness = Witness(target)
            environment.observers = [witness]
            _ = try Runner(environment).run(Runner.job("one"))
            _ = try Runner(environment).run(Runner.job("bad"))
            #expect(
                witness.told.get() == [
                    "began 1, journal running, lock free false", "ended 1 done 0, journal done, lock free true",
                    "began 2, journal running, lock free false", "ended 2 failed 1, journal failed, lock free true",
                ])
        }
    }

    @Test("a step that fails is journalled with its code, and nothing of it remains; the one before stands")
    func failed() throws {
        try TestDatabase.withShop { connection, target in
            try JobShop.fill(connection)
            let home = try TemporaryHome([
                "jobs/one.sql": noting("one"),
                "jobs/bad.sql": noting("bad", then: " WHERE 1 / (length(t.title) - 3) > 0"),
                "jobs/never.sql": noting("never"),
            ])
            let summary = try Runner(home.environment(target)).run(Runner.job("one", "bad", "never"))
            #expect(summary.status == "failed" && summary.exitCode == 1)
            #expect(summary.failure?.code == "database.statement")
            #expect(try titles(connection) == ["one"])
            #expect(
                try journal(connection) == [
                    "1 failed 1 database.statement one done", "1 failed 1 database.statement bad failed",
                ])
        }
    }

    @Test("the business date is the last that is over, its end is the cut-off, in the business's zone")
    func calendar() throws {
        try TestDatabase.withShop(role: "mainspring_job") { connection, _ in
            let journal = try Journal(connection)
            let day = try journal.calendar(
                date: "2026-06-30", from: nil, to: nil, rule: .previousDay, timeZone: "Asia/Karachi")
            #expect(day.businessDate == "2026-06-30" && day.windowFrom == "2026-06-30" && day.windowTo == "2026-06-30")
            #expect(day.cutOff.hasPrefix("2026-06-30 19:00:00"))
            let month = try journal.calendar(
                date: "2026-07-15", from: nil, to: nil, rule: .previousMonth, timeZone: "Asia/Karachi")
            #expect(month.windowFrom == "2026-06-01" && month.windowTo == "2026-06-30")
            let monthEnd = try journal.calendar(
                date: "2026-06-30", from: nil, to: nil, rule: .previousMonth, timeZone: "Asia/Karachi")
            #expect(monthEnd.windowFrom == "2026-06-01" && monthEnd.windowTo == "2026-06-30")
            let summer = try journal.calendar(
                date: "2026-03-28", from: nil, to: nil, rule: .previousDay, timeZone: "Europe/Berlin")
            #expect(summer.cutOff.hasPrefix("2026-03-28 23:00:00"))
            let last = try journal.calendar(date: nil, from: nil, to: nil, rule: .previousDay, timeZone: "UTC")
            let yesterday = try connection.query("SELECT (now()::date - 1)::text AS d")[0].text("d")
            #expect(last.businessDate == yesterday)
            #expect(throws: Failure.self) {
                try journal.calendar(date: "2126-01-01", from: nil, to: nil, rule: .previousDay, timeZone: "UTC")
            }
        }
    }

    @Test("a finished job and date asked for again says so, and runs again")
    func repeated() throws {
        try TestDatabase.withShop { connection, target in
            try JobShop.fill(connection)
            let home = try TemporaryHome()
            let progress = RecordedProgress()
            var options = RunOptions()
            options.date = "2026-06-30"
            let job = Runner.job("store-metrics", name: "metrics")
            let first = try Runner(home.environment(target, home: TemporaryHome.shipped)).run(job, options)
            #expect(first.finishedBefore == nil)
            let second = try Runner(home.environment(target, home: TemporaryHome.shipped, progress: progress))
                .run(job, options)
            #expect(second.finishedBefore == first.run && second.status == "done")
            #expect(progress.notices.contains { $0.contains("was already finished by run \(first.run)") })
        }
    }

    @Test("a lost race that the server ends (40001, 40P01) is tried again, up to the configured count")
    func retried() throws {
        try TestDatabase.withShop { connection, target in
            try JobShop.fill(connection)
            try connection.script(
                """
                CREATE SEQUENCE public.attempts;
                GRANT USAGE ON SEQUENCE public.attempts TO mainspring_job;
                CREATE FUNCTION public.fail_until(wanted int) RETURNS boolean LANGUAGE plpgsql AS $$
                BEGIN
                    IF nextval('public.attempts') < wanted THEN
                        RAISE EXCEPTION 'not yet' USING ERRCODE = '40001';
                    END IF;
                    RETURN true;
                END $$;
                """)
            let home = try TemporaryHome(["jobs/racy.sql": noting("racy", then: " WHERE public.fail_until(3)")])
            let progress = RecordedProgress()
            let summary = try Runner(home.environment(target, progress: progress)).run(Runner.job("racy"))
            #expect(summary.status == "done")
            #expect(try titles(connection) == ["racy"])
            #expect(progress.notices.count == 2)
            try connection.script("ALTER SEQUENCE public.attempts RESTART")
            let failing = try Runner(home.environment(target) { $0.retries = 1 }).run(Runner.job("racy"))
            #expect(failing.status == "failed")
            #expect(try titles(connection) == ["racy"])
        }
    }
}
