import Configuration
import Diagnostics
import Foundation
import Postgres
import Reconciliation
import Synchronization
import TestSupport
import Testing

/// Statements as they should not come, and answers as none should: each is refused or handled by name, nothing is stored
/// by halves, and no night stops.
@Suite("Bad statements and any answers")
struct BadStatementTests {
    private func imported(_ outcome: ImportOutcome) throws -> ImportedStatement {
        guard case .imported(let statement) = outcome else { throw Failure(.internalError, "\(outcome)") }
        return statement
    }

    private func text(_ rows: [String]) -> String { ([Bench.stripeHeader] + rows).joined(separator: "\n") + "\n" }

    private func count(_ bench: Bench, _ table: String) throws -> String? {
        try bench.text("SELECT count(*)::text FROM mainspring.\(table)")
    }

    // MARK: Encodings

    @Test("UTF-16 and windows-1252 are refused where UTF-8 is agreed, and read where they are")
    func encodings() throws {
        let row = try Bench.stripe("txn_1", charge: "ch_é")
        let utf16 =
            Data([0xFF, 0xFE])
            + text([row]).utf16.reduce(into: Data()) { data, unit in
                data.append(UInt8(unit & 0xFF))
                data.append(UInt8(unit >> 8))
            }
        let cp1252 = Data(text([row]).unicodeScalars.map { UInt8($0.value & 0xFF) })
        let profile = try String(contentsOfFile: "\(Bench.root)/config/settlements/stripe.yml", encoding: .utf8)
        try Bench.with { bench in
            for (encoding, bytes) in [("utf-16", utf16), ("windows-1252", cp1252)] {
                let path = "\(bench.folder)/\(encoding).csv"
                try bytes.write(to: URL(fileURLWithPath: path))
                let failure = #expect(throws: Failure.self) { try bench.importFile(path, as: "stripe") }
                #expect(failure?.code == .csvEncoding, "\(encoding): \(String(describing: failure))")
                guard case .file(path, _?, _?)? = failure?.location else {
                    Issue.record("\(encoding) has no line and column: \(String(describing: failure?.location))")
                    continue
                }
                #expect(try count(bench, "files") == "0")
                let other = try SettlementProfile(
                    YAMLNode.parse(
                        text: profile.replacing("encoding: utf-8", with: "encoding: \(encoding)"), file: "other.yml"))
                let importer = StatementImporter(catalogue: try ChannelCatalogue(gateways: [], settlements: [other]))
                try bench.job.transaction {
                    _ = try importer.importFile(path, as: "stripe", run: try Bench.night("2026-06-30"), on: bench.job)
                }
                #expect(try bench.text("SELECT transaction_id FROM mainspring.lines") == "ch_é")
                try bench.run("DELETE FROM mainspring.lines; DELETE FROM mainspring.files")
            }
        }
    }

    // MARK: Halves

