import Configuration
import Diagnostics
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Jobs

@Suite("The log of a run")
struct RunLogTests {
    private final class Lines: Sendable {
        private let lines = Mutex<[String]>([])
        func add(_ line: String) { lines.withLock { $0.append(line) } }
        var all: [String] { lines.withLock { $0 } }
    }

    private static let good = """
        -- name: difference
        SELECT 'user:1' AS entity, 'test.note' AS finding, true AS applies, '{}'::jsonb AS before, '{}'::jsonb AS after;
        -- name: apply
        SELECT 1;
        """

    private static func run(_ format: LogFormat) throws -> (lines: [String], summary: RunSummary) {
        let lines = Lines()
        let summary = try TestDatabase.withShop { connection, target in
            let home = try TemporaryHome([
                "jobs/one.sql": good, "jobs/bad.sql": good.replacing("SELECT 1;", with: "SELECT 1 / 0;"),
            ])
            let log = RunLog(job: "test", format: format) { lines.add($0) }
            var environment = home.environment(target)
            environment.progress = log
            environment.observers = [log]
            return try Runner(environment).run(Runner.job("one", "bad"))
        }
        return (lines.all, summary)
    }

    @Test("JSON Lines: a document an event, with the run, the step, its counts and how it ended")
    func json() throws {
        let (lines, summary) = try Self.run(.json)
        let documents = try lines.map { line in
            try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        }
        let names = documents.map { $0["event"] as? String }
        #expect(names == ["run.began", "step.began", "step.ended", "step.began", "run.ended"])
        let known = Set(LogEvent.Field.allCases.map(\.rawValue) + ["version", "time", "level", "event"])
        for document in documents {
            #expect(document["version"] as? Int == 1)
            #expect(document["run"] as? Int64 == summary.run)
            #expect(document["job"] as? String == "test")
            #expect(document["business_date"] as? String == summary.businessDate)
            let time = try #require(document["time"] as? String)
            #expect(time.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/) != nil, "\(time)")
            #expect(Set(document.keys).subtracting(known).isEmpty)
        }
        #expect(documents[2]["step"] as? String == "one")
        #expect(documents[2]["read"] as? Int == 1)
        #expect(documents[2]["status"] as? String == "done")
        let end = documents[4]
        #expect(end["level"] as? String == "error")
        #expect(end["status"] as? String == "failed")
        #expect(end["exit_code"] as? Int == 1)
        #expect(end["code"] as? String == summary.failure?.code)
        #expect((end["message"] as? String)?.contains("division by zero") == true)
    }

    @Test("text: time, level and event, then key=value; what has blanks stands in quotes, on one line")
    func text() throws {
        let lines = try Self.run(.text).lines
        #expect(lines.count == 5)
        for line in lines { #expect(line.contains(/^\S+Z (info|error) [a-z]+\.[a-z]+ run=1 job=test business_date=/)) }
        #expect(lines[2].contains(" step=one kind=sql number=1 of=2 status=done read=1 "))
        #expect(lines[4].contains(" message=\""))
        let log = Lines()
        RunLog(job: "test", format: .text) { log.add($0) }.notice("a \"b\"\nc")
        #expect(log.all[0].hasSuffix(#" warning notice job=test message="a \"b\"\nc""#))
    }

    @Test("a retry and a run that could not begin have events of their own")
    func others() throws {
        let log = Lines()
        let told = RunLog(job: "nightly", format: .json) { log.add($0) }
        told.retry(step: "one", attempt: 2, reason: "deadlock detected")
        told.didNotBegin("nightly", Failure(.databaseUnreachable, "No server answers.", at: .named("db")))
        let documents = try log.all.map { line in
            try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        }
        #expect(documents[0]["event"] as? String == "retry")
        #expect(documents[0]["attempt"] as? Int == 2)
        #expect(documents[1]["event"] as? String == "run.refused")
        #expect(documents[1]["code"] as? String == "database.unreachable")
        #expect(documents[1]["run"] == nil)
    }
}
