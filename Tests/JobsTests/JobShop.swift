import Configuration
import Diagnostics
import Foundation
import Postgres
import Synchronization

@testable import Jobs

/// A small shop, written row by row: two stores, a customer, an administrator.
enum JobShop {
    static func fill(_ connection: Connection) throws {
        try connection.script(
            """
            INSERT INTO users (email, password_hash, first_name, last_name, role, is_active, is_verified, created_at, updated_at)
                SELECT 'user' || n || '@example.test', '!', 'User', 'Number ' || n,
                    (ARRAY['SELLER', 'SELLER', 'CUSTOMER', 'ADMIN'])[n], true, true, '2026-01-01', '2026-01-01'
                FROM generate_series(1, 4) AS n;
            INSERT INTO customers (user_id, is_guest, created_at) VALUES (3, false, '2026-01-01');
            INSERT INTO sellers (user_id, cnic, verification_status, created_at)
                VALUES (1, '35202-0000001-1', 'VERIFIED', '2026-01-01'), (2, '35202-0000002-1', 'VERIFIED', '2026-01-01');
            INSERT INTO administrators (user_id, access_level, created_at) VALUES (4, 'SUPER', '2026-01-01');
            INSERT INTO stores (seller_id, store_name, store_slug, store_rating, total_reviews, total_sales, total_orders,
                    is_active, created_at, updated_at)
                SELECT n, 'Store ' || n, 'store-' || n, 0, 0, 0, 0, true, '2026-01-01', '2026-01-01'
                FROM generate_series(1, 2) AS n;
            INSERT INTO addresses (user_id, address_type, address_line1, city, state_province, country, is_default,
                    created_at, updated_at)
                VALUES (3, 'BOTH', '1 Road', 'Lahore', 'Punjab', 'Pakistan', true, '2026-01-01', '2026-01-01');
            INSERT INTO brands (brand_name) VALUES ('Seiko');
            INSERT INTO product_categories (category_name, is_active) VALUES ('Divers', true);
            """)
    }

    /// An order of a store; returns its id.
    @discardableResult
    static func order(
        _ connection: Connection, store: Int, total: String, currency: String = "PKR", status: String = "DELIVERED"
    ) throws -> Int {
        try connection.query(
            Statement(
                """
                INSERT INTO orders (order_number, customer_id, store_id, order_status, subtotal, advance_payment,
                    advance_amount, tax_amount, shipping_cost, total_amount, currency, shipping_address_id,
                    billing_address_id, created_at, updated_at)
                SELECT 'ORD-2026-' || lpad((count(*) + 1)::text, 5, '0'), 1, $1::int, $2::text, $3::numeric, false, 0, 0,
                    0, $3::numeric, $4::text, 1, 1, '2026-02-01', '2026-02-01'
                FROM orders
                RETURNING order_id
                """, [.int(store), .text(status), .numeric(total), .text(currency)], name: "order"))[0].int("order_id")
    }

    @discardableResult
    static func product(
        _ connection: Connection, pieces: Int, status: String, approval: String = "APPROVED"
    ) throws -> Int {
        try connection.query(
            Statement(
                """
                INSERT INTO products (seller_id, store_id, brand_id, category_id, model_name, condition, has_box, has_papers,
                    has_warranty, pieces, price, currency, status, approval_status, view_count, favorite_count,
                    created_at, updated_at)
                VALUES (1, 1, 1, 1, 'Diver', 'NEW', true, true, false, $1::int, 100, 'PKR', $2::text, $3::text, 0, 0,
                    '2026-01-01', '2026-01-01')
                RETURNING product_id
                """, [.int(pieces), .text(status), .text(approval)], name: "product"))[0].int("product_id")
    }

    static func review(_ connection: Connection, store: Int, rating: String, approved: Bool = true) throws {
        try connection.execute(
            Statement(
                """
                INSERT INTO reviews (store_id, customer_id, rating, title, helpful_count, not_helpful_count,
                    is_verified_purchase, is_approved, is_featured, created_at, updated_at)
                VALUES ($1::int, 1, $2::numeric, 'Good', 0, 0, false, $3::boolean, false, '2026-02-01', '2026-02-01')
                """, [.int(store), .numeric(rating), .bool(approved)], name: "review"))
    }

