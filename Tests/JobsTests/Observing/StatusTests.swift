import Configuration
import Diagnostics
import Foundation
import Postgres
import TestSupport
import Testing

@testable import Jobs

@Suite("How the jobs are")
struct StatusTests {
    private static let nightly = "job: nightly\nschedule: \"30 2 * * *\"\nsteps:\n  - reconcile: payments\n"

    /// A run in the journal. `date` and `ended` count back from yesterday and from now.
    private func run(
        _ connection: Connection, _ job: String, daysAgo date: Int = 0, status: String = "done",
        endedHoursAgo ended: Int = 1, code: String? = nil, partial: Bool = false
    ) throws {
        try connection.execute(
            Statement(
                """
                INSERT INTO mainspring.runs (job, business_date, window_from, window_to, cut_off, status, exit_code,
                    owner_token, host, process_id, os_user, started_at, heartbeat_at, finished_at, error_code, summary,
                    partial)
                SELECT $1, d.day, d.day, d.day, now(), $3, 0, 'x', 'h', 1, 'u', t.at - interval '1 hour', t.at,
                    CASE WHEN $3 <> 'running' THEN t.at END, $5, '{}', $6
                FROM (SELECT (now() AT TIME ZONE 'Asia/Karachi')::date - 1 - $2::int AS day) AS d,
                    (SELECT now() - make_interval(hours => $4::int) AS at) AS t
                """,
                [.text(job), .int(Int64(date)), .text(status), .int(Int64(ended)), .optional(code), .bool(partial)]))
    }

    private func withJobs(_ body: (Connection, ConnectionTarget, TemporaryHome) throws -> Void) throws {
        try TestDatabase.withShop { connection, target in
            try body(
                connection, target,
                try TemporaryHome([
                    "jobs/nightly.yml": Self.nightly,
                    "jobs/by-hand.yml": "job: by-hand\nsteps:\n  - reconcile: payments\n",
                ]))
        }
    }

    private func report(
        _ connection: Connection, _ home: TemporaryHome, job: String? = nil, maxAge: Double? = nil
    ) throws -> StatusReport {
        try StatusReader(jobs: JobCatalogue(home: home.home), timeZone: "Asia/Karachi", maxAge: maxAge)
            .report(job: job, on: connection)
    }

    @Test("all is well when the last date is done; a job that never ran counts only when it is named")
    func well() throws {
        try withJobs { connection, _, home in
            let none = try report(connection, home)
            #expect(none.healthy && none.jobs.map(\.job) == ["by-hand", "nightly"])
            #expect(try report(connection, home, job: "nightly").jobs[0].problems == ["it never ran in this database."])
            try run(connection, "nightly")
            let done = try report(connection, home, job: "nightly")
            #expect(done.healthy)
            #expect(done.jobs[0].lastRun?.status == "done" && done.jobs[0].daysBehind == 0)
            #expect(done.jobs[0].businessDate == done.lastDate)
            let age = try #require(done.jobs[0].lastSuccess?.ageSeconds)
            #expect(abs(age - 3600) < 60)
            #expect(done.text(.plain).contains("All is well."))
        }
    }

    @Test("a last run that failed or was found dead isn't well; one of a job without a schedule is only told")
    func failed() throws {
        try withJobs { connection, _, home in
            try run(connection, "nightly", daysAgo: 1)
            try run(connection, "nightly", status: "failed", code: "database.full")
            try run(connection, "by-hand", status: "failed", code: "database.full")
            let failed = try report(connection, home)
            #expect(!failed.healthy)
            #expect(failed.jobs[0].problems == [] && failed.jobs[0].lastRun?.status == "failed")
            #expect(failed.jobs[1].problems.count == 1 && failed.jobs[1].problems[0].contains("[database.full]"))
            #expect(failed.jobs[1].lastSuccess?.run == 1 && failed.jobs[1].daysBehind == 1)
            try run(connection, "nightly", status: "interrupted", code: "run.died")
            let died = try report(connection, home).jobs[1]
            #expect(died.lastRun?.status == "died" && died.problems[0].contains("died"))
            try run(connection, "nightly")
            #expect(try report(connection, home).healthy)
        }
    }

    @Test("stale: older than --max-age, or without it a date before the last one that is due and not done")
    func stale() throws {
        try withJobs { connection, _, home in
            try run(connection, "nightly", daysAgo: 1, endedHoursAgo: 25)
            #expect(try report(connection, home).healthy, "last night's run may be yet to come")
            #expect(try report(connection, home, maxAge: 26 * 3600).healthy)
            #expect(try !report(connection, home, maxAge: 24 * 3600).healthy)
            try run(connection, "nightly", partial: true)
            #expect(try report(connection, home).jobs[1].daysBehind == 1, "a run of a part makes no date done")
            try connection.script("TRUNCATE mainspring.runs CASCADE")
            try run(connection, "nightly", daysAgo: 3)
            let stale = try report(connection, home)
            #expect(!stale.healthy && stale.jobs[1].daysBehind == 3)
            #expect(stale.jobs[1].problems[0].hasPrefix("2 business dates since "))
        }
    }

    @Test("running: alive while the lock is held or the heart beats, else dead")
    func running() throws {
        try withJobs { connection, target, home in
            try run(connection, "nightly", daysAgo: 1)
            try run(connection, "nightly", status: "running", endedHoursAgo: 1)
            let dead = try report(connection, home)
            #expect(!dead.healthy && dead.jobs[1].lastRun?.status == "died")
            #expect(dead.text(.plain).contains("run 2 for \(dead.lastDate) died"))

            let holder = try Connection(target)
            #expect(try holder.tryAdvisoryLock(RunLock.key))
            let held = try report(connection, home)
            #expect(held.healthy && held.jobs[1].lastRun?.status == "running")
            holder.close()
            // The server lets go of the lock a moment after the session has ended.
            for _ in 0..<100 where try report(connection, home).healthy { Thread.sleep(forTimeInterval: 0.02) }
            #expect(try !report(connection, home).healthy)

            try connection.script("INSERT INTO mainspring.heartbeats (run_id, beat_at) VALUES (2, now())")
            let beating = try report(connection, home)
            #expect(beating.healthy && beating.jobs[1].lastRun?.status == "running")
            #expect(try #require(beating.jobs[1].heartbeatSeconds) < 30)
            #expect(beating.text(.plain).contains("nightly is running, last heard of"))
        }
    }

    @Test("open breaks are counted by code; a job that isn't there is refused by name")
    func breaks() throws {
        try withJobs { connection, _, home in
            try connection.script(
                """
                INSERT INTO mainspring.breaks (break_id, code, entity, plane, role, severity, status, channel, currency,
                    actual_currency, money_effect, event_effect, explanation, business_date, due_date, first_seen,
                    last_seen, resolved_on, opened_run, last_run)
                SELECT 'b' || n, (ARRAY['late', 'late', 'gone'])[n], 'order:' || n, 'order', 'root', 'low',
                    (ARRAY['OPEN', 'ACKNOWLEDGED', 'RESOLVED'])[n], '', 'PKR', 'PKR', 0, 0, '', '2026-01-01',
                    '2026-01-01', '2026-01-01', '2026-01-01', CASE n WHEN 3 THEN '2026-01-02'::date END, 1, 1
                FROM generate_series(1, 3) AS n
                """)
            let report = try report(connection, home)
            #expect(report.openBreaks == ["late": 2])
            #expect(report.text(.plain).contains("2 breaks are open: late 2."))
            let failure = try #require(throws: Failure.self) { try self.report(connection, home, job: "nightli") }
            #expect(failure.code == .jobUnknown)
        }
    }
}
