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
        for item in try node.mapping(allowed: ["rates"]).required("rates").list() {
            let keys = try item.mapping(allowed: ["from", "base", "quote", "rate", "tolerance_percent"])
            let rate = ReferenceRate(
                from: try keys.required("from").date(), base: try keys.required("base").keptCurrency(),
                quote: try keys.required("quote").keptCurrency(), rate: try keys.required("rate").rate(),
                tolerancePercent: try keys.required("tolerance_percent").percent())
            guard rate.base != rate.quote else {
                throw Failure(.configInvalid, "A currency has no rate to itself.", at: item.location)
            }
            let pair = Set([rate.base, rate.quote])
            guard !rates.contains(where: { Set([$0.base, $0.quote]) == pair && $0.from == rate.from }) else {
                throw Failure(
                    .configInvalid, "\(rate.base) and \(rate.quote) have two rates from \(rate.from) on.",
                    at: item.location, advice: "Keep one of them; the other way round follows from it.")
            }
            rates.append(rate)
        }
        return rates
    }
}
