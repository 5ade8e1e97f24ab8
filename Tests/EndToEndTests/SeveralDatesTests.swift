import Foundation
import Postgres
import TestSupport
import Testing

/// Several business dates, parts of a job and dry runs, as a person or cron asks for them.
@Suite("Runs of several dates, and runs that only tell")
struct SeveralDatesTests {
    private struct Line: Decodable {
        var run: Int?
        var businessDate: String
        var status: String?
    }

    private func lines(_ ending: Program.Ending) throws -> [Line] {
        try ending.lines.map { try JSONDecoder().decode(Line.self, from: Data($0.utf8)) }
    }

    @Test("back-fill, catch-up and a dry run: one JSON document a line for several dates, and done dates are left out")
    func dates() throws {
        try FaultBench.night { night, _ in
            let range = ["--from", "2026-06-25", "--to", "2026-06-26", "--json"]
            let first = try night.run(range)
            #expect(first.code == 0, "\(first.error)")
            #expect(try lines(first).map(\.businessDate) == ["2026-06-25", "2026-06-26"])
            #expect(night.home.exists("out/fault/2026-06-25/manifest.json"))
            let again = try night.run(range)
            #expect(again.code == 0 && again.output.isEmpty)
            #expect(again.error.contains("fault for 2026-06-25 is done by run 1."))
            let told = try night.run(["--date", "2026-06-29", "--step", "sold-out"])
            #expect(told.code == 0 && !told.error.contains("missed"), "\(told.error)")
            let dry = try night.run(["--catch-up", "--date", "2026-06-28", "--dry-run", "--json"])
            #expect(dry.code == 0, "\(dry.error)")
            #expect(try lines(dry).map(\.businessDate) == ["2026-06-27", "2026-06-28"])
            let caught = try night.run(["--catch-up", "--date", "2026-06-28", "--json"])
            #expect(try lines(caught).map(\.run) == [4, 5], "\(caught.error)")
            let plain = try night.run(["--date", "2026-06-30"])
            #expect(plain.code == 0 && plain.error.contains("1 business date was missed: 2026-06-29"), "\(plain.error)")
            let nothing = try night.run(["--resume"])
            #expect(nothing.code == 2 && nothing.error.contains("[run.not_resumable] No run of fault stopped"))
        }
    }

    @Test("a dry run shows what the night would do, and leaves nothing")
    func dryRun() throws {
        try FaultBench.night { night, bench in
            let before = try night.traces()
            let ending = try night.run(["--date", FaultBench.date, "--dry-run"])
            #expect(ending.code == 0, "\(ending.error)")
            #expect(ending.output.contains("fault, business date 2026-06-30: a dry run; nothing was written"))
            #expect(ending.output.contains("stripe/stripe-2026-06.csv: new"))
            #expect(ending.output.contains("3 store-metrics  would change 3 rows of 3 found"))
            #expect(ending.output.contains("would look at everything: 500 orders"))
            #expect(try night.traces().differing(from: before) == [])
            // And so it comes.
            #expect(try night.run().code == 0)
            try night.expectWhole(bench)
        }
    }

    @Test("a run that stopped says how it goes on")
    func advice() throws {
        try FaultBench.night { night, bench in
            let running = try night.blocked(FaultKillTests.inside["sold-out"] ?? "") { running, _ in
                kill(running.processIdentifier, SIGINT)
                Thread.sleep(forTimeInterval: 0.5)
            }
            let ending = try running.wait()
            #expect(ending.code == 130 && ending.error.contains("`mainspring run fault --resume 1` goes on"))
            let again = try night.run(["--resume", "1"])
            #expect(again.code == 0 && again.error.contains("kept: import inbox, reconcile payments, store-metrics."))
            try night.expectWhole(bench)
        }
    }
}
