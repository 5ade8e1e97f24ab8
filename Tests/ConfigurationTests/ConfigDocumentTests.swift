import Configuration
import Diagnostics
import Foundation
import Testing

@Suite("Files of config/ that reports take")
struct ConfigDocumentTests {
    private func json(_ yaml: String, as name: String) throws -> String {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appendingPathComponent(name)
        try Data(yaml.utf8).write(to: file)
        return try ConfigDocument.json(file: file.path)
    }

    @Test("the files that we ship are in order", arguments: ConfigDocument.allCases)
    func shipped(form: ConfigDocument) throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let json = try ConfigDocument.json(file: root.path + "/config/\(form.rawValue).yml")
        #expect(json.hasPrefix("[{"))
        if form == .commission { #expect(json.contains(#""percent":"0""#)) }
    }

    private static let term = """
        terms:
          - from: 2024-02-29
            stores: all
            percent: 7.25
            fixed: {PKR: 50.00}
            tax_percent: 16
            gateway_fees: platform
            courier_charges: seller
            payable: {after: settled, days: 7}
        """

    @Test("terms become a row a store, with the figures as they are written")
    func terms() throws {
        let all = try json(Self.term, as: "commission.yml")
        #expect(
            all
                == #"[{"courier_charges":"seller","fixed":{"PKR":"50.00"},"from":"2024-02-29","gateway_fees":"platform","#
                + #""payable_after":"settled","payable_days":7,"percent":"7.25","tax_percent":"16"}]"#)
        let some =
            Self.term + "\n"
            + Self.term.split(separator: "\n").dropFirst().joined(separator: "\n")
            .replacing("stores: all", with: "stores: [3, 17]")
        let rows = try json(some, as: "commission-2027.yml")
        #expect(rows.contains(#""store_id":3"#) && rows.contains(#""store_id":17"#))
    }

    private static let rates = """
        rates:
          - {from: 2024-01-01, base: USD, quote: PKR, rate: 279.50, tolerance_percent: 2}
          - {from: 2024-07-01, base: USD, quote: PKR, rate: 278.10, tolerance_percent: 1.5}
        """

    @Test("rates become a row each, with the figures as they are written")
    func rates() throws {
        #expect(
            try json(Self.rates, as: "rates.yml")
                == #"[{"base":"USD","from":"2024-01-01","quote":"PKR","rate":"279.50","tolerance_percent":"2"},"#
                + #"{"base":"USD","from":"2024-07-01","quote":"PKR","rate":"278.10","tolerance_percent":"1.5"}]"#)
    }

