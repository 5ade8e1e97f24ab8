/// Finds the first of four byte values, eight bytes at a step: what both ends of CSV spend their time on.
struct SpecialBytes {
    private let patterns: (UInt64, UInt64, UInt64, UInt64)
    private static let ones: UInt64 = 0x0101_0101_0101_0101
    private static let highs: UInt64 = 0x8080_8080_8080_8080

    init(_ first: UInt8, _ second: UInt8, _ third: UInt8, _ fourth: UInt8) {
        patterns = (
            SpecialBytes.ones &* UInt64(first), SpecialBytes.ones &* UInt64(second),
            SpecialBytes.ones &* UInt64(third), SpecialBytes.ones &* UInt64(fourth)
        )
    }

    /// The index of the first hit at or after `start`, else the count.
    @inline(__always)
    func firstIndex(in bytes: UnsafeRawBufferPointer, from start: Int) -> Int {
        var index = start
        let count = bytes.count
        while index &+ 8 <= count {
            let word = bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self).littleEndian
            let hits =
                SpecialBytes.zeroBytes(word ^ patterns.0) | SpecialBytes.zeroBytes(word ^ patterns.1)
                | SpecialBytes.zeroBytes(word ^ patterns.2) | SpecialBytes.zeroBytes(word ^ patterns.3)
            // The lowest flagged byte is exact; borrows can only flag bytes above a true hit.
            if hits != 0 { return index &+ hits.trailingZeroBitCount / 8 }
            index &+= 8
        }
        while index < count {
            let word = SpecialBytes.ones &* UInt64(bytes[index])
            if word == patterns.0 || word == patterns.1 || word == patterns.2 || word == patterns.3 { return index }
            index &+= 1
        }
        return count
    }

    /// Flags the high bit of each byte that is zero.
    @inline(__always)
    private static func zeroBytes(_ word: UInt64) -> UInt64 { (word &- ones) & ~word & highs }
}
