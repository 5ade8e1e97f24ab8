import Foundation
import Testing

/// What cron's log, Prometheus and a hook see of the real program.
@Suite("Watching a run")
struct WatchingTests {
    private static let job = "job: watched\nsteps:\n  - sql: sold-out\n"

    private static func documents(_ text: String) throws -> [[String: Any]] {
        try text.split(separator: "\n").map { line in
            try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any], "\(line)")
        }
    }

    @Test("JSON Lines alone on stderr, the metrics and the hook: done, failed, and not begun")
    func watched() throws {
        let home = try TestHome()
        try home.write("jobs/watched.yml", Self.job)
        try home.write("figures/x", "")
        try home.write(
            "config/mainspring.yml",
            "log:\n  format: json\nmetrics:\n  directory: figures\nhooks:\n  success: bin/told\n  failure: bin/told\n")
        try home.write(
            "bin/told", "#!/bin/sh\necho \"$MAINSPRING_EVENT $MAINSPRING_EXIT_CODE $MAINSPRING_HOME\" >>told\necho no\n"
        )
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: "\(home.path)/bin/told")
        func figure(_ name: String) throws -> String {
            let text = String(decoding: try home.read("figures/mainspring_watched.prom"), as: UTF8.self)
            return text.split(separator: "\n").first { $0.hasPrefix("\(name){") }.map(String.init) ?? "none"
        }

        // Nothing is migrated yet: the run can't begin.
        let refused = try home.run("run", "watched")
        #expect(refused.code == 1 && refused.output.isEmpty)
        let refusal = try Self.documents(refused.error)
        #expect(refusal.map { $0["event"] as? String } == ["run.refused"])
        #expect(refusal[0]["code"] as? String == "schema.behind")
        #expect(try figure("mainspring_run_success").hasSuffix(" 0"))
        #expect(try figure("mainspring_last_success_timestamp_seconds").hasSuffix(" 0"))

        #expect(try home.run("migrate").code == 0)
        let done = try home.run("run", "watched", "--date", "2026-06-30", "--json")
        #expect(done.code == 0)
        #expect(
            try Self.documents(done.error).map { $0["event"] as? String }
                == ["run.began", "step.began", "step.ended", "run.ended"])
        #expect(try figure("mainspring_run_success") == #"mainspring_run_success{job="watched"} 1"#)
        let success = try figure("mainspring_last_success_timestamp_seconds")
        #expect(!success.hasSuffix(" 0"))

        // For a monitor: the run is fresh, its business date is not.
        let fresh = try home.run("status", "--job", "watched", "--max-age", "1h", "--json")
        #expect(fresh.code == 0, "\(fresh.output)")
        let status = try #require(
            try JSONSerialization.jsonObject(with: Data(fresh.output.utf8)) as? [String: Any])
        #expect(status["version"] as? Int == 1 && status["healthy"] as? Bool == true)
        let stale = try home.run("status", "--job", "watched")
        #expect(stale.code == 1 && stale.output.contains("business dates since 2026-07-01 aren't done"))

        // A job file that is wrong: nothing reads it, and the success must not stay.
        try home.write("jobs/watched.yml", "job: watched\nsteps: nothing\n")
        let broken = try home.run("run", "watched")
        #expect(broken.code == 2)
        #expect(try Self.documents(broken.error)[0]["event"] as? String == "run.refused")
        #expect(try figure("mainspring_run_success").hasSuffix(" 0"))
        #expect(try figure("mainspring_run_exit_code").hasSuffix(" 2"))
        #expect(try figure("mainspring_last_success_timestamp_seconds") == success)

        let told = String(decoding: try home.read("told"), as: UTF8.self).split(separator: "\n").map(String.init)
        #expect(told == ["failure 1", "success 0", "failure 2"].map { "\($0) \(home.path)" })

        // --log text wins over the config; a command by hand leaves no figures and runs no hooks.
        let hand = try home.run("stock", "recompute", "--log", "text")
        #expect(hand.code == 0, "\(hand.error)")
        #expect(hand.error.contains(" info run.ended "))
        #expect(!home.exists("figures/mainspring_sold-out.prom"))
    }
}
