import Configuration
import Foundation
import Postgres
import TestSupport
import Testing

@testable import Jobs

@Suite("A run's heartbeat")
struct HeartbeatTests {
    /// A run as it stands in the journal while it goes on.
    static func begin(_ connection: Connection, job: String = "nightly", token: String = "mine") throws -> RunTicket {
        let run = try connection.query(
            Statement(
                """
                INSERT INTO mainspring.runs (job, business_date, window_from, window_to, cut_off, status, owner_token,
                    host, process_id, os_user, started_at, heartbeat_at, summary)
                VALUES ($1, '2026-01-01', '2026-01-01', '2026-01-01', '2026-01-01', 'running', $2, 'h', 1, 'u', now(),
                    now(), '{}') RETURNING run_id
                """, [.text(job), .text(token)]))[0].int64("run_id")
        let calendar = Jobs.Calendar(
            businessDate: "2026-01-01", windowFrom: "2026-01-01", windowTo: "2026-01-01", cutOff: "2026-01-01",
            timeZone: "Asia/Karachi")
        return RunTicket(
            runID: run, ownerToken: token, job: job, calendar: calendar, windowIsNamed: false, laterReconciled: false)
    }

    private func beats(_ connection: Connection) throws -> [String] {
        try connection.query("SELECT run_id || ' ' || beat_at::text AS beat FROM mainspring.heartbeats").map {
            try $0.text("beat")
        }
    }

    /// Waits up to ten seconds for what a thread is about to do.
    private func wait(_ holds: () throws -> Bool) throws -> Bool {
        for _ in 0..<500 {
            if try holds() { return true }
            Thread.sleep(forTimeInterval: 0.02)
        }
        return false
    }

    @Test("it beats while a step holds the run's row, and is gone when the run is over")
    func beats() throws {
        try TestDatabase.withShop { connection, target in
            let home = try TemporaryHome()
            let ticket = try Self.begin(connection)
            // As a step does, from its first statement to its commit.
            try connection.script("BEGIN; SELECT FROM mainspring.runs FOR NO KEY UPDATE")
            let other = try Connection(target)
            defer { other.close() }
            let heartbeat = Heartbeat(ticket, home.environment(target), every: 0.05)
            #expect(try wait { try !beats(other).isEmpty })
            let first = try beats(other)
            #expect(try wait { try beats(other) != first })
            heartbeat.stop()
            #expect(try beats(other).isEmpty)
            try connection.script("ROLLBACK")
        }
    }

    @Test("a run that another has taken over beats no more")
    func fenced() throws {
        try TestDatabase.withShop { connection, target in
            let home = try TemporaryHome()
            let ticket = try Self.begin(connection)
            let heartbeat = Heartbeat(ticket, home.environment(target), every: 0.05)
            #expect(try wait { try !beats(connection).isEmpty })
            try connection.script("UPDATE mainspring.runs SET owner_token = 'another'")
            #expect(try wait { try beats(connection).isEmpty })
            heartbeat.stop()
        }
    }

    @Test("one that is stuck holds nothing up, and a lost connection is made anew")
    func stuck() throws {
        try TestDatabase.withShop { connection, target in
            let home = try TemporaryHome()
            let ticket = try Self.begin(connection)
            let heartbeat = Heartbeat(ticket, home.environment(target), every: 0.05)
            #expect(try wait { try !beats(connection).isEmpty })
            let killed = try connection.query(
                """
                SELECT pg_terminate_backend(pid) AS ended FROM pg_stat_activity
                WHERE application_name = 'mainspring nightly, heartbeat' AND datname = current_database()
                """)
            #expect(killed.count == 1)
            let first = try beats(connection)
            #expect(try wait { try beats(connection) != first })
            try connection.script("BEGIN; LOCK TABLE mainspring.heartbeats IN ACCESS EXCLUSIVE MODE")
            let began = Date()
            heartbeat.stop()
            #expect(Date().timeIntervalSince(began) < 4)
            try connection.script("ROLLBACK")
        }
    }
}
