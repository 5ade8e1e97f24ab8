import Configuration
import Diagnostics
import Foundation
import Postgres
import Reconciliation
import TestSupport
import Testing

/// docs/reconciliation.md, “Statements”: a file is known by its content, stored whole or not at all.
@Suite("A statement is a file")
struct StatementImportTests {
    private func imported(_ outcome: ImportOutcome) throws -> ImportedStatement {
        guard case .imported(let statement) = outcome else {
            Issue.record("it was imported before")
            throw Failure(.internalError, "not imported")
        }
        return statement
    }

    /// The failure of a file that is refused; checks that nothing of it is stored and the transaction can go on.
    private func refusal(_ bench: Bench, _ path: String, as statement: String) throws -> Failure? {
        let run = try Bench.night("2026-06-30")
        let importer = StatementImporter(catalogue: bench.catalogue)
        return try bench.job.transaction {
            let failure = #expect(throws: Failure.self) {
                try importer.importFile(path, as: statement, run: run, on: bench.job)
            }
            for table in ["files", "lines"] {
                let rows = try bench.job.query(Statement("SELECT count(*) AS n FROM mainspring.\(table)")).first?.int(
                    "n")
                #expect(rows == 0)
            }
            return failure
        }
    }

    private func stripeFile(_ rows: [String]) -> String { ([Bench.stripeHeader] + rows).joined(separator: "\n") + "\n" }

    @Test("lines, control totals and the file's own row are stored; the same content again says so")
    func whole() throws {
        try Bench.with { bench in
            let text = try stripeFile([
                Bench.stripe("txn_1", charge: "ch_1"), Bench.stripe("txn_2", "refund", gross: "-200.00", fee: "0.00"),
                Bench.stripe("po_1", "payout", gross: "-771.00", fee: "0.00"),
            ])
            let statement = try imported(bench.importFile(try bench.write("a.csv", text), as: "stripe"))
            #expect(statement.lines == 3)
            #expect(statement.live == 3)
            #expect(
                statement.totals.map { "\($0.lineType) \($0.lines) \($0.gross) \($0.deductions) \($0.net)" } == [
                    "charge 1 1000.00 29.00 971.00", "payout 1 -771.00 0.00 -771.00", "refund 1 -200.00 0.00 -200.00",
                ])
            let digest = try #require(try bench.text("SELECT left(sha256, 16) FROM mainspring.files"))
            #expect(
                try bench.text("SELECT string_agg(entity, ' ' ORDER BY line_no) FROM mainspring.lines")
                    == "line:\(digest):2 line:\(digest):3 line:\(digest):4")
            #expect(
                try bench.text("SELECT settled_at || ' ' || captured_at FROM mainspring.lines WHERE line_no = 2")
                    == "2026-06-03 00:00:00+00 2026-06-01 08:05:00+00")
            let again = try bench.importFile(try bench.write("other name.csv", text), as: "stripe")
            #expect(again == .alreadyImported(fileName: "a.csv"))
        }
    }

    @Test("columns are found by name: their order and added columns do not matter, an optional one may lack")
    func header() throws {
        try Bench.with { bench in
            let text = """
                net,fee,gross,new column,currency,reporting_category,charge_id,payment_intent_id,automatic_payout_id,\
                balance_transaction_id,created_utc,automatic_payout_effective_at_utc
                971.00,29.00,1000.00,"a
                b",PKR,charge,ch_1,pi_1,po_1,txn_1,2026-06-01 08:05:00,2026-06-03 00:00:00
                500.00,0,500,,PKR,charge,,pi_2,po_1,txn_2,2026-06-01 08:05:00,2026-06-03 00:00:00

                """
            let statement = try imported(bench.importFile(try bench.write("a.csv", text), as: "stripe"))
            #expect(statement.lines == 2)
            // A line is known by where its record begins, line breaks inside quotes and all.
            #expect(
                try bench.text(
                    "SELECT string_agg(line_no || ' ' || gross, ', ' ORDER BY line_no) FROM mainspring.lines")
                    == "2 1000.00, 4 500.00")
        }
    }

    @Test("lines that come again in another file are re-sent; with other content, changed; the first stands")
    func overlapping() throws {
        try Bench.with { bench in
            try bench.card(1)
            try bench.importStripe([Bench.stripe("txn_1", charge: "ch_1"), Bench.stripe("txn_2", charge: "ch_2")])
            let second = try imported(
                bench.importStripe(
                    [
                        Bench.stripe("txn_1", charge: "ch_1"), Bench.stripe("txn_2", gross: "999.00", charge: "ch_2"),
                        Bench.stripe("txn_3", charge: "ch_3"), Bench.stripe("txn_3", charge: "ch_3"),
                    ], name: "b.csv"))
            #expect(second.resent == 1)
            #expect(second.changed == 1)
            #expect(second.duplicates == 1)
            #expect(second.live == 1)
            try bench.reconcile()
            let codes = try bench.openBreaks().map { $0.split(separator: " ") }.map { "\($0[0]) \($0[3])" }
            #expect(
                codes == [
                    "settlement.duplicate 1000.00", "settlement.line_changed 0.00", "settlement.orphan 1000.00",
                    "settlement.orphan 1000.00",
                ])
            #expect(try bench.buckets().contains("statement gross PKR excluded resent 1 1000.00"))
            #expect(try bench.buckets().contains("statement gross PKR excluded line changed 1 999.00"))
        }
    }

    @Test("without line ids, equal lines are as many as the file with the most has")
    func ordinals() throws {
        try Bench.with { bench in
            let row = ("TN-1", "ORD-1", "1000.00")
            let first = try imported(bench.importFile(try bench.write("a.csv", Bench.tcs([row, row])), as: "tcs"))
            #expect(first.live == 2)
            let second = try imported(
                bench.importFile(try bench.write("b.csv", Bench.tcs([row, row, row])), as: "tcs"))
            #expect(second.live == 1)
            #expect(second.resent == 2)
        }
    }

    @Test("a net that does not follow from the rest is stored as it is")
    func net() throws {
        try Bench.with { bench in
            let statement = try imported(bench.importStripe([Bench.stripe("txn_1", net: "1.00", charge: "ch_1")]))
            #expect(statement.totals.first?.net == "1.00")
        }
    }

    @Test("a bad cell names line, column, value and reason, and refuses the file")
    func badCells() throws {
        let good = try Bench.stripe("txn_1", charge: "ch_1")
        let cases: [(old: String, new: String, column: String, reason: String)] = [
            ("1000.00", "\"1000,00\"", "gross", "is not an amount such as 1250.00"),
            ("1000.00", "1e400", "gross", "is not an amount such as 1250.00"),
            ("1000.00", "1000.005", "gross", "is not an amount such as 1250.00"),
            ("1000.00", "NaN", "gross", "is not an amount such as 1250.00"),
            ("1000.00", "1234567890123", "gross", "is not an amount such as 1250.00"),
            ("1000.00", "", "gross", "is empty"),
            ("2026-06-01 08:05:00", "2026-02-30 08:05:00", "created_utc", "is not a date written yyyy-MM-dd HH:mm:ss"),
            ("2026-06-01 08:05:00", "2026-06-01 24:05:00", "created_utc", "is not a date written yyyy-MM-dd HH:mm:ss"),
            ("2026-06-01 08:05:00", "01/06/2026", "created_utc", "is not a date written yyyy-MM-dd HH:mm:ss"),
            ("charge,", "teleport,", "reporting_category", "is a line type that"),
            ("pkr", "rupees", "currency", "is not a currency"),
            ("pkr", "kwd", "currency", "is not a currency"),
            ("po_1", "", "automatic_payout_id", "is empty"),
            ("txn_1", "", "balance_transaction_id", "is empty"),
            ("ch_1", String(repeating: "x", count: 256), "charge_id", "is longer than 255 characters"),
        ]
        try Bench.with { bench in
            for (old, new, column, reason) in cases {
                let bad = good.replacing(old, with: new, maxReplacements: 1)
                let path = try bench.write("bad.csv", stripeFile([try Bench.stripe("txn_0"), bad]))
                let failure = try refusal(bench, path, as: "stripe")
                #expect(failure?.code == .statementRefused)
                #expect(failure?.message.contains("line 3, column “\(column)”") == true, "\(failure?.message ?? "")")
                #expect(failure?.message.contains(reason) == true, "\(failure?.message ?? "")")
                #expect(failure?.location == .file(path, line: 3), "\(new)")
            }
        }
    }

    @Test("a currency without decimals has none; the real last of February is a date")
    func leapAndYen() throws {
        try Bench.with { bench in
            let yen = try Bench.stripe("txn_1", gross: "500.50", currency: "jpy")
            let failure = try refusal(bench, try bench.write("yen.csv", stripeFile([yen])), as: "stripe")
            #expect(failure?.message.contains("has decimals that its currency has not") == true)
            let leap = try Bench.stripe("txn_2", gross: "500", fee: "0").replacing("2026-06-01", with: "2024-02-29")
                .replacing("pkr", with: "jpy")
            _ = try imported(bench.importFile(try bench.write("leap.csv", stripeFile([leap])), as: "stripe"))
        }
    }

    @Test("many bad rows: the first 20 are named, all are counted")
    func manyBad() throws {
        try Bench.with { bench in
            let rows = try (1...30).map { try Bench.stripe("txn_\($0)").replacing("1000.00", with: "x\($0)") }
            let failure = try refusal(bench, try bench.write("bad.csv", stripeFile(rows)), as: "stripe")
            #expect(failure?.message.contains("30 rows can't be read") == true)
            #expect(failure?.message.contains("x20") == true)
            #expect(failure?.message.contains("x21") == false)
        }
    }

    @Test("files that are no statement of this kind are refused by name")
    func badFiles() throws {
        try Bench.with { bench in
            let row = try Bench.stripe("txn_1", charge: "ch_1")
            let header = Bench.stripeHeader
            let cases: [(name: String, bytes: [UInt8], code: ErrorCode, says: String)] = [
                ("empty", [], .statementRefused, "empty"),
                (
                    "another gateway's", Array(try Bench.tcs([("TN-1", "", "1.00")]).utf8), .statementRefused,
                    "balance_transaction_id"
                ),
                (
                    "column missing", Array("\(header)\n\(row)\n".replacing("charge_id", with: "charge").utf8),
                    .statementRefused, "“charge_id”"
                ),
                (
                    "column twice", Array("\(header)\n\(row)\n".replacing("description", with: "charge_id").utf8),
                    .statementRefused, "“charge_id” 2 times"
                ),
                ("truncated in quotes", Array("\(header)\n\(row)\npo_1,\"2026-06".utf8), .csvMalformed, "quote"),
                ("ragged", Array("\(header)\n\(row),1,2\n".utf8), .csvMalformed, "field"),
                ("NUL", Array("\(header)\n\(row.replacing("ch_1", with: "ch\0"))\n".utf8), .csvMalformed, "NUL"),
                (
                    "wrong encoding", Array("\(header)\n".utf8) + Array(row.utf8).dropLast() + [0xE9, 0x0A],
                    .csvEncoding, "0xE9"
                ),
            ]
            for (name, bytes, code, says) in cases {
                let path = "\(bench.folder)/\(name).csv"
                try Data(bytes).write(to: URL(fileURLWithPath: path))
                let failure = try refusal(bench, path, as: "stripe")
                #expect(failure?.code == code, "\(name): \(String(describing: failure))")
                #expect(failure?.message.contains(says) == true, "\(name): \(failure?.message ?? "")")
                guard case .file(let file, _, _)? = failure?.location else {
                    Issue.record("\(name) has no place")
                    continue
                }
                #expect(file == path)
            }
            #expect(try refusal(bench, "\(bench.folder)/none.csv", as: "stripe")?.code == .fileUnreadable)
            let unknown = try refusal(bench, "\(bench.folder)/none.csv", as: "stripes")
            #expect(unknown?.code == .settlementUnknown)
            #expect(unknown?.advice == "Did you mean “stripe”?")
        }
    }

    @Test("a courier's footer must be there, last, and right")
    func footer() throws {
        try Bench.with { bench in
            let good = try Bench.tcs([("TN-1", "ORD-1", "1000.00"), ("TN-2", "ORD-2", "500.00")])
            let total = try #require(good.split(separator: "\n").last)
            let cases = [
                ("cut off", good.replacing(total, with: ""), "is missing"),
                ("wrong count", good.replacing("TOTAL,,2", with: "TOTAL,,3"), "counts 3 lines, the file has 2"),
                (
                    "wrong sum", good.replacing(total, with: total.replacing("1500.00", with: "1500.01")),
                    "is 1500.01, the lines come to 1500.00"
                ),
                ("no sum", good.replacing(total, with: total.replacing("1500.00", with: "many")), "is many"),
                ("not last", good + good.split(separator: "\n")[1] + "\n", "isn't the one last row"),
                ("twice", good + total + "\n", "isn't the one last row"),
            ]
            for (name, text, says) in cases {
                let failure = try refusal(bench, try bench.write("\(name).csv", text), as: "tcs")
                #expect(failure?.code == .statementRefused, "\(name)")
                #expect(failure?.message.contains(says) == true, "\(name): \(failure?.message ?? "")")
            }
            let statement = try imported(bench.importFile(try bench.write("good.csv", good), as: "tcs"))
            #expect(statement.lines == 2)
            // Business time: midnight in Karachi is 19:00 UTC of the day before.
            #expect(try bench.text("SELECT min(settled_at)::text FROM mainspring.lines") == "2026-06-14 19:00:00+00")
        }
    }

    @Test("a file with a header and no lines is a statement of nothing")
    func headerOnly() throws {
        try Bench.with { bench in
            let statement = try imported(bench.importFile(try bench.write("a.csv", stripeFile([])), as: "stripe"))
            #expect(statement.lines == 0)
            #expect(try bench.reconcile().isComplete)
        }
    }

    @Test("several files in one transaction; a refused one leaves the others")
    func severalInOne() throws {
        try Bench.with { bench in
            let good = try bench.write("good.csv", stripeFile([try Bench.stripe("txn_1")]))
            let bad = try bench.write(
                "bad.csv", stripeFile([try Bench.stripe("txn_2").replacing("1000.00", with: "?")]))
            let last = try bench.write("last.csv", stripeFile([try Bench.stripe("txn_3")]))
            let run = try Bench.night("2026-06-30")
            let importer = StatementImporter(catalogue: bench.catalogue)
            try bench.job.transaction {
                _ = try importer.importFile(good, as: "stripe", run: run, on: bench.job)
                #expect(throws: Failure.self) { try importer.importFile(bad, as: "stripe", run: run, on: bench.job) }
                _ = try importer.importFile(last, as: "stripe", run: run, on: bench.job)
            }
            #expect(
                try bench.text("SELECT string_agg(gateway_line_id, ' ' ORDER BY line_id) FROM mainspring.lines")
                    == "txn_1 txn_3")
        }
    }

    @Test("a profile that says something wrong is refused, with its place")
    func refusedProfiles() throws {
        let file = "\(Bench.root)/config/settlements/tcs.yml"
        let good = try String(contentsOfFile: file, encoding: .utf8)
        for (old, new, code) in [
            ("DELIVERED: charge", "DELIVERED: sale", ErrorCode.configInvalid),
            ("gross: {column", "grosses: {column", .configUnknownKey),
            ("net: {column: Net Payable}", "", .configMissingKey),
            ("dd-MM-yyyy", "dd-MM-y", .configInvalid),
            ("zone: business", "zone: Lahore", .configInvalid),
            ("constant: PKR", "constant: KWD", .configInvalid),
            ("delimiter: \",\"", "delimiter: \"::\"", .configInvalid),
            ("counterparty: courier", "counterparty: shop", .configInvalid),
            ("totals: [gross", "totals: [grosss", .configInvalid),
        ] {
            let text = good.replacing(old, with: new)
            let failure = #expect(throws: Failure.self, "\(new)") {
                try SettlementProfile(YAMLNode.parse(text: text, file: "tcs.yml"))
            }
            #expect(failure?.code == code, "\(new)")
        }
    }
}
