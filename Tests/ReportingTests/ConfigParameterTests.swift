import Diagnostics
import FoundationEssentials
import Postgres
import TestSupport
import Testing

@testable import Reporting

private let report = """
    /*
    title: Terms
    description: The terms of every store.
    owner: finance
    parameters:
      commission: { type: config, file: config/commission.yml }
    columns:
      starts: { heading: From, kind: date }
      percent: { heading: Percent, kind: percent }
    sort: [starts]
    */
    SELECT t."from" AS starts, t.percent
    FROM jsonb_to_recordset(:'commission'::jsonb) AS t ("from" date, percent numeric)
    ORDER BY t."from";
    """

private let terms = """
    terms:
      - {from: 2020-01-01, stores: all, percent: 2.5, tax_percent: 16, gateway_fees: seller, courier_charges: platform,
         payable: {after: delivered, days: 3}}
    """

@Suite("A report that takes a file of config/")
struct ConfigParameterTests {
    /// A home with the report and its file.
    private func withHome<T>(_ yaml: String, _ body: (ReportDefinition, String) throws -> T) throws -> T {
        try ReportFiles.withFolder { home in
            for folder in ["reports", "config"] {
                try FileManager.default.createDirectory(atPath: "\(home)/\(folder)", withIntermediateDirectories: true)
            }
            try Data(report.utf8).write(to: URL(filePath: "\(home)/reports/terms.sql"))
            try Data(yaml.utf8).write(to: URL(filePath: "\(home)/config/commission.yml"))
            try Data(yaml.replacing("2.5", with: "4").utf8)
                .write(to: URL(filePath: "\(home)/config/commission-2027.yml"))
            return try body(try ReportDefinition.load(file: "\(home)/reports/terms.sql"), home)
        }
    }

    @Test func is_given_what_the_file_says() throws {
        try PaperShop.withShop { (reader, _) throws in
            try withHome(terms) { (report, _) throws in
                try report.check(on: reader)
                #expect(try PaperShop.csv(report, on: reader).text == "starts,percent\n2020-01-01,2.5\n")
                // Another file for a trial.
                let context = try PaperShop.context(values: ["commission": "config/commission-2027.yml"])
                #expect(
                    try PaperShop.csv(report, on: reader, context: context).text == "starts,percent\n2020-01-01,4\n")
            }
        }
    }

    @Test func a_wrong_file_is_named_with_its_line() throws {
        try PaperShop.withShop { (reader, _) throws in
            try withHome(terms.replacing("percent: 2.5", with: "percnt: 2.5")) { (report, home) throws in
                for error in [
                    try failure { try report.check(on: reader) },
                    try failure { _ = try PaperShop.csv(report, on: reader) },
                ] {
                    #expect(error.code == .configUnknownKey)
                    #expect(error.advice == "Did you mean “percent”?")
                    #expect("\(error)".contains("\(home)/config/commission.yml:2"), "\(error)")
                }
            }
        }
    }

    /// What is changed in the header, and a word of what must be said.
    @Test(
        arguments: [
            ("file: config/commission.yml", "file: config/comission.yml", "Did you mean “commission.yml”?"),
            ("file: config/commission.yml", "default: config/commission.yml", "no default"),
            (", file: config/commission.yml", "", "file"), ("type: config", "type: text", "has no file"),
        ])
    func is_held_to_its_header(old: String, new: String, words: String) throws {
        let error = try failure {
            _ = try ReportDefinition(name: "x", text: report.replacing(old, with: new), file: "reports/x.sql")
        }
        #expect(error.code == .reportInvalid)
        #expect("\(error.message) \(error.advice ?? "")".contains(words), "\(error)")
    }
}
