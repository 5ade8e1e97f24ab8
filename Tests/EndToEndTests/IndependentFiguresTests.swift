import Foundation
import Postgres
import Testing

/// Every report of the project over one generated marketplace, held against figures that were worked out another way:
/// from the shop's own rows, the statements as their files hold them, and the demo's truth
/// (Tests/Fixtures/reports/independent).
@Suite("Reports against independent figures", .serialized)
struct IndependentFiguresTests {
    /// Reports that are figures about other reports and runs: what they say is held against those by tests of their own.
    static let ofRuns: Set<String> = ["control", "night-figures"]

    @Test func agree_row_by_row() throws {
        let home = try TestHome()
        try run(home, "demo", "--orders", "2000", "--seed", "7")
        try run(home, "run", "nightly", "--date", IndependentFigures.to)
        let reports = try names(in: "\(home.path)/reports").subtracting(Self.ofRuns)
        let written = try names(in: IndependentFigures.folder)
        #expect(written.subtracting(reports) == [], "figures of no report")
        #expect(reports.subtracting(written) == [], "reports without independent figures")

        try run(
            home,
            ["report", "run"] + written.sorted() + [
                "--from", IndependentFigures.from, "--to", IndependentFigures.to, "--format", "csv", "--profile",
                "machine", "--personal-data", "--out", "figures",
            ])
        let connection = try Connection(try EmbeddedCluster.forHome(home.path).start())
        defer { connection.close() }
        let figures = IndependentFigures(connection: connection)
        try figures.loadFiles(of: "\(home.path)/.mainspring/inbox")
        for name in written.sorted() {
            let (found, expected) = try (
                FigureTable.read(report: name, in: "\(home.path)/figures"), figures.table(of: name)
            )
            #expect(!expected.rows.isEmpty, "\(name): there is nothing to compare")
            let difference = expected.difference(from: found)
            #expect(difference == nil, "\(name): \(difference ?? "")")
        }
    }

    /// A comparison that finds nothing proves nothing: each kind of difference is told.
    @Test func differences_are_told() {
        let report = FigureTable(
            columns: ["id", "value", "note"], rows: [["1", "2.50", nil], ["2", "7.00", ""], ["2", "7.00", ""]])
        func told(_ columns: [String], _ rows: [[String?]]) -> String? {
            FigureTable(columns: columns, rows: rows).difference(from: report)
        }
        // The columns' and the rows' order are free; a decimal is the same with more digits.
        #expect(told(["value", "id"], [["7", "2"], ["2.5", "1"], ["7.000", "2"]]) == nil)
        #expect(told(["id", "note"], [["1", nil], ["2", ""], ["2", ""]]) == nil)
        #expect(told(["id", "price"], []) == "the report has no column “price”")
        #expect(
            told(["id", "value"], [["1", "2.51"], ["2", "7"], ["2", "7"]])
                == "1 row only in the report, first id=1 value=2.5; 1 only in the figures, first id=1 value=2.51")
        // Multisets: once is not twice. NULL isn't the empty text.
        #expect(
            told(["id", "value"], [["1", "2.50"], ["2", "7.00"]])
                == "1 row only in the report, first id=2 value=7; 0 only in the figures")
        #expect(
            told(["note"], [[""], [""], [""]])
                == "1 row only in the report, first note=NULL; 1 only in the figures, first note=")
    }

    private func names(in folder: String) throws -> Set<String> {
        Set(
            try FileManager.default.contentsOfDirectory(atPath: folder)
                .filter { $0.hasSuffix(".sql") }.map { String($0.dropLast(4)) })
    }

    private func run(_ home: TestHome, _ arguments: String...) throws { try run(home, arguments) }

    private func run(_ home: TestHome, _ arguments: [String]) throws {
        let ending = try Program.run(arguments, in: home.path)
        try #require(ending.code == 0, "\(arguments.joined(separator: " ")): \(ending.error)")
    }
}
