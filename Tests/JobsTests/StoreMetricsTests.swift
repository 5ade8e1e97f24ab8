import Configuration
import Diagnostics
import Foundation
import Postgres
import TestSupport
import Testing

@testable import Jobs

@Suite("Store metrics: jobs/store-metrics.sql")
struct StoreMetricsTests {
    private func recompute(_ target: ConnectionTarget, stores: [Int64]? = nil, admin: Int64? = nil) throws -> RunSummary
    {
        var options = RunOptions()
        options.stores = stores
        options.admin = admin
        // As `mainspring metrics recompute` does.
        options.isFull = true
        let home = try TemporaryHome()
        return try Runner(home.environment(target, home: TemporaryHome.shipped))
            .run(Runner.job("store-metrics", name: "metrics"), options)
    }

    @Test("delivered orders, all currencies counted and the business's summed; approved reviews averaged")
    func figures() throws {
        try TestDatabase.withShop { connection, target in
            try JobShop.fill(connection)
            for total in ["100.00", "50.50"] { try JobShop.order(connection, store: 1, total: total) }
            try JobShop.order(connection, store: 1, total: "9.99", currency: "USD")
            try JobShop.order(connection, store: 1, total: "70.00", status: "SHIPPED")
            try JobShop.review(connection, store: 1, rating: "4.5")
            try JobShop.review(connection, store: 1, rating: "5.0")
            try JobShop.review(connection, store: 1, rating: "1.0", approved: false)
            let summary = try recompute(target)
            #expect(try JobShop.figures(connection, store: 1) == "150.50 3 4.75 2")
            #expect(try JobShop.figures(connection, store: 2) == "0.00 0 0.00 0")
            let step = try #require(summary.steps.first)
            #expect((step.read, step.written, step.changed) == (1, 1, 1))
            let change = try #require(step.detail.changes.first)
            #expect(change.entity == "store:1" && change.finding == "store.drift" && change.applied)
            #expect(change.before["total_sales"] == "0.00" && change.after["total_sales"] == "150.50")
        }
    }

