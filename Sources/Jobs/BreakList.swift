import Diagnostics
package import Postgres

/// Breaks as a person or a program works through them: roots first, the most money first.
package struct BreakList: Sendable {
    /// One break; money as plain decimals, nil where there is none.
    package struct Entry: Codable, Sendable {
        package var breakID: String
        package var code: String
        package var entity: String
        package var plane: String
        package var role: String
        package var rootBreakID: String?
        package var severity: String
        package var status: String
        package var channel: String
        package var orderNumber: String?
        package var paymentID: Int64?
        package var transactionID: String?
        package var trackingNumber: String?
        package var payoutID: String?
        package var currency: String
        package var expected: String?
        package var actual: String?
        package var moneyEffect: String
        package var explanation: String
        package var businessDate: String
        package var dueDate: String
        package var firstSeen: String
        package var lastSeen: String
        package var resolvedOn: String?
        package var evidenceFile: String?
        package var evidenceLine: Int64?
        package var owner: String?
        package var note: String?
    }

    private let codes: [String]
    private let includesResolved: Bool

    /// - Parameter codes: only these; none means all.
    package init(codes: [String], includesResolved: Bool) {
        self.codes = codes
        self.includesResolved = includesResolved
    }

    private func statement(_ name: String, limit: Int?) throws -> Statement {
        let library = try SQLLibrary(embedded: PackageResources.breaks_sql, source: "Sources/Jobs/SQL/breaks.sql")
        return try library[name].bind([
            "all": .bool(includesResolved), "codes": codes.isEmpty ? .null : .textArray(codes),
            "limit": limit.map { .int($0) } ?? .null,
        ])
    }

    /// Calls `body` with each, in constant memory.
    package func forEach(limit: Int?, on connection: Connection, _ body: (Entry) throws -> Void) throws {
        try connection.forEach(try statement("list", limit: limit)) { try body(try Entry($0)) }
    }

    /// A table for people, with the number of those that it leaves out.
    package func text(limit: Int, _ style: TextStyle, on connection: Connection) throws -> String {
        var table = TextTable([
            ("break", .left), ("code", .left), ("role", .left), ("entity", .left), ("order", .left),
            ("money effect", .right), ("since", .left), ("status", .left),
        ])
        var shown: Int64 = 0
        try forEach(limit: limit, on: connection) { entry in
            shown += 1
            table.add([
                entry.breakID, entry.code, entry.role, entry.entity, entry.orderNumber ?? "",
                entry.role == "root" ? "\(entry.currency) \(Figures.grouped(entry.moneyEffect))" : "",
                entry.firstSeen, entry.status,
            ])
        }
        guard shown > 0 else { return style.good("No break.") }
        let count = try connection.query(try statement("count", limit: nil))[0].int64("breaks")
        var lines = [table.text(style)]
        if count > shown { lines.append("  … and \(Figures.grouped(count - shown)) more; --limit shows them.") }
        return lines.joined(separator: "\n")
    }
}

extension BreakList.Entry {
    init(_ row: Row) throws {
        self.init(
            breakID: try row.text("break_id"), code: try row.text("code"), entity: try row.text("entity"),
            plane: try row.text("plane"), role: try row.text("role"),
            rootBreakID: try row.optionalText("root_break_id"), severity: try row.text("severity"),
            status: try row.text("status"), channel: try row.text("channel"),
            orderNumber: try row.optionalText("order_number"), paymentID: try row.optionalInt64("payment_id"),
            transactionID: try row.optionalText("transaction_id"),
            trackingNumber: try row.optionalText("tracking_number"), payoutID: try row.optionalText("payout_id"),
            currency: try row.text("currency"), expected: try row.optionalText("expected"),
            actual: try row.optionalText("actual"), moneyEffect: try row.text("money_effect"),
            explanation: try row.text("explanation"), businessDate: try row.text("business_date"),
            dueDate: try row.text("due_date"), firstSeen: try row.text("first_seen"),
            lastSeen: try row.text("last_seen"), resolvedOn: try row.optionalText("resolved_on"),
            evidenceFile: try row.optionalText("evidence_file"), evidenceLine: try row.optionalInt64("evidence_line"),
            owner: try row.optionalText("owner"), note: try row.optionalText("note"))
    }
}
