import Configuration
import Diagnostics
import Foundation
import Postgres
import TestSupport
import Testing

@testable import Jobs

@Suite("The journal, read back and compared")
struct HistoryTests {
    private static let metrics = """
        -- name: difference
        SELECT 'store:' || s.store_id AS entity, 'store.drift' AS finding, true AS applies,
            jsonb_build_object('total_orders', s.total_orders::text) AS before,
            jsonb_build_object('total_orders', '7') AS after, s.store_id
        FROM stores AS s WHERE s.total_orders <> 7;
        -- name: apply
        UPDATE stores SET total_orders = 7 WHERE store_id = ANY (:'store_id'::int[]);
        """

    /// Two runs of one job, and between them what a reconciliation would have left.
    private func withRuns(_ body: (Connection, History) throws -> Void) throws {
        try TestDatabase.withShop { connection, target in
            try JobShop.fill(connection)
            let home = try TemporaryHome(["jobs/one.sql": Self.metrics])
            let runner = Runner(home.environment(target))
            for _ in 1...2 {
                let ran = try runner.run(Runner.job("one"))
                #expect(ran.exitCode == 0, "\(String(describing: ran.failure))")
            }
            try connection.script(
                """
                INSERT INTO mainspring.run_files (run_id, path, format, rows, bytes, sha256, sums) VALUES
                    (1, 'reports/breaks.csv', 'csv', 2, 10, 'aa', '{"PKR": "100.00", "USD": "5.00"}'),
                    (1, 'reports/gone.csv', 'csv', 2, 10, 'aa', '{}'),
                    (1, 'reports/same.csv', 'csv', 2, 10, 'aa', '{}'),
                    (2, 'reports/breaks.csv', 'csv', 3, 10, 'bb', '{"PKR": "150.00", "USD": "5.00"}'),
                    (2, 'reports/new.csv', 'csv', 1, 10, 'cc', '{}'),
                    (2, 'reports/same.csv', 'csv', 2, 10, 'aa', '{}');
                INSERT INTO mainspring.breaks (break_id, code, entity, plane, role, severity, status, channel, currency,
                    actual_currency, money_effect, event_effect, explanation, business_date, due_date, first_seen,
                    last_seen, opened_run, last_run)
                SELECT 'b' || n, 'late', 'payment:' || n, 'order', 'root', 'low', 'OPEN', '', 'PKR', 'PKR', n, 0, '',
                    '2026-01-01', '2026-01-01', '2026-01-01', '2026-01-01', 1, 2
                FROM generate_series(1, 60) AS n;
                INSERT INTO mainspring.break_events (break_id, event, business_date, happened_at, run_id, os_user, detail)
                SELECT 'b' || n, (ARRAY['opened', 'changed', 'resolved'])[1 + n % 3], '2026-01-01', '2026-01-01', 2, 'u',
                    jsonb_build_object('money_effect', jsonb_build_array('0.00', n::numeric(14, 2)::text), 'currency', 'PKR')
                FROM generate_series(1, 60) AS n;
                INSERT INTO mainspring.break_events (break_id, event, business_date, happened_at, run_id, os_user, detail)
                VALUES ('b1', 'opened', '2026-01-01', '2026-01-01', 1, 'u', '{}');
                INSERT INTO mainspring.files (sha256, statement, channel, file_name, bytes, lines, control_totals,
                    imported_at, run_id)
                VALUES (repeat('0', 64), 'stripe', 'stripe', 'july.csv', 10, 12, '{}', '2026-01-01', 2),
                    (repeat('1', 64), 'stripe', 'stripe', 'june.csv', 10, 12, '{}', '2026-01-01', 1);
                INSERT INTO mainspring.money_events (side, channel, kind, amount, currency, effective_at, recorded_at,
                    payment_id, order_id, revision, run_id)
                VALUES ('ledger', 'stripe', 'refund', -500, 'PKR', '2026-01-01', '2026-01-01', 17, 3, 1, 2),
                    ('ledger', 'stripe', 'capture', 500, 'PKR', '2026-01-01', '2026-01-01', 16, 3, 1, 1)
                """)
            try body(connection, History(timeZone: "Asia/Karachi"))
        }
    }

