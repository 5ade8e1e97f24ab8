import Configuration
import Diagnostics
import Foundation
import Postgres
import Reconciliation
import TestSupport
import Testing

@testable import Jobs

@Suite("Importing the inbox")
struct ImportStepTests {
    static let header = """
        automatic_payout_id,automatic_payout_effective_at_utc,balance_transaction_id,created_utc,available_on_utc,currency,\
        gross,fee,net,reporting_category,source_id,description,customer_facing_amount,customer_facing_currency,charge_id,\
        payment_intent_id,payment_metadata[order_number]
        """
    static let charge = """
        po_1,2026-06-29 00:00:00,txn_1,2026-06-25 10:00:00,2026-06-29 00:00:00,pkr,100.00,3.00,97.00,charge,ch_1,,100.00,pkr,\
        ch_1,pi_1,ORD-2026-00001
        """
    private static let job = JobDefinition(name: "import", steps: [JobStep(.importInbox)])

    private func run(_ home: TemporaryHome, _ target: ConnectionTarget) throws -> RunSummary {
        try Runner(home.environment(target, home: TemporaryHome.shipped)).run(Self.job)
    }

    private func exists(_ home: TemporaryHome, _ path: String) -> Bool {
        FileManager.default.fileExists(atPath: home.home.resolve(path))
    }

    @Test("a bad file does not stop the others: it is named with line and reason, stays, and the run ends with 4")
    func refused() throws {
        try TestDatabase.withShop { connection, target in
            let home = try TemporaryHome([
                "inbox/stripe/a-bad.csv": Self.header + "\n" + Self.charge.replacing("100.00,3.00", with: "1e2,3.00")
                    + "\n",
                "inbox/stripe/b-good.csv": Self.header + "\n" + Self.charge + "\n",
                "inbox/truth.csv": "code,entity\n",
            ])
            let summary = try run(home, target)
            #expect(summary.status == "done" && summary.exitCode == 4)
            let step = try #require(summary.steps.first)
            #expect(step.status == "refused" && step.read == step.written + step.rejected)
            #expect(step.detail.files.map(\.result) == ["refused", "imported"])
            let bad = try #require(summary.refused.first)
            #expect(
                bad.file == "a-bad.csv" && bad.code == "statement.refused"
                    && bad.message?.contains("a-bad.csv:2") == true)
            #expect(exists(home, "inbox/stripe/a-bad.csv") && exists(home, "inbox/stripe/imported/b-good.csv"))
            #expect(!exists(home, "inbox/stripe/b-good.csv") && exists(home, "inbox/truth.csv"))
            let lines = try connection.query("SELECT file_name, lines FROM mainspring.files")
            #expect(try lines.map { try $0.text("file_name") } == ["b-good.csv"])
        }
    }

    @Test("the same content again, under whatever name, is recognised and changes nothing")
    func again() throws {
        try TestDatabase.withShop { connection, target in
            let home = try TemporaryHome(["inbox/stripe/one.csv": Self.header + "\n" + Self.charge + "\n"])
            _ = try run(home, target)
            try home.write("inbox/stripe/two.csv", Self.header + "\n" + Self.charge + "\n")
            let summary = try run(home, target)
            #expect(summary.exitCode == 0 && summary.steps[0].changed == 0)
            #expect(summary.steps[0].detail.files.map(\.result) == ["already imported"])
            #expect(exists(home, "inbox/stripe/imported/two.csv"))
            #expect(try connection.query("SELECT count(*) AS n FROM mainspring.lines")[0].int("n") == 1)
        }
    }

    @Test("a folder of a statement that nobody configured is refused by name, with the nearest that is")
    func unknownStatement() throws {
        try TestDatabase.withShop { _, target in
            let home = try TemporaryHome(["inbox/strip/a.csv": Self.header + "\n"])
            let summary = try run(home, target)
            #expect(summary.exitCode == 4)
            #expect(summary.refused.first?.code == "settlement.unknown")
        }
    }

    @Test("no inbox is no statement, and no error")
    func noInbox() throws {
        try TestDatabase.withShop { _, target in
            let summary = try run(try TemporaryHome(), target)
            #expect(summary.exitCode == 0 && summary.steps[0].read == 0)
        }
    }

    @Test("the journal of an import shows why lines gave way, how many rows were left out, and where they are")
    func options() throws {
        try TestDatabase.withShop { connection, target in
            let home = try TemporaryHome([
                "a.csv": Self.header + "\n" + Self.charge + "\n",
                "b.csv": [
                    Self.header, Self.charge.replacing("100.00,3.00,97.00", with: "90.00,3.00,87.00"),
                    Self.charge.replacing("txn_1", with: "txn_2").replacing("100.00,3.00", with: "1e2,3.00"), "",
                ].joined(separator: "\n"),
            ])
            func run(_ file: String, _ options: ImportOptions) throws -> StepDetail.File {
                let step = JobStep(.importFiles([home.home.resolve(file)], statement: "stripe", options))
                let environment = home.environment(target, home: TemporaryHome.shipped)
                let summary = try Runner(environment).run(JobDefinition(name: "import", steps: [step]))
                #expect(summary.exitCode == 0)
                let done = try #require(summary.steps.first)
                #expect(done.read == done.written + done.rejected)
                #expect(
                    SummaryText(summary, style: .plain).text.contains("1 row, to b.rejects.csv")
                        == (done.rejected == 1))
                return try #require(done.detail.files.first)
            }
            let plain = try run("a.csv", ImportOptions())
            #expect(plain.supersedeReason == nil && plain.maxRejects == nil && plain.rejected == nil)
            let file = try run("b.csv", ImportOptions(supersedeReason: "their letter", maxRejects: 3))
            #expect(file.result == "imported" && file.lines == 1 && file.superseding == 1)
            #expect(file.supersedeReason == "their letter" && file.maxRejects == 3)
            #expect(file.rejected == 1 && file.rejectsFile == "b.rejects.csv")
            let journal = try connection.query(
                "SELECT detail -> 'files' -> 0 AS file FROM mainspring.run_steps ORDER BY run_id DESC LIMIT 1")
            let text = try #require(journal.first).text("file")
            #expect(text.contains(#""supersedeReason": "their letter""#) && text.contains(#""maxRejects": 3"#))
            #expect(text.contains(#""rejected": 1"#))
        }
    }

    @Test("what an import left out is no statement of the inbox")
    func rejectsInInbox() throws {
        try TestDatabase.withShop { _, target in
            let home = try TemporaryHome(["inbox/stripe/a.rejects.csv": "line_no,column\n"])
            let summary = try run(home, target)
            #expect(summary.exitCode == 0 && summary.steps[0].detail.files.isEmpty)
        }
    }
}
