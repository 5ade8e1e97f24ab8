import Testing

@testable import Money

/// Laws that hold for every amount. A failure prints its seed: put it into `seeds` to see it again.
@Suite("Laws of money")
struct MoneyPropertyTests {
    static let seeds: [UInt64] = [1, 2, UInt64.random(in: 3 ... .max)]

    @Test("what is printed is read back", arguments: seeds)
    func roundTrip(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<2000 {
            let money = Money(minor: generator.amount(), currency: .pkr)
            #expect(try Money(parsing: money.plain, currency: .pkr) == money, "seed \(seed)")
            #expect(money.grouped.filter { $0 != "," } == money.plain, "seed \(seed)")
        }
    }

    @Test("adding is taken back by subtracting, in any order", arguments: seeds)
    func sums(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<2000 {
            let a = Money(minor: generator.amount() / 4, currency: .pkr)
            let b = Money(minor: generator.amount() / 4, currency: .pkr)
            #expect(try (a + b) == (b + a), "seed \(seed)")
            #expect(try (a + b - b) == a, "seed \(seed)")
            #expect(try a.negated().negated() == a, "seed \(seed)")
        }
    }

    @Test("rounding is never off by more than half a unit, and is odd around zero", arguments: seeds)
    func rounding(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<2000 {
            let dividend = Int128(generator.amount())
            let divisor = Int128(Int64.random(in: 1...1_000_000, using: &generator))
            let result = Rounding.halfAwayFromZero.divide(dividend, by: divisor)
            #expect((result * divisor - dividend).magnitude * 2 <= divisor.magnitude, "seed \(seed)")
            #expect(Rounding.halfAwayFromZero.divide(-dividend, by: divisor) == -result, "seed \(seed)")
            #expect(Rounding.towardZero.divide(dividend, by: divisor).magnitude <= result.magnitude, "seed \(seed)")
        }
    }

    @Test("an exact sum is the sum of the minor units", arguments: seeds)
    func exactSums(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        var sum = ExactSum()
        var units: Int128 = 0
        for _ in 0..<2000 {
            let minor = generator.amount()
            units += Int128(minor)
            let decimal = try #require(ExactDecimal(Money(minor: minor, currency: .pkr).plain))
            let fits = sum.add(decimal)
            #expect(fits, "seed \(seed)")
        }
        #expect(sum.value == ExactDecimal(units: units, scale: 2), "seed \(seed)")
    }

    @Test("an exact sum takes decimals of any length, and says when it cannot hold more")
    func exactSumScales() throws {
        var sum = ExactSum()
        for text in ["1", "0.25", "-0.005", "10.1"] {
            let fits = sum.add(try #require(ExactDecimal(text)))
            #expect(fits)
        }
        #expect(sum.description == "11.345")
        let nines = try #require(ExactDecimal(String(repeating: "9", count: 38)))
        let fits = sum.add(nines)
        #expect(!fits)
        #expect(sum.description == "11.345")
    }
}

/// A repeatable source of numbers.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        // SplitMix64.
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// Amounts of every length, from nothing to the largest.
    mutating func amount() -> Int64 {
        let bits = Int.random(in: 0...62, using: &self)
        return Int64(bitPattern: next()) >> Int64(bits)
    }
}
