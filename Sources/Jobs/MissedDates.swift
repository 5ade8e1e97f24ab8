import Money
import Postgres

/// The business dates that a job left out: those for which it was due after the last that is done.
struct MissedDates: Sendable {
    let dates: [BusinessDate]

    /// “3 business dates were missed: …”; nil when none was.
    func notice(job: String) -> String? {
        guard !dates.isEmpty else { return nil }
        let shown = dates.prefix(7).map { "\($0)" } + (dates.count > 7 ? ["…"] : [])
        let were = dates.count == 1 ? "1 business date was missed" : "\(dates.count) business dates were missed"
        return "\(were): \(shown.joined(separator: ", ")); `mainspring run \(job) --catch-up` runs "
            + (dates.count == 1 ? "it first." : "them first.")
    }
}

extension Journal {
    /// What was missed before a business date. A job that never finished has missed nothing: it begins now.
    func missedDates(before date: String, of job: JobDefinition) throws -> MissedDates {
        let last = try query("last-done", ["job": .text(job.name), "business_date": .date(date)])
            .first?.optionalText("business_date")
        guard let last else { return MissedDates(dates: []) }
        let (first, end) = (try BusinessDate(last).adding(days: 1), try BusinessDate(date).adding(days: -1))
        return MissedDates(dates: DueDates(job).dates(from: first, to: end))
    }

    /// The dates of a window that a whole run of the job has done, each with the run that did.
    func doneDates(from: BusinessDate, to: BusinessDate, of job: String) throws -> [BusinessDate: Int64] {
        let rows = try query(
            "done-dates", ["job": .text(job), "from": .date("\(from)"), "to": .date("\(to)")])
        var done: [BusinessDate: Int64] = [:]
        for row in rows { done[try BusinessDate(row.text("business_date"))] = try row.int64("run_id") }
        return done
    }
}
