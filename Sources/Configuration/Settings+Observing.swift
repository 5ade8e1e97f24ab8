import Diagnostics

/// How a run's events are written where no terminal shows them.
package enum LogFormat: String, Sendable, CaseIterable {
    /// `time level event key=value …`
    case text
    /// One JSON document a line.
    case json
}

/// Commands of the operator's own, run when a run begins and ends.
package struct HookSettings: Sendable, Equatable {
    /// The program and its arguments; none: no hook.
    package var start: [String] = []
    package var success: [String] = []
    package var failure: [String] = []
    /// How long one of them may take before it is ended.
    package var timeoutSeconds = 30

    package init() {}
}

/// For how long things are kept.
package struct RetentionSettings: Sendable, Equatable {
    /// Rows of the journal that nothing refers to, in days.
    package var journalDays = 3650
    /// Output folders of dates that no closed period covers, in days after their business date.
    package var reportsDays = 400
    /// The books themselves, in years: at least ten, and nothing deletes them.
    package var keepYears = 10

    package init() {}
}

extension Settings {
    mutating func readRetention(_ node: YAMLNode?) throws(Failure) {
        guard let mapping = try node?.mapping(allowed: ["journal_days", "reports_days", "keep_years"]) else { return }
        if let value = mapping.optional("journal_days") { retention.journalDays = try value.count(atLeast: 30) }
        if let value = mapping.optional("reports_days") { retention.reportsDays = try value.count(atLeast: 30) }
        if let value = mapping.optional("keep_years") { retention.keepYears = try value.count(atLeast: 10) }
    }

    mutating func readLog(_ node: YAMLNode?) throws(Failure) {
        guard let log = try node?.mapping(allowed: ["format"]) else { return }
        if let value = log.optional("format") {
            logFormat = LogFormat(rawValue: try value.name(among: LogFormat.allCases.map(\.rawValue))) ?? logFormat
        }
    }

    mutating func readMetrics(_ node: YAMLNode?) throws(Failure) {
        guard let metrics = try node?.mapping(allowed: ["directory"]) else { return }
        metricsDirectory = try metrics.optional("directory")?.string()
    }

    mutating func readHooks(_ node: YAMLNode?) throws(Failure) {
        guard let mapping = try node?.mapping(allowed: ["start", "success", "failure", "timeout_seconds"]) else {
            return
        }
        hooks.start = try Self.command(mapping.optional("start"))
        hooks.success = try Self.command(mapping.optional("success"))
        hooks.failure = try Self.command(mapping.optional("failure"))
        if let value = mapping.optional("timeout_seconds") { hooks.timeoutSeconds = try value.count(atLeast: 1) }
    }

    /// A program and its arguments: a list, or the program alone. No shell reads it.
    private static func command(_ node: YAMLNode?) throws(Failure) -> [String] {
        guard let node else { return [] }
        var words: [String] = []
        for word in try node.oneOrMore() { words.append(try word.string()) }
        guard let program = words.first, !program.isEmpty else {
            throw Failure(
                .configInvalid, "A hook names no program.", at: node.location,
                advice: "Write a list: [/usr/local/bin/tell, nightly].")
        }
        // What stands in one word and has blanks was meant for a shell.
        guard words.count > 1 || !program.contains(" ") else {
            throw Failure(
                .configInvalid, "“\(program)” is one word with blanks, and no shell takes it apart.",
                at: node.location, advice: "Write a list: [/usr/local/bin/tell, nightly].")
        }
        return words
    }
}