    @Test("half a file, then the whole: what came before is re-sent, the rest is new, and nothing is there twice")
    func half() throws {
        try Bench.with { bench in
            let rows = try (1...6).map { try Bench.stripe("txn_\($0)", charge: "ch_\($0)", order: "ORD-\($0)") }
            let first = try imported(
                bench.importFile(try bench.write("half.csv", text(Array(rows[..<3]))), as: "stripe"))
            #expect(first.live == 3)
            let whole = try imported(bench.importFile(try bench.write("whole.csv", text(rows)), as: "stripe"))
            #expect(whole.resent == 3 && whole.live == 3 && whole.changed == 0)
            #expect(
                try bench.text("SELECT count(*)::text FROM mainspring.lines WHERE standing = 'live'") == "6")
        }
    }

    @Test("a file cut inside a line is refused there; cut inside its last cell, the whole file shows what changed")
    func cut() throws {
        try Bench.with { bench in
            let whole = text(try (1...3).map { try Bench.stripe("txn_\($0)", order: "ORD-2026-0000\($0)") })
            for cut in [40, 60, 100] {
                let path = try bench.write("cut-\(cut).csv", String(whole.dropLast(cut)))
                let failure = #expect(throws: Failure.self, "\(cut)") { try bench.importFile(path, as: "stripe") }
                guard case .file(path, line: 4, _)? = failure?.location else {
                    Issue.record("\(cut): \(String(describing: failure))")
                    continue
                }
                #expect(try count(bench, "files") == "0")
            }
            // No form can tell that this order number is not whole.
            let path = try bench.write("cut.csv", String(whole.dropLast(4)))
            #expect(try imported(bench.importFile(path, as: "stripe")).live == 3)
            let later = try imported(bench.importFile(try bench.write("whole.csv", whole), as: "stripe"))
            #expect(later.resent == 2 && later.changed == 1)
            try bench.reconcile()
            #expect(try bench.openBreaks().contains { $0.hasPrefix("settlement.line_changed") })
        }
    }

    @Test("half of a courier's file lacks its totals and is refused; the whole is imported")
    func halfRemittance() throws {
        try Bench.with { bench in
            let whole = try Bench.tcs([("TN-1", "ORD-1", "1000.00"), ("TN-2", "ORD-2", "500.00")])
            let half = whole.split(separator: "\n").prefix(2).joined(separator: "\n") + "\n"
            let failure = #expect(throws: Failure.self) {
                try bench.importFile(try bench.write("half.csv", half), as: "tcs")
            }
            #expect(failure?.message.contains("the file was cut off") == true)
            #expect(try imported(bench.importFile(try bench.write("whole.csv", whole), as: "tcs")).live == 2)
        }
    }

    // MARK: At once

    /// Two importers on connections of their own; the second starts while the first one's transaction is open.
    private func atOnce(
        _ bench: Bench, _ target: ConnectionTarget, _ first: String, _ second: String
    ) throws -> ImportOutcome {
        let importer = StatementImporter(catalogue: bench.catalogue)
        let run = try Bench.night("2026-06-30")
        let outcome = Mutex<Result<ImportOutcome, any Error>?>(nil)
        try bench.job.transaction {
            _ = try importer.importFile(first, as: "stripe", run: run, on: bench.job)
            let thread = Thread {
                let result = Result {
                    let other = try Connection(target.with(applicationName: "second"), role: "mainspring_job")
                    defer { other.close() }
                    return try other.transaction {
                        try importer.importFile(second, as: "stripe", run: run, on: other)
                    }
                }
                outcome.withLock { $0 = result }
            }
            thread.start()
            let waiting = Statement(
                "SELECT 1 FROM pg_stat_activity WHERE application_name = 'second' AND wait_event_type = 'Lock'")
            for _ in 0..<1500 where outcome.withLock({ $0 == nil }) {
                if try !bench.owner.query(waiting).isEmpty { break }
                Thread.sleep(forTimeInterval: 0.01)
            }
            #expect(outcome.withLock { $0 == nil }, "the second does not wait for the first")
        }
        for _ in 0..<1500 where outcome.withLock({ $0 == nil }) { Thread.sleep(forTimeInterval: 0.01) }
        return try #require(outcome.withLock { $0 }).get()
    }

    @Test("two importers of one file at once: one imports it, the other finds it imported")
    func sameFile() throws {
        try Bench.with { bench, target in
            let path = try bench.write("a.csv", text([try Bench.stripe("txn_1")]))
            #expect(try atOnce(bench, target, path, path) == .alreadyImported(fileName: "a.csv"))
            #expect(try count(bench, "lines") == "1")
        }
    }

    @Test("two importers of overlapping files at once: a line that both bring stands once")
    func overlapping() throws {
        try Bench.with { bench, target in
            let first = try bench.write("a.csv", text([try Bench.stripe("txn_1"), try Bench.stripe("txn_2")]))
            let second = try bench.write("b.csv", text([try Bench.stripe("txn_2"), try Bench.stripe("txn_3")]))
            let statement = try imported(atOnce(bench, target, first, second))
            #expect(statement.resent == 1 && statement.live == 1)
            #expect(try count(bench, "lines WHERE standing = 'live'") == "3")
        }
    }

    // MARK: Answers

    @Test("a night over answers that are any JSON at all comes to its end, complete", arguments: [3, 20_261_125])
    func anyAnswers(seed: UInt64) throws {
        var maker = JSONMaker(seed: seed)
        try Bench.with { bench in
            for id in 1...150 {
                try bench.order(id)
                let status = ["COMPLETED", "PENDING", "FAILED", "REFUNDED", "PROCESSING", "CANCELLED"][id % 6]
                try bench.payment(
                    id, order: id, status, gateway: id.isMultiple(of: 2) ? "Stripe" : "JazzCash", transaction: "T\(id)",
                    answer: maker.answer())
            }
            try bench.importStripe(try (1...150).map { try Bench.stripe("txn_\($0)", charge: "T\($0)") })
            for day in 28...30 {
                let outcome = try bench.reconcile(try Bench.night("2026-06-\(day)", run: Int64(day)))
                #expect(outcome.isComplete, "seed \(seed)")
            }
        }
    }
}
