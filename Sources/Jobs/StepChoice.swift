import Configuration
import Diagnostics

/// Which steps of a job a command asks for; by default all.
package enum StepChoice: Sendable, Equatable {
    case only(String)
    /// That step and all that follow.
    case from(String)
}

/// The steps of a job that a run does.
struct StepSelection: Sendable, Equatable {
    /// Numbers of steps, from 1.
    let chosen: Set<Int>
    /// Whether some step is left out: such a run does not make its business date done.
    let isPartial: Bool

    /// - Throws: `step.unknown`, with the nearest name.
    init(_ choice: StepChoice?, of job: JobDefinition) throws(Failure) {
        let numbers = 1...max(1, job.steps.count)
        var chosen: Set<Int>
        switch choice {
        case nil: chosen = Set(numbers)
        case .only(let name): chosen = [try Self.number(of: name, in: job)]
        case .from(let name): chosen = Set(try Self.number(of: name, in: job)...numbers.upperBound)
        }
        // A folder is written whole: whoever asks for one of its parts gets all of them.
        let reading = job.steps.indices.filter { !job.steps[$0].writes }.map { $0 + 1 }
        if !chosen.isDisjoint(with: reading) { chosen.formUnion(reading) }
        self.chosen = chosen
        isPartial = chosen.count < job.steps.count
    }

    /// “Left out: import inbox, reconcile payments.”; nil when nothing is.
    func notice(of job: JobDefinition) -> String? {
        let titles = job.steps.indices.filter { !chosen.contains($0 + 1) }.map { job.steps[$0].title }
        return titles.isEmpty ? nil : "Left out, as the command says: \(titles.joined(separator: ", "))."
    }

    private static func number(of name: String, in job: JobDefinition) throws(Failure) -> Int {
        let titled = job.steps.indices.filter { job.steps[$0].title == name }
        let named = titled.isEmpty ? job.steps.indices.filter { job.steps[$0].names.contains(name) } : titled
        if named.count == 1, let index = named.first { return index + 1 }
        let titles = job.steps.map(\.title)
        guard named.isEmpty else {
            let meant = named.map { "“\(titles[$0])”" }.joined(separator: ", ")
            throw Failure(
                .stepUnknown, "“\(name)” may be one of several steps of \(job.name): \(meant).", at: .named("--step"),
                advice: "Name the one that you mean.")
        }
        throw Failure(
            .stepUnknown, "\(job.name) has no step “\(name)”; its steps are \(titles.joined(separator: ", ")).",
            at: .named("--step"),
            advice: NearestName.advice(for: name, among: titles + job.steps.flatMap(\.names)))
    }
}

extension JobStep {
    /// What a person may call the step beside its title: its kind, and the reports that it names.
    var names: [String] {
        switch work {
        case .reports(let names), .extracts(let names): [kind] + names
        default: [kind]
        }
    }

    /// What the step does, in words that change when it does something else: the plan that the journal keeps.
    var identity: String {
        switch work {
        case .reports(let names), .extracts(let names): "\(kind) \(names.joined(separator: ", "))"
        default: "\(kind) \(title)"
        }
    }
}
