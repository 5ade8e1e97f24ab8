import Configuration
import Diagnostics
import Foundation
import Postgres
import Schema

/// What `mainspring check` asks the server.
struct DatabaseChecks {
    typealias Line = HealthCheck.Line

    /// Seconds by which the server's clock and ours may differ before that is told, and before it fails.
    static let clockWarns = 5.0
    static let clockFails = 300.0

    let access: DatabaseAccess
    let settings: Settings

    func lines() -> [Line] {
        let target: ConnectionTarget
        let connection: Connection
        do {
            target = try access.target()
            connection = try Connection(target.with(applicationName: "mainspring check"))
        } catch { return [Line("connection", error)] }
        defer { connection.close() }
        let version = "\(connection.serverVersion / 10_000).\(connection.serverVersion % 10_000)"
        let found = Line(
            check: "connection", state: .ok,
            message: "PostgreSQL \(version), database \(connection.database), as \(connection.user).")
        return [found] + asking("pooler") { [try pooler(connection, target)] }
            + asking("clock") { [try clock(connection)] } + asking("schema") { try schema(connection) }
            + asking("rights") { try rights(connection, target) }
    }

    private func asking(_ check: String, _ body: () throws -> [Line]) -> [Line] {
        do { return try body() } catch { return [Line(check, error)] }
    }

    // MARK: The session

    /// A run's lock and snapshot belong to its session. A pooler in transaction mode gives each transaction whatever server
    /// session is free: while another connection holds the one that we had, we are given another.
    private func pooler(_ connection: Connection, _ target: ConnectionTarget) throws -> Line {
        let before = try Self.session(connection)
        let other = try Connection(target.with(applicationName: "mainspring check, other"))
        defer { other.close() }
        let after = try other.transaction(.readCommitted, readOnly: true) {
            _ = try Self.session(other)
            return try Self.session(connection)
        }
        guard before == after else {
            return Line(
                check: "pooler", state: .fail,
                message: "A pooler in transaction mode stands before the server: a session isn't kept from one "
                    + "transaction to the next, and with it not the lock that keeps two runs apart.",
                next: "Use the pooler's session mode for this login, or connect to the server itself.")
        }
        return Line(
            check: "pooler", state: .ok, message: "The session stays the same from one transaction to the next.")
    }

    private static func session(_ connection: Connection) throws -> Int {
        try connection.query("SELECT pg_backend_pid() AS pid")[0].int("pid")
    }

    private func clock(_ connection: Connection) throws -> Line {
        let before = Date()
        let row = try connection.query("SELECT extract(epoch FROM clock_timestamp())::float8::text AS now")[0]
        let middle = before.addingTimeInterval(Date().timeIntervalSince(before) / 2)
        return Self.judge(clockAhead: (Double(try row.text("now")) ?? 0) - middle.timeIntervalSince1970)
    }

    /// - Parameter seconds: how far the server's clock is ahead of ours.
    static func judge(clockAhead seconds: Double) -> Line {
        let size = abs(seconds)
        let state: Line.State = size > clockFails ? .fail : size > clockWarns ? .warn : .ok
        guard state != .ok else {
            return Line(check: "clock", state: .ok, message: "The server's clock and this machine's agree.")
        }
        let way = seconds > 0 ? "ahead of" : "behind"
        return Line(
            check: "clock", state: state,
            message: "The server's clock is \(Figures.time(size)) \(way) this machine's; business dates follow the "
                + "server's.", next: "Let both keep time by NTP.")
    }

    // MARK: The schema and the rights

    private func schema(_ connection: Connection) throws -> [Line] {
        switch try Migrator.check(connection) {
        case .current: break
        case .unmigrated, .behind:
            try Migrator.requireCurrent(connection)
        }
        let findings = try Doctor.grade(connection).filter { !$0.statement.hasPrefix("GRANT") }
        let blocking = findings.filter { $0.grade == .blocks }
        if let first = blocking.first {
            return [
                Line(
                    check: "schema", state: .fail,
                    message: "\(blocking.count) of its parts keep jobs from running; the first: \(first.what)",
                    next: "mainspring doctor")
            ]
        }
        let weak = findings.filter { $0.grade == .weakens }.count
        guard weak == 0 else {
            return [
                Line(
                    check: "schema", state: .warn,
                    message: "It is up to date; \(weak) of its rules the database doesn't hold.",
                    next: "mainspring doctor")
            ]
        }
        return [Line(check: "schema", state: .ok, message: "It is up to date.")]
    }

    /// The login's way into both roles, and what those roles lack, each with its GRANT.
    private func rights(_ connection: Connection, _ target: ConnectionTarget) throws -> [Line] {
        var lines: [Line] = []
        for role in [settings.jobRole, settings.reportRole] {
            do { try Connection(target, role: role).close() } catch {
                let quoted = (connection.quotedIdentifier(role), connection.quotedIdentifier(connection.user))
                lines.append(
                    Line(
                        check: "rights", state: .fail,
                        message: "Login \(connection.user) can't take the role \(role): \(Failure.of(error).message)",
                        next: "GRANT \(quoted.0) TO \(quoted.1);"))
            }
        }
        guard try Migrator.check(connection) == .current else { return lines }
        for finding in try Doctor.grade(connection) where finding.statement.hasPrefix("GRANT") {
            lines.append(Line(check: "rights", state: .fail, message: finding.what, next: finding.statement))
        }
        guard lines.isEmpty else { return lines }
        return [
            Line(
                check: "rights", state: .ok,
                message: "\(settings.jobRole) and \(settings.reportRole) have what their work needs.")
        ]
    }
}
