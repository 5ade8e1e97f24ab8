import Demo
import Foundation
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

    @Test("10,000 orders: precision and recall are 1 for every code, on the first run and on the next")
    func truth() throws {
        try Bench.with { bench in
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
            let truth = try String(contentsOfFile: "\(inbox)/truth.csv", encoding: .utf8).split(separator: "\n")
                .dropFirst()
                .map(String.init)
            for statement in ["stripe", "tcs"] {
                for file in try FileManager.default.contentsOfDirectory(atPath: "\(inbox)/\(statement)").sorted() {
                    try bench.importFile("\(inbox)/\(statement)/\(file)", as: statement)
                }
            }
            mark("import")
            let first = try bench.reconcile()
            mark("reconcile")
            let found = try found(bench)
            #expect(Set(found).subtracting(truth) == [], "found, and never planted")
            #expect(Set(truth).subtracting(found) == [], "planted, and not found")
            #expect(found.count == truth.count)
            #expect(first.isComplete)
            let before = try bench.fingerprint()
            last = clock.now
            let second = try bench.reconcile()
            mark("again")
            #expect(second.rowsChanged == 0)
            #expect(try bench.fingerprint() == before)
            let next = try bench.reconcile(try Bench.night("2026-07-01", run: 2))
            mark("next night")
            #expect(next.isComplete)
            #expect(next.orders < first.orders / 2, "the next night looks at what changed, not at everything")
            Attachment.record(marks.map { "\($0.0) \($0.1)" }.joined(separator: "\n"), named: "timings.txt")
            FileHandle.standardError.write(Data((marks.map { "\($0.0) \($0.1)" }.joined(separator: "\n") + "\n").utf8))
        }
    }
}