    @Test("only stores that differ are written, and a second run writes none")
    func onlyDiffering() throws {
        try TestDatabase.withShop { connection, target in
            try JobShop.fill(connection)
            try JobShop.order(connection, store: 1, total: "100.00")
            _ = try recompute(target)
            let before = try connection.query("SELECT xmin::text AS x FROM stores ORDER BY store_id").map {
                try $0.text("x")
            }
            try JobShop.order(connection, store: 2, total: "10.00")
            let second = try recompute(target)
            let after = try connection.query("SELECT xmin::text AS x FROM stores ORDER BY store_id").map {
                try $0.text("x")
            }
            #expect(second.steps[0].changed == 1)
            #expect(before[0] == after[0] && before[1] != after[1])
            let third = try recompute(target)
            #expect(third.steps[0].changed == 0 && third.steps[0].read == 0)
            #expect(
                try connection.query("SELECT xmin::text AS x FROM stores ORDER BY store_id").map { try $0.text("x") }
                    == after)
        }
    }

    /// A step that went by the moment of the last run alone would never see the late delivery: its `updated_at` lies before.
    @Test("a delivery whose transaction was open while the step looked is seen by the next one")
    func lateCommit() throws {
        try TestDatabase.withShop { connection, target in
            try JobShop.fill(connection)
            let order = try JobShop.order(connection, store: 1, total: "100.00", status: "SHIPPED")
            _ = try incremental(target)
            let shop = try Connection(target)
            defer { shop.close() }
            try shop.transaction {
                try shop.execute(
                    Statement("UPDATE orders SET order_status = 'DELIVERED' WHERE order_id = $1", [.int(order)]))
                #expect(try incremental(target).steps[0].changed == 0)
            }
            #expect(
                try connection.query(
                    """
                    SELECT o.updated_at < max(s.started_at) AS earlier
                    FROM orders AS o CROSS JOIN mainspring.run_steps AS s GROUP BY o.updated_at
                    """)[0].bool("earlier"))
            #expect(try incremental(target).steps[0].changed == 1)
            #expect(try JobShop.figures(connection, store: 1) == "100.00 1 0.00 0")
        }
    }

    @Test("what a step looks at is what changed since; whatever it missed, a full one finds, and says so")
    func missed() throws {
        try TestDatabase.withShop { connection, target in
            try JobShop.fill(connection)
            _ = try JobShop.order(connection, store: 1, total: "100.00")
            try JobShop.review(connection, store: 1, rating: "4.0")
            let first = try incremental(target)
            #expect(first.steps[0].detail.findings == ["store.drift": 1])
            // Everything happened long ago, and a review goes without a trace.
            for table in ["orders", "reviews", "stores"] {
                try connection.script(
                    """
                    ALTER TABLE \(table) DISABLE TRIGGER USER;
                    UPDATE \(table) SET updated_at = updated_at - interval '3 hours';
                    ALTER TABLE \(table) ENABLE TRIGGER USER;
                    """)
            }
            try connection.execute("DELETE FROM reviews")
            #expect(try incremental(target).steps[0].read == 0)
            let full = try incremental(target, isFull: true)
            #expect(full.steps[0].detail.findings == ["store.missed": 1])
            #expect(try JobShop.figures(connection, store: 1) == "100.00 1 0.00 0")
            #expect(try incremental(target, isFull: true).steps[0].read == 0)
        }
    }

    @Test("limited to some stores it says nothing of the others: the next one still looks at all of them")
    func limited() throws {
        try TestDatabase.withShop { connection, target in
            try JobShop.fill(connection)
            try JobShop.order(connection, store: 1, total: "100.00")
            try JobShop.order(connection, store: 2, total: "10.00")
            try connection.script(
                """
                ALTER TABLE orders DISABLE TRIGGER USER; ALTER TABLE stores DISABLE TRIGGER USER;
                UPDATE orders SET updated_at = updated_at - interval '3 hours';
                UPDATE stores SET updated_at = updated_at - interval '3 hours';
                ALTER TABLE orders ENABLE TRIGGER USER; ALTER TABLE stores ENABLE TRIGGER USER;
                """)
            #expect(try recompute(target, stores: [1]).steps[0].detail.stores == [1])
            #expect(try JobShop.figures(connection, store: 2) == "0.00 0 0.00 0")
            #expect(try incremental(target).steps[0].changed == 1)
            #expect(try JobShop.figures(connection, store: 2) == "10.00 1 0.00 0")
        }
    }

    private func incremental(_ target: ConnectionTarget, isFull: Bool = false) throws -> RunSummary {
        var options = RunOptions()
        options.isFull = isFull
        let home = try TemporaryHome()
        return try Runner(home.environment(target, home: TemporaryHome.shipped))
            .run(Runner.job("store-metrics", name: "metrics"), options)
    }

    @Test("a figure that does not fit leaves its store as it was, is reported, and holds up no other")
    func overflow() throws {
        try TestDatabase.withShop { connection, target in
            try JobShop.fill(connection)
            for _ in 0..<2 { try JobShop.order(connection, store: 1, total: "9999999999.99") }
            try JobShop.order(connection, store: 2, total: "10.00")
            let step = try recompute(target).steps[0]
            #expect(try JobShop.figures(connection, store: 1) == "0.00 0 0.00 0")
            #expect(try JobShop.figures(connection, store: 2) == "10.00 1 0.00 0")
            #expect(step.detail.findings == ["store.overflow": 1, "store.drift": 1])
            #expect((step.read, step.written, step.rejected) == (2, 1, 1))
            let overflow = try #require(step.detail.changes.first { $0.finding == "store.overflow" })
            #expect(overflow.after["total_sales"] == "19999999999.98" && !overflow.applied)
        }
    }

    @Test("--store limits it; --admin leaves an audit row in the same transaction")
    func storeAndAdmin() throws {
        try TestDatabase.withShop { connection, target in
            try JobShop.fill(connection)
            for store in [1, 2] { try JobShop.order(connection, store: store, total: "10.00") }
            let summary = try recompute(target, stores: [2], admin: 1)
            #expect(summary.status == "done")
            #expect(try JobShop.figures(connection, store: 1) == "0.00 0 0.00 0")
            #expect(try JobShop.figures(connection, store: 2) == "10.00 1 0.00 0")
            let rows = try connection.query(
                "SELECT action_type, entity_type, entity_id, description FROM admin_activity_log")
            #expect(rows.count == 1)
            #expect(try rows[0].text("action_type") == "RECOMPUTE_STORE_METRICS")
            #expect(try rows[0].text("entity_type") == "STORE")
            #expect(try rows[0].int("entity_id") == 2)
            #expect(try rows[0].text("description").contains("total_sales 0.00 → 10.00"))
        }
    }

    @Test("an unknown administrator: nothing is written, and the run says so with exit code 2")
    func unknownAdmin() throws {
        try TestDatabase.withShop { connection, target in
            try JobShop.fill(connection)
            try JobShop.order(connection, store: 1, total: "10.00")
            let summary = try recompute(target, admin: 99)
            #expect(summary.status == "failed" && summary.exitCode == 2 && summary.failure?.code == "admin.unknown")
            #expect(try JobShop.figures(connection, store: 1) == "0.00 0 0.00 0")
        }
    }

    @Test("an unknown store: nothing is written, exit code 2; check says the same")
    func unknownStore() throws {
        try TestDatabase.withShop { connection, target in
            try JobShop.fill(connection)
            try JobShop.order(connection, store: 1, total: "10.00")
            for store: Int64 in [99, 1 << 40] {
                let summary = try recompute(target, stores: [1, store])
                #expect(summary.exitCode == 2 && summary.failure?.code == "store.unknown")
                let check = try DifferenceCheck(
                    step: "store-metrics", stores: [store], home: TemporaryHome.shipped, settings: .init())
                #expect(throws: Failure.self) { try check.forEach(on: connection) { _ in } }
            }
            #expect(try JobShop.figures(connection, store: 1) == "0.00 0 0.00 0")
        }
    }

    @Test("check shows the same differences and changes nothing")
    func check() throws {
        try TestDatabase.withShop { connection, _ in
            try JobShop.fill(connection)
            try JobShop.order(connection, store: 1, total: "10.00")
            let home = TemporaryHome.shipped
            let check = try DifferenceCheck(step: "store-metrics", stores: nil, home: home, settings: .init())
            var found: [String] = []
            try check.forEach(on: connection) { found.append("\($0.entity) \($0.applied)") }
            #expect(found == ["store:1 false"])
            #expect(try JobShop.figures(connection, store: 1) == "0.00 0 0.00 0")
        }
    }
}

