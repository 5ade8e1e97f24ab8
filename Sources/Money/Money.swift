package import Diagnostics

/// An exact amount in one currency: a whole number of minor units, never a binary fraction.
///
/// Arithmetic throws `money.overflow` where Int64 would wrap and `currency.mixed` where currencies differ: there is no
/// sum across currencies (docs/semantics.md).
package struct Money: Sendable, Hashable {
    /// Minor units of the currency: paisas of PKR, yen of JPY. May be negative.
    package let minor: Int64
    package let currency: Currency

    package init(minor: Int64, currency: Currency) {
        self.minor = minor
        self.currency = currency
    }

    /// Reads a plain decimal in major units, as PostgreSQL prints `numeric`: `1234.50`, `-3`, `1500.00` for yen.
    ///
    /// Exact or `money.invalid`: decimals beyond the currency's own must be zeros. `money.overflow` beyond Int64.
    package init(parsing text: String, currency: Currency) throws(Failure) {
        guard let decimal = ExactDecimal(text) else {
            throw Failure(
                .moneyInvalid, "“\(text)” is not an amount of money.",
                advice: "Write digits with a point before the decimals and nothing else, such as 1234.50.")
        }
        try self.init(decimal, currency: currency)
    }

    /// The same reading of UTF-8 bytes, without a String.
    package init(parsing bytes: UnsafeRawBufferPointer, currency: Currency) throws(Failure) {
        guard let decimal = ExactDecimal(bytes) else {
            try self.init(parsing: String(decoding: bytes, as: UTF8.self), currency: currency)
            return
        }
        try self.init(decimal, currency: currency)
    }

    /// The amount of a decimal in major units; `money.invalid` when the currency has fewer decimals than it needs.
    package init(_ decimal: ExactDecimal, currency: Currency) throws(Failure) {
        guard let units = decimal.units(atScale: currency.exponent) else {
            // More digits than Int128 holds is too large; otherwise decimals would be lost.
            if decimal.scale <= currency.exponent { throw Money.tooLarge(decimal, currency) }
            throw Failure(
                .moneyInvalid,
                "\(decimal) cannot be kept exactly in \(currency), which has \(currency.exponent) decimals."
            )
        }
        guard let minor = Int64(exactly: units) else { throw Money.tooLarge(decimal, currency) }
        self.init(minor: minor, currency: currency)
    }

    /// Nothing, in a currency.
    package static func zero(_ currency: Currency) -> Money { Money(minor: 0, currency: currency) }

    /// The exact sum.
    package static func + (left: Money, right: Money) throws(Failure) -> Money {
        try same(left, right)
        let (minor, overflow) = left.minor.addingReportingOverflow(right.minor)
        guard !overflow else { throw tooLarge("The sum", of: left, right) }
        return Money(minor: minor, currency: left.currency)
    }

    /// The exact difference.
    package static func - (left: Money, right: Money) throws(Failure) -> Money {
        try same(left, right)
        let (minor, overflow) = left.minor.subtractingReportingOverflow(right.minor)
        guard !overflow else { throw tooLarge("The difference", of: left, right) }
        return Money(minor: minor, currency: left.currency)
    }

    /// The amount with its sign turned.
    package func negated() throws(Failure) -> Money { try Money.zero(currency) - self }

    /// So many per cent of the amount, rounded once.
    package func scaled(by percent: Percent, rounding: Rounding) throws(Failure) -> Money {
        let product = Int128(minor) * Int128(percent.basisPoints)
        guard let minor = Int64(exactly: rounding.divide(product, by: Int128(Percent.oneWhole))) else {
            throw Failure(.moneyOverflow, "\(percent) of \(self) is larger than any amount that can be kept.")
        }
        return Money(minor: minor, currency: currency)
    }

    /// The amount times a whole number, such as a price times a quantity.
    package func times(_ count: Int64) throws(Failure) -> Money {
        let (minor, overflow) = minor.multipliedReportingOverflow(by: count)
        guard !overflow else {
            throw Failure(.moneyOverflow, "\(count) times \(self) is larger than any amount that can be kept.")
        }
        return Money(minor: minor, currency: currency)
    }

    /// Throws `currency.mixed` unless both are in one currency.
    private static func same(_ left: Money, _ right: Money) throws(Failure) {
        guard left.currency == right.currency else {
            throw Failure(
                .currencyMixed, "\(left) and \(right) cannot be added or compared: their currencies differ.",
                advice: "Keep a sum for each currency.")
        }
    }

    private static func tooLarge(_ decimal: ExactDecimal, _ currency: Currency) -> Failure {
        Failure(.moneyOverflow, "\(decimal) \(currency) is larger than any amount that can be kept.")
    }

    private static func tooLarge(_ what: String, of left: Money, _ right: Money) -> Failure {
        Failure(.moneyOverflow, "\(what) of \(left) and \(right) is larger than any amount that can be kept.")
    }
}

extension Money {
    /// In major units with exactly the currency's decimals and no grouping: `1234.50`. What files and SQL take.
    package var plain: String { plainDecimal(Int128(minor), scale: currency.exponent) }

    /// For people: `1,234.50`.
    package var grouped: String {
        let text = plain
        let end = text.firstIndex(of: ".") ?? text.endIndex
        var result = ""
        var left = text.distance(from: text.startIndex, to: end) - (minor < 0 ? 1 : 0)
        for character in text[..<end] {
            result.append(character)
            guard character != "-" else { continue }
            left -= 1
            if left > 0, left.isMultiple(of: 3) { result.append(",") }
        }
        return result + text[end...]
    }
}

extension Money: CustomStringConvertible {
    /// `PKR 1,234.50`.
    package var description: String { "\(currency) \(grouped)" }
}
