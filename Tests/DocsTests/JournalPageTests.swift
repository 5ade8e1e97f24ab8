import Foundation
import Testing

@testable import Jobs

@Suite("docs/operator.md explains the documents that history, check and expire print as JSON")
struct JournalPageTests {
    /// Every field of a JSON document that is filled to the last one, however deep.
    private static func fields(_ value: Any) -> Set<String> {
        if let object = value as? [String: Any] {
            return object.reduce(into: Set(object.keys)) { $0.formUnion(fields($1.value)) }
        }
        return (value as? [Any])?.reduce(into: []) { $0.formUnion(fields($1)) } ?? []
    }

    private static func fields(of document: some Encodable, but known: Set<String> = []) throws -> Set<String> {
        fields(try JSONSerialization.jsonObject(with: Data(JSON.text(document).utf8))).subtracting(known)
    }

    private static let entry = History.Entry(
        run: 1, job: "", businessDate: "", status: "", exitCode: 0, user: "", host: "", startedAt: "", seconds: "",
        errorCode: "", errorMessage: "", attempt: 1, partial: false)

    @Test("every field of the history")
    func history() throws {
        let step = History.Step(
            number: 1, step: "", kind: "", status: "", read: 0, written: 0, rejected: 0, changed: 0, seconds: "",
            detail: StepDetail())
        let file = History.File(path: "", format: "", rows: 0, bytes: 0, sha256: "", sums: [:])
        let list = History.List(timeZone: "", runs: [Self.entry])
        let detail = History.Detail(
            timeZone: "", entry: Self.entry, from: "", to: "", cutOff: "", steps: [step], files: [file])
        let named = Page.code(in: try Page("docs/operator.md").section("The journal"))
        let all = try Self.fields(of: list).union(Self.fields(of: detail))
        #expect(all.count > 25 && all.contains("attempt"))
        for field in all { #expect(named.contains(field), "\(field)") }
    }

    @Test("every field of two runs compared")
    func difference() throws {
        let side = RunDiff.Side(run: 1, job: "", businessDate: "", status: "")
        let counts = RunDiff.Step.Counts(status: "", read: 0, written: 0, rejected: 0, changed: 0)
        let difference = RunDiff(
            from: side, to: side, steps: [.init(step: "", before: counts, after: counts)],
            standing: [.init(bucket: "", currency: "", before: "", after: "")],
            files: [
                .init(path: "", what: "", rows: .init(before: 0, after: 0), sums: ["PKR": .init(before: "", after: "")])
            ],
            breaks: [.init(code: "", opened: 0, reopened: 0, changed: 0, resolved: 0)],
            sources: .init(
                count: 1,
                first: [
                    .init(
                        entity: "", code: "", event: "", run: 1, currency: "", moneyEffectBefore: "",
                        moneyEffectAfter: "")
                ]),
            imports: .init(count: 1, first: [.init(statement: "", file: "", lines: 0, run: 1)]),
            payments: .init(
                count: 1, first: [.init(payment: 1, order: 1, kind: "", amount: "", currency: "", run: 1)]))
        let named = Page.code(in: try Page("docs/operator.md").section("Runs compared"))
        let all = try Self.fields(of: difference, but: ["PKR"])
        #expect(all.count > 30)
        for field in all { #expect(named.contains(field), "\(field)") }
    }

    @Test("every field and state of a check, and of what expires")
    func upkeep() throws {
        let page = try Page("docs/operator.md")
        let line = HealthCheck.Line(check: "", state: .ok, message: "", next: "")
        let check = Page.code(in: try page.section("Before the night"))
        for field in try Self.fields(of: HealthCheck.Report(healthy: true, checks: [line])) {
            #expect(check.contains(field), "\(field)")
        }
        for state in HealthCheck.Line.State.allCases { #expect(check.contains(state.rawValue)) }
        let report = Expiry.Report(
            dryRun: true, runsBefore: "", foldersBefore: "",
            runs: [.init(run: 1, job: "", businessDate: "", status: "")], folders: [], keptFolders: [])
        let kept = Page.code(in: try page.section("What is kept"))
        for field in try Self.fields(of: report) { #expect(kept.contains(field), "\(field)") }
    }
}
