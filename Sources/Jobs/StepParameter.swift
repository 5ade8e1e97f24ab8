import Diagnostics
import Postgres
import Reporting

/// A parameter of a step, as the file behind the step declares it, the job's file, or both.
struct StepParameter: Sendable {
    /// The job's declaration first: where both give a default, the job's counts.
    let declarations: [ReportParameter]

    var name: String { declarations.first?.name ?? "" }
    var fallback: String? { declarations.lazy.compactMap(\.fallback).first }
    var kind: ReportParameter.Kind { declarations.first?.kind ?? .text }
    var about: String? { declarations.lazy.compactMap(\.about).first }

    /// - Parameters:
    ///   - own: what the files behind a step declare.
    ///   - job: what its job declares.
    /// - Throws: `job.invalid` where the two disagree about the type.
    static func joined(own: [ReportParameter], job: [ReportParameter]) throws(Failure) -> [StepParameter] {
        var parameters: [StepParameter] = []
        for name in Set((own + job).map(\.name)).sorted() {
            let declarations = (job + own).filter { $0.name == name }
            if let first = declarations.first, let other = declarations.first(where: { $0.kind != first.kind }) {
                throw Failure(
                    .jobInvalid,
                    "“\(name)” is \(first.kind.rawValue) here, and \(other.kind.rawValue) in \(other.location).",
                    at: first.location, advice: "Give both the same type.")
            }
            parameters.append(StepParameter(declarations: declarations))
        }
        return parameters
    }

    /// The value as text: from the command line, else the step's, else the default.
    func text(_ given: [String: String], _ step: [String: GivenValue]) -> String? {
        given[name] ?? step[name]?.text ?? fallback
    }

    /// The typed value.
    /// - Parameter title: what the step is called.
    /// - Throws: `parameter.missing`, `parameter.invalid`; `job.invalid` for a value that stands in the job's file.
    func value(_ given: [String: String], _ step: [String: GivenValue], of title: String) throws(Failure) -> SQLValue {
        guard let declaration = declarations.first else { return .null }
        guard let text = text(given, step) else {
            throw Failure(
                .parameterMissing, "The step “\(title)” needs a value for “\(name)”.", at: declaration.location,
                advice: "Give one with --set \(name)=VALUE, or in the job's file.")
        }
        do {
            return try declaration.value(of: text)
        } catch {
            guard given[name] == nil, let location = step[name]?.location else { throw error }
            throw Failure(.jobInvalid, error.message, at: location, advice: error.advice)
        }
    }
}

/// Every parameter of a job's steps, held against what is given to them.
struct StepParameters: Sendable {
    /// By the step's number, from 1.
    let parameters: [Int: [StepParameter]]
    private let job: JobDefinition

    /// - Throws: `job.invalid`: a parameter of the job that no step uses, a value for one that the step doesn't have, two
    ///   declarations that disagree.
    init(_ job: JobDefinition, files: [String: StatementFile], reports: ReportCatalogue?) throws {
        var parameters: [Int: [StepParameter]] = [:]
        for (index, step) in job.steps.enumerated() {
            let own = try Self.declared(by: step, files: files, reports: reports)
            let joined = try StepParameter.joined(
                own: own.list, job: job.parameters.filter { own.used.contains($0.name) })
            try Self.check(step, joined)
            parameters[index + 1] = joined
        }
        let used = Set(parameters.values.joined().map(\.name))
        if let idle = job.parameters.first(where: { !used.contains($0.name) }) {
            throw Failure(
                .jobInvalid, "The parameter “\(idle.name)” is declared, and no step uses it.", at: idle.location,
                advice: "Remove it, or use it as :'\(idle.name)' in a step's file.")
        }
        self.parameters = parameters
        self.job = job
    }

    private static func declared(
        by step: JobStep, files: [String: StatementFile], reports: ReportCatalogue?
    ) throws -> (list: [ReportParameter], used: Set<String>) {
        switch step.work {
        case .statements(let name):
            guard let file = files[name] else { return ([], []) }
            return (file.declared, file.used)
        case .reports(let names), .extracts(let names):
            var list: [ReportParameter] = []
            for name in names {
                for report in try reports?.reports(behind: name) ?? [] {
                    list += report.parameters.filter { !ReportContext.names.contains($0.name) }
                }
            }
            return (list, Set(list.map(\.name)))
        case .importInbox, .importFiles, .reconcilePayments, .maintain: return ([], [])
        }
    }

    private static func check(_ step: JobStep, _ parameters: [StepParameter]) throws {
        let names = parameters.map(\.name)
        for (name, value) in step.options.parameters.sorted(by: { $0.key < $1.key }) where !names.contains(name) {
            throw Failure(
                .jobInvalid, "The step “\(step.title)” has no parameter “\(name)”.", at: value.location,
                advice: ParameterAdvice.nearest(name, names))
        }
    }

    /// Holds the names of `--set` against the parameters that there are.
    /// - Throws: `parameter.invalid`.
    func check(given: [String: String]) throws(Failure) {
        let names = Set(parameters.values.joined().map(\.name)).sorted()
        for name in given.keys.sorted() where !names.contains(name) {
            let isOwn = StatementFile.parameters.contains(name)
            throw Failure(
                .parameterInvalid,
                isOwn
                    ? "“\(name)” is a parameter that the run gives of itself."
                    : "\(job.name) has no parameter “\(name)”.",
                at: .named("--set \(name)"),
                advice: isOwn
                    ? "--date, --from and --to say which days; the settings say the rest."
                    : ParameterAdvice.nearest(name, names))
        }
    }

    /// The typed values of each step of statements, by its name.
    func values(_ given: [String: String]) throws(Failure) -> [String: [String: SQLValue]] {
        var values: [String: [String: SQLValue]] = [:]
        for (index, step) in job.steps.enumerated() {
            for parameter in parameters[index + 1] ?? [] {
                let value = try parameter.value(given, step.options.parameters, of: step.title)
                if case .statements(let name) = step.work { values[name, default: [:]][parameter.name] = value }
            }
        }
        return values
    }

    /// The values of each reading step's reports, as text, by the step's number.
    func texts(_ given: [String: String]) -> [Int: [String: String]] {
        var texts: [Int: [String: String]] = [:]
        for (index, step) in job.steps.enumerated() where !step.writes {
            for parameter in parameters[index + 1] ?? [] {
                texts[index + 1, default: [:]][parameter.name] = parameter.text(given, step.options.parameters)
            }
        }
        return texts
    }

    /// Values for statements that are parsed and not run.
    var samples: [String: [String: SQLValue]] {
        var values: [String: [String: SQLValue]] = [:]
        for (index, step) in job.steps.enumerated() {
            guard case .statements(let name) = step.work else { continue }
            for parameter in parameters[index + 1] ?? [] {
                values[name, default: [:]][parameter.name] = parameter.declarations.first?.sample ?? .null
            }
        }
        return values
    }
}
