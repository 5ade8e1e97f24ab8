import Configuration
import Diagnostics
import Foundation
import Postgres
import Tabular
import TestSupport
import Testing

@testable import Jobs

@Suite("What has had its time goes, and nothing of the books does")
struct ExpiryTests {
    /// Runs 1 to 14, each old but the last two; 1 to 9 are named by the books, one by each of their tables.
    private static let runs = """
        INSERT INTO mainspring.runs (job, business_date, window_from, window_to, cut_off, status, exit_code, owner_token,
            host, process_id, os_user, started_at, heartbeat_at, finished_at, summary)
        SELECT CASE WHEN n = 11 THEN 'yearly' ELSE 'nightly' END, '2010-01-01', '2010-01-01', '2010-01-01', '2010-01-01',
            CASE WHEN n IN (10, 12) THEN 'failed' WHEN n = 14 THEN 'running' ELSE 'done' END, 0, 'x', 'h', 1, 'u',
            '2010-01-01', '2010-01-01', CASE WHEN n = 13 THEN now() WHEN n < 13 THEN '2010-01-02'::timestamptz END, '{}'
        FROM generate_series(1, 14) AS n;
        INSERT INTO mainspring.run_steps (run_id, step_no, step, kind, status, started_at, finished_at, rows_read,
            rows_written, rows_rejected, rows_changed, detail)
        SELECT n, 1, 's', 'sql', 'done', '2010-01-01', '2010-01-01', 0, 0, 0, 0, '{}' FROM generate_series(1, 14) AS n;
        INSERT INTO mainspring.run_files (run_id, path, format, rows, bytes, sha256, sums)
        SELECT n, 'a.csv', 'csv', 0, 0, '', '{}' FROM generate_series(1, 14) AS n;
        INSERT INTO mainspring.files (sha256, statement, channel, file_name, bytes, lines, control_totals, imported_at,
            run_id)
        VALUES (repeat('0', 64), 's', 'c', 'f', 0, 0, '{}', '2010-01-01', 1);
        INSERT INTO mainspring.money_events (side, channel, kind, amount, currency, effective_at, recorded_at, payment_id,
            revision, run_id)
        VALUES ('ledger', 'c', 'capture', 1, 'PKR', '2010-01-01', '2010-01-01', 1, 1, 2);
        INSERT INTO mainspring.allocations (event_id, bucket, reason, amount, run_id) VALUES (1, 'agreed', 'r', 1, 3);
        INSERT INTO mainspring.payouts (channel, payout_id, currency, paid_at, lines, lines_net, run_id)
        VALUES ('c', 'p', 'PKR', '2010-01-01', 0, 0, 4);
        INSERT INTO mainspring.breaks (break_id, code, entity, plane, role, severity, status, channel, currency,
            actual_currency, money_effect, event_effect, explanation, business_date, due_date, first_seen, last_seen,
            resolved_on, opened_run, last_run)
        VALUES ('b', 'late', 'order:1', 'order', 'root', 'low', 'RESOLVED', '', 'PKR', 'PKR', 0, 0, '', '2010-01-01',
            '2010-01-01', '2010-01-01', '2010-01-01', '2010-01-01', 5, 6);
        INSERT INTO mainspring.break_events (break_id, event, business_date, happened_at, run_id, os_user, detail)
        VALUES ('b', 'opened', '2010-01-01', '2010-01-01', 7, 'u', '{}');
        INSERT INTO mainspring.closes (period_from, period_to, closed_at, closed_by, run_id)
        VALUES ('2010-02-01', '2010-02-28', '2010-03-01', 'u', 8);
        INSERT INTO mainspring.watermarks (name, moment, run_id) VALUES ('reconcile', '2010-01-01', 9)
        """

    private func runs(_ connection: Connection) throws -> [Int64] {
        try connection.query("SELECT run_id FROM mainspring.runs ORDER BY run_id").map { try $0.int64("run_id") }
    }

    private func folder(_ home: TemporaryHome, _ job: String, _ date: String, named: String? = nil) throws {
        let path = home.home.resolve("out/\(job)/\(date)")
        try FileManager.default.createDirectory(atPath: path + "/reports", withIntermediateDirectories: true)
        try Data("a\n".utf8).write(to: URL(fileURLWithPath: path + "/reports/a.csv"))
        try Manifest(job: named ?? job, businessDate: date, run: 1, files: []).write(toFolder: path)
    }

