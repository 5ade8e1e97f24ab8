import Configuration
import Diagnostics
import Foundation
import Money
import Reconciliation
import Testing

/// docs/adding-a-gateway.md: the terms of a statement's channel, and the days, taxes and rates that lines are judged by.
@Suite("What a channel is bound to")
struct ChannelCatalogueTests {
    private static let profile = """
        statement: pay
        title: Pay
        channel: pay
        counterparty: gateway
        type: {column: Type, values: {SALE: charge}}
        currency: {constant: PKR}
        gross: {column: Gross}
        net: {column: Net}
        settled_at: {column: Day, format: dd-MM-yyyy}

        """

    private func profile(_ terms: String, of counterparty: String = "gateway") throws(Failure) -> SettlementProfile {
        let text = Self.profile.replacing("counterparty: gateway", with: "counterparty: \(counterparty)") + terms
        return try SettlementProfile(YAMLNode.parse(text: text, file: "pay.yml"))
    }

    /// A config folder with the files given, and no gateways or statements.
    private func catalogue(_ files: [String: String]) throws -> ChannelCatalogue {
        let folder = "\(NSTemporaryDirectory())/catalogue-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        for name in ["gateways", "settlements"] {
            try FileManager.default.createDirectory(atPath: "\(folder)/\(name)", withIntermediateDirectories: true)
        }
        for (name, text) in files { try Data(text.utf8).write(to: URL(fileURLWithPath: "\(folder)/\(name)")) }
        return try ChannelCatalogue.load(configFolder: folder)
    }

    @Test("terms that are left out judge nothing")
    func defaults() throws {
        let plain = try profile("")
        #expect(!plain.payoutsByLines)
        #expect(plain.paidDays == nil)
        #expect(plain.bankedDays == nil)
        #expect(plain.tolerances.isEmpty)
        #expect(plain.fees.isEmpty)
        #expect(plain.returnedFee == nil)
        #expect(!plain.judgesTaxes)
    }

    @Test("terms are read exactly as they are written")
    func terms() throws {
        let courier = try profile(
            """
            payouts: lines
            banked: {business_days: 3}
            tolerance: {PKR: 0.99, USD: 0}
            fees:
              - {currency: PKR, from: 2020-01-01, percent: 0.8, fixed: 250.00}
              - {currency: PKR, from: 2026-07-01, percent: 1}
            returned: {fixed: 220.00}
            judge_taxes: true
            """, of: "courier")
        #expect(courier.payoutsByLines)
        #expect(courier.bankedDays == 3)
        #expect(courier.tolerances == ["PKR": "0.99", "USD": "0"])
        #expect(
            courier.fees.map { "\($0.currency) \($0.from) \($0.percent) \($0.fixed)" } == [
                "PKR 2020-01-01 0.8 250.00", "PKR 2026-07-01 1 0.00",
            ])
        #expect(courier.returnedFee == "220.00")
        #expect(courier.judgesTaxes)
        #expect(try profile("paid: {business_days: 0}").paidDays == 0)
    }

    @Test("terms that say something wrong are refused with their place")
    func refusedTerms() throws {
        for (terms, counterparty) in [
            ("payouts: daily", "gateway"),
            ("payouts: lines\npaid: {business_days: 3}", "gateway"),
            ("paid: {business_days: -1}", "gateway"),
            ("banked: {business_days: 251}", "gateway"),
            ("tolerance: {XXX: 1}", "gateway"),
            ("tolerance: {PKR: 0.999}", "gateway"),
            ("tolerance: {PKR: -1}", "gateway"),
            ("fees: [{currency: KWD, from: 2020-01-01, percent: 1}]", "gateway"),
            ("fees: [{currency: PKR, from: 2020-02-30, percent: 1}]", "gateway"),
            ("fees: [{currency: PKR, from: 2020-01-01, percent: 101}]", "gateway"),
            ("fees: [{currency: PKR, from: 2020-01-01, percent: 1e2}]", "gateway"),
            (
                "fees: [{currency: PKR, from: 2020-01-01, percent: 1}, {currency: PKR, from: 2020-01-01, percent: 2}]",
                "gateway"
            ),
            ("returned: {fixed: 220.00}", "gateway"),
            ("banked: {business_days: 3}", "bank"),
        ] {
            let failure = #expect(throws: Failure.self, "\(terms)") { try profile(terms, of: counterparty) }
            #expect(failure?.code == .configInvalid, "\(terms)")
            guard case .file("pay.yml", let line?, _?)? = failure?.location else {
                Issue.record("\(terms) has no place")
                continue
            }
            #expect(line > 9, "\(terms)")
        }
    }

    @Test("two statements of a channel are bound to the same terms")
    func sharedChannel() throws {
        let one = try profile("banked: {business_days: 3}")
        _ = try ChannelCatalogue(gateways: [], settlements: [one, one])
        let failure = #expect(throws: Failure.self) {
            try ChannelCatalogue(gateways: [], settlements: [one, profile("")])
        }
        #expect(failure?.code == .configInvalid)
    }

    @Test("a home without taxes, holidays and rates has none")
    func absent() throws {
        let catalogue = try catalogue([:])
        #expect(catalogue.taxes.isEmpty)
        #expect(catalogue.holidays.isEmpty)
        #expect(catalogue.rates.isEmpty)
    }

    @Test("taxes, holidays and rates are read as they are written; holidays are sorted, each once")
    func references() throws {
        let catalogue = try catalogue([
            "taxes.yml": """
            fee_tax: [{channel: tcs, from: 2020-01-01, percent: 16}]
            income_tax_withheld: [{channel: tcs, from: 2020-01-01, percent: 0.25}]
            sales_tax_withheld: [{channel: tcs, from: 2025-07-01, percent: 2}]
            """,
            "holidays.yml": """
            holidays:
              - {date: 2026-08-14, name: Independence Day}
              - {date: 2026-03-23, name: Pakistan Day}
              - {date: 2026-03-23, name: Eid}
            """,
            "rates.yml": "rates: [{from: 2024-01-01, base: USD, quote: PKR, rate: 279.50, tolerance_percent: 2}]",
        ])
        #expect(
            catalogue.taxes.map { "\($0.kind.rawValue) \($0.channel) \($0.from) \($0.percent)" } == [
                "fee_tax tcs 2020-01-01 16", "income_tax_withheld tcs 2020-01-01 0.25",
                "sales_tax_withheld tcs 2025-07-01 2",
            ])
        #expect(catalogue.holidays.map(\.description) == ["2026-03-23", "2026-08-14"])
        #expect(
            catalogue.rates.map { "\($0.from) \($0.base) \($0.quote) \($0.rate) \($0.tolerancePercent)" } == [
                "2024-01-01 USD PKR 279.50 2"
            ])
    }

    @Test("wrong taxes, holidays and rates are refused with their place")
    func refusedReferences() throws {
        for (file, text, code) in [
            ("taxes.yml", "fee_taxes: []", ErrorCode.configUnknownKey),
            ("taxes.yml", "fee_tax: [{channel: tcs, from: 2020-01-01}]", .configMissingKey),
            ("taxes.yml", "fee_tax: [{channel: tcs, from: 2020-01-01, percent: 100.5}]", .configInvalid),
            ("taxes.yml", "fee_tax: [{channel: T C S, from: 2020-01-01, percent: 1}]", .configInvalid),
            (
                "taxes.yml",
                "fee_tax: [{channel: tcs, from: 2020-01-01, percent: 1}, {channel: tcs, from: 2020-01-01, percent: 2}]",
                .configInvalid
            ),
            ("holidays.yml", "holidays: [{date: 2026-02-30, name: No day}]", .configInvalid),
            ("holidays.yml", "holidays: [{date: 2026-02-03}]", .configMissingKey),
            (
                "rates.yml", "rates: [{from: 2024-01-01, base: USD, quote: USD, rate: 1, tolerance_percent: 2}]",
                .configInvalid
            ),
            (
                "rates.yml", "rates: [{from: 2024-01-01, base: USD, quote: PKR, rate: 0.00, tolerance_percent: 2}]",
                .configInvalid
            ),
            (
                "rates.yml",
                """
                rates:
                  - {from: 2024-01-01, base: USD, quote: PKR, rate: 279.50, tolerance_percent: 2}
                  - {from: 2024-01-01, base: PKR, quote: USD, rate: 0.0036, tolerance_percent: 2}
                """, .configInvalid
            ),
        ] {
            let failure = #expect(throws: Failure.self, "\(text)") { try catalogue([file: text]) }
            #expect(failure?.code == code, "\(text)")
            guard case .file(let path, _?, _?)? = failure?.location else {
                Issue.record("\(text) has no place")
                continue
            }
            #expect(path.hasSuffix("/\(file)"))
        }
    }

    @Test("what is shipped can be read, and says what the examples say")
    func shipped() throws {
        let catalogue = try ChannelCatalogue.load(configFolder: "\(Bench.root)/config")
        let stripe = try catalogue.settlement("stripe")
        #expect(stripe.paidDays == 3)
        #expect(stripe.bankedDays == 3)
        #expect(stripe.fees.map(\.currency) == ["PKR", "USD", "AED"])
        let tcs = try catalogue.settlement("tcs")
        #expect(tcs.payoutsByLines)
        #expect(tcs.returnedFee == "220.00")
        #expect(tcs.judgesTaxes)
        #expect(catalogue.taxes.count == 5)
        #expect(catalogue.holidays.count == 28)
        #expect(catalogue.rates.map(\.base) == ["USD", "AED"])
    }
}
