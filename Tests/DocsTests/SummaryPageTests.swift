import Testing

@testable import Jobs

@Suite("docs/operator.md explains the summary that a run prints as JSON")
struct SummaryPageTests {
    private static func fields(_ value: Any) -> [String] { Mirror(reflecting: value).children.compactMap(\.label) }

    @Test("every field of the summary, its steps and their details is named")
    func fields() throws {
        let detail = StepDetail()
        let step = RunSummary.Step(
            number: 1, step: "", kind: "", status: "", read: 0, written: 0, rejected: 0, changed: 0, seconds: 0,
            detail: detail)
        let summary = RunSummary(
            run: 1, job: "", businessDate: "", from: "", to: "", cutOff: "", timeZone: "", status: "", exitCode: 0,
            finishedBefore: nil)
        let change = StepDetail.Change(entity: "", finding: "", applied: false, before: [:], after: [:])
        let file = StepDetail.File(
            file: "", statement: "", result: "", lines: 0, resent: 0, duplicates: 0, changed: 0, controlTotals: [:],
            code: nil, message: nil)
        let code = BreakFigures.Code(code: "", opened: 0, resolved: 0, changed: 0, open: 0, moneyEffect: [:])
        let line = CompletenessProof.Line(
            side: "", kind: "", currency: "", inputCount: 0, inputSum: "", bucketCount: 0, bucketSum: "", holds: true)
        let failure = RunSummary.Failed(code: "", message: "", location: nil, advice: nil)
        let values: [Any] = [
            summary, step, detail, change, file, BreakFigures(), code, CompletenessProof(), line, failure,
        ]
        let named = Page.code(in: try Page("docs/operator.md").section("The summary"))
        for value in values {
            #expect(!Self.fields(value).isEmpty)
            for field in Self.fields(value) { #expect(named.contains(field), "\(type(of: value)).\(field)") }
        }
    }
}
