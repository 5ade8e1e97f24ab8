/// The SQL that reads the cells of a staged row: what is wrong with each, and what it says.
struct StatementCells {
    /// What is wrong with a cell.
    struct Check {
        let header: String
        let column: String
        /// An SQL expression: what is wrong, or NULL.
        let reason: String
    }

    private let profile: SettlementProfile
    private let header: [StatementColumn]

    init(profile: SettlementProfile, header: [StatementColumn]) {
        self.profile = profile
        self.header = header
    }

    // MARK: What is wrong

    /// What is wrong with the cells of a field, and with the sign beside an amount.
    func checks(_ field: StatementField) -> [Check] {
        guard case .column(let name, let required) = field.source, let column = column(name) else { return [] }
        let value = "s.\(column)"
        let ifEmpty = required && !field.optionalColumn ? "'is empty'" : empty(field)
        var checks = [
            Check(
                header: name, column: column,
                reason: "CASE WHEN \(value) IS NULL THEN \(ifEmpty) \(notConverted(field))"
                    + " \(wrong(field, value, required: required)) END")
        ]
        if case .amount(let amount) = field.kind, let sign = amount.sign, let mark = self.column(sign.column) {
            let known = SQLLiteral.list(sign.negative + sign.positive)
            let unknown =
                sign.positive.isEmpty ? "" : " WHEN s.\(mark) NOT IN \(known) THEN 'is not a sign that is mapped'"
            checks.append(
                Check(
                    header: sign.column, column: mark,
                    reason: "CASE WHEN \(value) IS NULL THEN NULL WHEN s.\(mark) IS NULL THEN 'is empty'\(unknown) END")
            )
        }
        return checks
    }

    /// What an empty cell lacks: what was presented has both an amount and a currency, or neither.
    private func empty(_ field: StatementField) -> String {
        let others = ["presented_amount": "presented_currency", "presented_currency": "presented_amount"]
        guard let other = others[field.name].flatMap(cell) else { return "NULL" }
        return "CASE WHEN \(other) IS NOT NULL THEN 'is empty, and what belongs to it is not' END"
    }

    /// Of most lines nothing was converted, and what was presented isn't kept: it needs no second look.
    private func notConverted(_ field: StatementField) -> String {
        guard field.name.hasPrefix("presented_") else { return "" }
        return "WHEN \(currency("presented_currency")) = \(currency("currency")) THEN NULL"
    }

    private func wrong(_ field: StatementField, _ value: String, required: Bool) -> String {
        switch field.kind {
        case .text(let pattern):
            let found = text(value, pattern)
            let lacking = pattern.map {
                required ? " WHEN \(found) IS NULL THEN \(SQLLiteral.text("has nothing that matches \($0)"))" : ""
            }
            return "WHEN length(\(found)) > 255 THEN 'is longer than 255 characters'\(lacking ?? "")"
        case .type(let types, let otherwise):
            guard otherwise == nil else { return "" }
            let reason = SQLLiteral.text("is a line type that config/settlements/\(profile.name).yml does not map")
            return "WHEN \(value) NOT IN \(SQLLiteral.list(types.keys.sorted())) THEN \(reason)"
        case .currency(let numeric):
            let reason = "'is not a currency that amounts are kept in (ISO 4217, at most two decimals)'"
            let code = currency(value, numeric: numeric)
            let isNone = numeric ? "\(code) IS NULL" : "\(code) NOT IN \(SQLLiteral.list(CurrencyCodes.kept))"
            return "WHEN \(isNone) THEN \(reason)"
        case .amount(let amount):
            return wrong(amount, of: field, value)
        case .moment(let format):
            let reason = SQLLiteral.text("is not a date written \(format.text)")
            return "WHEN NOT (\(format.matches(value))) THEN \(reason)"
        }
    }