@Suite("Sold out: jobs/sold-out.sql")
struct SoldOutTests {
    private func statuses(_ connection: Connection) throws -> [String] {
        try connection.query("SELECT status FROM products ORDER BY product_id").map { try $0.text("status") }
    }

    private func run(_ target: ConnectionTarget, reactivate: Bool = false) throws -> RunSummary.Step {
        let home = try TemporaryHome()
        let environment = home.environment(target, home: TemporaryHome.shipped) { $0.reactivateRestocked = reactivate }
        return try Runner(environment).run(Runner.job("sold-out", name: "stock")).steps[0]
    }

    private func fill(_ connection: Connection) throws {
        try JobShop.fill(connection)
        for (pieces, status) in [(0, "ACTIVE"), (0, "RESERVED"), (0, "DRAFT"), (0, "INACTIVE"), (2, "ACTIVE")] {
            try JobShop.product(connection, pieces: pieces, status: status)
        }
        try JobShop.product(connection, pieces: 3, status: "SOLD")
        try JobShop.product(connection, pieces: 3, status: "SOLD", approval: "REJECTED")
    }

    @Test("no pieces: ACTIVE and RESERVED become SOLD, DRAFT and INACTIVE stay; restocked is only reported")
    func soldOut() throws {
        try TestDatabase.withShop { connection, target in
            try fill(connection)
            let step = try run(target)
            #expect(try statuses(connection) == ["SOLD", "SOLD", "DRAFT", "INACTIVE", "ACTIVE", "SOLD", "SOLD"])
            #expect(step.detail.findings == ["product.sold_out": 2, "product.restocked": 2])
            #expect(step.changed == 2)
            let again = try run(target)
            #expect(again.changed == 0 && again.detail.findings == ["product.restocked": 2])
        }
    }

    @Test("with stock.reactivate_restocked an approved one becomes ACTIVE again, a rejected one does not")
    func reactivated() throws {
        try TestDatabase.withShop { connection, target in
            try fill(connection)
            let step = try run(target, reactivate: true)
            #expect(try statuses(connection) == ["SOLD", "SOLD", "DRAFT", "INACTIVE", "ACTIVE", "ACTIVE", "SOLD"])
            #expect(step.detail.findings["product.reactivated"] == 1)
        }
    }
}
