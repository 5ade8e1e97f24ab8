import Configuration
import Diagnostics
import Foundation
import Postgres
import TestSupport
import Testing

@testable import Jobs

@Suite("Whether a run would have what it needs")
struct HealthCheckTests {
    private func report(_ home: TemporaryHome, _ target: ConnectionTarget) -> HealthCheck.Report {
        HealthCheck(home: home.home, database: conninfo(target)).report()
    }

    /// A target as `--database` takes it.
    private func conninfo(_ target: ConnectionTarget) -> String {
        target.parameters.map { "\($0.key)='\($0.value.replacing("'", with: "\\'"))'" }.joined(separator: " ")
    }

    /// A home with what the repository ships in config/, and one small job.
    private func home() throws -> TemporaryHome {
        let home = try TemporaryHome(["jobs/one.yml": "job: one\nsteps:\n  - reconcile: payments\n"])
        let config = home.home.resolve("config")
        try FileManager.default.removeItem(atPath: config)
        try FileManager.default.copyItem(atPath: TemporaryHome.shipped.resolve("config"), toPath: config)
        return home
    }

    private func state(_ report: HealthCheck.Report, _ check: String) -> [HealthCheck.Line.State] {
        report.checks.filter { $0.check == check }.map(\.state)
    }

    @Test("all is in order on a migrated database")
    func order() throws {
        try TestDatabase.withShop { _, target in
            let report = report(try home(), target)
            #expect(report.healthy, "\(report.text(.plain))")
            for check in ["config", "jobs", "connection", "pooler", "clock", "schema", "rights", "inbox"] {
                #expect(state(report, check) == [.ok], "\(check): \(report.text(.plain))")
            }
            #expect(state(report, "disk").count == 3 && !state(report, "disk").contains(.fail))
            #expect(report.version == 1)
        }
    }

    @Test("a right that is missing is named with its GRANT, which mends it")
    func rights() throws {
        try TestDatabase.withShop { connection, target in
            try connection.script(
                """
                REVOKE INSERT ON public.notifications FROM mainspring_job;
                REVOKE SELECT ON mainspring.breaks FROM mainspring_report
                """)
            let home = try home()
            let report = report(home, target)
            #expect(!report.healthy)
            let lines = report.checks.filter { $0.check == "rights" }
            #expect(lines.count == 2 && lines.allSatisfy { $0.state == .fail })
            let grants = lines.compactMap(\.next)
            #expect(grants.contains { $0.contains("INSERT") && $0.contains("notifications TO mainspring_job") })
            for grant in grants { try connection.script(grant) }
            #expect(self.report(home, target).healthy)
        }
    }

    @Test("a database that was never migrated, and one that isn't there")
    func database() throws {
        try TestDatabase.withDatabase { _, target in
            let report = report(try home(), target)
            #expect(state(report, "schema") == [.fail] && !report.healthy)
            #expect(report.checks.first { $0.check == "schema" }?.message.contains("schema.behind") == true)
            let none = self.report(try home(), target.with(database: "none_such"))
            #expect(state(none, "connection") == [.fail] && state(none, "schema") == [])
            #expect(state(none, "disk").count == 3, "what doesn't need the server is looked at all the same")
        }
    }

    @Test("settings and job files that are wrong are told with their place")
    func files() throws {
        try TestDatabase.withShop { _, target in
            let wrongJob = try home()
            try wrongJob.write("jobs/bad.yml", "job: bad\nsteps:\n  - sql: none-such\n")
            let report = report(wrongJob, target)
            #expect(state(report, "jobs") == [.fail])
            #expect(report.checks.first { $0.check == "jobs" }?.message.contains("bad.yml:3") == true)
            let wrongConfig = try home()
            try wrongConfig.write("config/mainspring.yml", "metrics:\n  folder: x\n")
            let stopped = self.report(wrongConfig, target)
            #expect(stopped.checks.map(\.check) == ["config"] && !stopped.healthy)
        }
    }

    @Test("files that no run imports: a folder of no statement fails, a file beside the folders warns")
    func inbox() throws {
        try TestDatabase.withShop { _, target in
            let home = try home()
            try home.write(".mainspring/inbox/stripe/a.csv", "a\n")
            #expect(state(report(home, target), "inbox") == [.ok])
            try home.write(".mainspring/inbox/loose.csv", "a\n")
            let warned = report(home, target)
            #expect(state(warned, "inbox") == [.warn] && warned.healthy)
            try home.write(".mainspring/inbox/strype/a.csv", "a\n")
            let failed = report(home, target)
            #expect(state(failed, "inbox") == [.fail, .warn] && !failed.healthy)
        }
    }

    @Test("a folder of figures that isn't there and a hook that can't be run warn")
    func watching() throws {
        try TestDatabase.withShop { _, target in
            let home = try home()
            try home.write(
                "config/mainspring.yml",
                "metrics:\n  directory: none\nhooks:\n  start: bin/none\n  success: [sh, -c, \"true\"]\n")
            let report = report(home, target)
            #expect(state(report, "metrics") == [.warn] && state(report, "hooks") == [.warn, .ok])
            #expect(report.healthy)
        }
    }

    @Test("clocks and free space are judged by their bounds")
    func bounds() {
        #expect(DatabaseChecks.judge(clockAhead: 1).state == .ok)
        #expect(DatabaseChecks.judge(clockAhead: -30).state == .warn)
        #expect(DatabaseChecks.judge(clockAhead: 3600).state == .fail)
        #expect(DatabaseChecks.judge(clockAhead: -30).message.contains("behind"))
        #expect(FolderChecks.judge("output", "/x", free: 5 << 30).state == .ok)
        #expect(FolderChecks.judge("output", "/x", free: 500 << 20).state == .warn)
        #expect(FolderChecks.judge("output", "/x", free: 1 << 20).state == .fail)
    }
}
