import Configuration
package import Diagnostics
import Foundation
package import Reconciliation

/// A job, as a file `jobs/NAME.yml` tells it (docs/architecture.md, “Jobs”): what it does, in which order, for which window.
package struct JobDefinition: Sendable, Equatable {
    /// What the files of a job are looked up by, and the name its runs bear in the journal.
    package let name: String
    /// Cron syntax, in `business.time_zone`; for whoever installs the timer.
    package let schedule: String?
    package let window: WindowRule
    package let steps: [JobStep]

    package init(name: String, schedule: String? = nil, window: WindowRule = .previousDay, steps: [JobStep]) {
        self.name = name
        self.schedule = schedule
        self.window = window
        self.steps = steps
    }
}

/// Which days a job reports, counted from its business date.
package enum WindowRule: String, Sendable, CaseIterable {
    /// The business date itself: the day before the one on which the job is run.
    case previousDay = "previous-day"
    /// The last month that ends on or before the business date.
    case previousMonth = "previous-month"
}

/// One entry of a job's `steps`.
package struct JobStep: Sendable, Equatable {
    package enum Work: Sendable, Equatable {
        /// Every new statement file of the inbox.
        case importInbox
        /// Statement files named on the command line, and what their import may do.
        case importFiles([String], statement: String, ImportOptions)
        case reconcilePayments
        /// The statements of `jobs/NAME.sql`.
        case statements(String)
        /// Reports and workbooks, by name.
        case reports([String])
        /// Extracts, by name.
        case extracts([String])
    }

    package let work: Work
    /// Where it stands, for messages about it.
    package let location: Location?

    package init(_ work: Work, at location: Location? = nil) {
        self.work = work
        self.location = location
    }

    /// Whether it writes to the database; steps that only read come after the last of those and share one snapshot.
    package var writes: Bool {
        switch work {
        case .importInbox, .importFiles, .reconcilePayments, .statements: true
        case .reports, .extracts: false
        }
    }

    /// The key of the step in a job's file; the journal's `kind`.
    package var kind: String {
        switch work {
        case .importInbox, .importFiles: "import"
        case .reconcilePayments: "reconcile"
        case .statements: "sql"
        case .reports: "report"
        case .extracts: "extract"
        }
    }

    /// What the journal, progress and the summary call the step.
    package var title: String {
        switch work {
        case .importInbox: "import inbox"
        case .importFiles(_, let statement, _): "import \(statement)"
        case .reconcilePayments: "reconcile payments"
        case .statements(let name): name
        case .reports(let names): names.count == 1 ? "report \(names[0])" : "\(names.count) reports"
        case .extracts(let names): names.count == 1 ? "extract \(names[0])" : "\(names.count) extracts"
        }
    }

    package static func == (left: JobStep, right: JobStep) -> Bool { left.work == right.work }
}

extension JobDefinition {
    private static let keys = ["job", "schedule", "window", "steps"]
    static let stepKinds = ["import", "reconcile", "sql", "report", "extract"]

    /// Reads one job file strictly: an unknown key, step or value is refused with its place and the nearest valid name.
    /// - Throws: `config.*`, `job.invalid`.
    package static func load(file: String) throws(Failure) -> JobDefinition {
        try read(YAMLNode.parse(file: file), file: file)
    }

    static func read(_ node: YAMLNode, file: String) throws(Failure) -> JobDefinition {
        let root = try node.mapping(allowed: keys)
        let nameNode = try root.required("job")
        let name = try nameNode.string()
        let fileName = URL(fileURLWithPath: file).deletingPathExtension().lastPathComponent
        guard name == fileName else {
            throw Failure(
                .jobInvalid, "The job calls itself “\(name)”, but its file is \(fileName).yml.", at: nameNode.location,
                advice: "Give both the same name.")
        }
        let schedule = try readSchedule(root.optional("schedule"))
        var window = WindowRule.previousDay
        if let node = root.optional("window") {
            let rule = try node.name(among: WindowRule.allCases.map(\.rawValue))
            window = WindowRule(rawValue: rule) ?? .previousDay
        }
        let list = try root.required("steps")
        var steps: [JobStep] = []
        for node in try list.list() { steps.append(try readStep(node)) }
        try check(steps, in: list)
        return JobDefinition(name: name, schedule: schedule, window: window, steps: steps)
    }

    private static func readSchedule(_ node: YAMLNode?) throws(Failure) -> String? {
        guard let node else { return nil }
        let schedule = try node.string()
        let fields = schedule.split(separator: " ")
        guard fields.count == 5, fields.allSatisfy({ $0.wholeMatch(of: /[0-9A-Za-z*,\/-]+/) != nil }) else {
            throw Failure(
                .jobInvalid, "“\(schedule)” isn't cron syntax.", at: node.location,
                advice: "Write five fields, for example \"30 2 * * *\" for half past two each night.")
        }
        return schedule
    }

    private static func readStep(_ node: YAMLNode) throws(Failure) -> JobStep {
        let mapping = try node.mapping(allowed: stepKinds)
        guard mapping.keys.count == 1, let kind = mapping.keys.first else {
            throw Failure(
                .jobInvalid, "A step has exactly one key; this one has \(mapping.keys.count).", at: node.location,
                advice: "Write each step as an entry of its own.")
        }
        let value = try mapping.required(kind)
        switch kind {
        case "import":
            _ = try value.name(among: ["inbox"])
            return JobStep(.importInbox, at: value.location)
        case "reconcile":
            _ = try value.name(among: ["payments"])
            return JobStep(.reconcilePayments, at: value.location)
        case "sql": return JobStep(.statements(try value.string()), at: value.location)
        case "report": return JobStep(.reports(try names(value)), at: value.location)
        default: return JobStep(.extracts(try names(value)), at: value.location)
        }
    }

    private static func names(_ node: YAMLNode) throws(Failure) -> [String] {
        var names: [String] = []
        for entry in try node.oneOrMore() {
            let name = try entry.string()
            guard !names.contains(name) else {
                throw Failure(
                    .jobInvalid, "“\(name)” stands twice in this step.", at: entry.location, advice: "Keep one of them."
                )
            }
            names.append(name)
        }
        guard !names.isEmpty else {
            throw Failure(.jobInvalid, "The step names nothing.", at: node.location, advice: "Name at least one.")
        }
        return names
    }

    /// Steps that read stand after the last that writes, and no step stands twice.
    private static func check(_ steps: [JobStep], in list: YAMLNode) throws(Failure) {
        guard !steps.isEmpty else {
            throw Failure(.jobInvalid, "The job has no steps.", at: list.location, advice: "Add at least one.")
        }
        var reader: JobStep?
        for (index, step) in steps.enumerated() {
            if steps[..<index].contains(step) {
                throw Failure(
                    .jobInvalid, "The step “\(step.title)” stands twice.", at: step.location,
                    advice: "Keep one of them.")
            }
            if step.writes, let reader {
                throw Failure(
                    .jobInvalid, "The step “\(step.title)” writes, but stands after “\(reader.title)”, which reads.",
                    at: step.location, advice: "Move it up: all reading steps share one snapshot, taken after it.")
            }
            if !step.writes { reader = reader ?? step }
        }
    }
}
