/// The SQL that a profile makes for a file with a certain header: the staging table, what is wrong with each row, and
/// the typed lines. Every cast stands behind the check that makes it safe.
struct CompiledStatement {
    private let profile: SettlementProfile
    private let header: [StatementColumn]
    private let cells: StatementCells

    init(profile: SettlementProfile, header: [StatementColumn]) {
        self.profile = profile
        self.header = header
        cells = StatementCells(profile: profile, header: header)
    }

    private var staged: [String] { header.compactMap(\.staged) }

    var createStaged: String {
        "CREATE TEMPORARY TABLE statement_staged (line_no bigint NOT NULL"
            + staged.map { ", \($0) text" }.joined() + ") ON COMMIT DROP"
    }

    var copy: String {
        "COPY statement_staged (line_no" + staged.map { ", \($0)" }.joined() + ") FROM STDIN"
    }

    // MARK: What is wrong

    /// The first bad cells in the order of the file.
    func problems(limit: Int) -> String {
        badCells(columns: "s.line_no, v.header, v.value, v.reason", rows: limit) + "\nLIMIT \(limit)"
    }

    /// Every bad cell, with the row that it stands in as it was read.
    var rejects: String {
        badCells(
            columns: (["s.line_no", "v.header", "v.value", "v.reason"] + staged).joined(separator: ", "), rows: nil)
    }

    /// The names of the staged columns.
    var headings: [String] { header.filter { $0.staged != nil }.map(\.name) }

    /// Takes the bad rows away.
    var deleteRejects: String { "DELETE FROM statement_staged AS s WHERE \(body) AND NOT (\(allGood))" }

    private func badCells(columns: String, rows: Int?) -> String {
        let cells = checks().enumerated().map { index, check in
            "(\(index), \(SQLLiteral.text(check.header)), left(s.\(check.column), 60), \(check.reason))"
        }
        return [
            "SELECT \(columns)", "FROM (",
            "    SELECT s.* FROM statement_staged AS s WHERE \(body) AND NOT (\(allGood))",
            "    ORDER BY s.line_no" + (rows.map { " LIMIT \($0)" } ?? ""), ") AS s",
            "CROSS JOIN LATERAL (VALUES \(cells.joined(separator: ", "))) AS v (place, header, value, reason)",
            "WHERE v.reason IS NOT NULL", "ORDER BY s.line_no, v.place",
        ].joined(separator: "\n")
    }

    /// How many rows are bad.
    var problemCount: String {
        "SELECT count(*) AS rows FROM statement_staged AS s WHERE \(body) AND NOT (\(allGood))"
    }

    private var allGood: String {
        let conditions = checks().map { "(\($0.reason)) IS NULL" }
        return conditions.isEmpty ? "TRUE" : conditions.joined(separator: " AND ")
    }

    /// A row of the body, not the footer.
    private var body: String {
        guard let footer = profile.footer, let column = column(footer.column) else { return "TRUE" }
        return "s.\(column) IS DISTINCT FROM \(SQLLiteral.text(footer.value))"
    }

    private func checks() -> [StatementCells.Check] { profile.fields.flatMap(cells.checks) }

    // MARK: The footer

    /// One row: is the footer there, last, and right. Nil when the profile has none.
    /// `rejected`: rows that were left out and are counted there.
    func footerCheck(_ footer: StatementFooter, rejected: Int) -> String? {
        guard let mark = column(footer.column), let count = column(footer.count) else { return nil }
        let isFooter = "s.\(mark) = \(SQLLiteral.text(footer.value))"
        var sums: [String] = []
        var said: [String] = []
        var results: [String] = []
        for total in footer.totals {
            guard let cell = cells.footerAmount(total) else { continue }
            sums.append(
                "coalesce(sum(CASE WHEN NOT coalesce(\(isFooter), FALSE) THEN \(cell.value) END), 0.00) AS sum_\(total)"
            )
            said.append("max(left(\(cell.cell), 60)) FILTER (WHERE \(isFooter)) AS said_\(total)")
            said.append("max(CASE WHEN \(isFooter) AND \(cell.isAmount) THEN \(cell.said) END) AS read_\(total)")
            results.append(
                "sum_\(total), said_\(total), coalesce(read_\(total) = sum_\(total), FALSE) AS \(total)_agrees")
        }
        let columns = [
            "count(*) FILTER (WHERE \(isFooter)) AS footers",
            "max(s.line_no) FILTER (WHERE \(isFooter)) AS footer_line", "max(s.line_no) AS last_line",
            "count(*) FILTER (WHERE NOT coalesce(\(isFooter), FALSE)) AS lines",
            "max(left(s.\(count), 60)) FILTER (WHERE \(isFooter)) AS said_count",
        ]
        let outer = [
            "footers", "footer_line", "lines", "said_count", "coalesce(footer_line = last_line, FALSE) AS is_last",
            "coalesce(CASE WHEN said_count ~ '^[0-9]{1,12}$' THEN said_count::bigint = lines + \(rejected) END, FALSE) AS count_agrees",
        ]
        return "SELECT " + (outer + results).joined(separator: ", ") + " FROM (SELECT "
            + (columns + sums + said).joined(separator: ", ") + " FROM statement_staged AS s) AS f"
    }

    // MARK: The typed lines

    /// How many rows there are besides the footer; nil when all are.
    var bodyCount: String? {
        profile.footer == nil ? nil : "SELECT count(*) AS rows FROM statement_staged AS s WHERE \(body)"
    }

    /// Fills `statement_line` from the rows whose cells are all good, in one pass: what a row says is read only after
    /// all its checks. $1 is the business time zone.
    var parse: String {
        let names = SettlementProfile.keys.map { $0 == "line_id" ? "gateway_line_id" : $0 == "type" ? "line_type" : $0 }
        let values = SettlementProfile.keys.map(cells.value)
        return "INSERT INTO statement_line (line_no, \(names.joined(separator: ", ")))"
            + " SELECT s.line_no, \(values.joined(separator: ", ")) FROM statement_staged AS s WHERE \(body)"
            + " AND coalesce($1::text, '') <> '' AND \(allGood)"
    }

    private func column(_ name: String) -> String? { header.first { $0.name == name }?.staged }
}
