import Demo
import Foundation
import Money
import Postgres
import Reconciliation
import Testing

/// A generated marketplace whose breaks are known: what is found must be what was planted, no more and no less.
@Suite("The truth of a generated marketplace")
struct DemoTruthTests {
    /// `code,entity,role,money_effect` of the open breaks, sorted as truth.csv is.
    private func found(_ bench: Bench) throws -> [String] {
        try bench.owner.query(
            """
            SELECT concat_ws(',', code, entity, role, money_effect) AS line FROM mainspring.breaks
            WHERE status <> 'RESOLVED' ORDER BY code COLLATE "C", entity COLLATE "C"
            """
        ).map { try $0.text("line") }
    }

    /// What the demo says is wrong, as `found` says it.
    private func truth(_ inbox: String) throws -> [String] {
        try String(contentsOfFile: "\(inbox)/truth.csv", encoding: .utf8).split(separator: "\n").dropFirst()
            .map(String.init)
    }

    /// Imports what lies in the inbox and wasn't there before, as the nightly job would.
    private func importNew(_ inbox: String, into bench: Bench, seen: inout Set<String>, night: ReconciliationRun) throws
    {
        let files = FileManager.default
        for statement in try files.contentsOfDirectory(atPath: inbox).sorted() where statement != "truth.csv" {
            for file in try files.contentsOfDirectory(atPath: "\(inbox)/\(statement)").sorted() {
                let path = "\(inbox)/\(statement)/\(file)"
                guard seen.insert(path).inserted else { continue }
                try bench.importFile(path, as: statement, run: night)
            }
        }
    }

    @Test("10,000 orders, three nights with breaks mended in between: precision and recall are 1 for every code")
    func truth() throws {
        try Bench.with(terms: true) { bench in
            try bench.run("TRUNCATE users, products, orders, payments RESTART IDENTITY CASCADE")
            let inbox = "\(bench.folder)/inbox"
            let clock = ContinuousClock()
            var marks: [(String, Duration)] = []
            var last = clock.now
            func mark(_ name: String) {
                marks.append((name, clock.now - last))
                last = clock.now
            }
            let orders = Int(ProcessInfo.processInfo.environment["MAINSPRING_TEST_ORDERS"] ?? "") ?? 10_000
            _ = try DemoMarket.generate(orders: orders, seed: 1, on: bench.owner, inbox: inbox)
            mark("demo")
            var seen: Set<String> = []
            var left = 0
            var everything = 0
            for night in 1...DemoMarket.nights {
                let date = try DemoMarket.businessDate(night: night)
                if night > 1 {
                    let summary = try DemoMarket.mend(night: night, on: bench.owner, inbox: inbox)
                    #expect(summary.mended.count > 5, "\(summary.mended)")
                    #expect(summary.statements.count >= 2)
                    mark("mend \(night)")
                }
                let run = try Bench.night(date.description, run: Int64(night))
                try importNew(inbox, into: bench, seen: &seen, night: run)
                mark("import \(night)")
                let outcome = try bench.reconcile(run)
                mark("reconcile \(night)")
                let (found, truth) = (try found(bench), try truth(inbox))
                #expect(Set(found).subtracting(truth) == [], "night \(night): found, and never planted")
                #expect(Set(truth).subtracting(found) == [], "night \(night): planted, and not found")
                #expect(found.count == truth.count)
                #expect(outcome.isComplete)
                let before = try bench.fingerprint()
                let again = try bench.reconcile(run)
                #expect(again.rowsChanged == 0)
                #expect(try bench.fingerprint() == before)
                mark("again \(night)")
                if night == 1 {
                    everything = outcome.orders
                } else {
                    #expect(truth.count < left, "something is mended")
                    #expect(outcome.orders < everything / 2, "a later night looks at what changed, not at everything")
                }
                left = truth.count
            }
            Attachment.record(marks.map { "\($0.0) \($0.1)" }.joined(separator: "\n"), named: "timings.txt")
            FileHandle.standardError.write(Data((marks.map { "\($0.0) \($0.1)" }.joined(separator: "\n") + "\n").utf8))
        }
    }
}
