import Configuration
import Diagnostics
import Foundation
import Postgres
import TestSupport
import Testing

@testable import Jobs

@Suite("Bounds: time, memory, temporary files, conditions")
struct BoundsTests {
    /// A step that reports what the server lets it use.
    private static let settings = """
        -- name: difference
        SELECT 'settings' AS entity, 'test.note' AS finding, false AS applies, '{}'::jsonb AS before,
            jsonb_build_object(
                'statement', current_setting('statement_timeout'), 'lock', current_setting('lock_timeout'),
                'memory', current_setting('work_mem'), 'space', current_setting('temp_file_limit')) AS after
        """

    private static let changing = """
        -- name: difference
        SELECT 'brand:' || b.brand_id AS entity, 'test.note' AS finding, true AS applies, '{}'::jsonb AS before,
            '{}'::jsonb AS after, b.brand_id
        FROM brands AS b WHERE b.brand_name = 'Omega';
        -- name: apply
        INSERT INTO notifications (user_id, notification_type, title, message, is_read, created_at)
        SELECT 1, 'TEST', 'x', '', false, '2026-01-01'::timestamp FROM unnest(:'brand_id'::int[]) AS t (brand_id)
        """

    private func step(_ name: String, _ adjust: (inout StepOptions) -> Void = { _ in }) -> JobStep {
        var options = StepOptions()
        adjust(&options)
        return JobStep(.statements(name), options: options)
    }

    private func options(_ date: String) -> RunOptions {
        var options = RunOptions()
        options.date = date
        return options
    }

    @Test("a step's own limits come before the settings', and fall with its transaction")
    func limits() throws {
        try TestDatabase.withShop { _, target in
            let home = try TemporaryHome(["jobs/a.sql": Self.settings, "jobs/b.sql": Self.settings])
            let environment = home.environment(target) {
                $0.statementTimeoutSeconds = 120
                $0.workMemory = "8MB"
            }
            let own = step("a") {
                $0.timeoutSeconds = 60
                $0.lockTimeoutSeconds = 7
                $0.workMemory = "32MB"
            }
            let summary = try Runner(environment).run(JobDefinition(name: "x", steps: [own, step("b")]))
            let seen = summary.steps.map { $0.detail.changes.first?.after ?? [:] }
            #expect(seen[0]["statement"] == "1min" && seen[0]["lock"] == "7s" && seen[0]["memory"] == "32MB")
            #expect(seen[1]["statement"] == "2min" && seen[1]["lock"] == "5s" && seen[1]["memory"] == "8MB")
        }
    }

    @Test("temporary files: a role that may not bound them is told once how it may; one that may is bound")
    func temporarySpace() throws {
        try TestDatabase.withShop { _, target in
            let home = try TemporaryHome(["jobs/a.sql": Self.settings, "jobs/b.sql": Self.settings])
            let progress = RecordedProgress()
            let environment = home.environment(target, progress: progress) { $0.temporarySpace = "1GB" }
            let job = JobDefinition(name: "x", steps: [step("a"), step("b")])
            let unbound = try Runner(environment).run(job)
            #expect(unbound.status == "done")
            #expect(unbound.steps[0].detail.changes.first?.after["space"] == "-1")
            #expect(progress.notices.count == 1)
            let grant = "GRANT SET ON PARAMETER temp_file_limit TO mainspring_job"
            #expect(progress.notices.first?.contains(grant) == true)

            // The cluster's superuser: its password lies in the same file.
            var parameters = target.parameters.filter { $0.key != "password" }
            parameters["user"] = "postgres"
            let words = parameters.sorted { $0.key < $1.key }.map { "\($0.key)='\($0.value)'" }
            let superuser = try Connection(try ConnectionTarget(url: words.joined(separator: " ")))
            defer { superuser.close() }
            try superuser.script(grant)
            defer { try? superuser.script("REVOKE SET ON PARAMETER temp_file_limit FROM mainspring_job") }
            let bound = try Runner(environment).run(job)
            #expect(bound.steps[1].detail.changes.first?.after["space"] == "1GB")
        }
    }

