import Foundation
import Postgres
import Testing

/// From an empty home to a reconciled night, as a newcomer does it.
@Suite("A whole night", .serialized)
struct NightTests {
    private struct Break: Hashable, Comparable {
        var code: String
        var entity: String
        var role: String
        var effect: String

        static func < (left: Break, right: Break) -> Bool { (left.code, left.entity) < (right.code, right.entity) }
    }

    /// What the generator says that it planted.
    private func truth(_ home: TestHome) throws -> Set<Break> {
        let text = String(decoding: try home.read(".mainspring/inbox/truth.csv"), as: UTF8.self)
        let rows = text.split(whereSeparator: \.isNewline)
        #expect(rows.first == "code,entity,role,money_effect")
        return Set(
            rows.dropFirst().map { row in
                let fields = row.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
                return Break(code: fields[0], entity: fields[1], role: fields[2], effect: fields[3])
            })
    }

    /// What the pipeline found.
    private func found(_ home: TestHome) throws -> Set<Break> {
        struct Entry: Decodable {
            var code: String
            var entity: String
            var role: String
            var moneyEffect: String
        }
        let ending = try home.run("breaks", "list", "--json")
        #expect(ending.code == 0)
        return Set(
            try ending.lines.map { line in
                let entry = try JSONDecoder().decode(Entry.self, from: Data(line.utf8))
                return Break(code: entry.code, entity: entry.entity, role: entry.role, effect: entry.moneyEffect)
            })
    }

    /// Precision and recall of every code, as a table of those that fall short.
    private func shortfall(_ found: Set<Break>, _ truth: Set<Break>) -> [String] {
        Set(truth.map(\.code)).union(found.map(\.code)).sorted().compactMap { code in
            let planted = truth.filter { $0.code == code }
            let raised = found.filter { $0.code == code }
            let right = Double(planted.intersection(raised).count)
            guard planted != raised else { return nil }
            let extra = raised.subtracting(planted).sorted().prefix(3).map { "+ \($0)" }
            let missing = planted.subtracting(raised).sorted().prefix(3).map { "- \($0)" }
            return "\(code): precision \(right / Double(max(1, raised.count))), recall "
                + "\(right / Double(max(1, planted.count))) \((extra + missing).joined(separator: "; "))"
        }
    }

    /// A digest of every row of the shop and of the pipeline, but for the journal.
    private func digest(_ home: TestHome) throws -> [String: String] {
        let connection = try Connection(try EmbeddedCluster.forHome(home.path).start())
        defer { connection.close() }
        let tables = try connection.query(
            """
            SELECT schemaname || '.' || tablename AS name FROM pg_tables
            WHERE schemaname IN ('public', 'mainspring') AND tablename NOT IN ('runs', 'run_steps', 'run_files')
            ORDER BY 1
            """)
        var digests: [String: String] = [:]
        for table in try tables.map({ try $0.text("name") }) {
            digests[table] = try connection.query(
                Statement(
                    "SELECT coalesce(sum(hashtextextended(t::text || t.xmin::text, 0)), 0)::text AS d FROM \(table) AS t"
                )
            )[0].text("d")
        }
        return digests
    }

