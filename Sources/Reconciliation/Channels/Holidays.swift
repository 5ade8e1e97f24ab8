import Configuration
import Diagnostics
import Money

/// `config/holidays.yml`: days beside the weekend on which no money moves and nothing is due.
enum Holidays {
    /// Reads the days, sorted, each once.
    static func dates(_ node: YAMLNode) throws(Failure) -> [BusinessDate] {
        var dates: [BusinessDate] = []
        for item in try node.mapping(allowed: ["holidays"]).required("holidays").list() {
            let keys = try item.mapping(allowed: ["date", "name"])
            _ = try keys.required("name").string()
            let date = try keys.required("date").date()
            if !dates.contains(date) { dates.append(date) }
        }
        return dates.sorted()
    }
}
