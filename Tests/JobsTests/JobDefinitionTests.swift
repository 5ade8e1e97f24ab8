import Configuration
import Diagnostics
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
            window: previous-month
            steps:
              - import: inbox
              - reconcile: payments
              - sql: store-metrics
              - report: [finance-pack, breaks]
              - extract: orders
            """)
        #expect(job.name == "night" && job.schedule == "30 2 * * *" && job.window == .previousMonth)
        #expect(
            job.steps.map(\.work) == [
                .importInbox, .reconcilePayments, .statements("store-metrics"), .reports(["finance-pack", "breaks"]),
                .extracts(["orders"]),
            ])
        #expect(job.steps.map(\.writes) == [true, true, true, false, false])
        #expect(job.steps.map(\.kind) == JobDefinition.stepKinds)
    }

    @Test("the shipped nightly job is in order, and is the only job")
    func shipped() throws {
        let catalogue = JobCatalogue(home: TemporaryHome.shipped)
        #expect(catalogue.names == ["nightly"])
        let plan = try RunPlan.load(try catalogue.job("nightly"), home: TemporaryHome.shipped, settings: Settings())
        #expect(plan.readings.map(\.name).contains("finance-pack"))
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
        ])
    func statementFile(_ text: String, _ code: String) throws {
        let home = try TemporaryHome(["jobs/step.sql": text])
        let failure = try #require(
            #expect(throws: Failure.self) { try StatementFile(name: "step", file: home.home.resolve("jobs/step.sql")) })
        #expect(failure.code.rawValue == code)
    }
}
