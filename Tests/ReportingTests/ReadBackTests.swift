import Foundation
import Postgres
import Tabular
import Testing

@testable import Reporting

/// The finance pack read back by programs that didn't write it: openpyxl, and LibreOffice. `scripts/setup.sh test`
/// installs both.
@Suite("A workbook read back", .serialized)
struct ReadBackTests {
    private struct Spec: Encodable {
        struct Sheet: Encodable {
            let sheet: String
            let csv: String
            let kinds: [String]
            let totals: [String]
            let currency: Int?
        }

        let workbook: String
        let folder: String
        let sheets: [Sheet]
    }

    /// Writes the pack and the CSV files of its reports, and gives the place of both to `body`.
    private func withPack(_ body: (_ folder: String, _ spec: String, _ sheets: Int) throws -> Void) throws {
        let catalogue = try ReportFiles.catalogue()
        guard case .workbook(let workbook) = try catalogue.item("finance-pack") else { throw Missing() }
        try PaperShop.withShop { (reader, _) throws in
            try ReportFiles.withFolder { folder in
                let publisher = ReportPublisher(
                    catalogue: catalogue, runner: try PaperShop.runner(), text: .init(csv: .init(profile: .machine)))
                _ = try publisher.publish("finance-pack", into: folder, on: reader)
                var sheets: [Spec.Sheet] = []
                for sheet in workbook.sheets {
                    let report = try catalogue.report(sheet.report)
                    _ = try publisher.publish(report.name, formats: [.csv], into: folder, on: reader)
                    sheets.append(
                        .init(
                            sheet: report.header.sheet, csv: "\(folder)/\(report.name).csv",
                            kinds: report.columns.map(\.kind.rawValue), totals: report.columns.map(\.total.rawValue),
                            currency: report.columns.firstIndex { $0.name == report.header.currencyColumn }))
                }
                let spec = Spec(workbook: "\(folder)/finance-pack.xlsx", folder: "\(folder)/lo", sheets: sheets)
                try JSONEncoder().encode(spec).write(to: URL(filePath: "\(folder)/spec.json"))
                try body(folder, "\(folder)/spec.json", sheets.count)
            }
        }
    }

    /// Runs a program to its end.
    private func run(_ words: String...) throws -> (status: Int32, output: String) {
        let process = Process()
        process.executableURL = URL(filePath: words[0])
        process.arguments = Array(words.dropFirst())
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return (process.terminationStatus, output)
    }

    @Test func by_openpyxl() throws {
        try withPack { folder, spec, sheets in
            let script = ReportFiles.fixtures + "/readback.py"
            let read = try run("/usr/bin/python3", script, "openpyxl", spec)
            #expect(read.status == 0 && read.output.hasPrefix("\(sheets) sheets, "), "\(read.output)")
            #expect(!read.output.contains(" 0 cells") && !read.output.contains(" 0 totals"), "\(read.output)")
            // It notices what is wrong: one figure of one file is another.
            let path = folder + "/revenue-by-month.csv"
            let text = try ReportFiles.text(path)
            let changed = text.replacing("3360.50", with: "3360.51")
            #expect(changed != text)
            try Data(changed.utf8).write(to: URL(filePath: path))
            let wrong = try run("/usr/bin/python3", script, "openpyxl", spec)
            #expect(wrong.status == 1 && wrong.output.contains("Revenue by month, row 2, column 4"), "\(wrong.output)")
        }
    }

    @Test func by_LibreOffice() throws {
        try withPack { folder, spec, sheets in
            let opened = try run(
                "/usr/bin/soffice", "-env:UserInstallation=file://\(folder)/profile", "--headless", "--convert-to",
                // UTF-8, every text quoted, figures as they are and not as they look, each sheet a file.
                "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,true,false,false,false,false,-1", "--outdir",
                "\(folder)/lo", "\(folder)/finance-pack.xlsx")
            #expect(opened.status == 0, "\(opened.output)")
            let read = try run("/usr/bin/python3", ReportFiles.fixtures + "/readback.py", "soffice", spec)
            #expect(read.status == 0 && read.output.hasPrefix("\(sheets) sheets, "), "\(read.output)")
        }
    }
}
