import Foundation
import Postgres
import TestSupport
import Testing

/// The server, or the way to it, fails; what may pass by itself does, without anybody's doing.
@Suite("Faults: connections, locks, the server")
struct FaultServerTests {
    /// Places where the answer of the server is lost, on either side of a commit.
    static let places = [
        "after-record:import inbox", "after-commit:import inbox", "after-record:reconcile payments",
        "after-commit:reconcile payments", "after-commit:sold-out", "in-reading", "after-publish", "after-close",
    ]

    @Test("a connection is lost at a boundary: tried again, and nothing is done twice", arguments: places)
    func lost(_ place: String) throws {
        try FaultBench.night { night, bench in
            let ending = try night.run(fault: "lose@\(place)")
            #expect(ending.code == 0 && ending.error.contains(" retry "), "\(place): \(ending.error)")
            try night.expectWhole(bench, place)
        }
    }

    /// A session of the run, by its name, and the step in which it is ended.
    static let sessions = [
        ("mainspring fault, run 1", "store-metrics"), ("mainspring fault, lock", "sold-out"),
        ("mainspring fault, lock", "3 reports"), ("mainspring fault, snapshot", "3 reports"),
        ("mainspring fault, reader", "3 reports"),
    ]

    @Test("pg_terminate_backend of each session of a run", arguments: sessions)
    func terminated(_ session: String, _ step: String) throws {
        try FaultBench.night { night, bench in
            let running = try night.blocked(FaultKillTests.inside[step] ?? "") { _, connection in
                let ended = try connection.query(
                    Statement(
                        """
                        SELECT pg_terminate_backend(a.pid) FROM pg_stat_activity AS a
                        WHERE a.datname = current_database() AND a.application_name = $1
                        """, [.text(session)]))
                #expect(!ended.isEmpty)
            }
            let ending = try running.wait()
            #expect(ending.code == 0, "\(session): \(ending.error)")
            try night.expectWhole(bench, session)
        }
    }

    @Test("a deadlock: the run is its victim, and tries again")
    func deadlock() throws {
        try FaultBench.night { night, bench in
            let candidates = "SELECT product_id FROM products WHERE pieces = 0 AND status IN ('ACTIVE', 'RESERVED')"
            let last =
                "SELECT 1 FROM products WHERE product_id = (SELECT max(c.product_id) FROM (\(candidates)) AS c) FOR UPDATE"
            let running = try night.blocked(last) { _, other in
                // The run holds the first of them and waits for the last; we hold the last and ask for the first.
                try other.script(last.replacing("max(", with: "min("))
            }
            let ending = try running.wait()
            #expect(ending.code == 0 && ending.error.contains("40P01"), "\(ending.error)")
            try night.expectWhole(bench)
        }
    }

    @Test("a serialization failure: the watermark comes up behind the back of a reconciliation that has its snapshot")
    func serialization() throws {
        try FaultBench.night { night, bench in
            let running = try night.blocked(FaultKillTests.inside["reconcile payments"] ?? "") { _, _ in
                let other = try Connection(night.target)
                defer { other.close() }
                // So old that everything has changed since: the second try looks at all, as the first did.
                try other.execute("INSERT INTO mainspring.watermarks VALUES ('reconcile', '2000-01-01Z', 0)")
            }
            let ending = try running.wait()
            #expect(ending.code == 0 && ending.error.contains("40001"), "\(ending.error)")
            try night.expectWhole(bench)
        }
    }

    @Test("the clock was set back: runs of a time to come are dead or done all the same")
    func clock() throws {
        try FaultBench.night { night, bench in
            let connection = try Connection(night.target)
            defer { connection.close() }
            let columns =
                "job, business_date, window_from, window_to, cut_off, status, owner_token, host, process_id, "
                + "os_user, started_at, heartbeat_at, finished_at, summary"
            let day = "'2026-06-29', '2026-06-29', '2026-06-29', '2026-06-29T19:00Z'"
            try connection.script(
                """
                INSERT INTO mainspring.runs (\(columns)) VALUES
                    ('other', \(day), 'running', 'x', 'h', 1, 'u', '2126-01-01Z', '2126-01-01Z', NULL, '{}'),
                    ('other', \(day), 'done', 'y', 'h', 1, 'u', '2126-01-01Z', '2126-01-02Z', '2126-01-02Z', '{}');
                """)
            let ending = try night.run()
            #expect(ending.code == 0, "\(ending.error)")
            let runs = try connection.query("SELECT status FROM mainspring.runs ORDER BY run_id")
            #expect(try runs.map { try $0.text("status") } == ["interrupted", "done", "done"])
            let history = try night.home.run("history", "--database", night.target.conninfo)
            #expect(history.code == 0 && history.output.contains("other"), "\(history.output) \(history.error)")
            // The page over all runs tells of the other job as well.
            let index = String(decoding: try night.home.read("out/index.html"), as: UTF8.self)
            #expect(index.contains("<h2>other</h2>") && index.contains("<h2>fault</h2>"))
            for (name, bytes) in bench.whole.files
            where !name.hasSuffix("manifest.json") && name != "out/index.html" {
                #expect(try night.home.read(name) == bytes, "\(name)")
            }
        }
    }
}
