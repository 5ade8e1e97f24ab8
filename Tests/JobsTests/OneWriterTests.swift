import Configuration
import Diagnostics
import Foundation
import Postgres
import TestSupport
import Testing

@testable import Jobs

@Suite("One writer at a time")
struct OneWriterTests {
    /// A step that takes its time.
    private static let slow = """
        -- name: lock
        SELECT pg_sleep(:'run_id'::bigint * 0 + 30);
        -- name: difference
        SELECT 'store:1' AS entity, 'test.note' AS finding, false AS applies, '{}'::jsonb AS before, '{}'::jsonb AS after;
        """

    /// Whether nobody holds the writer's lock of this database; a session that ended a moment ago is given its time to go.
    private static func writersLockIsFree(_ connection: Connection) throws -> Bool {
        let journal = try Journal(connection)
        for _ in 0..<100 {
            if try journal.query("holder", ["lock_key": .int(RunLock.key)]).isEmpty { return true }
            Thread.sleep(forTimeInterval: 0.05)
        }
        return false
    }

    /// Runs `body` while a run of the slow step is under way, then interrupts that run and gives its summary.
    private func whileRunning(
        _ home: TemporaryHome, _ target: ConnectionTarget, signal: Int32 = 2, _ body: () throws -> Void
    ) throws -> RunSummary {
        let begun = DispatchSemaphore(value: 0)
        let interruption = Interruption()
        let environment = home.environment(
            target, interruption: interruption, progress: RecordedProgress { _ in begun.signal() })
        let result = Result()
        let other = OtherThread { result.summary.set(try Runner(environment).run(Runner.job("slow", name: "first"))) }
        other.start()
        begun.wait()
        defer { interruption.raise(signal) }
        do {
            // The step has begun, its statement may not have: signals are repeated, as the signal thread does.
            Thread.sleep(forTimeInterval: 0.3)
            try body()
        }
        interruption.raise(signal)
        try other.join()
        return try #require(result.summary.get())
    }

    private final class Result: Sendable {
        let summary = Locked<RunSummary?>(nil)
    }