    private func withOld(_ body: (Connection, ConnectionTarget, TemporaryHome, Expiry) throws -> Void) throws {
        try TestDatabase.withShop { connection, target in
            try connection.script(Self.runs)
            let home = try TemporaryHome()
            for date in ["2010-01-01", "2010-02-10", "2099-01-01"] { try folder(home, "nightly", date) }
            // Not ours: another's manifest, no manifest, no date.
            try folder(home, "nightly", "2010-01-05", named: "other")
            try home.write("out/nightly/2010-01-06/mine.txt", "")
            try home.write("out/nightly/notes/mine.txt", "")
            try FileManager.default.createSymbolicLink(
                atPath: home.home.resolve("out/nightly/2010-01-07"),
                withDestinationPath: home.home.resolve("out/nightly/2010-01-01"))
            try body(connection, target, home, Expiry(home: home.home, settings: Settings()))
        }
    }

    @Test("a dry run lists what would go, and deletes nothing")
    func dry() throws {
        try withOld { connection, target, home, expiry in
            let job = try Connection(target, role: "mainspring_job")
            defer { job.close() }
            let report = try expiry.run(dryRun: true, on: job)
            // 11 is the yearly job's last that is done, 13 is young, 14 runs.
            #expect(report.runs.map(\.run) == [10, 12])
            #expect(report.folders == ["out/nightly/2010-01-01"])
            #expect(report.keptFolders == ["out/nightly/2010-02-10"])
            #expect(try runs(connection).count == 14)
            #expect(FileManager.default.fileExists(atPath: home.home.resolve("out/nightly/2010-01-01")))
            let text = report.text(.plain)
            #expect(text.contains("2 runs of the journal") && text.contains("would be deleted"))
            #expect(text.contains("never deleted"))
        }
    }

    @Test("as a step of a job: in the step's transaction, the folders after it")
    func step() throws {
        try withOld { connection, target, home, _ in
            let job = JobDefinition(name: "tidy", steps: [JobStep(.maintain(.expire))])
            let summary = try Runner(home.environment(target, home: home.home)).run(job)
            #expect(summary.status == "done" && summary.steps.map(\.step) == ["maintain expire"])
            // 14 seems to be running, and is dead: the lock was free. It ended just now.
            #expect(summary.steps.map(\.changed) == [2])
            #expect(try runs(connection) == [1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 13, 14, 15])
            #expect(!FileManager.default.fileExists(atPath: home.home.resolve("out/nightly/2010-01-01")))
            #expect(FileManager.default.fileExists(atPath: home.home.resolve("out/nightly/2010-02-10")))
        }
    }

    @Test("under the jobs' role: runs with their steps and files, folders whole; the rest stays as it was")
    func deletes() throws {
        try withOld { connection, target, home, expiry in
            let job = try Connection(target, role: "mainspring_job")
            defer { job.close() }
            let report = try expiry.run(dryRun: false, on: job)
            #expect(report.runs.map(\.run) == [10, 12])
            #expect(try runs(connection) == [1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 13, 14])
            let left = try connection.query(
                """
                SELECT (SELECT count(*) FROM mainspring.run_steps) AS steps,
                    (SELECT count(*) FROM mainspring.run_files) AS files,
                    (SELECT count(*) FROM mainspring.money_events) AS events,
                    (SELECT count(*) FROM mainspring.break_events) AS changes
                """)[0]
            #expect(try left.int("steps") == 12 && left.int("files") == 12)
            #expect(try left.int("events") == 1 && left.int("changes") == 1)
            let folders = try FileManager.default.contentsOfDirectory(atPath: home.home.resolve("out/nightly"))
            #expect(
                folders.sorted() == ["2010-01-05", "2010-01-06", "2010-01-07", "2010-02-10", "2099-01-01", "notes"])
            let again = try expiry.run(dryRun: false, on: job)
            #expect(again.runs.isEmpty && again.folders.isEmpty)
            // The lock is free again.
            #expect(try connection.tryAdvisoryLock(RunLock.key))
        }
    }

    @Test("while a run holds the lock nothing is deleted")
    func locked() throws {
        try withOld { connection, target, _, expiry in
            #expect(try connection.tryAdvisoryLock(RunLock.key))
            let job = try Connection(target, role: "mainspring_job")
            defer { job.close() }
            let failure = try #require(throws: Failure.self) { try expiry.run(dryRun: false, on: job) }
            #expect(failure.code == .runLocked)
            #expect(try runs(connection).count == 14)
        }
    }
}