    private func wrong(_ amount: StatementAmount, of field: StatementField, _ value: String) -> String {
        let (pattern, example) = pattern(amount, signed: amount.sign == nil, digits: 12)
        let unit = field.name == "presented_amount" ? "presented_currency" : "currency"
        let whole = "\(self.currency(unit)) IN \(SQLLiteral.list(CurrencyCodes.codes(exponent: 0)))"
        let broken = amount.hundredths ? "\(value) !~ '(00|^-?0)$'" : "\(value) ~ '[.,]0*[1-9]'"
        var conditions = [
            "WHEN NOT \(isAmount(value, amount)) AND \(value) !~ '\(pattern)' THEN 'is not \(example)'",
            "WHEN \(whole) AND \(broken) THEN 'has decimals that its currency has not'",
        ]
        // A bank's credit that takes away is a debit, or the sign was read wrong.
        if profile.counterparty == .bank, field.name == "gross" {
            let signed = signed(amount, value)
            conditions += [
                "WHEN \(self.value("type")) = 'bank_credit' AND \(signed) < 0 THEN 'is below zero on a credit'",
                "WHEN \(self.value("type")) = 'bank_debit' AND \(signed) > 0 THEN 'is above zero on a debit'",
            ]
        }
        return conditions.joined(separator: " ")
    }

    /// Whether a cell is an amount that needs no second look: a pattern without counts is read in a fifth of the time,
    /// and what is not longer than 12 has no more digits. Never true of a cell that the full pattern refuses.
    private func isAmount(_ value: String, _ amount: StatementAmount) -> String {
        let sign = amount.sign == nil ? "-?" : ""
        let point = profile.file.decimalComma ? "," : "."
        let decimals = amount.hundredths ? "" : "(?:[\(point)][0-9][0-9]?)?"
        return "(length(\(value)) <= 12 AND \(value) ~ '^\(sign)[0-9]+\(decimals)$')"
    }

    /// What an amount's cell looks like, and an example of it.
    private func pattern(_ amount: StatementAmount, signed: Bool, digits: Int) -> (pattern: String, example: String) {
        let sign = signed ? "-?" : ""
        let kind = signed ? "an amount" : "an amount without a sign"
        guard !amount.hundredths else {
            return ("^\(sign)[0-9]{1,\(digits + 2)}$", "\(kind) in hundredths such as 125000")
        }
        let point = profile.file.decimalComma ? "," : "."
        return ("^\(sign)[0-9]{1,\(digits)}([\(point)][0-9]{1,2})?$", "\(kind) such as 1250\(point)00")
    }

    // MARK: What it says

    /// The column of the canonical line, of a row that passed the checks. $1 is the business time zone.
    func value(_ name: String) -> String {
        switch name {
        case "presented_amount": return presentedAmount
        case "presented_currency": return "nullif(\(currency("presented_currency")), \(currency("currency")))"
        case "net" where profile.counterparty == .bank && field("net") == nil: return value("gross")
        default: break
        }
        let amounts = ["gross", "fee", "fee_tax", "income_tax", "sales_tax", "net"]
        guard let read = field(name) else { return amounts.contains(name) ? "0.00" : "NULL" }
        guard case .column(let header, _) = read.source else {
            if case .constant(let text) = read.source { return SQLLiteral.text(text) }
            return "NULL"
        }
        guard let column = column(header) else { return read.isAmount ? "0.00" : "NULL" }
        let value = "s.\(column)"
        switch read.kind {
        case .text(let pattern): return text(value, pattern)
        case .type(let types, let otherwise):
            let branches = types.sorted { $0.key < $1.key }.map { key, type in
                "WHEN \(SQLLiteral.text(key)) THEN \(bySign(type))"
            }
            let rest = otherwise.map { "ELSE \(SQLLiteral.text($0))" } ?? ""
            return branches.isEmpty
                ? SQLLiteral.text(otherwise ?? "") : "CASE \(value) \(branches.joined(separator: " ")) \(rest) END"
        case .currency(let numeric): return currency(value, numeric: numeric)
        case .amount(let amount): return "coalesce(\(signed(amount, value)), 0.00)"
        case .moment(let format): return format.moment(value, businessZone: "$1::text")
        }
    }

