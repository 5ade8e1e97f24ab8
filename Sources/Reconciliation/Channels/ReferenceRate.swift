import Configuration
import Diagnostics
package import Money

/// A rate of `config/rates.yml` that conversions are held against: one unit of `base` is so many of `quote`.
package struct ReferenceRate: Sendable, Equatable {
    /// The first business date that it holds on; a later rate of the same pair ends it.
    package let from: BusinessDate
    package let base: String
    package let quote: String
    /// Exact, above zero.
    package let rate: String
    /// How far a conversion may be from it, in percent of it, exact.
    package let tolerancePercent: String

    /// Reads the rates in the order of the file.
    static func rates(_ node: YAMLNode) throws(Failure) -> [ReferenceRate] {
        var rates: [ReferenceRate] = []
        for rate in try ReferenceRates(node).rates { rates.append(try ReferenceRate(rate)) }
        return rates
    }

    private init(_ rate: ReferenceRates.Rate) throws(Failure) {
        for code in [rate.base, rate.quote] where !CurrencyCodes.kept.contains(code) {
            throw Failure(
                .configInvalid, "“\(code)” isn't a currency that amounts are kept in.", at: rate.location)
        }
        do { from = try BusinessDate(rate.from) } catch {
            throw Failure(.configInvalid, error.message, at: rate.location, advice: error.advice)
        }
        (base, quote, self.rate, tolerancePercent) = (rate.base, rate.quote, rate.rate, rate.tolerancePercent)
    }
}
