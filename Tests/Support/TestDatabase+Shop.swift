package import Postgres
import Schema
import Synchronization

extension TestDatabase {
    /// A migrated, empty shop with the pipeline's schema, copied from a template.
    ///
    /// - Parameters:
    ///   - role: the connection's role, such as `mainspring_job`; without one it is the owner's.
    ///   - body: gets the connection, and the target for tests that open more.
    package static func withShop<T>(
        role: String? = nil, _ body: (Connection, ConnectionTarget) throws -> T
    ) throws -> T {
        let target = try create(template: shopTemplate())
        defer { drop(target) }
        let connection = try Connection(target, role: role)
        defer { connection.close() }
        return try body(connection, target)
    }

    /// The same for a test that awaits.
    package static func withShop<T>(
        role: String? = nil, isolation: isolated (any Actor)? = #isolation,
        _ body: (Connection, ConnectionTarget) async throws -> T
    ) async throws -> T {
        let target = try create(template: shopTemplate())
        defer { drop(target) }
        let connection = try Connection(target, role: role)
        defer { connection.close() }
        return try await body(connection, target)
    }

    private static let template = Mutex<String?>(nil)

    /// The template database; the first test that asks makes it.
    private static func shopTemplate() throws -> String {
        try template.withLock { name in
            if let name { return name }
            let target = try create(template: nil)
            let connection = try Connection(target)
            defer { connection.close() }
            _ = try Migrator.migrate(connection)
            let made = target.database ?? ""
            name = made
            return made
        }
    }
}
