import Diagnostics
import Testing

@testable import Money

@Suite("Money is exact")
struct MoneyTests {
    private let yen: Currency
    init() throws { yen = try Currency("JPY") }

    @Test(
        "reads what PostgreSQL prints",
        arguments: [
            ("0", 0), ("0.00", 0), ("1234.50", 123_450), ("1234.5", 123_450), ("-0.01", -1), ("+7", 700),
            ("1.500", 150), ("0001.10", 110), ("92233720368547758.07", Int64.max), ("-92233720368547758.08", Int64.min),
        ] as [(String, Int64)])
    func parse(text: String, minor: Int64) throws {
        #expect(try Money(parsing: text, currency: .pkr).minor == minor)
        let bytes = Array(text.utf8)
        #expect(try bytes.withUnsafeBytes { try Money(parsing: $0, currency: .pkr) }.minor == minor)
    }

    @Test(
        "refuses what is no exact amount",
        arguments: [
            "", " ", "-", ".", "1.", ".5", "1,234.50", " 1", "1 ", "1e3", "NaN", "0x10", "--1", "1.2.3", "١٢", "1.005",
            "PKR 1", "Infinity", String(repeating: "9", count: 39),
        ])
    func refuse(text: String) throws {
        let failure = #expect(throws: Failure.self) { try Money(parsing: text, currency: .pkr) }
        #expect(failure?.code == .moneyInvalid)
        let bytes = Array(text.utf8)
        #expect(throws: Failure.self) { try bytes.withUnsafeBytes { try Money(parsing: $0, currency: .pkr) } }
    }

    @Test("an amount beyond Int64 is an overflow, never another amount")
    func parseOverflow() {
        for text in ["92233720368547758.08", "-92233720368547758.09", String(repeating: "9", count: 38)] {
            let failure = #expect(throws: Failure.self) { try Money(parsing: text, currency: .pkr) }
            #expect(failure?.code == .moneyOverflow)
        }
    }

    @Test("decimals follow the currency")
    func exponents() throws {
        #expect(try Money(parsing: "1500.00", currency: yen).minor == 1500)
        #expect(try Money(parsing: "1500.00", currency: yen).plain == "1500")
        #expect(throws: Failure.self) { try Money(parsing: "1500.50", currency: yen) }
    }

    @Test(
        "prints plain and grouped",
        arguments: [
            (0, "0.00", "0.00"), (5, "0.05", "0.05"), (-5, "-0.05", "-0.05"), (99_999, "999.99", "999.99"),
            (100_000, "1000.00", "1,000.00"), (-123_456_789, "-1234567.89", "-1,234,567.89"),
            (Int64.min, "-92233720368547758.08", "-92,233,720,368,547,758.08"),
        ] as [(Int64, String, String)])
    func printing(minor: Int64, plain: String, grouped: String) {
        let money = Money(minor: minor, currency: .pkr)
        #expect(money.plain == plain)
        #expect(money.grouped == grouped)
        #expect(money.description == "PKR \(grouped)")
    }

    @Test("sums and differences overflow by name, and never across currencies")
    func arithmetic() throws {
        let most = Money(minor: .max, currency: .pkr)
        let least = Money(minor: .min, currency: .pkr)
        let one = Money(minor: 1, currency: .pkr)
        #expect(try (one + one).minor == 2)
        #expect(try (one - most).minor == 2 - Int64.max - 1)
        for operation in [{ try most + one }, { try least - one }, { try least.negated() }, { try most.times(2) }] {
            #expect(#expect(throws: Failure.self) { _ = try operation() }?.code == .moneyOverflow)
        }
        let dollar = Money(minor: 1, currency: .usd)
        for operation in [{ try one + dollar }, { try one - dollar }] {
            #expect(#expect(throws: Failure.self) { _ = try operation() }?.code == .currencyMixed)
        }
    }

    @Test(
        "percentages are rounded half away from zero, once",
        arguments: [
            (1000, "2.9", 29), (50, "1", 1), (-50, "1", -1), (49, "1", 0), (-49, "1", 0), (150, "1", 2),
            (333, "50", 167),
            (Int64.max, "100", Int64.max), (12_345, "0", 0), (10_000, "-2.5", -250), (1, "50", 1), (-1, "50", -1),
        ] as [(Int64, String, Int64)])
    func percentages(minor: Int64, percent: String, expected: Int64) throws {
        let money = Money(minor: minor, currency: .pkr)
        #expect(try money.scaled(by: Percent(parsing: percent), rounding: .halfAwayFromZero).minor == expected)
    }

    @Test("a percentage that overflows is named; towards zero cuts off")
    func percentageEdges() throws {
        let most = Money(minor: .max, currency: .pkr)
        let failure = #expect(throws: Failure.self) {
            try most.scaled(by: Percent(parsing: "100.01"), rounding: .halfAwayFromZero)
        }
        #expect(failure?.code == .moneyOverflow)
        let amount = Money(minor: -199, currency: .pkr)
        #expect(try amount.scaled(by: Percent(parsing: "1"), rounding: .towardZero).minor == -1)
    }

    @Test(
        "a percentage is read in basis points", arguments: [("18", 1800), ("2.9", 290), ("2.95", 295), ("-0.5", -50)])
    func percent(text: String, points: Int64) throws {
        #expect(try Percent(parsing: text).basisPoints == points)
    }

    @Test("a percentage with three decimals, a sign behind it or nothing is refused", arguments: ["2.955", "18%", ""])
    func badPercent(text: String) {
        #expect(#expect(throws: Failure.self) { try Percent(parsing: text) }?.code == .moneyInvalid)
    }
}

@Suite("Currencies")
struct CurrencyTests {
    @Test("codes are read in either case", arguments: [("pkr", "PKR", 2), ("USD", "USD", 2), ("jpy", "JPY", 0)])
    func known(text: String, code: String, exponent: Int) throws {
        let currency = try Currency(text)
        #expect(currency.code == code)
        #expect(currency.exponent == exponent)
    }

    @Test(
        "unknown codes, and currencies of three decimals, are refused by name",
        arguments: ["XYZ", "", "PK", "KWD", "BHD", "CLF", "PKRR"])
    func unsupported(text: String) {
        #expect(#expect(throws: Failure.self) { try Currency(text) }?.code == .currencyUnsupported)
    }

    @Test("the table holds ISO 4217's exponents")
    func table() {
        #expect(Currency.exponent(of: "KWD") == 3)
        #expect(Currency.exponent(of: "CLF") == 4)
        #expect(Currency.exponent(of: "UGX") == 0)
        #expect(Currency.exponent(of: "XXX") == nil)
        #expect(CurrencyTable.exponents.count > 150)
        #expect(CurrencyTable.exponents.keys.allSatisfy { $0.utf8.count == 3 && $0 == $0.uppercased() })
    }
}
