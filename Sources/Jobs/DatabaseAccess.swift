package import Configuration
import Diagnostics
import Foundation
package import Postgres
import Schema

/// Which database a command works on (docs/architecture.md, “Configuration and connection”): flags over environment over
/// the config; with none of them, the embedded cluster of the home.
package struct DatabaseAccess: Sendable {
    package let home: Home
    package let settings: Settings
    /// What `--database` says.
    package let database: String?
    private let environment: [String: String]

    package init(
        home: Home, settings: Settings, database: String?,
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) {
        self.home = home
        self.settings = settings
        self.database = database
        self.environment = environment
    }

    /// The database that somebody named; nil means the embedded cluster.
    package func named() throws -> ConnectionTarget? {
        if let database { return try ConnectionTarget(url: database) }
        if let target = try ConnectionTarget.named(by: environment) { return target }
        return try settings.databaseURL.map { try ConnectionTarget(url: $0) }
    }

    package var cluster: EmbeddedCluster { EmbeddedCluster.forHome(home.path) }

    /// The database to work on; the embedded cluster is started if need be.
    package func target() throws -> ConnectionTarget { try named() ?? cluster.start() }

    /// A session under a role of ours (nil: the login's own), once the schema is known to be up to date. The login itself
    /// needs no right: the role looks.
    /// - Throws: `schema.behind`, `schema.newer`; what the server says to the login or the role.
    package static func connect(
        _ target: ConnectionTarget, role: String?, notice: (@Sendable (String) -> Void)? = nil
    ) throws -> Connection {
        do {
            return try current(target, role: role, notice: notice)
        } catch let error as PostgresError where role != nil {
            // The role may be missing, or may not look yet, because the schema is behind: the login can tell.
            do {
                try current(target, role: nil, notice: notice).close()
            } catch let failure as Failure {
                throw failure
            } catch {}
            throw error
        }
    }

    private static func current(
        _ target: ConnectionTarget, role: String?, notice: (@Sendable (String) -> Void)?
    ) throws -> Connection {
        let connection = try Connection(target, role: role, notice: notice)
        do {
            try Migrator.requireCurrent(connection)
        } catch {
            connection.close()
            throw error
        }
        return connection
    }

    /// The demo's database: the embedded cluster, unless `--database` names another. The environment and the config are
    /// not asked: DATABASE_URL is the shop's own variable, and a demo must never touch a shop.
    package func demoTarget() throws -> ConnectionTarget {
        try database.map { try ConnectionTarget(url: $0) } ?? cluster.start()
    }
}