    @Test(
        "wrong rates are refused",
        arguments: [
            ("279.50", "0.00", ErrorCode.configInvalid, "above zero"),
            ("279.50", "-1", .configInvalid, "a rate such as"),
            ("quote: PKR, rate: 278", "quote: USD, rate: 278", .configInvalid, "to itself"),
            ("2024-07-01, base: USD, quote: PKR", "2024-01-01, base: PKR, quote: USD", .configInvalid, "two rates"),
            ("base: USD, quote: PKR, rate: 279", "base: usd, quote: PKR, rate: 279", .configInvalid, "ISO 4217"),
            ("2024-07-01", "2024-02-30", .configInvalid, "day of the calendar"),
            (", tolerance_percent: 2}", "}", .configMissingKey, "tolerance_percent"),
            ("tolerance_percent: 1.5", "tolerance: 1.5", .configUnknownKey, "tolerance_percent"),
        ])
    func wrongRates(old: String, new: String, code: ErrorCode, words: String) throws {
        #expect(Self.rates.contains(old))
        let error = #expect(throws: Failure.self) {
            try json(Self.rates.replacing(old, with: new), as: "rates.yml")
        }
        #expect(error?.code == code, "\(String(describing: error))")
        let said = [error?.message, error?.advice].compactMap(\.self).joined(separator: " ")
        #expect(said.contains(words), "\(said)")
    }

    /// What is changed, the code, and a word of what must be said.
    @Test(
        "wrong terms are refused",
        arguments: [
            ("percent: 7.25", "percent: 100.5", ErrorCode.configInvalid, "more than 100"),
            ("percent: 7.25", "percent: 7,25", .configInvalid, "percentage"),
            ("from: 2024-02-29", "from: 2023-02-29", .configInvalid, "day of the calendar"),
            ("from: 2024-02-29", "from: 29.2.2024", .configInvalid, "day of the calendar"),
            ("stores: all", "stores: every", .configInvalid, "all"),
            ("stores: all", "stores: []", .configInvalid, "empty"),
            ("stores: all", "stores: [3]", .configInvalid, "No terms hold for all"),
            ("stores: all", "stores: [0]", .configInvalid, "at least 1"),
            ("PKR: 50.00", "pkr: 50.00", .configInvalid, "ISO 4217"), ("50.00", "-50", .configInvalid, "amount"),
            ("gateway_fees: platform", "gateway_fees: shop", .configInvalid, "seller, platform"),
            ("after: settled", "after: paid", .configInvalid, "delivered, settled"),
            ("days: 7", "days: 400", .configInvalid, "0 to 365"), ("days: 7", "day: 7", .configUnknownKey, "days"),
            ("    tax_percent: 16\n", "", .configMissingKey, "tax_percent"),
        ])
    func wrongTerms(old: String, new: String, code: ErrorCode, words: String) throws {
        #expect(Self.term.contains(old))
        let error = #expect(throws: Failure.self) {
            try json(Self.term.replacing(old, with: new), as: "commission.yml")
        }
        #expect(error?.code == code, "\(String(describing: error))")
        let said = [error?.message, error?.advice].compactMap(\.self).joined(separator: " ")
        #expect(said.contains(words), "\(said)")
    }

    @Test("the same day twice, an account of two names, a posting without one, a rate twice: each is refused")
    func wrongLists() throws {
        let twice = Self.term + "\n" + Self.term.split(separator: "\n").dropFirst().joined(separator: "\n")
        #expect(throws: Failure.self) { try json(twice, as: "commission.yml") }
        let postings = ChartOfAccounts.names.map { "  \($0): {account: \"10\", name: Money}" }
        let accounts = "postings:\n" + postings.joined(separator: "\n") + "\n"
        #expect(try json(accounts, as: "accounts.yml").contains(#"{"account":"10","name":"Money","posting":"bank"}"#))
        for (wrong, code) in [
            (
                accounts.replacing(
                    "  fee: {account: \"10\", name: Money}", with: "  fee: {account: \"10\", name: Fees}"),
                ErrorCode.configInvalid
            ),
            (accounts.replacing("  fee: {account: \"10\", name: Money}\n", with: ""), .configMissingKey),
            (accounts.replacing("  fee: {account: \"10\"", with: "  fee: {account: \"1 0\""), .configInvalid),
            (accounts + "  rent: {account: \"10\", name: Money}\n", .configUnknownKey),
        ] {
            let error = #expect(throws: Failure.self) { try json(wrong, as: "accounts.yml") }
            #expect(error?.code == code, "\(String(describing: error))")
        }
        let rate = "  - {category: all, from: 2020-01-01, percent: 18, price: exclusive}\n"
        #expect(try json("sales_tax:\n" + rate, as: "taxes.yml").contains(#""taxes_shipping":false"#))
        #expect(try json("fee_tax: []\n", as: "taxes.yml") == "[]")
        for (wrong, code) in [
            ("sales_tax:\n" + rate + rate, ErrorCode.configInvalid),
            ("sales_tax:\n" + rate.replacing("exclusive", with: "net"), .configInvalid),
            ("sale_tax:\n" + rate, .configUnknownKey),
        ] {
            let error = #expect(throws: Failure.self) { try json(wrong, as: "taxes.yml") }
            #expect(error?.code == code, "\(String(describing: error))")
        }
        let error = #expect(throws: Failure.self) { try json(rate, as: "prices.yml") }
        #expect(error?.code == .configInvalid)
    }
}
