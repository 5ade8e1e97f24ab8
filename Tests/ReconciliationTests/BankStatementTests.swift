import Configuration
import Diagnostics
import Foundation
import Postgres
import Reconciliation
import TestSupport
import Testing

/// docs/adding-a-gateway.md, “A bank's statement”: movements lead from the opening balance to the closing one.
@Suite("A bank's statement")
struct BankStatementTests {
    private static let header = "Date,Type,Reference,Description,Currency,Amount,Balance"
    private static let month = [
        header, "2026-06-01,OPENING,OPEN-2026-06-01,Opening balance,PKR,100.00,100.00",
        "2026-06-05,CREDIT,B-1,STRIPE PAYOUT po_1A77 JUNE,PKR,971.00,1071.00",
        "2026-06-06,CREDIT,B-2,TCS RM-12,PKR,500.00,1571.00", "2026-06-07,DEBIT,B-3,BANK CHARGES,PKR,-71.00,1500.00",
        "2026-06-30,CLOSING,CLOSE-2026-06-30,Closing balance,PKR,1500.00,1500.00",
    ]

    private func text(_ rows: [String]) -> String { rows.joined(separator: "\n") + "\n" }

    private func refusal(_ bench: Bench, _ rows: [String]) throws -> Failure? {
        let path = try bench.write("bad.csv", text(rows))
        let failure = #expect(throws: Failure.self) { try bench.importFile(path, as: "bank") }
        #expect(try bench.text("SELECT count(*)::text FROM mainspring.files") == "0")
        return failure
    }

