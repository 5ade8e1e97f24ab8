import Configuration
package import Diagnostics
import Reporting

/// A job as `mainspring jobs` shows it.
package struct JobDescription: Codable, Sendable {
    package struct Step: Codable, Sendable {
        package var kind: String
        package var step: String
        /// The file behind the step, from the home; none for a step that is built in.
        package var files: [String]
        /// Its own limits, condition and values: key and value, as the job's file writes them.
        package var options: [String: String]
    }

    package struct Parameter: Codable, Sendable {
        package var name: String
        package var type: String
        package var `default`: String?
        package var about: String?
    }

    package var job: String
    package var about: String?
    package var schedule: String?
    package var window: String
    package var onFailure: [String]
    package var file: String
    package var parameters: [Parameter]
    package var steps: [Step]

    /// The whole night, step by step.
    package func text(_ style: TextStyle) -> String {
        var lines = [style.strong(job) + "  (\(file))"]
        if let about { lines.append("  \(about)") }
        lines.append("  schedule \(schedule ?? "none"), window \(window)")
        if !onFailure.isEmpty { lines.append("  on failure: \(onFailure.joined(separator: ", "))") }
        var table = TextTable([("step", .left), ("kind", .left), ("file", .left)])
        for (index, step) in steps.enumerated() {
            table.add(["\(index + 1) \(step.step)", step.kind, step.files.first ?? ""])
            for file in step.files.dropFirst() { table.add(["", "", file]) }
            for (key, value) in step.options.sorted(by: { $0.key < $1.key }) {
                table.add(["    \(key): \(value)", "", ""])
            }
        }
        lines.append(table.text(style))
        if !parameters.isEmpty {
            var table = TextTable([("parameter", .left), ("type", .left), ("default", .left), ("about", .left)])
            for parameter in parameters {
                table.add([parameter.name, parameter.type, parameter.default ?? "none", parameter.about ?? ""])
            }
            lines += ["", table.text(style)]
        }
        return lines.joined(separator: "\n")
    }
}

/// The jobs of a home.
package struct JobList: Codable, Sendable {
    package var jobs: [JobDescription]

    /// A line a job.
    package func text(_ style: TextStyle) -> String {
        var table = TextTable([("job", .left), ("schedule", .left), ("window", .left), ("steps", .left)])
        for job in jobs {
            table.add([job.job, job.schedule ?? "", job.window, job.steps.map(\.step).joined(separator: " · ")])
        }
        return table.text(style)
    }
}

extension JobCatalogue {
    /// Every job.
    /// - Throws: what is wrong with a job's file.
    package func descriptions() throws(Failure) -> JobList {
        var jobs: [JobDescription] = []
        for name in names { jobs.append(try description(of: name)) }
        return JobList(jobs: jobs)
    }

    /// One job.
    /// - Throws: `job.unknown`, or what is wrong with its file.
    package func description(of name: String) throws(Failure) -> JobDescription {
        let job = try job(name)
        // What the steps' files declare beside the job's; a file that is wrong is for `jobs check` to tell of.
        let plan = try? RunPlan.load(job, home: home, settings: Settings())
        let declared =
            plan?.parameters.parameters.values.joined().map(\.self)
            ?? job.parameters.map { StepParameter(declarations: [$0]) }
        let steps = job.steps.map { step in
            JobDescription.Step(
                kind: step.kind, step: step.title, files: Self.files(of: step), options: step.options.shown)
        }
        var parameters: [String: JobDescription.Parameter] = [:]
        for parameter in declared {
            parameters[parameter.name] = JobDescription.Parameter(
                name: parameter.name, type: parameter.kind.rawValue, default: parameter.fallback,
                about: parameter.about)
        }
        return JobDescription(
            job: job.name, about: job.about, schedule: job.schedule, window: job.window.rawValue,
            onFailure: job.onFailure.map(\.rawValue), file: "jobs/\(name).yml",
            parameters: parameters.values.sorted { $0.name < $1.name }, steps: steps)
    }

    private static func files(of step: JobStep) -> [String] {
        switch step.work {
        case .statements(let name): ["jobs/\(name).sql"]
        case .reports(let names), .extracts(let names): names
        case .importInbox: ["config/settlements"]
        case .reconcilePayments:
            ["gateways", "settlements", "taxes.yml", "holidays.yml", "rates.yml"].map { "config/\($0)" }
        case .importFiles, .maintain: []
        }
    }
}

extension StepOptions {
    /// Key and value, as the job's file writes them.
    fileprivate var shown: [String: String] {
        var shown: [String: String] = [:]
        shown["timeout"] = timeoutSeconds.map(String.init)
        shown["lock_timeout"] = lockTimeoutSeconds.map(String.init)
        shown["retries"] = retries.map(String.init)
        shown["work_memory"] = workMemory
        shown["only_if"] = onlyIf?.description
        if isFull { shown["full"] = "true" }
        if !parameters.isEmpty {
            shown["parameters"] = parameters.sorted { $0.key < $1.key }.map { "\($0.key) = \($0.value.text)" }
                .joined(separator: ", ")
        }
        return shown
    }
}
