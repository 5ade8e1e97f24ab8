import Glibc
package import Postgres
import Synchronization

/// A database of its own for each test, deleted when the test is done.
package enum TestDatabase {
    private static let count = Atomic<Int>(0)

    /// An empty database. The login role owns it; it may create roles and databases and is no superuser.
    package static func withDatabase<T>(_ body: (Connection) throws -> T) throws -> T {
        try withDatabase { connection, _ in try body(connection) }
    }

    /// The same with its target, for tests that open more connections.
    package static func withDatabase<T>(_ body: (Connection, ConnectionTarget) throws -> T) throws -> T {
        let target = try create(template: nil)
        defer { drop(target) }
        let connection = try Connection(target)
        defer { connection.close() }
        return try body(connection, target)
    }

    /// The same for a test that awaits.
    package static func withDatabase<T>(
        isolation: isolated (any Actor)? = #isolation, _ body: (Connection, ConnectionTarget) async throws -> T
    ) async throws -> T {
        let target = try create(template: nil)
        defer { drop(target) }
        let connection = try Connection(target)
        defer { connection.close() }
        return try await body(connection, target)
    }

    /// A new database, copied from `template`; nobody may be connected to that one.
    package static func create(template: String?) throws -> ConnectionTarget {
        let target = try TestCluster.target()
        let name = "test_\(count.add(1, ordering: .relaxed).newValue)"
        let connection = try Connection(target)
        defer { connection.close() }
        let source = template.map { " TEMPLATE \($0)" } ?? ""
        try connection.script("CREATE DATABASE \(name)\(source)")
        return target.with(database: name)
    }

    /// Deletes a database, whoever is still connected.
    package static func drop(_ target: ConnectionTarget) {
        guard let database = target.database, let main = try? TestCluster.target() else { return }
        // A test that failed may have left connections open.
        _ = try? Connection(main).script("DROP DATABASE IF EXISTS \(database) WITH (FORCE)")
    }
}
