import Diagnostics
import Foundation
import Postgres
import TestSupport
import Testing

@testable import Jobs

/// A delivery that commits while the job waits for its store: one statement that aggregates and updates overwrites it
/// with what it saw before (100 where 150 is right); locking first and aggregating in the next statement does not.
@Suite("The lost delivery")
struct LostDeliveryTests {
    /// The naive form, kept here to show that the danger is real and that the test would see it.
    private static let oneStatement = """
        UPDATE stores AS s SET total_sales = f.sales, total_orders = f.orders
        FROM (
            SELECT store_id, sum(total_amount) AS sales, count(*) AS orders FROM orders
            WHERE order_status = 'DELIVERED' GROUP BY store_id
        ) AS f
        WHERE s.store_id = f.store_id
        """

    /// A store with one delivered order of 100 and one shipped of 50; the figures say nothing yet.
    private func fill(_ connection: Connection) throws -> Int {
        try JobShop.fill(connection)
        try JobShop.order(connection, store: 1, total: "100.00")
        return try JobShop.order(connection, store: 1, total: "50.00", status: "SHIPPED")
    }

    /// Delivers the order as the shop does, with the store's figures; once `job` waits for the store's lock, commits.
    private func deliver(
        _ order: Int, _ shop: Connection, _ target: ConnectionTarget, while job: @escaping @Sendable () throws -> Void
    ) throws {
        let other = OtherThread(job)
        try shop.transaction {
            try shop.execute(
                Statement("UPDATE orders SET order_status = 'DELIVERED' WHERE order_id = $1", [.int(order)]))
            try shop.execute(
                """
                UPDATE stores SET total_sales = total_sales + 50, total_orders = total_orders + 1 WHERE store_id = 1
                """)
            other.start()
            try waitForLock(target)
        }
        try other.join()
    }

    private func waitForLock(_ target: ConnectionTarget) throws {
        let watcher = try Connection(target)
        defer { watcher.close() }
        for _ in 0..<500 {
            let waiting = try watcher.query(
                """
                SELECT count(*) AS waiting FROM pg_stat_activity
                WHERE datname = current_database() AND wait_event_type = 'Lock'
                """)[0].int("waiting")
            if waiting > 0 { return }
            Thread.sleep(forTimeInterval: 0.01)
        }
        Issue.record("the job never came to wait for the store")
    }

    @Test("one statement loses it: 100 is stored where 150 is right")
    func naive() throws {
        try TestDatabase.withShop { connection, target in
            let order = try fill(connection)
            try deliver(order, connection, target) {
                let job = try Connection(target)
                defer { job.close() }
                try job.execute(Statement(Self.oneStatement, name: "one statement"))
            }
            #expect(try JobShop.figures(connection, store: 1) == "100.00 1 0.00 0")
        }
    }

    @Test("lock, then difference, then apply keeps it: 150")
    func designed() throws {
        try TestDatabase.withShop { connection, target in
            let order = try fill(connection)
            let home = try TemporaryHome()
            let environment = home.environment(target, home: TemporaryHome.shipped)
            try deliver(order, connection, target) {
                let summary = try Runner(environment).run(Runner.job("store-metrics", name: "metrics"))
                #expect(summary.status == "done")
            }
            #expect(try JobShop.figures(connection, store: 1) == "150.00 2 0.00 0")
        }
    }
}
