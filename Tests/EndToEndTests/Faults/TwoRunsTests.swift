import Foundation
import Postgres
import TestSupport
import Testing

@Suite("Two runs started together, and what a step costs")
struct TwoRunsTests {
    private static let nothing = """
        SELECT 'store:1' AS entity, 'none' AS finding, false AS applies, '{}'::jsonb AS before, '{}'::jsonb AS after
        WHERE false
        """

    @Test("fifty times: exactly one runs, the other ends with 75 and says who holds the lock")
    func together() throws {
        let home = try TestHome()
        // The one that runs waits until the other has ended.
        try home.write(
            "jobs/held.sql",
            "-- name: lock\nSELECT pg_advisory_xact_lock_shared(42);\n-- name: difference\n\(Self.nothing)")
        try home.write("jobs/held.yml", "job: held\nsteps:\n  - sql: held\n")
        try TestDatabase.withShop { connection, target in
            for _ in 0..<50 {
                #expect(try connection.tryAdvisoryLock(42))
                let words = ["run", "held", "--date", "2026-06-30", "--database", target.conninfo]
                let ended = Ended()
                for _ in 0..<2 {
                    let running = try Program.start(words, in: home.path)
                    Thread { ended.add(Result { try running.wait() }) }.start()
                }
                let first = try ended.next()
                #expect(first.code == 75 && first.error.contains("holds the writer's lock"), "\(first.error)")
                #expect(try connection.advisoryUnlock(42))
                let second = try ended.next()
                #expect(second.code == 0, "\(second.error)")
            }
            let runs = try connection.query("SELECT status, count(*) AS n FROM mainspring.runs GROUP BY status")
            #expect(try runs.map { "\(try $0.text("status")) \(try $0.int("n"))" } == ["done 50"])
        }
    }

    /// Endings, in the order in which they come.
    private final class Ended: @unchecked Sendable {
        // Guarded by `condition`.
        private var endings: [Result<Program.Ending, any Error>] = []
        private let condition = NSCondition()

        func add(_ ending: Result<Program.Ending, any Error>) {
            condition.withLock {
                endings.append(ending)
                condition.signal()
            }
        }

        func next() throws -> Program.Ending {
            try condition.withLock {
                while endings.isEmpty { condition.wait() }
                return try endings.removeFirst().get()
            }
        }
    }

    @Test("a step that finds nothing costs the run little: 21 of them against 1")
    func overhead() throws {
        let home = try TestHome()
        let steps = (0...20).map { "empty\($0)" }
        for step in steps { try home.write("jobs/\(step).sql", "-- name: difference\n\(Self.nothing)") }
        try home.write("jobs/one.yml", "job: one\nsteps:\n  - sql: empty0\n")
        try home.write("jobs/many.yml", "job: many\nsteps:\n" + steps.map { "  - sql: \($0)\n" }.joined())
        try TestDatabase.withShop { _, target in
            func seconds(_ job: String) throws -> Double {
                let began = Date()
                let ending = try home.run("run", job, "--date", "2026-06-30", "--database", target.conninfo)
                #expect(ending.code == 0, "\(ending.error)")
                return Date().timeIntervalSince(began)
            }
            // The quickest of three: other tests run beside this one.
            let one = try (0..<3).map { _ in try seconds("one") }.min() ?? 0
            let many = try (0..<3).map { _ in try seconds("many") }.min() ?? 0
            let each = (many - one) / 20
            print("overhead of an empty step: \(Int(each * 1000)) ms; of a run with one: \(Int(one * 1000)) ms")
            #expect(each < 0.25)
        }
    }
}
