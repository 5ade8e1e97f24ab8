import Diagnostics
import Money
import Testing

@testable import Tabular

@Suite("Charts")
struct ChartTests {
    private static let columns: [Column] = [
        Column("month", heading: "Month", kind: .date), Column("store", heading: "Store"),
        Column("currency", isCurrency: true), Column("value", heading: "Value", kind: .money),
        Column("orders", heading: "Orders", kind: .integer),
    ]

    private func sections(_ chart: ChartSpec, _ rows: [[String?]]) throws -> [ChartSection] {
        let gatherer = try ChartGatherer([chart], columns: Self.columns, currency: "PKR")
        for row in rows { try gatherer.write(row) }
        #expect(try gatherer.finish() == WrittenTable(rows: rows.count, sums: []))
        return try gatherer.sections()
    }

    private func charts(_ chart: ChartSpec, _ rows: [[String?]]) throws -> [ChartData] {
        try sections(chart, rows).flatMap(\.charts)
    }

    private func texts(_ series: ChartData.Series) -> [String?] { series.values.map { $0?.description } }

    @Test("money has a chart a currency, the business currency first, in exact sums")
    func currencies() throws {
        let drawn = try charts(
            ChartSpec(title: "Value", kind: .column, category: "month", series: ["value"]),
            [
                ["2026-06-01", "a", "USD", "0.10", "1"], ["2026-06-01", "a", "PKR", "0.10", "1"],
                ["2026-05-01", "a", "PKR", "5.00", "1"], ["2026-06-01", "b", "PKR", "0.20", "1"],
                ["2026-06-01", "c", "PKR", nil, "1"],
            ])
        #expect(drawn.map(\.currency) == ["PKR", "USD"])
        #expect(drawn.map(\.fullTitle) == ["Value, PKR", "Value, USD"])
        // Dates stand in their order, whatever that of the rows is; months are written short.
        #expect(drawn[0].categories == ["2026-05", "2026-06"])
        #expect(drawn[0].series.map(\.name) == ["Value"])
        #expect(texts(drawn[0].series[0]) == ["5.00", "0.30"])
        #expect(texts(drawn[1].series[0]) == ["0.10"])
        #expect(
            drawn[0].textAlternative
                == "Columns: Value, PKR. 2 categories, 2026-05 to 2026-06. "
                + "Value: highest 5.00 (2026-05), lowest 0.30 (2026-06).")
    }

    @Test("a split makes a series of each value; counts of all currencies stand together")
    func split() throws {
        let drawn = try charts(
            ChartSpec(title: "Orders", kind: .line, category: "month", series: ["orders"], split: "currency"),
            [["2026-06-01", "a", "USD", "1", "2"], ["2026-07-02", "a", "PKR", "1", "3"]])
        #expect(drawn.count == 1 && drawn[0].currency == nil)
        #expect(drawn[0].series.map(\.name) == ["USD", "PKR"])
        #expect(drawn[0].categories == ["2026-06-01", "2026-07-02"])
        #expect(drawn[0].series.map(texts) == [["2", nil], [nil, "3"]])
        let both = try charts(
            ChartSpec(title: "Both", kind: .line, category: "store", series: ["value"], split: "store"),
            [["2026-06-01", "a", "USD", "1.00", "2"], ["2026-06-01", nil, "USD", "2.00", "2"]])
        #expect(both.map(\.currency) == ["USD"])
        #expect(both[0].series.map(\.name) == ["a", "none"])
    }

    @Test("declared series keep their order, and one without a figure is not drawn")
    func declared() throws {
        let columns = ["a", "b", "c"].map { Column($0, heading: $0.uppercased(), kind: .integer) } + [Column("code")]
        let chart = ChartSpec(title: "T", kind: .bar, category: "code", series: ["a", "b", "c"])
        let gatherer = try ChartGatherer([chart], columns: columns, currency: nil)
        try gatherer.write([nil, nil, "3", "x"])
        try gatherer.write(["1", nil, nil, "y"])
        let drawn = try #require(try gatherer.sections().first?.charts.first)
        #expect(drawn.series.map(\.name) == ["A", "C"])
        #expect(drawn.series.map(texts) == [[nil, "1"], ["3", nil]])
    }

    @Test("the last dates, the first rows, the largest figures: the rest is left out, or summed as others")
    func keep() throws {
        let months = (1...9).map { ["2026-0\($0)-01", "s\($0)", "PKR", "\($0).00", "\(10 - $0)"] as [String?] }
        func chart(_ category: String, _ keep: ChartSpec.Keep) throws -> ChartData {
            let spec = ChartSpec(title: "T", kind: .bar, category: category, series: ["value"], keep: keep)
            return try #require(try charts(spec, months.reversed()).first)
        }
        let last = try chart("month", .last(2))
        #expect(last.categories == ["2026-08", "2026-09"] && last.note == "The last 2 only.")
        #expect(try chart("month", .first(2)).categories == ["2026-01", "2026-02"])
        #expect(try chart("month", .last(12)).note.isEmpty)
        let first = try chart("store", .first(2))
        #expect(first.categories == ["s9", "s8", "others"])
        #expect(texts(first.series[0]) == ["9.00", "8.00", "28.00"])
        #expect(try chart("store", .last(2)).categories == ["others", "s2", "s1"])
        let largest = try #require(
            try charts(
                ChartSpec(title: "T", kind: .bar, category: "store", series: ["value"], keep: .largest(2)),
                [
                    ["2026-01-01", "small", "PKR", "1.00", nil], ["2026-01-01", "loss", "PKR", "-7.00", nil],
                    ["2026-01-01", "middle", "PKR", "3.00", nil], ["2026-01-01", "tiny", "PKR", "0.01", nil],
                ]
            ).first)
        #expect(largest.categories == ["loss", "middle", "others"])
        #expect(texts(largest.series[0]) == ["-7.00", "3.00", "1.01"])
    }

    @Test("however many categories and series there are, a chart holds 60 by 12, and nothing is lost")
    func bounds() throws {
        let rows: [[String?]] = (0..<5_000).map { ["2026-06-01", "s\($0)", "c\($0 % 40)", nil, "1"] }
        let drawn = try charts(
            ChartSpec(title: "T", kind: .column, category: "store", series: ["orders"], split: "currency"), rows)
        let chart = try #require(drawn.first)
        #expect(chart.categories.count == 60 && chart.categories.last == "others")
        #expect(chart.series.count == 12 && chart.series.last?.name == "others")
        #expect(chart.series.allSatisfy { $0.values.count == 60 })
        #expect(chart.series.flatMap(\.values).compactMap { $0.map { Int($0.units) } }.reduce(0, +) == 5_000)
        let many: [[String?]] = (0..<40).map { ["2026-06-01", "s", "X\($0)", "1.00", "1"] }
        let money = try charts(
            ChartSpec(title: "T", kind: .column, category: "store", series: ["value"]), many)
        #expect(money.count == 6 && money.last?.note == "34 currencies more have no chart.")
    }

    @Test("of too many dates the latest stay")
    func dates() throws {
        let days: [[String?]] = (0..<1_500).map { number in
            ["\(2000 + number / 300)-\(10 + number / 100 % 3)-\(number % 28 + 1 < 10 ? "0" : "")\(number % 28 + 1)"]
                + ["s", "PKR", "1.00", "1"]
        }
        let chart = try #require(
            try charts(ChartSpec(title: "T", kind: .line, category: "month", series: ["value"]), days).first)
        #expect(chart.categories.count == 60 && chart.note == "The last 60 only.")
        #expect(chart.categories.last == days.compactMap(\.[0]).max())
        #expect(chart.categories == chart.categories.sorted())
    }

    @Test("a pie of figures below zero is drawn as columns; no rows make no chart; what is no number is refused")
    func oddities() throws {
        let pie = ChartSpec(title: "T", kind: .pie, category: "store", series: ["value"])
        #expect(try charts(pie, [["2026-01-01", "a", "PKR", "1.00", nil]]).map(\.kind) == [.pie])
        #expect(try charts(pie, [["2026-01-01", "a", "PKR", "-1.00", nil]]).map(\.kind) == [.column])
        let nothing = [["2026-01-01", "a", "PKR", "0.00", nil], ["2026-01-01", "b", "PKR", nil, nil]]
        #expect(try charts(pie, nothing).isEmpty)
        #expect(try sections(pie, []) == [ChartSection(title: "T", charts: [])])
        let failure = #expect(throws: Failure.self) { try charts(pie, [["2026-01-01", "a", "PKR", "NaN", nil]]) }
        #expect(failure?.code == .moneyInvalid && failure?.message.contains("row 1") == true)
    }

    private func fill(_ workbook: Workbook) throws {
        let cover = try workbook.coverSheet()
        try workbook.placeCharts()
        let charts = [
            ChartSpec(title: "Value by month", kind: .column, category: "month", series: ["value"]),
            ChartSpec(title: "By store", kind: .bar, category: "store", series: ["orders"], isStacked: true),
            ChartSpec(title: "Over time", kind: .line, category: "month", series: ["orders"], split: "store"),
            ChartSpec(title: "Shares", kind: .pie, category: "store", series: ["value"]),
        ]
        let sheet = try workbook.sheet(named: "It's sales", columns: Self.columns, currency: "PKR", charts: charts)
        try sheet.write(["2026-05-01", "a & b", "PKR", "1234.50", "3"])
        try sheet.write(["2026-06-01", "c", "PKR", "0.25", "4"])
        _ = try workbook.sheet(named: "Empty", columns: Self.columns, charts: Array(charts.prefix(1)))
        try cover.fill(CoverContent(title: "Pack"))
    }

    @Test("the sheet of charts stands after the cover, with figures, native charts and what they show in words")
    func sheet() throws {
        let opened = try workbook(fill)
        #expect(try opened.sheetNames() == ["Cover", "Charts", "It's sales", "Empty"])
        let charts = opened.names.filter { $0.hasPrefix("xl/charts/chart") }
        #expect(charts.count == 4)
        let first = try #require(opened.parts["xl/charts/chart1.xml"])
        // The figures that a chart carries along are those of its table.
        for text in [
            "<c:barDir val=\"col\"/>", "<a:t>Value by month, PKR</a:t>", "<c:v>2026-05</c:v>", "<c:v>1234.5</c:v>",
            "<c:v>0.25</c:v>", "<c:f>Charts!$M$6:$M$7</c:f>",
        ] {
            #expect(first.contains(text), "\(text)")
        }
        let bars = try #require(opened.parts["xl/charts/chart2.xml"])
        #expect(bars.contains("<c:grouping val=\"stacked\"/>") && bars.contains("<c:v>a &amp; b</c:v>"))
        #expect(opened.parts["xl/charts/chart4.xml"]?.contains("<c:pieChart>") == true)
        let drawing = try #require(opened.parts["xl/drawings/drawing1.xml"])
        #expect(drawing.contains("descr=\"Columns: Value by month, PKR. 2 categories, 2026-05 to 2026-06."))
        let cells = try opened.cells(2)
        #expect(cells["M6"]?.value == "1234.5" && cells["M6"]?.type == "n")
        #expect(try opened.pattern(cells["M6"]?.style ?? 0) == "#,##0.00_);[Red]-#,##0.00_)")
        let links = try opened.elements("xl/worksheets/sheet2.xml").filter { $0.name == "hyperlink" }
        #expect(Set(links.compactMap { $0.attributes["location"] }) == ["'It''s sales'!A1", "'Empty'!A1"])
        #expect(opened.parts["xl/sharedStrings.xml"]?.contains("There is nothing to draw.") == true)
        #expect(try opened.elements("xl/worksheets/sheet2.xml").contains { $0.name == "brk" })
    }

    @Test("charts repeat their bytes")
    func repeatable() throws {
        try withFolder { folder in
            for name in ["a", "b"] {
                let workbook = try Workbook(
                    path: "\(folder)/\(name).xlsx",
                    properties: .init(title: "Same", created: BusinessDate("2026-06-30")))
                try fill(workbook)
                try workbook.close()
                if name == "a" { sleepPastZipClock() }
            }
            #expect(try contents("\(folder)/a.xlsx") == contents("\(folder)/b.xlsx"))
        }
    }

    @Test("a workbook without a place for them has its charts last; one that is abandoned leaves nothing")
    func places() throws {
        let chart = ChartSpec(title: "T", kind: .column, category: "store", series: ["orders"])
        let opened = try workbook { workbook in
            let sheet = try workbook.sheet(named: "Sales", columns: Self.columns, charts: [chart])
            try sheet.write(["2026-06-01", "a", "PKR", "1.00", "1"])
        }
        #expect(try opened.sheetNames() == ["Sales", "Charts"])
        try withFolder { folder in
            do {
                let workbook = try Workbook(
                    path: "\(folder)/out.xlsx", properties: .init(title: "T", created: BusinessDate("2026-06-30")))
                try fill(workbook)
            }
            #expect(try folderEntries(folder).isEmpty)
        }
    }
}
