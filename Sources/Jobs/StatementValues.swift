import Configuration
import Postgres

/// The values that every statement of a step may use (docs/operator.md, “Steps of your own”).
struct StatementValues {
    let settings: Settings

    /// The values of a run, and those that it was given for the step's own parameters.
    func of(_ ticket: RunTicket, stores: [Int64]?, given: [String: SQLValue]? = nil) -> [String: SQLValue] {
        let calendar = ticket.calendar
        var values = (given ?? [:]).merging(self.values(stores: stores)) { $1 }
        values["business_date"] = .date(calendar.businessDate)
        values["from"] = .date(calendar.windowFrom)
        values["to"] = .date(calendar.windowTo)
        values["cut_off"] = .timestamptz(calendar.cutOff)
        values["run_id"] = .int(ticket.runID)
        return values
    }

    /// For looking only: there is no run, and no window.
    func values(stores: [Int64]?) -> [String: SQLValue] {
        [
            "business_date": .null, "from": .null, "to": .null, "cut_off": .null, "run_id": .null,
            "time_zone": .text(settings.businessTimeZone), "business_currency": .text(settings.businessCurrency),
            "reactivate_restocked": .bool(settings.reactivateRestocked),
            "stores": stores.map { .intArray($0) } ?? .null, "changed_since": .null, "everything": .bool(true),
        ]
    }

    /// For parsing statements that are not run.
    var sample: [String: SQLValue] { values(stores: nil) }
}