    @Test("a statement over its step's timeout fails the run; the whole run's timeout, too, with run.timed_out")
    func timeouts() throws {
        try TestDatabase.withShop { connection, target in
            let slow = "-- name: lock\nSELECT pg_sleep(30);\n" + Self.settings
            let home = try TemporaryHome(["jobs/slow.sql": slow])
            let began = Date()
            let own = step("slow") { $0.timeoutSeconds = 1 }
            let first = try Runner(home.environment(target)).run(JobDefinition(name: "x", steps: [own]))
            #expect(first.status == "failed" && first.failure?.message.contains("statement timeout") == true)
            let bound = home.environment(target) { $0.runTimeoutSeconds = 1 }
            let second = try Runner(bound).run(JobDefinition(name: "x", steps: [step("slow")]))
            #expect(second.status == "failed" && second.exitCode == 1)
            #expect(second.failure?.code == "run.timed_out")
            #expect(second.failure?.advice == "Run the same command again.")
            #expect(Date().timeIntervalSince(began) < 15)
            let journal = try connection.query("SELECT error_code FROM mainspring.runs ORDER BY run_id")
            #expect(try journal.map { try $0.text("error_code") } == ["database.statement", "run.timed_out"])
        }
    }

    @Test("only_if: by the business date, or by what earlier steps changed; what is left out is skipped in the journal")
    func conditions() throws {
        try TestDatabase.withShop { connection, target in
            try JobShop.fill(connection)
            let home = try TemporaryHome([
                "jobs/a.sql": Self.changing, "jobs/b.sql": Self.settings, "jobs/c.sql": Self.settings,
            ])
            let job = JobDefinition(
                name: "x",
                steps: [
                    step("a"), step("b") { $0.onlyIf = .monthEnd }, step("c") { $0.onlyIf = .changed(step: "a") },
                ])
            let progress = RecordedProgress()
            let environment = home.environment(target, progress: progress)
            let plain = try Runner(environment).run(job, options("2026-06-29"))
            #expect(plain.status == "done" && plain.steps.map(\.status) == ["done", "skipped", "skipped"])
            #expect(progress.notices.contains { $0.hasPrefix("b is skipped: its condition “month-end” doesn't hold") })
            let journal = try connection.query("SELECT status FROM mainspring.run_steps ORDER BY step_no")
            #expect(try journal.map { try $0.text("status") } == ["done", "skipped", "skipped"])
            #expect(try !connection.query("SELECT partial FROM mainspring.runs")[0].bool("partial"))
            try connection.script("INSERT INTO brands (brand_name) VALUES ('Omega')")
            let end = try Runner(environment).run(job, options("2026-06-30"))
            #expect(end.steps.map(\.status) == ["done", "done", "done"])
        }
    }

    @Test("a step's own number of tries comes before the settings'")
    func retries() throws {
        try TestDatabase.withShop { connection, target in
            try connection.script(
                """
                CREATE FUNCTION public.fail() RETURNS boolean LANGUAGE plpgsql AS $$
                BEGIN RAISE EXCEPTION 'not yet' USING ERRCODE = '40P01'; END $$;
                """)
            let home = try TemporaryHome(["jobs/a.sql": "-- name: lock\nSELECT public.fail();\n" + Self.settings])
            let progress = RecordedProgress()
            let environment = home.environment(target, progress: progress)
            let job = JobDefinition(name: "x", steps: [step("a") { $0.retries = 1 }])
            #expect(try Runner(environment).run(job).status == "failed")
            #expect(progress.notices.count == 1)
        }
    }

    @Test("what may pass by itself: serialization, deadlock, a lost connection, a server that stops, starts or crashed")
    func transient() {
        for state in ["40001", "40P01", "08000", "08003", "08006", "57P01", "57P02", "57P03", "55P03"] {
            #expect(Transient.isTransient(PostgresError(SQLState(rawValue: state), "x")), "\(state)")
        }
        for state in ["57014", "23505", "42501", "53100", "53400"] {
            #expect(!Transient.isTransient(PostgresError(SQLState(rawValue: state), "x")), "\(state)")
        }
        #expect(Transient.isTransient(Failure(.databaseLost, "x")) && !Transient.isTransient(Failure(.diskFull, "x")))
    }
}
