/// The SQL that a profile makes for a file with a certain header: the staging table, what is wrong with each row, and
/// the typed lines. Every cast stands behind the check that makes it safe.
struct CompiledStatement {
    private let profile: SettlementProfile
    private let header: [StatementColumn]

    init(profile: SettlementProfile, header: [StatementColumn]) {
        self.profile = profile
        self.header = header
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
        let checks = checks()
        let rows = checks.enumerated().map { index, check in
            "(\(index), \(SQLLiteral.text(check.header)), left(s.\(check.column), 60), \(check.reason))"
        }
        return [
            "SELECT s.line_no, v.header, v.value, v.reason", "FROM (",
            "    SELECT s.* FROM statement_staged AS s WHERE \(body) AND NOT (\(allGood))",
            "    ORDER BY s.line_no LIMIT \(limit)", ") AS s",
            "CROSS JOIN LATERAL (VALUES \(rows.joined(separator: ", "))) AS v (place, header, value, reason)",
            "WHERE v.reason IS NOT NULL", "ORDER BY s.line_no, v.place", "LIMIT \(limit)",
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

    private struct Check {
        let header: String
        let column: String
        /// An SQL expression: what is wrong with the cell, or NULL.
        let reason: String
    }

    private func checks() -> [Check] {
        profile.fields.compactMap { field in
            guard case .column(let name, let required) = field.source, let column = column(name) else { return nil }
            let value = "s.\(column)"
            let ifEmpty = required && !field.optionalColumn ? "'is empty'" : "NULL"
            return Check(
                header: name, column: column,
                reason: "CASE WHEN \(value) IS NULL THEN \(ifEmpty) \(wrong(field.kind, value)) END")
        }
    }

    private func wrong(_ kind: StatementField.Kind, _ value: String) -> String {
        switch kind {
        case .text:
            return "WHEN length(\(value)) > 255 THEN 'is longer than 255 characters'"
        case .type(let types):
            let reason = SQLLiteral.text("is a line type that config/settlements/\(profile.name).yml does not map")
            return "WHEN \(value) NOT IN \(SQLLiteral.list(types.keys.sorted())) THEN \(reason)"
        case .currency:
            let reason = "'is not a currency that amounts are kept in (ISO 4217, at most two decimals)'"
            return "WHEN upper(left(\(value), 4)) NOT IN \(SQLLiteral.list(CurrencyCodes.kept)) THEN \(reason)"
        case .amount:
            let whole = "\(currency) IN \(SQLLiteral.list(CurrencyCodes.codes(exponent: 0)))"
            return "WHEN \(value) !~ '^-?[0-9]{1,12}(\\.[0-9]{1,2})?$' THEN 'is not an amount such as 1250.00'"
                + " WHEN \(whole) AND \(value) ~ '\\.0*[1-9]' THEN 'has decimals that its currency has not'"
        case .moment(let format):
            let reason = SQLLiteral.text("is not a date written \(format.text)")
            return "WHEN NOT (\(format.matches(value))) THEN \(reason)"
        }
    }

    // MARK: The footer

    /// One row: is the footer there, last, and right. Nil when the profile has none.
    func footerCheck(_ footer: StatementFooter) -> String? {
        guard let mark = column(footer.column), let count = column(footer.count) else { return nil }
        let isFooter = "s.\(mark) = \(SQLLiteral.text(footer.value))"
        var sums: [String] = []
        var said: [String] = []
        var results: [String] = []
        for total in footer.totals {
            guard let column = amountColumn(total) else { continue }
            let isAmount = "s.\(column) ~ '^-?[0-9]{1,14}(\\.[0-9]{1,2})?$'"
            sums.append(
                "coalesce(sum(CASE WHEN NOT coalesce(\(isFooter), FALSE) THEN s.\(column)::numeric END), 0.00)"
                    + " AS sum_\(total)")
            said.append("max(left(s.\(column), 60)) FILTER (WHERE \(isFooter)) AS said_\(total)")
            said.append("max(CASE WHEN \(isFooter) AND \(isAmount) THEN s.\(column)::numeric END) AS read_\(total)")
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
            "coalesce(CASE WHEN said_count ~ '^[0-9]{1,12}$' THEN said_count::bigint = lines END, FALSE) AS count_agrees",
        ]
        return "SELECT " + (outer + results).joined(separator: ", ") + " FROM (SELECT "
            + (columns + sums + said).joined(separator: ", ") + " FROM statement_staged AS s) AS f"
    }

    // MARK: The typed lines

    /// Fills `statement_line` from rows that all passed the checks. $1 is the business time zone.
    var parse: String {
        let names = SettlementProfile.keys.map { $0 == "line_id" ? "gateway_line_id" : $0 == "type" ? "line_type" : $0 }
        let values = SettlementProfile.keys.map(parsed)
        return "INSERT INTO statement_line (line_no, \(names.joined(separator: ", ")))"
            + " SELECT s.line_no, \(values.joined(separator: ", ")) FROM statement_staged AS s WHERE \(body)"
            + " AND coalesce($1::text, '') <> '' ORDER BY s.line_no"
    }

    private func parsed(_ name: String) -> String {
        let amounts = ["gross", "fee", "fee_tax", "income_tax", "sales_tax", "net"]
        guard let field = profile.fields.first(where: { $0.name == name }) else {
            return amounts.contains(name) ? "0.00" : "NULL"
        }
        guard case .column(let header, _) = field.source else {
            if case .constant(let text) = field.source { return SQLLiteral.text(text) }
            return "NULL"
        }
        guard let column = column(header) else { return field.kind == .amount ? "0.00" : "NULL" }
        let value = "s.\(column)"
        switch field.kind {
        case .text: return value
        case .type(let types):
            let branches = types.sorted { $0.key < $1.key }.map { key, type in
                "WHEN \(SQLLiteral.text(key)) THEN \(SQLLiteral.text(type))"
            }
            return "CASE \(value) \(branches.joined(separator: " ")) END"
        case .currency: return "upper(\(value))"
        case .amount: return "coalesce(\(value)::numeric(14,2), 0.00)"
        case .moment(let format): return format.moment(value, businessZone: "$1::text")
        }
    }

    // MARK: Columns

    private func column(_ name: String) -> String? { header.first { $0.name == name }?.staged }

    private func amountColumn(_ field: String) -> String? {
        guard case .column(let name, _)? = profile.fields.first(where: { $0.name == field })?.source else { return nil }
        return column(name)
    }

    private var currency: String {
        switch profile.fields.first(where: { $0.name == "currency" })?.source {
        case .column(let name, _)?: column(name).map { "upper(left(s.\($0), 4))" } ?? "''"
        case .constant(let text)?: SQLLiteral.text(text)
        case nil: "''"
        }
    }
}
