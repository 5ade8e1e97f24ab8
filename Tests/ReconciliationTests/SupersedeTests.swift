import Diagnostics
import Foundation
import Postgres
import Reconciliation
import TestSupport
import Testing

/// docs/reconciliation.md, “Statements”: what a later file may put right, and what may be left out of a file.
@Suite("Lines put right and rows left out")
struct SupersedeTests {
    private func importFile(
        _ bench: Bench, _ path: String, as statement: String = "stripe", _ options: ImportOptions
    ) throws -> ImportOutcome {
        try bench.job.transaction {
            try StatementImporter(catalogue: bench.catalogue).importFile(
                path, as: statement, run: try Bench.night("2026-06-30"), options: options, on: bench.job)
        }
    }

    private func imported(_ outcome: ImportOutcome) throws -> ImportedStatement {
        guard case .imported(let statement) = outcome else { throw Failure(.internalError, "\(outcome)") }
        return statement
    }

    private func stripe(_ bench: Bench, _ rows: [String], _ name: String) throws -> String {
        try bench.write(name, ([Bench.stripeHeader] + rows).joined(separator: "\n") + "\n")
    }

    private func standings(_ bench: Bench) throws -> [String] {
        try bench.owner.query(
            """
            SELECT concat_ws(' ', f.file_name, l.gateway_line_id, l.standing, l.gross) AS line
            FROM mainspring.lines AS l JOIN mainspring.files AS f ON f.file_id = l.file_id ORDER BY l.line_id
            """
        ).map { try $0.text("line") }
    }

    // MARK: Superseding

