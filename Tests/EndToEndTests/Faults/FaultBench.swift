import Foundation
import Postgres
import TestSupport
import Testing

/// What every test of a fault begins with and is held against: a small marketplace before its night, and how an
/// undisturbed night leaves the database and the files.
struct FaultBench: Sendable {
    /// Made by the first test that asks.
    static let shared = Result { try FaultBench() }

    static let job = "fault"
    static let date = "2026-06-30"
    /// A step of each kind, and a report that waits while a test holds the table `notifications`.
    static let steps = [
        "import inbox", "reconcile payments", "store-metrics", "sold-out", "maintain statistics", "3 reports",
        "extract orders",
    ]

    private static let file = """
        job: fault
        steps:
          - import: inbox
          - reconcile: payments
          - sql: store-metrics
          - sql: sold-out
          - maintain: statistics
          - report: [breaks, control, waiting]
          - extract: orders
        """

    private static let waiting = """
        /*
        title: Waiting
        description: How many notifications there are.
        owner: tests
        columns:
          notifications: { heading: Notifications, kind: integer }
        sort: [notifications]
        formats: [csv]
        */
        SELECT count(n.notification_id) AS notifications
        FROM notifications AS n
        ORDER BY notifications;
        """

    /// The database before the night, and the home with its inbox.
    private let template: String
    private let home: TestHome
    /// What an undisturbed night leaves.
    let whole: NightTraces
    let seconds: Double

    private init() throws {
        home = try Self.emptyHome()
        // It lives as long as the process, so nobody else takes it away.
        atexit { if let bench = try? FaultBench.shared.get() { bench.home.remove() } }
        let target = try TestDatabase.create(template: nil)
        template = try #require(target.database)
        try Self.fill(home, target)
        let night = try FaultNight(home: home, template: template)
        defer { night.remove() }
        let began = Date()
        let ending = try night.run()
        seconds = Date().timeIntervalSince(began)
        try #require(ending.code == 0, "\(ending.error)")
        whole = try night.traces()
        try #require(whole.files.keys.contains("out/fault/\(Self.date)/reports/breaks.xlsx"))
        try #require(whole.files.keys.contains(".mainspring/inbox/stripe/imported/stripe-2026-06.csv"))
    }

    /// A home with the job, and no marketplace yet.
    static func emptyHome() throws -> TestHome {
        let home = try TestHome()
        try home.write("jobs/fault.yml", file)
        try home.write("reports/waiting.sql", waiting)
        try home.write("config/mainspring.yml", "limits:\n  retries: 8\n")
        return home
    }

    /// A demo, its last two months of statements, and figures of stores that are wrong.
    static func fill(_ home: TestHome, _ target: ConnectionTarget) throws {
        let demo = try home.run("demo", "--orders", "500", "--seed", "7", "--database", target.conninfo)
        try #require(demo.code == 0, "\(demo.error)")
        for name in try home.files(".mainspring/inbox").keys
        where !name.contains("2026-06") && !name.contains("2026-05") {
            try FileManager.default.removeItem(atPath: "\(home.path)/.mainspring/inbox/\(name)")
        }
        let connection = try Connection(target)
        defer { connection.close() }
        try connection.script("UPDATE stores SET total_sales = total_sales + 1 WHERE store_id <= 3")
    }

    /// Gives a test a night of its own, not yet run.
    static func night(_ body: (FaultNight, FaultBench) throws -> Void) throws {
        let bench = try shared.get()
        let night = try FaultNight(home: bench.home, template: bench.template)
        defer { night.remove() }
        try body(night, bench)
    }
}

/// A home and a database of its own for one night that something happens to.
struct FaultNight {
    let home: TestHome
    let target: ConnectionTarget

    fileprivate init(home source: TestHome, template: String) throws {
        home = try TestHome(copying: source.path)
        target = try TestDatabase.create(template: template)
    }

    /// A night in a database that the test has filled.
    init(home: TestHome, target: ConnectionTarget) {
        self.home = home
        self.target = target
    }

    func remove() { TestDatabase.drop(target) }

    private func arguments(_ more: [String]) -> [String] {
        ["run", FaultBench.job, "--database", target.conninfo] + more
    }

    func run(_ more: [String] = ["--date", FaultBench.date], fault: String? = nil) throws -> Program.Ending {
        try start(more, fault: fault).wait()
    }

    func start(_ more: [String] = ["--date", FaultBench.date], fault: String? = nil) throws -> Program.Running {
        let environment = fault.map { ["MAINSPRING_FAULT": $0] } ?? [:]
        return try Program.start(arguments(more), in: home.path, environment: environment)
    }

    /// Takes the night up again; anew if it had not even begun, and not at all if it was done.
    func resume() throws {
        let ending = try run(["--resume"])
        guard ending.code == 2, ending.error.contains("[run.not_resumable]") else {
            #expect(ending.code == 0, "\(ending.error)")
            return
        }
        let connection = try Connection(target)
        defer { connection.close() }
        let runs = try connection.query("SELECT status FROM mainspring.runs")
        if let run = runs.first {
            #expect(try run.text("status") == "done")
        } else {
            let ending = try run()
            #expect(ending.code == 0, "\(ending.error)")
        }
    }

    func traces() throws -> NightTraces { try NightTraces(home: home, target: target) }

    /// Holds the database and the files against those of an undisturbed night.
    func expectWhole(_ bench: FaultBench, _ what: String = "", sourceLocation: SourceLocation = #_sourceLocation) throws
    {
        let differing = try traces().differing(from: bench.whole)
        #expect(differing == [], "\(what)", sourceLocation: sourceLocation)
    }

    /// Starts a run, and calls `body` once it waits for a lock that a test holds by `locking`; then lets go of the lock.
    ///
    /// - Parameter body: gets the program, and the blocker's own connection.
    func blocked(_ locking: String, _ body: (Program.Running, Connection) throws -> Void) throws -> Program.Running {
        let blocker = try Connection(target)
        defer { blocker.close() }
        try blocker.script("BEGIN; \(locking)")
        let running = try start()
        try waitFor(
            "wait_event_type = 'Lock' AND application_name LIKE 'mainspring fault%'", "the run never came to wait")
        try body(running, blocker)
        _ = try? blocker.script("ROLLBACK")
        return running
    }

    /// Waits until a session of this database is as `condition` says.
    func waitFor(_ condition: String, _ complaint: Comment) throws {
        let connection = try Connection(target)
        defer { connection.close() }
        let sessions =
            "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND \(condition)"
        for _ in 0..<1500 {
            if try !connection.query(Statement(sessions)).isEmpty { return }
            Thread.sleep(forTimeInterval: 0.01)
        }
        Issue.record(complaint)
    }
}
