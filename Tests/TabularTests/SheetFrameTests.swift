import Diagnostics
import Testing

@testable import Tabular

/// What a sheet has around its cells: names, print set-up, conditions, and the limits that Excel sets.
@Suite("Around the cells of a sheet")
struct SheetFrameTests {
    /// The names of a workbook and what they stand for, but for Excel's own.
    private func names(_ opened: OpenedWorkbook) throws -> [String: String] {
        let book = try #require(opened.parts["xl/workbook.xml"])
        var names: [String: String] = [:]
        for match in book.matches(of: /<definedName name="([^"]*)"[^>]*>([^<]*)</) {
            if !match.output.1.hasPrefix("_xlnm") { names[String(match.output.1)] = String(match.output.2) }
        }
        return names
    }

    @Test("each sheet's data and each total has a name that Excel takes")
    func ranges() throws {
        let columns = [
            Column("id", total: .count), Column("currency", isCurrency: true),
            Column("net_amount", kind: .money, total: .sum),
        ]
        let opened = try workbook { workbook in
            for name in ["Breaks by age", "breaks & age", "2026", "گھڑی", "Empty"] {
                let sheet = try workbook.sheet(named: name, columns: columns)
                if name != "Empty" { try sheet.write(["1", "PKR", "2.50"]) }
                if name == "2026" { try sheet.write(["2", "USD", "1.00"]) }
            }
        }
        let names = try names(opened)
        #expect(names["Breaks_by_age_data"] == "'Breaks by age'!$A$1:$C$2")
        #expect(names["Breaks_by_age_net_amount_total"] == "'Breaks by age'!$C$3")
        #expect(names["Breaks_by_age_id_total"] == "'Breaks by age'!$A$3")
        #expect(names["breaks_age_data"] == "'breaks &amp; age'!$A$1:$C$2")
        #expect(names["_2026_net_amount_total_PKR"] == "'2026'!$C$4" && names["_2026_id_total_USD"] == "'2026'!$A$5")
        #expect(names["گھڑی_data"] == "'گھڑی'!$A$1:$C$2")
        #expect(names["Empty_data"] == "'Empty'!$A$1:$C$1" && names["Empty_id_total"] == nil)
    }

    @Test("names that would be one, in any case, are told apart; each part of a long table has its own")
    func sameNames() throws {
        let opened = try workbook { workbook in
            workbook.file.rowsPerSheet = 3
            for name in ["a-b", "A b"] {
                let sheet = try workbook.sheet(named: name, columns: [Column("n", kind: .integer, total: .sum)])
                for row in 1...(name == "a-b" ? 4 : 1) { try sheet.write(["\(row)"]) }
            }
        }
        let names = try names(opened)
        #expect(
            Set(names.keys) == ["a_b_data", "a_b_data_2", "A_b_data_2_2", "a_b_n_total", "A_b_n_total_2"]
                || Set(names.keys) == ["a_b_data", "a_b_data_2", "A_b_data_3", "a_b_n_total", "A_b_n_total_2"])
        #expect(names["a_b_data_2"] == "'a-b (2)'!$A$2:$A$3")
        #expect(names["a_b_n_total"] == "'a-b (2)'!$A$4")
    }

    /// The print set-up of a sheet of so many columns, 20 characters wide each.
    private func printed(_ columns: Int) throws -> (elements: [OpenedWorkbook.Element], book: String) {
        let opened = try workbook { workbook in
            let columns = (0..<columns).map { Column("c\($0)", width: 20, total: $0 == 1 ? .count : .none) }
            let sheet = try workbook.sheet(named: "Wide", columns: columns)
            for _ in 0..<3 { try sheet.write(columns.map { _ in "x" }) }
        }
        return (try opened.elements("xl/worksheets/sheet1.xml"), try #require(opened.parts["xl/workbook.xml"]))
    }

    @Test("a sheet prints as wide as A4, as A3, or on several pages across that repeat their first columns")
    func print() throws {
        func setup(_ elements: [OpenedWorkbook.Element]) -> [String: String] {
            elements.first { $0.name == "pageSetup" }?.attributes ?? [:]
        }
        let narrow = try printed(5)
        #expect(setup(narrow.elements)["paperSize"] == "9" && setup(narrow.elements)["fitToHeight"] == "0")
        #expect(narrow.book.contains("Wide!$1:$1</definedName>"))
        // The area reaches to the total below the rows.
        #expect(narrow.book.contains("Wide!$A$1:$E$5</definedName>"))
        let middle = try printed(14)
        #expect(setup(middle.elements)["paperSize"] == "8" && setup(middle.elements)["fitToHeight"] == "0")
        let wide = try printed(35)
        #expect(setup(wide.elements)["paperSize"] == "8" && setup(wide.elements)["scale"] == "66")
        #expect(setup(wide.elements)["pageOrder"] == "overThenDown")
        #expect(wide.book.contains("Wide!$A:$B,Wide!$1:$1</definedName>"))
        // On the screen they stay in view as well.
        let pane = wide.elements.first { $0.name == "pane" }?.attributes
        #expect(pane?["xSplit"] == "2" && pane?["ySplit"] == "1")
        let narrowPane = narrow.elements.first { $0.name == "pane" }?.attributes
        #expect(narrowPane?["xSplit"] == nil && narrowPane?["ySplit"] == "1")
    }

    @Test("above each page stand the workbook and its day; an ampersand is one")
    func headline() throws {
        let opened = try workbook { try $0.sheet(named: "A", columns: [Column("a")]).write(["1"]) }
        let sheet = try #require(opened.parts["xl/worksheets/sheet1.xml"])
        #expect(sheet.contains("<oddHeader>&amp;L&amp;\"-,Bold\"Test&amp;R2026-06-30</oddHeader>"))
        #expect(SheetPrint.headline(title: "P & L", day: "d") == "&L&\"-,Bold\"P && L&Rd")
        let long = SheetPrint.headline(title: String(repeating: "&", count: 500), day: "2026-06-30")
        #expect(long.utf8.count < 255)
    }

    @Test("bars run from zero and compare nothing across currencies; ids that look like numbers raise no warning")
    func conditions() throws {
        let columns = [
            Column("currency", isCurrency: true), Column("amount", kind: .money, conditional: .dataBar),
            Column("orders", kind: .integer, conditional: .scale),
        ]
        let opened = try workbook { workbook in
            for (name, codes) in [("One", ["PKR", "PKR"]), ("Two", ["PKR", "USD"])] {
                let sheet = try workbook.sheet(named: name, columns: columns)
                for code in codes { try sheet.write([code, "-1.00", "2"]) }
            }
        }
        let one = try opened.elements("xl/worksheets/sheet1.xml")
        #expect(one.filter { $0.name == "cfRule" }.compactMap { $0.attributes["type"] } == ["dataBar", "colorScale"])
        #expect(one.contains { $0.name == "x14:negativeFillColor" })
        #expect(one.first { $0.name == "ignoredError" }?.attributes["sqref"] == "A2:C3")
        let two = try opened.elements("xl/worksheets/sheet2.xml")
        #expect(two.filter { $0.name == "cfRule" }.compactMap { $0.attributes["type"] } == ["colorScale"])
    }

    @Test("the total's label leads to the rows")
    func totalLink() throws {
        let opened = try workbook { workbook in
            let sheet = try workbook.sheet(
                named: "Sales", columns: [Column("store"), Column("n", kind: .integer, total: .sum)])
            for row in 1...3 { try sheet.write(["s\(row)", "\(row)"]) }
        }
        let links = try opened.elements("xl/worksheets/sheet1.xml").filter { $0.name == "hyperlink" }
        #expect(links.map { [$0.attributes["ref"], $0.attributes["location"]] } == [["A5", "'Sales'!A2"]])
    }

    @Test("of more links than a sheet takes, the rest is text")
    func links() throws {
        let opened = try workbook { workbook in
            let sheet = try workbook.sheet(
                named: "Control", columns: [Column("link", link: .sheet), Column("n", kind: .integer, total: .sum)])
            for _ in 0..<65_600 { try sheet.write(["Control", "1"]) }
        }
        let sheet = try #require(opened.parts["xl/worksheets/sheet1.xml"])
        let links = sheet.split(separator: "<hyperlink ").count - 1
        #expect((65_400...65_530).contains(links))
        #expect(sheet.contains("<c r=\"A65601\" t=\"inlineStr\"><is><t>Control</t></is></c>"))
    }

    @Test("of a text of any size no more is looked at than a cell holds")
    func hugeText() throws {
        let bytes = 96 * 1024 * 1024
        let huge = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes, alignment: 16)
        defer { huge.deallocate() }
        huge.initializeMemory(as: UInt8.self, repeating: UInt8(ascii: "x"))
        var text = CellText()
        let clock = ContinuousClock()
        let time = clock.measure {
            for _ in 0..<50 {
                text.withCString(UnsafeRawBufferPointer(huge)) { #expect(String(cString: $0).utf16.count == 32_767) }
            }
        }
        // Reading all of it fifty times takes many seconds.
        #expect(time < .seconds(20))
    }
}
