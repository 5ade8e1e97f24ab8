import Configuration
package import Diagnostics

/// A job as `mainspring jobs` shows it.
package struct JobDescription: Codable, Sendable {
    package struct Step: Codable, Sendable {
        package var kind: String
        package var step: String
        /// The file behind the step, from the home; none for a step that is built in.
        package var files: [String]
    }

    package var job: String
    package var schedule: String?
    package var window: String
    package var file: String
    package var steps: [Step]

    /// The whole night, step by step.
    package func text(_ style: TextStyle) -> String {
        var lines = [style.strong(job) + "  (\(file))"]
        lines.append("  schedule \(schedule ?? "none"), window \(window)")
        var table = TextTable([("step", .left), ("kind", .left), ("file", .left)])
        for (index, step) in steps.enumerated() {
            table.add(["\(index + 1) \(step.step)", step.kind, step.files.first ?? ""])
            for file in step.files.dropFirst() { table.add(["", "", file]) }
        }
        return (lines + [table.text(style)]).joined(separator: "\n")
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
        let steps = job.steps.map { step in
            JobDescription.Step(kind: step.kind, step: step.title, files: Self.files(of: step))
        }
        return JobDescription(
            job: job.name, schedule: job.schedule, window: job.window.rawValue, file: "jobs/\(name).yml", steps: steps)
    }

    private static func files(of step: JobStep) -> [String] {
        switch step.work {
        case .statements(let name): ["jobs/\(name).sql"]
        case .reports(let names), .extracts(let names): names
        case .importInbox: ["config/settlements"]
        case .reconcilePayments:
            ["gateways", "settlements", "taxes.yml", "holidays.yml", "rates.yml"].map { "config/\($0)" }
        case .importFiles: []
        }
    }
}
