import Configuration
import Diagnostics
import Foundation
import Postgres
import TestSupport
import Testing

@testable import Jobs

@Suite("A run that stopped goes on where it stopped")
struct ResumeTests {
    /// Three steps that leave a note each; the second fails as long as the shop has no second administrator.
    private static let steps = ["one", "two", "three"].map { name in
        (
            "jobs/\(name).sql",
            """
            -- name: difference
            SELECT 'user:1' AS entity, 'test.note' AS finding, true AS applies,
                '{}'::jsonb AS before, '{}'::jsonb AS after, '\(name)' AS title;
            -- name: apply
            INSERT INTO notifications (user_id, notification_type, title, message, is_read, created_at)
            SELECT 1, 'TEST', t.title, '', false, '2026-01-01'::timestamp
            FROM unnest(:'title'::text[]) AS t (title)
            WHERE \(name == "two" ? "1 / (SELECT count(*) FROM brands WHERE brand_name = 'Omega') > 0" : "true")
            """
        )
    }

    private func home() throws -> TemporaryHome {
        try TemporaryHome(Dictionary(uniqueKeysWithValues: Self.steps))
    }

    private func titles(_ connection: Connection) throws -> [String] {
        try connection.query("SELECT title FROM notifications ORDER BY notification_id").map { try $0.text("title") }
    }

    private func journal(_ connection: Connection) throws -> [String] {
        try connection.query(
            """
            SELECT concat_ws(' ', r.run_id, r.attempt, r.status, s.step, s.status) AS line
            FROM mainspring.runs AS r LEFT JOIN mainspring.run_steps AS s ON s.run_id = r.run_id
            ORDER BY r.run_id, s.step_no
            """
        ).map { try $0.text("line") }
    }

    private func options(
        _ resume: Resume? = nil, _ steps: StepChoice? = nil, date: String? = "2026-06-30"
    ) -> RunOptions {
        var options = RunOptions()
        options.date = date
        options.resume = resume
        options.steps = steps
        options.isNamedJob = true
        return options
    }

    private func mend(_ connection: Connection) throws {
        try connection.script("INSERT INTO brands (brand_name) VALUES ('Omega')")
    }

    private let job = Runner.job("one", "two", "three")

    @Test("the same run, one attempt more: what was done is kept, the failed step and what follows is done")
    func resumed() throws {
        try TestDatabase.withShop { connection, target in
            try JobShop.fill(connection)
            let home = try home()
            let first = try Runner(home.environment(target)).run(job, options())
            #expect(first.status == "failed" && first.steps.map(\.status) == ["done", "failed"])
            let still = try Runner(home.environment(target)).run(job, options(.newest))
            #expect(still.run == first.run && still.status == "failed")
            try mend(connection)
            let progress = RecordedProgress()
            let resumed = try Runner(home.environment(target, progress: progress)).run(job, options(.run(first.run)))
            #expect(resumed.run == first.run && resumed.status == "done" && resumed.exitCode == 0)
            #expect(resumed.steps.map(\.step) == ["one", "two", "three"])
            #expect(resumed.steps.map(\.written) == [1, 1, 1])
            #expect(resumed.steps[0].detail.findings == ["test.note": 1])
            #expect(try titles(connection) == ["one", "two", "three"])
            #expect(try journal(connection) == ["1 3 done one done", "1 3 done two done", "1 3 done three done"])
            #expect(progress.notices.contains { $0.contains("kept: one.") })
        }
    }

    @Test("a plain run after a failed one says how that could be resumed, and begins anew")
    func offered() throws {
        try TestDatabase.withShop { connection, target in
            try JobShop.fill(connection)
            let home = try home()
            _ = try Runner(home.environment(target)).run(job, options())
            try mend(connection)
            let progress = RecordedProgress()
            let second = try Runner(home.environment(target, progress: progress)).run(job, options())
            #expect(second.run == 2 && second.status == "done")
            #expect(progress.notices.contains { $0.contains("`mainspring run test --resume 1`") })
            // The second run made up for the first.
            for resume in [Resume.newest, .run(1), .run(2), .run(99)] {
                let failure = #expect(throws: Failure.self) {
                    try Runner(home.environment(target)).run(job, options(resume, date: nil))
                }
                #expect(failure?.code == .runNotResumable && failure?.exitCode == .usage)
            }
        }
    }

    @Test("a run of another job, a job that changed, a date of which nothing stopped: refused, and nothing changes")
    func refused() throws {
        try TestDatabase.withShop { connection, target in
            try JobShop.fill(connection)
            let home = try home()
            _ = try Runner(home.environment(target)).run(job, options())
            try mend(connection)
            let before = try journal(connection)
            let cases: [(JobDefinition, RunOptions, String)] = [
                (Runner.job("one", name: "other"), options(.run(1), date: nil), "is one of test, not of other"),
                (Runner.job("one", "three", "two"), options(.newest), "step 2 was “sql two” and is “sql three” now"),
                (Runner.job("one", "two"), options(.newest), "it had 3 steps and has 2 now"),
                (job, options(.newest, date: "2026-06-29"), "No run of test for 2026-06-29 stopped"),
            ]
            for (job, options, words) in cases {
                let failure = #expect(throws: Failure.self) {
                    try Runner(home.environment(target)).run(job, options)
                }
                #expect(failure?.code == .runNotResumable && failure?.message.contains(words) == true)
            }
            #expect(try journal(connection) == before)
        }
    }

    @Test("--step and --from-step: the rest is skipped in the journal, and the date is not done by it")
    func chosen() throws {
        try TestDatabase.withShop { connection, target in
            try JobShop.fill(connection)
            try mend(connection)
            let home = try home()
            let progress = RecordedProgress()
            let environment = home.environment(target, progress: progress)
            let only = try Runner(environment).run(job, options(nil, .only("two")))
            #expect(only.steps.map(\.status) == ["skipped", "done", "skipped"])
            #expect(progress.notices == ["Left out, as the command says: one, three."])
            _ = try Runner(environment).run(job, options(nil, .from("two")))
            #expect(try titles(connection) == ["two", "two", "three"])
            let second = try journal(connection).suffix(3)
            #expect(second == ["2 1 done one skipped", "2 1 done two done", "2 1 done three done"])
            let whole = try Runner(environment).run(job, options())
            #expect(whole.finishedBefore == nil)
            let failure = #expect(throws: Failure.self) {
                try Runner(environment).run(job, options(nil, .only("thre")))
            }
            #expect(failure?.code == .stepUnknown && failure?.advice == "Did you mean “three”?")
            #expect(try connection.query("SELECT FROM mainspring.runs").count == 3)
        }
    }

    @Test("a step is named by title, kind or report; a kind of several steps isn't enough; reading steps go together")
    func names() throws {
        let job = JobDefinition(
            name: "x",
            steps: [
                JobStep(.importInbox), JobStep(.reconcilePayments), JobStep(.statements("a")),
                JobStep(.statements("b")), JobStep(.reports(["r", "s"])), JobStep(.extracts(["orders"])),
            ])
        #expect(try StepSelection(.only("reconcile"), of: job).chosen == [2])
        #expect(try StepSelection(.only("import inbox"), of: job).chosen == [1])
        #expect(try StepSelection(.from("b"), of: job).chosen == [4, 5, 6])
        #expect(try StepSelection(.only("s"), of: job).chosen == [5, 6])
        #expect(try !StepSelection(.from("import"), of: job).isPartial)
        let failure = #expect(throws: Failure.self) { try StepSelection(.only("sql"), of: job) }
        #expect(failure?.message.contains("“a”, “b”") == true)
    }
}
