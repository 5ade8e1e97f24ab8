import Configuration
package import Diagnostics
import Foundation
import Reporting

extension JobDefinition {
    static let keys = ["job", "about", "schedule", "window", "parameters", "steps", "on_failure"]
    static let stepKinds = ["import", "reconcile", "sql", "maintain", "report", "extract"]
    /// A kind that this version knows of and does not do.
    static let reservedKind = "repair"
    /// The types of a job's parameters. A moment is missing: the run's own cut-off is the only one that a step may use.
    static let parameterKinds: [ReportParameter.Kind] = [.integer, .decimal, .text, .date, .boolean]

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
        guard name.wholeMatch(of: /[a-z0-9][a-z0-9_-]{0,99}/) != nil else {
            throw Failure(
                .jobInvalid, "“\(name)” can't be the name of a job.", at: nameNode.location,
                advice: "Use lower-case letters, digits, - and _: folders and timers are named after it.")
        }
        let schedule = try readSchedule(root.optional("schedule"))
        var window = WindowRule.previousDay
        if let node = root.optional("window") {
            let rule = try node.name(among: WindowRule.allCases.map(\.rawValue))
            window = WindowRule(rawValue: rule) ?? .previousDay
        }
        let parameters = try readParameters(root.optional("parameters"))
        let list = try root.required("steps")
        var steps: [JobStep] = []
        for node in try list.list() { steps.append(try readStep(node, after: steps)) }
        try check(steps, in: list)
        return JobDefinition(
            name: name, about: try root.optional("about")?.string(), schedule: schedule, window: window,
            parameters: parameters, steps: steps, onFailure: try readReactions(root.optional("on_failure")))
    }

    /// The parameters that a job or a step's file declares.
    static func readParameters(_ node: YAMLNode?) throws(Failure) -> [ReportParameter] {
        let parameters = try ReportParameter.list(node, kinds: parameterKinds, refusedAs: .jobInvalid)
        for parameter in parameters {
            guard parameter.name.wholeMatch(of: /[a-z][a-z0-9_]{0,62}/) != nil else {
                throw Failure(
                    .jobInvalid, "“\(parameter.name)” can't be the name of a parameter.", at: parameter.location,
                    advice: "Use lower-case letters, digits and _, and begin with a letter.")
            }
            guard !StatementFile.parameters.contains(parameter.name) else {
                throw Failure(
                    .jobInvalid, "“\(parameter.name)” is a parameter that each run gives of itself.",
                    at: parameter.location, advice: "Give yours another name.")
            }
        }
        return parameters
    }

    private static func readReactions(_ node: YAMLNode?) throws(Failure) -> [Reaction] {
        guard let node else { return [] }
        var reactions: [Reaction] = []
        for item in try node.oneOrMore() {
            guard let reaction = Reaction(rawValue: try item.name(among: Reaction.allCases.map(\.rawValue))) else {
                continue
            }
            guard !reactions.contains(reaction) else {
                throw Failure(
                    .jobInvalid, "“\(reaction.rawValue)” stands twice.", at: item.location, advice: "Keep one of them.")
            }
            reactions.append(reaction)
        }
        return reactions
    }

    private static func readSchedule(_ node: YAMLNode?) throws(Failure) -> String? {
        guard let node else { return nil }
        let schedule = try node.string()
        do { _ = try CronSchedule(schedule) } catch {
            throw Failure(.jobInvalid, error.message, at: node.location, advice: error.advice)
        }
        return schedule
    }

    private static func readStep(_ node: YAMLNode, after earlier: [JobStep]) throws(Failure) -> JobStep {
        if node.isMapping, try node.anyMapping().keys.contains(reservedKind) {
            throw Failure(
                .jobInvalid, "Steps of the kind repair come with a later release; this one only finds what is wrong.",
                at: node.location, advice: "Remove the step.")
        }
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
        case "maintain":
            let name = try value.name(among: Maintenance.allCases.map(\.rawValue))
            work = .maintain(Maintenance(rawValue: name) ?? .statistics)
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
