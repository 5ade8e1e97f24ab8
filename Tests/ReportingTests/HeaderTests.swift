import Diagnostics
import Money
import Postgres
import Tabular
import Testing

@testable import Reporting

/// A report that is right; each test of a wrong one changes a line of it.
private let right = """
    /*
    title: Sales
    description: What was sold.
    owner: finance
    parameters:
      from: { type: date }
      least: { type: decimal, default: "0.50" }
    columns:
      month: { heading: Month, kind: date, width: 12 }
      currency: { heading: Currency, kind: text }
      value: { heading: Value, kind: money, width: 20, total: sum, conditional: data-bar }
    currency: currency
    sort: [month desc, currency]
    */
    -- A comment; with a semicolon, and an ORDER BY.
    SELECT month, currency, value
    FROM sales
    WHERE month >= :'from'::date AND value >= :'least'::numeric AND note <> '; :''x'''
    ORDER BY month DESC, currency;
    """

private func definition(_ text: String) throws -> ReportDefinition {
    try ReportDefinition(name: "sales", text: text, file: "reports/sales.sql")
}

private func definition(replacing old: String, with new: String) throws -> ReportDefinition {
    #expect(right.contains(old))
    return try definition(right.replacing(old, with: new))
}

@Suite("A report's file")
struct HeaderTests {
    @Test func says_what_it_says() throws {
        let report = try definition(right)
        #expect(report.title == "Sales")
        #expect(report.header.sheet == "Sales")
        #expect(report.header.owner == "finance")
        #expect(report.header.window == .run)
        #expect(report.header.formats == [.csv, .xlsx])
        #expect(!report.header.showsPersonalData)
        #expect(
            report.header.sort == [
                .init(column: "month", isDescending: true), .init(column: "currency", isDescending: false),
            ])
        #expect(report.parameters.map(\.name) == ["from", "least"])
        #expect(report.parameters.map(\.kind) == [.date, .decimal])
        #expect(report.parameters.map(\.fallback) == [nil, "0.50"])
        #expect(report.columns.map(\.name) == ["month", "currency", "value"])
        #expect(report.query.line == 16 - 1)
        #expect(report.query.template.parameters == ["from", "least"])
        #expect(
            report.tabularColumns == [
                Column("month", heading: "Month", kind: .date, width: 12),
                Column("currency", heading: "Currency", isCurrency: true),
                Column("value", heading: "Value", kind: .money, width: 20, total: .sum, conditional: .dataBar),
            ])
    }

    /// What is changed, the line that must be named, and a word of what must be said or advised.
    @Test(
        arguments: [
            ("owner: finance", "ownr: finance", 4, "Did you mean “owner”?"),
            ("title: Sales\n", "", 2, "title"),
            ("kind: date", "kind: dat", 9, "Did you mean “date”?"),
            ("kind: date, width: 12", "kind: date, with: 12", 9, "Did you mean “width”?"),
            ("width: 12", "width: wide", 9, "whole number"),
            ("width: 12", "width: 0", 9, "at least 1"),
            ("width: 12", "width: 300", 9, "255"),
            ("total: sum", "total: all", 11, "none, sum, count"),
            ("conditional: data-bar", "conditional: databar", 11, "Did you mean “data-bar”?"),
            ("kind: date, width: 12", "kind: date, total: sum", 9, "no sum"),
            ("heading: Month, ", "", 9, "heading"),
            ("{ type: date }", "{ type: day }", 6, "date, timestamp"),
            ("{ type: date }", "{ typ: date }", 6, "Did you mean “type”?"),
            ("default: \"0.50\"", "default: \"0,50\"", 7, "plain decimal"),
            ("currency: currency\n", "", 11, "currency"),
            ("currency: currency\n", "currency: curency\n", 12, "Did you mean “currency”?"),
            ("currency: currency\n", "currency: month\n", 12, "month"),
            ("[month desc, currency]", "[monht desc, currency]", 13, "Did you mean “month”?"),
            ("[month desc, currency]", "[month down]", 13, "desc"),
            ("[month desc, currency]", "[]", 13, "sort key"),
            ("sort:", "formats: [pdf]\nsort:", 13, "csv, xlsx"),
            ("sort:", "window: ever\nsort:", 13, "run, month, history"),
            ("sort:", "sheet: \"a/b\"\nsort:", 13, "sheet"),
            ("sort:", "personal_data: perhaps\nsort:", 13, "True or false"),
            ("owner: finance", "owner: finance\nowner: sales", 4, "twice"),
            ("description: What was sold.", "description: [What was sold.]", 3, "Text"),
            ("  from: { type: date }\n", "", 14, "“from”"),
            ("least: { type: decimal,", "most: { type: date }\n  least: { type: decimal,", 7, "“most”"),
            ("ORDER BY month DESC, currency;", "", 15, "ORDER BY"),
            ("ORDER BY month DESC, currency;", "AND x IN (SELECT y FROM z ORDER BY y);", 15, "ORDER BY"),
            ("ORDER BY month DESC, currency;", "ORDER BY 1; DELETE FROM sales;", 15, "more than one statement"),
            ("SELECT month, currency, value\n", "DELETE FROM sales\n", 15, "no SELECT"),
            ("'; :''x'''", "'; :''x''", 18, "not closed"),
            ("'; :''x'''", "$1", 18, "$1"),
            ("owner: finance", "owner: /* finance", 4, "inside the header"),
        ])
    func is_refused_with_its_place(old: String, new: String, line: Int, words: String) throws {
        let error = try failure { _ = try definition(replacing: old, with: new) }
        #expect(error.code == .reportInvalid)
        #expect(error.exitCode == .usage)
        guard case .file("reports/sales.sql", line: line, _) = try #require(error.location) else {
            Issue.record("\(error)")
            return
        }
        #expect("\(error.message) \(error.advice ?? "")".contains(words), "\(error)")
    }

    @Test func reads_its_charts() throws {
        let report = try definition(
            replacing: "sort:",
            with: """
                charts:
                  - { title: By month, kind: line, category: month, series: value, split: currency, last: 12 }
                  - { title: Shares, kind: pie, category: currency, series: [value], largest: 5 }
                sort:
                """)
        #expect(
            report.charts == [
                ChartSpec(
                    title: "By month", kind: .line, category: "month", series: ["value"], split: "currency",
                    keep: .last(12)),
                ChartSpec(title: "Shares", kind: .pie, category: "currency", series: ["value"], keep: .largest(5)),
            ])
    }

    /// What a chart says, and a word of what must be said or advised; all in line 13.
    @Test(
        arguments: [
            ("{ title: T, kind: pillar, category: month, series: [value] }", "column, bar, line, pie"),
            ("{ title: T, kind: bar, category: months, series: [value] }", "Did you mean “month”?"),
            ("{ title: T, kind: bar, category: value, series: [value] }", "makes no categories"),
            ("{ title: T, kind: bar, category: month, series: [currency] }", "can't be added up"),
            ("{ title: T, kind: bar, category: month, series: [value, value] }", "twice"),
            ("{ title: T, kind: bar, category: month, series: [] }", "1 to 12 series"),
            ("{ title: T, kind: bar, category: month }", "series"),
            ("{ kind: bar, category: month, series: value }", "title"),
            ("{ title: T, kind: bar, category: month, series: value, top: 3 }", "top"),
            ("{ title: T, kind: bar, category: month, series: value, split: month }", "currency"),
            ("{ title: T, kind: bar, category: month, series: value, last: 0 }", "at least 1"),
            ("{ title: T, kind: bar, category: month, series: value, last: 61 }", "at most 60"),
            ("{ title: T, kind: bar, category: month, series: value, last: 6, first: 6 }", "Only one"),
            ("{ title: T, kind: bar, category: month, series: value, largest: 6 }", "first or last"),
            ("{ title: T, kind: pie, category: month, series: value, stacked: true }", "A pie has one series"),
            (
                "[{ title: T, kind: bar, category: month, series: value }, { title: T, kind: bar, category: month, "
                    + "series: value }]", "Two charts"
            ),
            ("[]", "1 to 12 charts"),
        ])
    func a_wrong_chart_is_refused(chart: String, words: String) throws {
        let list = chart.hasPrefix("[") ? chart : "[\(chart)]"
        let error = try failure { _ = try definition(replacing: "sort:", with: "charts: \(list)\nsort:") }
        #expect(error.code == .reportInvalid)
        #expect("\(error)".contains("reports/sales.sql:13"), "\(error)")
        #expect("\(error.message) \(error.advice ?? "")".contains(words), "\(error)")
    }

    @Test func money_and_counts_share_no_axis() throws {
        let text = right.replacing("kind: date, width: 12", with: "kind: integer")
            .replacing(
                "sort:", with: "charts: [{ title: T, kind: bar, category: currency, series: [month, value] }]\nsort:")
        let error = try failure { _ = try definition(text) }
        #expect(error.message.contains("can't share an axis"))
    }

    @Test(
        arguments: [
            ("SELECT 1 ORDER BY 1;", "doesn't begin with a header"), ("", "doesn't begin with a header"),
            ("/* title: x", "never closed"), ("/*\n*/ SELECT 1 ORDER BY 1;", "empty"),
            ("/* [1 */ SELECT 1 ORDER BY 1", "isn't YAML"), ("/*\n- a\n*/ SELECT 1 ORDER BY 1;", "mapping"),
        ])
    func without_a_header_is_refused(text: String, words: String) throws {
        let error = try failure { _ = try definition(text) }
        #expect(error.code == .reportInvalid)
        #expect(error.message.contains(words), "\(error)")
    }

    @Test func reads_alike_with_either_line_end() throws {
        let report = try definition(right.replacing("\n", with: "\r\n"))
        #expect(report.query.template.parameters == ["from", "least"])
        #expect(report.columns.count == 3)
    }

    @Test func a_missing_file_is_named() throws {
        let error = try failure { _ = try ReportDefinition.load(file: "/nowhere/x.sql") }
        #expect(error.code == .reportInvalid)
        #expect(error.location == .file("/nowhere/x.sql"))
    }
}

