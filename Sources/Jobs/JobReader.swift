import Configuration
package import Diagnostics
import Foundation

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
        for node in try list.list() { steps.append(try readStep(node, after: steps)) }
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

    private static func readStep(_ node: YAMLNode, after earlier: [JobStep]) throws(Failure) -> JobStep {
        let mapping = try node.mapping(allowed: stepKinds + StepOptions.keys)
        let kinds = mapping.keys.filter { stepKinds.contains($0) }
        guard kinds.count == 1, let kind = kinds.first else {
            throw Failure(
                .jobInvalid,
                kinds.isEmpty
                    ? "The step doesn't say what it does: it has none of \(stepKinds.joined(separator: ", "))."
                    : "A step does one thing; this one names \(kinds.joined(separator: " and ")).",
                at: node.location,
                advice: kinds.isEmpty ? "Begin it with one of them." : "Write each step as an entry of its own.")
        }
        let value = try mapping.required(kind)
        let work: JobStep.Work
        switch kind {
        case "import":
            _ = try value.name(among: ["inbox"])
            work = .importInbox
        case "reconcile":
            _ = try value.name(among: ["payments"])
            work = .reconcilePayments
        case "sql": work = .statements(try value.string())
        case "report": work = .reports(try names(value))
        default: work = .extracts(try names(value))
        }
        let options = try StepOptions.read(mapping, of: JobStep(work), after: earlier)
        return JobStep(work, options: options, at: value.location)
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
