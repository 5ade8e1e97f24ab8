import Diagnostics
import Postgres

/// Writes the plan's statements and truth into the staging folder, each row as the server sends it.
struct DemoFiles {
    private let connection: Connection
    private let inbox: DemoInbox
    private let queries: SQLLibrary

    init(connection: Connection, inbox: DemoInbox) throws(Failure) {
        self.connection = connection
        self.inbox = inbox
        queries = try DemoStages.statements()
    }

    /// A file a statement (of the bank: an account) and month, and its hash beside the plan: the truth names lines by it.
    func writeStatements() throws -> [DemoSummary.File] {
        var files: [DemoSummary.File] = []
        for row in try connection.query(try queries["months"].bind()) {
            let (statement, account) = (try row.text("statement"), try row.text("account"))
            let month = try row.text("month")
            var values: [String: SQLValue] = ["month": .date(month)]
            if let currency = try row.optionalText("currency") { values["currency"] = .text(currency) }
            let file = try write(
                queries[statement], values, to: "\(statement)/\(account)-\(month.prefix(7)).csv")
            try connection.execute(
                try queries["written"].bind([
                    "account": .text(account), "month": .date(month), "sha256": .text(file.sha256),
                ]))
            files.append(file)
        }
        return files
    }

    func writeTruth() throws -> DemoSummary.File { try write(queries["truth"], [:], to: "truth.csv") }

    func planted() throws -> [DemoSummary.Planted] {
        try connection.query(try queries["planted"].bind()).map { row in
            DemoSummary.Planted(
                code: try row.text("code"), role: try row.text("role"), count: try row.int("plants"),
                effect: try row.text("effect"))
        }
    }

    func tables() throws -> [DemoSummary.Table] {
        try connection.query(try queries["rows"].bind()).map { row in
            DemoSummary.Table(name: try row.text("name"), rows: try row.int("rows"))
        }
    }

    /// The rows of a query as a CSV file with a header.
    func write(
        _ template: SQLTemplate, _ values: [String: SQLValue], to path: String
    ) throws -> DemoSummary.File {
        let file = try HashedFile(inbox.staged(path))
        let sql = "COPY (\(try template.literal(values))) TO STDOUT WITH (FORMAT csv, HEADER true)"
        let rows = try connection.copyOut(sql) { bytes in try file.append(bytes) }
        let written = try file.finish()
        return DemoSummary.File(
            path: inbox.final(path), rows: Int(rows), bytes: written.bytes, sha256: written.sha256)
    }
}
