import Configuration
import Diagnostics
import Money
import Testing

@testable import Jobs

@Suite("A step's options stand beside what it does")
struct StepOptionsTests {
    private func read(_ steps: String) throws -> [JobStep] {
        let file = "jobs/night.yml"
        return try JobDefinition.read(YAMLNode.parse(text: "job: night\nsteps:\n" + steps, file: file), file: file)
            .steps
    }

    @Test("the short form has none")
    func short() throws {
        let steps = try read("  - import: inbox\n  - sql: store-metrics\n")
        #expect(steps.map(\.options) == [StepOptions(), StepOptions()])
    }

    @Test("every option, as the file has it")
    func all() throws {
        let steps = try read(
            """
              - import: inbox
                lock_timeout: 5
              - sql: store-metrics
                timeout: 600
                lock_timeout: 30
                retries: 5
                work_memory: 256MB
                only_if: month-end
                parameters: { full: true, least: 10.50 }
              - sql: after
                only_if: { changed: store-metrics }
              - report: [a]
                timeout: 60
                only_if: monday
            """)
        var first = StepOptions()
        first.lockTimeoutSeconds = 5
        #expect(steps[0].options == first)
        let options = steps[1].options
        #expect(options.timeoutSeconds == 600 && options.lockTimeoutSeconds == 30 && options.retries == 5)
        #expect(options.workMemory == "256MB" && options.onlyIf == .monthEnd)
        #expect(options.parameters.mapValues(\.text) == ["full": "true", "least": "10.50"])
        #expect(steps[1].location.map { "\($0)" } == "jobs/night.yml:5:10")
        #expect(steps[2].options.onlyIf == .changed(step: "store-metrics"))
        #expect(steps[3].options.timeoutSeconds == 60 && steps[3].options.onlyIf == .weekday(1))
    }

    @Test("a step that is built in is named by its kind or its title", arguments: ["import", "import inbox"])
    func named(_ name: String) throws {
        let steps = try read("  - import: inbox\n  - reconcile: payments\n    only_if: { changed: \(name) }\n")
        #expect(steps[1].options.onlyIf == .changed(step: "import inbox"))
    }

    @Test(
        "what is wrong is named with its place and what would be right",
        arguments: [
            ("  - sql: a\n    timeouts: 5\n", "config.unknown_key", "4:5", "“timeout”"),
            ("  - sql: a\n    timeout: 10m\n", "config.wrong_type", "4:14", ""),
            ("  - sql: a\n    timeout: 0\n", "job.invalid", "4:14", "1 to 86400 seconds"),
            ("  - sql: a\n    lock_timeout: -1\n", "job.invalid", "4:19", "1 to 86400 seconds"),
            ("  - sql: a\n    retries: 21\n", "job.invalid", "4:14", "0 to 20 times"),
            ("  - sql: a\n    work_memory: 256\n", "job.invalid", "4:18", "256MB"),
            ("  - sql: a\n    work_memory: 63kB\n", "job.invalid", "4:18", "64kB"),
            ("  - sql: a\n    work_memory: 9999GB\n", "job.invalid", "4:18", "1GB"),
            ("  - sql: a\n    work_memory: 1MB'; DROP\n", "job.invalid", "4:18", "256MB"),
            ("  - sql: a\n    only_if: mondays\n", "config.invalid", "4:14", "“monday”"),
            ("  - sql: a\n    only_if: { change: b }\n", "config.unknown_key", "4:16", "“changed”"),
            ("  - sql: a\n    only_if: changed\n", "job.invalid", "4:14", "move this step down"),
            ("  - sql: a\n    only_if: { changed: a }\n", "job.invalid", "4:25", "Move this step down."),
            ("  - sql: abc\n  - sql: b\n    only_if: { changed: abd }\n", "job.invalid", "5:25", "“abc”"),
            ("  - sql: abc\n  - sql: b\n    only_if: { changed: sql }\n", "job.invalid", "5:25", "Those are abc."),
            ("  - report: r\n    retries: 1\n", "job.invalid", "4:14", "limits.retries"),
            ("  - import: inbox\n    parameters: { a: 1 }\n", "job.invalid", "4:17", "Remove them"),
            ("  - sql: a\n    parameters: [a]\n", "config.wrong_type", "4:17", ""),
            ("  - sql: a\n    parameters: { a: [1] }\n", "config.wrong_type", "4:22", ""),
            ("  - timeout: 5\n", "job.invalid", "3:5", "Begin it"),
        ])
    func refused(_ steps: String, _ code: String, _ place: String, _ words: String) throws {
        let failure = try #require(#expect(throws: Failure.self) { try read(steps) })
        #expect(failure.code.rawValue == code, "\(failure)")
        #expect("\(failure.location.map { "\($0)" } ?? "")" == "jobs/night.yml:\(place)", "\(failure)")
        #expect(words.isEmpty || failure.advice?.contains(words) == true, "\(failure)")
    }

    @Test(
        "a condition holds by the business date, or by what earlier steps changed",
        arguments: [
            (OnlyIf.firstOfMonth, "2026-06-01", [], true), (.firstOfMonth, "2026-06-30", [], false),
            (.monthEnd, "2026-06-30", [], true), (.monthEnd, "2026-02-28", [], true),
            (.monthEnd, "2028-02-28", [], false), (.weekday(2), "2026-06-30", [], true),
            (.weekday(7), "2026-06-30", [], false), (.changed(step: nil), "2026-06-30", [], false),
            (.changed(step: nil), "2026-06-30", ["a"], true), (.changed(step: "a"), "2026-06-30", ["a"], true),
            (.changed(step: "b"), "2026-06-30", ["a"], false),
        ])
    func holds(_ condition: OnlyIf, _ date: String, _ changed: [String], _ expected: Bool) throws {
        #expect(condition.holds(businessDate: try BusinessDate(date), changed: changed) == expected)
    }

    @Test("each word of a condition is read back as it is written", arguments: OnlyIf.words)
    func words(_ word: String) {
        #expect(OnlyIf(word: word)?.description == word)
    }
}
