import Foundation

/// The text format that Prometheus reads (“text-based format”, version 0.0.4): HELP, TYPE, then one line a series.
enum ExpositionText {
    private static let lastSuccess = "mainspring_last_success_timestamp_seconds"
    private static let businessDate = "mainspring_business_date_timestamp_seconds"
    private static let breaks = "mainspring_breaks_open"

    /// - Parameter moment: when the run ended, in seconds since 1970.
    static func text(_ ending: MetricsFile.Ending, _ known: MetricsFile.Known, at moment: Double) -> String {
        let job = [("job", ending.job)]
        let families = [
            family(
                "mainspring_run_success", "1 when the last run of the job was done, 0 when it failed or did not begin.",
                [(job, ending.success ? "1" : "0")]),
            family(
                "mainspring_run_exit_code", "How the last run of the job ended: 0, or what docs/errors.md says.",
                [(job, "\(ending.exitCode)")]),
            family(
                "mainspring_run_timestamp_seconds", "When the last run of the job ended.",
                [(job, number(moment))]),
            family(
                "mainspring_run_duration_seconds", "How long the last run of the job took.",
                [(job, number(ending.seconds))]),
            family(
                "mainspring_run_rows", "Rows that the steps of the last run read, wrote, rejected and changed.",
                ending.rows.map { (job + [("kind", $0.kind)], "\($0.count)") }),
            family(lastSuccess, "When a run of the job was last done; 0 if never.", [(job, known.lastSuccess)]),
            family(
                businessDate, "The end of the last business date that is done; 0 if none.", [(job, known.doneUntil)]),
            family(
                breaks, "Breaks that were open when the last run of the job ended.",
                known.openBreaks.map { (job + [("code", $0.code)], "\($0.open)") }),
        ]
        return families.joined()
    }

    private static func family(
        _ name: String, _ help: String, _ series: [(labels: [(String, String)], value: String)]
    ) -> String {
        guard !series.isEmpty else { return "" }
        let lines = series.map { labels, value in
            let text = labels.map { "\($0.0)=\"\(escaped($0.1))\"" }.joined(separator: ",")
            return "\(name){\(text)} \(value)\n"
        }
        return "# HELP \(name) \(help)\n# TYPE \(name) gauge\n" + lines.joined()
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
    }

    private static func number(_ value: Double) -> String { String(format: "%.3f", value) }

    /// What an earlier file says that a run which reached no database can't know better.
    static func known(inFile path: String) -> MetricsFile.Known {
        var known = MetricsFile.Known()
        for line in ((try? String(contentsOfFile: path, encoding: .utf8)) ?? "").split(separator: "\n") {
            guard !line.hasPrefix("#"), let value = line.split(separator: " ").last else { continue }
            if line.hasPrefix("\(lastSuccess){") { known.lastSuccess = String(value) }
            if line.hasPrefix("\(businessDate){") { known.doneUntil = String(value) }
            if line.hasPrefix("\(breaks){"), let code = line.firstMatch(of: /code="([^"]*)"/), let open = Int64(value) {
                known.openBreaks.append((String(code.1), open))
            }
        }
        return known
    }
}
