import Configuration
import Diagnostics
import Foundation
import Postgres
import TestSupport
import Testing

@testable import Jobs

@Suite("Administrators are told of a run that failed")
struct AdminNoticeTests {
    private static let bad = """
        -- name: difference
        SELECT 'user:1' AS entity, 'test.note' AS finding, true AS applies, '{}'::jsonb AS before, '{}'::jsonb AS after;
        -- name: apply
        SELECT u.email::integer FROM users AS u;
        """
    private static let job = "job: NAME\non_failure: notify-admins\nsteps:\n  - sql: bad\n"

    private func rows(_ connection: Connection) throws -> [String] {
        try connection.query(
            """
            SELECT concat_ws(' | ', user_id, notification_type, is_read, title, message) AS line
            FROM notifications ORDER BY notification_id
            """
        ).map { try $0.text("line") }
    }

    private func environment(_ home: TemporaryHome, _ target: ConnectionTarget) -> RunEnvironment {
        var environment = home.environment(target)
        environment.observers = [
            AdminNotices(
                jobs: JobCatalogue(home: home.home),
                connect: { try Connection(target, role: "mainspring_job") }, notice: environment.progress.notice)
        ]
        return environment
    }

    @Test("one row for each administrator who may act, without a word of the error; others are not told")
    func failed() throws {
        try TestDatabase.withShop { connection, target in
            try JobShop.fill(connection)
            try connection.script(
                """
                INSERT INTO users (email, password_hash, first_name, last_name, role, is_active, is_verified, created_at,
                    updated_at)
                SELECT 'admin' || n || '@example.test', '!', 'Ad', 'Min', 'ADMIN', n = 1, true, '2026-01-01', '2026-01-01'
                FROM generate_series(1, 2) AS n;
                INSERT INTO administrators (user_id, access_level, created_at)
                VALUES (5, 'STANDARD', '2026-01-01'), (6, 'STANDARD', '2026-01-01')
                """)
            let home = try TemporaryHome([
                "jobs/bad.sql": Self.bad, "jobs/loud.yml": Self.job.replacing("NAME", with: "loud"),
                "jobs/quiet.yml": "job: quiet\nsteps:\n  - sql: bad\n",
            ])
            let jobs = JobCatalogue(home: home.home)
            let runner = Runner(environment(home, target))
            let summary = try runner.run(try jobs.job("loud"))
            #expect(summary.failure?.code == "database.statement")
            _ = try runner.run(try jobs.job("quiet"))
            let rows = try rows(connection)
            try #require(rows.count == 2)
            let title = "Run 1 of loud for \(summary.businessDate) failed"
            #expect(rows[0].hasPrefix("4 | JOB_FAILED | f | \(title) | Run 1 of loud for"))
            #expect(rows[1].hasPrefix("5 | JOB_FAILED | f | \(title) | Run 1 of loud for"))
            #expect(rows.allSatisfy { $0.contains("database.statement (exit code 1)") && !$0.contains("@") })
            #expect(rows.allSatisfy { $0.contains("mainspring history 1") })
        }
    }

    @Test("of a run that died they are told by the next one, once")
    func died() throws {
        try TestDatabase.withShop { connection, target in
            try JobShop.fill(connection)
            let home = try TemporaryHome([
                "jobs/bad.sql": Self.bad.replacing("u.email::integer", with: "1"),
                "jobs/loud.yml": Self.job.replacing("NAME", with: "loud"),
            ])
            let job = try JobCatalogue(home: home.home).job("loud")
            // A run as a killed process leaves it: recorded, and never heard of again.
            try connection.script(
                """
                INSERT INTO mainspring.runs (job, business_date, window_from, window_to, cut_off, status, owner_token,
                    host, process_id, os_user, started_at, heartbeat_at, summary)
                VALUES ('loud', '2026-01-01', '2026-01-01', '2026-01-01', '2026-01-01', 'running', 'x', 'h', 1, 'u',
                    now(), now(), '{}')
                """)
            let runner = Runner(environment(home, target))
            _ = try runner.run(job)
            _ = try runner.run(job)
            let dead = try rows(connection).filter { $0.contains("run.died") }
            try #require(dead.count == 1)
            #expect(dead[0].contains("Run 1 of loud for 2026-01-01 failed"))
            #expect(dead[0].contains("without a word (run.died)"))
        }
    }

    @Test("who can't write notifications says so, and the run is what it is")
    func refused() throws {
        try TestDatabase.withShop { connection, target in
            try JobShop.fill(connection)
            let home = try TemporaryHome([
                "jobs/bad.sql": Self.bad, "jobs/loud.yml": Self.job.replacing("NAME", with: "loud"),
            ])
            let progress = RecordedProgress()
            var environment = home.environment(target, progress: progress)
            environment.observers = [
                AdminNotices(
                    jobs: JobCatalogue(home: home.home),
                    connect: { try Connection(target, role: "mainspring_report") }, notice: progress.notice)
            ]
            let summary = try Runner(environment).run(try JobCatalogue(home: home.home).job("loud"))
            #expect(summary.status == "failed")
            #expect(progress.notices.contains { $0.contains("administrators could not be told") })
            #expect(try rows(connection).isEmpty)
        }
    }
}
