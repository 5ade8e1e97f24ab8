import Diagnostics
import Money
import Testing

@testable import Tabular

/// Writes a workbook and opens it again.
func workbook(_ body: (Workbook) throws -> Void) throws -> OpenedWorkbook {
    try withFolder { folder in
        let path = "\(folder)/out.xlsx"
        let workbook = try Workbook(path: path, properties: .init(title: "Test", created: BusinessDate("2026-06-30")))
        try body(workbook)
        try workbook.close()
        return try OpenedWorkbook(path)
    }
}

@Suite("Workbooks")
struct WorkbookTests {
    private static let everyKind: [Column] = [
        Column("name"), Column("order_id", kind: .integer), Column("orders", kind: .integer, total: .sum),
        Column("amount", kind: .money), Column("rate", kind: .decimal), Column("share", kind: .percent),
        Column("rating", kind: .rating), Column("day", kind: .date), Column("at", kind: .timestamp),
        Column("ok", kind: .boolean),
    ]

    @Test("every kind of cell has its type, value and format")
    func kinds() throws {
        let opened = try workbook { workbook in
            let sheet = try workbook.sheet(named: "Kinds", columns: Self.everyKind)
            try sheet.write([
                "Seiko 5", "123456", "7", "-1234567.89", "1.5", "12.5", "4.50", "2026-06-30",
                "2026-06-30 18:00:00.5+05",
                "t",
            ])
            try sheet.write([nil, nil, nil, nil, nil, nil, nil, nil, nil, "f"])
        }
        let cells = try opened.cells(1)
        let values = "ABCDEFGHIJ".map { cells["\($0)2"]?.value }
        #expect(
            values == ["Seiko 5", "123456", "7", "-1234567.89", "1.5", "0.125", "4.5", "46203", "46203.75", "1"])
        #expect(cells["A2"]?.type == "inlineStr")
        #expect(cells["J2"]?.type == "b")
        #expect("BCDEFGHI".allSatisfy { cells["\($0)2"]?.type == "n" })
        let patterns = try "BCDEFGHI".map { try opened.pattern(cells["\($0)2"]?.style ?? 0) }
        #expect(
            patterns == [
                "0_)", "#,##0_)", "#,##0.00_);[Red]-#,##0.00_)", "#,##0.00####_)", "0.00%_)", "0.00_)", "yyyy-mm-dd",
                "yyyy-mm-dd hh:mm:ss",
            ])
        #expect(cells["B3"] == nil)
        #expect(cells["J3"]?.value == "0")
    }

    @Test("the header is frozen and filtered, the filter ends above the totals")
    func frame() throws {
        let opened = try workbook { workbook in
            let columns = [
                Column("name", heading: "Store name"), Column("sales", heading: "Sales", kind: .money, total: .sum),
            ]
            let sheet = try workbook.sheet(named: "Stores", columns: columns, currency: "PKR")
            for row in 1...9 { try sheet.write(["s\(row)", "\(row).10"]) }
        }
        #expect(try opened.cells(1)["A1"]?.value == "Store name")
        let elements = try opened.elements("xl/worksheets/sheet1.xml")
        let pane = elements.first { $0.name == "pane" }
        #expect(pane?.attributes["ySplit"] == "1" && pane?.attributes["state"] == "frozen")
        #expect(elements.first { $0.name == "autoFilter" }?.attributes["ref"] == "A1:B10")
        #expect(elements.first { $0.name == "pageSetup" }?.attributes["orientation"] == "landscape")
        #expect(opened.parts["xl/worksheets/sheet1.xml"]?.contains("&amp;L&amp;A&amp;RPage &amp;P of &amp;N") == true)
        #expect(opened.parts["xl/workbook.xml"]?.contains("Stores!$1:$1") == true)
    }

    @Test("the total of one currency is a SUBTOTAL with its exact value cached")
    func oneCurrency() throws {
        let opened = try workbook { workbook in
            let columns = [
                Column("order_number", total: .count), Column("note"), Column("currency", isCurrency: true),
                Column("amount", kind: .money, total: .sum), Column("pieces", kind: .integer, total: .sum),
            ]
            let sheet = try workbook.sheet(named: "Orders", columns: columns)
            // Binary sums of tenths drift; ours must not.
            for row in 0..<1000 { try sheet.write(["ORD-\(row)", nil, "PKR", "0.10", "2"]) }
            try sheet.write([nil, nil, "PKR", "0.01", nil])
            let written = try sheet.finish()
            #expect(written.rows == 1001)
            #expect(written.control?.byCurrency == ["PKR": "100.01"])
        }
        let cells = try opened.cells(1)
        #expect(cells["A1003"]?.formula == "SUBTOTAL(103,A2:A1002)")
        #expect(cells["A1003"]?.value == "1000")
        #expect(cells["B1003"]?.value == "Total")
        #expect(cells["C1003"]?.value == "PKR")
        #expect(cells["D1003"]?.formula == "SUBTOTAL(109,D2:D1002)")
        #expect(cells["D1003"]?.value == "100.01")
        #expect(cells["E1003"]?.value == "2000")
    }

    @Test("several currencies have a total row each, in their own decimals, and never one together")
    func severalCurrencies() throws {
        let opened = try workbook { workbook in
            let columns = [
                Column("id", total: .count), Column("currency", isCurrency: true),
                Column("amount", kind: .money, total: .sum),
            ]
            let sheet = try workbook.sheet(named: "Mixed", columns: columns)
            try sheet.write(["1", "PKR", "10.50"])
            try sheet.write(["2", "JPY", "1500"])
            try sheet.write(["3", "KWD", "1.125"])
            try sheet.write(["4", "PKR", "-0.25"])
            try sheet.write(["5", nil, nil])
        }
        let cells = try opened.cells(1)
        let patterns = try (2...5).map { try opened.pattern(cells["C\($0)"]?.style ?? 0) }
        #expect(
            patterns == [
                "#,##0.00_);[Red]-#,##0.00_)", "#,##0_);[Red]-#,##0_)", "#,##0.000_);[Red]-#,##0.000_)",
                "#,##0.00_);[Red]-#,##0.00_)",
            ])
        let totals = (7...10).map {
            ["\(cells["B\($0)"]?.value ?? "")", cells["C\($0)"]?.value, cells["A\($0)"]?.value]
        }
        #expect(totals == [["", "0", "1"], ["JPY", "1500", "1"], ["KWD", "1.125", "1"], ["PKR", "10.25", "2"]])
        #expect(cells["C10"]?.formula == "SUMIF(B2:B6,\"PKR\",C2:C6)")
        #expect(cells["A10"]?.formula == "COUNTIFS(B2:B6,\"PKR\",A2:A6,\"<>\")")
        #expect(try opened.pattern(cells["C9"]?.style ?? 0) == "#,##0.000_);[Red]-#,##0.000_)")
    }

    @Test("rows beyond a sheet's limit flow on, and the total adds all parts")
    func flow() throws {
        let opened = try workbook { workbook in
            workbook.file.rowsPerSheet = 10
            let columns = [Column("name"), Column("amount", kind: .money, total: .sum)]
            let sheet = try workbook.sheet(named: "It's long", columns: columns, currency: "PKR")
            for row in 1...25 { try sheet.write(["r\(row)", "1.01"]) }
            _ = try workbook.sheet(named: "Next", columns: columns)
        }
        #expect(try opened.sheetNames() == ["It's long", "It's long (2)", "It's long (3)", "Next"])
        #expect(try opened.cells(1)["A11"]?.value == "r10")
        // A further sheet begins with what the ones before come to.
        let second = try opened.cells(2)
        #expect(second["A1"]?.value == "Brought forward" && second["B1"]?.value == "10.1")
        #expect(second["B1"]?.formula == "SUBTOTAL(109,'It''s long'!B2:B11)")
        #expect(second["A2"]?.value == "name")
        #expect(second["A3"]?.value == "r11" && second["A11"]?.value == "r19")
        let third = try opened.cells(3)
        #expect(third["B1"]?.formula == "SUBTOTAL(109,'It''s long (2)'!B3:B11)+'It''s long (2)'!B1")
        #expect(third["B1"]?.value == "19.19" && third["A3"]?.value == "r20")
        let total = third["B9"]
        #expect(
            total?.formula
                == "SUBTOTAL(109,'It''s long'!B2:B11)+SUBTOTAL(109,'It''s long (2)'!B3:B11)+SUBTOTAL(109,B3:B8)")
        #expect(total?.value == "25.25")
        let elements = try opened.elements("xl/worksheets/sheet2.xml")
        #expect(elements.first { $0.name == "autoFilter" }?.attributes["ref"] == "A2:B11")
        #expect(elements.first { $0.name == "pane" }?.attributes["ySplit"] == "2")
        let links = elements.filter { $0.name == "hyperlink" }.map { $0.attributes["location"] }
        #expect(links == ["'It''s long'!A2"])
    }

    @Test("1,048,576 rows flow on at Excel's own limit, totals included")
    func flowAtLimit() throws {
        try withFolder { folder in
            let path = "\(folder)/out.xlsx"
            let properties = Workbook.Properties(title: "Long", created: try BusinessDate("2026-06-30"))
            let workbook = try Workbook(path: path, properties: properties)
            let sheet = try workbook.sheet(named: "Long", columns: [Column("n", kind: .integer, total: .sum)])
            let one = Array("1".utf8)
            try one.withUnsafeBytes { bytes in
                let row: [FieldBytes?] = [bytes]
                try row.withUnsafeBufferPointer { fields in
                    for _ in 0..<1_048_575 { try sheet.write(fields) }
                }
            }
            #expect(try sheet.finish().rows == 1_048_575)
            try workbook.close()
            // The first sheet is full, so the total has gone on to the next.
            let opened = try OpenedWorkbook(path)
            #expect(try opened.sheetNames() == ["Long", "Long (2)"])
            #expect(opened.parts["xl/worksheets/sheet1.xml"]?.contains("<c r=\"A1048576\"") == true)
            let total = try opened.cells(2)["A3"]
            #expect(try opened.cells(2)["A1"]?.value == "1048575")
            #expect(
                total?.formula == "SUBTOTAL(109,Long!A2:A1048576)"
                    || total?.formula == "SUBTOTAL(109,'Long'!A2:A1048576)")
            #expect(total?.value == "1048575")
        }
    }

    @Test("the same rows make the same bytes")
    func repeatable() throws {
        try withFolder { folder in
            for name in ["a", "b"] {
                let workbook = try Workbook(
                    path: "\(folder)/\(name).xlsx",
                    properties: .init(title: "Same", created: BusinessDate("2026-06-30")))
                let cover = try workbook.coverSheet()
                let sheet = try workbook.sheet(named: "Kinds", columns: Self.everyKind)
                try sheet.write(["x", "1", "2", "3.00", "4.5", "5", "6", "2026-01-01", "2026-01-01 00:00:00", "t"])
                try cover.fill(CoverContent(title: "Same", sections: [.init("Figures", [.init("Rows", .integer(1))])]))
                try workbook.close()
                // A zip entry has a time of two seconds' resolution: it must not be that of the clock.
                if name == "a" { sleepPastZipClock() }
            }
            #expect(try contents("\(folder)/a.xlsx") == contents("\(folder)/b.xlsx"))
            let core = try OpenedWorkbook("\(folder)/a.xlsx").parts["docProps/core.xml"]
            #expect(core?.contains("2026-06-30T00:00:00Z") == true)
        }
    }

    @Test("an empty workbook and an empty table are whole files")
    func empty() throws {
        #expect(try workbook { _ in }.sheetNames() == ["Sheet1"])
        let opened = try workbook { workbook in
            let columns = [Column("a"), Column("b", kind: .money, total: .sum)]
            let table = try workbook.sheet(named: "Empty", columns: columns).finish()
            #expect(table == WrittenTable(rows: 0, sums: [.init(column: "b", isTotalled: true, byCurrency: [:])]))
        }
        let cells = try opened.cells(1)
        #expect(cells.count == 3 && cells["A3"]?.value == "There are no rows.")
    }

    @Test("colours, bars and scales are conditions on the rows")
    func conditions() throws {
        let opened = try workbook { workbook in
            let columns = [
                Column("tie", conditional: .flag), Column("n", kind: .integer, conditional: .dataBar),
                Column("m", kind: .integer, conditional: .scale),
            ]
            let sheet = try workbook.sheet(named: "Control", columns: columns)
            try sheet.write(["pass", "1", "2"])
            try sheet.write(["fail", "3", "4"])
        }
        let elements = try opened.elements("xl/worksheets/sheet1.xml")
        let ranges = elements.filter { $0.name == "conditionalFormatting" }.compactMap { $0.attributes["sqref"] }
        #expect(Set(ranges) == ["A2:A3", "B2:B3", "C2:C3"])
        #expect(elements.contains { $0.name == "dataBar" } && elements.contains { $0.name == "colorScale" })
    }

    @Test("the cover shows figures in their currency and links to the sheets")
    func cover() throws {
        let opened = try workbook { workbook in
            let cover = try workbook.coverSheet()
            _ = try workbook.sheet(named: "Breaks", columns: [Column("code")])
            try cover.fill(
                CoverContent(
                    title: "Finance pack", subtitle: "Window 2026-06-30",
                    sections: [
                        .init(
                            "Figures",
                            [
                                .init("Captured", .money("1234567.50", currency: "PKR"), note: "gross"),
                                .init("Open breaks", .integer(12), sheet: "Breaks", isGood: false),
                                .init("Window", .date("2026-06-30")), .init("Zone", .text("=Asia/Karachi")),
                            ])
                    ]))
        }
        #expect(try opened.sheetNames() == ["Cover", "Breaks"])
        let cells = try opened.cells(1)
        #expect(cells["A1"]?.value == "Finance pack")
        #expect(cells["B5"]?.value == "1234567.5")
        #expect(try opened.pattern(cells["B5"]?.style ?? 0) == "\"PKR \"#,##0.00;[Red]\"PKR \"-#,##0.00")
        #expect(cells["C5"]?.value == "gross")
        #expect(cells["B6"]?.value == "12")
        #expect(cells["B7"]?.value == "46203")
        #expect(cells["B8"]?.type == "inlineStr" && cells["B8"]?.value == "=Asia/Karachi")
        let link = try opened.elements("xl/worksheets/sheet1.xml").first { $0.name == "hyperlink" }
        #expect(link?.attributes["ref"] == "A6" && link?.attributes["location"] == "'Breaks'!A1")
    }

    @Test("cells of a link column open the sheet that they name")
    func links() throws {
        let opened = try workbook { workbook in
            let sheet = try workbook.sheet(named: "Control", columns: [Column("tie"), Column("link", link: .sheet)])
            try sheet.write(["a", "payouts & more"])
            try sheet.write(["b", nil])
        }
        let links = try opened.elements("xl/worksheets/sheet1.xml").filter { $0.name == "hyperlink" }
        #expect(links.map { $0.attributes["location"] } == ["'payouts & more'!A1"])
        #expect(try opened.cells(1)["B2"]?.value == "payouts & more")
    }

    @Test("a row of the wrong length, and a row after the end, are refused")
    func misuse() throws {
        _ = try workbook { workbook in
            let sheet = try workbook.sheet(named: "A", columns: [Column("a")])
            #expect(throws: Failure.self) { try sheet.write(["1", "2"]) }
            _ = try sheet.finish()
            #expect(throws: Failure.self) { try sheet.write(["1"]) }
            #expect(throws: Failure.self) { try workbook.sheet(named: "B", columns: []) }
        }
    }

    @Test("a sum over what is no number names row and column")
    func noNumber() throws {
        _ = try workbook { workbook in
            let sheet = try workbook.sheet(named: "A", columns: [Column("amount", kind: .money)])
            try sheet.write(["1.00"])
            let failure = #expect(throws: Failure.self) { try sheet.write(["one"]) }
            #expect(failure?.code == .moneyInvalid)
            #expect(failure?.message.contains("row 2") == true && failure?.message.contains("amount") == true)
        }
    }
}
