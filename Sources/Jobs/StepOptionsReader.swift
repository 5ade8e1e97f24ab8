import Configuration
import Diagnostics

extension StepOptions {
    /// The keys that may stand beside what a step does.
    static let keys = ["timeout", "lock_timeout", "retries", "work_memory", "only_if", "full", "parameters"]
    /// A statement of a day is no statement of a job.
    private static let timeoutRange = 1...86_400
    private static let retriesRange = 0...20

    /// Reads the keys beside what a step does.
    /// - Parameters:
    ///   - step: what the step does; a key that means nothing to it is refused.
    ///   - earlier: the steps that stand before it.
    /// - Throws: `config.*`, `job.invalid`.
    static func read(_ mapping: YAMLMapping, of step: JobStep, after earlier: [JobStep]) throws(Failure) -> StepOptions
    {
        var options = StepOptions()
        options.timeoutSeconds = try number(mapping, "timeout", in: timeoutRange, "seconds")
        options.lockTimeoutSeconds = try number(mapping, "lock_timeout", in: timeoutRange, "seconds")
        options.retries = try number(mapping, "retries", in: retriesRange, "times")
        if !step.writes, let node = mapping.optional("retries") {
            throw Failure(
                .jobInvalid, "A step that reads has no retries of its own.", at: node.location,
                advice:
                    "Remove them: all reading steps share one snapshot, and limits.retries counts for them together."
            )
        }
        options.workMemory = try memory(mapping.optional("work_memory"))
        options.onlyIf = try condition(mapping.optional("only_if"), after: earlier)
        if let node = mapping.optional("full") {
            options.isFull = try node.boolean()
            guard ["reconcile", "sql"].contains(step.kind) else {
                throw Failure(
                    .jobInvalid, "The step “\(step.title)” always looks at everything.", at: node.location,
                    advice: "Remove full; steps of the kinds reconcile and sql take it.")
            }
        }
        if let node = mapping.optional("parameters") { options.parameters = try values(node, of: step) }
        return options
    }

    private static func number(
        _ mapping: YAMLMapping, _ key: String, in range: ClosedRange<Int>, _ unit: String
    ) throws(Failure) -> Int? {
        guard let node = mapping.optional(key) else { return nil }
        let value = try node.integer()
        guard range.contains(value) else {
            throw Failure(
                .jobInvalid, "\(key) can't be \(value).", at: node.location,
                advice: "Give it \(range.lowerBound) to \(range.upperBound) \(unit).")
        }
        return value
    }

    /// PostgreSQL takes a number without a unit as kilobytes, which nobody means: the unit is wanted.
    private static func memory(_ node: YAMLNode?) throws(Failure) -> String? {
        guard let node else { return nil }
        let text = try node.string()
        let kilobytes = ["kB": 1, "MB": 1 << 10, "GB": 1 << 20]
        guard let match = text.wholeMatch(of: /([1-9][0-9]{0,9})(kB|MB|GB)/), let count = Int(match.1),
            let unit = kilobytes[String(match.2)], (64...Int(Int32.max)).contains(count * unit)
        else {
            throw Failure(
                .jobInvalid, "work_memory can't be “\(text)”.", at: node.location,
                advice: "Write it as PostgreSQL does, with its unit: 64kB, 256MB, 1GB.")
        }
        return text
    }

    private static func condition(_ node: YAMLNode?, after earlier: [JobStep]) throws(Failure) -> OnlyIf? {
        guard let node else { return nil }
        let condition: OnlyIf
        if node.isMapping {
            let named = try node.mapping(allowed: ["changed"]).required("changed")
            let writing = earlier.filter(\.writes)
            let name = try named.string()
            guard let step = writing.first(where: { $0.title == name || $0.kind == name && $0.kind != "sql" }) else {
                throw Failure(
                    .jobInvalid, "“\(name)” is no step that writes and stands before this one.", at: named.location,
                    advice: NearestName.advice(for: name, among: writing.map(\.title))
                        ?? (writing.isEmpty
                            ? "Move this step down." : "Those are \(writing.map(\.title).joined(separator: ", "))."))
            }
            condition = .changed(step: step.title)
        } else {
            guard let word = OnlyIf(word: try node.name(among: OnlyIf.words)) else { return nil }
            condition = word
        }
        guard case .changed = condition, !earlier.contains(where: \.writes) else { return condition }
        throw Failure(
            .jobInvalid, "No step that could change something stands before this one.", at: node.location,
            advice: "Remove only_if, or move this step down.")
    }

    private static func values(_ node: YAMLNode, of step: JobStep) throws(Failure) -> [String: GivenValue] {
        switch step.work {
        case .statements, .reports, .extracts: break
        case .importInbox, .importFiles, .reconcilePayments, .maintain:
            throw Failure(
                .jobInvalid, "The step “\(step.title)” takes no parameters.", at: node.location,
                advice: "Remove them; steps of the kinds sql, report and extract take some.")
        }
        let mapping = try node.anyMapping()
        var values: [String: GivenValue] = [:]
        for name in mapping.keys {
            let value = try mapping.required(name)
            values[name] = GivenValue(text: try value.string(), location: value.location)
        }
        return values
    }
}