    /// Everything that a run could leave in the database: a sum over the rows of each table.
    static func traces(_ connection: Connection) throws -> [String] {
        let tables = try connection.query(
            "SELECT schemaname || '.' || tablename AS name FROM pg_tables WHERE schemaname IN ('public', 'mainspring') ORDER BY 1"
        )
        return try tables.map { row in
            let name = try row.text("name")
            let sql =
                "SELECT coalesce(sum(hashtextextended(t::text || t.xmin::text, 0)), 0)::text AS d FROM \(name) AS t"
            return "\(name) \(try connection.query(Statement(sql))[0].text("d"))"
        }
    }

    /// `total_sales total_orders store_rating total_reviews` of a store.
    static func figures(_ connection: Connection, store: Int) throws -> String {
        let row = try connection.query(
            Statement(
                "SELECT concat_ws(' ', total_sales, total_orders, store_rating, total_reviews) AS f FROM stores WHERE store_id = $1",
                [.int(store)]))[0]
        return try row.text("f")
    }
}

/// A home in a folder of its own, deleted with the value.
final class TemporaryHome: Sendable {
    let home: Home

    /// - Parameter files: by path below the home: `jobs/slow.sql`.
    init(_ files: [String: String] = [:]) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "mainspring-jobs-\(UUID().uuidString)")
        home = Home(path: folder.path)
        for name in Home.folders {
            try FileManager.default.createDirectory(
                at: folder.appendingPathComponent(name), withIntermediateDirectories: true)
        }
        for (path, text) in files { try write(path, text) }
    }

    deinit { try? FileManager.default.removeItem(atPath: home.path) }

    func write(_ path: String, _ text: String) throws {
        let file = URL(fileURLWithPath: home.resolve(path))
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
    }

    /// The home that the repository ships.
    static let shipped = Home(
        path: URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().path)

    /// What a run needs, with the shipped steps unless the home has its own.
    func environment(
        _ target: ConnectionTarget, home: Home? = nil, interruption: Interruption = Interruption(),
        progress: RecordedProgress = RecordedProgress(), _ adjust: (inout Settings) -> Void = { _ in }
    ) -> RunEnvironment {
        var settings = Settings()
        settings.outputDirectory = self.home.resolve("out")
        settings.inboxDirectory = self.home.resolve("inbox")
        settings.lockTimeoutSeconds = 5
        adjust(&settings)
        return RunEnvironment(
            home: home ?? self.home, settings: settings, target: target, interruption: interruption, progress: progress)
    }
}

/// Keeps what a run told.
final class RecordedProgress: RunProgress {
    private let told = Mutex<[String]>([])
    private let onBegin: (@Sendable (String) -> Void)?

    init(onBegin: (@Sendable (String) -> Void)? = nil) { self.onBegin = onBegin }

    var notices: [String] { told.withLock { $0 } }

    func notice(_ text: String) { told.withLock { $0.append(text) } }
    func began(step: String, number: Int, of count: Int) { onBegin?(step) }
    func ended(step: RunSummary.Step, of count: Int) {}
}

extension Runner {
    /// A job of steps of statements.
    static func job(_ steps: String..., name: String = "test") -> JobDefinition {
        JobDefinition(name: name, steps: steps.map { JobStep(.statements($0)) })
    }
}

/// Work beside the test's own thread.
final class OtherThread: Sendable {
    private let work: @Sendable () throws -> Void
    private let done = DispatchSemaphore(value: 0)
    private let failure = Mutex<Failure?>(nil)

    init(_ work: @escaping @Sendable () throws -> Void) { self.work = work }

    func start() {
        Thread { [self] in
            do { try work() } catch { failure.withLock { $0 = Failure.of(error) } }
            done.signal()
        }.start()
    }

    /// Waits for its end, and throws what it threw.
    func join() throws {
        done.wait()
        if let failure = failure.withLock({ $0 }) { throw failure }
    }
}

/// A value that threads share.
final class Locked<Value: Sendable>: Sendable {
    private let value: Mutex<Value>

    init(_ value: Value) { self.value = Mutex(value) }

    func get() -> Value { value.withLock { $0 } }
    func set(_ new: Value) { value.withLock { $0 = new } }
}
