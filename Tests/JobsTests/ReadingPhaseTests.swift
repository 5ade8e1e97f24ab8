import Configuration
import Diagnostics
import Foundation
import Postgres
import Tabular
import TestSupport
import Testing

@testable import Jobs

@Suite("Reading steps: one snapshot, one whole folder")
struct ReadingPhaseTests {
    /// A report that counts orders, after a while.
    private static func counting(_ seconds: String) -> String {
        """
        /*
        title: Count
        description: How many orders there are.
        owner: tests
        columns:
          orders: { heading: Orders, kind: integer }
        sort: [orders]
        formats: [csv]
        */
        SELECT count(*) AS orders
        FROM orders
        CROSS JOIN pg_sleep(\(seconds))
        ORDER BY orders;
        """
    }

    private static let job = JobDefinition(name: "counts", steps: [JobStep(.reports(["first", "second"]))])

    private func home() throws -> TemporaryHome {
        try TemporaryHome([
            "reports/first.sql": Self.counting("1"), "reports/second.sql": Self.counting("0"),
        ])
    }

    private func csv(_ home: TemporaryHome, _ name: String, _ summary: RunSummary) throws -> String {
        let folder = try #require(summary.folder)
        return try String(contentsOfFile: home.home.resolve("\(folder)/reports/\(name).csv"), encoding: .utf8)
    }

    @Test("an order that commits between two reports is in neither: all readers share the snapshot", arguments: [1, 2])
    func snapshot(_ readers: Int) throws {
        try TestDatabase.withShop { connection, target in
            try JobShop.fill(connection)
            try JobShop.order(connection, store: 1, total: "1.00")
            let home = try home()
            let selling = OtherThread {
                let shop = try Connection(target)
                defer { shop.close() }
                // Once the first report is being read, its snapshot stands.
                for _ in 0..<1000 {
                    let sleeping =
                        "SELECT count(*) AS n FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = current_database()"
                    if try shop.query(Statement(sleeping))[0].int("n") > 0 { break }
                    Thread.sleep(forTimeInterval: 0.01)
                }
                try JobShop.order(shop, store: 1, total: "1.00")
            }
            selling.start()
            let summary = try Runner(home.environment(target) { $0.readers = readers }).run(Self.job)
            try selling.join()
            #expect(summary.status == "done")
            #expect(try csv(home, "first", summary) == "orders\n1\n")
            #expect(try csv(home, "second", summary) == "orders\n1\n")
            #expect(try connection.query("SELECT count(*) AS n FROM orders")[0].int("n") == 2)
        }
    }

    @Test("what was written is in the journal, and the same data give the same bytes and no changed row")
    func files() throws {
        try TestDatabase.withShop { connection, target in
            try JobShop.fill(connection)
            let home = try home()
            let first = try Runner(home.environment(target)).run(Self.job)
            let bytes = try csv(home, "first", first)
            let second = try Runner(home.environment(target)).run(Self.job)
            #expect(try csv(home, "first", second) == bytes)
            let rows = try connection.query(
                "SELECT run_id, path, rows, bytes, sha256 FROM mainspring.run_files ORDER BY run_id, path")
            #expect(
                try rows.map { try $0.text("path") }
                    == Array(repeating: ["reports/first.csv", "reports/second.csv"], count: 2).flatMap { $0 })
            #expect(try rows[0].text("sha256") == rows[2].text("sha256"))
            #expect(first.files.map(\.path) == ["reports/first.csv", "reports/second.csv"])
        }
    }

    @Test("a report that fails: nothing of the night is left on disk, the old folder stays, and the run is failed")
    func failed() throws {
        try TestDatabase.withShop { connection, target in
            try JobShop.fill(connection)
            let home = try home()
            let first = try Runner(home.environment(target)).run(Self.job)
            let bytes = try csv(home, "second", first)
            try home.write("reports/first.sql", Self.counting("1 / (SELECT count(*) - count(*) FROM orders)"))
            let second = try Runner(home.environment(target)).run(Self.job)
            #expect(second.status == "failed" && second.exitCode == 1 && second.files.isEmpty)
            #expect(second.steps.map(\.status) == ["failed"])
            #expect(try csv(home, "second", first) == bytes)
            let folder = home.home.resolve("out/counts")
            #expect(
                try FileManager.default.contentsOfDirectory(atPath: folder).filter { !$0.hasPrefix(".") }.count == 1)
            let run = try connection.query("SELECT status, error_code FROM mainspring.runs WHERE run_id = 2")[0]
            #expect(try run.text("status") == "failed" && run.text("error_code") == "database.statement")
        }
    }

    @Test("more open breaks than breaks.open_limit: done, with exit code 3; none over it: 0")
    func limit() throws {
        try TestDatabase.withShop { connection, target in
            try JobShop.fill(connection)
            // Two orders whose subtotal no item explains.
            for _ in 0..<2 { try JobShop.order(connection, store: 1, total: "10.00", status: "PENDING") }
            let home = try TemporaryHome()
            var options = RunOptions()
            options.date = "2026-06-30"
            let job = JobDefinition(name: "reconcile", steps: [JobStep(.reconcilePayments)])
            let over = try Runner(home.environment(target, home: TemporaryHome.shipped) { $0.openBreaksLimit = 1 })
                .run(job, options)
            #expect(over.status == "done" && over.openBreaks == 2 && over.exitCode == 3)
            let under = try Runner(home.environment(target, home: TemporaryHome.shipped) { $0.openBreaksLimit = 2 })
                .run(job, options)
            #expect(under.exitCode == 0 && under.openBreaks == 2)
            let codes = try connection.query("SELECT exit_code FROM mainspring.runs ORDER BY run_id")
            #expect(try codes.map { try $0.int("exit_code") } == [3, 0])
        }
    }
}