    @Test("what moved: steps, files with rows and sums, breaks by code; and the rows that moved it, the first fifty")
    func moved() throws {
        try withRuns { connection, history in
            let difference = try history.difference(2, 1, on: connection)
            #expect(difference.from.run == 1 && difference.to.run == 2)
            try #require(difference.steps.map(\.step) == ["one"])
            #expect(difference.steps[0].before?.changed == 2 && difference.steps[0].after?.changed == 0)
            #expect(difference.files.map(\.path) == ["reports/breaks.csv", "reports/gone.csv", "reports/new.csv"])
            #expect(difference.files.map(\.what) == ["changed", "removed", "added"])
            #expect(difference.files[0].rows == .init(before: 2, after: 3))
            #expect(difference.files[0].sums == ["PKR": .init(before: "100.00", after: "150.00")])
            #expect(
                difference.breaks == [.init(code: "late", opened: 20, reopened: 0, changed: 20, resolved: 20)])
            #expect(difference.sources.count == 60 && difference.sources.first.count == RunDiff.listed)
            #expect(difference.sources.first[0].entity == "payment:60")
            #expect(difference.sources.first[0].moneyEffectAfter == "60.00")
            #expect(difference.imports.first.map(\.file) == ["july.csv"])
            #expect(difference.payments.first.map(\.payment) == [17] && difference.payments.count == 1)
            #expect(!difference.isEmpty)
            let text = difference.text(.plain)
            #expect(text.contains("PKR 100.00 → 150.00") && text.contains("… and 50 more"))
            #expect(text.contains("payment:17  refund PKR -500.00, run 2"))
            let coded = try JSONDecoder().decode(RunDiff.self, from: Data(JSON.text(difference).utf8))
            #expect(coded == difference && coded.version == 1)
        }
    }

    @Test("where the ledger's money stands is compared bucket by bucket")
    func standing() {
        let moved = History.standing(
            ["agreed": ["PKR": "10.00", "USD": "1.00"], "break": ["PKR": "5.00"]],
            ["agreed": ["PKR": "15.00", "USD": "1.00"], "reserve": ["PKR": "2.00"]])
        #expect(
            moved.map { "\($0.bucket) \($0.currency) \($0.before ?? "-") \($0.after ?? "-")" }
                == ["agreed PKR 10.00 15.00", "break PKR 5.00 -", "reserve PKR - 2.00"])
    }

    @Test("a run against itself: no figure moved; a run that isn't there is refused")
    func same() throws {
        try withRuns { connection, history in
            let same = try history.difference(2, 2, on: connection)
            #expect(same.isEmpty && same.sources.count == 0 && same.payments.count == 0)
            #expect(same.text(.plain).contains("No figure moved."))
            let failure = try #require(throws: Failure.self) { try history.difference(1, 9, on: connection) }
            #expect(failure.code == .parameterInvalid && failure.message.contains("9"))
        }
    }

    @Test("a run tells its attempt, before and after of what it changed, and its files with their sums")
    func detail() throws {
        try withRuns { connection, history in
            try connection.script("UPDATE mainspring.runs SET attempt = 2, partial = true WHERE run_id = 1")
            let detail = try history.run(1, on: connection)
            #expect(detail.version == 1 && detail.entry.attempt == 2 && detail.entry.partial)
            #expect(detail.steps[0].detail.changes.map(\.after) == [["total_orders": "7"], ["total_orders": "7"]])
            #expect(detail.files[0].sums == ["PKR": "100.00", "USD": "5.00"])
            let text = detail.text(.plain)
            #expect(text.contains("done, attempt 2, a part"))
            #expect(text.contains("store:1  store.drift  total_orders 0 → 7"))
            #expect(text.contains("PKR 100.00"))
            let list = try history.list(job: nil, limit: 5, on: connection)
            #expect(list.version == 1 && list.runs.map(\.run) == [2, 1])
        }
    }
}
