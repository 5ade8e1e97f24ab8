import Configuration
import Diagnostics
import Foundation
import Postgres
import TestSupport
import Testing

@testable import Jobs

/// A step that writes a row of notifications, or fails.
private func step(fails: Bool = false) -> String {
    """
    -- name: difference
    SELECT 'user:1' AS entity, 'test.note' AS finding, true AS applies,
        '{}'::jsonb AS before, '{}'::jsonb AS after, 'one' AS title;
    -- name: apply
    INSERT INTO notifications (user_id, notification_type, title, message, is_read, created_at)
    SELECT 1, 'TEST', t.title, '', false, '2026-01-01'::timestamp FROM unnest(:'title'::text[]) AS t (title)
    \(fails ? "WHERE 1 / 0 > 0" : "");
    """
}

@Suite("The figures for Prometheus")
struct MetricsFileTests {
    private static func observer(
        _ folder: String, _ target: ConnectionTarget?, _ progress: RecordedProgress = RecordedProgress()
    ) -> MetricsFile {
        MetricsFile(
            directory: folder,
            connect: {
                guard let target else { throw Failure(.databaseUnreachable, "No server answers.") }
                return try Connection(target, role: "mainspring_report")
            }, notice: { progress.notice($0) })
    }

    @Test("a run leaves a file that reads strictly; a failure overwrites a success, whose time it keeps")
    func whole() throws {
        try TestDatabase.withShop { connection, target in
            try JobShop.fill(connection)
            let home = try TemporaryHome(["jobs/one.sql": step(), "jobs/bad.sql": step(fails: true), "metrics/x": ""])
            let metrics = Self.observer(home.home.resolve("metrics"), target)
            var environment = home.environment(target)
            environment.observers = [metrics]
            _ = try Runner(environment).run(Runner.job("one"))
            let path = metrics.path(of: "test")
            #expect(path.hasSuffix("/metrics/mainspring_test.prom"))
            let done = try Exposition(String(contentsOfFile: path, encoding: .utf8))
            #expect(done.values[#"mainspring_run_success{job="test"}"#] == 1)
            #expect(done.values[#"mainspring_run_exit_code{job="test"}"#] == 0)
            #expect(done.values[#"mainspring_run_rows{job="test",kind="changed"}"#] == 1)
            let success = try #require(done.values[#"mainspring_last_success_timestamp_seconds{job="test"}"#])
            let row = try connection.query(
                """
                SELECT round(extract(epoch FROM finished_at), 3)::text AS done,
                    extract(epoch FROM cut_off)::bigint AS cut_off FROM mainspring.runs
                """)[0]
            #expect(String(format: "%.3f", success) == (try row.text("done")))
            #expect(
                done.values[#"mainspring_business_date_timestamp_seconds{job="test"}"#]
                    == Double(try row.int64("cut_off")))

            _ = try Runner(environment).run(Runner.job("bad"))
            let failed = try Exposition(String(contentsOfFile: path, encoding: .utf8))
            #expect(failed.values[#"mainspring_run_success{job="test"}"#] == 0)
            #expect(failed.values[#"mainspring_run_exit_code{job="test"}"#] == 1)
            #expect(failed.values[#"mainspring_last_success_timestamp_seconds{job="test"}"#] == success)
            #expect(failed.families == done.families)
            let attributes = try FileManager.default.attributesOfItem(atPath: path)
            #expect(attributes[.posixPermissions] as? Int == 0o644)
            let left = try FileManager.default.contentsOfDirectory(atPath: home.home.resolve("metrics"))
            #expect(left.sorted() == ["mainspring_test.prom", "x"])
        }
    }

    @Test("open breaks are counted by code, and each job has a file of its own")
    func breaks() throws {
        try TestDatabase.withShop { connection, target in
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
            let home = try TemporaryHome(["jobs/one.sql": step(), "m/x": ""])
            try JobShop.fill(connection)
            let metrics = Self.observer(home.home.resolve("m"), target)
            var environment = home.environment(target)
            environment.observers = [metrics]
            _ = try Runner(environment).run(Runner.job("one", name: "first"))
            _ = try Runner(environment).run(Runner.job("one", name: "second-job"))
            for name in ["first", "second-job"] {
                let read = try Exposition(String(contentsOfFile: metrics.path(of: name), encoding: .utf8))
                #expect(read.values["mainspring_breaks_open{job=\"\(name)\",code=\"late\"}"] == 2)
                #expect(read.values["mainspring_breaks_open{job=\"\(name)\",code=\"gone\"}"] == 0)
            }
        }
    }

    @Test("a run that reaches no database says so and keeps what was known")
    func unreachable() throws {
        let home = try TemporaryHome(["m/x": ""])
        let metrics = Self.observer(home.home.resolve("m"), nil)
        let before = MetricsFile.Known(
            lastSuccess: "1767225600.000", doneUntil: "1767207600.000", openBreaks: [("late", 3)])
        let ending = MetricsFile.Ending(job: "nightly", success: true, exitCode: 0)
        try ExpositionText.text(ending, before, at: 1_767_225_601)
            .write(toFile: metrics.path(of: "nightly"), atomically: true, encoding: .utf8)
        metrics.didNotBegin("nightly", Failure(.databaseUnreachable, "No server answers."))
        let read = try Exposition(String(contentsOfFile: metrics.path(of: "nightly"), encoding: .utf8))
        #expect(read.values[#"mainspring_run_success{job="nightly"}"#] == 0)
        #expect(read.values[#"mainspring_run_exit_code{job="nightly"}"#] == 1)
        #expect(read.values[#"mainspring_last_success_timestamp_seconds{job="nightly"}"#] == 1_767_225_600)
        #expect(read.values[#"mainspring_business_date_timestamp_seconds{job="nightly"}"#] == 1_767_207_600)
        #expect(read.values[#"mainspring_breaks_open{job="nightly",code="late"}"#] == 3)
    }

    @Test("a folder that isn't there is told, and breaks nothing; a success that can't be overwritten is removed")
    func unwritable() throws {
        let home = try TemporaryHome()
        let progress = RecordedProgress()
        let missing = Self.observer(home.home.resolve("gone"), nil, progress)
        missing.didNotBegin("nightly", Failure(.databaseUnreachable, "No server answers."))
        #expect(progress.notices.count == 1)
        #expect(progress.notices[0].contains("file.unwritable"))
        // A folder under the name of the file: it can't be put in place.
        let folder = home.home.resolve("full")
        try home.write("full/mainspring_nightly.prom/x", "")
        Self.observer(folder, nil, progress).didNotBegin("nightly", Failure(.runLocked, "Held."))
        #expect(progress.notices.count == 2)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["mainspring_nightly.prom"])
    }

    @Test("labels are escaped")
    func escaped() throws {
        let ending = MetricsFile.Ending(job: "a\"b\\c\nd", success: true, exitCode: 0)
        let read = try Exposition(ExpositionText.text(ending, MetricsFile.Known(), at: 0))
        #expect(read.values[#"mainspring_run_success{job="a\"b\\c\nd"}"#] == 1)
    }
}
