/// How the jobs are: what `mainspring status` prints, and judges. docs/operator.md documents each field; fields are added,
/// never renamed.
package struct StatusReport: Codable, Sendable, Equatable {
    /// A run of a job, as far as a monitor needs it.
    package struct Run: Codable, Sendable, Equatable {
        package var run: Int64
        package var businessDate: String
        /// `done`, `failed`, `interrupted`, `running`, or `died`: it says that it runs, and nobody does.
        package var status: String
        package var exitCode: Int?
        package var errorCode: String?
        /// In the business's time zone.
        package var startedAt: String
    }

    /// The last whole run that is done.
    package struct Success: Codable, Sendable, Equatable {
        package var run: Int64
        /// When it ended, in the business's time zone.
        package var finishedAt: String
        package var ageSeconds: Double
    }

    package struct Job: Codable, Sendable, Equatable {
        package var job: String
        package var schedule: String?
        /// nil for a job that never ran in this database.
        package var lastRun: Run?
        package var lastSuccess: Success?
        /// The last business date that is done, and how many days the last one that is over lies after it.
        package var businessDate: String?
        package var daysBehind: Int?
        /// Of a run that goes on: seconds since its process was last heard of.
        package var heartbeatSeconds: Double?
        /// Why it isn't as it should be; empty when all is well.
        package var problems: [String]
    }

    /// The shape's version.
    package var version = 1
    /// When the report was made, in UTC.
    package var moment: String
    package var timeZone: String
    /// The last business date that is over.
    package var lastDate: String
    package var healthy: Bool
    package var jobs: [Job]
    /// Open breaks by code; only codes that have some.
    package var openBreaks: [String: Int64]
}

extension StatusReport {
    /// The report as a page for people.
    package func text(_ style: TextStyle) -> String {
        var table = TextTable([
            ("job", .left), ("last run", .left), ("last done", .left), ("business date", .left), ("behind", .right),
            ("", .left),
        ])
        for job in jobs {
            table.add([
                job.job, job.lastRun.map { "\($0.run) \($0.status), \($0.startedAt)" } ?? "never",
                job.lastSuccess.map { "\($0.run), \($0.finishedAt)" } ?? "never", job.businessDate ?? "",
                job.daysBehind.map { $0 == 0 ? "" : "\($0) d" } ?? "", job.problems.isEmpty ? "" : "!",
            ])
        }
        var lines = ["The last business date that is over is \(lastDate) (\(timeZone)).", "", table.text(style)]
        let running = jobs.filter { $0.lastRun?.status == "running" }
        for job in running {
            let age = job.heartbeatSeconds.map { ", last heard of \(Figures.time($0)) ago" } ?? ""
            lines += ["", "\(job.job) is running\(age)."]
        }
        let open = openBreaks.values.reduce(0, +)
        let codes = openBreaks.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map {
            "\($0.key) \(Figures.grouped($0.value))"
        }
        lines += [
            "",
            open == 0
                ? "No break is open."
                : "\(Figures.counted(open, "break is open", "breaks are open")): \(codes.joined(separator: ", ")).",
        ]
        let problems = jobs.flatMap { job in job.problems.map { "  \(job.job): \($0)" } }
        lines += healthy ? [style.good("All is well.")] : ["", style.bad("Not well:")] + problems
        return lines.joined(separator: "\n")
    }
}
