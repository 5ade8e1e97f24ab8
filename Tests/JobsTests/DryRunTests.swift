import Configuration
import Diagnostics
import Foundation
import Postgres
import TestSupport
import Testing

@testable import Jobs

@Suite("A dry run tells what a run would do, and does nothing")
struct DryRunTests {
    private static let job = JobDefinition(
        name: "nightly",
        steps: [
            JobStep(.importInbox), JobStep(.reconcilePayments), JobStep(.statements("store-metrics")),
            JobStep(.statements("sold-out")), JobStep(.reports(["breaks", "finance-pack"])),
            JobStep(.extracts(["orders"])),
        ])

    private func fill(_ connection: Connection, _ home: TemporaryHome) throws {
        try JobShop.fill(connection)
        try JobShop.order(connection, store: 1, total: "150.00")
        try JobShop.product(connection, pieces: 0, status: "ACTIVE")
        try JobShop.product(connection, pieces: 3, status: "SOLD")
        try home.write("inbox/stripe/a.csv", "not,read\n")
        try home.write("inbox/strip/b.csv", "not,read\n")
    }

    @Test("under a login that can only read: differences, the inbox, the scope, the files; and no trace of it")
    func readOnlyLogin() throws {
        try TestDatabase.withShop { connection, target in
            let home = try TemporaryHome()
            try fill(connection, home)
            let name = "auditor_\(target.database ?? "")"
            try connection.script(
                """
                CREATE ROLE \(name) LOGIN PASSWORD 'looks';
                ALTER ROLE \(name) SET default_transaction_read_only = on;
                GRANT USAGE ON SCHEMA public, mainspring TO \(name);
                GRANT SELECT ON ALL TABLES IN SCHEMA public, mainspring TO \(name);
                """)
            defer { try? connection.script("DROP OWNED BY \(name); DROP ROLE \(name);") }
            var parameters = target.parameters
            parameters["user"] = name
            parameters["password"] = "looks"
            let words = parameters.sorted { $0.key < $1.key }.map { "\($0.key)='\($0.value)'" }
            let auditor = try ConnectionTarget(url: words.joined(separator: " "))
            let refused = #expect(throws: PostgresError.self) {
                let session = try Connection(auditor)
                defer { session.close() }
                try session.execute("UPDATE stores SET total_orders = 7")
            }
            #expect(refused?.sqlState == .readOnlyTransaction)

            let before = try JobShop.traces(connection)
            let progress = RecordedProgress()
            var options = RunOptions()
            options.date = "2026-06-30"
            let report = try DryRun(home.environment(auditor, home: TemporaryHome.shipped, progress: progress))
                .report(Self.job, options)
            #expect(progress.notices == ["The login may not become mainspring_job: it looks with rights of its own."])
            #expect(report.steps.map(\.status) == Array(repeating: "would run", count: 6))
            let inbox = report.steps[0].files.map { "\($0.file) \($0.state)" }
            #expect(inbox == ["strip unknown statement", "stripe/a.csv new"])
            let scope = try #require(report.steps[1].scope)
            #expect(scope.everything && scope.orders == 1 && scope.lines == 0 && scope.openBreaks == 0)
            #expect(report.steps[2].findings == ["store.drift": 1] && report.steps[2].wouldChange == 1)
            #expect(report.steps[2].changes.first?.after["total_sales"] == "150.00")
            #expect(report.steps[2].changes.allSatisfy { !$0.applied })
            #expect(report.steps[3].findings == ["product.sold_out": 1, "product.restocked": 1])
            #expect(report.steps[3].wouldChange == 1)
            #expect(report.steps[4].files.map(\.file).contains("finance-pack.xlsx"))
            #expect(report.steps[4].files.map(\.file).contains("reports/breaks.csv"))
            #expect(report.steps[5].files.map(\.file).contains("extracts/orders.csv"))
            #expect(report.text(.plain).contains("would look at everything: 1 order"))
            #expect(try JobShop.traces(connection) == before)
            #expect(!FileManager.default.fileExists(atPath: home.home.resolve("out")))
        }
    }

    @Test(
        "beside a run that holds the lock; with a date that is not over, a step that is not there: refused as a run is")
    func beside() throws {
        try TestDatabase.withShop { connection, target in
            let home = try TemporaryHome()
            try fill(connection, home)
            let environment = home.environment(target, home: TemporaryHome.shipped)
            #expect(try connection.tryAdvisoryLock(RunLock.key))
            var options = RunOptions()
            options.date = "2026-06-30"
            options.steps = .only("sold-out")
            let report = try DryRun(environment).report(Self.job, options)
            #expect(report.steps.filter { $0.status == "would run" }.map(\.step) == ["sold-out"])
            options.steps = .only("solt-out")
            #expect(throws: Failure.self) { try DryRun(environment).report(Self.job, options) }
            options.steps = nil
            options.date = "2126-06-30"
            #expect(throws: Failure.self) { try DryRun(environment).report(Self.job, options) }
        }
    }

    @Test("after a run of the same data nothing is left to do, and what it imported is known by its content")
    func afterwards() throws {
        try TestDatabase.withShop { connection, target in
            let home = try TemporaryHome()
            try fill(connection, home)
            try connection.script(
                "INSERT INTO mainspring.files (sha256, statement, channel, file_name, bytes, lines, "
                    + "control_totals, imported_at, run_id) VALUES (encode(sha256('not,read\n'), 'hex'), 'stripe', 'stripe', "
                    + "'before.csv', 9, 0, '{}', now(), 1)")
            let environment = home.environment(target, home: TemporaryHome.shipped)
            var options = RunOptions()
            options.date = "2026-06-30"
            let job = JobDefinition(
                name: "nightly",
                steps: [JobStep(.reconcilePayments), JobStep(.statements("store-metrics"))])
            #expect(try Runner(environment).run(job, options).status == "done")
            let report = try DryRun(environment).report(Self.job, options)
            #expect(report.steps[0].files.last?.state == "already imported")
            #expect(report.steps[0].files.last?.message == "as before.csv")
            #expect(report.steps[1].scope?.everything == false)
            #expect(report.steps[2].findings.isEmpty && report.steps[2].wouldChange == 0)
            #expect(report.text(.plain).contains("would change nothing"))
        }
    }
}
