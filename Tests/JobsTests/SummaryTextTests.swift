import Diagnostics
import Tabular
import Testing

@testable import Jobs

@Suite("What a person reads when a run has ended")
struct SummaryTextTests {
    private func night() -> RunSummary {
        var summary = RunSummary(
            run: 7, job: "nightly", businessDate: "2026-06-30", from: "2026-06-30", to: "2026-06-30",
            cutOff: "2026-06-30 19:00:00+00", timeZone: "Asia/Karachi", status: "done", exitCode: 0)
        summary.seconds = 4.25
        var detail = StepDetail()
        var figures = BreakFigures()
        figures.orders = 10_000
        figures.payments = 10_412
        figures.lines = 9_801
        figures.openRoots = 2
        figures.codes = [
            .init(
                code: "settlement.missing", opened: 2, resolved: 1, changed: 0, open: 2,
                moneyEffect: ["PKR": "-1234567.50", "USD": "-10.00"]),
            .init(code: "order.underpaid", opened: 1, resolved: 0, changed: 0, open: 1, moneyEffect: [:]),
        ]
        figures.standing = ["agreed": ["PKR": "987654321.00", "USD": "55.25"]]
        detail.breaks = figures
        detail.proof = CompletenessProof(lines: [
            .init(
                side: "ledger", kind: "capture", currency: "PKR", inputCount: 3, inputSum: "1.00", bucketCount: 3,
                bucketSum: "1.00", holds: true)
        ])
        summary.steps = [
            .init(
                number: 1, step: "reconcile payments", kind: "reconcile", status: "done", read: 30_213, written: 30_213,
                rejected: 0, changed: 12, seconds: 3.5, detail: detail)
        ]
        summary.folder = "out/nightly/2026-06-30"
        summary.files = [
            .init(
                path: "finance-pack.xlsx", format: "xlsx", rows: 60, bytes: 12_345, sha256: "ab", sums: [:],
                sumColumn: nil)
        ]
        return summary
    }

    @Test("the files of a report that is split are one line a format, and its index another")
    func splitFiles() {
        func file(_ path: String, _ rows: Int) -> Manifest.File {
            let format = String(path.suffix(path.hasSuffix("xlsx") ? 4 : 3))
            return .init(path: path, format: format, rows: rows, bytes: 10, sha256: "ab")
        }
        let lines = FileLine.lines([
            file("reports/bridge.csv", 4), file("reports/statement/1.csv", 3), file("reports/statement/1.xlsx", 3),
            file("reports/statement/2.csv", 5), file("reports/statement/index.csv", 2), file("reports/tax.csv", 1),
        ])
        #expect(
            lines.map { "\($0.name) \($0.rows) \($0.bytes)" } == [
                "reports/bridge.csv 4 10", "reports/statement/*.csv (2 files) 8 20", "reports/statement/1.xlsx 3 10",
                "reports/statement/index.csv 2 10", "reports/tax.csv 1 10",
            ])
    }

    @Test("three sentences: what was checked, what agrees and how much does not, where the workbook lies")
    func sentences() {
        let text = SummaryText(night()).text
        #expect(
            text.contains(
                "Checked 10,000 orders, 10,412 payments with their gateways' answers and 9,801 statement lines"))
        #expect(
            text.contains(
                "PKR 987,654,321.00 and USD 55.25 agree to the last paisa; 3 breaks are open (2 causes), "
                    + "worth PKR -1,234,567.50 and USD -10.00."))
        #expect(text.contains("The workbook is out/nightly/2026-06-30/finance-pack.xlsx"))
        #expect(text.contains("Proof of completeness: 1 sum of the inputs"))
        #expect(!text.contains("\u{1B}"))
        #expect(SummaryText(night(), style: TextStyle(colour: true)).text.contains("\u{1B}[32m"))
    }

    @Test("the JSON has every figure, and reads back the same")
    func json() throws {
        let text = try JSON.text(night(), pretty: true)
        #expect(text.contains("\"moneyEffect\" : {"))
        #expect(text.contains("\"-1234567.50\""))
    }

    @Test(
        "numbers for people",
        arguments: [
            ("0", "0"), ("12", "12"), ("1234", "1,234"), ("-1234567.50", "-1,234,567.50"), ("-0.05", "-0.05"),
            ("999999", "999,999"),
        ])
    func grouped(_ plain: String, _ text: String) {
        #expect(Figures.grouped(plain) == text)
    }
}
