import Configuration
import Diagnostics
import Foundation
import TestSupport
import Testing

@testable import Jobs

@Suite("Hooks run real programs, and none of them breaks a run")
struct HookTests {
    private static func summary(_ status: String = "done") -> RunSummary {
        var summary = RunSummary(
            run: 17, job: "nightly", businessDate: "2026-06-30", from: "2026-06-30", to: "2026-06-30",
            cutOff: "2026-06-30T19:00:00Z", timeZone: "Asia/Karachi", status: status, exitCode: 0, finishedBefore: nil)
        if status != "done" {
            summary.exitCode = 1
            summary.failure = .init(code: "database.lost", message: "It broke.", location: nil, advice: nil)
        }
        return summary
    }

    /// A home with an executable script; what it writes to `$OUT` can be read.
    private struct Bench {
        let home = Result { try TemporaryHome() }
        let progress = RecordedProgress()

        func script(_ text: String, named name: String = "hook.sh") throws -> String {
            let home = try home.get()
            try home.write(name, "#!/bin/sh\nOUT=\(home.home.resolve("told"))\n\(text)\n")
            let path = home.home.resolve(name)
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
            return path
        }

        func hooks(timeout: Int = 30, interruption: Interruption = Interruption(), _ set: (inout HookSettings) -> Void)
            throws -> Hooks
        {
            var settings = HookSettings()
            settings.timeoutSeconds = timeout
            set(&settings)
            return Hooks(
                settings: settings, home: try home.get().home, interruption: interruption,
                notice: { [progress] in progress.notice($0) })
        }

        func told() throws -> String { try String(contentsOfFile: home.get().home.resolve("told"), encoding: .utf8) }
    }

