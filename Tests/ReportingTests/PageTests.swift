import Diagnostics
import Foundation
import FoundationXML
import Money
import Postgres
import Tabular
import Testing

@testable import Reporting

@Suite("A page for the morning")
struct PageTests {
    private func page(_ text: String) throws -> PageDefinition {
        try ReportFiles.withFolder { folder in
            let path = folder + "/morning.yml"
            try Data(text.utf8).write(to: URL(fileURLWithPath: path))
            return try PageDefinition.load(file: path, reports: ReportFiles.catalogue().reports)
        }
    }

    /// The shipped page over the shop on paper, with the files that would lie beside it.
    private func night(_ change: String? = nil) throws -> String {
        try PaperShop.withShop { reader, owner in
            if let change { try owner.script(change) }
            let catalogue = try ReportFiles.catalogue()
            let publisher = ReportPublisher(catalogue: catalogue, runner: try PaperShop.runner())
            return try ReportFiles.withFolder { folder in
                let files = try publisher.publish("breaks", into: folder, on: reader)
                let written = try publisher.publish("night", into: folder, files: files, on: reader)
                #expect(written.map(\.path) == ["night.html"] && written[0].format == "html")
                return try ReportFiles.text(folder + "/night.html")
            }
        }
    }

    @Test func is_one_file_that_needs_no_other_and_says_the_same_again() throws {
        let text = try night()
        #expect(text == (try night()))
        for word in ["http:", "https:", "src=", "@import", "url(", "<script", "{{"] {
            #expect(!text.contains(word), "\(word)")
        }
        #expect(text.contains("Ties of the night"))
        #expect(text.contains("breaks are open"))
        #expect(text.contains("<svg") && text.contains("All") == text.contains("rows more"))
        #expect(text.contains("<a href=\"breaks.csv\">"))
    }

    @Test func what_the_data_says_is_never_markup() throws {
        let text = try night(
            "UPDATE mainspring.breaks SET order_number = '<script>alert(1)</script>&', payout_id = '\"><img src=x>'")
        #expect(!text.contains("<script>") && !text.contains("<img"))
        #expect(text.contains("&lt;script&gt;alert(1)&lt;/script&gt;&amp;"))
    }

