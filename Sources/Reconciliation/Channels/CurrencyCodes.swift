import Money

/// The currencies that amounts can be read in, by the decimals of their minor unit.
enum CurrencyCodes {
    /// Every code of ISO 4217 with its exponent, sorted.
    static let all: [(code: String, exponent: Int)] = {
        let letters = (UInt8(ascii: "A")...UInt8(ascii: "Z")).map { Character(Unicode.Scalar($0)) }
        var found: [(String, Int)] = []
        for a in letters {
            for b in letters {
                for c in letters {
                    let code = String([a, b, c])
                    if let exponent = Currency.exponent(of: code) { found.append((code, exponent)) }
                }
            }
        }
        return found
    }()

    /// Codes of an exponent.
    static func codes(exponent: Int) -> [String] { all.filter { $0.exponent == exponent }.map(\.code) }

    /// Codes whose amounts numeric(14,2) holds exactly.
    static var kept: [String] { all.filter { $0.exponent <= Currency.largestExponent }.map(\.code) }
}