    /// Some gateways have one word for money that they hold and money that they let go: what comes back is a release.
    private func bySign(_ type: String) -> String {
        guard type == "reserve_hold" else { return SQLLiteral.text(type) }
        return "CASE WHEN \(value("gross")) > 0 THEN 'reserve_release' ELSE 'reserve_hold' END"
    }

    /// What was presented is kept where it was converted, signed as the line is: gateways differ in that.
    private var presentedAmount: String {
        guard case .amount(let amount)? = field("presented_amount")?.kind, let cell = cell("presented_amount"),
            field("presented_currency") != nil
        else { return "NULL" }
        let presented = signed(amount, cell)
        let isConverted = "\(currency("presented_currency")) <> \(currency("currency"))"
        return "CASE WHEN \(isConverted) THEN CASE sign(\(value("gross"))) WHEN -1 THEN -abs(\(presented))"
            + " WHEN 1 THEN abs(\(presented)) ELSE \(presented) END END"
    }

    private func text(_ value: String, _ pattern: String?) -> String {
        guard let pattern else { return value }
        return "substring(\(value) FROM \(SQLLiteral.text(pattern)))"
    }

    private func signed(_ amount: StatementAmount, _ value: String) -> String {
        let read = plain(amount, value)
        guard let sign = amount.sign, let mark = column(sign.column) else { return read }
        return "CASE WHEN s.\(mark) IN \(SQLLiteral.list(sign.negative)) THEN -\(read) ELSE \(read) END"
    }

    private func plain(_ amount: StatementAmount, _ value: String) -> String {
        if amount.hundredths { return "(\(value)::numeric * 0.01)::numeric(14,2)" }
        return profile.file.decimalComma ? "replace(\(value), ',', '.')::numeric(14,2)" : "\(value)::numeric(14,2)"
    }

    /// A footer's total of an amount field: its cell, whether that is an amount, what it says, and what a line's cell
    /// adds to it.
    func footerAmount(_ name: String) -> (cell: String, isAmount: String, said: String, value: String)? {
        guard case .amount(let amount)? = field(name)?.kind, let cell = cell(name) else { return nil }
        let pattern = pattern(amount, signed: true, digits: 14).pattern
        // A total may have more digits than a line.
        let said = plain(amount, cell).replacing("numeric(14,2)", with: "numeric")
        return (cell, "\(cell) ~ '\(pattern)'", said, signed(amount, cell))
    }

    // MARK: Currencies

    /// The code of a field's currency; of a cell that says none, NULL or no code.
    private func currency(_ name: String) -> String {
        guard let read = field(name), case .currency(let numeric) = read.kind else { return "NULL::text" }
        if case .constant(let code) = read.source { return SQLLiteral.text(code) }
        guard let cell = cell(name) else { return "NULL::text" }
        return currency(cell, numeric: numeric)
    }

    private func currency(_ value: String, numeric: Bool) -> String {
        guard numeric else { return "upper(left(\(value), 4))" }
        let branches = CurrencyCodes.kept.compactMap { code in
            CurrencyNumbers.number(of: code).map { "WHEN '\($0)' THEN '\(code)'" }
        }
        // Spreadsheets take leading zeros away.
        return "CASE WHEN \(value) ~ '^[0-9]{1,3}$' THEN CASE lpad(\(value), 3, '0') "
            + branches.joined(separator: " ") + " END END"
    }

    // MARK: Columns

    private func field(_ name: String) -> StatementField? { profile.fields.first { $0.name == name } }

    private func column(_ name: String) -> String? { header.first { $0.name == name }?.staged }

    private func cell(_ name: String) -> String? {
        guard case .column(let header, _)? = field(name)?.source else { return nil }
        return column(header).map { "s.\($0)" }
    }
}
