import Postgres
import Schema
import TestSupport
import Testing

/// `mainspring.refresh_statistics()`: what the planner knows of the tables that a night fills.
@Suite("Statistics of the pipeline's tables")
struct StatisticsTests {
    private static let known =
        "SELECT reltuples::bigint AS rows FROM pg_class WHERE oid = 'mainspring.payouts'::regclass"

    private func addPayouts(_ owner: Connection) throws {
        try owner.script(
            """
            INSERT INTO mainspring.payouts (channel, payout_id, currency, paid_at, lines, lines_net, run_id)
            SELECT 'stripe', 'po_' || n, 'PKR', now(), 1, 10.00, 1 FROM generate_series(1, 500) AS n
            """)
    }

    @Test("the role that runs jobs may refresh them, and no other")
    func refreshed() throws {
        try TestDatabase.withShop { owner, target in
            try addPayouts(owner)
            let job = try Connection(target, role: "mainspring_job")
            defer { job.close() }
            _ = try job.query("SELECT mainspring.refresh_statistics()")
            #expect(try owner.query(Statement(Self.known)).first?.int64("rows") == 500)
            let report = try Connection(target, role: "mainspring_report")
            defer { report.close() }
            #expect(throws: PostgresError.self) { try report.query("SELECT mainspring.refresh_statistics()") }
        }
    }

    @Test("a table that somebody holds stops no night")
    func held() throws {
        try TestDatabase.withShop { owner, target in
            try addPayouts(owner)
            let job = try Connection(target, role: "mainspring_job")
            defer { job.close() }
            try owner.transaction {
                try owner.script("LOCK TABLE mainspring.payouts IN SHARE UPDATE EXCLUSIVE MODE")
                try job.transaction {
                    _ = try job.query("SELECT mainspring.refresh_statistics()")
                    try job.script("DELETE FROM mainspring.watermarks")
                }
            }
            #expect(try (owner.query(Statement(Self.known)).first?.int64("rows") ?? 0) < 500)
        }
    }
}
