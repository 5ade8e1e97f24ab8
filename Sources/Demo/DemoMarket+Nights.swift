package import Diagnostics
package import Money
package import Postgres
import Schema

extension DemoMarket {
    /// How many nights a marketplace knows: the anchor's, and those after it.
    package static let nights = 3

    /// The business date of a night: the first is the anchor's.
    package static func businessDate(night: Int) throws(Failure) -> BusinessDate {
        try anchor().adding(days: night - 1)
    }

    /// Brings a marketplace to a later night, in one transaction: a known share of its breaks is put right in the shop
    /// or by statements that come late, banks decide what they thought about, Stripe pays out another day, and
    /// `truth.csv` says what is left (docs/demo.md).
    ///
    /// It works from the truth of the night before. The same marketplace is mended the same way, whether or not the
    /// pipeline ran meanwhile.
    ///
    /// - Parameters:
    ///   - night: 2 or 3; the one after the marketplace's last.
    ///   - connection: of a login that owns the database, outside a transaction; migrated.
    ///   - inbox: where the marketplace was put; files of the night are laid beside the earlier ones.
    /// - Throws: `parameter.invalid`; `demo.refused` without a demo, for a night out of turn, or without its truth;
    ///   `schema.behind`; `file.unwritable`, `disk.full`.
    package static func mend(night: Int, on connection: Connection, inbox: String) throws -> DemoNight {
        guard (2...nights).contains(night) else {
            throw Failure(.parameterInvalid, "A marketplace is mended for night 2 to \(nights), not \(night).")
        }
        try Migrator.requireCurrent(connection)
        let date = try businessDate(night: night)
        let truth = try DemoTruth.read("\(inbox)/truth.csv")
        let staging = try DemoInbox(inbox)
        defer { staging.discard() }
        let queries = try DemoStages.mending()
        let statements = try DemoStages.mendingStatements()
        var summary = DemoNight(
            night: night, businessDate: date, mended: [], decided: 0, statements: [],
            truth: .init(path: "", rows: 0, bytes: 0, sha256: ""))
        try connection.transaction {
            let seed = try requireMark(connection, of: try businessDate(night: night - 1), for: night)
            // A third on the second night, half of what could still be mended on the third.
            let values: [String: SQLValue] = [
                "seed": .int(seed), "night": .date(date.description), "share": .int(night == 2 ? 3 : 2),
            ]
            func script(_ name: String) throws {
                try connection.script(try queries[name].literal(values), name: "demo_mend.sql")
            }
            try script("workshop")
            try connection.copyIn("COPY truth (code, entity, role, money_effect) FROM STDIN") { writer in
                for row in truth {
                    for field in row { try writer.append(field: field) }
                    try writer.endRow()
                }
            }
            try script("choose")
            try script("mend")
            try connection.script(
                try statements["statements"].literal(values), name: "demo_mend_statements.sql")
            let files = try DemoFiles(connection: connection, inbox: staging)
            for row in try connection.query(try statements["files"].bind()) {
                let (statement, account) = (try row.text("statement"), try row.text("account"))
                var parameters = values
                if let currency = try row.optionalText("currency") { parameters["currency"] = .text(currency) }
                summary.statements.append(
                    try files.write(
                        statements[statement], parameters, to: "\(statement)/\(account)-\(date).csv"))
            }
            summary.truth = try files.write(queries["truth"], values, to: "truth.csv")
            summary.mended = try connection.query(try queries["mended"].bind()).map { row in
                DemoNight.Mended(code: try row.text("code"), count: try row.int("plants"))
            }
            summary.decided = try connection.query(try queries["decided"].bind()).first?.int("payments") ?? 0
            try script("leave")
        }
        try staging.add()
        return summary
    }

    /// The seed of the demo in the database, which must stand at `date`.
    private static func requireMark(
        _ connection: Connection, of date: BusinessDate, for night: Int
    ) throws -> Int64 {
        let place = Location.named("database \(connection.database)")
        guard let mark = try connection.query(try DemoStages.mending()["mark"].bind()).first else {
            throw Failure(
                .demoRefused, "The database holds no demo.", at: place, advice: "Begin with `mainspring demo`.")
        }
        let anchor = try mark.text("anchor")
        guard anchor == date.description else {
            throw Failure(
                .demoRefused, "Night \(night) follows \(date); the demo stands at \(anchor).", at: place,
                advice: "Nights come one after the other; `mainspring demo` begins again.")
        }
        return Int64(try mark.int("seed"))
    }
}