    @Test("each event runs its own program, with the summary on stdin and the particulars in the environment")
    func told() throws {
        let bench = Bench()
        let script = try bench.script(
            """
            echo "$1 $2 $MAINSPRING_EVENT $MAINSPRING_RUN $MAINSPRING_JOB $MAINSPRING_BUSINESS_DATE $MAINSPRING_STATUS \
            ${MAINSPRING_EXIT_CODE-none} ${MAINSPRING_ERROR_CODE-none}" >>"$OUT"
            cat >>"$OUT"; echo >>"$OUT"
            echo noise; echo noise >&2
            """)
        let hooks = try bench.hooks {
            $0.start = [script, "began", "$(x) ;"]
            $0.success = [script, "done"]
            $0.failure = [script, "failed"]
        }
        hooks.began(Self.summary())
        hooks.ended(Self.summary())
        hooks.ended(Self.summary("failed"))
        hooks.didNotBegin("nightly", Failure(.schemaBehind, "Migrations are missing."))
        let lines = try bench.told().split(separator: "\n").map(String.init)
        try #require(lines.count == 8)
        #expect(lines[0] == "began $(x) ; start 17 nightly 2026-06-30 running none none")
        #expect(lines[2] == "done  success 17 nightly 2026-06-30 done 0 none")
        #expect(lines[4] == "failed  failure 17 nightly 2026-06-30 failed 1 database.lost")
        #expect(lines[6] == "failed  failure  nightly  not begun 1 schema.behind")
        #expect(try JSONDecoder().decode(RunSummary.self, from: Data(lines[3].utf8)) == Self.summary())
        #expect(try JSONDecoder().decode(RunSummary.self, from: Data(lines[5].utf8)) == Self.summary("failed"))
        #expect(
            try JSONDecoder().decode(Hooks.NoRun.self, from: Data(lines[7].utf8)).failure.code == "schema.behind")
        #expect(bench.progress.notices == [])
    }

    @Test("one that fails is told with its status")
    func fails() throws {
        let bench = Bench()
        let script = try bench.script("exit 3")
        try bench.hooks { $0.success = [script] }.ended(Self.summary())
        #expect(bench.progress.notices.count == 1)
        #expect(bench.progress.notices[0].contains("ended with 3."))
    }

    @Test("one that is killed is told with the signal")
    func killed() throws {
        let bench = Bench()
        let script = try bench.script("kill -9 $$")
        try bench.hooks { $0.success = [script] }.ended(Self.summary())
        #expect(bench.progress.notices[0].contains("signal 9"))
    }

    @Test("one that isn't there, or may not be run, is told by name")
    func missing() throws {
        let bench = Bench()
        try bench.hooks { $0.failure = ["bin/none"] }.ended(Self.summary("failed"))
        let file = try bench.script("true")
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: file)
        try bench.hooks { $0.start = [file] }.began(Self.summary())
        #expect(bench.progress.notices.count == 2)
        #expect(bench.progress.notices[0].contains("bin/none can't be started: No such file"))
        #expect(bench.progress.notices[1].contains("can't be started: Permission denied"))
    }

    @Test("one that hangs is ended with what it started, after the time that the settings give it")
    func hangs() throws {
        let bench = Bench()
        let script = try bench.script("sleep 60 & echo $! >\"$OUT\"; wait")
        let began = Date()
        try bench.hooks(timeout: 1) { $0.success = [script] }.ended(Self.summary())
        #expect(Date().timeIntervalSince(began) < 10)
        #expect(bench.progress.notices[0].contains("took longer than 1 s"))
        let child = try #require(Int32(try bench.told().trimmingCharacters(in: .whitespacesAndNewlines)))
        // Ended, or a zombie that nobody has waited for yet: either way it runs no more.
        let state = (try? String(contentsOfFile: "/proc/\(child)/stat", encoding: .utf8)) ?? ") Z"
        #expect(state.contains(") Z") || state.contains(") X"), "\(state)")
    }

    @Test("one that closes stdin at once, before a long summary, is no matter")
    func closes() throws {
        let bench = Bench()
        let script = try bench.script("exec <&-; echo closed >\"$OUT\"; sleep 0.2")
        var summary = Self.summary()
        summary.folder = String(repeating: "x", count: 1_000_000)
        // In the environment a word may have 128 KiB: such a folder is only in the summary.
        summary.files = []
        summary.folder = nil
        summary.steps = (1...2000).map {
            .init(
                number: $0, step: String(repeating: "step ", count: 100), kind: "sql", status: "done", read: 0,
                written: 0, rejected: 0, changed: 0, seconds: 0, detail: StepDetail())
        }
        try bench.hooks { $0.success = [script] }.ended(summary)
        #expect(try bench.told() == "closed\n")
        #expect(bench.progress.notices == [])
    }

    @Test("after a signal one is given a moment, and then left to itself")
    func signalled() throws {
        let bench = Bench()
        let script = try bench.script("sleep 5")
        let interruption = Interruption()
        interruption.raise(15)
        let began = Date()
        try bench.hooks(interruption: interruption) { $0.failure = [script] }.ended(Self.summary("interrupted"))
        #expect(Date().timeIntervalSince(began) < 4)
        #expect(bench.progress.notices[0].contains("still runs"))
    }

    @Test("a run with hooks that fail ends as it would without them")
    func runs() throws {
        try TestDatabase.withShop { connection, target in
            let bench = Bench()
            let home = try bench.home.get()
            try home.write(
                "jobs/one.sql",
                """
                -- name: difference
                SELECT 'user:1' AS entity, 'test.note' AS finding, false AS applies, '{}'::jsonb AS before,
                    '{}'::jsonb AS after;
                """)
            let script = try bench.script("exit 1")
            var environment = home.environment(target)
            environment.observers = [
                try bench.hooks {
                    $0.start = ["none-such-program"]
                    $0.success = [script]
                }
            ]
            let summary = try Runner(environment).run(Runner.job("one"))
            #expect(summary.status == "done" && summary.exitCode == 0)
            #expect(bench.progress.notices.count == 2)
        }
    }
}