    @Test("a second start ends at once with run.locked and 75, and says who holds the lock since when")
    func contention() throws {
        try TestDatabase.withShop { connection, target in
            let home = try TemporaryHome(["jobs/slow.sql": Self.slow])
            let first = try whileRunning(home, target) {
                let began = Date()
                let failure = #expect(throws: Failure.self) {
                    try Runner(home.environment(target)).run(Runner.job("slow", name: "second"))
                }
                #expect(Date().timeIntervalSince(began) < 5)
                #expect(failure?.code == .runLocked && failure?.exitCode == .locked)
                let message = try #require(failure?.message)
                #expect(message.hasPrefix("Run 1 of first for "))
                #expect(message.contains("holds the writer's lock since 20"))
                #expect(message.contains("process \(ProcessInfo.processInfo.processIdentifier)"))
            }
            #expect(first.status == "interrupted")
            let runs = try connection.query("SELECT count(*) AS n FROM mainspring.runs")[0].int("n")
            #expect(runs == 1)
        }
    }

    @Test("with --lock-wait it waits, says for whom, and runs when the other has ended")
    func waiting() throws {
        try TestDatabase.withShop { connection, target in
            let home = try TemporaryHome(["jobs/slow.sql": Self.slow])
            let progress = RecordedProgress()
            var options = RunOptions()
            options.lockWaitSeconds = 30
            let waiter = OtherThread { [options] in
                let summary = try Runner(home.environment(target, home: TemporaryHome.shipped, progress: progress))
                    .run(Runner.job("store-metrics", name: "second"), options)
                #expect(summary.status == "done")
            }
            _ = try whileRunning(home, target) {
                waiter.start()
                for _ in 0..<200 where progress.notices.isEmpty { Thread.sleep(forTimeInterval: 0.02) }
                #expect(progress.notices.first?.contains("Waiting for it.") == true)
            }
            try waiter.join()
            let statuses = try connection.query("SELECT status FROM mainspring.runs ORDER BY run_id")
            #expect(try statuses.map { try $0.text("status") } == ["interrupted", "done"])
        }
    }

    @Test("SIGTERM in a step cancels it at the server, rolls back and journals interrupted, well within 5 s")
    func terminated() throws {
        try TestDatabase.withShop { connection, target in
            let home = try TemporaryHome(["jobs/slow.sql": Self.slow])
            let began = Date()
            let summary = try whileRunning(home, target, signal: 15) {}
            #expect(Date().timeIntervalSince(began) < 5)
            #expect(summary.status == "interrupted" && summary.exitCode == 143)
            #expect(summary.failure?.code == "run.terminated")
            let row = try connection.query("SELECT status, exit_code, error_code FROM mainspring.runs")[0]
            #expect(try row.text("status") == "interrupted" && row.int("exit_code") == 143)
            #expect(try row.text("error_code") == "run.terminated")
            #expect(try Self.writersLockIsFree(connection))
        }
    }

    @Test("a run whose process died is seen as dead by the next one")
    func dead() throws {
        try TestDatabase.withShop { connection, target in
            try JobShop.fill(connection)
            try connection.execute(
                """
                INSERT INTO mainspring.runs (job, business_date, window_from, window_to, cut_off, status, owner_token, host,
                    process_id, os_user, started_at, heartbeat_at, summary)
                VALUES ('nightly', '2026-06-30', '2026-06-30', '2026-06-30', '2026-06-30 19:00+00', 'running', 'token',
                    'elsewhere', 1, 'somebody', '2026-07-01', '2026-07-01', '{}')
                """)
            let home = try TemporaryHome()
            _ = try Runner(home.environment(target, home: TemporaryHome.shipped)).run(Runner.job("sold-out"))
            let row = try connection.query(
                "SELECT status, error_code, owner_token FROM mainspring.runs WHERE run_id = 1")[0]
            #expect(try row.text("status") == "interrupted" && row.text("error_code") == "run.died")
            #expect(try row.text("owner_token") != "token")
        }
    }

    @Test("the fence: a run that lost the lock to another writes nothing more")
    func fence() throws {
        try TestDatabase.withShop { connection, target in
            try JobShop.fill(connection)
            try JobShop.order(connection, store: 1, total: "10.00")
            let home = try TemporaryHome()
            // Between this run's start and its step, another takes over: it buries what still says running.
            let progress = RecordedProgress { _ in
                guard let thief = try? Connection(target), let journal = try? Journal(thief) else { return }
                _ = try? journal.execute("bury", ["moment": try journal.moment()])
                thief.close()
            }
            let summary = try Runner(home.environment(target, home: TemporaryHome.shipped, progress: progress))
                .run(Runner.job("store-metrics"))
            #expect(summary.status == "failed" && summary.failure?.code == "run.lock_lost")
            #expect(try JobShop.figures(connection, store: 1) == "0.00 0 0.00 0")
            #expect(try connection.query("SELECT step FROM mainspring.run_steps").isEmpty)
            #expect(try connection.query("SELECT status FROM mainspring.runs")[0].text("status") == "interrupted")
        }
    }

    @Test("the fence holds inside the effect's own transaction, too")
    func fenceInTransaction() throws {
        try TestDatabase.withShop { connection, target in
            let journal = try Journal(connection)
            let calendar = try journal.calendar(
                date: "2026-06-30", from: nil, to: nil, rule: .previousDay, timeZone: "UTC")
            let ticket = try journal.open(job: "x", calendar: calendar, windowIsNamed: false)
            try connection.transaction {
                try journal.fence(ticket)
                // Whoever wants to bury this run has to wait for the effects to be committed or rolled back.
                let thief = try Connection(target)
                defer { thief.close() }
                try thief.execute("SET lock_timeout = '200ms'")
                let other = try Journal(thief)
                let moment = try other.moment()
                #expect(throws: PostgresError.self) { try other.execute("bury", ["moment": moment]) }
            }
            try journal.execute("bury", ["moment": try journal.moment()])
            #expect(throws: Failure.self) { try connection.transaction { try journal.fence(ticket) } }
        }
    }
}
