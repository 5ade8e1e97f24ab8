package import Diagnostics
import Foundation

/// Every setting of `config/mainspring.yml`, with the value it has when the file does not say.
///
/// The file needs none of them. Flags and the environment come before it (docs/architecture.md, “Configuration and
/// connection”); no secret stands in it.
package struct Settings: Sendable, Equatable {
    /// The zone of business dates, an IANA name.
    package var businessTimeZone = "Asia/Karachi"
    /// The currency of `stores.total_sales`.
    package var businessCurrency = "PKR"
    /// A libpq URI or conninfo; when set, the embedded cluster is off.
    package var databaseURL: String?
    /// The roles under which jobs and reports run on the server (docs/operator.md, “Roles”).
    package var jobRole = "mainspring_job"
    package var reportRole = "mainspring_report"
    /// How long one statement of a step may run, and how long it may wait for a lock, in seconds.
    package var statementTimeoutSeconds = 3600
    package var lockTimeoutSeconds = 60
    /// How often a step is tried again after a serialization failure, a deadlock or a lost connection.
    package var retries = 3
    /// How long a whole run may take, in seconds; nil: as long as it needs.
    package var runTimeoutSeconds: Int?
    /// PostgreSQL's `work_mem` for each step, as PostgreSQL writes it (`64MB`); nil: what the server gives.
    package var workMemory: String?
    /// PostgreSQL's `temp_file_limit` for each session of a run, as PostgreSQL writes it (`20GB`); nil: the server's.
    package var temporarySpace: String?
    /// How many reading steps run side by side.
    package var readers = 2
    /// Where runs leave their folders, and where statement files are looked for; relative to the home.
    package var outputDirectory = "out"
    package var inboxDirectory = ".mainspring/inbox"
    package var text = TextSettings()
    /// Whether a restocked product that is SOLD becomes ACTIVE again by itself (docs/semantics.md, “Words”).
    package var reactivateRestocked = false
    /// A run that ends with more open breaks than this exits with 3; none by default: no limit.
    package var openBreaksLimit: Int?
    /// Days of the week on which banks settle nothing.
    package var weekend = ["saturday", "sunday"]

    /// How events are logged where no terminal shows them.
    package var logFormat = LogFormat.text
    /// The folder in which each job leaves its figures for Prometheus; none: it leaves none.
    package var metricsDirectory: String?
    package var hooks = HookSettings()
    package var retention = RetentionSettings()

    package init() {}

    static let weekdays = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]

    /// Reads `config/mainspring.yml` of a home.
    /// - Throws: `config.*`, naming file, line and column.
    package static func load(home: Home) throws(Failure) -> Settings {
        let file = home.resolve("config/mainspring.yml")
        var settings = Settings()
        guard FileManager.default.fileExists(atPath: file) else { return settings }
        let root = try YAMLNode.parse(file: file)
            .mapping(allowed: [
                "business", "database", "output", "inbox", "stock", "breaks", "limits", "log", "metrics", "hooks",
                "retention",
            ])
        try settings.readBusiness(root.optional("business"))
        try settings.readDatabase(root.optional("database"))
        try settings.readOutput(root.optional("output"))
        if let node = root.optional("inbox") {
            let inbox = try node.mapping(allowed: ["directory"])
            if let value = inbox.optional("directory") { settings.inboxDirectory = try value.string() }
        }
        if let node = root.optional("stock") {
            let stock = try node.mapping(allowed: ["reactivate_restocked"])
            if let value = stock.optional("reactivate_restocked") { settings.reactivateRestocked = try value.boolean() }
        }
        if let node = root.optional("breaks") {
            let breaks = try node.mapping(allowed: ["open_limit"])
            settings.openBreaksLimit = try breaks.optional("open_limit")?.count(atLeast: 0)
        }
        try settings.readLimits(root.optional("limits"))
        try settings.readLog(root.optional("log"))
        try settings.readMetrics(root.optional("metrics"))
        try settings.readHooks(root.optional("hooks"))
        try settings.readRetention(root.optional("retention"))
        return settings
    }

    private mutating func readBusiness(_ node: YAMLNode?) throws(Failure) {
        guard let node else { return }
        let business = try node.mapping(allowed: ["time_zone", "currency", "weekend"])
        if let value = business.optional("time_zone") {
            businessTimeZone = try value.string()
            guard TimeZone(identifier: businessTimeZone) != nil else {
                throw Failure(
                    .configInvalid, "“\(businessTimeZone)” isn't a time zone.", at: value.location,
                    advice: "Name it as the IANA does, for example Asia/Karachi.")
            }
        }
        if let value = business.optional("currency") {
            businessCurrency = try value.string()
            guard businessCurrency.wholeMatch(of: /[A-Z]{3}/) != nil else {
                throw Failure(
                    .configInvalid, "“\(businessCurrency)” isn't an ISO 4217 code.", at: value.location,
                    advice: "Write three upper-case letters, for example PKR.")
            }
        }
        if let value = business.optional("weekend") {
            var days: [String] = []
            for day in try value.oneOrMore() { days.append(try day.name(among: Self.weekdays)) }
            weekend = days
        }
    }

    private mutating func readDatabase(_ node: YAMLNode?) throws(Failure) {
        guard let node else { return }
        let database = try node.mapping(allowed: ["url", "job_role", "report_role"])
        databaseURL = try database.optional("url")?.string()
        if let value = database.optional("job_role") { jobRole = try value.string() }
        if let value = database.optional("report_role") { reportRole = try value.string() }
    }

    private mutating func readLimits(_ node: YAMLNode?) throws(Failure) {
        guard let node else { return }
        let limits = try node.mapping(allowed: [
            "statement_timeout_seconds", "lock_timeout_seconds", "run_timeout_seconds", "retries", "readers",
            "work_memory", "temporary_space",
        ])
        if let value = limits.optional("statement_timeout_seconds") {
            statementTimeoutSeconds = try value.count(atLeast: 1)
        }
        if let value = limits.optional("lock_timeout_seconds") { lockTimeoutSeconds = try value.count(atLeast: 1) }
        if let value = limits.optional("retries") { retries = try value.count(atLeast: 0) }
        if let value = limits.optional("readers") { readers = try value.count(atLeast: 1) }
        runTimeoutSeconds = try limits.optional("run_timeout_seconds")?.count(atLeast: 1)
        workMemory = try limits.optional("work_memory")?.memory()
        temporarySpace = try limits.optional("temporary_space")?.memory()
    }
}

extension YAMLNode {
    /// An amount of memory or disk, as PostgreSQL writes it.
    fileprivate func memory() throws(Failure) -> String {
        let text = try string()
        guard text.wholeMatch(of: /[1-9][0-9]{0,8}(kB|MB|GB|TB)/) != nil else {
            throw Failure(
                .configInvalid, "“\(text)” is no amount of memory.", at: location,
                advice: "Write it as PostgreSQL does, with its unit: 64MB, 20GB.")
        }
        return text
    }

    /// A whole number of at least `minimum`.
    package func count(atLeast minimum: Int) throws(Failure) -> Int {
        let value = try integer()
        guard value >= minimum else {
            throw Failure(.configInvalid, "A whole number of at least \(minimum) is wanted here.", at: location)
        }
        return value
    }
}