@Suite("A report's parameters")
struct ParameterTests {
    private func context(_ values: [String: String] = [:], named: Bool = false) throws -> ReportContext {
        let day = try BusinessDate("2026-06-30")
        return ReportContext(
            window: .day(day), windowIsNamed: named, businessDate: day, cutOff: "2026-06-30T19:00:00Z",
            timeZone: "Asia/Karachi", businessCurrency: "PKR", values: values)
    }

    @Test func come_from_the_run_then_the_default() throws {
        let values = try context().values(for: definition(right))
        #expect(values == ["from": .date("2026-06-30"), "least": .numeric("0.50")])
    }

    @Test func named_ones_come_first() throws {
        let values = try context(["from": "2026-01-31", "least": "-3"]).values(for: definition(right))
        #expect(values == ["from": .date("2026-01-31"), "least": .numeric("-3")])
    }

    @Test func history_reaches_back_unless_a_window_is_named() throws {
        let report = try definition(replacing: "sort:", with: "window: history\nsort:")
        #expect(try context().values(for: report)["from"] == .date("0001-01-01"))
        #expect(try context().window(of: report).to == BusinessDate("2026-06-30"))
        #expect(try context(named: true).values(for: report)["from"] == .date("2026-06-30"))
    }

    @Test(
        arguments: [
            ("from", "2026-02-30"), ("from", "'; DROP TABLE orders; --"), ("least", "1e3"), ("least", "NaN"),
            ("least", ""), ("most", "1"),
        ])
    func wrong_values_are_refused(name: String, text: String) throws {
        let error = try failure { _ = try context([name: text]).values(for: definition(right)) }
        #expect(error.code == .parameterInvalid)
        #expect(error.message.contains(name))
    }

    @Test func one_without_a_value_is_named() throws {
        let report = try definition(replacing: ", default: \"0.50\"", with: "")
        let error = try failure { _ = try context().values(for: report) }
        #expect(error.code == .parameterMissing)
        #expect(error.message.contains("“least”"))
    }

    @Test(
        arguments: [
            ("integer", "12", SQLValue.int(Int64(12))), ("integer", "-9223372036854775808", .int(Int64.min)),
            ("boolean", "true", .bool(true)), ("text", "a'b", .text("a'b")),
            ("timestamp", "2026-06-30T19:00:00Z", .timestamptz("2026-06-30T19:00:00Z")),
        ])
    func have_types(kind: String, text: String, value: SQLValue) throws {
        let report = try definition(replacing: "decimal, default: \"0.50\"", with: kind)
        #expect(try context(["least": text]).values(for: report)["least"] == value)
    }

    @Test(arguments: [("integer", "1.0"), ("integer", "9223372036854775808"), ("boolean", "yes")])
    func of_a_type_refuse_others(kind: String, text: String) throws {
        let report = try definition(replacing: "decimal, default: \"0.50\"", with: kind)
        #expect(try failure { _ = try context(["least": text]).values(for: report) }.code == .parameterInvalid)
    }
}
