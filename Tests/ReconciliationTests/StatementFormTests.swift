import Configuration
import Diagnostics
import Foundation
import Postgres
import Reconciliation
import TestSupport
import Testing

/// docs/adding-a-gateway.md, “The file of a statement”: how a file may be written, each way with what it refuses.
@Suite("A statement's form")
struct StatementFormTests {
    private static let plain = """
        statement: pay
        title: Pay
        channel: pay
        counterparty: gateway
        file: {delimiter: ";"}
        line_id: {column: Id, required: true}
        type: {column: Type, values: {SALE: charge, BACK: refund}}
        payout_id: {column: Text}
        currency: {column: Currency}
        gross: {column: Gross}
        fee: {column: Fee, optional: true}
        net: {column: Net}
        settled_at: {column: Day, format: dd-MM-yyyy}
        """

    private func profile(_ changes: [(String, String)], adding: String = "") throws -> SettlementProfile {
        var text = Self.plain
        for (old, new) in changes { text = text.replacing(old, with: new) }
        return try SettlementProfile(YAMLNode.parse(text: "\(text)\n\(adding)\n", file: "pay.yml"))
    }

    /// Imports rows under a profile, and says of each line what `columns` hold, `-` for NULL.
    private func lines(_ profile: SettlementProfile, _ text: String, _ columns: String) throws -> [String] {
        try Bench.with { bench in
            let importer = StatementImporter(
                catalogue: try ChannelCatalogue(gateways: [], settlements: [profile]))
            let path = try bench.write("pay.csv", text)
            try bench.job.transaction {
                _ = try importer.importFile(path, as: "pay", run: try Bench.night("2026-06-30"), on: bench.job)
            }
            let list = columns.split(separator: " ").map { "coalesce(\($0)::text, '-')" }.joined(separator: ", ")
            return try bench.owner.query(
                Statement("SELECT concat_ws(' ', \(list)) AS line FROM mainspring.lines ORDER BY line_no")
            ).map { try $0.text("line") }
        }
    }

    private func refusal(_ profile: SettlementProfile, _ text: String) throws -> String {
        let failure = #expect(throws: Failure.self) { try lines(profile, text, "gross") }
        #expect(failure?.code == .statementRefused)
        return failure?.message ?? ""
    }

    private static let header = "Id;Type;Text;Currency;Gross;Net;Day\n"

    @Test("a decimal comma, only where the profile says so")
    func comma() throws {
        let comma = try profile([("\";\"", "\";\", decimal: comma")])
        let rows = "1;SALE;;PKR;1250,50;1250,5;15-06-2026\n2;BACK;;PKR;-3;-3;15-06-2026\n"
        #expect(try lines(comma, Self.header + rows, "gross net") == ["1250.50 1250.50", "-3.00 -3.00"])
        #expect(try refusal(comma, Self.header + "1;SALE;;PKR;1250.50;1;15-06-2026\n").contains("such as 1250,00"))
        #expect(try refusal(comma, Self.header + "1;SALE;;JPY;1250,50;1;15-06-2026\n").contains("has decimals"))
        #expect(try refusal(try profile([]), Self.header + rows).contains("“1250,50” is not an amount such as 1250.00"))
    }

