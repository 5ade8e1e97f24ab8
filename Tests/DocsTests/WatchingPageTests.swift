import Foundation
import Testing

@testable import Configuration
@testable import Jobs

@Suite("docs/operator.md explains how a run is watched")
struct WatchingPageTests {
    @Test("every event, level and field of the log is named")
    func log() throws {
        let named = Page.code(in: try Page("docs/operator.md").section("The log"))
        for name in LogEvent.Name.allCases { #expect(named.contains(name.rawValue), "\(name)") }
        for level in LogEvent.Level.allCases { #expect(named.contains(level.rawValue), "\(level)") }
        for field in LogEvent.Field.allCases { #expect(named.contains(field.rawValue), "\(field)") }
        for field in ["version", "time", "level", "event"] { #expect(named.contains(field), "\(field)") }
    }

    @Test("every field of the status is named")
    func status() throws {
        let run = StatusReport.Run(
            run: 1, businessDate: "", status: "", exitCode: nil, errorCode: nil, startedAt: "")
        let success = StatusReport.Success(run: 1, finishedAt: "", ageSeconds: 0)
        let job = StatusReport.Job(job: "", problems: [])
        let report = StatusReport(
            moment: "", timeZone: "", lastDate: "", healthy: true, jobs: [], openBreaks: [:])
        let named = Page.code(in: try Page("docs/operator.md").section("Status"))
        for value in [run, success, job, report] as [Any] {
            for field in Mirror(reflecting: value).children.compactMap(\.label) {
                #expect(named.contains(field), "\(type(of: value)).\(field)")
            }
        }
    }

    @Test("every metric is named, and no other")
    func metrics() throws {
        let ending = MetricsFile.Ending(job: "nightly", success: true, exitCode: 0)
        let text = ExpositionText.text(ending, .init(openBreaks: [("x", 1)]), at: 0)
        let written = Set(
            text.split(separator: "\n").filter { $0.hasPrefix("# TYPE ") }.map { String($0.split(separator: " ")[2]) })
        let rows = Page.rows(in: try Page("docs/operator.md").section("Figures for Prometheus"))
        #expect(Set(rows.flatMap { Page.code(in: $0[0]) }) == written)
    }

    @Test("every event of a hook and every variable that it gets is named")
    func hooks() throws {
        let named = Page.code(in: try Page("docs/operator.md").section("Hooks"))
        for event in Hooks.Event.allCases { #expect(named.contains(event.rawValue), "\(event)") }
        for name in Hooks.names { #expect(named.contains("MAINSPRING_\(name)"), "\(name)") }
    }
}
