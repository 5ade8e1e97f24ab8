/// A decimal number as it was written, exact: `units` divided by ten to the power of `scale`.
///
/// It reads what PostgreSQL prints for `numeric` and integers. It is the bridge between text and money: `Money` is made
/// from it, and control totals are added up in it (`ExactSum`).
package struct ExactDecimal: Sendable, Equatable {
    package var units: Int128
    /// Digits after the point.
    package var scale: Int

    package init(units: Int128, scale: Int) {
        self.units = units
        self.scale = scale
    }

    /// Reads an optional sign, digits and an optional point with digits after it. Blanks, exponents, grouping, `NaN`
    /// and more than 38 digits are not numbers here: nil.
    package init?(_ bytes: UnsafeRawBufferPointer) {
        var index = 0
        var isNegative = false
        if let first = bytes.first, first == UInt8(ascii: "-") || first == UInt8(ascii: "+") {
            isNegative = first == UInt8(ascii: "-")
            index = 1
        }
        // Eighteen digits fit Int64, which is several times faster than Int128 and holds nearly every amount.
        var narrow: Int64 = 0
        var wide: Int128 = 0
        var digits = 0
        var point: Int?
        while index < bytes.count {
            let byte = bytes[index]
            let value = byte &- UInt8(ascii: "0")
            if value < 10 {
                digits += 1
                if digits <= 18 {
                    narrow = narrow &* 10 &+ Int64(value)
                } else {
                    if digits == 19 { wide = Int128(narrow) }
                    guard digits <= 38 else { return nil }
                    wide = wide &* 10 &+ Int128(value)
                }
            } else if byte == UInt8(ascii: "."), point == nil, digits > 0 {
                point = digits
            } else {
                return nil
            }
            index += 1
        }
        guard digits > 0, point != digits else { return nil }
        let magnitude = digits <= 18 ? Int128(narrow) : wide
        units = isNegative ? -magnitude : magnitude
        scale = point.map { digits - $0 } ?? 0
    }

    /// The same reading of a text.
    package init?(_ text: String) {
        var text = text
        guard let value = text.withUTF8({ ExactDecimal(UnsafeRawBufferPointer($0)) }) else { return nil }
        self = value
    }

    /// The same number in units of ten to the power of minus `target`; nil when digits would be lost or it overflows.
    package func units(atScale target: Int) -> Int128? {
        if target >= scale {
            guard let factor = powerOfTen(target - scale) else { return nil }
            let (result, overflow) = units.multipliedReportingOverflow(by: factor)
            return overflow ? nil : result
        }
        guard let factor = powerOfTen(scale - target) else { return units == 0 ? 0 : nil }
        let (quotient, remainder) = units.quotientAndRemainder(dividingBy: factor)
        return remainder == 0 ? quotient : nil
    }
}

extension ExactDecimal: CustomStringConvertible {
    /// Plain digits with a point: `-1234.50`.
    package var description: String { plainDecimal(units, scale: scale) }
}

/// A sum of decimals that never rounds: a control total.
package struct ExactSum: Sendable, Equatable {
    package private(set) var value = ExactDecimal(units: 0, scale: 0)

    package init() {}

    /// Adds a number; false, and nothing added, when the sum no longer fits 38 digits.
    package mutating func add(_ number: ExactDecimal) -> Bool {
        let scale = max(value.scale, number.scale)
        guard let left = value.units(atScale: scale), let right = number.units(atScale: scale) else { return false }
        let (sum, overflow) = left.addingReportingOverflow(right)
        guard !overflow else { return false }
        value = ExactDecimal(units: sum, scale: scale)
        return true
    }
}

extension ExactSum: CustomStringConvertible {
    /// With as many decimals as the longest addend had.
    package var description: String { value.description }
}

/// Ten to the power of `exponent`, nil beyond what Int128 holds.
func powerOfTen(_ exponent: Int) -> Int128? {
    guard exponent <= 38 else { return nil }
    var result: Int128 = 1
    for _ in 0..<exponent { result *= 10 }
    return result
}

/// `units` with a point before the last `scale` digits; no grouping.
func plainDecimal(_ units: Int128, scale: Int) -> String {
    guard scale > 0 else { return String(units) }
    var digits = String(units.magnitude)
    if digits.utf8.count <= scale { digits = String(repeating: "0", count: scale + 1 - digits.utf8.count) + digits }
    let point = digits.index(digits.endIndex, offsetBy: -scale)
    return (units < 0 ? "-" : "") + digits[..<point] + "." + digits[point...]
}