    @Test("hundredths, to the last digit")
    func hundredths() throws {
        let paisa = try profile([
            ("{column: Gross}", "{column: Gross, unit: hundredths}"),
            ("{column: Net}", "{column: Net, unit: hundredths}"),
        ])
        let rows = "1;SALE;;PKR;125050;5;15-06-2026\n2;BACK;;JPY;-300;0;15-06-2026\n"
        #expect(try lines(paisa, Self.header + rows, "gross net") == ["1250.50 0.05", "-3.00 0.00"])
        #expect(
            try refusal(paisa, Self.header + "1;SALE;;PKR;1250.50;1;15-06-2026\n").contains("hundredths such as 125000")
        )
        #expect(try refusal(paisa, Self.header + "1;SALE;;JPY;301;0;15-06-2026\n").contains("has decimals"))
    }

    @Test("money that is held and money that is let go under one word are told apart by their sign")
    func reserve() throws {
        let held = try profile([("BACK: refund", "HELD: reserve_hold")])
        let rows = "1;HELD;;PKR;-300.00;-300.00;15-06-2026\n2;HELD;;PKR;300.00;300.00;15-06-2026\n"
        #expect(
            try lines(held, Self.header + rows, "line_type gross")
                == ["reserve_hold -300.00", "reserve_release 300.00"])
    }

    @Test("rows before the header are passed over, as many as the profile says")
    func preamble() throws {
        let two = try profile([("\";\"", "\";\", preamble: 2")])
        let rows = "Account;12345\n\nPrinted on;15-06-2026\n" + Self.header + "1;SALE;;PKR;5;5;15-06-2026\n"
        #expect(try lines(two, rows, "line_no gross") == ["5 5.00"])
        #expect(try refusal(two, Self.header + "1;SALE;;PKR;5;5;15-06-2026\n").contains("The file is empty"))
        #expect(try refusal(try profile([]), rows).contains("The header has no columns"))
    }

    @Test("of a cell what matches the pattern, first match first; without a match nothing")
    func pattern() throws {
        let found = try profile([("{column: Text}", "{column: Text, pattern: \"po_[A-Za-z0-9]+|RM-[0-9]+\"}")])
        let long = String(repeating: "x", count: 300)
        let rows = """
            1;SALE;STRIPE po_1Ab RM-7;PKR;5;5;15-06-2026
            2;SALE;RM-42/\(long);PKR;5;5;15-06-2026
            3;SALE;rent;PKR;5;5;15-06-2026
            4;SALE;;PKR;5;5;15-06-2026

            """
        #expect(try lines(found, Self.header + rows, "payout_id") == ["po_1Ab", "RM-42", "-", "-"])
        let inside = try profile([("{column: Text}", "{column: Text, pattern: \"Ref: ([0-9]+)\", required: true}")])
        #expect(try lines(inside, Self.header + "1;SALE;Ref: 77.;PKR;5;5;15-06-2026\n", "payout_id") == ["77"])
        #expect(
            try refusal(inside, Self.header + "1;SALE;rent;PKR;5;5;15-06-2026\n")
                .contains("has nothing that matches Ref: ([0-9]+)"))
    }

    @Test("what was presented is kept where it was converted, signed as the line")
    func presented() throws {
        let converted = try profile(
            [],
            adding: """
                presented_amount: {column: Shown, optional: true}
                presented_currency: {column: Shown in, optional: true}
                """)
        let header = "Id;Type;Text;Currency;Gross;Net;Day;Shown;Shown in\n"
        let rows = """
            1;SALE;;pkr;2795.00;2700;15-06-2026;10.00;usd
            2;BACK;;PKR;-2795.00;-2795;15-06-2026;10.00;USD
            3;BACK;;PKR;-2795.00;-2795;15-06-2026;-10;USD
            4;SALE;;PKR;2795.00;2795;15-06-2026;2795.00;PKR
            5;SALE;;PKR;2795.00;2795;15-06-2026;;

            """
        #expect(
            try lines(converted, header + rows, "presented_amount presented_currency") == [
                "10.00 USD", "-10.00 USD", "-10.00 USD", "- -", "- -",
            ])
        // Both columns may lack.
        #expect(
            try lines(converted, Self.header + "1;SALE;;PKR;5;5;15-06-2026\n", "presented_amount presented_currency")
                == ["- -"])
        let rest = "5;5;15-06-2026"
        #expect(try refusal(converted, header + "1;SALE;;PKR;\(rest);10.00;\n").contains("column “Shown in”: is empty"))
        #expect(try refusal(converted, header + "1;SALE;;PKR;\(rest);;USD\n").contains("column “Shown”: is empty"))
        #expect(try refusal(converted, header + "1;SALE;;PKR;\(rest);10;KWD\n").contains("is not a currency"))
        #expect(try refusal(converted, header + "1;SALE;;PKR;\(rest);10.50;JPY\n").contains("has decimals"))
    }

    @Test(
        "a line that was not converted has the key it had before conversions were read; one that was is known by them")
    func presentedKeys() throws {
        let plain = Self.plain.replacing("line_id: {column: Id, required: true}\n", with: "")
        func read(_ adding: String, _ rows: String) throws -> [String] {
            let text = "\(plain)\n\(adding)\n"
            let profile = try SettlementProfile(YAMLNode.parse(text: text, file: "pay.yml"))
            return try lines(profile, "Id;Type;Text;Currency;Gross;Net;Day;Shown;Shown in\n" + rows, "line_key")
        }
        let adding = "presented_amount: {column: Shown}\npresented_currency: {column: Shown in}"
        let same = "1;SALE;;PKR;5;5;15-06-2026;5;PKR\n"
        let other = "1;SALE;;PKR;5;5;15-06-2026;0.02;USD\n"
        #expect(try read("", same) == read(adding, same))
        #expect(try read(adding, same) != read(adding, other))
    }

    @Test("a converted line is stored with the payment that was charged in what was presented")
    func presentedGuess() throws {
        try Bench.with { bench in
            try bench.card(1)
            let row = try Bench.stripe("txn_1", gross: "3.50", fee: "0.10", charge: "ch_1", currency: "usd")
            let converted = row.replacing(",charge,,,,,ch_1", with: ",charge,,,1000.00,pkr,ch_1")
            #expect(converted != row)
            try bench.importStripe([
                converted, try Bench.stripe("txn_2", gross: "3.50", charge: "ch_1", currency: "usd"),
            ])
            let lines = try bench.owner.query(
                """
                SELECT concat_ws(' ', gateway_line_id, presented_amount, presented_currency, payment_id, matched_by) AS line
                FROM mainspring.lines ORDER BY line_no
                """
            ).map { try $0.text("line") }
            #expect(lines == ["txn_1 1000.00 PKR 1 transaction_id", "txn_2"])
        }
    }

    @Test("ISO 4217's numbers name currencies, with or without the zeros that spreadsheets take away")
    func numbers() throws {
        let numeric = try profile([("{column: Currency}", "{column: Currency, numeric: true}")])
        let rows = """
            1;SALE;;586;5;5;15-06-2026
            2;SALE;;840;5;5;15-06-2026
            3;SALE;;784;5;5;15-06-2026
            4;SALE;;008;5;5;15-06-2026
            5;SALE;;8;5;5;15-06-2026
            6;SALE;;356;5;5;15-06-2026

            """
        #expect(try lines(numeric, Self.header + rows, "currency") == ["PKR", "USD", "AED", "ALL", "ALL", "INR"])
        for wrong in ["5860", "PKR", "048", "-8"] {
            #expect(
                try refusal(numeric, Self.header + "1;SALE;;\(wrong);5;5;15-06-2026\n").contains("is not a currency"))
        }
    }

    @Test("two-digit years are this century's, with its leap years")
    func shortYears() throws {
        let short = try profile([("dd-MM-yyyy", "yy/MM/dd")])
        func row(_ day: String) -> String { Self.header + "1;SALE;;PKR;5;5;\(day)\n" }
        #expect(try lines(short, row("28/02/29"), "settled_at") == ["2028-02-29 00:00:00+00"])
        for wrong in ["26/02/29", "26/2/9", "2026/02/09", "26/13/01", "26-02-09"] {
            #expect(try refusal(short, row(wrong)).contains("is not a date written yy/MM/dd"))
        }
    }

    @Test("forms that say something wrong are refused")
    func refusedForms() throws {
        for (old, new) in [
            ("\";\"", "\";\", decimal: dot"), ("\";\"", "\";\", preamble: -1"),
            ("{column: Gross}", "{column: Gross, unit: paisa}"),
            ("{column: Gross}", "{column: Gross, sign: {column: Type, negative: []}}"),
            ("{column: Fee, optional: true}", "{column: Fee, sign: {column: Type, negative: [D]}}"),
            ("{column: Text}", "{column: Text, pattern: \"po_[\"}"),
            ("{column: Text}", "{column: Text, pattern: \"(?i)po\"}"),
            ("{column: Text}", "{column: Text, pattern: '\\d+'}"),
            ("{column: Text}", "{column: Text, pattern: \"po_{,5}\"}"),
            ("{SALE: charge, BACK: refund}", "{SALE: charge, \"*\": adjustment}"),
            ("{SALE: charge, BACK: refund}", "{SALE: bank_credit}"),
            ("net: {column: Net}", "net: {column: Net}\npresented_amount: {column: Shown}"),
        ] {
            let failure = #expect(throws: Failure.self, "\(new)") { try profile([(old, new)]) }
            let codes: [ErrorCode] = [.configInvalid, .configUnknownKey, .configMissingKey]
            #expect(failure.map { codes.contains($0.code) } == true, "\(new)")
        }
    }
}
