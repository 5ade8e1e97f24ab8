package import Diagnostics

/// A rate in basis points, hundredths of a per cent: 2.9 % is 290.
package struct Percent: Sendable, Hashable, Comparable {
    package let basisPoints: Int64

    /// The basis points of 100 %.
    package static let oneWhole: Int64 = 10_000

    package init(basisPoints: Int64) { self.basisPoints = basisPoints }

    /// Reads `18`, `2.9` or `2.95`; `money.invalid` for anything else, and for more than two decimals.
    package init(parsing text: String) throws(Failure) {
        guard let decimal = ExactDecimal(text), let units = decimal.units(atScale: 2), let value = Int64(exactly: units)
        else {
            throw Failure(
                .moneyInvalid, "“\(text)” is not a percentage with at most two decimals.",
                advice: "Write digits with a point before the decimals, such as 2.9.")
        }
        basisPoints = value
    }

    /// By size.
    package static func < (left: Percent, right: Percent) -> Bool { left.basisPoints < right.basisPoints }
}

extension Percent: CustomStringConvertible {
    /// `2.90 %`.
    package var description: String { plainDecimal(Int128(basisPoints), scale: 2) + " %" }
}

/// How a result that is no whole number of minor units becomes one. It is named wherever it happens.
package enum Rounding: Sendable {
    /// To the nearest, and a half away from zero: 0.5 → 1, -0.5 → -1. The rule of every amount that people see
    /// (docs/semantics.md); PostgreSQL's `round(numeric)` does the same.
    case halfAwayFromZero
    /// To the nearest smaller magnitude: 0.9 → 0, -0.9 → 0.
    case towardZero

    /// `dividend / divisor`, rounded; the divisor is positive.
    package func divide(_ dividend: Int128, by divisor: Int128) -> Int128 {
        let (quotient, remainder) = dividend.quotientAndRemainder(dividingBy: divisor)
        switch self {
        case .towardZero:
            return quotient
        case .halfAwayFromZero:
            guard remainder.magnitude >= divisor.magnitude - remainder.magnitude else { return quotient }
            return quotient + (dividend < 0 ? -1 : 1)
        }
    }
}
