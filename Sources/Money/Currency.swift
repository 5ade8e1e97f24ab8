package import Diagnostics

/// A currency of ISO 4217 in which money is kept, with the number of decimals that its minor unit has.
///
/// Amounts of the shop are DECIMAL(12,2) (schema document, section 4): a currency with more than two decimals, the
/// Kuwaiti dinar for one, cannot be kept there exactly and is refused by name.
package struct Currency: Sendable, Hashable {
    /// Three upper-case letters: `PKR`.
    package let code: String
    /// Decimals of the minor unit: 2 for the paisa, 0 for the yen.
    package let exponent: Int

    /// The most decimals that an amount of the shop can have.
    package static let largestExponent = 2

    /// The currency of an ISO 4217 code, in either case (gateways write `pkr`).
    ///
    /// Throws `currency.unsupported` for a code that ISO 4217 does not list, and for a currency whose minor unit has
    /// more than two decimals.
    package init(_ code: String) throws(Failure) {
        let upper = code.uppercased()
        guard let exponent = Currency.exponent(of: upper) else {
            throw Failure(
                .currencyUnsupported, "“\(code)” is not a currency of ISO 4217.",
                advice: "Use a code of three letters, such as PKR.")
        }
        guard exponent <= Currency.largestExponent else {
            throw Failure(
                .currencyUnsupported,
                "\(upper) has \(exponent) decimals, and amounts are kept with \(Currency.largestExponent).",
                advice: "Keep amounts in this currency outside the shop's DECIMAL(12,2) columns.")
        }
        self.code = upper
        self.exponent = exponent
    }

    private init(known code: String, exponent: Int) {
        self.code = code
        self.exponent = exponent
    }

    /// The decimals of any currency that ISO 4217 lists, supported here or not; nil for an unknown code.
    package static func exponent(of code: String) -> Int? { CurrencyTable.exponents[code] }

    /// The Pakistani rupee, the default business currency.
    package static let pkr = Currency(known: "PKR", exponent: 2)
    /// The United States dollar.
    package static let usd = Currency(known: "USD", exponent: 2)
}

extension Currency: Comparable {
    /// Alphabetical by code: the order in which sums of several currencies are listed.
    package static func < (left: Currency, right: Currency) -> Bool { left.code < right.code }
}

extension Currency: CustomStringConvertible {
    package var description: String { code }
}
