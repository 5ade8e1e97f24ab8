import Configuration
import Diagnostics
import Foundation
import Postgres
import Tabular
import TestSupport
import Testing

@testable import Jobs

@Suite("The logins of config/deploy/logins.sql run what they are for, and nothing else")
struct LoginTests {
    private func withLogins(_ body: (Connection, _ runner: ConnectionTarget, _ reader: ConnectionTarget) throws -> Void)
        throws
    {
        try TestDatabase.withShop { connection, target in
            let file = TemporaryHome.shipped.resolve("config/deploy/logins.sql")
            let sql = try String(contentsOfFile: file, encoding: .utf8)
            try connection.script(sql)
            // A second time changes nothing.
            try connection.script(sql)
            func login(_ name: String) throws -> ConnectionTarget {
                try connection.script("ALTER ROLE \(name) PASSWORD 'secret of \(name)'")
                return target.with(user: name).with(password: "secret of \(name)")
            }
            try body(connection, try login("mainspring_runner"), try login("mainspring_reader"))
        }
    }

    private func refusal(_ sql: String, as target: ConnectionTarget) throws -> SQLState? {
        let connection = try Connection(target)
        defer { connection.close() }
        return (#expect(throws: PostgresError.self) { try connection.script(sql) })?.sqlState
    }

    @Test("the shipped jobs run whole under the runner, which by itself may not even look")
    func runner() throws {
        try withLogins { connection, runner, _ in
            try JobShop.fill(connection)
            try JobShop.order(connection, store: 1, total: "100.00")
            try JobShop.product(connection, pieces: 0, status: "ACTIVE")
            let home = try TemporaryHome()
            for name in JobCatalogue(home: TemporaryHome.shipped).names {
                let job = try JobCatalogue(home: TemporaryHome.shipped).job(name)
                let summary = try Runner(home.environment(runner, home: TemporaryHome.shipped)).run(job)
                #expect(summary.status == "done", "\(name): \(String(describing: summary.failure))")
            }
            for sql in [
                "SELECT order_id FROM orders", "SELECT run_id FROM mainspring.runs",
                "UPDATE stores SET total_sales = 0",
                "SET ROLE mainspring_admin", "SET ROLE mainspring_write", "CREATE TABLE public.x (id integer)",
            ] { #expect(try refusal(sql, as: runner) == .insufficientPrivilege, "\(sql)") }
        }
    }

    @Test("the reader makes reports, and can't run a job")
    func reader() throws {
        try withLogins { _, _, reader in
            let home = try TemporaryHome()
            let failure = try #require(
                #expect(throws: (any Error).self) {
                    try Runner(home.environment(reader, home: TemporaryHome.shipped)).run(Runner.job("sold-out"))
                })
            #expect(Failure.of(failure).code == .databasePermission, "\(failure)")
            let desk = try ReportDesk(home.environment(reader, home: TemporaryHome.shipped))
            let folder = home.home.resolve("pack")
            let manifest = try desk.write(.init(names: ["finance-pack"]), to: folder)
            #expect(manifest.files.map(\.path) == ["finance-pack.xlsx"])
        }
    }
}
