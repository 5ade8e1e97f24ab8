/// True when every byte is ASCII and none is NUL: most records need no other look.
func isPlainASCII(_ bytes: UnsafeRawBufferPointer) -> Bool {
    let highs: UInt64 = 0x8080_8080_8080_8080
    let ones: UInt64 = 0x0101_0101_0101_0101
    var index = 0
    while index &+ 8 <= bytes.count {
        let word = bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)
        // Of an ASCII word, subtracting one sets a high bit exactly where a byte (or one below it) is zero.
        if (word | (word &- ones)) & highs != 0 { return false }
        index &+= 8
    }
    while index < bytes.count {
        if bytes[index] == 0 || bytes[index] >= 0x80 { return false }
        index &+= 1
    }
    return true
}

/// The offset of the first byte that is no UTF-8, nil when all is.
func firstInvalidUTF8(_ bytes: UnsafeRawBufferPointer) -> Int? {
    let span = Span<UInt8>(_unsafeBytes: bytes)
    do {
        _ = try UTF8Span(validating: span)
        return nil
    } catch {
        return error.byteOffsets.lowerBound
    }
}