    @Test("with a reason, lines with other content take the earlier ones' place; the reason is kept with the file")
    func supersede() throws {
        try Bench.with { bench in
            let first = try stripe(bench, [Bench.stripe("txn_1"), Bench.stripe("txn_2")], "a.csv")
            _ = try importFile(bench, first, .init())
            let second = try stripe(
                bench, [Bench.stripe("txn_1"), Bench.stripe("txn_2", gross: "900.00"), Bench.stripe("txn_3")], "b.csv")
            let statement = try imported(importFile(bench, second, .init(supersedeReason: "their letter")))
            #expect(statement.live == 2 && statement.superseding == 1)
            #expect(statement.changed == 0 && statement.resent == 1)
            #expect(
                try standings(bench) == [
                    "a.csv txn_1 live 1000.00", "a.csv txn_2 superseded 1000.00", "b.csv txn_1 resent 1000.00",
                    "b.csv txn_2 live 900.00", "b.csv txn_3 live 1000.00",
                ])
            #expect(
                try bench.text(
                    "SELECT string_agg(coalesce(supersede_reason, '-'), ' ' ORDER BY file_id) FROM mainspring.files")
                    == "- their letter")
        }
    }

    @Test("a file that was imported before, whose changed lines are let stand afterwards")
    func supersedeKnown() throws {
        try Bench.with { bench in
            let first = try stripe(bench, [Bench.stripe("txn_1"), Bench.stripe("txn_2")], "a.csv")
            let second = try stripe(bench, [Bench.stripe("txn_2", gross: "900.00")], "b.csv")
            _ = try importFile(bench, first, .init())
            #expect(try imported(importFile(bench, second, .init())).changed == 1)
            let reason = ImportOptions(supersedeReason: "their letter")
            #expect(try importFile(bench, second, reason) == .superseded(fileName: "b.csv", lines: 1))
            #expect(
                try standings(bench) == [
                    "a.csv txn_1 live 1000.00", "a.csv txn_2 superseded 1000.00", "b.csv txn_2 live 900.00",
                ])
            #expect(
                try bench.text("SELECT supersede_reason FROM mainspring.files WHERE file_name = 'b.csv'")
                    == "their letter")
            // Nothing is left to put right.
            #expect(try importFile(bench, second, reason) == .alreadyImported(fileName: "b.csv"))
        }
    }

    @Test("a line is put right as often as there is a file that says so; of a key one line is live")
    func again() throws {
        try Bench.with { bench in
            for (index, gross) in ["1000.00", "900.00", "1000.00", "800.00"].enumerated() {
                // The third file says again what the first one said, in a file of its own.
                let rows = try [Bench.stripe("txn_1", gross: gross), Bench.stripe("txn_of_\(index)")]
                let path = try stripe(bench, rows, "\(index).csv")
                _ = try importFile(bench, path, .init(supersedeReason: "mended"))
            }
            #expect(
                try standings(bench).filter { $0.contains("txn_1 ") } == [
                    "0.csv txn_1 superseded 1000.00", "1.csv txn_1 superseded 900.00", "2.csv txn_1 superseded 1000.00",
                    "3.csv txn_1 live 800.00",
                ])
        }
    }

    @Test("what a file between said otherwise is decided with it, whichever file is let stand")
    func between() throws {
        try Bench.with { bench in
            let paths = try ["1000.00", "900.00", "800.00"].enumerated().map { index, gross in
                try stripe(bench, [Bench.stripe("txn_1", gross: gross)], "\(index).csv")
            }
            for path in paths.dropLast() { _ = try importFile(bench, path, .init()) }
            _ = try importFile(bench, paths[2], .init(supersedeReason: "mended"))
            #expect(
                try standings(bench) == [
                    "0.csv txn_1 superseded 1000.00", "1.csv txn_1 superseded 900.00", "2.csv txn_1 live 800.00",
                ])
        }
        try Bench.with { bench in
            let paths = try ["1000.00", "900.00", "800.00"].enumerated().map { index, gross in
                try stripe(bench, [Bench.stripe("txn_1", gross: gross)], "\(index).csv")
            }
            for path in paths { _ = try importFile(bench, path, .init()) }
            _ = try importFile(bench, paths[1], .init(supersedeReason: "the second was right"))
            #expect(
                try standings(bench) == [
                    "0.csv txn_1 superseded 1000.00", "1.csv txn_1 live 900.00", "2.csv txn_1 superseded 800.00",
                ])
        }
    }

    @Test("lines without ids cannot be put right: the command is refused before anything is touched")
    func withoutIdentity() throws {
        try Bench.with { bench in
            let path = try bench.write("tcs.csv", Bench.tcs([("TN-1", "ORD-1", "1000.00")]))
            let failure = #expect(throws: Failure.self) {
                try importFile(bench, path, as: "tcs", .init(supersedeReason: "x"))
            }
            #expect(failure?.code == .usage)
            #expect(try standings(bench) == [])
        }
    }

    // MARK: Rows left out

    @Test("up to so many bad rows go to a file beside the statement, for its owner only; the rest is imported")
    func rejects() throws {
        try Bench.with { bench in
            let rows = try [
                Bench.stripe("txn_1"), Bench.stripe("txn_2").replacing("1000.00", with: "\"1,000.00\""),
                Bench.stripe("txn_3", currency: "rupees").replacing("2026-06-01", with: "2026-02-30"),
                Bench.stripe("txn_4"),
            ]
            let path = try stripe(bench, rows, "june.csv")
            // What an earlier import left is not for others to read, whatever its rights were.
            _ = try bench.write("june.rejects.csv", "old")
            try FileManager.default.setAttributes(
                [.posixPermissions: 0o644], ofItemAtPath: "\(bench.folder)/june.rejects.csv")
            let statement = try imported(importFile(bench, path, .init(maxRejects: 2)))
            #expect(statement.lines == 2 && statement.rejected == 2)
            #expect(statement.rejectsFile == "june.rejects.csv")
            let rejects = "\(bench.folder)/june.rejects.csv"
            let lines = try String(contentsOfFile: rejects, encoding: .utf8).split(separator: "\n").map(String.init)
            #expect(lines.count == 4)
            #expect(
                lines.first?.hasPrefix("line_no,column,value,reason,balance_transaction_id,reporting_category,") == true
            )
            #expect(
                lines.dropFirst().map { $0.split(separator: ",").prefix(2).joined(separator: " ") } == [
                    "3 gross", "4 currency", "4 created_utc",
                ])
            #expect(lines[1].contains("\"1,000.00\",is not an amount such as 1250.00,txn_2,charge,"))
            let rights = try FileManager.default.attributesOfItem(atPath: rejects)[.posixPermissions] as? Int
            #expect(rights == 0o600)
            #expect(try standings(bench) == ["june.csv txn_1 live 1000.00", "june.csv txn_4 live 1000.00"])
        }
    }

    @Test("one bad row more refuses the whole file, and leaves none beside it")
    func tooMany() throws {
        try Bench.with { bench in
            let rows = try (1...3).map { try Bench.stripe("txn_\($0)").replacing("1000.00", with: "x") }
            let path = try stripe(bench, rows + [try Bench.stripe("txn_4")], "june.csv")
            let failure = #expect(throws: Failure.self) { try importFile(bench, path, .init(maxRejects: 2)) }
            #expect(failure?.code == .statementRefused)
            #expect(failure?.message.contains("3 rows can't be read, more than the 2 that may be left out") == true)
            #expect(try standings(bench) == [])
            #expect(!FileManager.default.fileExists(atPath: "\(bench.folder)/june.rejects.csv"))
        }
    }

    @Test("without bad rows there is no file of them; a row that is torn refuses the file however many may be left out")
    func noneOrTorn() throws {
        try Bench.with { bench in
            let good = try stripe(bench, [Bench.stripe("txn_1")], "good.csv")
            #expect(try imported(importFile(bench, good, .init(maxRejects: 9))).rejectsFile == nil)
            #expect(!FileManager.default.fileExists(atPath: "\(bench.folder)/good.rejects.csv"))
            let torn = try stripe(bench, [Bench.stripe("txn_2"), "po_1,2026"], "torn.csv")
            let failure = #expect(throws: Failure.self) { try importFile(bench, torn, .init(maxRejects: 9)) }
            #expect(failure?.code == .csvMalformed)
        }
    }

    @Test("a footer counts the rows that were left out; its totals hold them and are not compared")
    func footer() throws {
        try Bench.with { bench in
            let good = try Bench.tcs([("TN-1", "ORD-1", "1000.00"), ("TN-2", "ORD-2", "500.00")])
            let bad = good.replacing("DELIVERED,500.00", with: "DELIVERED,five")
            let path = try bench.write("tcs.csv", bad)
            let statement = try imported(importFile(bench, path, as: "tcs", .init(maxRejects: 1)))
            #expect(statement.lines == 1 && statement.rejected == 1)
            let short = try bench.write("short.csv", bad.replacing("TOTAL,,2", with: "TOTAL,,1"))
            let failure = #expect(throws: Failure.self) {
                try importFile(bench, short, as: "tcs", .init(maxRejects: 1))
            }
            #expect(failure?.message.contains("its last row counts 1 lines, the file has 2") == true)
        }
    }

    @Test("a bank's file from which a row was left out does not add up, and is refused")
    func bank() throws {
        try Bench.with { bench in
            let rows = [
                "Date,Type,Reference,Description,Currency,Amount,Balance", "2026-06-01,OPENING,O-1,x,PKR,0.00,0",
                "2026-06-05,CREDIT,B-1,po_1,PKR,\"1,0\",1", "2026-06-30,CLOSING,C-1,x,PKR,1.00,1",
            ]
            let path = try bench.write("bank.csv", rows.joined(separator: "\n") + "\n")
            let failure = #expect(throws: Failure.self) {
                try importFile(bench, path, as: "bank", .init(maxRejects: 1))
            }
            #expect(failure?.message.contains("but closes with 1.00") == true)
        }
    }
}
