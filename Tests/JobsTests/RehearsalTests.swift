import Configuration
import Diagnostics
import Foundation
import Postgres
import TestSupport
import Testing

@testable import Jobs

@Suite("A rehearsal does what a run would do, and takes all of it back")
struct RehearsalTests {
    private static let job = JobDefinition(
        name: "nightly",
        steps: [
            JobStep(.importInbox), JobStep(.reconcilePayments), JobStep(.statements("store-metrics")),
            JobStep(.statements("sold-out")), JobStep(.maintain(.statistics)), JobStep(.reports(["breaks"])),
        ])

    private func fill(_ connection: Connection, _ home: TemporaryHome) throws {
        try JobShop.fill(connection)
        try JobShop.order(connection, store: 1, total: "150.00")
        try JobShop.product(connection, pieces: 0, status: "ACTIVE")
        let charge = ImportStepTests.header + "\n" + ImportStepTests.charge
        try home.write("inbox/stripe/a.csv", charge + "\n")
        try home.write("inbox/stripe/b.csv", charge.replacing("100.00,3.00", with: "1e2,3.00") + "\n")
    }

    @Test("each step sees what those before it did; it comes to what the run then comes to; nothing of it stays")
    func asTheRun() throws {
        try TestDatabase.withShop { connection, target in
            let home = try TemporaryHome()
            try fill(connection, home)
            let environment = home.environment(target, home: TemporaryHome.shipped)
            var options = RunOptions()
            options.date = "2026-06-30"
            let before = try JobShop.traces(connection)
            let rehearsed = try #require(
                try Rehearsal(environment).run(Self.job, options, dates: ["2026-06-30"]).first)
            #expect(try JobShop.traces(connection) == before)
            #expect(!FileManager.default.fileExists(atPath: home.home.resolve("out")))
            #expect(FileManager.default.fileExists(atPath: home.home.resolve("inbox/stripe/a.csv")))
            #expect(rehearsed.status == "rehearsed" && rehearsed.exitCode == 4)
            #expect(rehearsed.steps.map(\.status) == ["refused", "done", "done", "done", "done", "skipped"])
            // The line that the first step would import is an orphan for the second.
            #expect(rehearsed.breaks?.codes.map(\.code).contains("settlement.orphan") == true)
            #expect(SummaryText(rehearsed).text.contains("all of it was rolled back"))

            let run = try Runner(environment).run(Self.job, options)
            #expect(run.status == "done" && run.exitCode == rehearsed.exitCode)
            for (step, known) in zip(run.steps, rehearsed.steps) where known.status != "skipped" {
                #expect(step.detail == known.detail && step.changed == known.changed, "\(step.step)")
            }
        }
    }

    @Test("dates are rehearsed one after the other: what the first would change, the second finds changed")
    func dates() throws {
        try TestDatabase.withShop { connection, target in
            let home = try TemporaryHome()
            try fill(connection, home)
            let environment = home.environment(target, home: TemporaryHome.shipped)
            let summaries = try Rehearsal(environment).run(
                Self.job, RunOptions(), dates: ["2026-06-29", "2026-06-30"])
            #expect(summaries.map(\.businessDate) == ["2026-06-29", "2026-06-30"])
            #expect(summaries.map { $0.steps[2].changed } == [1, 0])
            #expect(summaries.map { $0.steps[3].changed } == [1, 0])
        }
    }

    @Test("beside a run it is refused, and it lets go of the lock at its end, also when a step fails")
    func lock() throws {
        try TestDatabase.withShop { connection, target in
            let home = try TemporaryHome()
            try fill(connection, home)
            let environment = home.environment(target, home: TemporaryHome.shipped)
            #expect(try connection.tryAdvisoryLock(RunLock.key))
            let held = #expect(throws: Failure.self) {
                try Rehearsal(environment).run(Self.job, RunOptions(), dates: [nil])
            }
            #expect(held?.code == .runLocked)
            #expect(try connection.advisoryUnlock(RunLock.key))
            let before = try JobShop.traces(connection)
            try connection.script("ALTER TABLE products ADD CHECK (status <> 'SOLD')")
            #expect(throws: (any Error).self) {
                try Rehearsal(environment).run(Self.job, RunOptions(), dates: ["2026-06-30"])
            }
            #expect(try JobShop.traces(connection) == before)
            #expect(try connection.tryAdvisoryLock(RunLock.key))
        }
    }
}
