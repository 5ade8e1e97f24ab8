import Configuration
import Diagnostics
import Postgres
import TestSupport
import Testing

@testable import Jobs

@Suite("A job's file is read strictly")
struct JobDefinitionTests {
    private func read(_ text: String, file: String = "jobs/night.yml") throws -> JobDefinition {
        try JobDefinition.read(YAMLNode.parse(text: text, file: file), file: file)
    }

    private func refusal(_ text: String) throws -> Failure {
        try #require(#expect(throws: Failure.self) { try read(text) })
    }

    @Test("every kind of step, in order")
    func whole() throws {
        let job = try read(
            """
            job: night
            schedule: "30 2 * * *"
            about: All that there is
            window: previous-month
            steps:
              - import: inbox
              - reconcile: payments
              - sql: store-metrics
              - maintain: statistics
              - report: [finance-pack, breaks]
              - extract: orders
            on_failure: [notify-admins]
            """)
        #expect(job.name == "night" && job.schedule == "30 2 * * *" && job.window == .previousMonth)
        #expect(job.onFailure == [.notifyAdmins] && job.about == "All that there is")
        #expect(
            job.steps.map(\.work) == [
                .importInbox, .reconcilePayments, .statements("store-metrics"), .maintain(.statistics),
                .reports(["finance-pack", "breaks"]),
                .extracts(["orders"]),
            ])
        #expect(job.steps.map(\.writes) == [true, true, true, true, false, false])
        #expect(job.steps.map(\.kind) == JobDefinition.stepKinds)
    }

    @Test("the shipped jobs are in order", arguments: ["hourly", "month-end", "nightly", "weekly-audit"])
    func shipped(_ name: String) throws {
        let catalogue = JobCatalogue(home: TemporaryHome.shipped)
        #expect(catalogue.names == ["hourly", "month-end", "nightly", "weekly-audit"])
        let job = try catalogue.job(name)
        let plan = try RunPlan.load(job, home: TemporaryHome.shipped, settings: Settings(), given: [:])
        #expect(job.about != nil && job.schedule != nil && job.onFailure == [.notifyAdmins])
        #expect(plan.readings.isEmpty == (name == "hourly"))
    }

    @Test("the shipped jobs' statements are what the server and the jobs' role can do")
    func checked() throws {
        try TestDatabase.withShop { _, target in
            let connection = try Connection(target, role: Settings().jobRole)
            defer { connection.close() }
            let catalogue = JobCatalogue(home: TemporaryHome.shipped)
            for name in catalogue.names {
                try RunPlan.load(try catalogue.job(name), home: TemporaryHome.shipped, settings: Settings())
                    .check(on: connection)
            }
            #expect(catalogue.names.count == 4)
        }
    }

    @Test("maintain: statistics tells the planner of what a night fills, under the jobs' role")
    func maintain() throws {
        try TestDatabase.withShop { connection, target in
            let analysed = """
                SELECT count(*) AS n FROM pg_class
                WHERE oid IN ('mainspring.lines'::regclass, 'mainspring.breaks'::regclass) AND reltuples >= 0
                """
            #expect(try connection.query(Statement(analysed))[0].int("n") == 0)
            let home = try TemporaryHome()
            let job = JobDefinition(name: "tidy", steps: [JobStep(.maintain(.statistics))])
            let summary = try Runner(home.environment(target)).run(job)
            #expect(summary.status == "done" && summary.steps.map(\.step) == ["maintain statistics"])
            #expect(try connection.query(Statement(analysed))[0].int("n") == 2)
        }
    }

    @Test(
        "what is wrong is named with its place and the nearest right word",
        arguments: [
            ("job: night\nstep:\n  - import: inbox\n", "config.unknown_key", "2:1", "“steps”"),
            ("job: night\nsteps:\n  - imports: inbox\n", "config.unknown_key", "3:5", "“import”"),
            ("job: night\nsteps:\n  - import: inbux\n", "config.invalid", "3:13", "“inbox”"),
            ("job: night\nsteps:\n  - reconcile: payment\n", "config.invalid", "3:16", "“payments”"),
            (
                "job: night\nwindow: previous-dey\nsteps:\n  - import: inbox\n", "config.invalid", "2:9",
                "“previous-day”"
            ),
            ("job: night\n", "config.missing_key", "1:1", "steps:"),
            ("job: night\nsteps: []\n", "job.invalid", "2:8", "at least one"),
            ("job: day\nsteps:\n  - import: inbox\n", "job.invalid", "1:6", "same name"),
            ("job: night\nschedule: daily\nsteps:\n  - import: inbox\n", "job.invalid", "2:11", "five fields"),
            ("job: night\nsteps:\n  - import: inbox\n    sql: x\n", "job.invalid", "3:5", "entry of its own"),
            ("job: night\nsteps:\n  - sql: a\n  - sql: a\n", "job.invalid", "4:10", "Keep one"),
            ("job: night\nschedule: 61 2 * * *\nsteps:\n  - sql: a\n", "job.invalid", "2:11", "0 to 59"),
            ("job: night\nsteps:\n  - maintain: vacuum\n", "config.invalid", "3:15", ""),
            ("job: night\nsteps:\n  - repair: status.mismatch\n", "job.invalid", "3:5", "Remove the step"),
            ("job: night\nsteps:\n  - report: [a]\n  - maintain: statistics\n", "job.invalid", "4:15", "Move it up"),
            ("job: night\nsteps: import\n", "config.wrong_type", "2:8", ""),
            ("job: night\nsteps:\n  - inbox\n", "config.wrong_type", "3:5", ""),
            ("job: night\non_failure: notify-admin\nsteps:\n  - sql: a\n", "config.invalid", "2:13", "“notify-admins”"),
            (
                "job: night\non_failure: [notify-admins, notify-admins]\nsteps:\n  - sql: a\n", "job.invalid", "2:29",
                "Keep one"
            ),
            ("job: night\nsteps:\n  - sql: a\non_failure: []\nsteps: []\n", "config.syntax", "", ""),
            ("job: night\nsteps:\n  - report: [a, a]\n", "job.invalid", "3:17", "Keep one"),
            ("job: night\nsteps:\n  - report: []\n", "job.invalid", "3:13", "at least one"),
            ("job: night\nsteps:\n  - report: [a]\n  - sql: b\n", "job.invalid", "4:10", "Move it up"),
            ("job: night\nsteps:\n  - import: inbox\n   - sql: x\n", "config.syntax", "", ""),
        ])
    func refused(_ text: String, _ code: String, _ place: String, _ words: String) throws {
        let failure = try refusal(text)
        #expect(failure.code.rawValue == code)
        #expect(failure.exitCode == .usage)
        #expect("\(failure.location.map { "\($0)" } ?? "")".hasPrefix("jobs/night.yml:\(place)"))
        #expect(words.isEmpty || failure.advice?.contains(words) == true, "\(failure)")
    }

    @Test("a job, step or report that does not exist is named with the nearest that does")
    func unknown() throws {
        let home = TemporaryHome.shipped
        let job = try #require(#expect(throws: Failure.self) { try JobCatalogue(home: home).job("nigthly") })
        #expect(job.code == .jobUnknown && job.advice == "Did you mean “nightly”?")
        let step = try #require(
            #expect(throws: Failure.self) {
                try RunPlan.load(Runner.job("store-metric"), home: home, settings: Settings())
            })
        #expect(step.code == .jobInvalid && step.advice == "Did you mean “store-metrics”?")
        let report = try #require(
            #expect(throws: Failure.self) {
                try RunPlan.load(
                    JobDefinition(name: "x", steps: [JobStep(.reports(["break"]))]), home: home, settings: Settings())
            })
        #expect(report.code == .reportUnknown && report.advice == "Did you mean “breaks”?")
    }

    @Test(
        "a step's file of statements is refused by name",
        arguments: [
            ("SELECT 1;\n", "parameter.invalid"),
            ("-- name: apply\nSELECT 1;\n", "job.invalid"),
            ("-- name: difference\nSELECT 1;\n-- name: aply\nSELECT 1;\n", "job.invalid"),
            ("-- name: difference\nSELECT :'cutoff'::date;\n", "job.invalid"),
            ("/*\nparameter: {}\n*/\n-- name: difference\nSELECT 1;\n", "config.unknown_key"),
            ("/*\nparameters: { to: { type: date } }\n*/\n-- name: difference\nSELECT 1;\n", "job.invalid"),
            ("/*\nparameters: { a: { type: date } }\n*/\n-- name: difference\nSELECT 1;\n", "job.invalid"),
            ("/* A comment, and no header. */\n-- name: difference\nSELECT 1;\n", "config.wrong_type"),
        ])
    func statementFile(_ text: String, _ code: String) throws {
        let home = try TemporaryHome(["jobs/step.sql": text])
        let failure = try #require(
            #expect(throws: Failure.self) { try StatementFile(name: "step", file: home.home.resolve("jobs/step.sql")) })
        #expect(failure.code.rawValue == code)
    }
}