    @Test("demo, night, truth, verify, and the same night again: no row changed, the same bytes")
    func wholeNight() throws {
        let home = try TestHome()
        let demo = try home.run("demo", "--orders", "2000", "--seed", "7")
        #expect(demo.code == 0, "\(demo.error)")
        #expect(demo.output.contains("Next: mainspring run nightly --date 2026-06-30"))

        let night = try home.run("run", "nightly", "--date", "2026-06-30")
        #expect(night.code == 0, "\(night.error) \(night.output)")
        #expect(night.output.contains("nightly, business date 2026-06-30: done in"))
        #expect(night.output.contains("Checked 2,000 orders"))
        #expect(night.output.contains("The workbook is out/nightly/2026-06-30/finance-pack.xlsx"))
        #expect(night.output.contains("Proof of completeness"))
        #expect(!night.output.contains("\u{1B}") && !night.error.contains("\u{1B}"))
        #expect(night.error.contains("step=\"reconcile payments\" kind=reconcile"))

        let truth = try truth(home)
        #expect(truth.count > 20)
        #expect(shortfall(try found(home), truth) == [])

        let verified = try home.run("verify", "out/nightly/2026-06-30")
        #expect(verified.code == 0 && verified.output.contains("are as run 1 wrote them"))

        let files = try home.files("out/nightly/2026-06-30")
        #expect(files.keys.contains("finance-pack.xlsx") && files.keys.contains("reports/breaks.csv"))
        #expect(files.keys.contains("extracts/orders.csv") && files.keys.contains("manifest.json"))
        #expect(files.keys.contains("extracts/orders.xlsx"))
        let ties = String(decoding: try home.read("out/nightly/2026-06-30/reports/control.csv"), as: UTF8.self)
            .split(separator: "\n").dropFirst()
        #expect(ties.count > 20 && ties.filter { !$0.contains(",pass,") } == [], "a tie of the night fails")
        let rows = try digest(home)

        let again = try home.run("run", "nightly", "--date", "2026-06-30", "--json")
        #expect(again.code == 0, "\(again.error)")
        #expect(again.error.contains("nightly for 2026-06-30 was already finished by run 1"))
        let summary = try #require(try JSONSerialization.jsonObject(with: Data(again.output.utf8)) as? [String: Any])
        #expect(summary["finishedBefore"] as? Int == 1)
        #expect(shortfall(try found(home), truth) == [])
        let differing = try digest(home).filter { rows[$0.key] != $0.value }.keys.sorted()
        #expect(differing == [])
        let filesAgain = try home.files("out/nightly/2026-06-30")
        for (path, bytes) in files where path != "manifest.json" { #expect(filesAgain[path] == bytes, "\(path)") }
        #expect(filesAgain.keys.sorted() == files.keys.sorted())

        try counting(home)
        try looking(home)
        try tampering(home)
        try interrupting(home)
    }

    /// Of every step of both nights, rows read are rows written and rows rejected; the second moved no figure.
    private func counting(_ home: TestHome) throws {
        struct Detail: Decodable {
            struct Step: Decodable {
                var step: String
                var read: Int64
                var written: Int64
                var rejected: Int64
            }
            struct File: Decodable { var rows: Int64 }
            var version: Int
            var steps: [Step]
            var files: [File]
        }
        for run in ["1", "2"] {
            let told = try home.run("history", run, "--json")
            #expect(told.code == 0, "\(told.error)")
            let detail = try JSONDecoder().decode(Detail.self, from: Data(told.output.utf8))
            #expect(detail.version == 1 && detail.steps.count > 5)
            for step in detail.steps { #expect(step.read == step.written + step.rejected, "run \(run), \(step.step)") }
            // What the steps that read say they have written is what lies there.
            let written = detail.steps.filter { $0.step.contains("report") || $0.step.contains("extract") }
            #expect(written.reduce(0) { $0 + $1.written } == detail.files.reduce(0) { $0 + $1.rows })
        }
        let difference = try home.run("runs", "diff", "1", "2")
        #expect(difference.code == 0, "\(difference.error)")
        #expect(
            !difference.output.contains("reports/") && !difference.output.contains("opened"), "\(difference.output)")
        let checked = try home.run("check")
        #expect(checked.code == 0, "\(checked.output)")
        let expired = try home.run("expire", "--dry-run")
        #expect(expired.code == 0 && expired.output.contains("0 runs of the journal"), "\(expired.output)")
    }

    /// Commands that only look, after a night.
    private func looking(_ home: TestHome) throws {
        let listed = try home.run("breaks", "list", "--code", "settlement.orphan", "--json", "--limit", "1")
        struct Entry: Decodable {
            var breakID: String
            var entity: String
        }
        let orphan = try JSONDecoder().decode(Entry.self, from: Data(listed.output.utf8))
        for subject in [orphan.breakID, orphan.entity] {
            let told = try home.run("explain", subject)
            #expect(told.code == 0, "\(told.error)")
            #expect(told.output.contains("nothing of ours bears it") && told.output.contains("settlement.orphan"))
        }
        let json = try home.run("explain", "order:1", "--json")
        #expect(try JSONSerialization.jsonObject(with: Data(json.output.utf8)) is [String: Any])
        #expect(try home.run("explain", "order:999999").code == 2)

        let history = try home.run("history")
        #expect(history.code == 0 && history.lines.count == 3)
        let run = try home.run("history", "1")
        #expect(run.output.contains("reconcile payments") && run.output.contains("finance-pack.xlsx"))
        #expect(try home.run("history", "99").code == 2)
        let metrics = try home.run("metrics", "check")
        #expect(metrics.code == 0 && metrics.output == "Nothing differs.\n")
        let breaks = try home.run("breaks", "list", "--code", "settlement.missing", "--limit", "2")
        #expect(breaks.code == 0 && breaks.output.contains("settlement.missing"))
        let extract = try home.run("extract", "orders", "--from", "2026-06-01", "--to", "2026-06-30")
        #expect(extract.code == 0 && extract.lines.count > 10, "\(extract.error)")
        let report = try home.run("report", "run", "finance-pack", "--date", "2026-06-30", "--out", "pack")
        #expect(report.code == 0 && home.exists("pack/finance-pack.xlsx"), "\(report.error)")
        let checks = try home.run("report", "check")
        #expect(checks.code == 0, "\(checks.error)")
        #expect(try home.run("jobs", "check").code == 0)
        #expect(try home.run("doctor").code == 0)
        let psql = try home.run("db", "psql", "--", "-Atc", "SELECT count(*) FROM orders")
        #expect(psql.code == 0 && psql.output == "2000\n")
    }

    /// A folder that somebody changed is told by name.
    private func tampering(_ home: TestHome) throws {
        try home.write("out/nightly/2026-06-30/reports/breaks.csv", "code\n")
        let verified = try home.run("verify", "out/nightly/2026-06-30")
        #expect(verified.code == 1 && verified.error.contains("manifest.mismatch"))
        #expect(verified.error.contains("reports/breaks.csv"))
    }

    /// Ctrl-C and SIGTERM while a step runs: the documented code within 5 s, and a second start beside it is refused.
    private func interrupting(_ home: TestHome) throws {
        try home.write(
            "jobs/slow.sql",
            """
            -- name: lock
            SELECT pg_sleep(60);
            -- name: difference
            SELECT 'store:1' AS entity, 'none' AS finding, false AS applies, '{}'::jsonb AS before, '{}'::jsonb AS after;
            """)
        try home.write("jobs/slow.yml", "job: slow\nsteps:\n  - sql: slow\n")
        for (signal, code, name) in [(SIGINT, Int32(130), "run.interrupted"), (SIGTERM, 143, "run.terminated")] {
            let running = try Program.start(["run", "slow"], in: home.path)
            try waitForSleep(home)
            let second = try home.run("run", "nightly", "--date", "2026-06-30")
            #expect(second.code == 75 && second.error.contains("[run.locked] Run "))
            #expect(second.error.contains("of slow for "))
            let sent = Date()
            kill(running.processIdentifier, signal)
            let ending = try running.wait()
            #expect(Date().timeIntervalSince(sent) < 5)
            #expect(ending.code == code && ending.error.contains(name), "\(ending.error)")
        }
        let history = try home.run("history", "--job", "slow", "--json")
        #expect(history.output.components(separatedBy: "\"interrupted\"").count == 3)
        #expect(try home.run("run", "nightly", "--date", "2026-06-30").code == 0)
    }

    private func waitForSleep(_ home: TestHome) throws {
        let connection = try Connection(try EmbeddedCluster.forHome(home.path).start())
        defer { connection.close() }
        for _ in 0..<500 {
            let sleeping = try connection.query(
                "SELECT count(*) AS n FROM pg_stat_activity WHERE wait_event = 'PgSleep'")[0].int("n")
            if sleeping > 0 { return }
            Thread.sleep(forTimeInterval: 0.02)
        }
        Issue.record("the slow step never came to sleep")
    }
}
