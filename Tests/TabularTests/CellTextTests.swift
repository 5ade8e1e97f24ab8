import Money
import Testing

@testable import Tabular

@Suite("Text in a cell is always text")
struct CellTextTests {
    /// A text as a reader of the workbook sees it.
    private func shown(_ texts: [String]) throws -> [OpenedWorkbook.Cell] {
        let opened = try workbook { workbook in
            let sheet = try workbook.sheet(named: "T", columns: [Column("t")])
            for text in texts { try sheet.write([text]) }
        }
        let cells = try opened.cells(1)
        return try texts.indices.map { try #require(cells["A\($0 + 2)"]) }
    }

    @Test("never a formula, a number or a link")
    func neverAnythingElse() throws {
        let texts = [
            "=1+1", "{=1}", "+1", "@x", "123", "1e5", "http://example.com", "mailto:a@b", "TRUE", "2026-06-30",
        ]
        let cells = try shown(texts)
        #expect(cells.map(\.value) == texts)
        #expect(cells.allSatisfy { $0.type == "inlineStr" && $0.formula == nil })
    }

    @Test("blanks, lines, other scripts and XML's own characters are kept")
    func kept() throws {
        let texts = [" lead", "trail ", "two\nlines", "a\tb", "<b>&\"'", "گھڑی", "😀", "]]>"]
        #expect(try shown(texts).map(\.value) == texts)
    }

    @Test("what XML cannot hold is escaped as the format says, or replaced")
    func illegal() throws {
        let cells = try shown(["a\u{1}b", "a\u{B}b\u{1F}", "a\rb", "a\u{FFFE}\u{FFFF}b"])
        #expect(cells.map(\.value) == ["a_x0001_b", "a_x000B_b_x001F_", "a_x000D_b", "a\u{FFFD}\u{FFFD}b"])
    }

    @Test("text that looks like such an escape stays what it is")
    func looksEscaped() throws {
        let cells = try shown(["_x0041_", "a__x00e9_z", "_x41_", "_xyzzy_", "__x0041"])
        #expect(cells.map(\.value) == ["_x005F_x0041_", "a__x005F_x00e9_z", "_x41_", "_xyzzy_", "__x0041"])
    }

    @Test("a cell holds 32,767 characters as Excel counts them; a longer text is cut visibly")
    func longest() throws {
        let exact = String(repeating: "گ", count: 32_767)
        let ascii = String(repeating: "x", count: 40_000)
        let pairs = String(repeating: "😀", count: 20_000)
        let cells = try shown([exact, exact + "x", ascii, pairs])
        #expect(cells[0].value == exact)
        #expect(cells[1].value == exact.dropLast() + "…")
        #expect(cells[2].value == ascii.prefix(32_766) + "…")
        #expect(cells[3].value == String(repeating: "😀", count: 16_383) + "…")
    }

    @Test("numbers that Excel would round, and days that it does not know, are shown as text")
    func notForExcel() throws {
        let columns = [
            Column("id", kind: .integer), Column("rate", kind: .decimal), Column("day", kind: .date),
            Column("at", kind: .timestamp),
        ]
        let opened = try workbook { workbook in
            let sheet = try workbook.sheet(named: "T", columns: columns)
            try sheet.write(["1234567890123456", "NaN", "1899-12-31", "infinity"])
            try sheet.write(["999999999999999", "0.1", "1900-03-01", "0044-03-15 10:00:00 BC"])
        }
        let cells = try opened.cells(1)
        let first = "ABCD".map { cells["\($0)2"] }
        #expect(first.map { $0?.value } == ["1234567890123456", "NaN", "1899-12-31", "infinity"])
        #expect(first.allSatisfy { $0?.type == "inlineStr" })
        #expect("ABC".map { cells["\($0)3"]?.value } == ["999999999999999", "0.1", "61"])
        #expect(cells["D3"]?.type == "inlineStr")
    }
}

@Suite("Names of sheets")
struct SheetNameTests {
    @Test(
        "what Excel refuses is replaced",
        arguments: [
            ("Breaks", "Breaks"), ("a/b:c*d?e[f]g\\h", "a b c d e f g h"), ("'quoted'", "quoted"), ("", "Sheet"),
            ("   ", "Sheet"), ("History", "History_"), ("It's", "It's"),
            (String(repeating: "x", count: 40), String(repeating: "x", count: 31)),
            (String(repeating: "😀", count: 20), String(repeating: "😀", count: 15)),
        ])
    func clean(name: String, expected: String) {
        #expect(SheetName.clean(name) == expected)
    }

    @Test("two names that differ in case only, or behind the 31st character, are told apart")
    func unique() throws {
        let long = String(repeating: "n", count: 31)
        let opened = try workbook { workbook in
            for name in ["Breaks", "BREAKS", long + "a", long + "b"] {
                _ = try workbook.sheet(named: name, columns: [Column("a")])
            }
        }
        let names = try opened.sheetNames()
        #expect(names == ["Breaks", "BREAKS (2)", long, String(repeating: "n", count: 27) + " (2)"])
    }

    @Test(
        "columns have letters",
        arguments: [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA"), (16_383, "XFD")])
    func letters(index: Int, letters: String) {
        #expect(columnLetters(index) == letters)
    }
}