    @Test("credits, debits and balances are lines; the payout is found in the description, the net is the amount")
    func whole() throws {
        try Bench.with { bench in
            try bench.importFile(try bench.write("bank-PKR-2026-06.csv", text(Self.month)), as: "bank")
            let lines = try bench.owner.query(
                """
                SELECT concat_ws(' ', line_type, gateway_line_id, coalesce(payout_id, '-'), gross, net, settled_at::date)
                    AS line
                FROM mainspring.lines WHERE channel = 'bank' ORDER BY line_no
                """
            ).map { try $0.text("line") }
            #expect(
                lines == [
                    "opening_balance OPEN-2026-06-01 - 100.00 100.00 2026-05-31",
                    "bank_credit B-1 po_1A77 971.00 971.00 2026-06-04",
                    "bank_credit B-2 RM-12 500.00 500.00 2026-06-05",
                    "bank_debit B-3 - -71.00 -71.00 2026-06-06",
                    "closing_balance CLOSE-2026-06-30 - 1500.00 1500.00 2026-06-29",
                ])
            let again = try bench.importFile(try bench.write("copy.csv", text(Self.month)), as: "bank")
            #expect(again == .alreadyImported(fileName: "bank-PKR-2026-06.csv"))
        }
    }

    @Test("a debit that names the statement of a seller says so; whatever it names, it is no payout of a gateway")
    func sellers() throws {
        try Bench.with { bench in
            let rows = [
                Self.header, "2026-07-05,DEBIT,B-7,TRANSFER SS-17-2026-06-PKR CHRONOS,PKR,-900.00,100.00",
                "2026-07-05,DEBIT,B-8,TRANSFER TO SELLERS,PKR,-50.00,50.00",
            ]
            try bench.importFile(try bench.write("bank-PKR-2026-07.csv", text(rows)), as: "bank")
            let lines = try bench.owner.query(
                """
                SELECT concat_ws(' ', gateway_line_id, coalesce(merchant_reference, '-'), coalesce(payout_id, '-')) AS line
                FROM mainspring.lines ORDER BY line_no
                """
            ).map { try $0.text("line") }
            #expect(lines == ["B-7 SS-17-2026-06-PKR -", "B-8 - -"])
        }
    }

    @Test("a file whose movements do not lead to its closing balance is refused whole")
    func balances() throws {
        try Bench.with { bench in
            var rows = Self.month
            rows.remove(at: 3)
            let lost = try refusal(bench, rows)
            #expect(lost?.code == .statementRefused)
            #expect(lost?.message.contains("opens with 100.00 PKR and moves 900.00, but closes with 1500.00") == true)
            guard case .file(_, line: 5, _)? = lost?.location else {
                Issue.record("it names no line: \(String(describing: lost?.location))")
                return
            }
            let two = try refusal(bench, Self.month + ["2026-06-30,OPENING,OPEN-2,Opening balance,PKR,1.00,1.00"])
            #expect(two?.message.contains("several opening or closing balances in PKR") == true)
        }
    }

    @Test("each currency has balances of its own; without both there is nothing to hold the movements to")
    func openEnds() throws {
        try Bench.with { bench in
            try bench.importFile(try bench.write("half.csv", text(Self.month.dropLast())), as: "bank")
            let dollars = [
                Self.header, "2026-06-01,OPENING,U-O,Opening balance,USD,-5.00,-5.00",
                "2026-06-05,CREDIT,U-1,po_9,USD,7.50,2.50", "2026-06-30,CLOSING,U-C,Closing balance,USD,2.50,2.50",
                "2026-06-30,CREDIT,A-1,,AED,7.50,2.50",
            ]
            try bench.importFile(try bench.write("usd.csv", text(dollars)), as: "bank")
            #expect(try bench.text("SELECT count(*)::text FROM mainspring.lines") == "8")
        }
    }

    @Test("a credit below zero, a debit above and a movement without a reference are refused")
    func signs() throws {
        try Bench.with { bench in
            for (row, reason) in [
                ("2026-06-05,CREDIT,B-1,x,PKR,-971.00,0", "“-971.00” is below zero on a credit"),
                ("2026-06-05,DEBIT,B-1,x,PKR,971.00,0", "“971.00” is above zero on a debit"),
                ("2026-06-05,CREDIT,,x,PKR,971.00,0", "column “Reference”: is empty"),
                ("2026-06-05,FEE,B-1,x,PKR,971.00,0", "does not map"),
            ] {
                let failure = try refusal(bench, [Self.header, row])
                #expect(failure?.message.contains(reason) == true, "\(failure?.message ?? "")")
            }
        }
    }

    @Test("a bank that writes D or C and no signs, and names its movements as it likes")
    func signColumn() throws {
        let text = """
            statement: other
            title: Another bank
            channel: bank
            counterparty: bank
            type: {column: D/C, values: {C: bank_credit, "*": bank_debit}}
            currency: {constant: PKR}
            gross: {column: Amount, sign: {column: D/C, negative: [D, DR]}}
            settled_at: {column: Date, format: yyyy-MM-dd, zone: business}
            """
        let profile = try SettlementProfile(YAMLNode.parse(text: text, file: "other.yml"))
        try Bench.with { bench in
            let importer = StatementImporter(catalogue: try ChannelCatalogue(gateways: [], settlements: [profile]))
            let path = try bench.write("o.csv", "Date,D/C,Amount\n2026-06-05,C,5.00\n2026-06-06,DR,2.00\n")
            try bench.job.transaction {
                _ = try importer.importFile(path, as: "other", run: try Bench.night("2026-06-30"), on: bench.job)
            }
            #expect(
                try bench.text(
                    "SELECT string_agg(line_type || ' ' || net, ', ' ORDER BY line_no) FROM mainspring.lines")
                    == "bank_credit 5.00, bank_debit -2.00")
        }
    }

    @Test("a bank's profile maps what banks say, and is bound to no terms")
    func refusedProfiles() throws {
        let file = "\(Bench.root)/config/settlements/bank.yml"
        let good = try String(contentsOfFile: file, encoding: .utf8)
        for (old, new) in [
            ("CREDIT: bank_credit", "CREDIT: charge"), ("counterparty: bank", "counterparty: bank\njudge_taxes: true"),
            ("counterparty: bank", "counterparty: gateway"),
        ] {
            let failure = #expect(throws: Failure.self, "\(new)") {
                try SettlementProfile(YAMLNode.parse(text: good.replacing(old, with: new), file: "bank.yml"))
            }
            #expect(failure?.code == .configInvalid || failure?.code == .configMissingKey, "\(new)")
        }
    }
}
