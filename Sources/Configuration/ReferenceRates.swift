package import Diagnostics

/// `config/rates.yml`: what conversions are held against, a rate of a pair of currencies from a day on.
package struct ReferenceRates: Sendable, Equatable {
    /// One unit of `base` is so many of `quote`, and so is the other way round.
    package struct Rate: Sendable, Equatable, Encodable {
        /// The first business date that it holds on; a later rate of the same pair ends it.
        package let from: String
        package let base: String
        package let quote: String
        /// Exact, above zero.
        package let rate: String
        /// How far a conversion may be from it, in percent of it, exact.
        package let tolerancePercent: String
        /// Where it stands.
        package let location: Location

        private enum CodingKeys: String, CodingKey {
            case from, base, quote, rate
            case tolerancePercent = "tolerance_percent"
        }

        fileprivate init(_ node: YAMLNode) throws(Failure) {
            let keys = try node.mapping(allowed: ["from", "base", "quote", "rate", "tolerance_percent"])
            from = try keys.required("from").day()
            base = try keys.required("base").currencyCode()
            quote = try keys.required("quote").currencyCode()
            rate = try keys.required("rate").rate()
            tolerancePercent = try keys.required("tolerance_percent").percent()
            location = node.location
            guard base != quote else {
                throw Failure(.configInvalid, "A currency has no rate to itself.", at: location)
            }
        }

        fileprivate func isOfSameDay(as other: Rate) -> Bool {
            from == other.from && Set([base, quote]) == Set([other.base, other.quote])
        }
    }

    /// In the order of the file.
    package let rates: [Rate]

    /// - Throws: `config.*`: two rates of a pair from one day on, a rate of nothing, a key that is none.
    package init(_ node: YAMLNode) throws(Failure) {
        var rates: [Rate] = []
        for item in try node.mapping(allowed: ["rates"]).required("rates").list() {
            let rate = try Rate(item)
            guard !rates.contains(where: rate.isOfSameDay) else {
                throw Failure(
                    .configInvalid, "\(rate.base) and \(rate.quote) have two rates from \(rate.from) on.",
                    at: rate.location, advice: "Keep one of them; the other way round follows from it.")
            }
            rates.append(rate)
        }
        self.rates = rates
    }
}

extension YAMLNode {
    /// An exchange rate above zero.
    fileprivate func rate() throws(Failure) -> String {
        let text = try decimal(whole: 10, decimals: 10, "a rate such as 279.50")
        guard text.contains(where: { $0 != "0" && $0 != "." }) else {
            throw Failure(.configInvalid, "A rate is above zero.", at: location)
        }
        return text
    }

    /// Three upper-case letters.
    fileprivate func currencyCode() throws(Failure) -> String {
        let text = try string()
        guard text.wholeMatch(of: /[A-Z]{3}/) != nil else {
            throw Failure(.configInvalid, "“\(text)” isn't an ISO 4217 code.", at: location)
        }
        return text
    }
}