    /// Rules of the WCAG 2.2 that a program can hold a page to.
    @Test func can_be_read_by_everybody() throws {
        let text = try night()
        let document = try XMLDocument(xmlString: text, options: [])
        func nodes(_ path: String) throws -> [XMLElement] {
            try document.nodes(forXPath: path).compactMap { $0 as? XMLElement }
        }
        func attribute(_ node: XMLElement, _ name: String) -> String {
            node.attribute(forName: name)?.stringValue ?? ""
        }
        #expect(try nodes("/html[@lang]").count == 1 && nodes("//title").first?.stringValue?.isEmpty == false)
        #expect(try nodes("//main").count == 1 && nodes("//h1").count == 1)
        // No level of heading is left out.
        let levels = try nodes("//h1|//h2|//h3").compactMap { $0.name?.last.flatMap { Int(String($0)) } }
        for (before, after) in zip(levels, levels.dropFirst()) { #expect(after <= before + 1) }
        // Every table says what it is, and each of its columns too.
        for table in try nodes("//table") {
            #expect(try table.nodes(forXPath: "caption").first?.stringValue?.isEmpty == false)
            let (heads, rows) = (
                try table.nodes(forXPath: "thead/tr/th[@scope='col']"), try table.nodes(forXPath: "tbody/tr")
            )
            #expect(!heads.isEmpty)
            for row in rows { #expect(try row.nodes(forXPath: "td").count == heads.count) }
        }
        // Every drawing has a name and a description, and its figures as a table.
        let ids = try nodes("//*[@id]").map { attribute($0, "id") }
        #expect(Set(ids).count == ids.count && !ids.isEmpty)
        for drawing in try nodes("//*[local-name()='svg']") {
            #expect(attribute(drawing, "role") == "img")
            let names = attribute(drawing, "aria-labelledby").split(separator: " ").map(String.init)
            #expect(names.count == 2 && names.allSatisfy(ids.contains))
            #expect(try drawing.nodes(forXPath: "..//table").count == 1)
        }
        // Links lead somewhere, and say where.
        for link in try nodes("//a") {
            #expect(link.stringValue?.isEmpty == false)
            let target = attribute(link, "href")
            if target.hasPrefix("#") { #expect(ids.contains(String(target.dropFirst()))) }
        }
    }

    /// Contrast of at least 4.5 to 1 between text and what it stands on, in the light and in the dark.
    @Test func has_enough_contrast() throws {
        let style = try ReportFiles.text(ReportFiles.root + "/Sources/Reporting/Templates/style.css")
        let blocks = style.components(separatedBy: "prefers-color-scheme: dark")
        for block in [blocks[0], blocks[1]] {
            func luminance(_ name: String) throws -> Double {
                let pattern = try Regex("--\(name): #([0-9a-f]{6})", as: (Substring, Substring).self)
                let hex = try #require(block.firstMatch(of: pattern)).output.1
                let value = try #require(Int(hex, radix: 16))
                let parts = [value >> 16, value >> 8 & 255, value & 255].map { part in
                    let share = Double(part) / 255
                    return share <= 0.04045 ? share / 12.92 : pow((share + 0.055) / 1.055, 2.4)
                }
                return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]
            }
            for (text, paper) in [
                ("ink", "paper"), ("ink", "card"), ("soft", "paper"), ("soft", "card"), ("link", "paper"),
                ("link", "card"),
                ("good", "paper"), ("bad", "paper"), ("bad", "card"), ("good", "good-paper"), ("bad", "bad-paper"),
            ] {
                let (one, two) = (try luminance(text), try luminance(paper))
                #expect((max(one, two) + 0.05) / (min(one, two) + 0.05) >= 4.5, "\(text) on \(paper)")
            }
            // What is drawn needs 3 to 1.
            for series in 0..<8 {
                let (one, two) = (try luminance("c\(series)"), try luminance("card"))
                #expect((max(one, two) + 0.05) / (min(one, two) + 0.05) >= 3, "c\(series)")
            }
        }
    }

    @Test func a_file_that_cannot_stand_is_refused_with_its_place() throws {
        let head = "title: T\ndescription: D\nowner: o\n"
        for (text, words, line) in [
            (head + "sections: []\n", "at least one section", 1),
            (head + "sections:\n  - report: braeks\n", "braeks", 5),
            (head + "sections:\n  - report: breaks\n    columns: [cod]\n", "cod", 6),
            (head + "sections:\n  - report: breaks\n    rows: 101\n", "at most 100", 6),
            (head + "verdikt: control\nsections:\n  - report: breaks\n", "verdikt", 4),
        ] {
            let failure = try failure { _ = try page(text) }
            #expect(failure.code == .reportInvalid && failure.message.contains(words), "\(failure)")
            #expect("\(failure.location.map { "\($0)" } ?? "")".contains(":\(line)"), "\(failure)")
        }
    }

    @Test func of_one_report_says_which_dates_that_covers() throws {
        let catalogue = try ReportFiles.catalogue()
        try PaperShop.withShop { (reader, _) throws in
            for (name, named, window) in [
                ("orders", false, "2026-06-01 to 2026-06-30"),
                ("revenue-by-month", false, "everything up to 2026-06-30"),
                ("revenue-by-month", true, "2026-06-01 to 2026-06-30"),
            ] {
                let runner = try PaperShop.runner(PaperShop.context(named: named))
                try ReportFiles.withFolder { folder in
                    _ = try ReportPublisher(catalogue: catalogue, runner: runner)
                        .publish(name, formats: [.html], into: folder, on: reader)
                    let text = try ReportFiles.text("\(folder)/\(name).html")
                    #expect(text.contains("window \(window)."), "\(name)")
                }
            }
        }
    }

    @Test func a_section_without_rows_says_so() throws {
        let text = try night("DELETE FROM mainspring.break_events; DELETE FROM mainspring.breaks")
        #expect(text.contains("No break is open.") && text.contains("<p>Nothing.</p>"))
    }
}

@Suite("Drawings of a page")
struct ChartDrawingTests {
    /// A figure a month, from January on.
    private func draw(_ kind: ChartKind, _ values: [String?]) throws -> PageContent.Drawing? {
        let spec = ChartSpec(title: "Value <by> month", kind: kind, category: "month", series: ["value"])
        let columns = [Column("month", heading: "Month", kind: .date), Column("value", heading: "Value", kind: .money)]
        let gatherer = try ChartGatherer([spec], columns: columns, currency: "PKR")
        for (index, value) in values.enumerated() { try gatherer.write(["2026-0\(index + 1)-01", value]) }
        return try gatherer.sections().first?.charts.first.map { ChartDrawing.draw($0, id: "x") }
    }

    @Test(arguments: ChartKind.allCases)
    func every_kind_is_drawn_and_has_its_figures(kind: ChartKind) throws {
        let drawing = try #require(try draw(kind, ["1200000.50", "-300000.00"]))
        #expect(try XMLDocument(xmlString: drawing.svg, options: []).rootElement()?.name == "svg")
        #expect(drawing.svg.contains("Value &lt;by&gt; month, PKR") && !drawing.svg.contains("nan"))
        #expect(
            drawing.table.rows.map { $0.cells.map(\.text) } == [
                ["2026-01", "1,200,000.50"], ["2026-02", "−300,000.00"],
            ])
        #expect(drawing.svg.contains(kind == .line ? "<polyline" : "<rect"))
    }

    @Test(arguments: ChartKind.allCases)
    func figures_of_nothing_are_drawn_too(kind: ChartKind) throws {
        let svg = try #require(try draw(kind, ["0.00", "5.00", nil])).svg
        #expect(!svg.contains("nan") && !svg.contains("inf") && svg.contains("<text"))
        let none = try draw(kind, [])
        #expect(none?.svg == nil)
    }

    @Test(
        arguments: [
            ("0", "0"), ("12", "12"), ("123", "123"), ("1234", "1,234"), ("-1234567.80", "−1,234,567.80"),
            ("999999", "999,999"), ("NaN", "NaN"), ("", ""), ("-", "-"),
        ])
    func digits_stand_in_groups(plain: String, text: String) { #expect(PageText.grouped(plain) == text) }

    @Test(arguments: [(0, "0 bytes"), (999, "999 bytes"), (1000, "1.0 kB"), (52_300, "52 kB"), (12_000_000, "12 MB")])
    func sizes_are_for_people(bytes: Int, text: String) { #expect(PageText.size(bytes) == text) }
}

@Suite("The page over all runs")
struct RunsPageTests {
    @Test func has_a_table_a_job_and_a_way_to_each_page() throws {
        func run(_ job: String, _ date: String, _ status: String, _ code: Int64, _ href: String?) -> RunsPage.Run {
            .init(
                job: job, businessDate: date, status: status, exitCode: code, openBreaks: 1255, files: 30, href: href)
        }
        let page = RunsPage(runs: [
            run("hourly", "2026-06-30", "done", 0, nil),
            run("nightly", "2026-06-30", "done", 4, "nightly/2026-06-30/night.html"),
            run("nightly", "2026-06-29", "failed", 1, nil),
        ])
        try ReportFiles.withFolder { folder in
            try page.write(to: folder + "/index.html")
            let text = try ReportFiles.text(folder + "/index.html")
            let document = try XMLDocument(xmlString: text, options: [])
            #expect(try document.nodes(forXPath: "//h2").map(\.stringValue) == ["hourly", "nightly"])
            #expect(try document.nodes(forXPath: "//tbody/tr").count == 3)
            #expect(text.contains("<a href=\"nightly/2026-06-30/night.html\">2026-06-30</a>"))
            #expect(text.contains("done, input refused") && text.contains("1,255"))
        }
    }
}
